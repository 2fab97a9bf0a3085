from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import kstest

from scoring.arrays import FloatArray
from scoring.errors import MeasurementError
from scoring.forensics.chances import (
    PRIOR_ANSWERS,
    indicators,
    model_chances,
    option_chances,
    option_shares,
)
from scoring.forensics.compound_binomial import distribution, upper_tail
from scoring.forensics.copying import MAX_CANDIDATES, generalized_binomial, omega
from scoring.forensics.identical_wrong import k_indices, wrong_groups
from scoring.items import Item
from tests.scoring.forensics.room import simulate, with_copy

ROOM = simulate(300, 40, seed=12)
CHEATED = with_copy(ROOM, copier=7, source=3, share=0.7, seed=1)

chances = arrays(np.float64, (6, 3), elements=st.floats(0, 1))


@given(chances)
@settings(max_examples=40)
def test_the_compound_binomial_is_what_enumeration_gives(p: FloatArray) -> None:
    exact = np.zeros((7, 3))
    for outcome in product((0, 1), repeat=6):
        hit = np.array(outcome)[:, None]
        exact[sum(outcome)] += np.prod(np.where(hit == 1, p, 1 - p), axis=0)
    found = distribution(p)
    assert_allclose(found, exact, atol=1e-12)
    for least in range(7):
        assert_allclose(upper_tail(p, np.full(3, least)), exact[least:].sum(axis=0), atol=1e-12)


def test_gbt_by_hand_for_six_items() -> None:
    # Two persons, six right–wrong items; the chance of as many matches over all 2^12 pairs of sheets.
    items = [
        Item(name="", model="2pl", slope=1.0, intercepts=np.array([d])) for d in (-1, -0.5, 0, 0.3, 1, 2)
    ]
    theta = np.array([0.4, -0.8])
    codes = np.array([[1, 0, 1, 1, 0, 1], [1, 0, 0, 1, 0, 1]])
    right = 1 / (1 + np.exp(-(theta[:, None] + np.array([-1, -0.5, 0, 0.3, 1, 2]))))
    chance = 0.0
    for one in product((0, 1), repeat=6):
        for other in product((0, 1), repeat=6):
            if np.equal(one, other).sum() >= 5:
                sheets = np.array([one, other])
                chance += float(np.prod(np.where(sheets == 1, right, 1 - right)))
    found = generalized_binomial(codes, model_chances(items, theta))
    assert (found.matches[0], found.common[0]) == (5, 6)
    assert found.p[0] == pytest.approx(chance, abs=1e-12)


def test_gbt_and_k_find_the_planted_pair() -> None:
    found = generalized_binomial(CHEATED.codes, CHEATED.chances)
    worst = int(np.argmin(found.p))
    assert (found.first[worst], found.second[worst]) == (3, 7)
    assert found.p[worst] < 1e-6
    assert omega(CHEATED.codes, CHEATED.chances).p[7, 3] < 1e-6
    groups = wrong_groups(CHEATED.codes, CHEATED.right, CHEATED.chances.first)
    known = k_indices(CHEATED.codes, CHEATED.right, groups, guess=0.25)
    for values in (known.k2, known.s1, known.s2):
        assert np.nanmean(values < values[7, 3]) < 0.001
        assert values[7, 3] < 1e-3


def test_honest_pairs_are_as_surprising_as_chance_has_it() -> None:
    # Pairs that share no person, for those are independent; the exact p of a count is spread over its step.
    found = generalized_binomial(ROOM.codes, ROOM.chances)
    apart = (found.first % 2 == 0) & (found.second == found.first + 1)
    own = ROOM.chances.p
    match = np.add.reduceat(
        own[found.first[apart]] * own[found.second[apart]], ROOM.chances.first[:-1], axis=1
    ).T
    above = upper_tail(match, found.matches[apart] + 1)
    spread = above + np.random.default_rng(3).random(above.shape) * (found.p[apart] - above)
    assert kstest(spread, "uniform").pvalue > 0.01
    # ω against the normal distribution, over all ordered pairs.
    z = omega(ROOM.codes, ROOM.chances).z
    assert np.nanmean(z) == pytest.approx(0.0, abs=0.05)
    assert np.nanstd(z) == pytest.approx(1.0, abs=0.05)


def test_honest_k_indices_do_not_accuse() -> None:
    groups = wrong_groups(ROOM.codes, ROOM.right, ROOM.chances.first)
    found = k_indices(ROOM.codes, ROOM.right, groups, guess=0.25)
    for values in (found.k1, found.k2, found.s1, found.s2):
        assert 0.005 < np.nanmean(values < 0.05) < 0.06


def test_gbt_is_symmetric_and_omega_is_not() -> None:
    order = np.arange(40)[::-1]
    some = ROOM.chances.of_persons(np.arange(40))
    forth = generalized_binomial(ROOM.codes[:40], some)
    back = generalized_binomial(ROOM.codes[:40][order], some.of_persons(order))
    by_pair = {(a, b): p for a, b, p in zip(forth.first, forth.second, forth.p, strict=True)}
    for a, b, p in zip(back.first, back.second, back.p, strict=True):
        assert p == pytest.approx(by_pair[39 - b, 39 - a], rel=1e-9)
    found = omega(ROOM.codes[:40], some)
    assert_array_equal(found.matches, found.matches.T)
    assert np.nanmax(np.abs(found.z - found.z.T)) > 0.5
    assert np.isnan(np.diag(found.z)).all()


def test_what_was_not_administered_neither_matches_nor_counts() -> None:
    some = ROOM.chances.of_persons(np.arange(20))
    codes = ROOM.codes[:20].copy()
    codes[:, 10:] = -1
    fewer = simulate(300, 40, seed=12).chances
    kept = type(fewer)(p=fewer.p[:20, : fewer.first[10]], first=fewer.first[:11])
    with_gaps, without = generalized_binomial(codes, some), generalized_binomial(codes[:, :10], kept)
    assert_allclose(with_gaps.p, without.p, rtol=1e-9)
    assert set(with_gaps.common) == {10}
    assert_allclose(omega(codes, some).z, omega(codes[:, :10], kept).z, rtol=1e-9)


def test_distractors_share_the_chance_of_being_wrong() -> None:
    item = Item(name="1", model="2pl", slope=1.0, intercepts=np.array([0.0]))
    categories = [np.array([0, 1, 0, 0, 0])]
    # 40 in the weakest fifth: 10 right, 30 wrong, of which 20 gave 2; nobody gave 4. Elsewhere nobody sat.
    codes = np.repeat([0, 1, 2, 3], [4, 10, 20, 6])
    shares = option_shares([codes], categories, np.zeros(40, dtype=np.int64))
    assert_allclose(shares[0][[0, 4]], [[4 / 30, 1, 20 / 30, 6 / 30, 0]] * 2)
    found = option_chances([item], np.array([0.0]), np.array([0]), shares, categories)
    assert_allclose(found.p, [[0.5 * 4 / 30, 0.5, 0.5 * 20 / 30, 0.5 * 6 / 30, 0.0]])
    with pytest.raises(MeasurementError, match="category_beyond_item"):
        option_chances([item], np.array([0.0]), np.array([0]), shares, [np.array([0, 2, 0, 0, 0])])


def test_shares_by_fifths_are_drawn_towards_all_by_their_number() -> None:
    # The weakest fifth's 20 wrong answers are all 2, the strongest's 180 half 2 and half 3.
    codes = np.repeat([2, 2, 3], [20, 90, 90])
    fifth = np.repeat([0, 4], [20, 180])
    shares = option_shares([codes], [np.array([0, 1, 0, 0])], fifth)[0]
    assert shares[0, 2] == pytest.approx((20 + PRIOR_ANSWERS * 0.55) / (20 + PRIOR_ANSWERS))
    assert shares[4, 2] == pytest.approx((90 + PRIOR_ANSWERS * 0.55) / (180 + PRIOR_ANSWERS))


def test_what_cannot_be_compared_is_refused() -> None:
    many = np.zeros((MAX_CANDIDATES + 1, 1), dtype=np.int64)
    with pytest.raises(MeasurementError, match="too_many_candidates"):
        generalized_binomial(many, ROOM.chances)
    with pytest.raises(ValueError, match="codes must be"):
        indicators(np.array([[5]]), np.array([0, 5]))


def test_a_source_without_a_wrong_answer_shares_none() -> None:
    codes, right = ROOM.codes.copy(), ROOM.right.copy()
    codes[0], right[0] = 1, True
    groups = wrong_groups(codes, right, ROOM.chances.first)
    found = k_indices(codes[:5], right[:5], groups)
    assert np.isnan(found.k2[:, 0]).all()
    assert not np.isnan(found.k2[0, 1:]).any()


def test_some_sources_are_as_among_all() -> None:
    groups = wrong_groups(ROOM.codes, ROOM.right, ROOM.chances.first)
    whole = k_indices(ROOM.codes[:30], ROOM.right[:30], groups)
    some = np.array([4, 17])
    part = k_indices(ROOM.codes[:30], ROOM.right[:30], groups, sources=some)
    for name in ("k", "k1", "k2", "s1", "s2", "expected_s1", "identical"):
        assert_allclose(getattr(part, name), getattr(whole, name)[:, some], rtol=1e-9)


def test_omitted_answers_are_identical_to_none() -> None:
    # Two who left the same ten items empty share nothing by that.
    codes, right = ROOM.codes.copy(), ROOM.right.copy()
    codes[:2, 30:], right[:2, 30:] = -1, False
    groups = wrong_groups(codes, right, ROOM.chances.first)
    found = k_indices(codes[:2], right[:2], groups, guess=0.25)
    shared = (codes[0] == codes[1]) & ~right[0] & (codes[0] >= 0)
    assert found.identical[0, 1] == shared.sum()
    assert (found.k2[0, 1] > 0.001) & (found.k2[1, 0] > 0.001)
    assert groups.wrong.sum() == ((codes >= 0) & ~right).sum()

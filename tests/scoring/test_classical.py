from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from scoring.classical import (
    MIN_N_CORRELATION,
    MIN_N_SHARE,
    FloatArray,
    fisher_bounds,
    frequencies,
    histogram,
    item_statistics,
    option_counts,
    rest_share,
    summary,
    totals_of,
    wilson_bounds,
)

NAN = float("nan")


def discrimination_of(points: FloatArray, max_points: FloatArray) -> FloatArray:
    return item_statistics(points, max_points).discrimination


# LSAT, section 6 (Bock & Lieberman 1970): how many of 1,000 gave each response pattern, 00000 to 11111.
LSAT6_COUNTS = [
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80,
    16, 56, 21, 173, 11, 61, 28, 298,
]  # fmt: skip
LSAT6 = np.repeat([[float(bit) for bit in f"{pattern:05b}"] for pattern in range(32)], LSAT6_COUNTS, axis=0)
ONES = np.ones(5)


def test_lsat6_has_the_published_proportions() -> None:
    found = item_statistics(LSAT6, ONES)
    assert_array_equal(found.n, [1000] * 5)
    # Bock & Lieberman (1970); McDonald (1999), table 1.
    assert_allclose(found.difficulty, [0.924, 0.709, 0.553, 0.763, 0.870], atol=1e-12)
    assert_array_equal(found.full, found.difficulty)


def test_lsat6_has_the_published_alpha_and_correlations() -> None:
    # descript(LSAT) of the R package ltm (Rizopoulos 2006): alpha, and point-biserials without the item.
    assert summary(LSAT6).alpha == pytest.approx(0.2950, abs=5e-5)
    assert_allclose(discrimination_of(LSAT6, ONES), [0.1128, 0.1532, 0.1728, 0.1444, 0.1216], atol=5e-5)


# Four candidates, three items of 1, 1 and 2 points.
#   totals 4, 2, 1, 0; rest of item 1: 3, 1, 1, 0.
SMALL = np.array([[1, 1, 2], [1, 0, 1], [0, 1, 0], [0, 0, 0]], dtype=np.float64)
SMALL_MAX = np.array([1.0, 1.0, 2.0])


def test_a_test_small_enough_to_do_by_hand() -> None:
    found = item_statistics(SMALL, SMALL_MAX)
    assert_allclose(found.difficulty, [0.5, 0.5, 3 / 8])
    assert_allclose(found.full, [0.5, 0.5, 0.25])
    # Item 1: x = 1 1 0 0, rest = 3 1 1 0, means 1/2 and 5/4: Σdxdy = 3/2, Σdx² = 1, Σdy² = 19/4.
    assert found.discrimination[0] == pytest.approx(1.5 / sqrt(4.75))


def test_the_summary_by_hand() -> None:
    found = summary(SMALL)
    assert (found.n, found.mean, found.minimum, found.maximum) == (4, 1.75, 0, 4)
    assert (found.lower_quartile, found.median, found.upper_quartile) == (0.75, 1.5, 2.5)
    assert found.sd == pytest.approx(sqrt(35 / 12))
    assert found.sem == pytest.approx(sqrt(35 / 12) * sqrt(11 / 35))


def test_wilson_bounds_as_published() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    low, high = wilson_bounds(np.array([81, 15, 0, 1]), np.array([263, 148, 20, 29]))
    assert_allclose(low, [0.2553, 0.0624, 0.0000, 0.0061], atol=5e-5)
    assert_allclose(high, [0.3662, 0.1605, 0.1611, 0.1718], atol=5e-5)


def test_wilson_bounds_of_nobody_are_not_defined() -> None:
    low, high = wilson_bounds(np.array([0]), np.array([0]))
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_constant_item_has_no_discrimination() -> None:
    points = np.array([[1, 0, 1], [1, 1, 0], [1, 1, 1]], dtype=np.float64)
    assert_array_equal(np.isnan(discrimination_of(points, np.ones(3))), [True, False, False])


def test_what_was_not_administered_does_not_count() -> None:
    points = np.array([[1, NAN], [0, 1], [1, 1], [NAN, 0]])
    found = item_statistics(points, np.ones(2))
    assert_array_equal(found.n, [3, 3])
    assert_allclose(found.difficulty, [2 / 3, 2 / 3])
    assert_allclose(found.full, [2 / 3, 2 / 3])


def test_an_item_nobody_had_is_not_defined() -> None:
    found = item_statistics(np.array([[1, NAN], [0, NAN]]), np.ones(2))
    assert found.n[1] == 0
    for values in (found.difficulty, found.full, found.discrimination, found.biserial):
        assert np.isnan(values[1])


def test_nobody_has_no_summary_and_no_statistics() -> None:
    found = summary(np.zeros((0, 3)))
    assert (found.n, found.mean, found.sd, found.alpha) == (0, None, None, None)
    assert np.isnan(item_statistics(np.zeros((0, 3)), np.ones(3)).difficulty).all()


def test_one_candidate_has_a_mean_but_no_spread() -> None:
    found = summary(np.array([[1.0, 0.5]]))
    assert (found.n, found.mean, found.sd, found.sem) == (1, 1.5, None, None)


@pytest.mark.parametrize(
    ("points", "maximum"),
    [
        (np.zeros((2, 3)), np.ones(2)),
        (np.zeros(3), np.ones(3)),
        (np.full((2, 1), 2.0), np.ones(1)),
        (np.full((2, 1), -1.0), np.ones(1)),
        (np.zeros((2, 1)), np.zeros(1)),
    ],
)
def test_points_that_cannot_be_are_refused(points: FloatArray, maximum: FloatArray) -> None:
    with pytest.raises(ValueError, match="points must"):
        item_statistics(points, maximum)


scripts = st.tuples(st.integers(2, 30), st.integers(2, 8)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0, NAN]))
)


@given(scripts)
def test_statistics_stay_within_their_bounds(points: FloatArray) -> None:
    found = item_statistics(points, np.ones(points.shape[1]))
    for values, low in (
        (found.difficulty, 0),
        (found.full, 0),
        (found.discrimination, -1),
        (found.point_biserial, -1),
    ):
        defined = values[~np.isnan(values)]
        assert ((low <= defined) & (defined <= 1)).all()
    had = found.n > 0
    assert (found.full_low[had] <= found.full[had] + 1e-12).all()
    assert (found.full[had] <= found.full_high[had] + 1e-12).all()


@given(scripts, st.integers(0, 1000))
def test_the_order_of_candidates_does_not_matter(points: FloatArray, seed: int) -> None:
    again = points[np.random.default_rng(seed).permutation(len(points))]
    ones = np.ones(points.shape[1])
    assert_allclose(item_statistics(points, ones).difficulty, item_statistics(again, ones).difficulty)
    assert_allclose(discrimination_of(points, ones), discrimination_of(again, ones), atol=1e-9)


@given(scripts, st.sampled_from([0.25, 0.5, 4.0]))
def test_the_scale_does_not_matter(points: FloatArray, scale: float) -> None:
    ones = np.ones(points.shape[1])
    assert_allclose(
        item_statistics(points, ones).difficulty, item_statistics(points * scale, ones * scale).difficulty
    )
    assert_allclose(
        discrimination_of(points, ones), discrimination_of(points * scale, ones * scale), atol=1e-9
    )


def test_a_histogram_has_every_score_in_its_bin() -> None:
    scores = np.array([0, 0.25, 0.5, 4.9, 9.5, 10, 10])
    found = {each.low: each.count for each in histogram(scores) if each.count}
    assert found == {0.0: 2, 0.5: 1, 4.5: 1, 9.5: 3}
    assert (histogram(scores)[0].low, histogram(scores)[-1].high, len(histogram(scores))) == (0, 10, 20)


@given(st.lists(st.integers(0, 1000), max_size=50))
def test_a_low_end_belongs_to_its_bin_at_any_width(cents: list[int]) -> None:
    found = histogram(np.array(cents, dtype=np.float64) / 100, width=0.1)
    for place, each in enumerate(found):
        last = place == len(found) - 1
        assert each.count == sum(
            place * 10 <= cent < place * 10 + 10 or (last and cent == 1000) for cent in cents
        )


def test_a_histogram_refuses_what_is_off_the_scale() -> None:
    with pytest.raises(ValueError, match="outside the scale"):
        histogram(np.array([10.01]))
    with pytest.raises(ValueError, match="whole number of bins"):
        histogram(np.array([1.0]), width=0.3)


def test_option_counts_are_sorted_and_count_the_omitted() -> None:
    assert list(option_counts([("B",), ("A",), (), ("B",), ("A",), ("B",)]).items()) == [
        ("B", 3),
        ("A", 2),
        ("", 1),
    ]
    assert option_counts([("a:true", "b:false"), ("a:true",)]) == {"a:true": 2, "b:false": 1}


def test_the_least_n_tells_a_good_item_from_none() -> None:
    bounds = fisher_bounds(np.array([0.3, 0.3]), np.array([MIN_N_CORRELATION, MIN_N_CORRELATION - 1]))
    assert bounds.low[0] > 0 > bounds.low[1]


def test_the_least_n_halves_the_interval_of_a_share() -> None:
    for n, narrow in ((MIN_N_SHARE, True), (MIN_N_SHARE - 1, False)):
        low, high = wilson_bounds(np.arange(n + 1), np.full(n + 1, n))
        assert (float((high - low).max()) < 0.5) == narrow


def test_fisher_s_bounds() -> None:
    # r = 0.5, n = 28: 0.5493 ± 1.96/5.
    found = fisher_bounds(np.array([0.5, 1.0, NAN, 0.5]), np.array([28, 28, 28, 3]))
    assert found.low[0] == pytest.approx(np.tanh(np.arctanh(0.5) - 1.959964 / 5))
    assert (found.low[1], found.high[1]) == (1.0, 1.0)
    assert np.isnan(found.low[2:]).all()


def test_the_biserial_is_the_correlation_behind_the_cut() -> None:
    # A normal variable correlated 0.6 with a long normal rest, cut so that 30 % pass.
    rng = np.random.default_rng(8)
    n = 40_000
    rest = rng.normal(size=n)
    hidden = 0.6 * rest + 0.8 * rng.normal(size=n)
    points = np.column_stack([(hidden > 0.5244).astype(float), (rest - rest.min()) / np.ptp(rest)])
    found = item_statistics(points, np.ones(2))
    assert found.biserial[0] == pytest.approx(0.6, abs=0.015)
    assert found.discrimination[0] == pytest.approx(0.6 * 0.34769 / np.sqrt(0.21), abs=0.015)
    # Soper's error: (√(p q) / φ − r²) / √n.
    assert found.biserial_se[0] == pytest.approx((np.sqrt(0.21) / 0.34769 - 0.36) / 200, rel=0.05)


def test_forms_of_different_length_are_on_one_scale() -> None:
    # Half the candidates had five items more, which changes nothing for the first.
    rng = np.random.default_rng(9)
    ability = rng.normal(size=(4_000, 1))
    points = (rng.random((4_000, 25)) < 1 / (1 + np.exp(-1.5 * ability))).astype(float)
    whole = discrimination_of(points[:, :20], np.ones(20))[0]
    points[:2_000, 20:] = NAN
    assert discrimination_of(points, np.ones(25))[0] == pytest.approx(whole, abs=0.03)


def test_the_rest_leaves_the_item_out() -> None:
    totals = totals_of(SMALL, SMALL_MAX)
    assert_allclose(rest_share(totals, SMALL[:, 2], 2.0), [1, 0.5, 0.5, 0])


def test_the_shape_of_a_distribution_by_hand() -> None:
    # 0 0 0 4: m2 = 3, m3 = 6, m4 = 21; g1 = 2/√3, G1 = 2; g2 = −2/3, G2 = 3/2 · (5 · −2/3 + 6) = 4.
    found = summary(np.array([[0.0], [0.0], [0.0], [4.0]]))
    assert found.skewness == pytest.approx(2.0)
    assert found.kurtosis == pytest.approx(4.0)
    assert found.mean_se == pytest.approx(1.0)


def test_frequencies_add_up() -> None:
    found = frequencies(np.array([5.0, 2.5, 5.0, 10.0]))
    assert_array_equal(found.score, [2.5, 5.0, 10.0])
    assert_array_equal(found.count, [1, 2, 1])
    assert_allclose(found.cumulative, [0.25, 0.75, 1.0])

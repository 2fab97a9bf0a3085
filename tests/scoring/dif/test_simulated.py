"""DIF put into drawn answers is found, with its sign; none is found where there is none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chi2_contingency

from scoring.arrays import BoolArray
from scoring.dif import (
    MantelHaenszel,
    breslow_day,
    flagged,
    logistic,
    mantel_haenszel,
    purified,
    sibtest,
    standardisation,
)
from scoring.dif.categories import by_size, ets
from scoring.dif.matching import match
from scoring.dif.proportional_odds import null_loglik, regress
from scoring.errors import MeasurementError
from scoring.responses import MISSING, make_responses
from tests.scoring.dif.groups import harder, two_groups
from tests.scoring.fit.simulated import draw_items


def test_one_item_harder_for_the_focal_group() -> None:
    rng = np.random.default_rng(1)
    items = draw_items(rng, 20)
    responses, focal = two_groups(rng, items, [*items[:4], harder(items[4], 0.8), *items[5:]], 2000, 0.5)
    found = mantel_haenszel(responses, focal)
    assert found.category[4] == "C"
    assert found.delta[4] < -1.5
    assert found.alpha[4] > 1
    assert found.mean_difference[4] < 0
    assert [letter for place, letter in enumerate(found.category) if place != 4] == ["A"] * 19
    by_score = logistic(responses, focal)
    assert int(np.argmax(by_score.chi2)) == 4
    assert by_score.group[4] < -0.5
    assert by_score.p[4] < 1e-10
    assert standardisation(responses, focal).difference[4] < -0.08


def test_false_alarms_are_as_rare_as_they_should_be() -> None:
    p: list[np.ndarray] = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        items = draw_items(rng, 20)
        responses, focal = two_groups(rng, items, items, 500)
        p += [
            mantel_haenszel(responses, focal).p,
            logistic(responses, focal).p,
            breslow_day(responses, focal).p,
        ]
    rates = [np.mean(np.concatenate(p[start::3]) < 0.05) for start in range(3)]
    # 160 tests each at 5 %; the continuity correction makes the first a little shy.
    assert 0.005 < rates[0] < 0.08
    assert 0.02 < rates[1] < 0.09
    assert 0.01 < rates[2] < 0.09


def test_difference_that_changes_with_ability() -> None:
    rng = np.random.default_rng(3)
    items = draw_items(rng, 20)
    items[7] = replace(items[7], slope=1.8, intercepts=np.array([0.0]))
    flatter = replace(items[7], slope=0.5)
    responses, focal = two_groups(rng, items, [*items[:7], flatter, *items[8:]], 2000)
    crossing = logistic(responses, focal, kind="nonuniform")
    assert int(np.argmax(crossing.chi2)) == 7
    assert crossing.p[7] < 1e-10
    assert crossing.interaction[7] < 0
    assert breslow_day(responses, focal).p[7] < 1e-4
    assert logistic(responses, focal, kind="uniform").chi2[7] < crossing.chi2[7]


def test_purification_gives_back_what_many_such_items_hide() -> None:
    rng = np.random.default_rng(5)
    items = draw_items(rng, 20)
    moved = [harder(item, 1.0) if place < 6 else item for place, item in enumerate(items)]
    responses, focal = two_groups(rng, items, moved, 2500)

    def analysis(anchor: BoolArray) -> MantelHaenszel:
        return mantel_haenszel(responses, focal, anchor)

    raw = analysis(np.ones(20, dtype=np.bool_))
    found = purified(analysis, lambda one: flagged(one.category), 20)
    assert found.settled
    assert_array_equal(~found.anchor, np.arange(20) < 6)
    assert np.abs(found.result.delta[6:]).mean() < np.abs(raw.delta[6:]).mean() / 2
    assert np.abs(found.result.delta[:6]).mean() > np.abs(raw.delta[:6]).mean()


def test_purification_ends_where_nothing_is_left_to_match_on() -> None:
    found = purified(lambda anchor: anchor.copy(), lambda _: np.ones(5, dtype=np.bool_), 5)
    assert (found.rounds, found.settled) == (0, False)
    assert found.anchor.all()
    swinging = purified(lambda anchor: anchor.copy(), lambda last: last == (np.arange(5) > 1), 5)
    assert not swinging.settled
    assert swinging.rounds == 10


def test_graded_item_harder_for_the_focal_group() -> None:
    rng = np.random.default_rng(6)
    items = [*draw_items(rng, 16), *draw_items(rng, 4, 5)]
    moved = [*items[:17], harder(items[17], 0.6), *items[18:]]
    responses, focal = two_groups(rng, items, moved, 1500, 0.3)
    found = mantel_haenszel(responses, focal)
    assert found.category[17] in {"B", "C"}
    assert found.mean_difference[17] < -0.17
    assert np.isnan(found.delta[16:]).all()
    assert found.category.count("A") == 19
    by_score = logistic(responses, focal)
    assert int(np.argmax(by_score.chi2)) == 17
    assert by_score.group[17] < 0
    assert standardisation(responses, focal).difference[17] < -0.05
    assert np.isnan(breslow_day(responses, focal).statistic[16:]).all()


def test_the_groups_changed_round_change_the_sign() -> None:
    rng = np.random.default_rng(7)
    items = [*draw_items(rng, 8), *draw_items(rng, 2, 3)]
    responses, focal = two_groups(rng, items, [harder(item, 0.3) for item in items], 400)
    one, other = mantel_haenszel(responses, focal), mantel_haenszel(responses, ~focal)
    assert_allclose(one.chi2, other.chi2)
    assert_allclose(one.delta, -other.delta)
    assert_allclose(one.delta_se, other.delta_se)
    here, there = logistic(responses, focal), logistic(responses, ~focal)
    assert_allclose(here.chi2, there.chi2, rtol=1e-6)
    assert_allclose(here.group, -there.group, rtol=1e-5)


def test_weights_and_order_of_persons() -> None:
    rng = np.random.default_rng(8)
    items = draw_items(rng, 8)
    responses, focal = two_groups(rng, items, items, 150)
    times = rng.integers(1, 4, 300)
    rows = rng.permutation(np.repeat(np.arange(300), times))
    weighted = mantel_haenszel(replace(responses, weights=times.astype(np.float64)), focal)
    repeated = mantel_haenszel(responses.of_persons(rows), focal[rows])
    assert_allclose(weighted.chi2, repeated.chi2)
    assert_allclose(weighted.delta_se, repeated.delta_se)


def test_forms_match_only_among_themselves() -> None:
    rng = np.random.default_rng(9)
    items = draw_items(rng, 10)
    responses, focal = two_groups(rng, items, items, 600)
    codes = responses.codes.copy()
    codes[::2, :3] = MISSING
    codes[1::2, -3:] = MISSING
    forms = make_responses(codes)
    tables = match(forms, focal, np.ones(10, dtype=np.bool_))
    alone = match(forms.of_persons(np.arange(0, 1200, 2)), focal[::2], np.ones(10, dtype=np.bool_))
    assert tables[0].counts.sum() == 600
    assert tables[5].counts.sum() == 1200
    assert len(tables[5].counts) == 2 * len(alone[5].counts)
    assert tables[5].scores.max() == pytest.approx(10.0)
    halves = [
        mantel_haenszel(forms.of_persons(np.arange(start, 1200, 2)), focal[start::2]).alpha[5]
        for start in range(2)
    ]
    assert min(halves) < mantel_haenszel(forms, focal).alpha[5] < max(halves)


def test_one_level_is_a_fourfold_table() -> None:
    table = np.array([[30, 20], [15, 35]])
    right = np.repeat([1, 0, 1, 0], table.ravel())
    focal = np.repeat([False, False, True, True], table.ravel())
    # Who has the first item right has the second wrong, so that all have the same score.
    found = mantel_haenszel(make_responses(np.column_stack([right, 1 - right]).astype(np.int8)), focal)
    yates = chi2_contingency(table, correction=True).statistic
    assert found.chi2[0] == pytest.approx(yates * 99 / 100)
    assert found.alpha[0] == pytest.approx(30 * 35 / (20 * 15))
    woolf = np.sqrt(np.sum(1 / table))
    assert found.delta_se[0] == pytest.approx(2.35 * woolf)
    assert_allclose(found.alpha[1], 1 / found.alpha[0])
    # The test for more categories, of items that could have three, has no correction.
    codes = np.column_stack([right, 1 - right]).astype(np.int8)
    graded = mantel_haenszel(make_responses(codes, categories=np.array([3, 3])), focal)
    assert graded.chi2[0] == pytest.approx(chi2_contingency(table, correction=False).statistic * 99 / 100)
    assert graded.mean_difference[0] == pytest.approx((0.3 - 0.6) / right.std())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_proportional_odds_are_at_the_maximum(seed: int, categories: int) -> None:
    rng = np.random.default_rng(seed)
    predictors = rng.normal(size=(40, 2))
    counts = rng.integers(0, 6, (40, categories)).astype(np.float64)
    found = regress(counts, predictors)
    assert found.loglik >= null_loglik(counts) - 1e-9
    # A shifted and rescaled predictor is the same model.
    other = regress(counts, predictors * [10.0, 0.1] + [100.0, -3.0])
    assert other.loglik == pytest.approx(found.loglik, abs=1e-8)
    assert_allclose(other.slopes * [10.0, 0.1], found.slopes, atol=1e-6)
    assert_allclose(other.slope_errors * [10.0, 0.1], found.slope_errors, atol=1e-6)


def test_the_cheese_of_mccullagh_and_nelder() -> None:
    # Generalized linear models (1989), table 5.1: nine grades of four cheeses, compared with the last one.
    counts = np.array(
        [
            [0, 0, 1, 7, 8, 8, 19, 8, 1],
            [6, 9, 12, 11, 7, 6, 1, 0, 0],
            [1, 1, 6, 8, 23, 7, 5, 1, 0],
            [0, 0, 0, 1, 3, 7, 14, 16, 11],
        ],
        dtype=np.float64,
    )
    found = regress(counts, np.eye(4)[:, :3])
    assert_allclose(found.slopes, [-1.6128, -4.9645, -3.3227], atol=2e-4)
    assert_allclose(found.slope_errors, [0.3778, 0.4741, 0.4251], atol=2e-3)


def test_groups_that_an_item_separates_have_no_odds() -> None:
    group = np.array([[0.0], [1.0]])
    found = regress(np.array([[10.0, 0.0], [0.0, 10.0]]), group)
    assert found.loglik == pytest.approx(0.0, abs=1e-6)
    assert np.isnan(found.slopes).all()
    assert np.isnan(found.slope_errors).all()


def test_letters() -> None:
    p = np.array([0.001, 0.2, 0.001, 0.001, 0.001, np.nan])
    delta = np.array([-0.9, 3.0, -1.2, -1.6, 1.6, 1.0])
    se = np.array([0.1, 2.0, 0.1, 0.5, 0.2, 0.1])
    assert ets(delta, se, p) == ("A", "A", "B", "B", "C", None)
    assert by_size(np.array([0.01, 0.5, 0.05, 0.07, np.nan, 1.0]), 0.035, 0.07, p) == (
        "A", "A", "B", "C", None, None,
    )  # fmt: skip


def test_groups_too_small_to_compare() -> None:
    rng = np.random.default_rng(2)
    items = draw_items(rng, 5)
    responses, focal = two_groups(rng, items, items, 60)
    with pytest.raises(MeasurementError, match="dif_one_group"):
        mantel_haenszel(responses, np.zeros(120, dtype=np.bool_))
    few = focal & (np.arange(120) < 80)
    with pytest.raises(MeasurementError, match="dif_group_too_small") as refused:
        logistic(responses, few)
    assert refused.value.params == {"n": 20, "least": 50}


def test_an_item_that_one_group_never_had_is_not_compared() -> None:
    rng = np.random.default_rng(13)
    items = draw_items(rng, 6)
    responses, focal = two_groups(rng, items, items, 100)
    codes = responses.codes.copy()
    codes[focal, 2] = MISSING
    holed = make_responses(codes)
    found = mantel_haenszel(holed, focal)
    assert found.category[2] is None
    assert np.isnan(found.p).sum() >= 1
    assert logistic(holed, focal).category[2] is None
    assert standardisation(holed, focal).category[2] is None


def test_true_scores_are_matched_where_the_groups_differ_much() -> None:
    beta, rejected = [], []
    for seed in range(6):
        rng = np.random.default_rng(100 + seed)
        items = draw_items(rng, 12)
        items[0] = replace(items[0], slope=1.3, intercepts=np.zeros(1))
        moved = [harder(items[0], 0.7), *items[1:]]
        responses, focal = two_groups(rng, items, moved, 1500, impact=1.0)
        found = sibtest(responses, focal, np.arange(12) > 0)
        assert found.category[0] == "C"
        assert found.beta[0] > 0.08
        rejected.append(found.p[1:] < 0.01)
        beta.append(found.beta[1:])
    assert np.mean(rejected) < 0.06
    assert np.abs(np.mean(beta)) < 0.01
    assert sibtest(responses, ~focal, np.arange(12) > 0).beta[0] == pytest.approx(-found.beta[0])


def test_sibtest_needs_items_to_match_on() -> None:
    rng = np.random.default_rng(14)
    items = draw_items(rng, 4, 3)
    responses, focal = two_groups(rng, items, items, 200)
    assert np.isfinite(sibtest(responses, focal).beta).all()
    with pytest.raises(MeasurementError, match="dif_no_anchor"):
        sibtest(responses, focal, np.array([True, True, False, False]))


def test_a_key_that_is_wrong_for_one_group_is_the_largest_of_all() -> None:
    rng = np.random.default_rng(15)
    items = draw_items(rng, 12)
    responses, focal = two_groups(rng, items, items, 400)
    codes = responses.codes.copy()
    codes[focal, 4] = 0
    found = mantel_haenszel(make_responses(codes), focal)
    assert (found.alpha[4], found.delta[4], found.category[4]) == (np.inf, -np.inf, "C")
    assert np.isnan(found.delta_se[4])
    assert int(np.argmax(found.chi2)) == 4
    other_way = mantel_haenszel(make_responses(codes), ~focal)
    assert (other_way.alpha[4], other_way.delta[4], other_way.category[4]) == (0.0, np.inf, "C")
    assert np.isnan(breslow_day(make_responses(codes), focal).p[4])
    anchor = purified(
        lambda of: mantel_haenszel(make_responses(codes), focal, of), lambda last: flagged(last.category), 12
    ).anchor
    assert anchor.tolist() == [place != 4 for place in range(12)]


def test_scores_of_forms_that_lost_other_anchors_are_on_one_scale() -> None:
    codes = np.zeros((200, 6), dtype=np.int8)
    codes[:100, 4:], codes[100:, :2] = MISSING, MISSING
    codes[0, :4], codes[100, 2:] = 1, 1
    focal = np.arange(200) % 2 == 0
    table = match(make_responses(codes), focal, np.arange(6) > 0)[3]
    # The best of both forms, of three and of four anchors, had everything right.
    assert table.scores.tolist() == [0.0, 5.0, 0.0, 5.0]

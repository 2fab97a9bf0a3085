"""Ability: properties that hold for any items, and recovery of what was drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.ability import eap, eap_of_sums, eap_sum, map_, ml, score_probabilities, wle
from scoring.ability.curvature import curvature, of_answers
from scoring.ability.likelihood import log_trace
from scoring.errors import MeasurementError
from scoring.items import Item, expected_score, trace, traces
from scoring.quadrature import make_nodes, normal_weights
from scoring.responses import Responses, make_responses
from tests.scoring.simulated import answers, mixed_items, two_pl

NODES = make_nodes()
WEIGHTS = normal_weights(NODES)
SEEDS = st.integers(0, 10_000)


def posterior_mean(items: tuple[Item, ...], codes: np.ndarray) -> tuple[float, float]:
    """One person's, as plainly as it can be written."""
    density = WEIGHTS.copy()
    for item, code in zip(items, codes, strict=True):
        if code >= 0:
            density *= trace(item, NODES.theta)[:, code]
    density /= density.sum()
    mean = float(density @ NODES.theta)
    return mean, float(density @ (NODES.theta - mean) ** 2) ** 0.5


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_every_model_and_missing_answers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    items = mixed_items(rng, 8)
    responses = answers(items, rng.normal(size=6), rng, missing=0.3)
    ability = eap(items, responses, NODES, WEIGHTS)
    plain = np.array([posterior_mean(items, codes) for codes in responses.codes])
    np.testing.assert_allclose(np.column_stack([ability.theta, ability.se]), plain, atol=1e-10)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_the_modes_are_where_the_slope_is_nought(seed: int) -> None:
    """The derivative of the penalised log-likelihood, taken numerically, vanishes at every estimate."""
    rng = np.random.default_rng(seed)
    items = mixed_items(rng, 18)
    responses = answers(items, rng.normal(size=5), rng, missing=0.2)
    for estimate, penalty in ((ml(items, responses), 0.0), (map_(items, responses, 0.5, 2.0), 0.25)):
        for theta, se, codes in zip(estimate.theta, estimate.se, responses.codes, strict=True):
            if np.isnan(se):
                continue
            around = theta + np.array([-1e-4, 0.0, 1e-4])
            height = sum(
                log_trace(item, around)[:, code] for item, code in zip(items, codes, strict=True) if code >= 0
            )
            low, middle, high = height - penalty * (around - 0.5) ** 2 / 2
            assert abs(high - low) / 2e-4 < 1e-5
            assert (2 * middle - low - high) / 1e-8 == pytest.approx(se**-2, rel=1e-2)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_derivatives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    theta = rng.uniform(-3, 3, size=7)
    for item in mixed_items(rng, 6):
        curve, shapes = curvature(item, theta), traces(item, theta)
        np.testing.assert_allclose(np.exp(log_trace(item, theta)), shapes.p, atol=1e-13)
        np.testing.assert_allclose(curve.p, shapes.p, atol=1e-13)
        np.testing.assert_allclose(curve.first, shapes.first / shapes.p, atol=1e-9)
        np.testing.assert_allclose(
            curve.second, shapes.second / shapes.p - (shapes.first / shapes.p) ** 2, atol=1e-9
        )
        codes = rng.integers(0, item.categories, size=7).astype(np.int8)
        first, second = of_answers(item, theta, codes)
        np.testing.assert_allclose(first, curve.first[np.arange(7), codes], atol=1e-12)
        np.testing.assert_allclose(second, curve.second[np.arange(7), codes], atol=1e-12)


def test_steep_items_stay_finite() -> None:
    """Where a probability is 0 or 1 to the last digit its logarithm still counts."""
    items = tuple(
        Item(name=str(b), model="2pl", slope=30.0, intercepts=np.array([-30.0 * b])) for b in (-1, 0, 1)
    )
    responses = make_responses(np.array([[0, 1, 1], [1, 0, 1]], dtype=np.int8))
    for ability in (eap(items, responses, NODES, WEIGHTS), map_(items, responses)):
        assert np.isfinite(ability.theta).all()
        assert (ability.se > 0).all()
    graded = Item(name="g", model="grm", slope=40.0, intercepts=np.array([40.0, 0.0]))
    assert np.isfinite(log_trace(graded, np.linspace(-6, 6, 13))).all()


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_a_missing_answer_is_an_absent_item(seed: int) -> None:
    rng = np.random.default_rng(seed)
    items = mixed_items(rng, 12)
    responses = answers(items, rng.normal(size=4), rng)
    codes = responses.codes.copy()
    codes[:, 7:] = -1
    gaps = make_responses(codes, categories=responses.categories)
    short = responses.of_items(list(range(7)))
    for estimate in (
        lambda items, responses: eap(items, responses, NODES, WEIGHTS),
        lambda items, responses: eap_of_sums(items, responses, NODES, WEIGHTS),
        map_,
        ml,
        wle,
    ):
        with_gaps, without = estimate(items, gaps), estimate(items[:7], short)
        np.testing.assert_allclose(with_gaps.theta, without.theta, atol=1e-8)
        np.testing.assert_allclose(with_gaps.se, without.se, atol=1e-8)


def test_perfect_scores() -> None:
    items = two_pl(np.random.default_rng(3), 10)
    responses = make_responses(np.array([[0] * 10, [1] * 10], dtype=np.int8))
    largest = ml(items, responses, 5.0)
    assert largest.theta.tolist() == [-5.0, 5.0]
    assert np.isnan(largest.se).all()
    for ability in (map_(items, responses), wle(items, responses), eap(items, responses, NODES, WEIGHTS)):
        assert ability.theta[0] < -1 < 1 < ability.theta[1]
        assert np.isfinite(ability.se).all()


def test_a_person_without_answers() -> None:
    items = two_pl(np.random.default_rng(3), 4)
    responses = make_responses(np.array([[-1] * 4, [1, 0, 1, 0]], dtype=np.int8))
    for ability in (ml(items, responses), wle(items, responses)):
        assert np.isnan(ability.theta[0])
        assert np.isnan(ability.se[0])
        assert np.isfinite(ability.theta[1])
    prior = map_(items, responses, 0.3, 1.5)
    assert (prior.theta[0], prior.se[0]) == pytest.approx((0.3, 1.5))
    weights = normal_weights(NODES, 0.3, 0.8)
    for ability in (eap(items, responses, NODES, weights), eap_of_sums(items, responses, NODES, weights)):
        assert (ability.theta[0], ability.se[0]) == pytest.approx((0.3, 0.8), abs=1e-6)


def test_groups_have_their_own_priors() -> None:
    rng = np.random.default_rng(4)
    items = mixed_items(rng, 10)
    one = answers(items, rng.normal(size=8), rng)
    groups = np.arange(8) % 2
    responses = Responses(
        names=one.names, codes=one.codes, categories=one.categories, weights=one.weights, groups=groups,
        group_names=("a", "b"),
    )  # fmt: skip
    weights = np.array([normal_weights(NODES, -1.0), normal_weights(NODES, 1.0, 0.5)])
    both = {
        eap: (eap(items, responses, NODES, weights), [eap(items, one, NODES, row) for row in weights]),
        eap_of_sums: (
            eap_of_sums(items, responses, NODES, weights),
            [eap_of_sums(items, one, NODES, row) for row in weights],
        ),
        map_: (
            map_(items, responses, np.array([-1.0, 1.0]), np.array([1.0, 0.5])),
            [map_(items, one, -1.0), map_(items, one, 1.0, 0.5)],
        ),
    }
    for together, apart in both.values():
        for group in (0, 1):
            rows = groups == group
            np.testing.assert_allclose(together.theta[rows], apart[group].theta[rows], atol=1e-12)
            np.testing.assert_allclose(together.se[rows], apart[group].se[rows], atol=1e-9)


def test_recovery() -> None:
    """EAP shrinks, ML spreads, WLE has the least bias; the SEs are what they say."""
    rng = np.random.default_rng(5)
    items = mixed_items(rng, 30)
    theta = rng.normal(size=3000)
    responses = answers(items, theta, rng)
    mean, largest = eap(items, responses, NODES, WEIGHTS), ml(items, responses)
    weighted = wle(items, responses)
    assert np.var(mean.theta) < np.var(theta) < np.var(largest.theta[~np.isnan(largest.se)])
    slope = np.polyfit(theta, mean.theta, 1)[0]
    assert slope == pytest.approx(np.var(mean.theta) / np.var(theta), abs=0.02)
    assert np.mean((mean.theta - theta) ** 2 / mean.se**2) == pytest.approx(1.0, abs=0.08)
    # Far from the items the information there understates how well Warm's estimate, drawn inwards, does.
    assert np.mean((weighted.theta - theta) ** 2 / weighted.se**2) == pytest.approx(0.95, abs=0.08)
    outer = np.abs(theta) > 1.0
    sign = np.sign(theta[outer])
    assert abs(np.mean(sign * (weighted.theta - theta)[outer])) < 0.03
    assert np.mean(sign * (mean.theta - theta)[outer]) < -0.05


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_sum_scores(seed: int) -> None:
    """Lord and Wingersky's recursion: sums to one, has the test's expected score, keeps order."""
    rng = np.random.default_rng(seed)
    items = tuple(item for item in mixed_items(rng, 10) if item.model != "nominal")
    theta = np.array([-1.5, 0.0, 2.0])
    f = score_probabilities(items, theta)
    np.testing.assert_allclose(f.sum(axis=1), 1.0, atol=1e-12)
    expected = sum(expected_score(item, theta) for item in items)
    np.testing.assert_allclose(f @ np.arange(f.shape[1]), expected, atol=1e-10)
    sums = eap_sum(items, NODES, WEIGHTS)
    assert sums.probability.sum() == pytest.approx(1.0)
    assert (np.diff(sums.theta) > 0).all()
    assert sums.probability @ sums.theta == pytest.approx(0.0, abs=1e-8)


def test_points_of_a_ladder() -> None:
    """Two items by hand, in units of 0.05 points: the second is worth 0, 2, 5, 10, 20."""
    one = Item(name="1", model="2pl", slope=1.0, intercepts=np.array([0.3]))
    ladder = Item(name="2", model="grm", slope=1.2, intercepts=np.array([2.0, 1.0, 0.0, -1.0]))
    theta = np.array([0.4])
    f = score_probabilities([one, ladder], theta, [np.array([0, 5]), np.array([0, 2, 5, 10, 20])])
    p, q = trace(one, theta)[0], trace(ladder, theta)[0]
    assert f.shape == (1, 26)
    assert f[0, 5] == pytest.approx(p[0] * q[2] + p[1] * q[0])
    assert f[0, 25] == pytest.approx(p[1] * q[4])
    assert f[0, 1] == 0
    sums = eap_sum([one, ladder], NODES, WEIGHTS, [np.array([0, 5]), np.array([0, 2, 5, 10, 20])])
    assert np.isnan(sums.theta[1])
    assert np.isfinite(sums.theta[5])


def test_rasch_sums_say_all() -> None:
    """Under Rasch the sum is sufficient: EAP of the pattern is EAP of the sum."""
    rng = np.random.default_rng(6)
    items = tuple(
        Item(name=str(place), model="rasch", slope=1.0, intercepts=rng.normal(size=1)) for place in range(9)
    )
    responses = answers(items, rng.normal(size=20), rng, missing=0.1)
    by_pattern, by_sum = (
        eap(items, responses, NODES, WEIGHTS),
        eap_of_sums(items, responses, NODES, WEIGHTS),
    )
    np.testing.assert_allclose(by_pattern.theta, by_sum.theta, atol=1e-10)
    np.testing.assert_allclose(by_pattern.se, by_sum.se, atol=1e-10)


def test_the_same_input_gives_the_same_bits() -> None:
    rng = np.random.default_rng(7)
    items = mixed_items(rng, 12)
    responses = answers(items, rng.normal(size=50), rng, missing=0.1)
    first, second = (wle(items, responses) for _ in range(2))
    assert first.theta.tobytes() == second.theta.tobytes()
    assert first.se.tobytes() == second.se.tobytes()


def test_refusals() -> None:
    items = two_pl(np.random.default_rng(3), 2)
    with pytest.raises(MeasurementError, match="items_differ"):
        eap(items, make_responses(np.zeros((2, 3), dtype=np.int8)), NODES, WEIGHTS)
    with pytest.raises(MeasurementError, match="wrong_code") as refused:
        ml(items, make_responses(np.array([[0, 1], [1, 2]], dtype=np.int8)))
    assert refused.value.params == {"item": "1", "row": 2, "value": 2, "categories": 2}

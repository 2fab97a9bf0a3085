"""Information, errors on the reported scale, reliability."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.ability import Ability, eap, ml
from scoring.information import (
    characteristic_curve,
    csem,
    csem_of_scores,
    empirical_reliability,
    item_information,
    marginal_reliability,
)
from scoring.information import test_information as information_of
from scoring.items import Item, Model, rescale, trace
from scoring.quadrature import make_nodes, normal_weights
from tests.scoring.mirt_items import BLOCKS, catr_bank, fitted
from tests.scoring.simulated import answers, mixed_items, two_pl

NODES = make_nodes()
SEEDS = st.integers(0, 10_000)
THETA = np.linspace(-3, 3, 13)


@pytest.mark.parametrize(("folder", "block", "model"), BLOCKS)
def test_against_mirt(folder: str, block: str, model: Model) -> None:
    """mirt's marginal reliability has σ² = 1, whatever the variance of θ is: Rasch and PCM differ there."""
    found = fitted(folder, block, model)
    weights = normal_weights(NODES, sd=found.sd)
    expected = found.expected
    theta = np.array(expected["testinfo"]["theta"], dtype=np.float64)
    np.testing.assert_allclose(information_of(found.items, theta), expected["testinfo"]["info"], atol=1e-9)
    ability = eap(found.items, found.responses, NODES, weights)
    assert empirical_reliability(ability) == pytest.approx(expected["empirical_rxx"], abs=1e-7)
    if found.sd == 1.0:
        reliability = marginal_reliability(found.items, NODES, weights)
        assert reliability == pytest.approx(expected["marginal_rxx"], abs=1e-7)


def test_reliability_does_not_know_the_unit() -> None:
    """Rasch with its free variance is 1PL on another scale: the same reliability."""
    rasch, one = (
        fitted("lsat6", block, model) for block, model in (("Rasch", "rasch"), ("onePL_common_slope", "1pl"))
    )
    ours = marginal_reliability(rasch.items, NODES, normal_weights(NODES, sd=rasch.sd))
    assert ours == pytest.approx(one.expected["marginal_rxx"], abs=1e-5)


def test_against_catr() -> None:
    items, expected = catr_bank()
    theta = np.array(expected["theta"], dtype=np.float64)
    information = np.array([item_information(item, theta) for item in items])
    np.testing.assert_allclose(information, expected["info"], atol=1e-10)
    probabilities = np.array([trace(item, theta)[:, 1] for item in items])
    np.testing.assert_allclose(probabilities, expected["P"], atol=1e-10)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_information_is_additive_and_follows_the_scale(seed: int) -> None:
    items = mixed_items(np.random.default_rng(seed), 6)
    parts = sum(item_information(item, THETA) for item in items)
    np.testing.assert_allclose(information_of(items, THETA), parts)
    for item in items:
        moved = item_information(rescale(item, 1.5, 0.4), 1.5 * THETA + 0.4)
        np.testing.assert_allclose(moved * 1.5**2, item_information(item, THETA), rtol=1e-9)


def test_information_is_minus_the_expected_curvature() -> None:
    """E[−∂² log P / ∂θ²], taken numerically."""
    step = 1e-4
    for item in mixed_items(np.random.default_rng(2), 6):
        low, middle, high = (np.log(trace(item, THETA + by)) for by in (-step, 0.0, step))
        second = (low - 2 * middle + high) / step**2
        expected = -np.sum(trace(item, THETA) * second, axis=1)
        np.testing.assert_allclose(item_information(item, THETA), expected, atol=1e-5)


def test_no_items_no_information() -> None:
    np.testing.assert_array_equal(information_of([], THETA), 0.0)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_errors_of_sum_scores(seed: int) -> None:
    """The exact SD of the sum is the root of the items' variances; mean as the characteristic curve."""
    items = mixed_items(np.random.default_rng(seed), 9)
    found = csem_of_scores(items, THETA)
    np.testing.assert_allclose(found.expected, characteristic_curve(items, THETA), atol=1e-10)
    variance = np.zeros(len(THETA))
    for item in items:
        p, codes = trace(item, THETA), np.arange(item.categories)
        variance += p @ codes**2 - (p @ codes) ** 2
    np.testing.assert_allclose(found.csem, np.sqrt(variance), atol=1e-9)


def test_the_delta_method_under_rasch() -> None:
    """There the sum is sufficient, so that T'(θ) / √I(θ) is its exact SD."""
    items = [
        Item(name=str(b), model="rasch", slope=1.0, intercepts=np.array([b])) for b in np.linspace(-2, 2, 12)
    ]
    np.testing.assert_allclose(csem(items, THETA), csem_of_scores(items, THETA).csem, atol=1e-10)


def test_a_reported_scale() -> None:
    """Points in units of 0.05 on the 10-point scale, and a linear one, agree; a table may bend it."""
    items = two_pl(np.random.default_rng(4), 40)
    points = [np.array([0, 5])] * 40
    tenth = np.arange(201) * 0.05
    scaled = csem_of_scores(items, THETA, points, tenth)
    plain = csem_of_scores(items, THETA)
    np.testing.assert_allclose(scaled.csem, plain.csem / 4, atol=1e-10)
    np.testing.assert_allclose(scaled.expected, plain.expected / 4, atol=1e-10)
    worth = [np.array([0.0, 0.25])] * 40
    np.testing.assert_allclose(csem(items, THETA, worth), csem(items, THETA) / 4, atol=1e-10)
    assert (csem_of_scores(items, THETA, reported=np.sqrt(np.arange(41))).csem < plain.csem).all()


def test_reliability_is_what_it_says() -> None:
    """The squared correlation of the estimates with the truth."""
    rng = np.random.default_rng(5)
    items = mixed_items(rng, 24)
    theta = rng.normal(0.3, 1.4, size=4000)
    weights = normal_weights(NODES, 0.3, 1.4)
    ability = eap(items, answers(items, theta, rng), NODES, weights)
    squared = np.corrcoef(ability.theta, theta)[0, 1] ** 2
    assert empirical_reliability(ability) == pytest.approx(squared, abs=0.02)
    assert marginal_reliability(items, NODES, weights) == pytest.approx(squared, abs=0.02)


def test_reliability_leaves_out_who_has_no_error() -> None:
    rng = np.random.default_rng(6)
    items = two_pl(rng, 5)
    ability = ml(items, answers(items, rng.normal(size=200), rng))
    known = np.isfinite(ability.se)
    assert not known.all()
    kept = Ability(theta=ability.theta[known], se=ability.se[known])
    assert empirical_reliability(ability) == empirical_reliability(kept)
    assert np.isnan(empirical_reliability(Ability(theta=np.array([1.0]), se=np.array([0.5]))))

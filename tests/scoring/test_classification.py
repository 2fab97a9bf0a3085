from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import norm

from scoring.classification import LinkingError, classify_estimates, classify_scores
from scoring.errors import MeasurementError
from scoring.items import Item, trace
from scoring.quadrature import make_nodes, normal_weights

NODES = make_nodes(61)
WEIGHTS = normal_weights(NODES)


def two(slope: float, *difficulties: float) -> list[Item]:
    return [
        Item(name=f"q{place}", model="2pl", slope=slope, intercepts=np.array([-slope * b]))
        for place, b in enumerate(difficulties)
    ]


def test_one_candidate_by_hand() -> None:
    """θ̂ = 0.5, se = 0.4, one cut at 0 (Rudner 2001): belongs above with Φ(0.5 / 0.4)."""
    found = classify_estimates(np.array([0.5]), np.array([0.4]), np.array([0.0]))
    above = norm.cdf(1.25)
    assert found.accuracy == pytest.approx(above)
    assert found.consistency == pytest.approx(above**2 + (1 - above) ** 2)
    assert_allclose(found.joint, [[0.0, 1 - above], [0.0, above]], atol=1e-12)
    assert found.false_above == pytest.approx(1 - above)
    assert found.false_below == 0.0


def test_without_error_all_are_right() -> None:
    found = classify_estimates(np.array([-1.0, 0.0, 2.0]), np.zeros(3), np.array([0.0, 1.0]))
    assert found.accuracy == found.consistency == found.kappa == 1.0
    assert_allclose(found.joint, np.eye(3) / 3.0)


def test_linking_error_is_carried_in() -> None:
    """Var(A θ + B) by hand at θ = 2, A = 1.1, B = −0.3."""
    theta, se, cuts = np.array([2.0]), np.array([0.3]), np.array([1.5])
    line = LinkingError(
        slope=1.1, intercept=-0.3, slope_variance=0.01, intercept_variance=0.02, covariance=-0.004
    )
    variance = 1.1**2 * 0.09 + 4 * 0.01 + 0.02 + 2 * 2 * -0.004
    found = classify_estimates(theta, se, cuts, linking=line)
    assert found.accuracy == pytest.approx(norm.cdf((1.9 - 1.5) / np.sqrt(variance)))
    sure = LinkingError(slope=1.1, intercept=-0.3, slope_variance=0, intercept_variance=0, covariance=0)
    assert classify_estimates(theta, se, cuts, linking=sure).accuracy > found.accuracy


def test_two_items_by_hand() -> None:
    """All four patterns of two items, a cut at one of two points."""
    items = two(1.3, -0.5, 0.8)
    found = classify_scores(items, NODES, WEIGHTS, np.array([1.0]))
    curves = [trace(item, NODES.theta) for item in items]
    put = np.zeros((2, NODES.count))
    for first, second in product((0, 1), (0, 1)):
        put[int(first + second >= 1)] += curves[0][:, first] * curves[1][:, second]
    belongs = (curves[0][:, 1] + curves[1][:, 1] >= 1.0).astype(int)
    assert found.accuracy == pytest.approx(float(WEIGHTS @ put[belongs, np.arange(NODES.count)]))
    assert found.consistency == pytest.approx(float(WEIGHTS @ (put**2).sum(axis=0)))
    assert found.joint.sum() == pytest.approx(1.0)


def test_simulated_candidates_agree() -> None:
    rng = np.random.default_rng(1)
    items = two(1.2, *np.linspace(-2, 2, 20))
    theta = rng.normal(size=20_000)
    curves = np.column_stack([trace(item, theta)[:, 1] for item in items])
    first, second = ((rng.random(curves.shape) < curves).sum(axis=1) >= 12 for _ in range(2))
    belongs = curves.sum(axis=1) >= 12
    fine = make_nodes(601)
    found = classify_scores(items, fine, normal_weights(fine), np.array([12.0]))
    assert found.accuracy == pytest.approx(float(np.mean(first == belongs)), abs=0.005)
    assert found.false_above == pytest.approx(float(np.mean(first & ~belongs)), abs=0.005)
    assert found.consistency == pytest.approx(float(np.mean(first == second)), abs=0.006)


def test_a_longer_test_classifies_better() -> None:
    short, long = (two(1.0, *np.linspace(-2, 2, n)) for n in (10, 40))
    accuracies = [
        classify_scores(items, NODES, WEIGHTS, np.array([len(items) / 2])).accuracy for items in (short, long)
    ]
    assert accuracies[1] > accuracies[0] + 0.03


@settings(max_examples=30, deadline=None)
@given(
    theta=st.lists(st.floats(-4, 4), min_size=1, max_size=8),
    se=st.floats(0.05, 2.0),
    cuts=st.lists(st.floats(-3, 3), min_size=1, max_size=3, unique=True),
)
def test_shares_are_shares(theta: list[float], se: float, cuts: list[float]) -> None:
    found = classify_estimates(np.array(theta), np.full(len(theta), se), np.array(sorted(cuts)))
    assert found.joint.sum() == pytest.approx(1.0)
    assert found.accuracy + found.false_above + found.false_below == pytest.approx(1.0)
    assert 0.0 <= found.consistency <= 1.0 + 1e-12


def test_who_has_no_estimate_does_not_count() -> None:
    known = classify_estimates(np.array([0.5]), np.array([0.4]), np.array([0.0]))
    found = classify_estimates(np.array([0.5, np.nan]), np.array([0.4, np.inf]), np.array([0.0]))
    assert found.accuracy == known.accuracy
    with pytest.raises(MeasurementError, match="no_abilities"):
        classify_estimates(np.array([np.nan]), np.array([0.4]), np.array([0.0]))


@pytest.mark.parametrize("cuts", [[], [1.0, 1.0], [2.0, 1.0], [np.nan]])
def test_cuts_must_rise(cuts: list[float]) -> None:
    with pytest.raises(MeasurementError, match="cuts_not_rising"):
        classify_scores(two(1.0, 0.0), NODES, WEIGHTS, np.array(cuts))

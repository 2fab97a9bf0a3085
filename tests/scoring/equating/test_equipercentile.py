import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from scoring.arrays import FloatArray
from scoring.equating.common_items import chained, frequency_estimation
from scoring.equating.equipercentile import equipercentile, percentile_points, percentile_ranks
from scoring.equating.errors import bootstrap_errors, lord_errors
from scoring.equating.linear import linear, moments
from scoring.equating.postsmoothing import spline_equipercentile
from scoring.equating.presmoothing import best_degree, smooth, smooth_joint
from scoring.errors import MeasurementError

positive = st.lists(st.floats(0.01, 1.0), min_size=3, max_size=15)


def binomial(n: int, p: float) -> FloatArray:
    steps = np.arange(1, n + 1)
    coefficients = np.concatenate([[1.0], np.cumprod((n - steps + 1) / steps)])
    return coefficients * p ** np.arange(n + 1) * (1 - p) ** np.arange(n, -1, -1)


def mixture(n: int, mean: float, seed: int, persons: int = 0) -> FloatArray:
    """A beta-binomial-like distribution, or counts drawn from it."""
    rng = np.random.default_rng(seed)
    spread = np.clip(mean + 0.15 * np.linspace(-2, 2, 9), 0.02, 0.98)
    weights = np.exp(-0.5 * np.linspace(-2, 2, 9) ** 2)
    whole = sum(w * binomial(n, p) for w, p in zip(weights / weights.sum(), spread, strict=True))
    assert isinstance(whole, np.ndarray)
    return rng.multinomial(persons, whole).astype(np.float64) if persons else whole


def normalised(values: list[float]) -> FloatArray:
    return np.array(values) / sum(values)


def test_percentile_ranks_by_hand() -> None:
    """Kolen & Brennan's (2014) eq. 2.14: half of a score's share counts as below it."""
    distribution = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    assert_allclose(percentile_ranks(distribution, np.arange(5.0)), [0.05, 0.2, 0.5, 0.8, 0.95])
    assert_allclose(percentile_ranks(distribution, np.array([-2.0, 1.75, 9.0])), [0.0, 0.4, 1.0])


def test_where_nobody_is_the_middle_is_taken() -> None:
    distribution = np.array([0.5, 0.0, 0.0, 0.5])
    assert_allclose(percentile_points(distribution, np.array([0.25, 0.5, 0.75])), [0.0, 1.5, 3.0])


@given(positive)
def test_a_form_is_worth_itself(values: list[float]) -> None:
    distribution = normalised(values)
    assert_allclose(equipercentile(distribution, distribution), np.arange(len(values)), atol=1e-7)
    assert_allclose(linear(distribution, distribution), np.arange(len(values)), atol=1e-9)


@given(positive, positive)
def test_equivalents_rise_and_go_back(one: list[float], other: list[float]) -> None:
    here, there = normalised(one), normalised(other)
    equivalents = equipercentile(here, there)
    assert (np.diff(equivalents) >= -1e-9).all()
    assert_allclose(
        percentile_points(here, percentile_ranks(there, equivalents)), np.arange(len(one)), atol=1e-6
    )


def test_a_shifted_form_is_shifted() -> None:
    base = binomial(10, 0.4)
    shifted = np.concatenate([[0.0, 0.0], base])
    assert_allclose(equipercentile(base, shifted), np.arange(11) + 2.0)
    assert_allclose(linear(base, shifted, "mean"), np.arange(11) + 2.0)
    assert_allclose(linear(base, shifted, "linear"), np.arange(11) + 2.0)


@given(positive, positive)
def test_linear_equating_keeps_mean_and_spread(one: list[float], other: list[float]) -> None:
    here, there = normalised(one), normalised(other)
    equivalents = linear(here, there)
    mean = float(here @ equivalents)
    assert (mean, float(np.sqrt(here @ (equivalents - mean) ** 2))) == pytest.approx(moments(there))


def test_without_spread_there_is_no_line() -> None:
    with pytest.raises(MeasurementError, match="equating_no_spread"):
        linear(np.array([0.0, 1.0]), np.array([0.5, 0.5]))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.integers(0, 1000))
def test_smoothing_keeps_the_moments(degree: int, seed: int) -> None:
    """Holland & Thayer (1987): the first moments of the smoothed are those of the observed."""
    counts = mixture(15, 0.5, seed, persons=300)
    found = smooth(counts, degree)
    scores = np.arange(16.0)
    for power in range(1, degree + 1):
        assert found.probabilities @ scores**power == pytest.approx(counts @ scores**power / 300, rel=1e-7)
    assert found.df == 15 - degree
    assert (found.probabilities > 0).all()


def test_a_binomial_shape_needs_two_moments_at_most() -> None:
    """A distribution that is log-quadratic is given back exactly."""
    scores = np.arange(21.0)
    exact = np.exp(-0.05 * (scores - 9.0) ** 2)
    exact /= exact.sum()
    found = smooth(1000 * exact, 2)
    assert_allclose(found.probabilities, exact, atol=1e-10)
    assert found.likelihood_ratio == pytest.approx(0.0, abs=1e-6)
    assert best_degree(np.round(100_000 * exact)) == 2


def test_joint_smoothing_keeps_margins_and_covariance() -> None:
    rng = np.random.default_rng(3)
    ability = rng.normal(size=2000)
    x = np.clip(np.round(10 + 3 * ability + rng.normal(size=2000)), 0, 20).astype(int)
    v = np.clip(np.round(5 + 1.5 * ability + rng.normal(size=2000)), 0, 10).astype(int)
    counts = np.zeros((21, 11))
    np.add.at(counts, (x, v), 1.0)
    p = smooth_joint(counts, 3, 2).probabilities
    a, b = np.arange(21.0), np.arange(11.0)
    assert p.sum(axis=1) @ a**3 == pytest.approx(float(np.mean(x.astype(float) ** 3)))
    assert p.sum(axis=0) @ b**2 == pytest.approx(float(np.mean(v.astype(float) ** 2)))
    assert a @ p @ b == pytest.approx(float(np.mean(x * v)))


@pytest.mark.parametrize("degree", [0, 3, 11])
def test_a_degree_needs_as_many_scores(degree: int) -> None:
    with pytest.raises(MeasurementError, match="smoothing_degree"):
        smooth(np.array([3.0, 4.0, 5.0]), degree)


def test_smoothing_brings_equivalents_nearer_the_truth() -> None:
    truth = equipercentile(mixture(30, 0.45, 0), mixture(30, 0.55, 0))
    raw, smoothed, splined = np.zeros((3, 31))
    for seed in range(8):
        here, there = mixture(30, 0.45, 2 * seed, 400), mixture(30, 0.55, 2 * seed + 1, 400)
        raw += (equipercentile(here / 400, there / 400) - truth) ** 2
        smoothed += (
            equipercentile(smooth(here, 4).probabilities, smooth(there, 4).probabilities) - truth
        ) ** 2
        splined += (spline_equipercentile(here / 400, there / 400, 400, 400, 0.3) - truth) ** 2
    inner = slice(3, 28)
    assert smoothed[inner].mean() < 0.9 * raw[inner].mean()
    assert splined[inner].mean() < 0.95 * raw[inner].mean()


def test_a_spline_without_smoothing_leaves_what_it_covers() -> None:
    here, there = mixture(20, 0.45, 1), mixture(20, 0.55, 2)
    ranks = percentile_ranks(here, np.arange(21.0))
    inner = (ranks > 0.05) & (ranks < 0.95)
    found = spline_equipercentile(here, there, 500, 500, 0.0)
    assert_allclose(found[inner], equipercentile(here, there)[inner], atol=0.05)
    identity = spline_equipercentile(here, here, 500, 500, 0.5)
    assert_allclose(identity, np.arange(21.0), atol=1e-6)


def test_a_spline_needs_scores() -> None:
    with pytest.raises(MeasurementError, match="smoothing_few_scores"):
        spline_equipercentile(np.full(3, 1 / 3), np.full(3, 1 / 3), 100, 100, 0.3)


def test_lords_errors_are_the_bootstraps() -> None:
    here, there = 2e5 * mixture(12, 0.45, 0), 1.5e5 * mixture(12, 0.5, 0)

    def equate(one: FloatArray, other: FloatArray) -> FloatArray:
        return equipercentile(one / one.sum(), other / other.sum())

    drawn = bootstrap_errors(here, there, equate, 500, np.random.default_rng(4))
    again = bootstrap_errors(here, there, equate, 500, np.random.default_rng(4))
    assert_allclose(drawn, again, rtol=0)
    known = lord_errors(here / 2e5, there / 1.5e5, 2e5, 1.5e5)
    ranks = percentile_ranks(here / 2e5, np.arange(13.0))
    equivalents = equate(here, there)
    # At the border of two scores the density jumps, and there is no derivative.
    smooth_there = np.abs(equivalents - np.floor(equivalents) - 0.5) > 0.05
    inner = (ranks > 0.05) & (ranks < 0.95) & smooth_there
    assert np.count_nonzero(inner) == 7
    assert_allclose(known[inner], drawn[inner], rtol=0.1)


def _joint(ability_mean: float, difficulty: float) -> FloatArray:
    """Exact joint distribution of a 20-item form and an 8-item anchor given a normal ability."""
    theta = np.linspace(-4, 4, 41) + ability_mean
    weights = np.exp(-0.5 * (theta - ability_mean) ** 2)
    shares = 1.0 / (1.0 + np.exp(-(theta - difficulty))), 1.0 / (1.0 + np.exp(-theta))
    return sum(
        w * np.outer(binomial(20, p), binomial(8, q))
        for w, p, q in zip(weights / weights.sum(), *shares, strict=True)
    )  # type: ignore[return-value]


def test_common_items_correct_for_the_groups() -> None:
    """The same form given to a weak and a strong group is worth itself; without the anchor it is not."""
    weak, strong = _joint(-0.5, 0.2), _joint(0.5, 0.2)
    scores = np.arange(21.0)
    blind = np.abs(equipercentile(weak.sum(axis=1), strong.sum(axis=1)) - scores)[3:18]
    through = np.abs(chained(weak, strong) - scores)[3:18]
    estimated = np.abs(equipercentile(*frequency_estimation(weak, strong, 0.5)) - scores)[3:18]
    assert through.mean() < 0.25 * blind.mean()
    assert estimated.mean() < 0.5 * blind.mean()


def test_with_equal_groups_the_anchor_changes_nothing() -> None:
    easy, hard = _joint(0.0, -0.3), _joint(0.0, 0.3)
    direct = equipercentile(hard.sum(axis=1), easy.sum(axis=1))
    here, there = frequency_estimation(hard, easy, 0.4)
    assert_allclose(equipercentile(here, there), direct, atol=1e-9)
    assert_allclose(chained(hard, easy), direct, atol=1e-9)


def test_anchors_must_be_the_same() -> None:
    with pytest.raises(MeasurementError, match="anchor_shape"):
        chained(np.full((3, 2), 1 / 6), np.full((3, 3), 1 / 9))
    lacking = np.array([[0.5, 0.0], [0.5, 0.0]])
    with pytest.raises(MeasurementError, match="anchor_scores score=1"):
        frequency_estimation(np.full((2, 2), 0.25), lacking, 0.5)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from scoring.reliability import (
    MIN_N_ALPHA,
    FloatArray,
    alpha,
    alpha_without,
    covariances,
    halves,
    lambda2,
    one_factor,
    reliability,
    standard_error,
)

NAN = float("nan")

# Four candidates, three items of 1, 1 and 2 points.
SMALL = np.array([[1, 1, 2], [1, 0, 1], [0, 1, 0], [0, 0, 0]], dtype=np.float64)

LOADINGS = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])


def with_covariances(matrix: FloatArray, n: int, rng: np.random.Generator) -> FloatArray:
    """Points whose covariances are exactly these."""
    raw = rng.normal(size=(n, len(matrix)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    return white @ np.linalg.cholesky(matrix).T


def one_factor_matrix(scale: FloatArray) -> FloatArray:
    common = np.outer(LOADINGS, LOADINGS)
    np.fill_diagonal(common, 1.0)
    return common * np.outer(scale, scale)


def test_alpha_by_hand() -> None:
    # Item variances 1/3 + 1/3 + 11/12 = 19/12; variance of the totals 4 2 1 0 is 35/12: 3/2 · (1 − 19/35).
    found = alpha(covariances(SMALL))
    assert found is not None
    assert found.value == pytest.approx(24 / 35)
    # Without item 3 the totals are 2 1 1 0: variance 2/3, item variances 2/3: alpha 0.
    assert alpha_without(covariances(SMALL))[2] == pytest.approx(0.0)


def test_alpha_without_is_alpha_of_the_other_items() -> None:
    points = np.random.default_rng(4).normal(size=(60, 1)) + np.random.default_rng(5).normal(size=(60, 6))
    without = alpha_without(covariances(points))
    for place in range(6):
        found = alpha(covariances(np.delete(points, place, axis=1)))
        assert found is not None
        assert without[place] == pytest.approx(found.value)


def test_covariances_are_numpy_s_where_everyone_had_everything() -> None:
    points = 1e6 + np.random.default_rng(1).normal(size=(9_000, 5))
    assert_allclose(covariances(points).matrix, np.cov(points.T), rtol=1e-9, atol=1e-12)


def test_a_covariance_is_over_those_who_had_both() -> None:
    points = np.array([[1, 2, NAN], [2, 1, NAN], [4, NAN, 3], [3, 5, 1], [0, 0, 2]])
    found = covariances(points)
    assert_array_equal(found.n, [[5, 4, 3], [4, 4, 2], [3, 2, 3]])
    both = points[[0, 1, 3, 4]][:, :2]
    assert found.matrix[0, 1] == pytest.approx(np.cov(both.T)[0, 1])
    assert found.matrix[0, 0] == pytest.approx(np.var(points[:, 0], ddof=1))
    assert found.least_n == 2


def test_feldt_s_interval_holds_what_it_promises() -> None:
    # Ten parallel items, error variance twice the true: reliability 10/12.
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(400):
        found = alpha(covariances(rng.normal(size=(40, 1)) + np.sqrt(2) * rng.normal(size=(40, 10))))
        assert found is not None
        hits += found.low <= 10 / 12 <= found.high
    assert hits / 400 == pytest.approx(0.95, abs=0.03)


def test_the_least_n_gives_the_interval_it_is_there_for() -> None:
    # Twenty items of mean correlation r: alpha = 20 r / (1 + 19 r) = 0.8.
    r = 0.8 / (20 - 0.8 * 19)
    matrix = np.full((20, 20), r) + (1 - r) * np.eye(20)
    found = alpha(covariances(with_covariances(matrix, MIN_N_ALPHA, np.random.default_rng(2))))
    assert found is not None
    assert found.value == pytest.approx(0.8)
    assert found.high - found.low < 0.21


def test_omega_finds_the_factor_the_items_were_made_with() -> None:
    scale = np.array([1.0, 2.0, 0.5, 1.0, 3.0, 1.5])
    found = one_factor(covariances(with_covariances(one_factor_matrix(scale), 50, np.random.default_rng(3))))
    assert found is not None
    assert_allclose(found.loadings, LOADINGS * scale, atol=1e-6)
    common = (LOADINGS * scale).sum() ** 2
    assert found.omega == pytest.approx(common / (common + ((1 - LOADINGS**2) * scale**2).sum()))
    assert not found.heywood


def test_omega_is_alpha_when_all_items_measure_alike() -> None:
    matrix = np.full((5, 5), 0.4) + np.diag([0.6, 0.5, 0.9, 0.7, 0.8])
    found = covariances(with_covariances(matrix, 30, np.random.default_rng(6)))
    factor, whole = one_factor(found), alpha(found)
    assert factor is not None
    assert whole is not None
    assert factor.omega == pytest.approx(whole.value, abs=1e-6)


def test_a_heywood_case_is_named() -> None:
    # r12 r13 / r23 = 1.07: no real loading below one explains it.
    matrix = np.array([[1, 0.8, 0.8], [0.8, 1, 0.6], [0.8, 0.6, 1]])
    factor = one_factor(covariances(with_covariances(matrix, 30, np.random.default_rng(7))))
    assert factor is not None
    assert factor.heywood


def test_halves_that_are_parallel_give_spearman_brown() -> None:
    matrix = np.full((4, 4), 0.25) + 0.75 * np.eye(4)
    found = halves(covariances(with_covariances(matrix, 30, np.random.default_rng(8))))
    assert found is not None
    # Halves: variance 2 + 0.5, covariance 1: r = 0.4.
    assert found.correlation == pytest.approx(0.4)
    assert found.spearman_brown == pytest.approx(0.8 / 1.4)
    assert found.lambda4 == pytest.approx(found.spearman_brown)


def test_parallel_items_reach_the_reliability_they_were_made_with() -> None:
    # Twenty parallel items, error variance 4 times the true: Spearman–Brown gives 20·0.2/(1 + 19·0.2).
    rng = np.random.default_rng(2026)
    points = rng.normal(size=(20_000, 1)) + 2.0 * rng.normal(size=(20_000, 20))
    points[rng.random(points.shape) < 0.3] = NAN
    found = reliability(points)
    assert found.alpha is not None
    for value in (found.alpha.value, found.omega, found.lambda2):
        assert value == pytest.approx(5 / 6, abs=0.01)
    assert found.sem == pytest.approx(np.sqrt(20 * 4), rel=0.02)


tables = st.tuples(st.integers(3, 30), st.integers(2, 7)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.25, 0.5, 1.0]))
)


@given(tables)
def test_alpha_is_never_above_lambda2_and_lies_in_its_interval(points: FloatArray) -> None:
    found = covariances(points)
    whole, bound = alpha(found), lambda2(found)
    assert (whole is None) == (bound is None)
    if whole is not None and bound is not None:
        assert whole.value <= bound + 1e-9
        assert whole.low <= whole.value <= whole.high


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (2, 1), (5, 3)])
def test_too_little_has_no_reliability(shape: tuple[int, int]) -> None:
    found = reliability(np.zeros(shape))
    assert found.alpha is found.omega is found.halves is found.lambda2 is found.sem is None
    assert np.isnan(found.alpha_without).all()


def test_items_that_nobody_had_together_have_no_reliability() -> None:
    points = np.array([[1, NAN], [0, NAN], [NAN, 1], [NAN, 0]])
    assert alpha(covariances(points)) is None


def test_a_negative_coefficient_has_no_error_of_measurement() -> None:
    assert standard_error(2.0, -0.1) is None
    assert standard_error(2.0, 0.75) == 1.0

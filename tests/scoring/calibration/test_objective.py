"""The gradient is the slope of the value, the information its curvature, and the maximum is one."""

import numpy as np
import pytest

from scoring.arrays import FloatArray
from scoring.calibration import BetaPrior, LogitNormalPrior, NormalPrior, Settings, calibrate
from scoring.calibration.ascent import Ascent
from scoring.calibration.estimation import make_problem
from scoring.calibration.information import observed_information
from scoring.calibration.objective import Problem, evaluate
from scoring.calibration.starting import starting_values
from scoring.errors import MeasurementError
from scoring.responses import MISSING, Responses, make_responses
from tests.scoring.simulated import answers, mixed_items, two_pl

PRIORS = Settings(
    guessing_prior=BetaPrior(alpha=5, beta=17),
    upper_prior=LogitNormalPrior(mean=2.5, sd=1.0),
    slope_prior=NormalPrior(mean=0.1, sd=0.5),
    difficulty_prior=NormalPrior(mean=0.0, sd=2.0),
)


def _responses(seed: int) -> tuple[Responses, list]:
    """Two groups, items of every model, some not administered."""
    rng = np.random.default_rng(seed)
    items = mixed_items(rng, 8)
    responses = answers(items, rng.standard_normal(300), rng, missing=0.1)
    codes = responses.codes.copy()
    codes[:150, 2] = MISSING
    named = make_responses(
        codes,
        categories=responses.categories,
        groups=np.repeat([0, 1], 150),
        group_names=("a", "b"),
        weights=rng.uniform(0.5, 2.0, 300),
    )
    return named, [item.model for item in items]


def _point(problem: Problem, responses: Responses) -> FloatArray:
    rng = np.random.default_rng(5)
    start = starting_values(problem, responses.categories)
    moved = start + rng.normal(0, 0.1, len(start))
    return moved if problem.layout.feasible(moved) else start


def _numeric(problem: Problem, free: FloatArray, of: str) -> FloatArray:
    step = 1e-4 if of == "gradient" else 1e-5
    rows = []
    for place in range(len(free)):
        shift = np.zeros(len(free))
        shift[place] = step
        high, low = (getattr(evaluate(problem, free + sign * shift), of) for sign in (1, -1))
        rows.append((high - low) / (2 * step))
    return np.array(rows)


@pytest.mark.parametrize("latent", ["normal", "empirical"])
def test_the_gradient_is_the_slope_of_the_log_posterior(latent: str) -> None:
    responses, models = _responses(1)
    settings = PRIORS if latent == "normal" else Settings(latent="empirical")
    problem = make_problem(responses, models, settings)
    free = _point(problem, responses)
    found = evaluate(problem, free)
    np.testing.assert_allclose(found.gradient, _numeric(problem, free, "value"), atol=2e-8)


def test_the_observed_information_is_the_curvature() -> None:
    responses, models = _responses(2)
    problem = make_problem(responses, models, PRIORS)
    free = _point(problem, responses)
    found = evaluate(problem, free)
    curvature = -problem.n * _numeric(problem, free, "gradient")
    exact = observed_information(problem, found)
    np.testing.assert_allclose(exact, curvature, atol=1e-5 * np.abs(curvature).max())


def test_1pl_shares_a_slope_whose_gradient_and_information_are_right() -> None:
    rng = np.random.default_rng(3)
    responses = answers(two_pl(rng, 6), rng.standard_normal(200), rng)
    problem = make_problem(responses, ["1pl"] * 4 + ["2pl"] * 2, Settings())
    free = _point(problem, responses)
    found = evaluate(problem, free)
    np.testing.assert_allclose(found.gradient, _numeric(problem, free, "value"), atol=2e-8)
    curvature = -problem.n * _numeric(problem, free, "gradient")
    np.testing.assert_allclose(
        observed_information(problem, found), curvature, atol=1e-5 * np.abs(curvature).max()
    )


def test_single_precision_is_right_to_a_tenth_of_where_it_ends() -> None:
    rng = np.random.default_rng(4)
    responses = answers(two_pl(rng, 60), rng.standard_normal(2000), rng)
    problem = make_problem(responses, ["2pl"] * 60, Settings())
    free = _point(problem, responses)
    exact, quick = evaluate(problem, free), evaluate(problem, free, dtype=np.float32)
    np.testing.assert_allclose(quick.gradient, exact.gradient, atol=2e-7)
    assert quick.value == pytest.approx(exact.value, rel=exact.noise + quick.noise)


def test_thousands_of_items_do_not_underflow() -> None:
    rng = np.random.default_rng(6)
    responses = answers(two_pl(rng, 1500), rng.standard_normal(60), rng)
    problem = make_problem(responses, ["2pl"] * 1500, Settings())
    free = np.tile([1.0, 0.0], 1500)
    exact, quick = evaluate(problem, free), evaluate(problem, free, dtype=np.float32)
    assert np.isfinite(exact.value)
    assert quick.value == pytest.approx(exact.value, rel=1e-5)
    np.testing.assert_allclose(quick.gradient, exact.gradient, atol=1e-4)


def test_many_persons_reach_the_same_maximum_by_the_quick_approach() -> None:
    """Some persons, single precision and starting afar end where exact steps end."""
    rng = np.random.default_rng(7)
    responses = answers(two_pl(rng, 10), rng.standard_normal(14_000), rng)
    found = calibrate(responses, ["2pl"] * 10, Settings(strict=True))
    problem = make_problem(responses, ["2pl"] * 10, Settings())
    ascent = Ascent(lambda _, __: None)
    exact, converged = ascent.climb(problem, np.tile([0.5, 0.3], 10))
    assert converged
    ours = np.array([[item.slope, *item.intercepts] for item in found.items]).ravel()
    np.testing.assert_allclose(ours, exact.free, atol=1e-5)


def test_a_rerun_is_bit_identical() -> None:
    responses, models = _responses(8)
    one, two = (calibrate(responses, models, PRIORS) for _ in range(2))
    assert one.loglik == two.loglik
    for a, b in zip(one.items, two.items, strict=True):
        assert a.slope == b.slope
        np.testing.assert_array_equal(a.intercepts, b.intercepts)


def test_without_convergence_there_is_no_certificate() -> None:
    rng = np.random.default_rng(9)
    responses = answers(two_pl(rng, 8), rng.standard_normal(200), rng)
    found = calibrate(responses, ["2pl"] * 8, Settings(max_iterations=5))
    assert not found.certificate.converged
    with pytest.raises(MeasurementError) as refused:
        calibrate(responses, ["2pl"] * 8, Settings(max_iterations=5, strict=True))
    assert refused.value.code == "not_converged"


def test_progress_is_told() -> None:
    rng = np.random.default_rng(10)
    responses = answers(two_pl(rng, 8), rng.standard_normal(200), rng)
    told: list[tuple[int, float]] = []
    found = calibrate(responses, ["2pl"] * 8, progress=lambda steps, norm: told.append((steps, norm)))
    assert [steps for steps, _ in told] == list(range(1, found.certificate.iterations + 1))
    assert told[-1][1] == found.certificate.gradient_norm < 1e-7

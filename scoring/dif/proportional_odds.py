"""Logistic regression of counted categories."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from scoring.arrays import FloatArray

MAX_STEPS = 60
_TOLERANCE = 1e-9
_HALVINGS = 20
_ENDLESS = 100.0
"""Standard error of the slope of a standardised predictor that no finite estimate has."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Regression:
    """``slopes`` and ``slope_errors`` of shape (n_predictors,), NaN where they grow without end, as when an
    item separates the groups; ``loglik`` is then what it tends to. All NaN where nothing was found."""

    loglik: float
    slopes: FloatArray
    slope_errors: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class _Point:
    loglik: float
    gradient: FloatArray
    information: FloatArray


def regress(counts: FloatArray, predictors: FloatArray) -> Regression:
    """Maximum likelihood of logit P(Y ≥ k) = τ_k + x′β, k ≥ 1: McCullagh (1980), JRSS B 42, 109–142; with two
    categories logistic regression. By Fisher scoring.

    ``counts`` of shape (n_cells, categories): how often each category was seen, each of them somewhere;
    ``predictors`` of shape (n_cells, n_predictors).
    """
    centre, scale = _scale(counts, predictors)
    design = (predictors - centre) / scale
    parameters = np.concatenate([_marginal(counts), np.zeros(predictors.shape[1])])
    point = _evaluate(counts, design, parameters)
    for _ in range(MAX_STEPS):
        if np.abs(point.gradient).max() <= _TOLERANCE * counts.sum():
            return _regression(point, parameters, scale, counts.shape[1] - 1)
        step = _solve(point)
        moved = None if step is None else _climbed(counts, design, parameters, step, point.loglik)
        if moved is None:
            break
        parameters, point = moved
    unknown = np.full(predictors.shape[1], np.nan)
    return Regression(loglik=np.nan, slopes=unknown, slope_errors=unknown)


def null_loglik(counts: FloatArray) -> float:
    """The log-likelihood without predictors: each category as often as it was seen."""
    totals = counts.sum(axis=0)
    return float(totals @ np.log(totals / totals.sum()))


def _scale(counts: FloatArray, predictors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of each predictor, so that steps are of one size."""
    share = counts.sum(axis=1) / counts.sum()
    centre = share @ predictors
    spread = np.sqrt(share @ (predictors - centre) ** 2)
    return centre, np.where(spread > 0, spread, 1.0)


def _marginal(counts: FloatArray) -> FloatArray:
    """The thresholds without predictors, falling."""
    above = counts.sum(axis=0)[::-1].cumsum()[::-1]
    return logit(above[1:] / above[0])


def _evaluate(counts: FloatArray, design: FloatArray, parameters: FloatArray) -> _Point:
    steps = counts.shape[1] - 1
    inner = expit(parameters[:steps] + (design @ parameters[steps:])[:, None])
    bounds = np.hstack([np.ones((len(counts), 1)), inner, np.zeros((len(counts), 1))])
    # Where thresholds cross, the likelihood falls to nothing and the step is halved.
    p = np.maximum(bounds[:, :-1] - bounds[:, 1:], np.finfo(np.float64).tiny)
    change = _changes(inner, design)
    n = counts.sum(axis=1)
    return _Point(
        loglik=float(np.sum(counts * np.log(p))),
        gradient=np.einsum("ck,ckm->m", counts / p, change),
        information=np.einsum("ck,ckm,ckn->mn", n[:, None] / p, change, change),
    )


def _changes(inner: FloatArray, design: FloatArray) -> FloatArray:
    """∂P_k / ∂(τ, β), shape (n_cells, categories, n_parameters)."""
    cells, steps = inner.shape
    density = inner * (1.0 - inner)
    by_bound = np.zeros((cells, steps + 2, steps + design.shape[1]))
    by_bound[:, np.arange(1, steps + 1), np.arange(steps)] = density
    by_bound[:, 1:-1, steps:] = density[:, :, None] * design[:, None, :]
    return by_bound[:, :-1] - by_bound[:, 1:]


def _solve(point: _Point) -> FloatArray | None:
    """The step of Fisher scoring; none where the information is singular."""
    if np.linalg.cond(point.information) > 1e13:
        return None
    return np.linalg.solve(point.information, point.gradient).astype(np.float64)


def _climbed(
    counts: FloatArray, design: FloatArray, parameters: FloatArray, step: FloatArray, loglik: float
) -> tuple[FloatArray, _Point] | None:
    """The step, halved until the likelihood does not fall."""
    for halving in range(_HALVINGS):
        moved = parameters + step * 0.5**halving
        point = _evaluate(counts, design, moved)
        if point.loglik >= loglik - 1e-12 * abs(loglik):
            return moved, point
    return None


def _regression(point: _Point, parameters: FloatArray, scale: FloatArray, steps: int) -> Regression:
    errors = np.sqrt(np.diag(np.linalg.pinv(point.information, hermitian=True))[steps:])
    known = np.where(errors < _ENDLESS, 1.0, np.nan)
    return Regression(
        loglik=point.loglik,
        slopes=known * parameters[steps:] / scale,
        slope_errors=known * errors / scale,
    )

"""Centres whose scores rose or fell more than those of the whole province explain."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from scipy.stats import chi2

from scoring.arrays import FloatArray, IntArray
from scoring.errors import MeasurementError

MIN_CENTRES = 10
"""Fewer do not determine a line and a spread: ten for each predictor, Harrell (2015), Regression Modeling
Strategies, ch. 4."""

_ITERATIONS = 100
_STEP = 1e-10
_HUBER = 1.345


@dataclass(frozen=True, kw_only=True, eq=False)
class CentreScores:
    """Scores of each centre at one time: arrays of shape (n_centres,)."""

    mean: FloatArray
    sd: FloatArray
    n: IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Jumps:
    """``intercept`` and ``slope``: the province's line from before to after. ``spread``: standard deviation
    of true changes about it. Arrays of shape (n_centres,): ``expected`` mean after; ``residual`` from it;
    ``error``: its standard error from the candidates being few; ``shrunken``: the residual as far as it is to
    be believed (empirical Bayes), with ``shrunken_se``; ``z``: the residual by all its sources; ``p``: chance
    of one so far from zero."""

    intercept: float
    slope: float
    spread: float
    expected: FloatArray
    residual: FloatArray
    error: FloatArray
    shrunken: FloatArray
    shrunken_se: FloatArray
    z: FloatArray
    p: FloatArray


@dataclass(frozen=True, kw_only=True)
class _Line:
    """The province's line, and the variance of true changes about it."""

    intercept: float
    slope: float
    spread2: float


def score_jumps(before: CentreScores, after: CentreScores) -> Jumps:
    """Each centre's change against the province's regression.

    Mean after = a + b · mean before + u + e, u with variance τ² between centres, e with the sampling variance
    s² = sd²_after/n_after + b² sd²_before/n_before; weighted by 1/(τ² + s²), and by Huber's (1964, Ann. Math.
    Stat. 35, 73–101) weights, so that the centres looked for do not draw the line to themselves. For the same
    reason τ² makes the median of the squared standardised residuals that of χ² with one degree of freedom,
    the
    median form of Paule & Mandel (1982), J. Res. NBS 87, 377–385. Shrunken: u = r τ²/(τ² + s²), Fay & Herriot
    (1979), JASA 74, 269–277. Raises MeasurementError with code ``too_few_centres`` (``n``, ``least``), or
    ``centres_alike`` when all had the same mean before.
    """
    if len(before.mean) < MIN_CENTRES:
        raise MeasurementError("too_few_centres", n=len(before.mean), least=MIN_CENTRES)
    if float(np.ptp(before.mean)) == 0.0:
        raise MeasurementError("centres_alike")
    fit = _Line(intercept=float(np.mean(after.mean - before.mean)), slope=1.0, spread2=0.0)
    for _ in range(_ITERATIONS):
        last, fit = fit, _improved(fit, before, after)
        if max(abs(fit.slope - last.slope), abs(fit.spread2 - last.spread2)) < _STEP:
            break
    return _judge(before, after, fit)


def _improved(fit: _Line, before: CentreScores, after: CentreScores) -> _Line:
    """One more round of weights, line and spread."""
    sampling = _sampling(before, after, fit.slope)
    weight = _weights(fit, before, after)
    intercept, slope = _line(before.mean, after.mean, weight)
    residual = after.mean - intercept - slope * before.mean
    return _Line(intercept=intercept, slope=slope, spread2=_between(residual, sampling))


def _weights(fit: _Line, before: CentreScores, after: CentreScores) -> FloatArray:
    variance = fit.spread2 + _sampling(before, after, fit.slope)
    away = np.abs(after.mean - fit.intercept - fit.slope * before.mean) / np.sqrt(variance)
    return np.minimum(1.0, _HUBER / np.maximum(away, _HUBER)) / variance


def _judge(before: CentreScores, after: CentreScores, fit: _Line) -> Jumps:
    sampling = _sampling(before, after, fit.slope)
    variance = fit.spread2 + sampling
    expected = fit.intercept + fit.slope * before.mean
    residual = after.mean - expected
    z = residual / np.sqrt(variance * (1 - _leverage(before.mean, _weights(fit, before, after))))
    believed = fit.spread2 / variance
    return Jumps(
        intercept=fit.intercept,
        slope=fit.slope,
        spread=fit.spread2**0.5,
        expected=expected,
        residual=residual,
        error=np.sqrt(sampling),
        shrunken=residual * believed,
        shrunken_se=np.sqrt(believed * sampling),
        z=z,
        p=2 * ndtr(-np.abs(z)),
    )


def _sampling(before: CentreScores, after: CentreScores, slope: float) -> FloatArray:
    least = np.finfo(float).eps * (1 + after.mean**2)
    return np.maximum(after.sd**2 / after.n + slope**2 * before.sd**2 / before.n, least)


def _line(x: FloatArray, y: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Intercept and slope by weighted least squares."""
    total = weight.sum()
    middle, height = float(weight @ x / total), float(weight @ y / total)
    away = x - middle
    slope = float((weight * away) @ y / ((weight * away) @ away))
    return height - slope * middle, slope


def _leverage(x: FloatArray, weight: FloatArray) -> FloatArray:
    """Each point's share in its own fit, shape (n_centres,), below 1."""
    away = x - weight @ x / weight.sum()
    return np.minimum(weight * (1 / weight.sum() + away**2 / float((weight * away) @ away)), 1 - 1e-9)


def _between(residual: FloatArray, sampling: FloatArray) -> float:
    """τ² by halving: the median of r²/(τ² + s²) falls as τ² grows."""
    target = float(chi2.median(1))
    squared = residual**2
    if float(np.median(squared / sampling)) <= target:
        return 0.0
    low, high = 0.0, float(squared.max()) / target
    for _ in range(_ITERATIONS):
        middle = (low + high) / 2
        above = float(np.median(squared / (middle + sampling))) > target
        low, high = (middle, high) if above else (low, middle)
    return (low + high) / 2

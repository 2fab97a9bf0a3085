"""Log densities of priors by items' parameters, with gradient and curvature.

A slope's prior is normal on log a, a difficulty's normal on b, both as penalties on that scale (Mislevy 1986,
Psychometrika 51, 177–195; no Jacobian of a change of scale). An asymptote's is a beta density of the
probability, or a normal one of its logit. All normalised, as functions on their own scale.
"""

from dataclasses import dataclass
from math import lgamma, log, pi

import numpy as np
from scipy.special import expit, log_expit

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.calibration.families import ASYMPTOTIC, DIVIDED, NOMINAL
from scoring.calibration.layout import Batch, Layout
from scoring.calibration.settings import BetaPrior, GuessingPrior, NormalPrior, Settings


@dataclass(frozen=True, kw_only=True, eq=False)
class Penalty:
    """Of a batch: ``value`` of shape (n,), ``gradient`` (n, n_parameters) and ``curvature`` (n, n_parameters,
    n_parameters), the negative second derivative without what would make it indefinite."""

    value: FloatArray
    gradient: FloatArray
    curvature: FloatArray


def penalty(batch: Batch, parameters: FloatArray, settings: Settings) -> Penalty:
    """The log prior of each item of a batch, of free parameters alone."""
    n, width = parameters.shape
    total = Penalty(value=np.zeros(n), gradient=np.zeros((n, width)), curvature=np.zeros((n, width, width)))
    if batch.family is NOMINAL:
        return total
    if settings.slope_prior is not None:
        _add_slope(total, parameters, _shares(batch.index[:, 0]), settings.slope_prior)
    if settings.difficulty_prior is not None:
        _add_difficulty(total, batch, parameters, settings.difficulty_prior)
    if batch.family is ASYMPTOTIC:
        for column, prior in ((2, settings.guessing_prior), (3, settings.upper_prior)):
            if prior is not None:
                _add_asymptote(total, parameters, column, batch.index[:, column] >= 0, prior)
    return total


def log_prior(layout: Layout, free: FloatArray, settings: Settings) -> float:
    """The log prior density of all free parameters."""
    return sum(
        float(penalty(batch, batch.parameters(free), settings).value.sum()) for batch in layout.batches
    )


def _shares(index: IntArray) -> FloatArray:
    """What part of a parameter is each item's: 1 of its own, 0 of a fixed one, a slope that items share in
    equal parts, so that it has its prior once."""
    _, place, counts = np.unique(index, return_inverse=True, return_counts=True)
    return np.where(index >= 0, 1.0 / counts[place], 0.0)


def _add_slope(total: Penalty, parameters: FloatArray, shares: FloatArray, prior: NormalPrior) -> None:
    slope = np.where(parameters[:, 0] > 0, parameters[:, 0], np.nan)
    z = (np.log(slope) - prior.mean) / prior.sd
    density = -0.5 * z**2 - log(prior.sd) - 0.5 * log(2 * pi)
    free = shares > 0
    total.value[:] += shares * np.where(free, np.nan_to_num(density, nan=-np.inf), 0.0)
    total.gradient[:, 0] += shares * np.nan_to_num(-z / (prior.sd * slope))
    total.curvature[:, 0, 0] += shares * np.nan_to_num(1.0 / (prior.sd * slope) ** 2)


def _add_difficulty(total: Penalty, batch: Batch, parameters: FloatArray, prior: NormalPrior) -> None:
    """b = −(d_k − d_{k−1}) / a for divided families, −d_k / a for the others."""
    steps = batch.categories - 1
    slope, d = parameters[:, :1], parameters[:, 1 : steps + 1]
    drop = np.eye(steps) - (np.eye(steps, k=-1) if batch.family is DIVIDED else 0.0)
    b = -(d @ drop.T) / slope
    free = batch.index[:, 1 : steps + 1] >= 0
    z = np.where(free, (b - prior.mean) / prior.sd, 0.0)
    total.value[:] += np.where(free, -0.5 * z**2 - log(prior.sd) - 0.5 * log(2 * pi), 0.0).sum(axis=1)
    slopes = np.zeros((len(slope), steps, parameters.shape[1]))
    slopes[:, :, 0] = -b / slope
    slopes[:, :, 1 : steps + 1] = -drop / slope[:, :, None]
    slopes *= free[:, :, None]
    total.gradient[:] -= np.einsum("nk,nkm->nm", z, slopes) / prior.sd
    total.curvature[:] += np.einsum("nkl,nkm->nlm", slopes, slopes) / prior.sd**2


def _add_asymptote(
    total: Penalty, parameters: FloatArray, column: int, free: BoolArray, prior: GuessingPrior
) -> None:
    x = np.where(free, parameters[:, column], 0.0)
    value, gradient, curvature = _asymptote(x, prior)
    total.value[:] += np.where(free, value, 0.0)
    total.gradient[:, column] += np.where(free, gradient, 0.0)
    total.curvature[:, column, column] += np.where(free, curvature, 0.0)


def _asymptote(x: FloatArray, prior: GuessingPrior) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Value, gradient and curvature by the logit x."""
    if isinstance(prior, BetaPrior):
        low, high = prior.alpha - 1.0, prior.beta - 1.0
        constant = lgamma(prior.alpha + prior.beta) - lgamma(prior.alpha) - lgamma(prior.beta)
        p = expit(x)
        value = low * log_expit(x) + high * log_expit(-x) + constant
        return value, low * (1.0 - p) - high * p, (low + high) * p * (1.0 - p)
    z = (x - prior.mean) / prior.sd
    value = -0.5 * z**2 - log(prior.sd) - 0.5 * log(2 * pi)
    return value, -z / prior.sd, np.full_like(x, prior.sd**-2)

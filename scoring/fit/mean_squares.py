"""Infit and outfit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray
from scoring.fit.residuals import Column, columns
from scoring.items import Item
from scoring.responses import Responses

_MOST_SPREAD = 1.4142
"""Bound of the mean square's standard deviation in its normal transform, as in R mirt."""

_LEAST_VARIANCE = 1e-12
"""Answers that the model takes for certain are left out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MeanSquares:
    """Mean squares around 1 and their normal deviates, shape (n_items,) each; NaN for an item nobody had."""

    infit: FloatArray
    outfit: FloatArray
    infit_z: FloatArray
    outfit_z: FloatArray


def infit_outfit(items: Sequence[Item], responses: Responses, theta: FloatArray) -> MeanSquares:
    """outfit = Σ z² / N with z² = (x − E)² / W; infit = Σ (x − E)² / Σ W; W = E((x − E)²): Wright & Masters
    (1982), Rating scale analysis, ch. 5, with the cube-root normal deviates of eqs. 5.3.2–5.3.4.

    ``theta`` of shape (n_persons,): estimates taken for true, so that with EAP the values fall below 1 in
    short tests.
    """
    found = np.array([_figures(column) for column in columns(items, responses, theta)]).reshape(-1, 4)
    return MeanSquares(infit=found[:, 0], outfit=found[:, 1], infit_z=found[:, 2], outfit_z=found[:, 3])


def _figures(column: Column) -> tuple[float, float, float, float]:
    """Infit, outfit, and their deviates."""
    telling = column.variance > _LEAST_VARIANCE
    weight, variance, fourth = column.weights[telling], column.variance[telling], column.fourth[telling]
    n = float(weight.sum())
    if n == 0:
        return np.nan, np.nan, np.nan, np.nan
    square = column.residual[telling] ** 2
    whole = float(weight @ variance)
    outfit = float(weight @ (square / variance)) / n
    infit = float(weight @ square) / whole
    # E((x − E)⁴) is W² at least; rounding may say otherwise.
    spare = np.maximum(fourth - variance**2, 0.0)
    outfit_sd = float(np.sqrt(weight @ (spare / variance**2))) / n
    infit_sd = float(np.sqrt(weight @ spare)) / whole
    return infit, outfit, _deviate(infit, infit_sd), _deviate(outfit, outfit_sd)


def _deviate(mean_square: float, sd: float) -> float:
    if not sd > 0:  # right and wrong were as likely for all
        return np.nan
    bounded = min(sd, _MOST_SPREAD)
    return (np.cbrt(mean_square) - 1.0) * 3.0 / bounded + bounded / 3.0

"""Whether a person's answers are as the model expects: lz, lz*, infit and outfit.

``theta`` is of shape (n_persons,). Where it is not finite, or a person had no item that could surprise, the
result is NaN.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scoring.ability.curvature import curvature
from scoring.ability.likelihood import check_answers, log_trace
from scoring.arrays import BoolArray, CodeArray, FloatArray
from scoring.fit.residuals import columns
from scoring.items import Item
from scoring.responses import MISSING, Responses

_MOST_SPREAD = 1.4142
"""Bound of a mean square's standard deviation, for tests of an item or two; as in R mirt."""

Estimator = Literal["ml", "map", "wle"]


@dataclass(frozen=True, kw_only=True, eq=False)
class PersonMeanSquares:
    """Mean squared residuals of shape (n_persons,): 1 is expected, more is erratic, less too regular;
    ``infit`` weighted by information, ``outfit`` not; ``_z`` as standard normal deviates."""

    infit: FloatArray
    outfit: FloatArray
    infit_z: FloatArray
    outfit_z: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sums:
    """Over the items each person had, arrays of shape (n_persons,): ``surprise`` Σ (w_x − E w), its
    ``variance`` Σ Var w, ``shared`` Σ Cov(w, r), and ``information`` Σ Var r, with w = log P and r = ∂w/∂θ;
    ``bias`` Σ J."""

    surprise: FloatArray
    variance: FloatArray
    shared: FloatArray
    information: FloatArray
    bias: FloatArray


def lz(items: Sequence[Item], responses: Responses, theta: FloatArray) -> FloatArray:
    """The standardised log-likelihood, (l − E l) / √Var l at θ, shape (n_persons,): low is aberrant.

    Drasgow, Levine & Williams (1985), Brit. J. Math. Stat. Psychol. 38, 67–86; mirt calls it Zh. Its variance
    is below 1 when θ is estimated: see ``lz_star``.

    Raises what ``ability.likelihood.check_answers`` raises.
    """
    sums = _sums(items, responses, theta)
    return _over_root(sums.surprise, sums.variance)


def lz_star(
    items: Sequence[Item],
    responses: Responses,
    theta: FloatArray,
    estimator: Estimator,
    *,
    mean: float | FloatArray = 0.0,
    sd: float | FloatArray = 1.0,
) -> FloatArray:
    """lz corrected for θ being estimated, shape (n_persons,): standard normal for long tests.

    With c = Σ Cov(w, r) / Σ Var r, the estimate solving Σ r_x + r_0 = 0:
    lz* = (Σ (w_x − E w) + c r_0) / √Σ Var(w − c r); Snijders (2001), Psychometrika 66, 331–342, eqs. 10–16;
    more than two categories: Sinharay (2016), Psychometrika 81, 992–1013. r_0 is 0 for ML, (mean − θ) / sd²
    for MAP, J / 2I for WLE. ``mean`` and ``sd`` of the prior, numbers or of shape (n_persons,), matter for
    MAP alone.

    Raises what ``ability.likelihood.check_answers`` raises.
    """
    sums = _sums(items, responses, theta)
    with np.errstate(divide="ignore", invalid="ignore"):
        c = sums.shared / sums.information
        start = {
            "ml": np.zeros_like(theta),
            "map": (mean - theta) / np.square(sd),
            "wle": sums.bias / (2.0 * sums.information),
        }[estimator]
    return _over_root(sums.surprise + c * start, sums.variance - c * sums.shared)


def infit_outfit_persons(items: Sequence[Item], responses: Responses, theta: FloatArray) -> PersonMeanSquares:
    """Of the residuals y = x − E x with variance v: outfit Σ (y² / v) / n, infit Σ y² / Σ v; Wright & Masters
    (1982), Rating Scale Analysis, ch. 5, with the cube-root deviates of eqs. 5.3.2–5.3.4.

    Raises what ``ability.likelihood.check_answers`` raises.
    """
    check_answers(items, responses)
    n, outfit, outfit_spread, squares, variance, spread = np.zeros((6, len(theta)))
    for column in columns(items, responses, theta):
        open_ = column.variance > 0  # an answer that was certain can be no surprise
        rows, y2, v = column.rows[open_], column.residual[open_] ** 2, column.variance[open_]
        n[rows] += 1
        outfit[rows] += y2 / v
        outfit_spread[rows] += column.fourth[open_] / v**2 - 1.0
        squares[rows] += y2
        variance[rows] += v
        spread[rows] += column.fourth[open_] - v**2
    with np.errstate(divide="ignore", invalid="ignore"):
        out, inner = outfit / n, squares / variance
        q_out, q_in = np.sqrt(outfit_spread) / n, np.sqrt(spread) / variance
    return PersonMeanSquares(
        infit=inner, outfit=out, infit_z=_deviate(inner, q_in), outfit_z=_deviate(out, q_out)
    )


def _sums(items: Sequence[Item], responses: Responses, theta: FloatArray) -> _Sums:
    check_answers(items, responses)
    sums = np.zeros((5, len(theta)))
    for item, codes in zip(items, responses.codes.T, strict=True):
        rows = _judged(codes, theta)
        curve, w = curvature(item, theta[rows]), log_trace(item, theta[rows])
        # An impossible category (P = 0) has no part in any expectation.
        w = np.where(curve.p > 0, w, 0.0)
        mean = np.sum(curve.p * w, axis=1)
        answered = np.take_along_axis(w, codes[rows].astype(np.int64)[:, None], axis=1)[:, 0]
        sums[0, rows] += answered - mean
        sums[1, rows] += np.sum(curve.p * (w - mean[:, None]) ** 2, axis=1)
        sums[2, rows] += np.sum(curve.p * w * curve.first, axis=1)
        sums[3, rows] += curve.information
        sums[4, rows] += curve.bias
    return _Sums(surprise=sums[0], variance=sums[1], shared=sums[2], information=sums[3], bias=sums[4])


def _judged(codes: CodeArray, theta: FloatArray) -> BoolArray:
    return (codes != MISSING) & np.isfinite(theta)


def _over_root(value: FloatArray, variance: FloatArray) -> FloatArray:
    out = np.full(len(value), np.nan)
    return np.divide(value, np.sqrt(np.maximum(variance, 0.0)), out=out, where=variance > 1e-12)


def _deviate(mean_square: FloatArray, q: FloatArray) -> FloatArray:
    bounded = np.minimum(q, _MOST_SPREAD)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (np.cbrt(mean_square) - 1.0) * (3.0 / bounded) + bounded / 3.0

"""How an answer's log-likelihood changes with θ."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from scoring.ability.likelihood import log_trace
from scoring.arrays import CodeArray, FloatArray
from scoring.items import CUMULATIVE, DICHOTOMOUS, Item


@dataclass(frozen=True, kw_only=True, eq=False)
class Curvature:
    """Probability of each category, and first and second derivative of its logarithm by θ; each of shape
    (n_thetas, categories), sound also where a probability is close to 0 or 1."""

    p: FloatArray
    first: FloatArray
    second: FloatArray

    @property
    def information(self) -> FloatArray:
        """Σ_k P'² / P, shape (n_thetas,): Samejima (1969), Psychometrika Monograph 17."""
        return np.sum(self.p * self.first**2, axis=1)

    @property
    def bias(self) -> FloatArray:
        """J = Σ_k P' P'' / P, shape (n_thetas,): Warm (1989), Psychometrika 54, eq. 9."""
        return np.sum(self.p * self.first * (self.second + self.first**2), axis=1)


def curvature(item: Item, theta: FloatArray) -> Curvature:
    """At each θ of shape (n_thetas,)."""
    if item.model in DICHOTOMOUS:
        return _dichotomous(item, theta)
    if item.model in CUMULATIVE:
        return _graded(item, theta)
    return _divided(item, theta)


def of_answers(item: Item, theta: FloatArray, codes: CodeArray) -> tuple[FloatArray, FloatArray]:
    """First and second derivative of the logarithm of each answer's probability, of shape (n_persons,), for θ
    and answers of that shape."""
    if item.model not in DICHOTOMOUS:
        curve, answers = curvature(item, theta), codes.astype(np.int64)[:, None]
        return (
            np.take_along_axis(curve.first, answers, axis=1)[:, 0],
            np.take_along_axis(curve.second, answers, axis=1)[:, 0],
        )
    z = item.slope * theta + item.intercepts[0]
    right, wrong = expit(z), expit(-z)
    span = item.upper - item.lower
    is_right = codes == 1
    p = span * np.where(is_right, right, wrong) + np.where(is_right, item.lower, 1.0 - item.upper)
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.nan_to_num(np.where(is_right, span, -span) * item.slope * right * wrong / p)
    return first, first * (item.slope * (wrong - right) - first)


def _dichotomous(item: Item, theta: FloatArray) -> Curvature:
    z = item.slope * theta + item.intercepts[0]
    right, wrong = expit(z), expit(-z)
    span = item.upper - item.lower
    rise = span * item.slope * right * wrong
    p = np.column_stack([(1.0 - item.upper) + span * wrong, item.lower + span * right])
    # Both vanish together only where the item has lost all slope.
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.nan_to_num(np.column_stack([-rise, rise]) / p)
    bend = item.slope * (wrong - right)
    return Curvature(p=p, first=first, second=first * (bend[:, None] - first))


def _graded(item: Item, theta: FloatArray) -> Curvature:
    z = item.slope * theta[:, None] + item.intercepts
    ends = np.ones((len(theta), 1))
    above = np.hstack([ends, expit(z), 0.0 * ends])
    below = np.hstack([0.0 * ends, expit(-z), ends])
    density = above * below
    # P_k = σ_k − σ_{k+1}, so that P'_k / P_k = a (1 − σ_k − σ_{k+1}).
    return Curvature(
        p=np.exp(log_trace(item, theta)),
        first=item.slope * (below[:, :-1] - above[:, 1:]),
        second=-(item.slope**2) * (density[:, :-1] + density[:, 1:]),
    )


def _divided(item: Item, theta: FloatArray) -> Curvature:
    slopes = np.arange(item.categories, dtype=np.float64) * item.slope
    if item.category_slopes is not None:
        slopes = np.concatenate([[0.0], item.category_slopes])
    p = np.exp(log_trace(item, theta))
    first = slopes - (p @ slopes)[:, None]
    variance = np.sum(p * first**2, axis=1, keepdims=True)
    return Curvature(p=p, first=first, second=np.broadcast_to(-variance, first.shape))

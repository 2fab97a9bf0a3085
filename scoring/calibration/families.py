"""Item models as families that share formulas, for many items at once.

Arrays: ``parameters`` of shape (n_items, n_parameters), ``log_p`` of shape (n_items, categories, n_nodes),
``scores`` (derivatives of ``log_p`` by the parameters) of shape (n_items, n_parameters, categories, n_nodes).
The models and their sources stand in ``scoring.items``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, log_softmax

from scoring.arrays import BoolArray, FloatArray
from scoring.items import Model


@dataclass(frozen=True, kw_only=True, eq=False)
class Curves:
    """Log probabilities of the categories at the nodes, and their derivatives by the parameters."""

    log_p: FloatArray
    scores: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Family:
    """``width``: how many parameters an item of so many categories has. ``log_p`` and ``curves`` take the
    parameters, the nodes and the number of categories; ``feasible`` says of each item whether its parameters
    are of the model. ``exponential``: log P(k | θ) is linear in θ but for a term that all categories share.
    """

    width: Callable[[int], int]
    log_p: Callable[[FloatArray, FloatArray, int], FloatArray]
    curves: Callable[[FloatArray, FloatArray, int], Curves]
    feasible: Callable[[FloatArray], BoolArray]
    exponential: bool


def _always(parameters: FloatArray) -> BoolArray:
    return np.ones(len(parameters), dtype=bool)


def _pair(log_right: FloatArray, log_wrong: FloatArray) -> FloatArray:
    return np.stack([log_wrong, log_right], axis=1)


def _logistic_log_p(parameters: FloatArray, theta: FloatArray, categories: int) -> FloatArray:
    del categories
    z = parameters[:, :1] * theta + parameters[:, 1:2]
    log_right = log_expit(z)
    return _pair(log_right, log_right - z)


def _logistic(parameters: FloatArray, theta: FloatArray, categories: int) -> Curves:
    log_p = _logistic_log_p(parameters, theta, categories)
    p = np.exp(log_p)
    by_intercept = np.stack([-p[:, 1], p[:, 0]], axis=1)
    return Curves(log_p=log_p, scores=np.stack([by_intercept * theta, by_intercept], axis=1))


_LEAST_P = 1e-300
"""So that a logarithm and a quotient stay finite."""


def _asymptotic_log_p(parameters: FloatArray, theta: FloatArray, categories: int) -> FloatArray:
    """Slope, intercept, logit of the lower and of the upper asymptote."""
    del categories
    right, wrong = _asymptotic_p(parameters, theta)
    return _pair(np.log(right), np.log(wrong))


def _asymptotic_p(parameters: FloatArray, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    z = parameters[:, :1] * theta + parameters[:, 1:2]
    lower, upper = expit(parameters[:, 2:3]), expit(parameters[:, 3:4])
    # 1 − u is taken from the logit, so that it is not lost where u is near 1. Of a slope that runs away both
    # may vanish at some node, where nothing is answered so.
    right = np.maximum(lower + (upper - lower) * expit(z), _LEAST_P)
    return right, np.maximum(expit(-parameters[:, 3:4]) + (upper - lower) * expit(-z), _LEAST_P)


def _asymptotic(parameters: FloatArray, theta: FloatArray, categories: int) -> Curves:
    del categories
    right, wrong = _asymptotic_p(parameters, theta)
    z = parameters[:, :1] * theta + parameters[:, 1:2]
    lower, upper = expit(parameters[:, 2:3]), expit(parameters[:, 3:4])
    inner = expit(z)
    by_intercept = (upper - lower) * inner * expit(-z)
    by_lower = lower * (1.0 - lower) * expit(-z)
    by_upper = upper * expit(-parameters[:, 3:4]) * inner
    slopes = np.stack([by_intercept * theta, by_intercept, by_lower, by_upper], axis=1)
    scores = np.stack([-slopes / wrong[:, None], slopes / right[:, None]], axis=2)
    return Curves(log_p=_pair(np.log(right), np.log(wrong)), scores=scores)


def _graded_log_p(parameters: FloatArray, theta: FloatArray, categories: int) -> FloatArray:
    """log of σ(x) − σ(y) = σ(x) σ(−y) (1 − exp(y − x)), which loses no digits in the tails."""
    del categories
    z = parameters[:, :1, None] * theta + parameters[:, 1:, None]
    log_above = log_expit(z)
    gaps = np.log(-np.expm1(np.diff(parameters[:, 1:], axis=1)))
    log_p = np.empty((len(z), z.shape[1] + 1, len(theta)))
    log_p[:, 1:] = log_above
    log_p[:, 0] = log_above[:, 0] - z[:, 0]
    log_p[:, 1:-1] += log_above[:, 1:] - z[:, 1:] + gaps[:, :, None]
    return log_p


def _graded(parameters: FloatArray, theta: FloatArray, categories: int) -> Curves:
    log_p = _graded_log_p(parameters, theta, categories)
    above = expit(parameters[:, :1, None] * theta + parameters[:, 1:, None])
    density = above * (1.0 - above)
    n, steps = above.shape[:2]
    scores = np.zeros((n, steps + 1, categories, len(theta)))
    scores[:, 0, :-1] -= above
    scores[:, 0, 1:] += 1.0 - above
    scores[:, 0] *= theta
    p = np.exp(log_p)
    for step in range(steps):
        scores[:, step + 1, step] = -density[:, step] / p[:, step]
        scores[:, step + 1, step + 1] = density[:, step] / p[:, step + 1]
    return Curves(log_p=log_p, scores=scores)


def _ordered(parameters: FloatArray) -> BoolArray:
    return np.all(np.diff(parameters[:, 1:], axis=1) < 0, axis=1, keepdims=True)[:, 0]


def _divided_log_p(parameters: FloatArray, theta: FloatArray, categories: int) -> FloatArray:
    z = np.zeros((len(parameters), categories, len(theta)))
    z[:, 1:] = np.arange(1, categories)[:, None] * (parameters[:, :1] * theta)[:, None]
    z[:, 1:] += parameters[:, 1:, None]
    return log_softmax(z, axis=1)


def _divided(parameters: FloatArray, theta: FloatArray, categories: int) -> Curves:
    log_p = _divided_log_p(parameters, theta, categories)
    p = np.exp(log_p)
    counts = np.arange(categories, dtype=np.float64)[:, None]
    by_slope = theta * (counts - np.sum(counts * p, axis=1, keepdims=True))
    return Curves(log_p=log_p, scores=np.concatenate([by_slope[:, None], _chosen(p)], axis=1))


def _chosen(p: FloatArray) -> FloatArray:
    """1 where the category is the parameter's, less the parameter's category's probability."""
    categories = p.shape[1]
    own = np.eye(categories)[1:, :, None]
    return own - p[:, 1:, None]


def _nominal_log_p(parameters: FloatArray, theta: FloatArray, categories: int) -> FloatArray:
    steps = categories - 1
    z = np.zeros((len(parameters), categories, len(theta)))
    z[:, 1:] = parameters[:, :steps, None] * theta + parameters[:, steps:, None]
    return log_softmax(z, axis=1)


def _nominal(parameters: FloatArray, theta: FloatArray, categories: int) -> Curves:
    log_p = _nominal_log_p(parameters, theta, categories)
    chosen = _chosen(np.exp(log_p))
    return Curves(log_p=log_p, scores=np.concatenate([chosen * theta, chosen], axis=1))


LOGISTIC = Family(
    width=lambda _: 2, log_p=_logistic_log_p, curves=_logistic, feasible=_always, exponential=True
)
ASYMPTOTIC = Family(
    width=lambda _: 4, log_p=_asymptotic_log_p, curves=_asymptotic, feasible=_always, exponential=False
)
GRADED = Family(
    width=lambda categories: categories,
    log_p=_graded_log_p,
    curves=_graded,
    feasible=_ordered,
    exponential=False,
)
DIVIDED = Family(
    width=lambda categories: categories,
    log_p=_divided_log_p,
    curves=_divided,
    feasible=_always,
    exponential=True,
)
NOMINAL = Family(
    width=lambda categories: 2 * (categories - 1),
    log_p=_nominal_log_p,
    curves=_nominal,
    feasible=_always,
    exponential=True,
)

FAMILIES: dict[Model, Family] = {
    "rasch": LOGISTIC,
    "1pl": LOGISTIC,
    "2pl": LOGISTIC,
    "3pl": ASYMPTOTIC,
    "4pl": ASYMPTOTIC,
    "grm": GRADED,
    "gpcm": DIVIDED,
    "pcm": DIVIDED,
    "nominal": NOMINAL,
}

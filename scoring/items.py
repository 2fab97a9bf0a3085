"""Item response models: an item's parameters and the probability of each of its categories.

Inside, everything is slope–intercept with D = 1; (a, b, c, d) are for showing. With z = a θ + d:

* ``rasch``, ``1pl``, ``2pl``, ``3pl``, ``4pl``: P(1 | θ) = c + (u − c) / (1 + exp(−z)); Birnbaum (1968), in
  Lord & Novick, ch. 17; Barton & Lord (1981), ETS RR-81-20 for u. ``rasch`` has a = 1 and a free variance of
  θ, ``1pl`` one slope for all such items.
* ``grm``: P(Y ≥ k | θ) = 1 / (1 + exp(−(a θ + d_k))), d_1 > d_2 > …; Samejima (1969), Psychometrika
  Monograph 17.
* ``gpcm``, ``pcm``: P(k | θ) ∝ exp(k a θ + d_k), d_0 = 0; Muraki (1992), APM 16, 159–176; Masters (1982),
  Psychometrika 47, 149–174, for a = 1.
* ``nominal``: P(k | θ) ∝ exp(s_k θ + d_k), s_0 = d_0 = 0; Bock (1972), Psychometrika 37, 29–51.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit, softmax

from scoring.arrays import FloatArray

Model = Literal["rasch", "1pl", "2pl", "3pl", "4pl", "grm", "gpcm", "pcm", "nominal"]

DICHOTOMOUS: frozenset[Model] = frozenset({"rasch", "1pl", "2pl", "3pl", "4pl"})
CUMULATIVE: frozenset[Model] = frozenset({"grm"})
DIVIDED: frozenset[Model] = frozenset({"gpcm", "pcm", "nominal"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Item:
    """An item's parameters.

    ``intercepts`` has one entry per category above 0. ``lower`` and ``upper`` are the asymptotes of
    dichotomous items. ``category_slopes``, of the shape of ``intercepts``, is for ``nominal`` alone, whose
    ``slope`` is 1.
    """

    name: str
    model: Model
    slope: float
    intercepts: FloatArray
    lower: float = 0.0
    upper: float = 1.0
    category_slopes: FloatArray | None = None

    @property
    def categories(self) -> int:
        """How many categories the item has."""
        return len(self.intercepts) + 1

    @property
    def difficulties(self) -> FloatArray:
        """b of shape (categories − 1,): −d / a; for GPCM and PCM the steps −(d_k − d_{k−1}) / a. NaN without
        a slope, and for ``nominal``, which has none."""
        if self.model == "nominal" or self.slope == 0:
            return np.full(len(self.intercepts), np.nan)
        drops = np.diff(self.intercepts, prepend=0.0) if self.model in DIVIDED else self.intercepts
        return -drops / self.slope


@dataclass(frozen=True, kw_only=True, eq=False)
class Traces:
    """Probabilities of an item's categories and their derivatives by θ, each of shape (n_thetas,
    categories)."""

    p: FloatArray
    first: FloatArray
    second: FloatArray


def trace(item: Item, theta: FloatArray) -> FloatArray:
    """Probability of each category at each θ, shape (n_thetas, categories); θ of shape (n_thetas,)."""
    if item.model in DICHOTOMOUS:
        right = item.lower + (item.upper - item.lower) * expit(item.slope * theta + item.intercepts[0])
        return np.column_stack([1.0 - right, right])
    if item.model in CUMULATIVE:
        bounds = _cumulative(item, theta)
        return bounds[:, :-1] - bounds[:, 1:]
    return softmax(np.outer(theta, _slopes(item)) + np.concatenate([[0.0], item.intercepts]), axis=1)


def traces(item: Item, theta: FloatArray) -> Traces:
    """Probabilities with first and second derivatives by θ; θ of shape (n_thetas,)."""
    if item.model in DICHOTOMOUS:
        return _dichotomous(item, theta)
    if item.model in CUMULATIVE:
        return _graded(item, theta)
    return _divided(item, theta)


def expected_score(item: Item, theta: FloatArray, scores: FloatArray | None = None) -> FloatArray:
    """The mean score at each θ, shape (n_thetas,): Σ_k score_k P_k; ``scores`` of shape (categories,), 0, 1,
    … unless given."""
    values = np.arange(item.categories, dtype=np.float64) if scores is None else scores
    return trace(item, theta) @ values


def rescale(item: Item, slope: float, intercept: float) -> Item:
    """The item on the scale θ* = A θ + B, with A = ``slope`` > 0 and B = ``intercept``: a* = a / A, d* = d −
    a B / A, so that its probabilities stay; Kolen & Brennan (2014), eqs. 6.2–6.3."""
    counts = np.arange(1, item.categories) if item.model in ("gpcm", "pcm") else np.ones(len(item.intercepts))
    by_category = counts * item.slope if item.category_slopes is None else item.category_slopes
    return Item(
        name=item.name,
        # With a slope other than its model's the same curve is a 2PL's or a GPCM's.
        model=item.model if slope == 1.0 else _RELEASED.get(item.model, item.model),
        slope=item.slope if item.category_slopes is not None else item.slope / slope,
        intercepts=item.intercepts - by_category * intercept / slope,
        lower=item.lower,
        upper=item.upper,
        category_slopes=None if item.category_slopes is None else item.category_slopes / slope,
    )


_RELEASED: dict[Model, Model] = {"rasch": "2pl", "1pl": "2pl", "pcm": "gpcm"}


def _slopes(item: Item) -> FloatArray:
    """The slope of each category's exponent, shape (categories,)."""
    if item.category_slopes is not None:
        return np.concatenate([[0.0], item.category_slopes])
    return item.slope * np.arange(item.categories, dtype=np.float64)


def _cumulative(item: Item, theta: FloatArray) -> FloatArray:
    """P(Y ≥ k) for k = 0 … categories, shape (n_thetas, categories + 1)."""
    inner = expit(item.slope * theta[:, None] + item.intercepts)
    ends = np.ones((len(theta), 1))
    return np.hstack([ends, inner, 0.0 * ends])


def _dichotomous(item: Item, theta: FloatArray) -> Traces:
    logistic = expit(item.slope * theta + item.intercepts[0])
    span, density = item.upper - item.lower, logistic * (1.0 - logistic)
    right = item.lower + span * logistic
    first = span * item.slope * density
    second = span * item.slope**2 * density * (1.0 - 2.0 * logistic)
    return Traces(
        p=np.column_stack([1.0 - right, right]),
        first=np.column_stack([-first, first]),
        second=np.column_stack([-second, second]),
    )


def _graded(item: Item, theta: FloatArray) -> Traces:
    bounds = _cumulative(item, theta)
    density = bounds * (1.0 - bounds)
    first = item.slope * density
    second = item.slope**2 * density * (1.0 - 2.0 * bounds)
    return Traces(
        p=bounds[:, :-1] - bounds[:, 1:],
        first=first[:, :-1] - first[:, 1:],
        second=second[:, :-1] - second[:, 1:],
    )


def _divided(item: Item, theta: FloatArray) -> Traces:
    slopes = _slopes(item)
    p = trace(item, theta)
    mean = p @ slopes
    spread = slopes - mean[:, None]
    variance = np.sum(p * spread**2, axis=1)
    return Traces(p=p, first=p * spread, second=p * (spread**2 - variance[:, None]))

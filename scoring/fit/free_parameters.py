"""Which parameters of a model are estimated, and how item scores change with them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from scoring.arrays import BoolArray, FloatArray
from scoring.items import CUMULATIVE, DICHOTOMOUS, Item, Model, trace

UNIT_SLOPE: frozenset[Model] = frozenset({"rasch", "pcm"})
"""Models whose slope is 1 and whose scale is the standard deviation of θ instead."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LatentFreedom:
    """Whether each group's mean and standard deviation of θ are estimated; shape (n_groups,) each."""

    mean: BoolArray
    sd: BoolArray

    @property
    def count(self) -> int:
        """How many parameters these are."""
        return int(self.mean.sum() + self.sd.sum())


def latent_freedom(items: Sequence[Item], n_groups: int, anchored: Collection[str]) -> LatentFreedom:
    """The first group is fixed to 0 and 1 unless anchored items hold the scale; items of slope 1 free its
    standard deviation. The other groups are free."""
    mean = np.ones(n_groups, dtype=np.bool_)
    sd = np.ones(n_groups, dtype=np.bool_)
    mean[0] = any(item.name in anchored for item in items)
    sd[0] = mean[0] or any(item.model in UNIT_SLOPE for item in items)
    return LatentFreedom(mean=mean, sd=sd)


def n_free(item: Item) -> int:
    """How many parameters an item is fitted with; the common slope of ``1pl`` counts for each, and so does
    the standard deviation of θ where it stands for a slope, as in R mirt. In a long test that is one too
    many: χ² is then larger than its degrees of freedom by about 1."""
    steps = len(item.intercepts)
    extra: dict[Model, int] = {"3pl": 1, "4pl": 2}
    return 2 * steps if item.model == "nominal" else 1 + steps + extra.get(item.model, 0)


def slope_gradient(item: Item, theta: FloatArray) -> FloatArray:
    """∂P_k / ∂a at each θ, shape (n_thetas, categories); not for ``nominal``."""
    if item.model in DICHOTOMOUS:
        return theta[:, None] * _step_dichotomous(item, theta)
    if item.model in CUMULATIVE:
        return theta[:, None] * _step_graded(item, theta).sum(axis=2)
    p, counts = trace(item, theta), np.arange(item.categories)
    return p * theta[:, None] * (counts - (p @ counts)[:, None])


def intercept_gradient(item: Item, theta: FloatArray) -> FloatArray:
    """∂P_k / ∂d_m at each θ, shape (n_thetas, categories, categories − 1)."""
    if item.model in DICHOTOMOUS:
        return _step_dichotomous(item, theta)[:, :, None]
    if item.model in CUMULATIVE:
        return _step_graded(item, theta)
    p = trace(item, theta)
    same = np.eye(item.categories)[:, 1:]
    return p[:, :, None] * (same[None] - p[:, None, 1:])


def score_gradient(item: Item, theta: FloatArray) -> tuple[FloatArray | None, FloatArray]:
    """∂E(score) / ∂a, shape (n_thetas,), None where a is fixed at 1; and by the other parameters: intercepts,
    then lower and upper asymptote where free, shape (n_thetas, n_parameters)."""
    scores = np.arange(item.categories, dtype=np.float64)
    slope = None if item.model in UNIT_SLOPE else slope_gradient(item, theta) @ scores
    others = [np.einsum("tkm,k->tm", intercept_gradient(item, theta), scores)]
    others += [asymptote(item, theta)[:, None] for asymptote in _ASYMPTOTES.get(item.model, ())]
    return slope, np.hstack(others)


def _lower(item: Item, theta: FloatArray) -> FloatArray:
    return 1.0 - expit(item.slope * theta + item.intercepts[0])


def _upper(item: Item, theta: FloatArray) -> FloatArray:
    return expit(item.slope * theta + item.intercepts[0])


_ASYMPTOTES: dict[Model, tuple[Callable[[Item, FloatArray], FloatArray], ...]] = {
    "3pl": (_lower,),
    "4pl": (_lower, _upper),
}


def _step_dichotomous(item: Item, theta: FloatArray) -> FloatArray:
    logistic = expit(item.slope * theta + item.intercepts[0])
    change = (item.upper - item.lower) * logistic * (1.0 - logistic)
    return np.column_stack([-change, change])


def _step_graded(item: Item, theta: FloatArray) -> FloatArray:
    """P_k = B_k − B_{k+1} and ∂B_m / ∂d_m = B_m (1 − B_m); shape (n_thetas, categories, categories − 1)."""
    bounds = expit(item.slope * theta[:, None] + item.intercepts)
    density = bounds * (1.0 - bounds)
    steps = len(item.intercepts)
    sign = np.zeros((item.categories, steps))
    sign[np.arange(1, steps + 1), np.arange(steps)] = 1.0
    sign[np.arange(steps), np.arange(steps)] = -1.0
    return density[:, None, :] * sign[None]

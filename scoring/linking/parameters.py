"""The parameters of items as one vector, which covariances and derivatives speak of.

Per item: the slope (of ``nominal``: its category slopes), the intercepts and, of dichotomous items, the lower
and the upper asymptote.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from scoring.arrays import FloatArray
from scoring.items import DICHOTOMOUS, Item


def parameters(item: Item) -> FloatArray:
    """The item's parameters in this order, shape (n_parameters,)."""
    slopes = np.array([item.slope]) if item.category_slopes is None else item.category_slopes
    ends = [item.lower, item.upper] if item.model in DICHOTOMOUS else []
    return np.concatenate([slopes, item.intercepts, ends])


def with_parameters(item: Item, values: FloatArray) -> Item:
    """The item with these parameters; ``values`` as ``parameters`` gives them."""
    steps = len(item.intercepts)
    if item.category_slopes is not None:
        return replace(item, category_slopes=values[:steps], intercepts=values[steps:])
    changed = replace(item, slope=float(values[0]), intercepts=values[1 : 1 + steps])
    if item.model not in DICHOTOMOUS:
        return changed
    return replace(changed, lower=float(values[-2]), upper=float(values[-1]))


def spans(items: Sequence[Item]) -> tuple[slice, ...]:
    """Where each item's parameters are in the vector of all."""
    ends = np.cumsum([0, *(len(parameters(item)) for item in items)])
    return tuple(slice(int(start), int(end)) for start, end in pairwise(ends))


def steps(values: FloatArray) -> FloatArray:
    """How far each parameter moves in a central difference: rounding and truncation both stay near 1e-10 of
    the derivative."""
    return 1e-5 * np.maximum(1.0, np.abs(values))


def times(item: Item, d: float) -> Item:
    """The item whose exponent is D times as steep: parameters in the metric of the normal ogive have D = 1.7
    (Birnbaum 1968, in Lord & Novick, eq. 17.2.2)."""
    slopes = item.category_slopes
    if slopes is not None:
        return replace(item, category_slopes=slopes * d, intercepts=item.intercepts * d)
    return replace(item, slope=item.slope * d, intercepts=item.intercepts * d)

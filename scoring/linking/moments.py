"""Linking coefficients from the moments of the common items' slopes and difficulties.

θ_to = A θ_from + B. Mean/mean: A = mean(a_from) / mean(a_to), Loyd & Hoover (1980), JEM 17, 179–193.
Mean/sigma: A = sd(b_to) / sd(b_from), Marco (1977), JEM 14, 139–160. Mean/geometric mean: A = geometric mean
of a_from / a_to, Mislevy & Bock (1990), BILOG 3. Always B = mean(b_to) − A mean(b_from). A polytomous item
gives its slope once and all its thresholds or steps, Cohen & Kim (1998), APM 22, 116–130.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from scoring.arrays import FloatArray
from scoring.errors import MeasurementError
from scoring.items import Item

MomentMethod = Literal["mean-mean", "mean-sigma", "mean-gmean"]
MOMENT_METHODS: tuple[MomentMethod, ...] = ("mean-mean", "mean-sigma", "mean-gmean")


def moment_coefficients(
    from_items: Sequence[Item], to_items: Sequence[Item], method: MomentMethod, *, slope_held: bool
) -> FloatArray:
    """A and B, shape (2,). ``slope_held`` keeps A at 1, as Rasch scales have it.

    Raises MeasurementError with code ``link_needs_curves`` (``item``) for an item without a slope and a
    difficulty, ``link_no_spread`` where mean/sigma finds all difficulties equal, or ``link_slope`` where A
    would not be positive.
    """
    check_moments([*from_items, *to_items])
    b_from, b_to = difficulties(from_items), difficulties(to_items)
    slope = 1.0 if slope_held else _slope(from_items, to_items, method)
    return np.array([slope, b_to.mean() - slope * b_from.mean()])


def check_moments(items: Sequence[Item]) -> None:
    """Refuse items without a slope and a difficulty. Raises MeasurementError with code ``link_needs_curves``
    (``item``)."""
    wrong = next((item.name for item in items if item.model == "nominal" or item.slope == 0), None)
    if wrong is not None:
        raise MeasurementError("link_needs_curves", item=wrong)


def difficulties(items: Sequence[Item]) -> FloatArray:
    """All thresholds and steps of all items."""
    return np.concatenate([item.difficulties for item in items])


def slopes(items: Sequence[Item]) -> FloatArray:
    """Each item's slope, shape (n_items,)."""
    return np.array([item.slope for item in items])


def _slope(from_items: Sequence[Item], to_items: Sequence[Item], method: MomentMethod) -> float:
    if method == "mean-sigma":
        spread_from, spread_to = difficulties(from_items).std(), difficulties(to_items).std()
        if spread_from == 0 or spread_to == 0:
            raise MeasurementError("link_no_spread")
        return float(spread_to / spread_from)
    ratios = slopes(from_items) / slopes(to_items)
    if method == "mean-gmean":
        _check_positive(float(ratios.min()))
        return float(np.exp(np.log(ratios).mean()))
    whole = float(slopes(from_items).mean() / slopes(to_items).mean())
    _check_positive(whole)
    return whole


def _check_positive(slope: float) -> None:
    if not (np.isfinite(slope) and slope > 0):
        raise MeasurementError("link_slope")

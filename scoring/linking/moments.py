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
from scoring.items import DIVIDED, Item
from scoring.linking.parameters import parameters

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


def moment_jacobians(
    from_items: Sequence[Item],
    to_items: Sequence[Item],
    method: MomentMethod,
    ab: FloatArray,
    *,
    slope_held: bool,
) -> tuple[FloatArray, FloatArray]:
    """∂(A, B) / ∂(parameters) of the items on each side, of shape (2, n_parameters), at A, B = ``ab``.

    With ∂A by slopes and difficulties from the definitions, ∂B = ∂mean(b_to) − A ∂mean(b_from) − mean(b_from)
    ∂A; Ogasawara (2000), Economic Review (Otaru) 51, 1–23.
    """
    mean_from = float(difficulties(from_items).mean())
    sides: list[FloatArray] = []
    for items, sign in ((from_items, 1.0), (to_items, -1.0)):
        by_slopes, by_difficulties = _slope_derivatives(items, method, float(ab[0]), sign)
        free = 0.0 if slope_held else 1.0
        means = np.full(len(by_difficulties), (-ab[0] if sign > 0 else 1.0) / len(by_difficulties))
        slope = _by_parameters(items, free * by_slopes, free * by_difficulties)
        sides.append(np.stack([slope, _by_parameters(items, 0.0 * by_slopes, means) - mean_from * slope]))
    return sides[0], sides[1]


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


def _slope_derivatives(
    items: Sequence[Item], method: MomentMethod, slope: float, sign: float
) -> tuple[FloatArray, FloatArray]:
    """∂A by the slopes and by the difficulties of one side; ``sign`` is 1 for the source, −1 for the
    target."""
    a, b = slopes(items), difficulties(items)
    if method == "mean-sigma":
        apart = b - b.mean()
        return np.zeros_like(a), -sign * slope * apart / np.sum(apart**2)
    by_slopes = 1.0 / np.full(len(a), a.sum()) if method == "mean-mean" else 1.0 / (len(a) * a)
    return sign * slope * by_slopes, np.zeros_like(b)


def _by_parameters(items: Sequence[Item], by_slopes: FloatArray, by_difficulties: FloatArray) -> FloatArray:
    """From derivatives by slopes and difficulties to those by the items' parameters: b = −d / a, so ∂b/∂a =
    −b / a and ∂b/∂d = −1 / a; a step's d is the difference of two intercepts."""
    found: list[FloatArray] = []
    ends = np.cumsum([len(item.intercepts) for item in items])[:-1]
    for item, by_slope, by_b in zip(items, by_slopes, np.split(by_difficulties, ends), strict=True):
        whole = 0.0 * parameters(item)
        whole[0] = by_slope - by_b @ item.difficulties / item.slope
        later = np.append(by_b[1:], 0.0) if item.model in DIVIDED else 0.0
        whole[1 : 1 + len(by_b)] = (later - by_b) / item.slope
        found.append(whole)
    return np.concatenate(found)

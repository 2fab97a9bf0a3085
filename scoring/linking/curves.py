"""Linking coefficients from the common items' characteristic curves.

θ_to = A θ_from + B. Haebara (1980), Japanese Psychological Research 22, 144–149, sums squared differences of
every curve; Stocking & Lord (1983), APM 7, 201–210, squares the difference of the sums of the curves. Over
points of the target scale the curves of ``from`` move, Q_1(A, B) = Σ_q w_q Σ_c (P_to,c(θ_q) −
P_from,c((θ_q − B) / A))²; over points of the source scale those of ``to`` do, Q_2(A, B) = Σ_q w_q Σ_c
(P_from,c(θ_q) − P_to,c(A θ_q + B))². The criterion is Q_1, or Q_1 + Q_2 where it is symmetric. In Haebara's
method c runs over the right answer of a dichotomous item and all categories of a polytomous one; in Stocking
and Lord's there is one c, the expected score of all common items.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from scoring.arrays import FloatArray
from scoring.items import DICHOTOMOUS, Item, Traces, traces
from scoring.linking.parameters import parameters, steps, times, with_parameters

CurveMethod = Literal["haebara", "stocking-lord"]
CURVE_METHODS: tuple[CurveMethod, ...] = ("haebara", "stocking-lord")


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """Where curves are compared: points of θ and their weights, both of shape (n_points,), the weights with a
    sum of 1; ``symmetric`` for both scales; ``d`` scales every exponent."""

    theta: FloatArray
    weights: FloatArray
    d: float
    symmetric: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Criterion:
    """The criterion at (A, B), its gradient of shape (2,) and its Hessian of shape (2, 2)."""

    value: float
    gradient: FloatArray
    hessian: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class _Motion:
    """Where the moving curves are read, shape (n_points,), and the derivatives of that place by (A, B),
    shapes (2, n_points) and (2, 2, n_points)."""

    place: FloatArray
    first: FloatArray
    second: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class _Gap:
    """Residuals r of shape (n_points, n_curves) with r_i and r_ij, their derivatives by (A, B)."""

    r: FloatArray
    first: FloatArray
    second: FloatArray


def criterion(
    from_items: Sequence[Item], to_items: Sequence[Item], method: CurveMethod, ab: FloatArray, grid: Grid
) -> Criterion:
    """The criterion of ``method`` at A, B = ``ab``, A > 0."""
    value, gradient, hessian = 0.0, np.zeros(2), np.zeros((2, 2))
    for still, moving, motion in _sides(from_items, to_items, ab, grid):
        gap = _gap(_curves(still, grid.theta, method, grid.d).p, moving, motion, method, grid.d)
        weighted = grid.weights[:, None] * gap.r
        value += float(np.sum(weighted * gap.r))
        gradient += 2.0 * np.einsum("qc,iqc->i", weighted, gap.first)
        hessian += 2.0 * np.einsum("iqc,jqc->ij", grid.weights[:, None] * gap.first, gap.first)
        hessian += 2.0 * np.einsum("qc,ijqc->ij", weighted, gap.second)
    return Criterion(value=value, gradient=gradient, hessian=hessian)


def cross_derivatives(
    from_items: Sequence[Item], to_items: Sequence[Item], method: CurveMethod, ab: FloatArray, grid: Grid
) -> tuple[FloatArray, FloatArray]:
    """∂(gradient) / ∂(item parameters) of the two sides, each of shape (2, n_parameters of that side)."""
    from_part, to_part = np.zeros((2, 0)), np.zeros((2, 0))
    for place, (still, moving, motion) in enumerate(_sides(from_items, to_items, ab, grid)):
        gap = _gap(_curves(still, grid.theta, method, grid.d).p, moving, motion, method, grid.d)
        by_still = _by_still(still, gap, method, grid)
        by_moving = _by_moving(moving, gap, motion, method, grid)
        one, other = (by_moving, by_still) if place == 0 else (by_still, by_moving)
        from_part = one if place == 0 else from_part + one
        to_part = other if place == 0 else to_part + other
    return from_part, to_part


def _sides(
    from_items: Sequence[Item], to_items: Sequence[Item], ab: FloatArray, grid: Grid
) -> list[tuple[Sequence[Item], Sequence[Item], _Motion]]:
    """What stands still, what moves, and how: over the points of the target scale, then of the source."""
    first = (to_items, from_items, _backward(grid.theta, ab))
    return [first, (from_items, to_items, _forward(grid.theta, ab))] if grid.symmetric else [first]


def _backward(theta: FloatArray, ab: FloatArray) -> _Motion:
    """(θ − B) / A."""
    slope, place = ab[0], (theta - ab[1]) / ab[0]
    one = np.ones_like(theta)
    mixed = one / slope**2
    return _Motion(
        place=place,
        first=np.stack([-place / slope, -one / slope]),
        second=np.stack([np.stack([2.0 * place * mixed, mixed]), np.stack([mixed, 0.0 * one])]),
    )


def _forward(theta: FloatArray, ab: FloatArray) -> _Motion:
    """A θ + B."""
    return _Motion(
        place=ab[0] * theta + ab[1],
        first=np.stack([theta, np.ones_like(theta)]),
        second=np.zeros((2, 2, len(theta))),
    )


def _gap(still: FloatArray, moving: Sequence[Item], motion: _Motion, method: CurveMethod, d: float) -> _Gap:
    """r = P_still(θ) − P_moving(m(θ)); r_i = −P′ m_i; r_ij = −P″ m_i m_j − P′ m_ij."""
    curves = _curves(moving, motion.place, method, d)
    products = np.einsum("iq,jq->ijq", motion.first, motion.first)
    return _Gap(
        r=still - curves.p,
        first=-np.einsum("qc,iq->iqc", curves.first, motion.first),
        second=-np.einsum("qc,ijq->ijqc", curves.second, products)
        - np.einsum("qc,ijq->ijqc", curves.first, motion.second),
    )


def _curves(items: Sequence[Item], theta: FloatArray, method: CurveMethod, d: float) -> Traces:
    """The curves that are compared, each array of shape (n_points, n_curves)."""
    every = [_item_curves(times(item, d), theta, method) for item in items]
    if method == "haebara":
        return Traces(
            p=np.hstack([one.p for one in every]),
            first=np.hstack([one.first for one in every]),
            second=np.hstack([one.second for one in every]),
        )
    return Traces(
        p=np.sum([one.p for one in every], axis=0),
        first=np.sum([one.first for one in every], axis=0),
        second=np.sum([one.second for one in every], axis=0),
    )


def _item_curves(item: Item, theta: FloatArray, method: CurveMethod) -> Traces:
    found = traces(item, theta)
    kept = np.eye(item.categories)
    if method == "stocking-lord":
        kept = np.arange(item.categories, dtype=np.float64)[:, None]
    elif item.model in DICHOTOMOUS:
        kept = kept[:, 1:]
    return Traces(p=found.p @ kept, first=found.first @ kept, second=found.second @ kept)


def _columns(items: Sequence[Item], method: CurveMethod) -> list[slice]:
    """The curves each item has a part in."""
    if method == "stocking-lord":
        return [slice(0, 1)] * len(items)
    widths = [1 if item.model in DICHOTOMOUS else item.categories for item in items]
    ends = np.cumsum([0, *widths])
    return [slice(int(start), int(end)) for start, end in pairwise(ends)]


def _sensitivities(item: Item, theta: FloatArray, method: CurveMethod, d: float) -> list[Traces]:
    """By each of the item's parameters: how its curves and their slopes change. Central differences of the
    exact curves."""
    values = parameters(item)
    found: list[Traces] = []
    for place, step in enumerate(steps(values)):
        moved = step * np.eye(len(values))[place]
        above = _item_curves(times(with_parameters(item, values + moved), d), theta, method)
        below = _item_curves(times(with_parameters(item, values - moved), d), theta, method)
        found.append(
            Traces(
                p=(above.p - below.p) / (2.0 * step),
                first=(above.first - below.first) / (2.0 * step),
                second=(above.second - below.second) / (2.0 * step),
            )
        )
    return found


def _by_still(items: Sequence[Item], gap: _Gap, method: CurveMethod, grid: Grid) -> FloatArray:
    """2 Σ w r_v r_i with r_v = P_v."""
    slopes = grid.weights[:, None] * gap.first
    return np.column_stack([
        2.0 * np.tensordot(slopes[:, :, columns], change.p, axes=2)
        for item, columns in zip(items, _columns(items, method), strict=True)
        for change in _sensitivities(item, grid.theta, method, grid.d)
    ])  # fmt: skip


def _by_moving(
    items: Sequence[Item], gap: _Gap, motion: _Motion, method: CurveMethod, grid: Grid
) -> FloatArray:
    """2 Σ w (r_v r_i + r r_iv) with r_v = −P_v and r_iv = −P′_v m_i."""
    slopes, rest = grid.weights[:, None] * gap.first, grid.weights[:, None] * gap.r
    return np.column_stack([
        -2.0 * np.tensordot(slopes[:, :, columns], change.p, axes=2)
        - 2.0 * motion.first @ np.sum(rest[:, columns] * change.first, axis=1)
        for item, columns in zip(items, _columns(items, method), strict=True)
        for change in _sensitivities(item, motion.place, method, grid.d)
    ])  # fmt: skip

"""The estimating equation of ability, and its root.

Every estimate solves Σ_i ∂ log P_ix(θ) / ∂θ + r(θ) = 0 over the answers x a person gave. The equation is
taken on a grid first, so that of several maxima the highest is found; then by Newton's method for all persons
at once, kept between the two points of the grid where the sign changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.ability.curvature import Curvature, curvature, of_answers
from scoring.ability.estimate import Ability
from scoring.ability.likelihood import CHUNK, answer_table, item_sums
from scoring.arrays import BoolArray, CodeArray, FloatArray
from scoring.items import Item
from scoring.responses import MISSING

TOLERANCE = 1e-9
MAX_ITERATIONS = 60

Addition = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
"""r by θ, and by Σ I and Σ J over the items a person had."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Method:
    """What makes an estimate of the equation: r, and whether it and the standard error are made of the
    expected Σ I and Σ J, rather than of the equation's slope."""

    addition: Addition
    expected: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Equation:
    """The estimating equation without r: its value and its slope, with Σ I and Σ J of the items had (0 where
    the method does not need them); of shape (n_persons,)."""

    value: FloatArray
    slope: FloatArray
    information: FloatArray
    bias: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Brackets:
    """Between which points each root lies, a first guess, and what r rises by there per unit of θ; of shape
    (n_persons,). ``inside``: whether there is a root; else all three are the limit towards which the
    likelihood rises."""

    low: FloatArray
    high: FloatArray
    start: FloatArray
    rise: FloatArray
    inside: BoolArray


def estimate(items: Sequence[Item], codes: CodeArray, grid: FloatArray, method: Method) -> Ability:
    """θ and SE of persons with ``codes`` of shape (n_persons, n_items), sought on ``grid``, which rises."""
    if not len(codes):
        return Ability(theta=np.empty(0), se=np.empty(0))
    curves = [curvature(item, grid) for item in items]
    table = answer_table([curve.first for curve in curves], codes)
    theta, se = np.empty((2, len(codes)))
    for start in range(0, len(codes), CHUNK):
        rows = slice(start, start + CHUNK)
        added = _added(curves, codes[rows], grid, method)
        bracket = _brackets(grid, table.sums(codes[rows]) + added, added)
        theta[rows], precision = _newton(items, codes[rows], bracket, method)
        with np.errstate(divide="ignore", invalid="ignore"):
            se[rows] = np.where(bracket.inside, 1.0 / np.sqrt(precision), np.nan)
    return Ability(theta=theta, se=se)


def _added(curves: Sequence[Curvature], codes: CodeArray, grid: FloatArray, method: Method) -> FloatArray:
    """r over the grid, shape (n_persons, n_grid)."""
    shape = (len(codes), len(grid))
    if not method.expected:
        return np.broadcast_to(method.addition(grid, grid, grid), shape)
    information = item_sums(np.array([curve.information for curve in curves]), codes)
    bias = item_sums(np.array([curve.bias for curve in curves]), codes)
    return np.broadcast_to(method.addition(grid, information, bias), shape)


def _brackets(grid: FloatArray, values: FloatArray, added: FloatArray) -> Brackets:
    """From the equation at the grid, its integral being the log-likelihood but for a constant."""
    steps = np.diff(grid) * (values[:, :-1] + values[:, 1:]) / 2.0
    heights = np.cumsum(np.pad(steps, ((0, 0), (1, 0))), axis=1)
    falls = (values[:, :-1] > 0) & (values[:, 1:] <= 0)
    tops = np.where(falls, np.maximum(heights[:, :-1], heights[:, 1:]), -np.inf)
    place, rows = tops.argmax(axis=1), np.arange(len(values))
    inside = tops[rows, place] >= np.maximum(heights[:, 0], heights[:, -1])
    low, high = grid[place], grid[place + 1]
    at_low, at_high = values[rows, place], values[rows, place + 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        start = low + (high - low) * at_low / (at_low - at_high)
    end = np.where(heights[:, -1] > heights[:, 0], grid[-1], grid[0])
    return Brackets(
        low=low,
        high=high,
        start=np.where(inside, start, end),
        rise=(added[rows, place + 1] - added[rows, place]) / (high - low),
        inside=inside,
    )


def _newton(
    items: Sequence[Item], codes: CodeArray, bracket: Brackets, method: Method
) -> tuple[FloatArray, FloatArray]:
    """θ and its precision, 1 / SE², each of shape (n_persons,); a step that leaves its bracket is replaced by
    the bracket's middle."""
    low, high, theta = bracket.low.copy(), bracket.high.copy(), bracket.start.copy()
    precision = np.full(len(theta), np.nan)
    active = np.flatnonzero(bracket.inside)
    for _ in range(MAX_ITERATIONS):
        if not len(active):
            break
        at, rise = theta[active], bracket.rise[active]
        found = _equation(items, codes[active], at, expected=method.expected)
        value = found.value + method.addition(at, found.information, found.bias)
        low[active] = np.where(value > 0, at, low[active])
        high[active] = np.where(value > 0, high[active], at)
        theta[active] = _stepped(at, value, found.slope + rise, low[active], high[active])
        precision[active] = found.information if method.expected else -(found.slope + rise)
        active = active[np.abs(theta[active] - at) > TOLERANCE]
    return theta, precision


def _stepped(
    at: FloatArray, value: FloatArray, slope: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        to = at - value / slope
    return np.where((slope < 0) & (to >= low) & (to <= high), to, (low + high) / 2.0)


def _equation(items: Sequence[Item], codes: CodeArray, theta: FloatArray, *, expected: bool) -> Equation:
    sums = np.zeros((4, len(theta)))
    for item, column in zip(items, codes.T, strict=True):
        had = column != MISSING
        rows = slice(None) if had.all() else np.flatnonzero(had)
        first, second = of_answers(item, theta[rows], column[rows])
        sums[0, rows] += first
        sums[1, rows] += second
        if expected:
            curve = curvature(item, theta[rows])
            sums[2, rows] += curve.information
            sums[3, rows] += curve.bias
    return Equation(value=sums[0], slope=sums[1], information=sums[2], bias=sums[3])

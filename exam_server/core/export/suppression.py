"""Tables in which no small count can be read or computed.

A count below ``SMALL`` is hidden. Others are hidden with it until neither the rows' and columns' sums nor
their bounds give a hidden count away: complementary suppression; Willenborg & de Waal (2001), Elements of
Statistical Disclosure Control, ch. 6.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray

SMALL = 10
LEAST_RANGE = 2.0
"""A hidden count may be any of at least three numbers."""

Shown = Literal["shown", "small", "withheld"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Suppressed:
    """``counts`` with their sums in the last row and column, shape (n_rows + 1, n_columns + 1); ``hidden`` of
    the same shape."""

    counts: IntArray
    hidden: BoolArray

    def shown(self, row: int, column: int) -> Shown:
        """Whether a cell may be read; ``withheld`` is not small itself."""
        if not self.hidden[row, column]:
            return "shown"
        return "small" if self.counts[row, column] < SMALL else "withheld"


def suppress(counts: IntArray) -> Suppressed:
    """Hide what must be hidden of a table of counts, shape (n_rows, n_columns). The same table gives the same
    cells."""
    whole = _with_sums(counts)
    hidden = whole < SMALL
    while not hidden.all():
        cell = _given_away(whole, hidden)
        if cell is None:
            break
        hidden[_next(whole, hidden, cell)] = True
    return Suppressed(counts=whole, hidden=hidden)


def _with_sums(counts: IntArray) -> IntArray:
    rows = np.vstack([counts, counts.sum(axis=0)])
    return np.column_stack([rows, rows.sum(axis=1)])


def _given_away(whole: IntArray, hidden: BoolArray) -> tuple[int, int] | None:
    """A hidden cell that can be computed, or is in a sum of hidden ones that is itself small."""
    if not hidden.any():
        return None
    return _in_small_sum(whole, hidden) or _determined(whole, hidden) or _narrow(whole, hidden)


def _in_small_sum(whole: IntArray, hidden: BoolArray) -> tuple[int, int] | None:
    """A hidden cell of a line whose total is known, and whose hidden cells together are small."""
    for turned in (False, True):
        counts, gone = (whole.T, hidden.T) if turned else (whole, hidden)
        for line in range(len(counts)):
            inside = np.flatnonzero(gone[line, :-1])
            if len(inside) and not gone[line, -1] and counts[line, inside].sum() < SMALL:
                return (int(inside[0]), line) if turned else (line, int(inside[0]))
    return None


def _equations(whole: IntArray, hidden: BoolArray) -> tuple[FloatArray, FloatArray]:
    """What the sums say of the hidden cells: one equation a row and a column."""
    rows, columns = whole.shape
    signs = np.ones(whole.shape)
    lines: list[FloatArray] = []
    for row in range(rows):
        line = np.zeros(whole.shape)
        line[row] = signs[row]
        line[row, -1] = -1.0
        lines.append(line)
    for column in range(columns):
        line = np.zeros(whole.shape)
        line[:, column] = 1.0
        line[-1, column] = -1.0
        lines.append(line)
    every = np.array(lines).reshape(rows + columns, -1)
    known = ~hidden.ravel()
    return every[:, ~known], -(every[:, known] @ whole.ravel()[known])


def _determined(whole: IntArray, hidden: BoolArray) -> tuple[int, int] | None:
    """A cell that the equations have one solution for: every direction they leave free is 0 there."""
    left, _ = _equations(whole, hidden)
    _, values, vectors = np.linalg.svd(left, full_matrices=True)
    rank = int(np.sum(values > 1e-9 * max(1.0, float(values[0]))))
    free = np.abs(vectors[rank:]).max(axis=0, initial=0.0)
    fixed = np.flatnonzero(free < 1e-9)
    return None if len(fixed) == 0 else _place(hidden, int(fixed[0]))


def _narrow(whole: IntArray, hidden: BoolArray) -> tuple[int, int] | None:
    """A cell whose bounds are too close, given that a small one is below ``SMALL`` and no count below 0."""
    from scipy.optimize import linprog  # large, and few requests need it

    left, right = _equations(whole, hidden)
    small = whole[hidden] < SMALL
    bounds = [(0, SMALL - 1) if one else (SMALL, None) for one in small]
    for cell in range(len(small)):
        goal = np.zeros(len(small))
        goal[cell] = 1.0
        ends = [
            linprog(sign * goal, A_eq=left, b_eq=right, bounds=bounds, method="highs") for sign in (1.0, -1.0)
        ]
        if all(end.status == 0 for end in ends) and -ends[1].fun - ends[0].fun < LEAST_RANGE:
            return _place(hidden, cell)
    return None


def _next(whole: IntArray, hidden: BoolArray, cell: tuple[int, int]) -> tuple[int, int]:
    """The cell to hide besides: one that leaves fewest lines with a single hidden cell, in the row or column
    of ``cell``, inside before sums, the smallest first."""
    rows, columns = whole.shape
    by_row, by_column = hidden.sum(axis=1), hidden.sum(axis=0)
    places = [(row, column) for row in range(rows) for column in range(columns) if not hidden[row, column]]

    def cost(place: tuple[int, int]) -> tuple[int, bool, bool, int, tuple[int, int]]:
        row, column = place
        closed = int(by_row[row] == 1) + int(by_column[column] == 1)
        opened = int(by_row[row] == 0) + int(by_column[column] == 0)
        beside = (row == cell[0]) != (column == cell[1])
        in_sums = row == rows - 1 or column == columns - 1
        return opened - closed, not beside, in_sums, int(whole[place]), place

    return min(places, key=cost)


def _place(hidden: BoolArray, number: int) -> tuple[int, int]:
    row, column = (int(each[number]) for each in np.nonzero(hidden))
    return row, column

"""Sparse cells of a table of scores by categories, put together until each is expected often enough.

The order is that of R mirt's ``itemfit`` (Chalmers, 2012, J. Stat. Software 48(6)), so that statistics and
degrees of freedom agree: rows where a category is impossible, categories within a row, rare last columns,
then rows.
"""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray

_RARE_COLUMN = 0.05
_RARE_ROWS = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """Observed and expected counts, shape (n_rows, n_columns) each; a cell expected 0 times is none."""

    observed: FloatArray
    expected: FloatArray

    @property
    def count(self) -> int:
        """How many cells there are."""
        return int(np.count_nonzero(self.expected > 0))


def collapsed(observed: FloatArray, expected: FloatArray, least: float) -> Cells:
    """The table of one item with each cell expected at least ``least`` times.

    Shape (n_scores, categories), a row for each sum score that is neither lowest nor highest.
    """
    cells = _without_impossible(Cells(observed=observed, expected=expected))
    some = cells.observed.sum(axis=1) > 0
    cells = _without_singles(Cells(observed=cells.observed[some], expected=cells.expected[some]))
    cells = _columns_dropped(_columns_cut(_within_rows(cells, least), least))
    return _rows_merged(cells, least)


def _merged(cells: Cells, source: int, target: int) -> Cells:
    """The table with one row added to another."""
    observed, expected = cells.observed.copy(), cells.expected.copy()
    observed[target] += observed[source]
    expected[target] += expected[source]
    return Cells(observed=np.delete(observed, source, axis=0), expected=np.delete(expected, source, axis=0))


def _without_impossible(cells: Cells) -> Cells:
    """Scores too low for the item's highest category, or too high for its lowest, join the next score."""
    margin = cells.expected.shape[1] - 2
    if len(cells.expected) <= 2 * margin:  # each score rules out some category
        return Cells(
            observed=cells.observed.sum(axis=0, keepdims=True),
            expected=cells.expected.sum(axis=0, keepdims=True),
        )
    for _ in range(margin):
        cells = _merged(cells, 0, 1)
        cells = _merged(cells, len(cells.expected) - 1, len(cells.expected) - 2)
    return cells


def _without_singles(cells: Cells) -> Cells:
    """A score that one person had joins the next, the last one the one before."""
    place = 0
    while place < len(cells.observed) - 1:
        if cells.observed[place].sum() == 1:
            cells = _merged(cells, place, place + 1)
        place += 1
    if len(cells.observed) > 1 and cells.observed[-1].sum() == 1:
        cells = _merged(cells, len(cells.observed) - 1, len(cells.observed) - 2)
    return cells


def _within_rows(cells: Cells, least: float) -> Cells:
    """Neighbouring categories of a row put together, what is left moved to the first columns."""
    if cells.expected.shape[1] == 2:
        return cells
    observed, expected = cells.observed.copy(), cells.expected.copy()
    for row in np.flatnonzero((expected < least).any(axis=1)):
        counts, means = _categories_merged(observed[row], expected[row], least)
        observed[row], expected[row] = 0.0, 0.0
        observed[row, : len(counts)], expected[row, : len(means)] = counts, means
    return Cells(observed=observed, expected=expected)


def _categories_merged(counts: FloatArray, means: FloatArray, least: float) -> tuple[FloatArray, FloatArray]:
    while len(means) > 2 and (means < least).any():
        source = int(np.flatnonzero(means == means.min())[-1])
        target = _neighbour(means, source)
        pair = Cells(observed=counts[:, None], expected=means[:, None])
        pair = _merged(pair, source, target)
        counts, means = pair.observed[:, 0], pair.expected[:, 0]
    return counts, means


def _neighbour(sizes: FloatArray, place: int) -> int:
    """The smaller of the two neighbours, the earlier where they are equal."""
    if place == 0:
        return 1
    if place == len(sizes) - 1:
        return place - 1
    return place - 1 if sizes[place - 1] <= sizes[place + 1] else place + 1


def _columns_cut(cells: Cells, least: float) -> Cells:
    """Last columns expected too rarely join the one before."""
    bound = least * np.ceil(len(cells.expected) * _RARE_ROWS)
    while cells.expected.shape[1] > 2 and cells.expected[:, -1].sum() < bound:
        cells = _column_joined(cells, cells.expected.shape[1] - 1)
    return cells


def _columns_dropped(cells: Cells) -> Cells:
    """Columns that hardly any row still has join the one before."""
    for place in range(cells.expected.shape[1] - 1, 0, -1):
        if len(cells.expected) and (cells.expected[:, place] > 0).mean() < _RARE_COLUMN:
            cells = _column_joined(cells, place)
    return cells


def _column_joined(cells: Cells, place: int) -> Cells:
    turned = Cells(observed=cells.observed.T, expected=cells.expected.T)
    turned = _merged(turned, place, place - 1)
    return Cells(observed=turned.observed.T, expected=turned.expected.T)


def _rows_merged(cells: Cells, least: float) -> Cells:
    """Rows with a cell that is still too rare join the neighbour that fewer persons are in."""
    while len(cells.expected) > 1:
        sparse = np.flatnonzero(((cells.expected < least) & (cells.expected > 0)).any(axis=1))
        if not len(sparse):
            break
        source = int(sparse[0])
        cells = _merged(cells, source, _neighbour(cells.observed.sum(axis=1), source))
    return cells

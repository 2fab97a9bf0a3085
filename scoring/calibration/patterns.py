"""The responses as matrices of zeros and ones: one block per group and form.

Persons of a group who had the same items are a block, so that work is proportional to what was administered.
An item that a whole block had needs no column for its category 0: the block's column of ones stands for all
of them. Where items lack at random and no form is shared by enough persons, the rest of a group is one block,
in which an item that some lack has a column for each category. Equal rows are collapsed where that pays.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import BoolArray, CodeArray, FloatArray, IntArray
from scoring.responses import MISSING, Responses

LEAST_ROWS = 100
"""A form that fewer persons had joins the mixed block."""

COLLAPSE_BELOW = 0.8
"""Equal rows are collapsed when the share that stays is below this."""

SAMPLE = 2000
"""So many rows without an equal pair, and collapsing is not tried."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """Persons of one group.

    ``codes`` of shape (n_rows, n_places) are the responses to the items at ``places``; ``weights`` of shape
    (n_rows,). ``design`` of shape (n_rows, 1 + n_columns): ones, then 1 where the row is in the column's
    cell. ``cells`` of shape (n_columns,); ``starts`` of shape (n_places,): each item's first column.
    ``everyone`` of shape (n_places,): whether all rows had the item, whose category 0 has then no column;
    ``firsts`` of shape (n_places,): the cells of category 0. ``against``: the columns of items that everyone
    had, and ``zeros`` the cells of category 0 of these.
    """

    group: int
    places: IntArray
    codes: CodeArray
    weights: FloatArray
    cells: IntArray
    starts: IntArray
    everyone: BoolArray
    firsts: IntArray
    against: IntArray
    zeros: IntArray
    design: NDArray[np.float32]

    @property
    def n_rows(self) -> int:
        """Rows, after equal ones have been collapsed."""
        return len(self.weights)


def make_blocks(responses: Responses, offsets: IntArray) -> tuple[Block, ...]:
    """The blocks of each group, in the order of groups and of their first person."""
    return tuple(
        _block(responses, rows, group, offsets)
        for group in range(len(responses.group_names))
        for rows in _forms(responses, np.flatnonzero(responses.groups == group))
    )


def n_rows(blocks: Sequence[Block]) -> int:
    """Rows of all blocks."""
    return sum(block.n_rows for block in blocks)


def thinned(blocks: Sequence[Block], most: int) -> tuple[Block, ...]:
    """At most about ``most`` rows of each block, evenly spread."""
    return tuple(_thinned(block, -(-block.n_rows // most)) for block in blocks)


def _thinned(block: Block, step: int) -> Block:
    return replace(
        block, codes=block.codes[::step], weights=block.weights[::step], design=block.design[::step]
    )


def _forms(responses: Responses, rows: IntArray) -> Generator[IntArray]:
    """The rows of each form, and last those of rare forms together."""
    if not len(rows):
        return
    had = responses.codes[rows] != MISSING
    if had.all():
        yield rows
        return
    form = _equal_rows(had)
    counts = np.bincount(form)
    own = counts >= LEAST_ROWS
    order = np.argsort(form, kind="stable")
    parts = np.split(order, np.cumsum(counts)[:-1])
    yield from (rows[part] for place, part in enumerate(parts) if own[place])
    if not own.all():
        yield rows[np.flatnonzero(~own[form])]


def _block(responses: Responses, rows: IntArray, group: int, offsets: IntArray) -> Block:
    codes = responses.codes[rows]
    had = codes != MISSING
    places = np.flatnonzero(had.any(axis=0))
    codes, weights = _collapsed(np.ascontiguousarray(codes[:, places]), responses.weights[rows])
    everyone = had[:, places].all(axis=0)
    columns = [
        (place, category)
        for place, item in enumerate(places)
        for category in range(1 if everyone[place] else 0, int(responses.categories[item]))
    ]
    at = np.array([place for place, _ in columns], dtype=np.int64)
    category = np.array([category for _, category in columns], dtype=np.int8)
    against = np.flatnonzero(everyone[at])
    return Block(
        group=group,
        places=places,
        codes=codes,
        weights=weights,
        cells=offsets[places[at]] + category,
        starts=np.searchsorted(at, np.arange(len(places))),
        everyone=everyone,
        firsts=offsets[places],
        against=against,
        zeros=offsets[places[at[against]]],
        design=_design(codes, at, category),
    )


def _design(codes: CodeArray, at: IntArray, category: CodeArray) -> NDArray[np.float32]:
    design = np.empty((len(codes), len(at) + 1), dtype=np.float32)
    design[:, 0] = 1.0
    simple = np.array_equal(at, np.arange(codes.shape[1]))
    # In slices of rows, so that no second matrix of this size stands beside it.
    for start in range(0, len(codes), 4096):
        part = codes[start : start + 4096]
        chosen = part if simple else part[:, at]
        np.equal(chosen, category, out=design[start : start + 4096, 1:], casting="unsafe")
    return design


def _collapsed(codes: CodeArray, weights: FloatArray) -> tuple[CodeArray, FloatArray]:
    if _equal_rows(codes[:SAMPLE]).max() == min(SAMPLE, len(codes)) - 1:
        return codes, weights
    number = _equal_rows(codes)
    count = int(number.max()) + 1
    if count > COLLAPSE_BELOW * len(codes):
        return codes, weights
    first = np.full(count, len(codes))
    np.minimum.at(first, number, np.arange(len(codes)))
    return codes[first], np.bincount(number, weights=weights).astype(np.float64, copy=False)


def _equal_rows(codes: CodeArray | BoolArray) -> IntArray:
    """A number for each row, the same for equal rows, in the order of first appearance; all different where
    the sums of their keys do not tell rows apart."""
    sums = codes.astype(np.float64) @ _keys(codes.shape[1])
    _, first, number = np.unique(sums, return_index=True, return_inverse=True)
    if not np.array_equal(codes[first[number]], codes):
        return np.arange(len(codes))
    rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")
    return rank[number]


def _keys(count: int) -> FloatArray:
    """Scattered integers below 2⁴⁰, so that sums of some thousand stay exact; SplitMix64, Steele, Lea & Flood
    (2014), OOPSLA."""
    z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z >> np.uint64(24)).astype(np.float64)

"""Persons of two groups side by side at equal scores: the tables that DIF is read from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.errors import MeasurementError
from scoring.responses import Responses

MIN_PERSONS = 50
"""Fewer persons in a group are not compared."""

REFERENCE, FOCAL = 0, 1


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemTable:
    """An item's answers by level of the matching score.

    ``counts`` of shape (n_levels, 2, categories): weights of the persons, reference group first. ``scores``
    of shape (n_levels,): the level's score, over several forms on the scale of the whole test. Levels that
    nobody is in are left out; those of different forms are different levels.
    """

    counts: FloatArray
    scores: FloatArray

    @property
    def both(self) -> "ItemTable":
        """The levels that both groups are in."""
        there = (self.counts.sum(axis=2) > 0).all(axis=1)
        return ItemTable(counts=self.counts[there], scores=self.scores[there])

    @property
    def seen(self) -> FloatArray:
        """``counts`` of the categories that anyone is in."""
        return self.counts[:, :, self.counts.sum(axis=(0, 1)) > 0]


def check_groups(focal: BoolArray) -> None:
    """Refuse groups that are too small to compare.

    Raises MeasurementError with code ``dif_one_group`` when one is empty, or ``dif_group_too_small`` (``n``,
    ``least``).
    """
    sizes = (int(np.count_nonzero(~focal)), int(np.count_nonzero(focal)))
    if min(sizes) == 0:
        raise MeasurementError("dif_one_group")
    if min(sizes) < MIN_PERSONS:
        raise MeasurementError("dif_group_too_small", n=min(sizes), least=MIN_PERSONS)


def check_items(responses: Responses) -> None:
    """Refuse items that say nothing about groups.

    Raises MeasurementError with code ``no_items``, ``item_without_answers`` (``item``) or ``constant_item``
    (``item``, ``category``).
    """
    if responses.n_items == 0:
        raise MeasurementError("no_items")
    for place, name in enumerate(responses.names):
        column = responses.codes[:, place]
        seen = np.unique(column[column >= 0])
        if len(seen) == 0:
            raise MeasurementError("item_without_answers", item=name)
        if len(seen) == 1:
            raise MeasurementError("constant_item", item=name, category=int(seen[0]))


def match(
    responses: Responses, focal: BoolArray, anchor: BoolArray | None = None, *, with_itself: bool = True
) -> tuple[ItemTable, ...]:
    """The table of each item. ``focal`` of shape (n_persons,); ``anchor`` of shape (n_items,), all unless
    given.

    The matching score is the sum of the anchor items' categories, with the studied item always among them, or
    never unless ``with_itself``: Holland & Thayer (1988), in Wainer & Braun, Test validity, ch. 9. Persons
    without the item are left out; persons with other sets of items match only among themselves.
    """
    forms, first = _forms(responses)
    had, steps = responses.administered[first], responses.categories - 1
    chosen = np.ones(responses.n_items, dtype=np.bool_) if anchor is None else anchor
    codes = np.where(responses.administered, responses.codes, 0)
    total = (codes * chosen).sum(axis=1, dtype=np.int64)
    # How often the item's own score is still to be added.
    missing = np.full(responses.n_items, int(with_itself)) - chosen
    tables: list[ItemTable] = []
    for place, extra in enumerate(missing):
        points = steps * chosen
        points[place] += extra * steps[place]
        # How many times the form's maximum goes into that of the whole test.
        scales = points.sum() / np.maximum(had @ points, 1)
        tables.append(_table(responses, focal, place, total + extra * codes[:, place], forms, scales))
    return tuple(tables)


def _forms(responses: Responses) -> tuple[IntArray, IntArray]:
    """Which form each person had, and the first person of each."""
    patterns = np.packbits(responses.administered, axis=1)
    _, first, inverse = np.unique(patterns, axis=0, return_index=True, return_inverse=True)
    return inverse.ravel().astype(np.int64), first.astype(np.int64)


def _table(
    responses: Responses, focal: BoolArray, place: int, score: IntArray, forms: IntArray, scales: FloatArray
) -> ItemTable:
    had = np.flatnonzero(responses.codes[:, place] >= 0)
    width = int(score.max(initial=0)) + 1
    key = forms[had] * width + score[had]
    levels, level = _compressed(key, len(scales) * width)
    categories = int(responses.categories[place])
    cell = (level * 2 + focal[had]) * categories + responses.codes[had, place]
    counts = np.bincount(cell, weights=responses.weights[had], minlength=len(levels) * 2 * categories)
    return ItemTable(
        counts=counts.astype(np.float64).reshape(len(levels), 2, categories),
        scores=(levels % width) * scales[levels // width],
    )


def _compressed(key: IntArray, size: int) -> tuple[IntArray, IntArray]:
    """The keys that occur, rising, and each key's place among them."""
    present = np.bincount(key, minlength=size) > 0
    return np.flatnonzero(present), (np.cumsum(present) - 1)[key]


def score_spreads(tables: Sequence[ItemTable]) -> FloatArray:
    """Standard deviation of each item's score over both groups, shape (n_items,)."""
    return np.array([_spread(table) for table in tables])


def _spread(table: ItemTable) -> float:
    counts = table.counts.sum(axis=(0, 1))
    n, scores = counts.sum(), np.arange(len(counts))
    if n == 0:
        return np.nan
    mean = counts @ scores / n
    return float(np.sqrt(counts @ (scores - mean) ** 2 / n))

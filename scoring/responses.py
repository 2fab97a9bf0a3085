"""The matrix of responses that everything is estimated from."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray, CodeArray, FloatArray, IntArray
from scoring.errors import MeasurementError

MAX_CATEGORIES = 100
MISSING = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Responses:
    """What every person gave to every item.

    ``codes`` of shape (n_persons, n_items): categories 0, 1, …, and −1 where the item was not administered.
    An omitted answer is not −1: it is wrong. ``categories`` of shape (n_items,): how many each item has, also
    those that nobody reached. ``weights`` of shape (n_persons,): how often each row counts, 1 unless given.
    ``groups`` of shape (n_persons,): each person's place in ``group_names``; all 0 unless given.
    """

    names: tuple[str, ...]
    codes: CodeArray
    categories: IntArray
    weights: FloatArray
    groups: IntArray
    group_names: tuple[str, ...] = ("",)

    @property
    def n_persons(self) -> int:
        """Rows."""
        return self.codes.shape[0]

    @property
    def n_items(self) -> int:
        """Columns."""
        return self.codes.shape[1]

    @property
    def administered(self) -> BoolArray:
        """Whether each person had each item, shape (n_persons, n_items)."""
        return self.codes != MISSING

    def of_items(self, places: list[int]) -> "Responses":
        """The same persons with these columns alone."""
        return Responses(
            names=tuple(self.names[place] for place in places),
            codes=np.ascontiguousarray(self.codes[:, places]),
            categories=self.categories[places],
            weights=self.weights,
            groups=self.groups,
            group_names=self.group_names,
        )

    def of_persons(self, rows: BoolArray | IntArray) -> "Responses":
        """The same items with these rows alone."""
        return Responses(
            names=self.names,
            codes=np.ascontiguousarray(self.codes[rows]),
            categories=self.categories,
            weights=self.weights[rows],
            groups=self.groups[rows],
            group_names=self.group_names,
        )


def make_responses(
    codes: CodeArray,
    *,
    names: tuple[str, ...] | None = None,
    categories: IntArray | None = None,
    weights: FloatArray | None = None,
    groups: IntArray | None = None,
    group_names: tuple[str, ...] = ("",),
) -> Responses:
    """The matrix with what is left out filled in: names "1", "2", …, as many categories as were seen (2 at
    least), weights 1, one group.

    Raises ValueError when shapes do not fit, a code is not of its item's categories, of which there are at
    most ``MAX_CATEGORIES``, a weight is not positive, or a group has no name.
    """
    if codes.ndim != 2 or (codes < MISSING).any() or (codes >= MAX_CATEGORIES).any():
        raise ValueError("codes must be persons by items, −1 or a category")
    n_persons, n_items = codes.shape
    seen = codes.max(axis=0, initial=1).astype(np.int64) + 1
    most = seen if categories is None else categories
    weight = np.ones(n_persons) if weights is None else weights
    group = np.zeros(n_persons, dtype=np.int64) if groups is None else groups
    labels = tuple(str(place) for place in range(1, n_items + 1)) if names is None else names
    if (len(labels), *most.shape, *weight.shape, *group.shape) != (n_items, n_items, n_persons, n_persons):
        raise ValueError("names and categories are one per item, weights and groups one per person")
    if (codes.max(axis=0, initial=0) >= most).any() or not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError("a code lies beyond its item's categories, or a weight is not positive")
    if n_persons and (group.min() < 0 or group.max() >= len(group_names)):
        raise ValueError("a group has no name")
    return Responses(
        names=labels, codes=codes.astype(np.int8, copy=False), categories=most, weights=weight, groups=group,
        group_names=group_names,
    )  # fmt: skip


def check_estimable(responses: Responses) -> None:
    """Refuse what no model can be fitted to.

    Raises MeasurementError with code ``no_items``, ``one_person`` (fewer than two), ``item_without_answers``
    or ``constant_item`` (``item``, and the ``category`` all are in), ``empty_category`` (``item``,
    ``category``), or ``person_without_answers`` (``row``, counted from 1).
    """
    if responses.n_items == 0:
        raise MeasurementError("no_items")
    if responses.n_persons < 2:
        raise MeasurementError("one_person", n=responses.n_persons)
    columns = np.ascontiguousarray(responses.codes.T)
    for place, name in enumerate(responses.names):
        column = columns[place]
        counts = np.bincount(column[column != MISSING], minlength=int(responses.categories[place]))
        if counts.sum() == 0:
            raise MeasurementError("item_without_answers", item=name)
        if np.count_nonzero(counts) == 1:
            raise MeasurementError("constant_item", item=name, category=int(counts.argmax()))
        if (counts == 0).any():
            raise MeasurementError("empty_category", item=name, category=int(counts.argmin()))
    empty = np.flatnonzero(~responses.administered.any(axis=1))
    if len(empty):
        raise MeasurementError("person_without_answers", row=int(empty[0]) + 1)

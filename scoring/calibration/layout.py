"""Which parameters are free, and where they stand in the one vector that is maximised over.

The items come in batches of the same family and number of categories. A category of an item is a cell; the
cells of all items are numbered through, item after item.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.calibration.families import ASYMPTOTIC, FAMILIES, GRADED, NOMINAL, Curves, Family
from scoring.errors import MeasurementError
from scoring.items import Item, Model
from scoring.responses import Responses

FIXED = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """Items of one family with the same number of categories.

    ``places`` of shape (n,): their columns. ``cells`` of shape (n, categories). ``index`` of shape (n,
    n_parameters): where a parameter stands among the free ones, −1 where it is fixed, at ``fixed``.
    """

    family: Family
    places: IntArray
    cells: IntArray
    index: IntArray
    fixed: FloatArray

    @property
    def categories(self) -> int:
        """How many categories each item has."""
        return self.cells.shape[1]

    def parameters(self, free: FloatArray) -> FloatArray:
        """All parameters, shape (n, n_parameters)."""
        return np.where(self.index >= 0, free[self.index], self.fixed)

    def curves(self, free: FloatArray, theta: FloatArray) -> Curves:
        """Log probabilities and their derivatives."""
        return self.family.curves(self.parameters(free), theta, self.categories)


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """All items. ``offsets`` of shape (n_items + 1,): each item's first cell. ``n_free``: free parameters of
    items. ``shared``: those that several items share. ``anchored`` of shape (n_items,)."""

    names: tuple[str, ...]
    models: tuple[Model, ...]
    batches: tuple[Batch, ...]
    offsets: IntArray
    labels: tuple[str, ...]
    shared: BoolArray
    anchored: BoolArray

    @property
    def n_free(self) -> int:
        """How many parameters of items are free."""
        return len(self.labels)

    @property
    def n_cells(self) -> int:
        """Categories of all items together."""
        return int(self.offsets[-1])

    @property
    def exponential(self) -> bool:
        """Whether all items are of exponential families."""
        return all(batch.family.exponential for batch in self.batches)

    def cells(self, values: Sequence[FloatArray]) -> FloatArray:
        """What is of each batch, shape (n, categories, n_nodes), as of all cells, shape (n_cells,
        n_nodes)."""
        table = np.empty((self.n_cells, values[0].shape[2]))
        for batch, some in zip(self.batches, values, strict=True):
            table[batch.cells] = some
        return table

    def feasible(self, free: FloatArray) -> bool:
        """Whether every item's parameters are of its model."""
        return all(bool(batch.family.feasible(batch.parameters(free)).all()) for batch in self.batches)


@dataclass(frozen=True, kw_only=True)
class _Row:
    """An item's parameters: the label of each free one, and the value of each fixed one."""

    labels: tuple[str | None, ...]
    fixed: tuple[float, ...]


def make_layout(responses: Responses, models: Sequence[Model], anchors: Mapping[int, Item]) -> Layout:
    """Number the free parameters, item after item.

    Raises MeasurementError with code ``model_needs_two_categories`` (``item``, ``model``) and
    ``anchor_mismatch`` (``item``) when an anchor has another number of categories or another family.
    """
    rows = [
        _anchored_row(responses, place, models[place], anchors[place])
        if place in anchors
        else _row(responses, place, models[place])
        for place in range(responses.n_items)
    ]
    numbers: dict[str, int] = {}
    index = [[_number(label, numbers) for label in row.labels] for row in rows]
    counts = np.bincount([number for item in index for number in item if number >= 0], minlength=len(numbers))
    offsets = np.concatenate([[0], np.cumsum(responses.categories)]).astype(np.int64)
    return Layout(
        names=responses.names,
        models=tuple(models),
        batches=_batches(responses, models, rows, index, offsets),
        offsets=offsets,
        labels=tuple(numbers),
        shared=counts > 1,
        anchored=np.array([place in anchors for place in range(responses.n_items)], dtype=bool),
    )


def _number(label: str | None, numbers: dict[str, int]) -> int:
    return FIXED if label is None else numbers.setdefault(label, len(numbers))


def _batches(
    responses: Responses,
    models: Sequence[Model],
    rows: Sequence[_Row],
    index: Sequence[Sequence[int]],
    offsets: IntArray,
) -> tuple[Batch, ...]:
    members: dict[tuple[int, int], list[int]] = {}
    families = list(dict.fromkeys(FAMILIES.values()))
    for place, model in enumerate(models):
        key = (families.index(FAMILIES[model]), int(responses.categories[place]))
        members.setdefault(key, []).append(place)
    return tuple(
        Batch(
            family=families[family],
            places=np.array(places, dtype=np.int64),
            cells=offsets[places][:, None] + np.arange(categories),
            index=np.array([index[place] for place in places], dtype=np.int64),
            fixed=np.array([rows[place].fixed for place in places], dtype=np.float64),
        )
        for (family, categories), places in members.items()
    )


def _row(responses: Responses, place: int, model: Model) -> _Row:
    categories = int(responses.categories[place])
    name = responses.names[place]
    family = FAMILIES[model]
    if categories != 2 and family not in (GRADED, NOMINAL) and model not in ("gpcm", "pcm"):
        raise MeasurementError("model_needs_two_categories", item=name, model=model)
    steps = [
        f"{name}:intercept{step}" if categories > 2 else f"{name}:intercept" for step in range(1, categories)
    ]
    if model == "nominal":
        slopes = [f"{name}:slope{step}" for step in range(1, categories)]
        return _Row(labels=(*slopes, *steps), fixed=(0.0,) * (2 * (categories - 1)))
    slope = {"rasch": None, "pcm": None, "1pl": "1pl:slope"}.get(model, f"{name}:slope")
    if family is not ASYMPTOTIC:
        return _Row(labels=(slope, *steps), fixed=(1.0,) * categories)
    upper = f"{name}:upper_logit" if model == "4pl" else None
    return _Row(labels=(slope, *steps, f"{name}:lower_logit", upper), fixed=(1.0, 0.0, 0.0, np.inf))


def _anchored_row(responses: Responses, place: int, model: Model, anchor: Item) -> _Row:
    if anchor.categories != responses.categories[place] or FAMILIES[anchor.model] is not FAMILIES[model]:
        raise MeasurementError("anchor_mismatch", item=responses.names[place])
    fixed = _values(anchor)
    return _Row(labels=(None,) * len(fixed), fixed=fixed)


def _values(item: Item) -> tuple[float, ...]:
    """An item's parameters in its family's order."""
    intercepts = tuple(float(value) for value in item.intercepts)
    if item.category_slopes is not None:
        return (*(float(value) for value in item.category_slopes), *intercepts)
    if FAMILIES[item.model] is ASYMPTOTIC:
        return (item.slope, *intercepts, float(logit(item.lower)), float(logit(item.upper)))
    return (item.slope, *intercepts)

"""How likely each response is to come from each person, when everyone works alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray, IntArray
from scoring.errors import MeasurementError
from scoring.items import Item, trace

NOT_ADMINISTERED = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Chances:
    """Probabilities of every response of every item, one item's beside the next's.

    ``p`` of shape (n_persons, n_slots); ``first`` of shape (n_items + 1,): where each item's responses begin,
    and the end.
    """

    p: FloatArray
    first: IntArray

    @property
    def n_items(self) -> int:
        """How many items."""
        return len(self.first) - 1

    def of_persons(self, rows: IntArray) -> "Chances":
        """The same items for these persons."""
        return Chances(p=self.p[rows], first=self.first)


def model_chances(items: Sequence[Item], theta: FloatArray) -> Chances:
    """Chances by the items' models: of the options where an item is nominal, of right and wrong where it is
    dichotomous; θ of shape (n_persons,)."""
    return _side_by_side([trace(item, theta) for item in items])


def option_chances(
    items: Sequence[Item], theta: FloatArray, counts: Sequence[IntArray], categories: Sequence[IntArray]
) -> Chances:
    """Chances of the very responses where the models speak of categories alone.

    P(response | θ) = P(category | θ) · share of the response among those of its category: the nested logit
    model of Suh & Bolt (2010), Psychometrika 75, 454–473, whose distractors do not depend on θ. ``counts`` of
    each item, shape (n_responses,): how often each response was given by all; ``categories`` of each item,
    same shape: the category it is scored in. Raises MeasurementError with code ``category_beyond_item``
    (``item``) when the item's model has no such category.
    """
    return _side_by_side(
        [
            _split(item, theta, given, category)
            for item, given, category in zip(items, counts, categories, strict=True)
        ]
    )


def indicators(codes: IntArray, first: IntArray) -> FloatArray:
    """1 where a person gave a response, shape (n_persons, n_slots); ``codes`` of shape (n_persons, n_items),
    −1 not administered.

    Raises ValueError when a code lies beyond its item's responses.
    """
    if codes.shape[1] != len(first) - 1 or (codes >= np.diff(first)).any() or (codes < -1).any():
        raise ValueError("codes must be persons by items, −1 or a response of the item")
    out = np.zeros((len(codes), int(first[-1])))
    rows, columns = np.nonzero(codes != NOT_ADMINISTERED)
    out[rows, first[columns] + codes[rows, columns]] = 1.0
    return out


def _side_by_side(parts: Sequence[FloatArray]) -> Chances:
    first = np.cumsum([0, *(part.shape[1] for part in parts)])
    return Chances(p=np.hstack(parts), first=first)


def _split(item: Item, theta: FloatArray, counts: IntArray, categories: IntArray) -> FloatArray:
    if len(categories) and categories.max() >= item.categories:
        raise MeasurementError("category_beyond_item", item=item.name)
    whole = np.bincount(categories, weights=counts, minlength=item.categories)[categories]
    share = np.divide(counts, whole, out=np.zeros(len(counts)), where=whole > 0)
    return trace(item, theta)[:, categories] * share

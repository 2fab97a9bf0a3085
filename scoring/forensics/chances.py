"""How likely each response is to come from each person, when everyone works alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray, IntArray
from scoring.errors import MeasurementError
from scoring.items import Item, trace
from scoring.options import FIFTHS

NOT_ADMINISTERED = -1

PRIOR_ANSWERS = 20
"""How many answers like those of all candidates are added to each fifth's: about as many as a fifth of
100 candidates are."""


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


def option_shares(
    codes: Sequence[IntArray], categories: Sequence[IntArray], fifth: IntArray
) -> tuple[FloatArray, ...]:
    """The share of each response among those of its category, of each item, shape (5, n_responses): in each
    fifth of ability, drawn towards that of all candidates as though ``PRIOR_ANSWERS`` more had answered like
    them (a Dirichlet prior).

    ``codes`` of each item, shape (n_persons,): the response, −1 not administered; ``categories`` of each
    item, shape (n_responses,): the category each response is scored in; ``fifth`` of shape (n_persons,).
    Responses of a category that nobody reached are equally likely.
    """
    return tuple(_shares(column, category, fifth) for column, category in zip(codes, categories, strict=True))


def option_chances(
    items: Sequence[Item],
    theta: FloatArray,
    fifth: IntArray,
    shares: Sequence[FloatArray],
    categories: Sequence[IntArray],
) -> Chances:
    """Chances of the very responses where the models speak of categories alone: P(response | θ) = P(its
    category | θ) · its share among the responses of its category, as in the nested logit models of Suh & Bolt
    (2010), Psychometrika 75, 454–473, with shares by fifths in place of a logit.

    ``theta`` and ``fifth`` of shape (n_persons,); ``shares`` and ``categories`` of each item, as of
    ``option_shares``. Raises MeasurementError with code ``category_beyond_item`` (``item``) when an item's
    model lacks a category.
    """
    parts = zip(items, shares, categories, strict=True)
    return _side_by_side([_split(item, theta, share[fifth], category) for item, share, category in parts])


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


def _shares(codes: IntArray, categories: IntArray, fifth: IntArray) -> FloatArray:
    n = len(categories)
    had = codes != NOT_ADMINISTERED
    counts = np.bincount(fifth[had] * n + codes[had], minlength=FIFTHS * n).reshape(FIFTHS, n)
    same = (categories[:, None] == categories[None, :]).astype(np.float64)
    whole = counts.sum(axis=0)
    of_category = whole @ same
    reached = of_category > 0
    overall = np.divide(whole, of_category, out=1 / same.sum(axis=0), where=reached)
    return (counts + PRIOR_ANSWERS * overall) / (counts @ same + PRIOR_ANSWERS)


def _split(item: Item, theta: FloatArray, share: FloatArray, categories: IntArray) -> FloatArray:
    if categories.max(initial=0) >= item.categories:
        raise MeasurementError("category_beyond_item", item=item.name)
    return trace(item, theta)[:, categories] * share

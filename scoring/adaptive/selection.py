"""Choosing the next item for many students at once, under content balance and exposure control."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray

NONE = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Content:
    """``areas``: each item's content area, shape (n_items,), counted from 0; ``shares``: what part of a test
    each area is to have, shape (n_areas,), summing to 1."""

    areas: IntArray
    shares: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Exposure:
    """``parameters`` of Sympson and Hetter: with what probability each item is given once it is selected,
    shape (n_items,). ``best_of``: the item is drawn from so many of the best."""

    parameters: FloatArray | None = None
    best_of: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Selection:
    """``items`` of shape (n_students,), −1 where nothing was left; ``passed_over`` of shape (n_students,
    n_items): selected, but not given for the sake of exposure."""

    items: IntArray
    passed_over: BoolArray


def select(
    merit: FloatArray,
    available: BoolArray,
    exposure: Exposure,
    rng: np.random.Generator,
) -> Selection:
    """The item of the highest ``merit`` for each student, both arrays of shape (n_students, n_items).

    Sympson & Hetter (1985), Proc. 27th Military Testing Association, 973–977: an item that was selected is
    given with its probability, else the next best is; when all are passed over, the best is given.
    Randomesque: Kingsbury & Zara (1989), Appl. Meas. Educ. 2, 359–375: one of the ``best_of`` best, each as
    likely.
    """
    # An item for which a rule has no value, such as one without a difficulty, comes last.
    worth = np.where(available, np.nan_to_num(merit, nan=-np.finfo(np.float64).max), -np.inf)
    if exposure.best_of > 1:
        worth = _shuffled_top(worth, exposure.best_of, rng)
    chosen, rows = worth.argmax(axis=1), np.arange(len(worth))
    passed_over = np.zeros(worth.shape, dtype=np.bool_)
    if exposure.parameters is not None:
        given = available & (rng.random(worth.shape) < exposure.parameters)
        lucky = np.where(given, worth, -np.inf).argmax(axis=1)
        chosen = np.where(given.any(axis=1), lucky, chosen)
        passed_over = available & ~given & (worth > worth[rows, chosen][:, None])
    return Selection(items=np.where(available.any(axis=1), chosen, NONE), passed_over=passed_over & available)


def within_content(available: BoolArray, given: BoolArray, content: Content) -> BoolArray:
    """Of the ``available`` items those of the area that lags farthest behind its share, among the areas that
    have any left; all arrays of shape (n_students, n_items), ``given`` being what each had. Kingsbury & Zara
    (1989)."""
    members = (content.areas[:, None] == np.arange(len(content.shares))).astype(np.float64)
    counts = given @ members
    lag = content.shares - counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    lag[(available @ members) == 0] = -np.inf
    return available & (content.areas == lag.argmax(axis=1)[:, None])


def _shuffled_top(worth: FloatArray, best_of: int, rng: np.random.Generator) -> FloatArray:
    """One of the best of each row, drawn at random, raised above the rest."""
    most = min(best_of, worth.shape[1])
    top = np.argpartition(-worth, most - 1, axis=1)[:, :most]
    usable = np.take_along_axis(worth, top, axis=1) > -np.inf
    place = np.where(usable, rng.random(top.shape), -1.0).argmax(axis=1)
    rows = np.flatnonzero(usable.any(axis=1))
    out = worth.copy()
    out[rows, top[rows, place[rows]]] = np.inf
    return out

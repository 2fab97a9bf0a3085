"""The models that say how likely each answer is, and each candidate's ability on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from scoring.ability import map_
from scoring.arrays import FloatArray, IntArray
from scoring.calibration import calibrate
from scoring.forensics.chances import NOT_ADMINISTERED
from scoring.items import Item, Model
from scoring.responses import make_responses

PRIOR_SD = 5**0.5
"""Of θ, as CopyDetect has it: wide, so that it draws little, and θ of a perfect sheet is finite."""

_DECIMALS = 8

MIN_N_SLOPES = 500
"""From here on items get slopes of their own: de Ayala (2009), The Theory and Practice of Item Response
Theory, ch. 5; with fewer all have the same."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """Items in the order of the columns, and θ of every candidate, shape (n,)."""

    items: tuple[Item, ...]
    theta: FloatArray


def ability_on(items: Sequence[Item], categories: IntArray) -> FloatArray:
    """θ of every candidate, the mode of the posterior; ``categories`` of shape (n, n_items), −1 not
    administered. Raises what ``map_`` raises."""
    responses = make_responses(
        categories.astype(np.int8),
        names=tuple(item.name for item in items),
        categories=np.array([item.categories for item in items], dtype=np.int64),
    )
    # Sheets that tell the same of θ have the same, whatever sums round to: they belong in one fifth.
    return np.round(map_(items, responses, 0.0, PRIOR_SD).theta, _DECIMALS)


def fit_right_and_wrong(names: Sequence[str], right: IntArray) -> Fitted:
    """Items calibrated on 1 for right and 0 for wrong, −1 not administered; ``right`` of shape (n, n_items).

    An item that all had right, or all wrong, cannot be calibrated and has the same chance for everyone.
    """
    varies = [len(np.unique(column[column != NOT_ADMINISTERED])) == 2 for column in right.T]
    varied = [name for name, varying in zip(names, varies, strict=True) if varying]
    found = iter(_calibrated(varied, right[:, np.array(varies, dtype=np.bool_)]))
    items = tuple(
        next(found) if varies[place] else _flat(name, right[:, place]) for place, name in enumerate(names)
    )
    return Fitted(items=items, theta=ability_on(items, right))


def _calibrated(names: Sequence[str], right: IntArray) -> tuple[Item, ...]:
    answered = right[(right != NOT_ADMINISTERED).any(axis=1)]
    if not names:
        return ()
    model: Model = "2pl" if len(answered) >= MIN_N_SLOPES else "rasch"
    models: list[Model] = [model] * len(names)
    return calibrate(make_responses(answered.astype(np.int8), names=tuple(names)), models).items


def _flat(name: str, right: IntArray) -> Item:
    known = right[right != NOT_ADMINISTERED]
    share = (known.sum() + 0.5) / (len(known) + 1)
    return Item(name=name, model="2pl", slope=0.0, intercepts=np.array([float(logit(share))]))

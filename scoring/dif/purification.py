"""Matching on items without DIF alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from scoring.arrays import BoolArray

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True, eq=False)
class Purified(Generic[Found]):
    """``result`` of the last round, and the items it matched on (``anchor``, shape (n_items,)).

    ``settled``: whether the same items were flagged twice. ``rounds``: how often the items were changed.
    """

    result: Found
    anchor: BoolArray
    rounds: int
    settled: bool


def purified(
    analysis: Callable[[BoolArray], Found],
    flags: Callable[[Found], BoolArray],
    n_items: int,
    most_rounds: int = 10,
) -> Purified[Found]:
    """Analyse, take what was flagged out of the matching score, and again until the flags stay the same:
    Candell & Drasgow (1988), APM 12, 253–260; Magis et al. (2010), Behav. Res. Methods 42, 847–862.

    ``analysis`` of the items to match on; ``flags`` of its result, shape (n_items,). When every item is
    flagged the last matching stands, not settled.
    """
    anchor = np.ones(n_items, dtype=np.bool_)
    result = analysis(anchor)
    for done in range(most_rounds):
        clean = ~flags(result)
        if (clean == anchor).all() or not clean.any():
            return Purified(result=result, anchor=anchor, rounds=done, settled=bool(clean.any()))
        anchor = clean
        result = analysis(anchor)
    settled = bool((~flags(result) == anchor).all())
    return Purified(result=result, anchor=anchor, rounds=most_rounds, settled=settled)

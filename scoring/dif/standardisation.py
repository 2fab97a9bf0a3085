"""DIF as a difference of mean scores at equal matching scores."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray, FloatArray
from scoring.dif.categories import Category
from scoring.dif.matching import ItemTable, check_groups, match
from scoring.responses import Responses

MODERATE, LARGE = 0.05, 0.10


@dataclass(frozen=True, kw_only=True, eq=False)
class Standardisation:
    """``difference``, shape (n_items,): the focal group's mean share of the item's points less the reference
    group's, −1 to 1; negative where the item favours the reference group. NaN where not defined."""

    difference: FloatArray
    category: tuple[Category | None, ...]


def standardisation(
    responses: Responses, focal: BoolArray, anchor: BoolArray | None = None
) -> Standardisation:
    """STD P-DIF = Σ n_fs (P_fs − P_rs) / Σ n_fs: Dorans & Kulick (1986), J. Educ. Meas. 23, eq. 4; of items
    with more categories the mean share of points. Letters: A below 0.05, C from 0.10 on: Dorans & Holland
    (1993), in Holland & Wainer, Differential item functioning, ch. 3; no test goes with them.

    Arguments and errors as of ``mantel_haenszel``.
    """
    check_groups(focal)
    tables = match(responses, focal, anchor)
    difference = np.array([mean_difference(table) / (table.counts.shape[2] - 1) for table in tables])
    return Standardisation(
        difference=difference, category=tuple(_letter(abs(float(one))) for one in difference)
    )


def mean_difference(table: ItemTable) -> float:
    """The focal group's mean score less the reference group's, at the levels that have both, weighted by the
    focal group."""
    counts = table.both.counts
    n = counts.sum(axis=2)
    if not len(n):
        return float("nan")
    means = counts @ np.arange(counts.shape[2]) / n
    return float(np.sum(n[:, 1] * (means[:, 1] - means[:, 0])) / n[:, 1].sum())


def _letter(size: float) -> Category | None:
    if np.isnan(size):
        return None
    return "C" if size >= LARGE else "B" if size >= MODERATE else "A"

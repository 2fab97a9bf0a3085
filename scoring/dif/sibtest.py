"""DIF at equal true scores: SIBTEST."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from scoring.arrays import BoolArray, FloatArray
from scoring.dif.categories import Category, by_size
from scoring.dif.matching import FOCAL, REFERENCE, ItemTable, check_groups, match
from scoring.errors import MeasurementError
from scoring.responses import Responses

FEWEST = 5
"""Levels count where each group has more persons than that."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sibtest:
    """One entry per item, NaN or None where no level counts. ``beta``: the reference group's mean score less
    the focal group's at equal true scores, positive where the item favours the reference group."""

    beta: FloatArray
    se: FloatArray
    p: FloatArray
    category: tuple[Category | None, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Side:
    """A group at each level, shape (n_levels,): persons, mean and variance of the item's score, and the true
    score that the level stands for."""

    n: FloatArray
    mean: FloatArray
    variance: FloatArray
    true: FloatArray


def sibtest(responses: Responses, focal: BoolArray, anchor: BoolArray | None = None) -> Sibtest:
    """β = Σ p_k (Y*_Rk − Y*_Fk), Y* the item's mean score at level k of the other items, moved along its
    slope to the true score in the middle of both groups': Shealy & Stout (1993), Psychometrika 58, 159–194;
    more categories: Chang, Mazzeo & Roussos (1996), J. Educ. Meas. 33, 333–353. Letters of β over the item's
    points: A below 0.059, C from 0.088 on: Roussos & Stout (1996), J. Educ. Meas. 33, 215–230.

    ``anchor`` of shape (n_items,): the items matched on, all others unless given. Over persons who had every
    item. Raises what ``check_groups`` raises of them, and MeasurementError with ``dif_no_anchor`` with fewer
    than two items to match any item on.
    """
    whole = responses.administered.all(axis=1)
    responses, focal = responses.of_persons(np.flatnonzero(whole)), focal[whole]
    check_groups(focal)
    anchors = np.ones(responses.n_items, dtype=np.bool_) if anchor is None else anchor
    if np.count_nonzero(anchors) < 3:
        raise MeasurementError("dif_no_anchor")
    tables = match(responses, focal, anchors, with_itself=False)
    groups = [responses.of_persons(np.flatnonzero(focal == side)) for side in (False, True)]
    alphas = [_alphas(group, anchors) for group in groups]
    figures = np.array(
        [_beta(table, alphas[REFERENCE][place], alphas[FOCAL][place]) for place, table in enumerate(tables)]
    )
    beta, se = figures[:, 0], figures[:, 1]
    p = 2.0 * ndtr(-np.abs(beta) / se)
    category = by_size(np.abs(beta) / (responses.categories - 1), 0.059, 0.088, p)
    return Sibtest(beta=beta, se=se, p=p, category=category)


def _alphas(group: Responses, anchor: BoolArray) -> FloatArray:
    """Coefficient alpha of the anchors without each item, shape (n_items,): Cronbach (1951), Psychometrika
    16, eq. 2."""
    covariance = np.cov(group.codes, rowvar=False, aweights=group.weights)
    own = np.diag(covariance) * anchor
    with_anchors = covariance @ anchor
    k = anchor.sum() - anchor
    trace = own.sum() - own
    total = anchor @ with_anchors - anchor * (2.0 * with_anchors - own)
    return k / (k - 1.0) * (1.0 - trace / total)


def _beta(table: ItemTable, reference_alpha: float, focal_alpha: float) -> tuple[float, float]:
    reference, focal = _side(table, REFERENCE, reference_alpha), _side(table, FOCAL, focal_alpha)
    inner = np.arange(len(table.scores))[1:-1]
    large = (reference.n > FEWEST) & (focal.n > FEWEST) & (reference.variance > 0) & (focal.variance > 0)
    levels = inner[large[1:-1]]
    if not len(levels):
        return np.nan, np.nan
    share = (reference.n + focal.n)[levels]
    share = share / share.sum()
    middle = (reference.true + focal.true) / 2.0
    gap = _moved(reference, middle, levels) - _moved(focal, middle, levels)
    spread = (reference.variance / reference.n)[levels] + (focal.variance / focal.n)[levels]
    return float(share @ gap), float(np.sqrt(share**2 @ spread))


def _side(table: ItemTable, group: int, alpha: float) -> _Side:
    counts = table.counts[:, group]
    n, scores = counts.sum(axis=1), np.arange(counts.shape[1])
    some = np.where(n > 0, n, 1.0)
    mean = counts @ scores / some
    squares = counts @ scores**2 - n * mean**2
    whole = n @ table.scores / n.sum()
    return _Side(
        n=np.where(n > 0, n, np.nan),
        mean=np.where(n > 0, mean, np.nan),
        variance=np.where(n > 1, squares / np.where(n > 1, n - 1.0, 1.0), 0.0),
        true=whole + alpha * (table.scores - whole),
    )


def _moved(side: _Side, middle: FloatArray, levels: np.ndarray) -> FloatArray:
    """The item's mean at each level, moved from the group's own true score to the common one along the line
    through the nearest levels on both sides that the group is in."""
    there = np.flatnonzero(np.isfinite(side.n))
    at = np.searchsorted(there, levels)
    before, after = there[np.maximum(at - 1, 0)], there[np.minimum(at + 1, len(there) - 1)]
    slope = (side.mean[after] - side.mean[before]) / (side.true[after] - side.true[before])
    return side.mean[levels] + slope * (middle[levels] - side.true[levels])

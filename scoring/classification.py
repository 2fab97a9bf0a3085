"""How surely candidates are put on the right side of cut scores.

Accuracy is the chance that a candidate is put where the true ability belongs; consistency, that a second,
parallel test puts the candidate where the first did. With cuts κ_1 < κ_2 < … there is one category more than
cuts; a score at a cut is in the category above it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from scoring.ability.sum_scores import score_probabilities
from scoring.arrays import FloatArray, IntArray
from scoring.errors import MeasurementError
from scoring.items import Item, expected_score
from scoring.quadrature import Nodes


@dataclass(frozen=True, kw_only=True, eq=False)
class Classification:
    """``accuracy`` and ``consistency``, 0 to 1, of the whole group. ``joint[i, j]``: the share that belongs
    in category i and is put in j, shape (n_categories, n_categories), summing to 1. ``kappa``: consistency
    beyond chance, Cohen (1960), EPM 20, 37–46; NaN where all are put in one category. ``false_above`` and
    ``false_below``: the shares put higher, and lower, than they belong."""

    accuracy: float
    consistency: float
    kappa: float
    false_above: float
    false_below: float
    joint: FloatArray


@dataclass(frozen=True, kw_only=True)
class LinkingError:
    """The line θ* = ``slope`` θ + ``intercept`` to the scale of the cuts, and the variances of its
    coefficients."""

    slope: float
    intercept: float
    slope_variance: float
    intercept_variance: float
    covariance: float


def classify_estimates(
    theta: FloatArray,
    se: FloatArray,
    cuts: FloatArray,
    *,
    weights: FloatArray | None = None,
    linking: LinkingError | None = None,
) -> Classification:
    """From estimates of ability with standard errors, arrays of shape (n_persons,), and ``cuts`` on θ.

    The true ability is taken to be normal around the estimate: Rudner (2001), Practical Assessment, Research
    & Evaluation 7(14); Rudner (2005), PARE 10(13). Consistency is Σ_k chance_k², that of two tests with this
    error at this ability, as Lee (2010), JEM 47, 1–17, has it. With ``linking`` the abilities are first put
    on the scale of the cuts, and the errors of the line are added: Var(θ*) = A² se² + θ² Var(A) + Var(B) + 2
    θ Cov(A, B).

    Raises MeasurementError with code ``cuts_not_rising`` or ``no_abilities``.
    """
    _check_cuts(cuts)
    known = np.isfinite(theta) & np.isfinite(se)
    share = np.ones(len(theta)) if weights is None else weights
    if not (known & (share > 0)).any():
        raise MeasurementError("no_abilities")
    place, error = (theta[known], se[known]) if linking is None else _linked(theta[known], se[known], linking)
    with np.errstate(divide="ignore"):
        below = ndtr(_standard(cuts[None, :] - place[:, None], error[:, None]))
    chances = np.diff(below, axis=1, prepend=0.0, append=1.0)
    put = np.searchsorted(cuts, place, side="right")
    return _classified(_joint(put, chances, share[known]).T, chances, share[known])


def classify_scores(
    items: Sequence[Item],
    nodes: Nodes,
    weights: FloatArray,
    cuts: FloatArray,
    points: Sequence[IntArray] | None = None,
) -> Classification:
    """From the items alone, for a group whose ``weights`` at the nodes, shape (n_nodes,), sum to 1: who
    scores what given θ comes from the recursion of Lord and Wingersky, and a candidate belongs where the
    expected score is. ``cuts`` are sum scores: the least score of each category above the lowest. Lee (2010),
    JEM 47, 1–17, the distribution method; ``points`` as in ``score_probabilities``. Who belongs where is
    decided node by node, so that accuracy needs nodes some hundredths apart.

    Raises MeasurementError with code ``cuts_not_rising``.
    """
    _check_cuts(cuts)
    given = score_probabilities(items, nodes.theta, points)
    put = np.searchsorted(cuts, np.arange(given.shape[1]), side="right")
    chances = np.stack([given[:, put == k].sum(axis=1) for k in range(len(cuts) + 1)], axis=1)
    worth = [np.arange(item.categories) for item in items] if points is None else points
    true = np.sum(
        [expected_score(item, nodes.theta, np.asarray(value, dtype=np.float64))
         for item, value in zip(items, worth, strict=True)], axis=0
    )  # fmt: skip
    belongs = np.searchsorted(cuts, true, side="right")
    return _classified(_joint(belongs, chances, weights), chances, weights)


def _check_cuts(cuts: FloatArray) -> None:
    if len(cuts) == 0 or not np.isfinite(cuts).all() or (np.diff(cuts) <= 0).any():
        raise MeasurementError("cuts_not_rising")


def _linked(theta: FloatArray, se: FloatArray, line: LinkingError) -> tuple[FloatArray, FloatArray]:
    variance = (
        line.slope**2 * se**2
        + theta**2 * line.slope_variance
        + line.intercept_variance
        + 2.0 * theta * line.covariance
    )
    return line.slope * theta + line.intercept, np.sqrt(np.maximum(variance, 0.0))


def _standard(distance: FloatArray, error: FloatArray) -> FloatArray:
    """distance / error; without error all of it is on one side, at the cut above it."""
    sure = np.where(distance > 0, np.inf, -np.inf)
    return np.where(error > 0, distance / np.where(error > 0, error, 1.0), sure)


def _joint(known: IntArray, chances: FloatArray, weights: FloatArray) -> FloatArray:
    """The shares with each known category (row) and uncertain one (column); ``chances`` of shape (n,
    n_categories), the others (n,)."""
    found = np.zeros((chances.shape[1], chances.shape[1]))
    np.add.at(found, known, (weights / weights.sum())[:, None] * chances)
    return found


def _classified(joint: FloatArray, chances: FloatArray, weights: FloatArray) -> Classification:
    """``joint`` with the category of belonging as rows and the one put in as columns."""
    share = weights / weights.sum()
    consistency = float(share @ np.sum(chances**2, axis=1))
    by_chance = float(np.sum((share @ chances) ** 2))
    return Classification(
        accuracy=float(np.trace(joint)),
        consistency=consistency,
        kappa=(consistency - by_chance) / (1.0 - by_chance) if by_chance < 1.0 - 1e-15 else float("nan"),
        false_above=float(np.triu(joint, 1).sum()),
        false_below=float(np.tril(joint, -1).sum()),
        joint=joint,
    )

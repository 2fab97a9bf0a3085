"""How precisely a test measures: information, standard errors on the reported scale, reliability."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.ability import Ability, score_probabilities
from scoring.ability.curvature import curvature
from scoring.arrays import FloatArray, IntArray
from scoring.items import Item, expected_score, traces
from scoring.quadrature import Nodes


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoreErrors:
    """At each θ the expected reported score and its standard error of measurement, of shape (n_thetas,)."""

    expected: FloatArray
    csem: FloatArray


def item_information(item: Item, theta: FloatArray) -> FloatArray:
    """I(θ) = Σ_k P'_k² / P_k, shape (n_thetas,); Samejima (1969), Psychometrika Monograph 17; for two
    categories Birnbaum (1968), in Lord & Novick, eq. 20.2.2."""
    return curvature(item, theta).information


def test_information(items: Sequence[Item], theta: FloatArray) -> FloatArray:
    """The sum over the items, shape (n_thetas,): answers are independent given θ."""
    return np.sum([item_information(item, theta) for item in items], axis=0, initial=0.0)


def characteristic_curve(
    items: Sequence[Item], theta: FloatArray, points: Sequence[FloatArray] | None = None
) -> FloatArray:
    """The expected sum score at each θ, shape (n_thetas,): Lord (1980), Applications of IRT, eq. 4-3.

    ``points``: for each item what its categories are worth; 0, 1, … unless given.
    """
    worth = [None] * len(items) if points is None else points
    return np.sum([expected_score(item, theta, w) for item, w in zip(items, worth, strict=True)], axis=0)


def csem(items: Sequence[Item], theta: FloatArray, points: Sequence[FloatArray] | None = None) -> FloatArray:
    """Standard error of T(θ̂), the expected score of an estimated θ, by the delta method: T'(θ) / √I(θ),
    shape (n_thetas,); Lord (1980), eq. 5-24. ``points`` as in ``characteristic_curve``. NaN without
    information."""
    worth = [np.arange(item.categories) for item in items] if points is None else points
    slopes = [traces(item, theta).first @ np.asarray(w, float) for item, w in zip(items, worth, strict=True)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.sum(slopes, axis=0) / np.sqrt(test_information(items, theta))


def csem_of_scores(
    items: Sequence[Item],
    theta: FloatArray,
    points: Sequence[IntArray] | None = None,
    reported: FloatArray | None = None,
) -> ScoreErrors:
    """Mean and standard deviation of the reported score given θ, exactly, over the distribution of the sum
    score; Kolen, Zeng & Hanson (1996), J. Educ. Measurement 33, 129–140.

    ``points``: for each item the whole numbers its categories are worth, 0, 1, … unless given; ``reported``
    of shape (most points + 1,): the reported score of each sum, the sum itself unless given.
    """
    f = score_probabilities(items, theta, points)
    scale = np.arange(f.shape[1], dtype=np.float64) if reported is None else reported
    expected = f @ scale
    return ScoreErrors(expected=expected, csem=np.sqrt(np.sum(f * (scale - expected[:, None]) ** 2, axis=1)))


def marginal_reliability(items: Sequence[Item], nodes: Nodes, weights: FloatArray) -> float:
    """E[I / (I + 1 / σ²)] over θ, σ² being its variance; ``weights`` of shape (n_nodes,), summing to 1.

    Green, Bock, Humphreys, Linn & Reckase (1984), J. Educ. Measurement 21, 347–360.
    """
    mean = weights @ nodes.theta
    precision = 1.0 / (weights @ (nodes.theta - mean) ** 2)
    information = test_information(items, nodes.theta)
    return float(weights @ (information / (information + precision)))


def empirical_reliability(ability: Ability, *, shrunken: bool = True) -> float:
    """The share of the variance of θ that the estimates know, over persons with a standard error; NaN with
    fewer than two.

    ``shrunken`` estimates (EAP, MAP): s²(θ̂) / (s²(θ̂) + mean of SE²); else (ML, WLE), whose variance includes
    their errors, (s²(θ̂) − mean of SE²) / s²(θ̂), not below 0. Bechger, Maris, Verstralen & Béguin (2003), APM
    27, 319–334; Adams (2005), Stud. Educ. Evaluation 31, 162–172, eqs. 6 and 9.
    """
    known = np.isfinite(ability.se)
    if np.count_nonzero(known) < 2:
        return float("nan")
    variance = float(np.var(ability.theta[known], ddof=1))
    error = float(np.mean(ability.se[known] ** 2))
    if shrunken:
        return variance / (variance + error)
    return max(0.0, (variance - error) / variance) if variance > 0 else float("nan")

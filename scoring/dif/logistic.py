"""DIF by logistic regression of the item on score, group, and their product."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc

from scoring.arrays import BoolArray, FloatArray
from scoring.dif.categories import Category, by_size
from scoring.dif.matching import ItemTable, check_groups, match
from scoring.dif.proportional_odds import Regression, null_loglik, regress
from scoring.responses import Responses

Kind = Literal["uniform", "nonuniform", "both"]
"""What is tested: that one group does better at all scores alike, that the difference changes with the score,
or either."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Logistic:
    """One entry per item, NaN or None where not defined.

    ``chi2`` and ``p``: likelihood ratio of the kind of DIF asked for; ``delta_r2``: what it adds to the R² of
    Nagelkerke. ``group``, ``group_se``: log odds of the focal group at equal scores, negative where the item
    favours the reference group. ``interaction``: how much they change per point of the score.
    """

    chi2: FloatArray
    p: FloatArray
    delta_r2: FloatArray
    group: FloatArray
    group_se: FloatArray
    interaction: FloatArray
    interaction_se: FloatArray
    category: tuple[Category | None, ...]
    category_zumbo: tuple[Category | None, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Models:
    """The item on the score, with the group, with the product; and without anything, its loglik."""

    score: Regression
    group: Regression
    product: Regression
    null: float
    n: float


def logistic(
    responses: Responses, focal: BoolArray, anchor: BoolArray | None = None, kind: Kind = "both"
) -> Logistic:
    """logit P = β0 + β1 S + β2 G + β3 S G, S the matching score: Swaminathan & Rogers (1990), J. Educ. Meas.
    27, 361–370; of more categories with proportional odds: Zumbo (1999), Handbook on the theory and methods
    of DIF. R² of Nagelkerke (1991), Biometrika 78, 691–692.

    ``category``: A below 0.035, C from 0.07 on: Jodoin & Gierl (2001), Appl. Meas. Educ. 14, 329–349;
    ``category_zumbo``: 0.13 and 0.26: Zumbo & Thomas (1997); both A where not significant. Arguments and
    errors as of ``mantel_haenszel``.
    """
    check_groups(focal)
    tables = match(responses, focal, anchor)
    figures = np.array([_figures(_models(table), kind) for table in tables]).reshape(-1, 6)
    chi2, delta_r2 = figures[:, 0], figures[:, 1]
    p = chdtrc(2 if kind == "both" else 1, chi2)
    return Logistic(
        chi2=chi2,
        p=p,
        delta_r2=delta_r2,
        group=figures[:, 2],
        group_se=figures[:, 3],
        interaction=figures[:, 4],
        interaction_se=figures[:, 5],
        category=by_size(delta_r2, 0.035, 0.07, p),
        category_zumbo=by_size(delta_r2, 0.13, 0.26, p),
    )


def _models(table: ItemTable) -> _Models | None:
    """None where one group did not have the item, or all are in one category."""
    counts = table.seen
    if counts.shape[2] < 2 or not counts.sum(axis=(0, 2)).all():
        return None
    score = np.repeat(table.scores, 2)
    group = np.tile([0.0, 1.0], len(table.scores))
    cells = counts.reshape(len(score), -1)
    some = cells.sum(axis=1) > 0
    design = np.column_stack([score, group, score * group])[some]
    fits = [regress(cells[some], design[:, :many]) for many in (1, 2, 3)]
    null, n = null_loglik(cells), float(cells.sum())
    return _Models(score=fits[0], group=fits[1], product=fits[2], null=null, n=n)


def _figures(models: _Models | None, kind: Kind) -> tuple[float, ...]:
    if models is None:
        return (np.nan,) * 6
    small = models.group if kind == "nonuniform" else models.score
    large = models.group if kind == "uniform" else models.product
    return (
        max(2.0 * (large.loglik - small.loglik), 0.0) if np.isfinite(large.loglik) else np.nan,
        _r2(large, models) - _r2(small, models),
        float(models.group.slopes[1]),
        float(models.group.slope_errors[1]),
        float(models.product.slopes[2]),
        float(models.product.slope_errors[2]),
    )


def _r2(found: Regression, models: _Models) -> float:
    explained = -np.expm1(2.0 / models.n * (models.null - found.loglik))
    return float(explained / -np.expm1(2.0 / models.n * models.null))

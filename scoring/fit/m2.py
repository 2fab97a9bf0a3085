"""Fit of the whole model by the means and products of item scores."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, eigh
from scipy.special import chdtr, chdtrc, chndtrinc

from scoring.arrays import FloatArray
from scoring.errors import MeasurementError
from scoring.fit.forms import Form, by_group, forms
from scoring.fit.moments import MomentModel, Moments
from scoring.items import Item
from scoring.quadrature import Nodes
from scoring.responses import Responses

RMSEA_LEVEL = 0.90
"""Level of the interval of RMSEA₂."""


@dataclass(frozen=True, kw_only=True)
class OverallFit:
    """M₂ with its degrees of freedom; all but ``df`` and ``srmsr`` None where no degree of freedom is left.

    ``rmsea_low``, ``rmsea_high``: 90 % interval. ``srmsr``: root mean squared difference of observed and
    expected correlations, None where no pair of items varies. ``n``: the weight of the persons it is of.
    """

    m2: float | None
    df: int
    p: float | None
    rmsea: float | None
    rmsea_low: float | None
    rmsea_high: float | None
    srmsr: float | None
    n: float


@dataclass(frozen=True, kw_only=True, eq=False)
class _Quadratic:
    """A form's part of M₂: e′Ξ⁻¹e, Δ′Ξ⁻¹e, Δ′Ξ⁻¹Δ, times n; and how many moments it is of."""

    ee: float
    de: FloatArray
    dd: FloatArray
    moments: int


def m2(
    items: Sequence[Item],
    responses: Responses,
    nodes: Nodes,
    weights: FloatArray,
    *,
    anchored: Collection[str] = frozenset(),
) -> OverallFit:
    """M₂ = n e′(Ξ⁻¹ − Ξ⁻¹Δ(Δ′Ξ⁻¹Δ)⁻¹Δ′Ξ⁻¹)e, e the observed less the expected first and second moments:
    Maydeu-Olivares & Joe (2006), Psychometrika 71, eq. 4.3; with graded items M₂*, the moments of the scores:
    Cai & Hansen (2013), BJMSP 66, 245–276. RMSEA₂ = √((M₂/df − 1) / (N − 1)): Maydeu-Olivares & Joe (2014),
    Multivar. Behav. Res. 49, 305–328, its interval by the noncentral χ². SRMSR: Maydeu-Olivares (2013),
    Measurement 11, eq. 21.

    ``weights`` of the nodes: (n_nodes,) or (n_groups, n_nodes), normal as far as ``latent_freedom`` frees
    their mean or sd; unlike R mirt this keeps the derivative by the sd of Rasch models. Forms and groups
    count as independent samples of one model. ``anchored``: items, by name, whose parameters were not
    estimated. Raises MeasurementError with code ``m2_nominal`` (``item``) for categories without an order,
    and what ``forms`` raises.
    """
    unordered = next((item.name for item in items if item.model == "nominal"), None)
    if unordered is not None:
        raise MeasurementError("m2_nominal", item=unordered)
    model = MomentModel(items, nodes, by_group(weights, responses), anchored)
    whole = [model.telling(form) for form in forms(responses)]
    parts = [_quadratic(model.moments(form, responses), form.n) for form in whole]
    n = sum(form.n for form in whole)
    df = sum(part.moments for part in parts) - model.spent(whole)
    srmsr = _srmsr([model.residual_correlations(form, responses) for form in whole], whole)
    if df <= 0:
        return OverallFit(
            m2=None, df=0, p=None, rmsea=None, rmsea_low=None, rmsea_high=None, srmsr=srmsr, n=n
        )
    return _tested(_combined(parts), df, n, srmsr)


def _tested(statistic: float, df: int, n: float, srmsr: float | None) -> OverallFit:
    tail = (1.0 - RMSEA_LEVEL) / 2.0
    return OverallFit(
        m2=statistic,
        df=df,
        p=float(chdtrc(df, statistic)),
        rmsea=float(np.sqrt(max(statistic / df - 1.0, 0.0) / (n - 1.0))),
        rmsea_low=float(np.sqrt(_noncentrality(statistic, df, 1.0 - tail) / (n * df))),
        rmsea_high=float(np.sqrt(_noncentrality(statistic, df, tail) / (n * df))),
        srmsr=srmsr,
        n=n,
    )


def _noncentrality(statistic: float, df: int, level: float) -> float:
    """λ with P(χ²(df, λ) ≤ statistic) = level; 0 where even the central χ² is less often as small."""
    return float(chndtrinc(statistic, df, level)) if chdtr(df, statistic) > level else 0.0


def _quadratic(moments: Moments, n: float) -> _Quadratic:
    factor = cho_factor(moments.spread, lower=True, check_finite=False)
    solved = cho_solve(factor, np.column_stack([moments.gap, moments.delta]), check_finite=False)
    return _Quadratic(
        ee=n * float(moments.gap @ solved[:, 0]),
        de=n * (moments.delta.T @ solved[:, 0]),
        dd=n * (moments.delta.T @ solved[:, 1:]),
        moments=len(moments.gap),
    )


def _combined(parts: Sequence[_Quadratic]) -> float:
    """The quadratic forms of independent samples added, then the parameters' part taken away.

    Directions in which no moment depends on the parameters take nothing away.
    """
    de = np.sum([part.de for part in parts], axis=0)
    dd = np.sum([part.dd for part in parts], axis=0)
    scale = np.sqrt(np.maximum(np.diag(dd), np.finfo(np.float64).tiny))
    values, vectors = eigh(dd / np.outer(scale, scale))
    known = values > values[-1] * 1e-12
    turned = (vectors.T @ (de / scale))[known]
    return float(sum(part.ee for part in parts) - np.sum(turned**2 / values[known]))


def _srmsr(residuals: Sequence[FloatArray], whole: Sequence[Form]) -> float | None:
    """Over all pairs of all forms, weighted by persons."""
    squares = weight = 0.0
    for residual, form in zip(residuals, whole, strict=True):
        known = residual[np.isfinite(residual)]
        squares += form.n * float(np.sum(known**2))
        weight += form.n * len(known)
    return float(np.sqrt(squares / weight)) if weight > 0 else None

"""What a fitted model says of the test and of each item."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
import numpy as np
from scipy.special import ndtri

from exam_server.core.analysis.findings import (
    ItemModelFigures,
    ModelFigures,
    NodeGrid,
    PairFigures,
    Points,
    rounded,
    rounded_all,
)
from exam_server.core.analysis.fitted import Fitted
from exam_server.core.analysis.scored_test import ScoredTest, TestItem
from exam_server.core.item_flags import ALPHA, RULES
from exam_server.core.parameter_file import ErrorFigures, ItemFigures, item_figures
from scoring.arrays import FloatArray
from scoring.classical import Z95
from scoring.errors import MeasurementError
from scoring.fit.comparison import criteria
from scoring.fit.dependence import q3
from scoring.fit.m2 import OverallFit, m2
from scoring.fit.mean_squares import MeanSquares, infit_outfit
from scoring.fit.s_x2 import ItemFit, s_x2
from scoring.information import (
    empirical_reliability,
    item_information,
    marginal_reliability,
    test_information,
)
from scoring.items import trace
from scoring.multiplicity import adjust

T = TypeVar("T")

SHOWN = np.linspace(-4.0, 4.0, 41)
"""θ where curves are drawn."""

PERSON_EDGES = np.arange(-3.5, 3.51, 0.5)
MOST_PAIRS = 20
_LIMIT = 1 - 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """How well the model fits: ``items`` None where no form has candidates enough; arrays over the modelled
    items."""

    items: ItemFit | None
    adjusted: FloatArray
    squares: MeanSquares
    pairs: FloatArray
    overall: OverallFit | None


def fit_of(fitted: Fitted) -> Fit:
    """Fit of the items, of pairs of them, and of the whole."""
    found, responses = fitted.calibration, fitted.modelled.responses
    latent = (found.items, responses, found.nodes, fitted.weights)
    # Residuals do not depend on the scale: abilities go with items of the same.
    theta = fitted.ability.theta
    items = _allowed(lambda: s_x2(*latent))
    p = np.full(len(found.items), np.nan) if items is None else items.p
    return Fit(
        items=items,
        adjusted=adjust(p, "bh"),
        squares=infit_outfit(fitted.items, responses, theta),
        pairs=q3(fitted.items, responses, theta),
        overall=_allowed(lambda: m2(*latent)),
    )


def model_figures(test: ScoredTest, fitted: Fitted, fit: Fit) -> ModelFigures:
    """The model as a whole."""
    found, certificate = fitted.calibration, fitted.calibration.certificate
    group, information = found.groups[0], criteria(found)
    whole = fit.overall
    return ModelFigures(
        model=fitted.modelled.choice,
        n=fitted.modelled.responses.n_persons,
        converged=certificate.converged,
        gradient_norm=float(f"{certificate.gradient_norm:.2g}"),
        tolerance=certificate.tolerance,
        iterations=certificate.iterations,
        loglik=round(found.loglik, 4),
        aic=round(information.aic, 4),
        bic=round(information.bic, 4),
        grid=NodeGrid(
            count=found.nodes.count,
            limit=float(found.nodes.theta[-1]),
            mean=_figure(group.mean),
            sd=_figure(group.sd),
        ),
        marginal_reliability=rounded(marginal_reliability(fitted.items, fitted.nodes, fitted.weights)),
        empirical_reliability=rounded(empirical_reliability(fitted.ability)),
        m2=None if whole is None else _optional(whole.m2),
        m2_df=None if whole is None else whole.df,
        m2_p=None if whole is None else _optional(whole.p),
        m2_rmsea=None if whole is None else _optional(whole.rmsea),
        srmsr=None if whole is None else _optional(whole.srmsr),
        information=_points(SHOWN, test_information(fitted.items, SHOWN)),
        csem=csem_curve(test, fitted),
        persons=tuple(
            np.bincount(
                np.searchsorted(PERSON_EDGES, fitted.ability.theta, side="right"),
                minlength=len(PERSON_EDGES) + 1,
            ).tolist()
        ),
        dependent_pairs=dependent_pairs(test, fitted, fit.pairs),
        link=fitted.link,
    )


def item_model(test: ScoredTest, fitted: Fitted, fit: Fit, column: int) -> ItemModelFigures:
    """One item in the model; ``column`` is its place among the modelled."""
    item = fitted.items[column]
    shares = category_shares(test.items[fitted.modelled.places[column]], fitted.modelled.category_of[column])
    curve = trace(item, SHOWN) @ shares
    half = fitted.spread(column, lambda moved: trace(moved, SHOWN) @ shares)
    b = fitted.spread(column, lambda moved: np.array([moved.difficulties.mean()]))
    parameters = _parameters(fitted, column)
    items = fit.items
    return ItemModelFigures(
        parameters=parameters,
        category_of=fitted.modelled.category_of[column],
        a_se=None if parameters.se is None else parameters.se.a,
        b=rounded(float(item.difficulties.mean())),
        b_se=None if b is None else rounded(b[0]),
        curve=_points(SHOWN, curve),
        band_low=None if half is None else _band(curve - Z95 * half),
        band_high=None if half is None else _band(curve + Z95 * half),
        information=_points(SHOWN, item_information(item, SHOWN)),
        s_x2=None if items is None else rounded(items.statistic[column]),
        s_x2_df=None if items is None else int(items.df[column]),
        fit_p=None if items is None else rounded(items.p[column]),
        fit_p_adjusted=rounded(fit.adjusted[column]),
        rmsea=None if items is None else rounded(items.rmsea[column]),
        infit=rounded(fit.squares.infit[column]),
        outfit=rounded(fit.squares.outfit[column]),
    )


def csem_curve(test: ScoredTest, fitted: Fitted) -> Points:
    """Standard error of a score against that score: √Σ Var(points_i | θ) against Σ E(points_i | θ), on the
    scale of scores; Lord (1980), Applications of IRT, eq. 4-4. What no model holds is a constant."""
    theta = fitted.nodes.theta
    mean, variance = np.zeros(len(theta)), np.zeros(len(theta))
    for item, place, category_of in zip(
        fitted.items, fitted.modelled.places, fitted.modelled.category_of, strict=True
    ):
        points = test.items[place].points * category_shares(test.items[place], category_of)
        p = trace(item, theta)
        mean += p @ points
        variance += p @ points**2 - (p @ points) ** 2
    others = [place for place in range(len(test.items)) if place not in fitted.modelled.places]
    constant = sum(_mean(test.points[:, place]) for place in others)
    scores = (mean + constant + test.scale.offset) * test.scale.factor
    errors = np.sqrt(np.maximum(variance, 0.0)) * test.scale.factor
    rises = np.concatenate([[True], np.diff(np.maximum.accumulate(scores)) > 1e-4])
    return _points(scores[rises], errors[rises])


def category_shares(item: TestItem, category_of: Sequence[int]) -> FloatArray:
    """The share of the points of each category of the model: of the lowest right count that is in it."""
    shares = item.shares
    return np.array([shares[category_of.index(category)] for category in range(max(category_of) + 1)])


def dependent_pairs(test: ScoredTest, fitted: Fitted, pairs: FloatArray) -> tuple[PairFigures, ...]:
    """Pairs whose Q3 is above the mean of all by more than ``item_flags`` allows, beyond chance for as many
    pairs: Fisher's z with Bonferroni's bound."""
    rows, columns = np.triu_indices(len(pairs), 1)
    values: FloatArray = pairs[rows, columns]
    known = np.isfinite(values)
    if known.sum() < 2:
        return ()
    mean = float(values[known].mean())
    n = fitted.modelled.responses.n_persons
    level = float(ndtri(1 - ALPHA / (2 * known.sum()))) / max(1.0, n - 3) ** 0.5
    z = np.arctanh(np.clip(np.where(known, values, 0.0), -_LIMIT, _LIMIT))
    sure = known & (z - np.arctanh(mean) > level)
    chosen = np.flatnonzero(sure & (values - mean > RULES["dependent"].limit))
    order = chosen[np.argsort(-values[chosen], kind="stable")][:MOST_PAIRS]
    ids = [test.items[place].item for place in fitted.modelled.places]
    return tuple(
        PairFigures(
            first=ids[rows[pair]],
            second=ids[columns[pair]],
            q3=_figure(float(values[pair])),
            excess=_figure(float(values[pair]) - mean),
        )
        for pair in order
    )


def _parameters(fitted: Fitted, column: int) -> ItemFigures:
    """The item's parameters on the scale of the run, rounded, with their standard errors."""
    figures = item_figures(fitted.items[column])
    errors = fitted.spread(column, lambda item: np.array([item.slope, *item.intercepts, item.lower]))
    held = fitted.calibration.errors[column]
    return msgspec.structs.replace(
        figures,
        a=_figure(figures.a),
        intercepts=rounded_all(figures.intercepts),
        b=None if figures.b is None else rounded(figures.b),
        b_k=None if figures.b_k is None else rounded_all(figures.b_k),
        c=_figure(figures.c),
        se=None
        if errors is None
        else ErrorFigures(
            a=None if held.slope is None else rounded(errors[0]),
            intercepts=rounded_all(errors[1:-1].tolist()),
            c=None if held.lower_logit is None else rounded(errors[-1]),
        ),
    )


def _allowed(compute: Callable[[], T]) -> T | None:
    """What fit gives, None where the data have no form that it could be computed from."""
    try:
        return compute()
    except MeasurementError:
        return None


def _band(values: FloatArray) -> tuple[float, ...]:
    return rounded_all(np.clip(values, 0.0, 1.0).tolist())


def _points(x: FloatArray, y: FloatArray) -> Points:
    return Points(x=rounded_all(x.tolist()), y=rounded_all(y.tolist()))


def _figure(value: float) -> float:
    return rounded_all((value,))[0]


def _optional(value: float | None) -> float | None:
    return None if value is None else rounded(value)


def _mean(points: FloatArray) -> float:
    """Over those who had the item; 0 without any."""
    had = points[~np.isnan(points)]
    return float(had.mean()) if len(had) else 0.0

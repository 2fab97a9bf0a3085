"""DIF as different item parameters in two groups."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc, logit

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.calibrated import Calibration
from scoring.calibration import Settings, calibrate
from scoring.dif.matching import check_groups
from scoring.dif.split import comparable, split
from scoring.errors import MeasurementError
from scoring.items import Item, Model, expected_score, rescale
from scoring.responses import Responses


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemResponseDif:
    """One entry per item; NaN where it was not studied, no other item is an anchor, or one group does not
    show all its categories: such items are left out of the calibration.

    ``difference``: the focal group's expected score by its own curve less that by the reference group's, over
    the focal group's θ; negative where the item favours the reference group (Meade, 2010, J. Appl. Psychol.
    95, 728–743: SIDS).
    """

    chi2: FloatArray
    df: IntArray
    p: FloatArray
    difference: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fit:
    """A calibration of both groups and where each item's columns are in it."""

    found: Calibration
    columns: tuple[tuple[int, int], ...]

    def item(self, place: int, part: int) -> Item:
        return self.found.items[self.columns[place][part]]

    def difference(self, place: int) -> float:
        theta, weights = self.found.nodes.theta, self.found.groups[1].weights
        reference, focal = self.item(place, 0), self.item(place, 1)
        return float(weights @ (expected_score(focal, theta) - expected_score(reference, theta)))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Study:
    """The items that can be compared: ``places`` are their columns, ``anchor`` whether they are equal."""

    responses: Responses
    focal: BoolArray
    models: tuple[Model, ...]
    places: IntArray
    anchor: BoolArray

    def fitted(self, free: BoolArray, settings: Settings) -> _Fit:
        parts = split(self.responses, self.focal, self.models, free)
        return _Fit(found=calibrate(parts.responses, parts.models, settings), columns=parts.columns)


def likelihood_ratio(
    responses: Responses,
    focal: BoolArray,
    models: Sequence[Model],
    settings: Settings | None = None,
    anchor: BoolArray | None = None,
) -> ItemResponseDif:
    """G² = 2 (ℓ − ℓ₀): the item's parameters different in the two groups against equal; Thissen, Steinberg &
    Wainer (1993), in Holland & Wainer, Differential item functioning, ch. 4. One calibration per item.

    ``focal`` of shape (n_persons,); the focal group's mean and SD of θ are free. ``anchor`` of shape
    (n_items,), all unless given: items taken to be equal while another is studied. Raises what
    ``check_groups`` and ``calibrate`` raise, and MeasurementError with ``dif_no_anchor``.
    """
    study = _study(responses, focal, models, anchor)
    chosen = _strict(settings)
    base = study.fitted(~study.anchor, chosen)
    chi2, difference = np.full((2, responses.n_items), np.nan)
    df = np.zeros(responses.n_items, dtype=np.int64)
    for own, place in enumerate(study.places):
        if not (study.anchor & (study.places != place)).any():
            continue
        other = study.fitted(~study.anchor ^ (study.places == place), chosen)
        large, small = (other, base) if study.anchor[own] else (base, other)
        chi2[place] = max(2.0 * (large.found.loglik - small.found.loglik), 0.0)
        df[place] = large.found.n_parameters - small.found.n_parameters
        difference[place] = large.difference(own)
    return _tested(chi2, df, difference)


def wald(
    responses: Responses,
    focal: BoolArray,
    models: Sequence[Model],
    anchor: BoolArray,
    settings: Settings | None = None,
) -> ItemResponseDif:
    """χ² = v′ Σ⁻¹ v, v the item's parameters in the focal group less those in the reference group, of one
    calibration in which the items of ``anchor`` alone are equal: Langer (2008), dissertation, University of
    North Carolina; Cai, Thissen & du Toit (2011), IRTPRO, ch. 6. Anchor items have no test.

    Raises as ``likelihood_ratio``.
    """
    study = _study(responses, focal, models, anchor)
    chosen = _strict(settings)
    errors = "oakes" if chosen.errors == "none" else chosen.errors
    fit = study.fitted(~study.anchor, replace(chosen, errors=errors))
    if fit.found.covariance is None:
        raise MeasurementError("dif_no_errors")
    chi2, difference = np.full((2, responses.n_items), np.nan)
    df = np.zeros(responses.n_items, dtype=np.int64)
    for own in np.flatnonzero(~study.anchor):
        place, at = study.places[own], [_parameters(fit.found, fit.item(int(own), part)) for part in range(2)]
        spread = _difference_spread(fit.found.covariance, at[0][0], at[1][0])
        chi2[place], df[place] = _quadratic(at[1][1] - at[0][1], spread)
        difference[place] = fit.difference(int(own))
    return _tested(chi2, df, difference)


def lord(reference: Calibration, focal: Calibration, slope: float, intercept: float) -> ItemResponseDif:
    """χ² = v′ (Σ_R + Σ_F)⁻¹ v of two separate calibrations: Lord (1980), Applications of item response
    theory, ch. 14. ``slope`` and ``intercept`` take the focal group's θ to the reference group's scale.

    The same items in the same order, with standard errors; of models whose slope is not estimated per item
    the intercepts are compared. Raises MeasurementError with ``dif_no_errors`` without.
    """
    if reference.covariance is None or focal.covariance is None:
        raise MeasurementError("dif_no_errors")
    n_items = len(reference.items)
    chi2, difference, df = np.empty(n_items), np.empty(n_items), np.zeros(n_items, dtype=np.int64)
    weights, theta = focal.groups[0].weights, slope * focal.nodes.theta + intercept
    for place, (here, there) in enumerate(zip(reference.items, focal.items, strict=True)):
        linked = rescale(there, slope, intercept)
        own, values = _parameters(reference, here)
        other, raw = _parameters(focal, there)
        jacobian = _rescaling(there, len(raw), slope, intercept)
        moved = _values(linked, _suffixes(focal, there))
        spread = reference.covariance[np.ix_(own, own)]
        spread = spread + jacobian @ focal.covariance[np.ix_(other, other)] @ jacobian.T
        chi2[place], df[place] = _quadratic(moved - values, spread)
        difference[place] = weights @ (expected_score(linked, theta) - expected_score(here, theta))
    return _tested(chi2, df, difference)


def _study(
    responses: Responses, focal: BoolArray, models: Sequence[Model], anchor: BoolArray | None
) -> _Study:
    """The items that both groups show every category of. Others have no parameters in one group, and taken to
    be equal they would bend the scale: they are left out."""
    check_groups(focal)
    places = np.flatnonzero(comparable(responses, focal))
    anchors = np.ones(len(places), dtype=np.bool_) if anchor is None else anchor[places]
    # An item that is studied needs another that is not.
    if np.count_nonzero(anchors) < (2 if anchor is None else 1):
        raise MeasurementError("dif_no_anchor")
    return _Study(
        responses=responses.of_items(places.tolist()),
        focal=focal,
        models=tuple(models[int(place)] for place in places),
        places=places,
        anchor=anchors,
    )


def _strict(settings: Settings | None) -> Settings:
    """A likelihood that is not at its maximum decides nothing."""
    return replace(Settings() if settings is None else settings, strict=True)


def _tested(chi2: FloatArray, df: IntArray, difference: FloatArray) -> ItemResponseDif:
    p = np.where(df > 0, chdtrc(np.maximum(df, 1), chi2), np.nan)
    return ItemResponseDif(chi2=chi2, df=df, p=p, difference=difference)


def _suffixes(found: Calibration, item: Item) -> list[str]:
    return [label.rsplit(":", 1)[1] for label in found.labels if label.rsplit(":", 1)[0] == item.name]


def _parameters(found: Calibration, item: Item) -> tuple[IntArray, FloatArray]:
    """Where the item's estimated parameters are in the covariance, and their values."""
    at = [place for place, label in enumerate(found.labels) if label.rsplit(":", 1)[0] == item.name]
    return np.array(at, dtype=np.int64), _values(item, _suffixes(found, item))


def _values(item: Item, suffixes: Sequence[str]) -> FloatArray:
    """The parameters as a calibration's covariance has them."""
    known = {
        "slope": item.slope,
        "intercept": float(item.intercepts[0]),
        "lower_logit": float(logit(item.lower)),
        "upper_logit": float(logit(item.upper)),
    }
    for step, value in enumerate(item.intercepts, start=1):
        known[f"intercept{step}"] = float(value)
    for step, value in enumerate(() if item.category_slopes is None else item.category_slopes, start=1):
        known[f"slope{step}"] = float(value)
    return np.array([known[suffix] for suffix in suffixes])


def _rescaling(item: Item, size: int, slope: float, intercept: float) -> FloatArray:
    """∂ (rescaled parameters) / ∂ (parameters)."""
    steps = len(item.intercepts)
    sloped = size > steps
    jacobian = np.eye(size)
    if item.category_slopes is not None:
        jacobian[:steps, :steps] /= slope
        jacobian[steps:, :steps] = -np.eye(steps) * intercept / slope
    elif sloped:
        counts = np.arange(1, steps + 1) if item.model in ("gpcm", "pcm") else np.ones(steps)
        jacobian[0, 0] = 1.0 / slope
        jacobian[1 : steps + 1, 0] = -counts * intercept / slope
    return jacobian


def _difference_spread(covariance: FloatArray, first: IntArray, second: IntArray) -> FloatArray:
    """Covariance of one set of parameters less another."""
    across = covariance[np.ix_(first, second)]
    return covariance[np.ix_(first, first)] + covariance[np.ix_(second, second)] - across - across.T


def _quadratic(gap: FloatArray, spread: FloatArray) -> tuple[float, int]:
    if not len(gap) or not np.isfinite(spread).all():
        return np.nan, 0
    return float(gap @ np.linalg.solve(spread, gap)), len(gap)

"""Standard errors as a calibration reports them: of the parameters as items hold them, by the delta
method."""

import numpy as np
from scipy.special import expit

from scoring.arrays import FloatArray
from scoring.calibrated import ItemErrors
from scoring.calibration.families import ASYMPTOTIC, NOMINAL
from scoring.calibration.information import Spread
from scoring.calibration.layout import Batch, Layout
from scoring.calibration.objective import Problem


def labels(problem: Problem) -> tuple[str, ...]:
    """What each row of the covariance is: "item:slope", "item:intercept" (numbered where there are several),
    "item:lower_logit", "item:upper_logit", "1pl:slope", then "group:mean" and "group:sd" with the group's
    place, from 0."""
    found = list(problem.layout.labels)
    for place, group in enumerate(problem.groups):
        if len(group.reported):
            at = {group.mean_at: f"group {place}:mean", group.sd_at: f"group {place}:sd"}
            found += [at[int(index)] for index in group.reported]
    return tuple(found)


def covariance(problem: Problem, free: FloatArray, sure: Spread) -> FloatArray | None:
    """In the order of ``labels``: the log of an SD, which is what is estimated, becomes the SD."""
    if sure.covariance is None:
        return None
    factors = np.ones(len(free))
    for group in problem.groups:
        if group.sd_at >= 0:
            factors[group.sd_at] = np.exp(free[group.sd_at])
    kept = factors[sure.index]
    return sure.covariance * np.outer(kept, kept)


def standard_errors(problem: Problem, free: FloatArray, sure: Spread | None) -> FloatArray:
    """Of each free parameter, NaN where not computed; shape (n_free,)."""
    found = np.full(len(free), np.nan)
    matrix = None if sure is None else covariance(problem, free, sure)
    if sure is not None and matrix is not None:
        found[sure.index] = np.sqrt(np.diagonal(matrix))
    return found


def error_at(errors: FloatArray, at: int) -> float | None:
    """The error of a free parameter; None where it is fixed or was not computed."""
    return None if at < 0 or np.isnan(errors[at]) else float(errors[at])


def item_errors(layout: Layout, free: FloatArray, errors: FloatArray) -> tuple[ItemErrors, ...]:
    """Of each item, in the order of their columns."""
    found: dict[int, ItemErrors] = {}
    for batch in layout.batches:
        for item, place in enumerate(batch.places):
            found[int(place)] = _of_item(batch, item, free, errors)
    return tuple(found[place] for place in range(len(layout.names)))


def _of_item(batch: Batch, item: int, free: FloatArray, errors: FloatArray) -> ItemErrors:
    index, steps = batch.index[item], batch.categories - 1
    if batch.family is NOMINAL:
        slopes = _several(errors, [int(at) for at in index[:steps]])
        return _errors(None, _several(errors, [int(at) for at in index[steps:]]), category_slopes=slopes)
    slope, intercepts = (
        error_at(errors, int(index[0])),
        _several(errors, [int(at) for at in index[1 : steps + 1]]),
    )
    if batch.family is not ASYMPTOTIC:
        return _errors(slope, intercepts)
    lower, upper = (error_at(errors, int(at)) for at in index[2:])
    return ItemErrors(
        slope=slope,
        intercepts=intercepts,
        lower=_probability(lower, free, int(index[2])),
        upper=_probability(upper, free, int(index[3])),
        lower_logit=lower,
        upper_logit=upper,
    )


def _errors(
    slope: float | None, intercepts: FloatArray | None, category_slopes: FloatArray | None = None
) -> ItemErrors:
    return ItemErrors(
        slope=slope,
        intercepts=intercepts,
        lower=None,
        upper=None,
        lower_logit=None,
        upper_logit=None,
        category_slopes=category_slopes,
    )


def _several(errors: FloatArray, places: list[int]) -> FloatArray | None:
    found = [error_at(errors, at) for at in places]
    known = [value for value in found if value is not None]
    return np.array(known) if len(known) == len(found) else None


def _probability(error: float | None, free: FloatArray, at: int) -> float | None:
    """An asymptote's error as a probability from that of its logit."""
    if error is None:
        return None
    p = float(expit(free[at]))
    return p * (1.0 - p) * error

"""Covariances of the parameters of items, in the order of ``linking.parameters``."""

from collections.abc import Mapping, Sequence

import numpy as np

from scoring.arrays import FloatArray
from scoring.calibrated import Calibration, ItemErrors
from scoring.items import DICHOTOMOUS, Item
from scoring.linking.parameters import parameters


def calibration_covariance(found: Calibration) -> FloatArray | None:
    """Of all items of a calibration, as ``labelled_covariance``; None without standard errors."""
    if found.covariance is None:
        return None
    return labelled_covariance(found.items, found.labels, found.covariance)


def labelled_covariance(items: Sequence[Item], labels: Sequence[str], covariance: FloatArray) -> FloatArray:
    """Of these items' parameters, shape (n_parameters, n_parameters), out of the covariance that a
    calibration gives with its labels. What is fixed has no variance, what items share is in each of them;
    asymptotes are probabilities, by the delta method from their logits."""
    places = {label: place for place, label in enumerate(labels)}
    rows: list[FloatArray] = []
    for item in items:
        for label, factor in _labels(item):
            row = np.zeros(len(labels))
            if label in places:
                row[places[label]] = factor
            rows.append(row)
    spread = np.array(rows)
    return spread @ covariance @ spread.T


def rescaled_covariance(
    items: Sequence[Item], labels: Sequence[str], covariance: FloatArray, slope: float, intercept: float
) -> FloatArray:
    """The covariance, with the same labels, after θ* = A θ + B, A and B taken as exact: a* = a / A, d* = d −
    k a B / A, k the category of a GPCM's intercept and else 1; the groups' mean* = A mean + B, sd* = A sd."""
    places = {label: place for place, label in enumerate(labels)}
    change = np.eye(len(labels))
    for label, place in places.items():
        if label.startswith("group ") and label.endswith((":mean", ":sd")):
            change[place, place] = slope
    for item in items:
        _rescale_labels(change, item, places, slope, intercept)
    return change @ covariance @ change.T


def _rescale_labels(
    change: FloatArray, item: Item, places: Mapping[str, int], slope: float, intercept: float
) -> None:
    named = [label for label, _ in _labels(item)]
    steps = len(item.intercepts)
    own = item.category_slopes is not None
    slopes = named[:steps] if own else named[:1] * steps
    intercepts = named[steps : 2 * steps] if own else named[1 : 1 + steps]
    counts = np.arange(1, steps + 1) if item.model in ("gpcm", "pcm") else np.ones(steps)
    for by, to, count in zip(slopes, intercepts, counts, strict=True):
        if by in places:
            change[places[by], places[by]] = 1.0 / slope
            if to in places:
                change[places[to], places[by]] = -count * intercept / slope


def diagonal_covariance(items: Sequence[Item], errors: Sequence[ItemErrors | None]) -> FloatArray:
    """A covariance out of standard errors alone, as if the parameters were uncorrelated; 0 where an error is
    None. Shape (n_parameters, n_parameters)."""
    every = [_errors_of(item, error) for item, error in zip(items, errors, strict=True)]
    return np.diag(np.concatenate(every) ** 2)


def _errors_of(item: Item, errors: ItemErrors | None) -> FloatArray:
    """In the order of ``parameters``."""
    zeros = np.zeros(len(item.intercepts))
    if errors is None:
        return 0.0 * parameters(item)
    intercepts = zeros if errors.intercepts is None else errors.intercepts
    if item.category_slopes is not None:
        slopes = zeros if errors.category_slopes is None else errors.category_slopes
        return np.concatenate([slopes, intercepts])
    ends = [errors.lower or 0.0, errors.upper or 0.0] if item.model in DICHOTOMOUS else []
    return np.concatenate([[errors.slope or 0.0], intercepts, ends])


def _labels(item: Item) -> list[tuple[str, float]]:
    """What a calibration calls each parameter of the item, and the parameter's derivative by it."""
    numbers = [""] if item.categories == 2 else [str(step) for step in range(1, item.categories)]
    steps = [(f"{item.name}:intercept{number}", 1.0) for number in numbers]
    if item.model == "nominal":
        return [(f"{item.name}:slope{step}", 1.0) for step in range(1, item.categories)] + steps
    slope = ("1pl:slope" if item.model == "1pl" else f"{item.name}:slope", 1.0)
    if item.model not in DICHOTOMOUS:
        return [slope, *steps]
    ends = [("lower", item.lower), ("upper", item.upper)]
    return [slope, *steps, *((f"{item.name}:{end}_logit", p * (1.0 - p)) for end, p in ends)]

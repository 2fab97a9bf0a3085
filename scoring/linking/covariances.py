"""Covariances of the parameters of items, in the order of ``linking.parameters``."""

from collections.abc import Sequence

import numpy as np

from scoring.arrays import FloatArray
from scoring.calibrated import Calibration, ItemErrors
from scoring.items import DICHOTOMOUS, Item
from scoring.linking.parameters import parameters


def calibration_covariance(found: Calibration) -> FloatArray | None:
    """Of all items of a calibration, shape (n_parameters, n_parameters); None without standard errors. What
    is fixed has no variance, what items share is in each of them; asymptotes are probabilities, by the delta
    method from their logits."""
    if found.covariance is None:
        return None
    places = {label: place for place, label in enumerate(found.labels)}
    rows: list[FloatArray] = []
    for item in found.items:
        for label, factor in _labels(item):
            row = np.zeros(len(found.labels))
            if label in places:
                row[places[label]] = factor
            rows.append(row)
    spread = np.array(rows)
    return spread @ found.covariance @ spread.T


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

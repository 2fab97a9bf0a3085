"""Standard errors of difficulties, which a calibration holds as slopes and intercepts."""

import numpy as np

from scoring.arrays import FloatArray
from scoring.calibrated import Calibration
from scoring.items import DIVIDED, Item


def difficulty_errors(found: Calibration) -> tuple[FloatArray | None, ...]:
    """For each item the standard errors of ``Item.difficulties``, shape (categories − 1,), by the delta
    method: SE² = g' Σ g with g the gradient of b by the free slope and intercepts; Rao (1973), Linear
    Statistical Inference, 6a.2. None for an item without free parameters or b, or without a covariance.
    """
    places = {label: place for place, label in enumerate(found.labels)}
    return tuple(
        None if found.covariance is None else _of_item(item, places, found.covariance) for item in found.items
    )


def _of_item(item: Item, places: dict[str, int], covariance: FloatArray) -> FloatArray | None:
    steps = len(item.intercepts)
    names = [
        f"{item.name}:intercept" if steps == 1 else f"{item.name}:intercept{k + 1}" for k in range(steps)
    ]
    labels = ["1pl:slope" if item.model == "1pl" else f"{item.name}:slope", *names]
    free = [column for column, label in enumerate(labels) if label in places]
    if not free or item.slope == 0 or item.model == "nominal":
        return None
    gradient = np.column_stack([-item.difficulties / item.slope, _by_intercepts(item)])[:, free]
    rows = [places[labels[column]] for column in free]
    return np.sqrt(np.einsum("bi,ij,bj->b", gradient, covariance[np.ix_(rows, rows)], gradient))


def _by_intercepts(item: Item) -> FloatArray:
    """∂b_k / ∂d_j, shape (categories − 1, categories − 1)."""
    own = np.eye(len(item.intercepts))
    return -(own - np.eye(len(own), k=-1) if item.model in DIVIDED else own) / item.slope

"""How uncertain a function of an item's parameters is."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.special import expit, logit

from scoring.arrays import FloatArray
from scoring.calibrated import Calibration
from scoring.items import Item

_STEP = 1e-5


def spread(found: Calibration, place: int, of: Callable[[Item], FloatArray]) -> FloatArray | None:
    """Standard errors of ``of(item)``, of its shape (n,), by the delta method: √diag(J V J′), J by central
    differences (Rao 1973, Linear Statistical Inference, 6a.2). None without a covariance."""
    item = found.items[place]
    if found.covariance is None:
        return None
    rows = {label: row for row, label in enumerate(found.labels)}
    moves = [(rows[label], move) for label, move in _moves(item) if label in rows]
    if not moves:
        return None
    places = [row for row, _ in moves]
    jacobian = np.column_stack([(of(move(_STEP)) - of(move(-_STEP))) / (2 * _STEP) for _, move in moves])
    covariance = found.covariance[np.ix_(places, places)]
    return np.sqrt(np.maximum(np.sum((jacobian @ covariance) * jacobian, axis=1), 0.0))


def _moves(item: Item) -> list[tuple[str, Callable[[float], Item]]]:
    """The label of each parameter that may be free, and the item with it moved by so much."""
    many = len(item.intercepts) > 1

    def intercept(step: int) -> tuple[str, Callable[[float], Item]]:
        shift = np.zeros(len(item.intercepts))
        shift[step] = 1.0
        label = f"{item.name}:intercept{step + 1 if many else ''}"
        return label, lambda by: replace(item, intercepts=item.intercepts + by * shift)

    lower = float(logit(item.lower)) if item.lower > 0 else 0.0
    return [
        (f"{item.name}:slope", lambda by: replace(item, slope=item.slope + by)),
        *(intercept(step) for step in range(len(item.intercepts))),
        (f"{item.name}:lower_logit", lambda by: replace(item, lower=float(expit(lower + by)))),
    ]

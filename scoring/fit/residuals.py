"""What each answer was beyond what the model expects of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray, IntArray
from scoring.items import Item, trace
from scoring.responses import Responses


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """One item's answers: who had it (``rows``), their weights, residuals x − E(x | θ), variances E((x − E)²)
    and fourth moments E((x − E)⁴); shape (n_rows,) each."""

    rows: IntArray
    weights: FloatArray
    residual: FloatArray
    variance: FloatArray
    fourth: FloatArray


def columns(items: Sequence[Item], responses: Responses, theta: FloatArray) -> list[Column]:
    """Every item's answers; ``theta`` of shape (n_persons,), persons without a finite θ are left out."""
    return [_column(item, responses, place, theta) for place, item in enumerate(items)]


def _column(item: Item, responses: Responses, place: int, theta: FloatArray) -> Column:
    codes = responses.codes[:, place]
    rows = np.flatnonzero((codes >= 0) & np.isfinite(theta))
    curve = trace(item, theta[rows])
    scores = np.arange(item.categories)
    mean = curve @ scores
    squares = (scores - mean[:, None]) ** 2
    return Column(
        rows=rows,
        weights=responses.weights[rows],
        residual=codes[rows] - mean,
        variance=np.sum(squares * curve, axis=1),
        fourth=np.sum(squares**2 * curve, axis=1),
    )

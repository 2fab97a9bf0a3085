"""Mean and linear equating of two distributions of scores."""

from typing import Literal

import numpy as np

from scoring.arrays import FloatArray
from scoring.errors import MeasurementError

LinearMethod = Literal["mean", "linear"]


def linear(
    from_distribution: FloatArray, to_distribution: FloatArray, method: LinearMethod = "linear"
) -> FloatArray:
    """The equivalent on ``to`` of each score of ``from``, shape (n_from,): x − μ_from + μ_to, or μ_to +
    (σ_to / σ_from)(x − μ_from); Kolen & Brennan (2014), eqs. 2.3 and 2.4. With the synthetic distributions of
    frequency estimation the linear one is Braun & Holland's (1982).

    Raises MeasurementError with code ``equating_no_spread`` when all of ``from`` have the same score.
    """
    mean_from, sd_from = moments(from_distribution)
    mean_to, sd_to = moments(to_distribution)
    if method == "linear" and sd_from == 0:
        raise MeasurementError("equating_no_spread")
    slope = sd_to / sd_from if method == "linear" else 1.0
    return mean_to + slope * (np.arange(len(from_distribution), dtype=np.float64) - mean_from)


def moments(distribution: FloatArray) -> tuple[float, float]:
    """Mean and standard deviation of the scores."""
    scores = np.arange(len(distribution), dtype=np.float64)
    mean = float(scores @ distribution)
    return mean, float(np.sqrt((scores - mean) ** 2 @ distribution))

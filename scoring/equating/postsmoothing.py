"""Cubic-spline postsmoothing of equipercentile equivalents: Kolen (1984), JEBS 9, 25–44; Kolen & Brennan
(2014), ch. 3.4.

The spline is Reinsch's (1967): the smoothest function d with Σ ((d(x_i) − e(x_i)) / se_i)² ≤ S n. It is
fitted between the percentile ranks 0.5 and 99.5; beyond them a line leads to half a point below 0 and above
the most. The spline from X to Y is averaged with the inverse of that from Y to X.
"""

import numpy as np
from scipy.interpolate import make_smoothing_spline
from scipy.optimize import root_scalar

from scoring.arrays import FloatArray
from scoring.equating.equipercentile import equipercentile, percentile_ranks
from scoring.equating.errors import lord_errors
from scoring.errors import MeasurementError

_LEAST_POINTS = 5
_INNER = (0.005, 0.995)


def spline_equipercentile(
    from_distribution: FloatArray,
    to_distribution: FloatArray,
    n_from: float,
    n_to: float,
    smoothing: float,
) -> FloatArray:
    """Smoothed equivalents on ``to`` of each score of ``from``, shape (n_from_scores,).

    ``smoothing`` is Reinsch's S: 0 leaves the equivalents, and 0.05 to 1 are usual. ``n_from`` and ``n_to``:
    how many persons. Raises MeasurementError with code ``smoothing_few_scores`` (``least``).
    """
    forth = _smoothed(from_distribution, to_distribution, n_from, n_to, smoothing)
    back = _smoothed(to_distribution, from_distribution, n_to, n_from, smoothing)
    scores = np.arange(len(from_distribution), dtype=np.float64)
    # The ends make both run from −½ to the most + ½, so that the inverse is defined everywhere.
    places = np.concatenate([[-0.5], np.arange(len(to_distribution)), [len(to_distribution) - 0.5]])
    values = np.concatenate([[-0.5], back, [len(from_distribution) - 0.5]])
    rising = np.maximum.accumulate(values)
    return 0.5 * (forth + np.interp(scores, rising, places))


def _smoothed(
    from_distribution: FloatArray, to_distribution: FloatArray, n_from: float, n_to: float, smoothing: float
) -> FloatArray:
    scores = np.arange(len(from_distribution), dtype=np.float64)
    ranks = percentile_ranks(from_distribution, scores)
    inner = (ranks >= _INNER[0]) & (ranks <= _INNER[1])
    if np.count_nonzero(inner) < _LEAST_POINTS:
        raise MeasurementError("smoothing_few_scores", least=_LEAST_POINTS)
    places = scores[inner]
    equivalents = equipercentile(from_distribution, to_distribution)[inner]
    errors = lord_errors(from_distribution, to_distribution, n_from, n_to)[inner]
    fitted = _reinsch(places, equivalents, np.maximum(errors, 1e-6), smoothing)
    ends = (-0.5, len(from_distribution) - 0.5), (-0.5, len(to_distribution) - 0.5)
    return np.interp(scores, [ends[0][0], *places, ends[0][1]], [ends[1][0], *fitted, ends[1][1]])


def _reinsch(places: FloatArray, values: FloatArray, errors: FloatArray, smoothing: float) -> FloatArray:
    """The spline at the places whose mean squared standardised distance is ``smoothing``; the straight line
    when that is nearer still."""
    weights = 1.0 / errors**2

    def at(log_penalty: float) -> FloatArray:
        spline = make_smoothing_spline(places, values, weights, lam=float(np.exp(log_penalty)))
        return np.asarray(spline(places), dtype=np.float64)

    def over(log_penalty: float) -> float:
        return float(np.mean(weights * (at(log_penalty) - values) ** 2)) - smoothing

    low, high = np.log(weights.mean()) - 25.0, np.log(weights.mean()) + 20.0
    if smoothing <= 0 or over(low) >= 0:
        return values
    if over(high) <= 0:
        return at(high)
    return at(root_scalar(over, bracket=(low, high), xtol=1e-10).root)

"""Equipercentile equating: equal percentile ranks are equal scores.

Each score's probability is spread evenly half a point to either side: Kolen & Brennan (2014), Test Equating,
Scaling, and Linking, ch. 2.5.
"""

import numpy as np

from scoring.arrays import FloatArray, IntArray

_NEAR = 1e-12


def percentile_ranks(distribution: FloatArray, scores: FloatArray) -> FloatArray:
    """The share, 0 to 1, below each score of any value, the shape of ``scores``: F(x* − 1) + (x − x* + ½)
    f(x*), x* the nearest whole score; Kolen & Brennan (2014), eq. 2.14."""
    below = np.concatenate([[0.0], np.cumsum(distribution)])
    whole = np.clip(np.floor(scores + 0.5), 0, len(distribution) - 1).astype(np.int64)
    return np.clip(below[whole] + (scores - whole + 0.5) * distribution[whole], 0.0, below[-1])


def percentile_points(distribution: FloatArray, ranks: FloatArray) -> FloatArray:
    """The scores at percentile ranks, 0 to 1, the shape of ``ranks``; where nobody has the scores between two
    answers, the middle of them: Kolen & Brennan (2014), eqs. 2.17–2.18. Nobody lies below −½ or above the
    most + ½."""
    total = np.cumsum(distribution)
    # Rounding leaves ranks a hair beside a cumulative share that they equal.
    lower = np.minimum(np.searchsorted(total, ranks - _NEAR, side="left"), len(distribution) - 1)
    low = np.where(ranks <= _NEAR, -0.5, _inside(distribution, lower, ranks))
    high = _inside(distribution, cells(distribution, ranks), ranks)
    return 0.5 * (low + np.where(ranks >= 1.0 - _NEAR, len(distribution) - 0.5, high))


def equipercentile(from_distribution: FloatArray, to_distribution: FloatArray) -> FloatArray:
    """The equivalent on ``to`` of each score of ``from``, shape (n_from,); between −½ and the most + ½. Kolen
    & Brennan (2014), eq. 2.12."""
    scores = np.arange(len(from_distribution), dtype=np.float64)
    return percentile_points(to_distribution, percentile_ranks(from_distribution, scores))


def cells(distribution: FloatArray, ranks: FloatArray) -> IntArray:
    """The lowest score at or below which more than each rank's share lies; at the top the highest that anyone
    has."""
    highest = int(np.flatnonzero(distribution)[-1])
    return np.minimum(np.searchsorted(np.cumsum(distribution), ranks + _NEAR, side="right"), highest)


def _inside(distribution: FloatArray, cell: IntArray, ranks: FloatArray) -> FloatArray:
    """The place within a cell that has a share below it equal to each rank."""
    below = np.concatenate([[0.0], np.cumsum(distribution)])[cell]
    density = np.where(distribution[cell] > 0, distribution[cell], 1.0)
    return cell - 0.5 + np.clip((ranks - below) / density, 0.0, 1.0)

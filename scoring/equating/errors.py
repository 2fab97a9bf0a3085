"""Standard errors of equating with random groups."""

from collections.abc import Callable

import numpy as np

from scoring.arrays import FloatArray
from scoring.equating.equipercentile import cells, percentile_ranks


def lord_errors(
    from_distribution: FloatArray, to_distribution: FloatArray, n_from: float, n_to: float
) -> FloatArray:
    """Standard errors of equipercentile equivalents by the delta method, shape (n_from_scores,).

    Var = [P (1 − P)(n_X + n_Y) / (n_X n_Y) − (G(y) − P)(P − G(y − 1)) / (n_Y g(y))] / g(y)² with P the
    percentile rank and y the score of ``to`` whose cell holds it: Lord (1982), JES 7, 165–174; Kolen &
    Brennan (2014), eq. 7.12.
    """
    ranks = percentile_ranks(from_distribution, np.arange(len(from_distribution), dtype=np.float64))
    cell = cells(to_distribution, ranks)
    density, above = to_distribution[cell], np.cumsum(to_distribution)[cell]
    sampling = ranks * (1.0 - ranks) * (n_from + n_to) / (n_from * n_to)
    within = (above - ranks) * (ranks - above + density) / (n_to * density)
    return np.sqrt(np.maximum(sampling - within, 0.0)) / density


def bootstrap_errors(
    from_counts: FloatArray,
    to_counts: FloatArray,
    equate: Callable[[FloatArray, FloatArray], FloatArray],
    replications: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Standard deviations of the equivalents over samples drawn again from both groups, shape
    (n_from_scores,).

    ``equate`` makes equivalents of two arrays of counts. The counts may be of any shape, joint ones with an
    anchor too. Efron & Tibshirani (1993), ch. 6; Kolen & Brennan (2014), ch. 7.2.
    """
    drawn = [equate(_drawn(from_counts, rng), _drawn(to_counts, rng)) for _ in range(replications)]
    return np.std(drawn, axis=0, ddof=1)


def _drawn(counts: FloatArray, rng: np.random.Generator) -> FloatArray:
    n = round(float(counts.sum()))
    return rng.multinomial(n, (counts / counts.sum()).ravel()).reshape(counts.shape).astype(np.float64)

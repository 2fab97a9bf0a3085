"""Log-linear models of score distributions: log p(x) = α + Σ_i β_i x^i.

The smoothed distribution keeps the observed one's first moments: Holland & Thayer (1987), ETS RR-87-31;
Holland & Thayer (2000), Journal of Educational and Behavioral Statistics 25, 133–183.
"""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray
from scoring.errors import MeasurementError

MAX_DEGREE = 10
_MAX_ITERATIONS = 100
_TOLERANCE = 1e-10


@dataclass(frozen=True, kw_only=True, eq=False)
class Smoothed:
    """``probabilities`` of the shape of the counts, summing to 1. ``likelihood_ratio`` is G² against the
    counts with ``df`` degrees of freedom; ``aic`` = G² + 2 (degree + 1), for comparing degrees."""

    probabilities: FloatArray
    likelihood_ratio: float
    df: int
    aic: float


def smooth(counts: FloatArray, degree: int) -> Smoothed:
    """Smooth the counts of the scores 0, 1, …, shape (n_scores,), keeping ``degree`` moments.

    Raises MeasurementError with code ``smoothing_degree`` (``degree``, ``most``) unless 1 ≤ degree ≤ 10 and
    below the number of different scores seen, or ``smoothing_not_converged`` (``degree``).
    """
    seen = int(np.count_nonzero(counts))
    if not 1 <= degree <= min(MAX_DEGREE, seen - 1):
        raise MeasurementError("smoothing_degree", degree=degree, most=max(0, min(MAX_DEGREE, seen - 1)))
    return _fit(counts, _powers(len(counts), degree), degree)


def smooth_joint(counts: FloatArray, degree: int, anchor_degree: int, cross: int = 1) -> Smoothed:
    """Smooth joint counts of scores and anchor scores, shape (n_scores, n_anchor_scores): powers of each, and
    the products x^i v^j with i, j ≤ ``cross``. Raises as ``smooth``."""
    seen = (int(np.count_nonzero(counts.sum(axis=1))), int(np.count_nonzero(counts.sum(axis=0))))
    for wanted, different in ((degree, seen[0]), (anchor_degree, seen[1]), (cross, min(seen))):
        if not 1 <= wanted <= min(MAX_DEGREE, different - 1):
            raise MeasurementError(
                "smoothing_degree", degree=wanted, most=max(0, min(MAX_DEGREE, different - 1))
            )
    x, v = _powers(counts.shape[0], degree), _powers(counts.shape[1], anchor_degree)
    rows, columns = counts.shape
    parts = [np.repeat(x, columns, axis=0), np.tile(v, (rows, 1))]
    most = min(cross, x.shape[1], v.shape[1])
    parts += [np.outer(x[:, i], v[:, j]).reshape(-1, 1) for i in range(most) for j in range(most)]
    found = _fit(counts.ravel(), np.hstack(parts), degree)
    return Smoothed(
        probabilities=found.probabilities.reshape(counts.shape),
        likelihood_ratio=found.likelihood_ratio,
        df=found.df,
        aic=found.aic,
    )


def best_degree(counts: FloatArray, most: int = 6) -> int:
    """The degree from 1 to ``most`` with the least AIC; Moses & Holland (2009), JEM 46, 159–176."""
    limit = min(most, int(np.count_nonzero(counts)) - 1)
    found = {degree: smooth(counts, degree).aic for degree in range(1, limit + 1)}
    if not found:
        raise MeasurementError("smoothing_degree", degree=1, most=0)
    return min(found, key=lambda degree: (found[degree], degree))


def _powers(n_scores: int, degree: int) -> FloatArray:
    """Orthogonal polynomials of the scores, which span their powers, shape (n_scores, degree)."""
    places = np.linspace(-1.0, 1.0, n_scores)
    return np.linalg.qr(np.vander(places, degree + 1, increasing=True))[0][:, 1:]


def _fit(counts: FloatArray, design: FloatArray, degree: int) -> Smoothed:
    """Newton's method for the multinomial log-linear model; its gradient is the difference of the moments."""
    n = counts.sum()
    observed = counts / n
    beta = np.zeros(design.shape[1])
    loglik, p = _loglik(beta, design, observed)
    for _ in range(_MAX_ITERATIONS):
        gradient = design.T @ (observed - p)
        if np.abs(gradient).max() < _TOLERANCE:
            return _smoothed(counts, p, len(beta))
        centred = design - p @ design
        step = np.linalg.lstsq(centred.T @ (centred * p[:, None]), gradient, rcond=None)[0]
        while _loglik(beta + step, design, observed)[0] < loglik - 1e-14 and np.abs(step).max() > _TOLERANCE:
            step = 0.5 * step
        beta = beta + step
        loglik, p = _loglik(beta, design, observed)
    raise MeasurementError("smoothing_not_converged", degree=degree)


def _loglik(beta: FloatArray, design: FloatArray, observed: FloatArray) -> tuple[float, FloatArray]:
    exponent = design @ beta
    exponent -= exponent.max()
    total = np.log(np.exp(exponent).sum())
    return float(observed @ (exponent - total)), np.exp(exponent - total)


def _smoothed(counts: FloatArray, p: FloatArray, n_parameters: int) -> Smoothed:
    had = counts > 0
    ratio = 2.0 * float(np.sum(counts[had] * np.log(counts[had] / (counts.sum() * p[had]))))
    return Smoothed(
        probabilities=p,
        likelihood_ratio=ratio,
        df=len(counts) - 1 - n_parameters,
        aic=ratio + 2.0 * (n_parameters + 1),
    )

"""The M-step: Fisher scoring of all items at once on the expected counts.

Each item's likelihood is its own, so each has its own step and its own halving. A slope that items share is
stepped by itself, in turn with the rest. One or two steps are enough: what is left is for the next cycle
(Lange 1995, JRSS B 57, 425–437).
"""

import numpy as np

from scoring.arrays import BoolArray, FloatArray
from scoring.calibration.expectation import Expected
from scoring.calibration.families import Curves
from scoring.calibration.layout import Batch
from scoring.calibration.objective import Problem, item_gradient
from scoring.calibration.priors import penalty

LONGEST_STEP = 1.0
HALVINGS = 5


def maximise(problem: Problem, free: FloatArray, expected: Expected, *, steps: int) -> FloatArray:
    """The free parameters after ``steps`` steps from ``free``."""
    found = free.copy()
    for _ in range(steps):
        for batch in problem.layout.batches:
            _step(batch, found, expected, problem)
        if problem.layout.shared.any():
            _step_shared(problem, found, expected)
    for group, counts in zip(problem.groups, expected.groups, strict=True):
        group.maximise(found, counts)
    return found


def information(batch: Batch, curves: Curves, expected: Expected) -> FloatArray:
    """Expected complete-data information Σ_q N_q Σ_k P_k s_k s_kᵀ, shape (n, n_parameters, n_parameters)."""
    weighted = np.exp(curves.log_p) * expected.present[batch.places][:, None]
    n, width = curves.scores.shape[:2]
    scores = curves.scores.reshape(n, width, -1)
    return (scores * weighted.reshape(n, 1, -1)) @ scores.transpose(0, 2, 1)


def _step(batch: Batch, free: FloatArray, expected: Expected, problem: Problem) -> None:
    """A scoring step of what items do not share, in place."""
    parameters = batch.parameters(free)
    own = (batch.index >= 0) & ~np.append(problem.layout.shared, False)[batch.index]
    curves = batch.curves(free, problem.theta)
    prior = penalty(batch, parameters, problem.settings)
    gradient = np.where(own, item_gradient(batch, curves, expected) + prior.gradient, 0.0)
    matrix = information(batch, curves, expected) + prior.curvature
    step = _solve(matrix, gradient, own)
    step /= np.maximum(1.0, np.abs(step).max(axis=1, keepdims=True) / LONGEST_STEP)
    before = _q(batch, parameters, parameters, expected, problem)
    taken = np.zeros(len(step), dtype=bool)
    for _ in range(HALVINGS):
        after = _q(batch, parameters + step, parameters, expected, problem)
        taken = after >= before
        if taken.all():
            break
        step[~taken] *= 0.5
    step[~taken] = 0.0
    free[batch.index[own]] = (parameters + step)[own]


def _solve(matrix: FloatArray, gradient: FloatArray, own: BoolArray) -> FloatArray:
    """Steps of each item; rows and columns of what is not its own are those of the identity, and a little is
    added to the diagonal so that what the data do not determine stays."""
    both = own[:, :, None] & own[:, None, :]
    width = matrix.shape[1]
    diagonal = np.arange(width)
    regular = np.where(both, matrix, 0.0)
    regular[:, diagonal, diagonal] *= 1.0 + 1e-9
    regular[:, diagonal, diagonal] += np.where(own, 1e-6, 1.0)
    return np.linalg.solve(regular, gradient[:, :, None])[:, :, 0].astype(np.float64, copy=False)


def _q(
    batch: Batch, parameters: FloatArray, inside: FloatArray, expected: Expected, problem: Problem
) -> FloatArray:
    """Each item's expected complete-data log posterior, −∞ where the parameters are not of its model;
    ``inside`` are some that are."""
    possible = batch.family.feasible(parameters)
    safe = np.where(possible[:, None], parameters, inside)
    log_p = batch.family.log_p(safe, problem.theta, batch.categories)
    value = np.einsum("nkq,nkq->n", expected.counts[batch.cells], log_p)
    return np.where(possible, value + penalty(batch, safe, problem.settings).value, -np.inf)


def _step_shared(problem: Problem, free: FloatArray, expected: Expected) -> None:
    """A scoring step of the shared parameters, each by itself, in place."""
    gradient, diagonal = np.zeros(len(free)), np.zeros(len(free))
    for batch in problem.layout.batches:
        curves = batch.curves(free, problem.theta)
        prior = penalty(batch, batch.parameters(free), problem.settings)
        slope = item_gradient(batch, curves, expected) + prior.gradient
        matrix = information(batch, curves, expected) + prior.curvature
        own = batch.index >= 0
        gradient += np.bincount(batch.index[own], slope[own], len(free))
        diagonal += np.bincount(batch.index[own], np.diagonal(matrix, axis1=1, axis2=2)[own], len(free))
    shared = np.flatnonzero(problem.layout.shared)
    free[shared] += np.clip(gradient[shared] / diagonal[shared], -LONGEST_STEP, LONGEST_STEP)

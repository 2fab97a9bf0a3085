"""From starting values to the maximum: some EM cycles, then quasi-Newton steps.

Limited-memory BFGS (Liu & Nocedal 1989, Mathematical Programming 45, 503–528) on the log posterior, with the
cross product of persons' scores in place of the Hessian it starts from: chain-linked forms, which an EM
accelerated by extrapolation crawls through, are then no harder than one form.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike
from scipy.linalg import cho_factor, cho_solve

from scoring.arrays import FloatArray
from scoring.calibration.cross_product import block_index, cross_product, make_scorer
from scoring.calibration.maximisation import information, maximise
from scoring.calibration.objective import Evaluation, Problem, evaluate, feasible
from scoring.calibration.priors import penalty

EM_CYCLES = 3
INNER_STEPS = 2
MEMORY = 20
METRIC_ROWS = 30
"""Persons per parameter that a block gives to the cross product."""
RENEW_AFTER = 12
HALVINGS = 8
SINGLE_UNTIL = 1e-5
"""Single precision's gradients are right to about a tenth of this."""
SINGLE_FROM = 200_000
"""So many likelihoods at nodes, and single precision saves more than one more E-step."""

Tell = Callable[[int, float], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Metric:
    """A matrix in place of the information per unit of weight, factored."""

    factor: tuple[FloatArray, bool]

    def solve(self, vector: FloatArray) -> FloatArray:
        """Its inverse times a vector."""
        return cho_solve(self.factor, vector, check_finite=False)


class Ascent:
    """The way up. ``iterations`` counts E-steps."""

    def __init__(self, problem: Problem, tell: Tell) -> None:
        self.iterations = 0
        self.single_steps = 0
        self._problem = problem
        self._tell = tell
        rows = sum(block.n_rows for block in problem.blocks)
        self._dtype: DTypeLike = np.float32 if rows * len(problem.theta) > SINGLE_FROM else np.float64
        self._pairs: deque[tuple[FloatArray, FloatArray]] = deque(maxlen=MEMORY)

    def climb(self, free: FloatArray) -> tuple[Evaluation, bool]:
        """The last point, and whether it is the maximum as far as the tolerance asks."""
        current = self._evaluate(free)
        for _ in range(EM_CYCLES):
            current = self._evaluate(
                maximise(self._problem, current.free, current.expected, steps=INNER_STEPS)
            )
        return self._quasi_newton(current)

    def _quasi_newton(self, current: Evaluation) -> tuple[Evaluation, bool]:
        limit = self._problem.settings.max_iterations
        metric, age = make_metric(self._problem, current), 0
        while True:
            if self._dtype is np.float32 and current.gradient_norm < SINGLE_UNTIL:
                self._dtype = np.float64
                current = self._evaluate(current.free)
            direction = _direction(current.gradient, metric, self._pairs)
            if _converged(self._problem, current, direction):
                return current, True
            if self.iterations >= limit:
                return current, False
            following = self._step(current, direction)
            if following is None:
                if age == 0:
                    return self._stuck(current)
                following, age = current, RENEW_AFTER
            else:
                self._remember(current, following)
            current, age = following, age + 1
            if age > RENEW_AFTER:
                metric, age = make_metric(self._problem, current), 0
                self._pairs.clear()

    def _stuck(self, current: Evaluation) -> tuple[Evaluation, bool]:
        if self._dtype is np.float32:
            self._dtype = np.float64
            return self._quasi_newton(self._evaluate(current.free))
        return current, current.gradient_norm <= self._problem.settings.tolerance

    def _step(self, current: Evaluation, direction: FloatArray) -> Evaluation | None:
        """The first point along the direction, each half as far as the last, that is not lower."""
        noise = 1e-6 if self._dtype is np.float32 else 1e-12
        length = min(1.0, 2.0 / float(np.abs(direction).max()))
        for _ in range(HALVINGS):
            free = current.free + length * direction
            if feasible(self._problem, free):
                found = self._evaluate(free)
                if found.value >= current.value - noise * (1.0 + abs(current.value)):
                    return found
            length *= 0.5
        return None

    def _remember(self, before: Evaluation, after: Evaluation) -> None:
        moved, change = after.free - before.free, before.gradient - after.gradient
        if moved @ change > 1e-12 * np.sqrt((moved @ moved) * (change @ change)):
            self._pairs.append((moved, change))

    def _evaluate(self, free: FloatArray) -> Evaluation:
        found = evaluate(self._problem, free, dtype=self._dtype)
        self.iterations += 1
        self.single_steps += self._dtype is np.float32
        self._tell(self.iterations, found.gradient_norm)
        return found


def make_metric(problem: Problem, current: Evaluation) -> Metric:
    """The cross product of scores, of some persons where there are many, shrunk towards the complete-data
    information by as much as it is uncertain."""
    share = _uncertainty(problem)
    complete, prior = complete_information(problem, current)
    scores = cross_product(
        make_scorer(problem, current.free), rows_per_parameter=METRIC_ROWS, dtype=np.float32
    )
    matrix = ((1.0 - share) * scores + share * complete + prior) / problem.n
    diagonal = np.arange(len(matrix))
    matrix[diagonal, diagonal] += 1e-7 + 1e-6 * np.diagonal(complete) / problem.n
    return Metric(factor=cho_factor(matrix, lower=True))


def _uncertainty(problem: Problem) -> float:
    """From 0, where a fifth as many parameters as persons or fewer come into the cross product, to 1. Its
    error is relative to the information in every direction (Wishart), also where that is almost flat; the
    complete-data information knows nothing of flat directions and spoils them."""
    widths = np.array([len(block_index(problem, block)) for block in problem.blocks])
    persons = np.array([block.weights.sum() for block in problem.blocks])
    ratio = float(np.mean(widths / np.minimum(persons, METRIC_ROWS * widths)))
    return min(max(2.0 * ratio - 0.4, 0.0), 1.0)


def complete_information(problem: Problem, current: Evaluation) -> tuple[FloatArray, FloatArray]:
    """Expected information had θ been seen, and the priors' curvature, over all free parameters."""
    complete, prior = np.zeros((problem.n_free, problem.n_free)), np.zeros((problem.n_free, problem.n_free))
    for batch in problem.layout.batches:
        curves = batch.curves(current.free, problem.theta)
        own = batch.index >= 0
        both = own[:, :, None] & own[:, None, :]
        rows = np.broadcast_to(batch.index[:, :, None], both.shape)[both]
        columns = np.broadcast_to(batch.index[:, None, :], both.shape)[both]
        np.add.at(complete, (rows, columns), information(batch, curves, current.expected)[both])
        curvature = penalty(batch, batch.parameters(current.free), problem.settings).curvature
        np.add.at(prior, (rows, columns), curvature[both])
    for group, counts in zip(problem.groups, current.expected.groups, strict=True):
        scores = group.scores(current.free)
        own = np.ix_(group.index, group.index)
        complete[own] += (scores * counts) @ scores.T
        prior[own] += group.prior_curvature()
    return complete, prior


def _direction(
    gradient: FloatArray, metric: Metric, pairs: deque[tuple[FloatArray, FloatArray]]
) -> FloatArray:
    """The two loops of Nocedal (1980), Mathematics of Computation 35, 773–782."""
    vector = gradient.copy()
    shares: list[float] = []
    for moved, change in reversed(pairs):
        share = float(moved @ vector / (moved @ change))
        shares.append(share)
        vector -= share * change
    vector = metric.solve(vector)
    for (moved, change), share in zip(pairs, reversed(shares), strict=True):
        vector += moved * (share - float(change @ vector / (moved @ change)))
    return vector


def _converged(problem: Problem, current: Evaluation, direction: FloatArray) -> bool:
    """A small gradient is not enough where the likelihood is flat: the step that it implies is small too,
    unless the gradient has all but vanished."""
    norm, tolerance = current.gradient_norm, problem.settings.tolerance
    step = float(np.abs(direction[problem.reported]).max(initial=0.0))
    return norm <= 0.01 * tolerance or (norm <= tolerance and step <= 20.0 * tolerance)

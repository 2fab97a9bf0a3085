"""From starting values to the maximum: some EM cycles, then quasi-Newton steps.

Limited-memory BFGS (Liu & Nocedal 1989, Mathematical Programming 45, 503–528) on the log posterior, with the
cross product of persons' scores in place of the Hessian it starts from: chain-linked forms, which an EM
accelerated by extrapolation crawls through, are then no harder than one form. Where persons are many, some of
them lead to near the maximum, and single precision nearer; the last steps are of all and in double precision.
"""

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from scoring.arrays import FloatArray
from scoring.calibration.maximisation import maximise
from scoring.calibration.metric import Metric, make_metric
from scoring.calibration.objective import Evaluation, Problem, evaluate, feasible
from scoring.calibration.patterns import n_rows, thinned

EM_CYCLES = 3
INNER_STEPS = 2
MEMORY = 20
RENEW_AFTER = 20
HALVINGS = 8

APPROACH_ROWS = 4000
"""So many rows of a block lead to near the maximum. Only in exponential families: elsewhere what is near for
some is far, along bent valleys, for all."""
APPROACH_FROM = 3
"""… where there are at least so many times as many."""
APPROACH_UNTIL = 1e-3

SINGLE_UNTIL = 1e-6
"""Of tests of usual length, single precision's gradients are right to a tenth of this."""
STALE = 6
SINGLE_FROM = 200_000
"""Likelihoods at nodes from which single precision saves more than it costs."""

Tell = Callable[[int, float], None]


class Ascent:
    """The way up. ``steps``: the problem and the precision of every E-step taken."""

    def __init__(self, tell: Tell) -> None:
        self.steps: list[tuple[Problem, DTypeLike]] = []
        self._tell = tell

    @property
    def iterations(self) -> int:
        """E-steps taken."""
        return len(self.steps)

    def climb(self, problem: Problem, free: FloatArray) -> tuple[Evaluation, bool]:
        """The last point, and whether it is the maximum as far as the tolerance asks."""
        rows = n_rows(problem.blocks)
        some = problem.with_blocks(thinned(problem.blocks, APPROACH_ROWS))
        if not problem.layout.exponential or rows < APPROACH_FROM * n_rows(some.blocks):
            return _Stage(self, problem).climb(self._cycles(problem, free), problem.settings.tolerance)
        near, _ = _Stage(self, some).climb(self._cycles(some, free), APPROACH_UNTIL)
        start = self.evaluate(problem, near.free, _precision(problem))
        return _Stage(self, problem).climb(start, problem.settings.tolerance)

    def evaluate(self, problem: Problem, free: FloatArray, dtype: DTypeLike) -> Evaluation:
        """An E-step."""
        found = evaluate(problem, free, dtype=dtype)
        self.steps.append((problem, dtype))
        self._tell(self.iterations, found.gradient_norm)
        return found

    def _cycles(self, problem: Problem, free: FloatArray) -> Evaluation:
        dtype = _precision(problem)
        current = self.evaluate(problem, free, dtype)
        for _ in range(EM_CYCLES):
            following = maximise(problem, current.free, current.expected, steps=INNER_STEPS)
            current = self.evaluate(problem, following, dtype)
        return current


class _Stage:
    """Quasi-Newton steps on one problem, in single precision first where it is large."""

    def __init__(self, ascent: Ascent, problem: Problem) -> None:
        self._ascent = ascent
        self._problem = problem
        self._dtype = _precision(problem)
        self._pairs: deque[tuple[FloatArray, FloatArray]] = deque(maxlen=MEMORY)
        self._least, self._stale = np.inf, 0

    def climb(self, current: Evaluation, tolerance: float) -> tuple[Evaluation, bool]:
        metric, age = make_metric(self._problem, current), 0
        while True:
            direction = _direction(current.gradient, metric, self._pairs)
            if self._arrived(current, direction, tolerance):
                return current, True
            if self._ascent.iterations >= self._problem.settings.max_iterations:
                return current, False
            if self._is_single_spent(current):
                self._dtype = np.float64
            following = self._step(current, direction)
            if following is None and age == 0:
                if self._dtype is np.float64:
                    return current, current.gradient_norm <= tolerance
                self._dtype = np.float64
            if following is None or age == RENEW_AFTER:
                current = following or self._again(current)
                metric, age = make_metric(self._problem, current), 0
                self._pairs.clear()
            else:
                self._remember(current, following)
                current, age = following, age + 1

    def _is_single_spent(self, current: Evaluation) -> bool:
        """Whether single precision has done what it can: the gradient is near its noise, or has not been
        halved for some steps, which long tests' larger noise does."""
        if current.gradient_norm < 0.5 * self._least:
            self._least, self._stale = current.gradient_norm, 0
        self._stale += 1
        return current.gradient_norm < SINGLE_UNTIL or self._stale > STALE

    def _again(self, current: Evaluation) -> Evaluation:
        """The same point in the precision that now rules."""
        if current.dtype is self._dtype:
            return current
        return self._ascent.evaluate(self._problem, current.free, self._dtype)

    def _arrived(self, current: Evaluation, direction: FloatArray, tolerance: float) -> bool:
        """A small gradient is not enough where the likelihood is flat: the step that it implies is small too,
        unless the gradient has all but vanished. What single precision found is not the end, unless only an
        approach was wanted."""
        norm = current.gradient_norm
        if tolerance >= APPROACH_UNTIL:
            return norm <= tolerance
        step = float(np.abs(direction[self._problem.reported]).max(initial=0.0))
        small = norm <= 0.01 * tolerance or (norm <= tolerance and step <= 50.0 * tolerance)
        return small and current.dtype is np.float64

    def _step(self, current: Evaluation, direction: FloatArray) -> Evaluation | None:
        """The first point along the direction, each half as far as the last, that is not lower."""
        length = min(1.0, 2.0 / max(float(np.abs(direction).max(initial=0.0)), 1e-300))
        for _ in range(HALVINGS):
            free = current.free + length * direction
            if feasible(self._problem, free):
                found = self._ascent.evaluate(self._problem, free, self._dtype)
                noise = max(current.noise, found.noise)
                if found.value >= current.value - noise * (1.0 + abs(current.value)):
                    return found
            length *= 0.5
        return None

    def _remember(self, before: Evaluation, after: Evaluation) -> None:
        moved, change = after.free - before.free, before.gradient - after.gradient
        alike = before.dtype is after.dtype
        if alike and moved @ change > 1e-12 * np.sqrt((moved @ moved) * (change @ change)):
            self._pairs.append((moved, change))


def _precision(problem: Problem) -> DTypeLike:
    large = n_rows(problem.blocks) * len(problem.theta) > SINGLE_FROM
    return np.float32 if large else np.float64


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

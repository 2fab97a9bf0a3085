"""The log posterior of all free parameters and its gradient.

The gradient of the marginal likelihood is that of the expected complete-data likelihood (Fisher's identity;
Louis 1982, JRSS B 44, 226–233), so that one E-step gives both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike

from scoring.arrays import FloatArray, IntArray
from scoring.calibration.expectation import Expected, expect, make_table
from scoring.calibration.families import Curves
from scoring.calibration.latent import LatentGroup
from scoring.calibration.layout import Batch, Layout
from scoring.calibration.patterns import Block
from scoring.calibration.priors import log_prior, penalty
from scoring.calibration.settings import Settings


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """What is maximised. The free parameters are the items', then the groups'."""

    layout: Layout
    blocks: tuple[Block, ...]
    groups: tuple[LatentGroup, ...]
    settings: Settings
    theta: FloatArray
    n: float

    @property
    def n_free(self) -> int:
        """How many parameters are free."""
        return self.layout.n_free + sum(len(group.index) for group in self.groups)

    def with_blocks(self, blocks: tuple[Block, ...]) -> "Problem":
        """The same for other persons."""
        return replace(self, blocks=blocks, n=sum(float(block.weights.sum()) for block in blocks))

    @property
    def reported(self) -> IntArray:
        """Those that have standard errors: all but the weights of empirical distributions."""
        groups = [group.reported for group in self.groups]
        return np.concatenate([np.arange(self.layout.n_free), *groups]).astype(np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """The log posterior at ``free``, per unit of weight its gradient, and the E-step behind them."""

    free: FloatArray
    value: float
    gradient: FloatArray
    log_prior: float
    expected: Expected
    dtype: DTypeLike

    @property
    def noise(self) -> float:
        """How wrong the value may be, as a share of it."""
        return 1e-6 if self.dtype is np.float32 else 1e-12

    @property
    def gradient_norm(self) -> float:
        """The largest absolute entry."""
        return float(np.abs(self.gradient).max(initial=0.0))


def feasible(problem: Problem, free: FloatArray) -> bool:
    """Whether every item's parameters are of its model and its prior allows them."""
    return problem.layout.feasible(free) and bool(
        np.isfinite(log_prior(problem.layout, free, problem.settings))
    )


def evaluate(problem: Problem, free: FloatArray, *, dtype: DTypeLike = np.float64) -> Evaluation:
    """One E-step, and from it value and gradient."""
    layout = problem.layout
    curves = [batch.curves(free, problem.theta) for batch in layout.batches]
    table = make_table(layout.cells([some.log_p for some in curves]), layout.offsets)
    expected = expect(problem.blocks, table, log_weights(problem.groups, free), dtype=dtype)
    prior = log_prior(layout, free, problem.settings)
    prior += sum(group.log_prior(free) for group in problem.groups)
    return Evaluation(
        free=free,
        value=(expected.loglik + prior) / problem.n,
        gradient=_gradient(problem, free, curves, expected) / problem.n,
        log_prior=prior,
        expected=expected,
        dtype=dtype,
    )


def log_weights(groups: Sequence[LatentGroup], free: FloatArray) -> FloatArray:
    """Of each group at the nodes, shape (n_groups, n_nodes)."""
    return np.array([group.log_weights(free) for group in groups])


def item_gradient(batch: Batch, curves: Curves, expected: Expected) -> FloatArray:
    """Of the expected complete-data log likelihood by a batch's parameters, shape (n, n_parameters)."""
    n, width = curves.scores.shape[:2]
    counts = expected.counts[batch.cells].reshape(n, -1, 1)
    return (curves.scores.reshape(n, width, -1) @ counts)[:, :, 0]


def _gradient(problem: Problem, free: FloatArray, curves: Sequence[Curves], expected: Expected) -> FloatArray:
    gradient = np.zeros(len(free))
    for batch, some in zip(problem.layout.batches, curves, strict=True):
        by_item = item_gradient(batch, some, expected)
        by_item += penalty(batch, batch.parameters(free), problem.settings).gradient
        own = batch.index >= 0
        gradient += np.bincount(batch.index[own], weights=by_item[own], minlength=len(free))
    for group, counts in zip(problem.groups, expected.groups, strict=True):
        gradient[group.index] += group.scores(free) @ counts - group.prior_curvature() @ free[group.index]
    return gradient

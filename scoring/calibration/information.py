"""The observed information at the estimates, and the standard errors from it.

Oakes (1999), JRSS B 61, 479–482: −∂²Q/∂φ² − ∂²Q/∂φ ∂φ'. The second term, how the E-step answers a change, is
here not a difference of gradients but exact: Σ_p w_p Cov_p(s), the covariance over a person's posterior of
the complete-data score (Louis 1982, JRSS B 44, 226–233). The first is a central difference of the M-step's
gradient, item by item. The cross product is the alternative that needs no second derivative.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigvalsh

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.calibration.cross_product import Scorer, block_index, cross_product, make_scorer
from scoring.calibration.expectation import slices
from scoring.calibration.layout import Batch
from scoring.calibration.objective import Evaluation, Problem, item_gradient
from scoring.calibration.patterns import Block
from scoring.calibration.priors import penalty

DIFFERENCE = 1e-4
NEGLIGIBLE = 1e-12
"""A node that a block's persons reach with less than this share adds nothing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """How sure the estimates are. ``index``: the free parameters that have errors. ``covariance`` of shape
    (n_index, n_index), None where the information is not positive definite."""

    index: IntArray
    covariance: FloatArray | None
    condition_number: float
    at_maximum: bool


def spread(problem: Problem, found: Evaluation) -> Spread:
    """Covariance of the estimates by ``settings.errors``, which is not ``none``."""
    matrix = observed_information(problem, found)
    index = problem.reported
    matrix = matrix[np.ix_(index, index)]
    values = eigvalsh(matrix)
    definite = bool(values[0] > NEGLIGIBLE * values[-1])
    return Spread(
        index=index,
        covariance=np.linalg.inv(matrix).astype(np.float64, copy=False) if definite else None,
        condition_number=float(values[-1] / values[0]) if definite else float("inf"),
        at_maximum=definite,
    )


def observed_information(problem: Problem, found: Evaluation) -> FloatArray:
    """Negative second derivatives of the log posterior over all free parameters; or, where the settings say
    so, the cross product of scores in their place."""
    scorer = make_scorer(problem, found.free)
    scores = cross_product(scorer)
    if problem.settings.errors == "cross_product":
        return scores + _complete(problem, found, with_likelihood=False)
    return _complete(problem, found, with_likelihood=True) + scores - _second_moments(scorer)


def _complete(problem: Problem, found: Evaluation, *, with_likelihood: bool) -> FloatArray:
    """Negative second derivatives of the expected complete-data log posterior, or of the priors alone."""
    matrix = np.zeros((problem.n_free, problem.n_free))
    for batch in problem.layout.batches:
        blocks = _curvature(batch, problem, found, with_likelihood=with_likelihood)
        own = batch.index >= 0
        both = own[:, :, None] & own[:, None, :]
        rows = np.broadcast_to(batch.index[:, :, None], both.shape)[both]
        columns = np.broadcast_to(batch.index[:, None, :], both.shape)[both]
        np.add.at(matrix, (rows, columns), blocks[both])
    if with_likelihood:
        for group, counts in zip(problem.groups, found.expected.groups, strict=True):
            for at in group.reported:
                shift = np.zeros(problem.n_free)
                shift[at] = DIFFERENCE
                change = group.scores(found.free - shift) - group.scores(found.free + shift)
                matrix[group.index, at] += change @ counts / (2 * DIFFERENCE)
    return 0.5 * (matrix + matrix.T)


def _curvature(batch: Batch, problem: Problem, found: Evaluation, *, with_likelihood: bool) -> FloatArray:
    """Of each item, shape (n, n_parameters, n_parameters), by central differences."""
    parameters = batch.parameters(found.free)
    n, width = parameters.shape
    curvature = np.zeros((n, width, width))

    def gradient(moved: FloatArray) -> FloatArray:
        prior = penalty(batch, moved, problem.settings).gradient
        if not with_likelihood:
            return prior
        curves = batch.family.curves(moved, problem.theta, batch.categories)
        return prior + item_gradient(batch, curves, found.expected)

    for place in range(width):
        shift = np.zeros(width)
        shift[place] = DIFFERENCE
        curvature[:, :, place] = (gradient(parameters - shift) - gradient(parameters + shift)) / (
            2 * DIFFERENCE
        )
    return curvature


def _second_moments(scorer: Scorer) -> FloatArray:
    """Σ_p w_p E_p(s sᵀ) over each person's posterior, shape (n_free, n_free).

    A person's complete-data score is linear in the row of the design, so that at each node a product of the
    design with itself is all that is needed of the persons."""
    problem = scorer.problem
    total = np.zeros((problem.n_free, problem.n_free))
    for block in problem.blocks:
        index = block_index(problem, block)
        products, used = _products(scorer, block)
        columns = _column_scores(scorer, block, index, np.flatnonzero(used))
        part = np.zeros((len(index), len(index)))
        for product, scores in zip(products, columns, strict=True):
            part += scores.T @ product @ scores
        total[np.ix_(index, index)] += part
    return total


def _products(scorer: Scorer, block: Block) -> tuple[FloatArray, BoolArray]:
    """Σ_p w_p post_pq x_p x_pᵀ at each node that is reached, shape (n_used, 1 + n_columns, 1 + n_columns)."""
    weights = scorer.log_weights[block.group]
    reached = np.zeros(len(scorer.problem.theta))
    for part in slices(block, scorer.table, weights, np.float64):
        reached += part.posterior.sum(axis=0)
    used = reached > NEGLIGIBLE * reached.sum()
    width = block.design.shape[1]
    products = np.zeros((int(used.sum()), width, width))
    for part in slices(block, scorer.table, weights, np.float64):
        columns = part.posterior.T[used]
        for place, column in enumerate(columns):
            products[place] += (part.design * column[:, None]).T @ part.design
    return products, used


def _column_scores(scorer: Scorer, block: Block, index: IntArray, nodes: IntArray) -> FloatArray:
    """What each column of the design adds to the complete-data score at the nodes, shape (n_nodes, 1 +
    n_columns, n_index)."""
    scores = np.zeros((len(nodes), block.design.shape[1], len(index)))
    group = scorer.problem.groups[block.group]
    scores[:, 0, np.searchsorted(index, group.index)] += scorer.group_scores[block.group][:, nodes].T
    for batch, curves in zip(scorer.problem.layout.batches, scorer.curves, strict=True):
        for item in np.flatnonzero(np.isin(batch.places, block.places)):
            place = int(np.searchsorted(block.places, batch.places[item]))
            own = batch.index[item] >= 0
            at = np.searchsorted(index, batch.index[item][own])
            values = curves.scores[item][own][:, :, nodes].transpose(2, 1, 0)
            if block.everyone[place]:
                scores[:, 0, at] += values[:, 0]
                values = values[:, 1:] - values[:, :1]
            start = 1 + int(block.starts[place])
            scores[:, start : start + values.shape[1], at] = values
    return scores

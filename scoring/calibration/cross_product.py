"""Each person's score and the information that their cross products estimate.

Σ_p w_p s_p s_pᵀ with s_p = Σ_q post_pq ∂ log P(x_p | θ_q); Berndt, Hall, Hall & Hausman (1974), Annals of
Economic and Social Measurement 3, 653–665.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from scoring.arrays import BoolArray, CodeArray, FloatArray, IntArray
from scoring.calibration.expectation import Slice, Table, make_table, slices
from scoring.calibration.families import Curves
from scoring.calibration.layout import Batch
from scoring.calibration.objective import Problem, log_weights
from scoring.calibration.patterns import Block
from scoring.responses import MISSING


@dataclass(frozen=True, kw_only=True, eq=False)
class Scorer:
    """What scores of persons are computed from, at one point."""

    problem: Problem
    table: Table
    log_weights: FloatArray
    curves: tuple[Curves, ...]
    group_scores: tuple[FloatArray, ...]


def make_scorer(problem: Problem, free: FloatArray) -> Scorer:
    """The scorer at ``free``."""
    layout, theta = problem.layout, problem.theta
    curves = tuple(batch.curves(free, theta) for batch in layout.batches)
    return Scorer(
        problem=problem,
        table=make_table(layout.log_p(free, theta), layout.offsets),
        log_weights=log_weights(problem.groups, free),
        curves=curves,
        group_scores=tuple(group.scores(free) for group in problem.groups),
    )


def cross_product(
    scorer: Scorer, *, rows_per_parameter: int | None = None, dtype: DTypeLike = np.float64
) -> FloatArray:
    """The matrix over all free parameters, shape (n_free, n_free); from about ``rows_per_parameter`` of
    each block for each parameter it depends on, and scaled to all, where there are more."""
    problem = scorer.problem
    total = np.zeros((problem.n_free, problem.n_free))
    for block in problem.blocks:
        index = block_index(problem, block)
        step = 1 if rows_per_parameter is None else max(1, block.n_rows // (rows_per_parameter * len(index)))
        part = np.zeros((len(index), len(index)))
        used = 0.0
        for piece in slices(block, scorer.table, scorer.log_weights[block.group], dtype, step=step):
            scores = person_scores(scorer, block, piece, index)
            part += scores.T @ (scores * piece.weights[:, None])
            used += float(piece.weights.sum())
        total[np.ix_(index, index)] += part * (float(block.weights.sum()) / used)
    return total


def block_index(problem: Problem, block: Block) -> IntArray:
    """The free parameters that a block's likelihood depends on, in ascending order."""
    own = [batch.index[np.isin(batch.places, block.places)].ravel() for batch in problem.layout.batches]
    index = np.unique(np.concatenate([*own, problem.groups[block.group].index]))
    return index[index >= 0]


def person_scores(scorer: Scorer, block: Block, piece: Slice, index: IntArray) -> FloatArray:
    """Scores of a slice's rows by the parameters of ``index``, shape (n_rows, n_index)."""
    posterior = piece.posterior / piece.weights.astype(piece.posterior.dtype)[:, None]
    scores = np.zeros((len(posterior), len(index)))
    codes = block.codes[piece.rows]
    for batch, curves in zip(scorer.problem.layout.batches, scorer.curves, strict=True):
        mine = np.isin(batch.places, block.places)
        if mine.any():
            own = codes[:, np.searchsorted(block.places, batch.places[mine])]
            expected = _expected(curves.scores[mine], own, posterior)
            _scatter(batch, mine, expected, index, scores)
    group = scorer.problem.groups[block.group]
    if len(group.index):
        rows = scorer.group_scores[block.group].astype(posterior.dtype)
        scores[:, np.searchsorted(index, group.index)] += posterior @ rows.T
    return scores


def _expected(curve_scores: FloatArray, codes: CodeArray, posterior: FloatArray) -> FloatArray:
    """The score of each row's category, averaged over its posterior, shape (n_parameters, n_rows, n_items);
    0 where the item was not administered."""
    n, width, categories, n_nodes = curve_scores.shape
    found = np.zeros((width, len(codes), n))
    for parameter in range(width):
        rows = np.ascontiguousarray(curve_scores[:, parameter]).reshape(n * categories, n_nodes)
        values = posterior @ rows.T.astype(posterior.dtype)
        chosen = values.reshape(len(codes), n, categories)
        found[parameter] = np.take_along_axis(chosen, np.maximum(codes, 0)[:, :, None].astype(np.int64), 2)[
            :, :, 0
        ]
    return np.where(codes == MISSING, 0.0, found)


def _scatter(
    batch: Batch, mine: BoolArray, expected: FloatArray, index: IntArray, scores: FloatArray
) -> None:
    """Put each parameter's scores in its column; those of items that share it are summed."""
    for parameter, values in enumerate(expected):
        at = batch.index[mine, parameter]
        free = at >= 0
        if len(np.unique(at[free])) == free.sum():
            scores[:, np.searchsorted(index, at[free])] += values[:, free]
        else:
            for column in np.unique(at[free]):
                scores[:, np.searchsorted(index, column)] += values[:, at == column].sum(axis=1)

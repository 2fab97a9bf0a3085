"""Each person's score and the information that their cross products estimate.

Σ_p w_p s_p s_pᵀ with s_p = Σ_q post_pq ∂ log P(x_p | θ_q); Berndt, Hall, Hall & Hausman (1974), Annals of
Economic and Social Measurement 3, 653–665.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from scoring.arrays import CodeArray, FloatArray, IntArray
from scoring.calibration.expectation import Slice, Table, make_table, slices
from scoring.calibration.families import Curves
from scoring.calibration.objective import Problem, log_weights
from scoring.calibration.patterns import Block


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
        table=make_table(layout.cells([some.log_p for some in curves]), layout.offsets),
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
        step = 1 if rows_per_parameter is None else _step(block, rows_per_parameter * len(index))
        part = np.zeros((len(index), len(index)))
        used = 0.0
        for piece in slices(block, scorer.table, scorer.log_weights[block.group], dtype, step=step):
            scores = person_scores(scorer, block, piece, index)
            part += scores.T @ (scores * piece.weights.astype(scores.dtype)[:, None])
            used += float(piece.weights.sum())
        total[np.ix_(index, index)] += part * (float(block.weights.sum()) / used)
    return total


def _step(block: Block, rows: int) -> int:
    """So that at least ``rows``, and of large blocks an eighth, are taken."""
    return max(1, block.n_rows // max(rows, block.n_rows // 8))


def block_index(problem: Problem, block: Block) -> IntArray:
    """The free parameters that a block's likelihood depends on, in ascending order."""
    own = [batch.index[np.isin(batch.places, block.places)].ravel() for batch in problem.layout.batches]
    index = np.unique(np.concatenate([*own, problem.groups[block.group].index]))
    return index[index >= 0]


def person_scores(scorer: Scorer, block: Block, piece: Slice, index: IntArray) -> NDArray[np.floating]:
    """Scores of a slice's rows by the parameters of ``index``, shape (n_rows, n_index)."""
    posterior = piece.posterior / piece.weights.astype(piece.posterior.dtype)[:, None]
    scores = np.zeros((len(posterior), len(index)), dtype=posterior.dtype)
    codes = block.codes[piece.rows]
    for batch, curves in zip(scorer.problem.layout.batches, scorer.curves, strict=True):
        mine = np.isin(batch.places, block.places)
        for parameter in range(batch.index.shape[1]):
            free = mine & (batch.index[:, parameter] >= 0)
            if free.any():
                own = codes[:, np.searchsorted(block.places, batch.places[free])]
                values = _expected(curves.scores[free, parameter], own, posterior)
                _add_columns(scores, np.searchsorted(index, batch.index[free, parameter]), values)
    group = scorer.problem.groups[block.group]
    if len(group.index):
        rows = scorer.group_scores[block.group].astype(posterior.dtype)
        scores[:, np.searchsorted(index, group.index)] += posterior @ rows.T
    return scores


def _expected(
    curve_scores: FloatArray, codes: CodeArray, posterior: NDArray[np.floating]
) -> NDArray[np.floating]:
    """The score of each row's category, averaged over its posterior, shape (n_rows, n_items); 0 where the
    item was not administered. ``curve_scores`` are by one parameter, shape (n_items, categories, n_nodes)."""
    found = np.zeros(codes.shape, dtype=posterior.dtype)
    for category in range(curve_scores.shape[1]):
        values = posterior @ curve_scores[:, category].T.astype(posterior.dtype)
        np.copyto(found, values, where=codes == category)
    return found


def _add_columns(scores: NDArray[np.floating], at: IntArray, values: NDArray[np.floating]) -> None:
    """Add each column of ``values`` to that of ``scores`` where it belongs, several to one if they share
    it."""
    if len(np.unique(at)) == len(at):
        scores[:, at] += values
    else:
        for column in np.unique(at):
            scores[:, column] += values[:, at == column].sum(axis=1)

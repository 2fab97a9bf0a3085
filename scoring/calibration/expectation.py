"""The E-step: expected counts at the nodes, as two matrix products and an exponential per slice of rows.

Bock & Aitkin (1981), Psychometrika 46, 443–459, eqs. 10–12. Only sums over persons are kept.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from scoring.arrays import FloatArray, IntArray
from scoring.calibration.patterns import Block

SLICE_BYTES = 2**19
"""A slice's matrix at the nodes stays within the processor's cache."""

_REACH = {"d": 600.0, "f": 80.0}
"""The exponential of this, either sign, is far enough from the largest and the smallest number."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """Log probabilities of all cells at the nodes, shape (n_cells, n_nodes), and of each item's least and
    most likely category, shape (n_items, n_nodes)."""

    log_p: FloatArray
    least: FloatArray
    most: FloatArray


def make_table(log_p: FloatArray, offsets: IntArray) -> Table:
    """The table of items whose first cells are ``offsets``, and last the number of cells."""
    return Table(
        log_p=log_p,
        least=np.minimum.reduceat(log_p, offsets[:-1], axis=0),
        most=np.maximum.reduceat(log_p, offsets[:-1], axis=0),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Expected:
    """What the items need of the persons.

    ``present`` of shape (n_items, n_nodes): expected number at each node of those who had the item.
    ``counts`` of shape (n_cells, n_nodes): of those who chose the category. ``groups`` of shape (n_groups,
    n_nodes).
    """

    loglik: float
    present: FloatArray
    counts: FloatArray
    groups: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Slice:
    """Some rows of a block, their posterior at the nodes times ``weights``, and the log of their
    likelihood."""

    rows: slice
    design: NDArray[np.floating]
    posterior: NDArray[np.floating]
    weights: FloatArray
    log_likelihood: FloatArray


def expect(
    blocks: Sequence[Block],
    table: Table,
    log_weights: FloatArray,
    *,
    dtype: DTypeLike = np.float64,
) -> Expected:
    """The E-step over all blocks; ``log_weights`` of shape (n_groups, n_nodes)."""
    counts, groups = np.zeros_like(table.log_p), np.zeros_like(log_weights)
    present = np.zeros_like(table.least)
    loglik = 0.0
    for block in blocks:
        sums = np.zeros((block.design.shape[1], table.log_p.shape[1]))
        for part in slices(block, table, log_weights[block.group], dtype):
            sums += part.design.T @ part.posterior
            loglik += float(part.weights @ part.log_likelihood)
        groups[block.group] += sums[0]
        _add(block, sums, counts, present)
    return Expected(
        loglik=loglik,
        present=present,
        counts=counts,
        groups=groups,
    )


def slices(
    block: Block, table: Table, log_weights: FloatArray, dtype: DTypeLike, *, step: int = 1
) -> Generator[Slice]:
    """The posterior of a block's rows, some at a time; of every ``step``-th row, from the first. A slice is
    of use until the next is asked for."""
    exponents = _exponents(block, table.log_p, log_weights).astype(dtype)
    shift, safe = _shift(block, table, log_weights, _REACH[exponents.dtype.char])
    exponents[0] += shift
    ones = np.ones(exponents.shape[1], dtype=dtype)
    rows = max(64, SLICE_BYTES // (exponents.shape[1] * exponents.itemsize)) * step
    converted = np.empty((rows // step, exponents.shape[0]), dtype=dtype)
    likelihoods = np.empty((rows // step, exponents.shape[1]), dtype=dtype)
    for start in range(0, block.n_rows, rows):
        weights = block.weights[start : start + rows : step]
        design = block.design[start : start + rows : step]
        if design.dtype != converted.dtype:
            converted[: len(weights)] = design
            design = converted[: len(weights)]
        posterior = np.matmul(design, exponents, out=likelihoods[: len(weights)])
        top = 0.0 if safe else posterior.max(axis=1, keepdims=True)
        if not safe:
            posterior -= top
        np.exp(posterior, out=posterior)
        likelihood = posterior @ ones
        posterior *= (weights / likelihood).astype(dtype)[:, None]
        yield Slice(
            rows=slice(start, start + rows, step),
            design=design,
            posterior=posterior,
            weights=weights,
            log_likelihood=np.log(likelihood.astype(np.float64)) + np.ravel(top) - shift,
        )


def _exponents(block: Block, log_p: FloatArray, log_weights: FloatArray) -> FloatArray:
    """What each column of the design adds to the log likelihood at the nodes, shape (1 + n_columns,
    n_nodes)."""
    exponents = np.empty((block.design.shape[1], log_p.shape[1]))
    exponents[0] = log_p[block.firsts[block.everyone]].sum(axis=0) + log_weights
    exponents[1:] = log_p[block.cells]
    exponents[1 + block.against] -= log_p[block.zeros]
    return exponents


def _shift(block: Block, table: Table, log_weights: FloatArray, reach: float) -> tuple[float, bool]:
    """What to add to all log likelihoods so that none overflows, and whether then none underflows: the best
    node of the worst row is still above −``reach``."""
    most = table.most[block.places[block.everyone]].sum(axis=0) + log_weights
    least = table.least[block.places].sum(axis=0) + log_weights
    shift = reach - float(most.max())
    return shift, float(least.max()) + shift > -reach


def _add(block: Block, sums: FloatArray, counts: FloatArray, present: FloatArray) -> None:
    """Add a block's sums to the counts of cells and the numbers of those who had the items."""
    counts[block.cells] += sums[1:]
    chosen = np.add.reduceat(sums[1:], block.starts, axis=0)
    had = np.where(block.everyone[:, None], sums[0], chosen)
    present[block.places] += had
    counts[block.firsts[block.everyone]] += (had - chosen)[block.everyone]

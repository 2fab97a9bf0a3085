"""Starting values from sums: each item's categories by the mean rest score of those who chose them.

If θ is normal with the same variance v within each category, with means m_k, then log P(k | θ) is linear in θ
with slopes (m_k − m_0) / v: the normal discriminant (Fisher 1936). The rest score, standardised within the
form, stands for θ.
"""

import numpy as np
from scipy.special import expit, logit

from scoring.arrays import FloatArray, IntArray
from scoring.calibration.families import ASYMPTOTIC, DIVIDED, GRADED, LOGISTIC
from scoring.calibration.layout import Batch
from scoring.calibration.objective import Problem
from scoring.calibration.patterns import Block, thinned
from scoring.calibration.settings import BetaPrior, GuessingPrior, Settings

SLOPES = (0.4, 2.5)
ROWS = 5_000
"""So many of a block are enough."""


def starting_values(problem: Problem, categories: IntArray) -> FloatArray:
    """The free parameters to start from; those of groups are 0."""
    layout, settings = problem.layout, problem.settings
    counts, sums = np.zeros(layout.n_cells), np.zeros(layout.n_cells)
    for block in thinned(problem.blocks, ROWS):
        _add(block, categories, counts, sums)
    free = np.zeros(problem.n_free)
    for batch in layout.batches:
        own = batch.index >= 0
        start = _start(batch, counts[batch.cells] + 0.5, sums[batch.cells], settings)
        free[batch.index[own]] = start[own]
    return free


def _add(block: Block, categories: IntArray, counts: FloatArray, sums: FloatArray) -> None:
    """Add how many chose each cell, and the sum of their standardised rest scores."""
    points = np.maximum(block.codes, 0).astype(np.float64)
    most = (block.codes >= 0) @ (categories[block.places] - 1.0)
    total = points.sum(axis=1) / most
    weights = block.weights / block.weights.sum()
    mean = float(weights @ total)
    sd = max(float(np.sqrt(weights @ (total - mean) ** 2)), 1e-3)
    chosen, had = _by_cell(
        block, np.column_stack([block.weights, block.weights * (total - mean) / sd]), len(counts)
    )
    counts += chosen[:, 0]
    sums += chosen[:, 1]
    # The item's own points are taken out of the score.
    own = block.weights @ points / had[:, 0]
    share = 1.0 / (sd * float(weights @ most))
    for place, first, mean_points in zip(block.places, block.firsts, own, strict=True):
        cells = slice(first, first + int(categories[place]))
        sums[cells] -= chosen[cells, 0] * (np.arange(int(categories[place])) - mean_points) * share


def _by_cell(block: Block, values: FloatArray, n_cells: int) -> tuple[FloatArray, FloatArray]:
    """Sums of the rows' values over those who chose each cell, shape (n_cells, n_values), and over those who
    had each item, shape (n_places, n_values)."""
    columns = block.design.T.astype(np.float64) @ values
    found = np.zeros((n_cells, values.shape[1]))
    found[block.cells] = columns[1:]
    inside = np.add.reduceat(columns[1:], block.starts, axis=0)
    had = np.where(block.everyone[:, None], columns[0], inside)
    found[block.firsts[block.everyone]] = (had - inside)[block.everyone]
    return found, had


def _start(batch: Batch, counts: FloatArray, sums: FloatArray, settings: Settings) -> FloatArray:
    """Of a batch, shape (n, n_parameters)."""
    p = counts / counts.sum(axis=1, keepdims=True)
    means = sums / counts
    within = np.maximum(1.0 - (p * means**2).sum(axis=1), 0.3)
    slopes = (means - means[:, :1]) / within[:, None]
    if batch.family in (LOGISTIC, ASYMPTOTIC, GRADED):
        return _start_threshold(batch, p, slopes, settings)
    # The discriminant's intercepts, at θ = 0.
    intercepts = np.log(p / p[:, :1]) - 0.5 * within[:, None] * (slopes**2)
    if batch.family is DIVIDED:
        steps = np.arange(batch.categories)
        slope = np.clip((p * slopes * steps).sum(axis=1) / (p * steps**2).sum(axis=1), 0.2, 2.0)
        return np.column_stack([slope, np.log(p / p[:, :1])[:, 1:]])
    return np.column_stack([np.clip(slopes[:, 1:], -2.0, 2.0), intercepts[:, 1:]])


def _start_threshold(batch: Batch, p: FloatArray, slopes: FloatArray, settings: Settings) -> FloatArray:
    steps = np.arange(batch.categories)
    middle = (p * slopes * steps).sum(axis=1) / (p * steps**2).sum(axis=1)
    above = np.cumsum(p[:, ::-1], axis=1)[:, ::-1][:, 1:]
    slope = np.clip(middle * (batch.categories - 1) ** 0.5, *SLOPES)
    if batch.family is not ASYMPTOTIC:
        return np.column_stack([slope, logit(above) * np.sqrt(1.0 + slope**2 / 3.0)[:, None]])
    lower, upper = _asymptote(settings.guessing_prior, 0.15), 1.0 - _asymptote(settings.upper_prior, 0.03)
    free_upper = batch.index[:, 3] >= 0
    top = np.where(free_upper, upper, 1.0)
    inner = np.clip((above[:, 0] - lower) / (top - lower), 0.03, 0.97)
    slope = np.clip(1.3 * slope, *SLOPES)
    d = logit(inner) * np.sqrt(1.0 + slope**2 / 3.0)
    ones = np.ones_like(slope)
    return np.column_stack([slope, d, logit(lower) * ones, logit(upper) * ones])


def _asymptote(prior: GuessingPrior | None, otherwise: float) -> float:
    """How far the asymptote is from the nearer end where its prior is highest."""
    if prior is None:
        return otherwise
    if isinstance(prior, BetaPrior):
        mode = (prior.alpha - 1.0) / max(prior.alpha + prior.beta - 2.0, 1e-9)
    else:
        mode = float(expit(prior.mean))
    mode = min(max(mode, 0.01), 0.99)
    return min(mode, 1.0 - mode)

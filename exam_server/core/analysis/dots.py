"""What candidates near an ability earned, to set beside the model's curves."""

from dataclasses import dataclass

import numpy as np

from exam_server.core.analysis.classic import dot
from exam_server.core.analysis.findings import DotFigures
from exam_server.core.analysis.fitted import Fitted
from exam_server.core.analysis.scored_test import ScoredTest
from scoring.ability.posterior import posterior_chunks
from scoring.arrays import FloatArray

EDGES = np.arange(-2.75, 2.76, 0.5)
"""Bins of θ in SDs of the candidates around their mean; the outer ones are open."""

FEWEST = 5.0
"""Candidates a dot needs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Near:
    """``counts`` of shape (n_bins, n_items, n_categories): how many with each right count are near each θ,
    every candidate spread by their posterior; ``theta`` of shape (n_bins,): the mean in the bin."""

    counts: FloatArray
    theta: FloatArray


def near_theta(test: ScoredTest, fitted: Fitted) -> Near:
    """Counts of the modelled items by ability: Bock & Aitkin (1981), Psychometrika 46, eqs. 10–11, summed
    over the nodes of a bin."""
    modelled = fitted.modelled
    group = fitted.calibration.groups[0]
    inside = np.searchsorted(EDGES, (fitted.calibration.nodes.theta - group.mean) / group.sd, side="right")
    bins = (inside[:, None] == np.arange(len(EDGES) + 1)).astype(np.float64)
    right = test.right[modelled.rows][:, list(modelled.places)]
    categories = int(right.max()) + 1
    counts = np.zeros((bins.shape[1], right.shape[1], categories))
    sums = np.zeros((2, bins.shape[1]))
    chunks = posterior_chunks(fitted.items, modelled.responses, fitted.nodes, fitted.weights)
    for rows, density in chunks:
        density /= density.sum(axis=1, keepdims=True)
        mass = density @ bins
        sums += mass.sum(axis=0), (density @ (bins * fitted.nodes.theta[:, None])).sum(axis=0)
        for category in range(categories):
            counts[:, :, category] += mass.T @ (right[rows] == category)
    return Near(counts=counts, theta=sums[1] / np.maximum(sums[0], 1e-300))


def theta_dots(test: ScoredTest, fitted: Fitted, near: Near, column: int) -> tuple[DotFigures, ...]:
    """The dots of one modelled item."""
    shares = test.items[fitted.modelled.places[column]].shares
    counts = near.counts[:, column, : len(shares)]
    return tuple(
        dot(float(theta), row, shares)
        for theta, row in zip(near.theta, counts, strict=True)
        if row.sum() >= FEWEST
    )

"""What stands for the information while climbing: the cross product of persons' scores."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from scoring.arrays import FloatArray
from scoring.calibration.cross_product import block_index, cross_product, make_scorer
from scoring.calibration.maximisation import information
from scoring.calibration.objective import Evaluation, Problem
from scoring.calibration.priors import penalty

ROWS_PER_PARAMETER = 20
"""Persons that a block gives to the cross product, for each parameter it depends on."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Metric:
    """A matrix in place of the information per unit of weight, factored."""

    factor: tuple[FloatArray, bool]

    def solve(self, vector: FloatArray) -> FloatArray:
        """Its inverse times a vector."""
        return cho_solve(self.factor, vector, check_finite=False)


def make_metric(problem: Problem, current: Evaluation) -> Metric:
    """The cross product of scores, of some persons where there are many, shrunk towards the complete-data
    information by as much as it is uncertain."""
    share = _uncertainty(problem)
    complete, prior = complete_information(problem, current)
    scores = cross_product(
        make_scorer(problem, current.free), rows_per_parameter=ROWS_PER_PARAMETER, dtype=np.float32
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
    ratio = float(np.mean(widths / np.minimum(persons, ROWS_PER_PARAMETER * widths)))
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

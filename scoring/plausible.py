"""Plausible values: what a person's θ may be, given the answers."""

from collections.abc import Sequence

import numpy as np

from scoring.ability.posterior import posterior_chunks
from scoring.arrays import FloatArray
from scoring.items import Item
from scoring.quadrature import Nodes
from scoring.responses import Responses


def plausible_values(
    items: Sequence[Item],
    responses: Responses,
    nodes: Nodes,
    weights: FloatArray,
    *,
    draws: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Independent draws from each person's posterior, shape (n_persons, draws); ``weights`` as in ``eap``.

    Mislevy (1991), Psychometrika 56, 177–196. A node is drawn, and then a point evenly within its cell; what
    that adds to the variance, h² / 12 for cells of width h (Sheppard, 1898, Proc. London Math. Soc. 29,
    353–380), is taken out by drawing the points towards the posterior's mean, so that mean and variance are
    the posterior's.

    Raises MeasurementError as ``eap`` does.
    """
    width = float(nodes.theta[1] - nodes.theta[0])
    values = np.empty((responses.n_persons, draws))
    for rows, density in posterior_chunks(items, responses, nodes, weights):
        share = density / density.sum(axis=1, keepdims=True)
        mean = (share @ nodes.theta)[:, None]
        variance = np.sum(share * (nodes.theta - mean) ** 2, axis=1, keepdims=True)
        drawn = _draw(np.cumsum(share, axis=1), nodes.theta, rng.random((len(share), draws)))
        drawn += width * (rng.random(drawn.shape) - 0.5)
        values[rows] = mean + (drawn - mean) * np.sqrt(variance / (variance + width**2 / 12.0))
    return values


def _draw(cumulative: FloatArray, theta: FloatArray, chances: FloatArray) -> FloatArray:
    """The node at which the cumulative share passes each chance."""
    places = [np.searchsorted(row, chance) for row, chance in zip(cumulative, chances, strict=True)]
    return theta[np.minimum(np.array(places), len(theta) - 1)]

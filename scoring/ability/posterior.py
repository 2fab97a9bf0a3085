"""Ability from the posterior over explicit nodes."""

from collections.abc import Generator, Sequence

import numpy as np

from scoring.ability.estimate import Ability
from scoring.ability.likelihood import CHUNK, AnswerTable, answer_table, check_answers, log_trace
from scoring.arrays import FloatArray
from scoring.items import Item
from scoring.quadrature import Nodes
from scoring.responses import Responses


def eap(items: Sequence[Item], responses: Responses, nodes: Nodes, weights: FloatArray) -> Ability:
    """Mean and standard deviation of each person's posterior.

    θ̂ = Σ θ_q L(θ_q) w_q / Σ L(θ_q) w_q; Bock & Mislevy (1982), APM 6, 431–444. ``weights``: the prior at the
    nodes, shape (n_nodes,), or (n_groups, n_nodes). A person without answers has the prior's mean.

    Raises what ``check_answers`` raises.
    """
    moments = np.empty((responses.n_persons, 3))
    powers = np.column_stack([np.ones(nodes.count), nodes.theta, nodes.theta**2])
    for rows, density in posterior_chunks(items, responses, nodes, weights):
        moments[rows] = density @ powers
    mean = moments[:, 1] / moments[:, 0]
    return Ability(theta=mean, se=np.sqrt(np.maximum(moments[:, 2] / moments[:, 0] - mean**2, 0.0)))


def posterior_chunks(
    items: Sequence[Item], responses: Responses, nodes: Nodes, weights: FloatArray
) -> Generator[tuple[slice, FloatArray]]:
    """Rows of persons, and their posteriors at the nodes, of shape (n_rows, n_nodes), the largest value 1.

    Raises what ``check_answers`` raises.
    """
    check_answers(items, responses)
    with np.errstate(divide="ignore"):
        prior = np.log(np.atleast_2d(weights))
    table = answer_table([log_trace(item, nodes.theta) for item in items], responses.codes)
    for start in range(0, responses.n_persons, CHUNK):
        rows = slice(start, start + CHUNK)
        yield rows, _posterior(table, responses, rows, prior)


def _posterior(table: AnswerTable, responses: Responses, rows: slice, prior: FloatArray) -> FloatArray:
    density = table.sums(responses.codes[rows])
    density += prior if len(prior) == 1 else prior[responses.groups[rows]]
    density -= density.max(axis=1, keepdims=True)
    return np.exp(density, out=density)

"""Ability from sum scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from scoring.ability.estimate import Ability
from scoring.ability.likelihood import check_answers
from scoring.arrays import FloatArray, IntArray
from scoring.items import Item, trace
from scoring.quadrature import Nodes
from scoring.responses import Responses


@dataclass(frozen=True, kw_only=True, eq=False)
class SumScores:
    """For every sum score from 0 to the most: the posterior's mean and standard deviation, and how probable
    the score is; arrays of shape (n_scores,). NaN in ``theta`` and ``se`` where no answers sum to a score."""

    scores: IntArray
    theta: FloatArray
    se: FloatArray
    probability: FloatArray


def score_probabilities(
    items: Sequence[Item], theta: FloatArray, points: Sequence[IntArray] | None = None
) -> FloatArray:
    """Probability of each sum score at each θ, shape (n_thetas, most + 1).

    f_i(x | θ) = Σ_k f_{i−1}(x − s_ik | θ) P_ik(θ); Lord & Wingersky (1984), APM 8, 453–461; more than two
    categories: Thissen, Pommerich, Billeaud & Williams (1995), APM 19, 39–49. ``points``: for each item the
    whole numbers, not negative, that its categories are worth; 0, 1, … unless given.
    """
    worth = [np.arange(item.categories) for item in items] if points is None else points
    f = np.ones((len(theta), 1))
    for item, values in zip(items, worth, strict=True):
        longer = np.zeros((len(theta), f.shape[1] + int(values.max())))
        for p, value in zip(trace(item, theta).T, values, strict=True):
            longer[:, value : value + f.shape[1]] += f * p[:, None]
        f = longer
    return f


def eap_sum(
    items: Sequence[Item], nodes: Nodes, weights: FloatArray, points: Sequence[IntArray] | None = None
) -> SumScores:
    """EAP of every sum score of a test; ``weights`` of shape (n_nodes,), summing to 1; ``points`` as in
    ``score_probabilities``. Thissen et al. (1995), eqs. 9–11."""
    joint = score_probabilities(items, nodes.theta, points).T * weights
    probability = joint.sum(axis=1)
    with np.errstate(invalid="ignore"):
        posterior = joint / probability[:, None]
    mean = posterior @ nodes.theta
    spread = (nodes.theta - mean[:, None]) ** 2
    return SumScores(
        scores=np.arange(len(probability)),
        theta=mean,
        se=np.sqrt(np.sum(posterior * spread, axis=1)),
        probability=probability,
    )


def eap_of_sums(items: Sequence[Item], responses: Responses, nodes: Nodes, weights: FloatArray) -> Ability:
    """Each person's EAP from the sum of the codes alone, over the items this person had.

    ``weights`` as in ``eap``. A table is made for every set of items and group that occurs.

    Raises what ``check_answers`` raises.
    """
    check_answers(items, responses)
    prior = np.broadcast_to(np.atleast_2d(weights), (len(responses.group_names), nodes.count))
    packed = np.column_stack([np.packbits(responses.administered, axis=1), responses.groups])
    _, first, form = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    sums = np.where(responses.administered, responses.codes, 0).sum(axis=1, dtype=np.int64)
    theta, se = np.empty((2, responses.n_persons))
    for number, person in enumerate(first):
        rows = np.flatnonzero(form.ravel() == number)
        had = responses.administered[person]
        table = eap_sum(list(compress(items, had)), nodes, prior[responses.groups[person]])
        theta[rows], se[rows] = table.theta[sums[rows]], table.se[sums[rows]]
    return Ability(theta=theta, se=se)

"""How much each item is worth to each student: the rules by which the next item is chosen.

Every rule gives an array of shape (n_students, n_items), larger is better. ``theta`` of shape (n_students,)
is the estimate so far. ``density`` of shape (n_students, n_nodes) is the likelihood of the answers so far at
the nodes, or the posterior; its scale does not matter for the choice.
"""

import numpy as np

from scoring.ability.likelihood import log_trace
from scoring.adaptive.bank import STEP, Bank
from scoring.arrays import FloatArray
from scoring.information import item_information


def maximum_information(bank: Bank, theta: FloatArray) -> FloatArray:
    """Fisher information at the estimate; Lord (1980), Applications of IRT, ch. 10."""
    return bank.information_at(theta)


def nearest_difficulty(bank: Bank, theta: FloatArray) -> FloatArray:
    """−|b − θ|, b being the mean of an item's difficulties; Urry (1970), as catR's bOpt."""
    return -np.abs(theta[:, None] - np.array([np.mean(item.difficulties) for item in bank.items]))


def nearest_optimum(bank: Bank, theta: FloatArray) -> FloatArray:
    """−|θ* − θ|, θ* being where an item's information is largest; Barrada, Mazuela & Olea (2006), Psicothema
    18, 156–159, as catR's thOpt."""
    return -np.abs(theta[:, None] - optima(bank))


def optima(bank: Bank) -> FloatArray:
    """Where each item's information is largest, shape (n_items,): the vertex of the parabola through the
    table's largest value and its neighbours; within the nodes."""
    at = np.clip(bank.information.argmax(axis=0), 1, len(bank.points) - 2)
    low, middle, high = (bank.information[at + by, np.arange(bank.size)] for by in (-1, 0, 1))
    bend = low - 2.0 * middle + high
    shift = np.divide(low - high, 2.0 * bend, out=np.zeros(bank.size), where=bend < 0)
    return bank.points[at] + STEP * np.clip(shift, -1.0, 1.0)


def weighted_information(bank: Bank, density: FloatArray) -> FloatArray:
    """Σ_q I(θ_q) density_q: with the likelihood Veerkamp & Berger (1997), J. Educ. Behav. Stat. 22, 203–226
    (MLWI); with the posterior van der Linden (1998), Psychometrika 63, 201–216 (MPWI)."""
    return density @ np.column_stack([item_information(item, bank.nodes.theta) for item in bank.items])


def kullback_leibler(bank: Bank, theta: FloatArray, density: FloatArray) -> FloatArray:
    """Σ_q density_q Σ_k P_k(θ̂) log(P_k(θ̂) / P_k(θ_q)); Chang & Ying (1996), APM 20, 213–229, weighted as by
    Barrada, Olea, Ponsoda & Abad (2009), J. Educ. Behav. Stat. 34, 438–452 (KL, and KLP with the posterior).
    """
    total = density.sum(axis=1)
    out = np.empty((len(theta), bank.size))
    for place, item in enumerate(bank.items):
        here, there = log_trace(item, theta), log_trace(item, bank.nodes.theta)
        out[:, place] = np.sum(np.exp(here) * (here * total[:, None] - density @ there), axis=1)
    return out


def expected_variance(bank: Bank, theta: FloatArray, density: FloatArray) -> FloatArray:
    """−Σ_k P_k(θ̂) Var(θ | answers so far, k), ``density`` being the posterior; van der Linden (1998), as
    catR's MEPV."""
    nodes = bank.nodes.theta
    out = np.zeros((len(theta), bank.size))
    for place, item in enumerate(bank.items):
        p, now = np.exp(log_trace(item, nodes)), np.exp(log_trace(item, theta))
        mass, first, second = density @ p, density @ (nodes[:, None] * p), density @ (nodes[:, None] ** 2 * p)
        out[:, place] = -np.sum(now * (second / mass - (first / mass) ** 2), axis=1)
    return out

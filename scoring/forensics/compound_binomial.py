"""How many of several trials of different chances succeed."""

import numpy as np

from scoring.arrays import FloatArray, IntArray

_BLOCK = 2_048


def distribution(p: FloatArray) -> FloatArray:
    """The chance of 0, 1, …, n_trials successes, shape (n_trials + 1, n_cases); ``p`` of shape (n_trials,
    n_cases): each trial's chance.

    One trial after the other: Lord & Wingersky (1984), APM 8, 453–461; van der Linden & Sotaridona (2006),
    J. Educ. Behav. Stat. 31, eqs. 12–15.
    """
    trials, cases = p.shape
    chance = np.zeros((trials + 1, cases))
    chance[0] = 1.0
    for done, success in enumerate(p):
        moved = chance[: done + 1] * success
        chance[: done + 1] -= moved
        chance[1 : done + 2] += moved
    return chance


def upper_tail(p: FloatArray, observed: IntArray) -> FloatArray:
    """The chance of ``observed`` successes or more, shape (n_cases,); ``p`` of shape (n_trials, n_cases)."""
    tail = np.empty(p.shape[1])
    for start in range(0, p.shape[1], _BLOCK):
        block = slice(start, start + _BLOCK)
        chance = distribution(p[:, block])
        # Summed from the far end: small tails keep their digits.
        above = np.cumsum(chance[::-1], axis=0)[::-1]
        tail[block] = above[observed[block], np.arange(above.shape[1])]
    return np.minimum(tail, 1.0)

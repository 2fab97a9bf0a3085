"""The distribution of sum scores given θ."""

from collections.abc import Sequence

import numpy as np

from scoring.arrays import FloatArray


def rest_scores(curves: Sequence[FloatArray]) -> FloatArray:
    """P(sum of all items but one = s | θ), for each item left out; shape (n_items, n_nodes, maximum + 1).

    ``curves``: each item's probabilities, shape (n_nodes, categories). The recursion of Lord & Wingersky
    (1984), APM 8, 453–461, for all left-out items at once.
    """
    n_items, n_nodes = len(curves), len(curves[0])
    most = sum(curve.shape[1] - 1 for curve in curves)
    found = np.zeros((n_items, n_nodes, most + 1))
    found[:, :, 0] = 1.0
    others = np.ones(n_items, dtype=np.bool_)
    reached = 0
    for place, curve in enumerate(curves):
        others[place] = False
        found[others] = _added(found[others], curve, reached)
        others[place] = True
        reached += curve.shape[1] - 1
    return found


def _added(found: FloatArray, curve: FloatArray, reached: int) -> FloatArray:
    """The distribution with one more item; scores beyond ``reached`` are still impossible."""
    grown = np.zeros_like(found)
    for score in range(curve.shape[1]):
        grown[:, :, score : score + reached + 1] += found[:, :, : reached + 1] * curve[None, :, score, None]
    return grown

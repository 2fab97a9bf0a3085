"""Explicit nodes in place of integrals over θ."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Nodes:
    """Equally spaced points of θ, shape (n_nodes,)."""

    theta: FloatArray

    @property
    def count(self) -> int:
        """How many."""
        return len(self.theta)


def make_nodes(count: int = 61, limit: float = 6.0) -> Nodes:
    """``count`` points from −``limit`` to ``limit``.

    Raises ValueError with fewer than 5 points or a limit that is not positive.
    """
    if count < 5 or not limit > 0:
        raise ValueError("at least 5 nodes on a positive range")
    return Nodes(theta=np.linspace(-limit, limit, count))


def normal_weights(nodes: Nodes, mean: float = 0.0, sd: float = 1.0) -> FloatArray:
    """Normal densities at the nodes, normalised to a sum of 1; shape (n_nodes,)."""
    exponent = -0.5 * ((nodes.theta - mean) / sd) ** 2
    weights = np.exp(exponent - exponent.max())
    return weights / weights.sum()

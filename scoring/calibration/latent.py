"""Each group's distribution of θ at the nodes.

All of them are one formula: weights ∝ exp(ξ_q + α θ_q + β θ_q²). A normal distribution has ξ = 0. An
empirical one has a free ξ_q at every node (Bock & Aitkin 1981, Psychometrika 46, 443–459, section 4), whose α
and β are set so that a mean or SD that fixes the scale is kept.
"""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class NormalGroup:
    """A normal distribution; ``mean_at`` and ``sd_at`` are where the mean and the log of the SD stand among
    the free parameters, −1 where they are 0."""

    theta: FloatArray
    mean_at: int
    sd_at: int

    @property
    def index(self) -> IntArray:
        """Where its free parameters stand."""
        return np.array([at for at in (self.mean_at, self.sd_at) if at >= 0], dtype=np.int64)

    def moments(self, free: FloatArray) -> tuple[float, float]:
        """Mean and SD."""
        mean = float(free[self.mean_at]) if self.mean_at >= 0 else 0.0
        return mean, float(np.exp(free[self.sd_at])) if self.sd_at >= 0 else 1.0

    def log_weights(self, free: FloatArray) -> FloatArray:
        """Shape (n_nodes,)."""
        mean, sd = self.moments(free)
        exponent = -0.5 * ((self.theta - mean) / sd) ** 2
        top = exponent.max()
        return exponent - top - np.log(np.exp(exponent - top).sum())

    def scores(self, free: FloatArray) -> FloatArray:
        """Derivatives of the log weights by the free parameters, shape (n_parameters, n_nodes)."""
        mean, sd = self.moments(free)
        weights = np.exp(self.log_weights(free))
        z = (self.theta - mean) / sd
        rows = [(self.mean_at, z / sd), (self.sd_at, z**2)]
        kept = [row - weights @ row for at, row in rows if at >= 0]
        return np.array(kept).reshape(len(kept), len(self.theta))

    def maximise(self, free: FloatArray, counts: FloatArray) -> None:
        """Set mean and SD, in place, to those of the counts at the nodes."""
        total = counts.sum()
        mean = counts @ self.theta / total if self.mean_at >= 0 else 0.0
        if self.mean_at >= 0:
            free[self.mean_at] = mean
        if self.sd_at >= 0:
            free[self.sd_at] = 0.5 * np.log(counts @ (self.theta - mean) ** 2 / total)


LatentGroup = NormalGroup

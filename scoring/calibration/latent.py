"""Each group's distribution of θ at the nodes.

All of them are one formula: weights ∝ exp(ξ_q + α θ_q + β θ_q²). A normal distribution has ξ = 0. An
empirical one has a free ξ_q at every node (Bock & Aitkin 1981, Psychometrika 46, 443–459, section 4), whose α
and β are set so that a mean or SD that fixes the scale is kept. Left to itself, such a distribution falls
apart into a few spikes (Laird 1978, JASA 73, 805–811); bends of the log weights that a standard normal
distribution has not are therefore penalised: Silverman (1982), Annals of Statistics 10, 795–810; Eilers &
Marx (1996), Statistical Science 11, 89–121.
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

    @property
    def reported(self) -> IntArray:
        """Those that have standard errors."""
        return self.index

    @property
    def n_parameters(self) -> int:
        """How many the data determine."""
        return len(self.index)

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

    def log_prior(self, free: FloatArray) -> float:
        """None."""
        del free
        return 0.0

    def prior_curvature(self) -> FloatArray:
        """None, shape (n_parameters, n_parameters)."""
        return np.zeros((len(self.index), len(self.index)))

    def maximise(self, free: FloatArray, counts: FloatArray) -> None:
        """Set mean and SD, in place, to those of the counts at the nodes."""
        total = counts.sum()
        mean = counts @ self.theta / total if self.mean_at >= 0 else 0.0
        if self.mean_at >= 0:
            free[self.mean_at] = mean
        if self.sd_at >= 0:
            free[self.sd_at] = 0.5 * np.log(counts @ (self.theta - mean) ** 2 / total)


TILT_STEPS = 50
BEND, ROUGHNESS = 2.0, 5.0
"""Usual sizes of the second and third derivatives of a log density, on the scale of θ, less a standard normal
one's. The first keeps tails that nobody reaches from turning upwards."""


@dataclass(frozen=True, kw_only=True, eq=False)
class EmpiricalGroup:
    """A free weight at every node: log weight −θ² / 2 + ξ + tilt, ξ being the free parameters from ``start``
    on, and the tilt in the span of 1, of θ where the mean is held at 0, and of θ² where the SD is held at
    1."""

    theta: FloatArray
    start: int
    mean_pinned: bool
    sd_pinned: bool

    mean_at: int = -1
    sd_at: int = -1

    @property
    def index(self) -> IntArray:
        """Where its free parameters stand."""
        return np.arange(self.start, self.start + len(self.theta))

    @property
    def reported(self) -> IntArray:
        """None has a standard error: the weights are taken as known."""
        return np.zeros(0, dtype=np.int64)

    @property
    def n_parameters(self) -> int:
        """One per node, less the sum of 1 and what is pinned."""
        return len(self.theta) - self._pins().shape[1]

    def moments(self, free: FloatArray) -> tuple[float, float]:
        """Mean and SD."""
        weights = np.exp(self.log_weights(free))
        mean = float(weights @ self.theta)
        return mean, float(np.sqrt(weights @ (self.theta - mean) ** 2))

    def log_weights(self, free: FloatArray) -> FloatArray:
        """Shape (n_nodes,). The tilt is Newton's, on a convex function of at most three numbers."""
        pins = self._pins()
        target = np.array([1.0, 0.0, 1.0])[[True, self.mean_pinned, self.sd_pinned]]
        exponent = free[self.index] - 0.5 * self.theta**2
        exponent -= np.log(np.exp(exponent - exponent.max()).sum()) + exponent.max()
        for _ in range(TILT_STEPS):
            weights = np.exp(exponent)
            miss = target - pins.T @ weights
            if np.abs(miss).max() < 1e-13:
                break
            step = pins @ np.linalg.solve((pins.T * weights) @ pins, miss)
            exponent += step / max(1.0, float(np.abs(step[weights > 1e-6]).max()))
        return exponent

    def scores(self, free: FloatArray) -> FloatArray:
        """Derivatives of the log weights by the free parameters, shape (n_nodes, n_nodes): what a change
        leaves after the tilt has answered it."""
        pins, weights = self._pins(), np.exp(self.log_weights(free))
        weighted = pins.T * weights
        return np.eye(len(weights)) - (pins @ np.linalg.solve(weighted @ pins, weighted)).T

    def maximise(self, free: FloatArray, counts: FloatArray) -> None:
        """EM cycles leave the distribution alone: to move it without the items would undo its scale."""

    def log_prior(self, free: FloatArray) -> float:
        """−½ ∫ (second derivative / BEND)² + (third derivative / ROUGHNESS)² dθ."""
        return -0.5 * float(np.sum((self._differences() @ free[self.index]) ** 2))

    def prior_curvature(self) -> FloatArray:
        """Its negative second derivatives, shape (n_nodes, n_nodes); it is quadratic."""
        differences = self._differences()
        return differences.T @ differences

    def _differences(self) -> FloatArray:
        """Second and third differences in units of their usual size, shape (2 n_nodes − 5, n_nodes)."""
        spacing, ones = float(self.theta[1] - self.theta[0]), np.eye(len(self.theta))
        bend = np.diff(ones, n=2, axis=0) / (BEND * spacing**1.5)
        rough = np.diff(ones, n=3, axis=0) / (ROUGHNESS * spacing**2.5)
        return np.concatenate([bend, rough])

    def _pins(self) -> FloatArray:
        powers = [np.ones_like(self.theta), self.theta, self.theta**2]
        kept = [True, self.mean_pinned, self.sd_pinned]
        return np.column_stack([power for power, keep in zip(powers, kept, strict=True) if keep])


LatentGroup = NormalGroup | EmpiricalGroup

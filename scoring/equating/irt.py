"""Equating by item response theory: both forms' items on one scale of θ."""

from collections.abc import Sequence

import numpy as np

from scoring.ability.sum_scores import score_probabilities
from scoring.arrays import FloatArray, IntArray
from scoring.equating.equipercentile import equipercentile
from scoring.errors import MeasurementError
from scoring.items import Item, traces
from scoring.quadrature import Nodes

_MAX_ITERATIONS = 200
_FARTHEST = 4096.0


def observed_score_equivalents(
    from_items: Sequence[Item],
    to_items: Sequence[Item],
    nodes: Nodes,
    weights: FloatArray,
    *,
    from_points: Sequence[IntArray] | None = None,
    to_points: Sequence[IntArray] | None = None,
) -> FloatArray:
    """Equivalents on ``to`` of each score of ``from``, shape (n_scores,): equipercentile with the two score
    distributions that the models imply for one population, whose ``weights`` at the nodes, shape (n_nodes,),
    sum to 1. Lord & Wingersky (1984), APM 8, 453–461; Kolen & Brennan (2014), ch. 6.6. ``points`` as in
    ``score_probabilities``."""
    return equipercentile(
        weights @ score_probabilities(from_items, nodes.theta, from_points),
        weights @ score_probabilities(to_items, nodes.theta, to_points),
    )


def true_score_equivalents(
    from_items: Sequence[Item],
    to_items: Sequence[Item],
    *,
    from_points: Sequence[IntArray] | None = None,
    to_points: Sequence[IntArray] | None = None,
) -> FloatArray:
    """Equivalents on ``to`` of each score of ``from``, shape (n_scores,): the expected score on ``to`` at the
    θ whose expected score on ``from`` it is; Kolen & Brennan (2014), ch. 6.5.

    Scores no θ expects, at or below the sum of the lower asymptotes, lie on the line from (0, 0) to the two
    sums (Kolen 1981, JEM 18, 1–11), those above the sum of upper asymptotes on the line to the two maxima.

    Raises MeasurementError with code ``equating_not_rising`` (``item``) for an item of negative slope.
    """
    ours, theirs = _Curve(from_items, from_points), _Curve(to_items, to_points)
    scores = np.arange(ours.most + 1, dtype=np.float64)
    expected = (scores > ours.floor + 1e-9) & (scores < ours.ceiling - 1e-9)
    equivalents = np.interp(
        scores, [0.0, ours.floor, ours.ceiling, ours.most], [0.0, theirs.floor, theirs.ceiling, theirs.most]
    )
    equivalents[0] = 0.0
    equivalents[expected] = theirs.at(ours.theta_of(scores[expected]))[0]
    return equivalents


class _Curve:
    """A test characteristic curve and its inverse."""

    def __init__(self, items: Sequence[Item], points: Sequence[IntArray] | None) -> None:
        falling = next((item.name for item in items if not _rises(item)), None)
        if falling is not None:
            raise MeasurementError("equating_not_rising", item=falling)
        self.items = items
        self.points = [np.arange(item.categories) for item in items] if points is None else points
        self.most = int(sum(int(values.max()) for values in self.points))
        pairs = list(zip(items, self.points, strict=True))
        # Below all θ an item of two categories gives its lower asymptote, others their lowest category.
        self.floor = float(sum(_end(item, values, item.lower, 0) for item, values in pairs))
        self.ceiling = float(sum(_end(item, values, item.upper, -1) for item, values in pairs))

    def at(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Expected score and its derivative, each of shape (n_thetas,)."""
        value, slope = np.zeros((2, len(theta)))
        for item, values in zip(self.items, self.points, strict=True):
            found = traces(item, theta)
            value += found.p @ values
            slope += found.first @ values
        return value, slope

    def theta_of(self, scores: FloatArray) -> FloatArray:
        """θ of expected scores between floor and ceiling: Newton's steps inside a bracket that bisection
        narrows where they leave it."""
        limit = 8.0
        while limit < _FARTHEST and not self._within(scores, limit):
            limit *= 2.0
        low, high = np.full(len(scores), -limit), np.full(len(scores), limit)
        theta = np.zeros(len(scores))
        for _ in range(_MAX_ITERATIONS):
            value, slope = self.at(theta)
            low, high = np.where(value < scores, theta, low), np.where(value < scores, high, theta)
            with np.errstate(divide="ignore", invalid="ignore"):
                newton = theta - (value - scores) / slope
            moved = np.where((newton > low) & (newton < high), newton, 0.5 * (low + high))
            if np.abs(moved - theta).max(initial=0.0) < 1e-12 * limit:
                break
            theta = moved
        return theta

    def _within(self, scores: FloatArray, limit: float) -> bool:
        ends = self.at(np.array([-limit, limit]))[0]
        return bool(((scores > ends[0]) & (scores < ends[1])).all())


def _rises(item: Item) -> bool:
    if item.category_slopes is None:
        return item.slope > 0
    return bool((np.diff(item.category_slopes, prepend=0.0) > 0).all())


def _end(item: Item, values: IntArray, asymptote: float, category: int) -> float:
    if item.categories > 2:
        return float(values[category])
    return float(values[0] + asymptote * (values[1] - values[0]))

"""Which common items moved between two calibrations, and the link without them.

Robust z: (x − median(x)) / (0.74 IQR(x)) with x = log(a_to / a_from) and then x = b_to − A b_from, A from the
items whose slopes stayed: Huynh & Meyer (2010), Practical Assessment, Research & Evaluation 15(2). Weighted
distance: D² = Σ_q w_q (E_to(θ_q) − E_from((θ_q − B) / A))² of an item's expected scores: Wells, Hambleton,
Kirkpatrick & Meng (2014), Applied Measurement in Education 27, 77–94. Displacement, for Rasch items:
b_to − (A b_from + B), at most half a logit: Wright & Douglas (1976), MESA Research Memorandum 22.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scoring.arrays import BoolArray, FloatArray
from scoring.errors import MeasurementError
from scoring.items import Item, expected_score
from scoring.linking.link import LEAST_COMMON, Link, Method, check_common, link
from scoring.linking.moments import check_moments
from scoring.linking.parameters import times
from scoring.quadrature import Nodes

Rule = Literal["robust-z", "distance", "displacement"]

CRITICAL_Z = 2.576
"""Two-sided 1 %."""
LEAST_SCALE = 0.01
MOST_DISPLACEMENT = 0.5
MOST_DISTANCE_DICHOTOMOUS = 0.1
MOST_DISTANCE_PER_POINT = 0.075
"""What a root of D² may be, per point of the maximum of a polytomous item: as Wells et al. and practice."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Drift:
    """How far each common item moved, arrays of shape (n_common,).

    ``slope_z`` and ``difficulty_z`` are robust z; ``difficulty_z`` is the farthest of an item's thresholds.
    Both are NaN for items without a slope or a difficulty; ``slope_z`` is infinite where a slope changed its
    sign. ``distance`` is the root of D², ``displacement``
    the mean move of the item's difficulties after linking, in units of θ of the target.
    """

    slope_z: FloatArray
    difficulty_z: FloatArray
    distance: FloatArray
    displacement: FloatArray
    most_distance: FloatArray

    def moved(self, rule: Rule, critical: float | None = None) -> BoolArray:
        """Which items moved by ``rule``, shape (n_common,). ``critical`` replaces the rule's limit."""
        return self.excess(rule, critical) > 1.0

    def excess(self, rule: Rule, critical: float | None = None) -> FloatArray:
        """How many times the rule's limit each item moved, shape (n_common,); 0 where the rule has no
        value."""
        if rule == "distance":
            return self.distance / (self.most_distance if critical is None else critical)
        if rule == "displacement":
            return np.nan_to_num(np.abs(self.displacement)) / (critical or MOST_DISPLACEMENT)
        both = np.abs(np.nan_to_num(np.stack([self.slope_z, self.difficulty_z])))
        return both.max(axis=0) / (critical or CRITICAL_Z)


@dataclass(frozen=True, kw_only=True, eq=False)
class Purified:
    """A link without the items that moved. ``dropped`` are their places among the common items in the order
    in which they went; ``drift`` is of all common items against the final link."""

    link: Link
    dropped: tuple[int, ...]
    drift: Drift


def drift(from_items: Sequence[Item], to_items: Sequence[Item], found: Link) -> Drift:
    """How far the common items are from ``found``. Raises MeasurementError as ``check_common``."""
    check_common(from_items, to_items)
    slope_z, difficulty_z = _robust(from_items, to_items, slope_held=found.slope_held)
    points = np.array([item.categories - 1 for item in from_items], dtype=np.float64)
    return Drift(
        slope_z=slope_z,
        difficulty_z=difficulty_z,
        distance=_distances(from_items, to_items, found),
        displacement=_displacements(from_items, to_items, found),
        most_distance=np.where(points == 1, MOST_DISTANCE_DICHOTOMOUS, MOST_DISTANCE_PER_POINT * points),
    )


def purified(
    from_items: Sequence[Item],
    to_items: Sequence[Item],
    method: Method,
    rule: Rule,
    *,
    critical: float | None = None,
    nodes: Nodes | None = None,
    weights: FloatArray | None = None,
    d: float = 1.0,
    symmetric: bool = False,
) -> Purified:
    """Link without the items that moved. The farthest goes first, then the rest is linked and judged again,
    until none is beyond the limit; by robust z, which no outlier sways, all are judged once.

    Raises MeasurementError with code ``link_all_moved`` (``n``, ``least``) when fewer than 2 items would
    stay, or what ``link`` raises.
    """
    kept, dropped = list(range(len(from_items))), list[int]()
    while True:
        ours, theirs = [from_items[place] for place in kept], [to_items[place] for place in kept]
        found = link(ours, theirs, method, nodes=nodes, weights=weights, d=d, symmetric=symmetric)
        every = drift(from_items, to_items, found)
        excess = every.excess(rule, critical)
        beyond = [place for place in kept if excess[place] > 1.0]
        if not beyond:
            return Purified(link=found, dropped=tuple(dropped), drift=every)
        gone = sorted(beyond, key=lambda place: (-excess[place], place))[: None if rule == "robust-z" else 1]
        dropped += gone
        kept = [place for place in kept if place not in gone]
        if len(kept) < LEAST_COMMON:
            raise MeasurementError("link_all_moved", n=len(dropped), least=LEAST_COMMON)


def robust_z(values: FloatArray) -> FloatArray:
    """(x − median) / (0.74 IQR), the shape of ``values``; Huynh & Meyer (2010). The scale is 0.01 at least:
    where most values are as good as equal, a hair's breadth is no move."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return (values - middle) / max(0.74 * (high - low), LEAST_SCALE)


def _robust(
    from_items: Sequence[Item], to_items: Sequence[Item], *, slope_held: bool
) -> tuple[FloatArray, FloatArray]:
    """Robust z of slopes and difficulties; NaN for items that have none."""
    slope_z, difficulty_z = np.full((2, len(from_items)), np.nan)
    ratios = np.array([_ratio(*pair) for pair in zip(from_items, to_items, strict=True)])
    # Who knows more is likelier right here and likelier wrong there: no item moves farther.
    slope_z[ratios < 0] = np.inf
    usable = np.flatnonzero(ratios > 0).tolist()
    if len(usable) < LEAST_COMMON:
        return slope_z, difficulty_z
    logs = np.log([_ratio(to_items[place], from_items[place]) for place in usable])
    slope_z[usable] = 0.0 if slope_held else robust_z(logs)
    stable = np.abs(slope_z[usable]) <= CRITICAL_Z
    scale = float(np.exp(-logs[stable].mean()))
    moves = [to_items[place].difficulties - scale * from_items[place].difficulties for place in usable]
    every = robust_z(np.concatenate(moves))
    ends = np.cumsum([len(move) for move in moves])[:-1]
    difficulty_z[usable] = [part[np.abs(part).argmax()] for part in np.split(every, ends)]
    return slope_z, difficulty_z


def _ratio(one: Item, other: Item) -> float:
    """How the slopes compare; 0 where an item has none."""
    try:
        check_moments([one, other])
    except MeasurementError:
        return 0.0
    return one.slope / other.slope


def _distances(from_items: Sequence[Item], to_items: Sequence[Item], found: Link) -> FloatArray:
    theta = found.grid.theta
    source = (theta - found.intercept) / found.slope
    gaps = [
        expected_score(times(there, found.grid.d), theta) - expected_score(times(here, found.grid.d), source)
        for here, there in zip(from_items, to_items, strict=True)
    ]
    return np.sqrt(np.array(gaps) ** 2 @ found.grid.weights)


def _displacements(from_items: Sequence[Item], to_items: Sequence[Item], found: Link) -> FloatArray:
    return np.array([
        float(np.mean(there.difficulties - found.slope * here.difficulties)) - found.intercept
        for here, there in zip(from_items, to_items, strict=True)
    ])  # fmt: skip

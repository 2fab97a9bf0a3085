"""Scores from points: exact to the last hundredth, with void items and sanctions."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from exam_server.protocol.measurement import VoidRule
from scoring.arrays import BoolArray, IntArray

SCALE = 10
"""Scores are given on the 10-point scale whatever the paper's points add up to."""

HUNDREDTHS = 100
PER_MILLE = 1_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Worth:
    """What the paper is worth, in thousandths of a point. ``most`` of shape (n_items,): of each item;
    ``parts`` of shape (n_items,): its part's place in ``labels``; ``void`` of shape (n_items,)."""

    most: IntArray
    parts: IntArray
    labels: tuple[str, ...]
    void: BoolArray
    void_rule: VoidRule

    @property
    def counts(self) -> BoolArray:
        """Whether the item counts at all, shape (n_items,)."""
        return ~self.void | np.array(self.void_rule == "full_points")

    @property
    def part_points(self) -> IntArray:
        """Thousandths to be had in each part, shape (n_parts,)."""
        return (self.most * self.counts) @ self._of_part

    @property
    def _of_part(self) -> IntArray:
        """1 where the item is of the part, shape (n_items, n_parts)."""
        return (self.parts[:, None] == np.arange(len(self.labels))).astype(np.int64)

    def by_part(self, points: IntArray) -> IntArray:
        """Points of shape (n_scripts, n_items) summed by part, shape (n_scripts, n_parts)."""
        return points @ self._of_part


def worth(labels: Sequence[str], most: Sequence[Decimal], void: Sequence[bool], void_rule: VoidRule) -> Worth:
    """The worth of a paper whose items have these part labels, maximum points and voids.

    Raises ValueError when a maximum is no whole number of thousandths.
    """
    thousandths = [int(points * PER_MILLE) for points in most]
    if any(points * PER_MILLE != whole for points, whole in zip(most, thousandths, strict=True)):
        raise ValueError("points are whole thousandths")
    names = tuple(dict.fromkeys(labels))
    return Worth(
        most=np.array(thousandths, dtype=np.int64),
        parts=np.array([names.index(label) for label in labels], dtype=np.int64),
        labels=names,
        void=np.array(void, dtype=np.bool_),
        void_rule=void_rule,
    )


def with_voids(points: IntArray, had: BoolArray, paper: Worth) -> IntArray:
    """Points that count, in thousandths; all of shape (n_scripts, n_items).

    Of a void item everybody who ``had`` it has all points, or nobody any.
    """
    gift = np.where(had & paper.counts, paper.most, 0)
    return np.where(paper.void, gift, points)


def raw_scores(points: IntArray, had: BoolArray, paper: Worth) -> IntArray:
    """Hundredths of the 10-point scale, shape (n_scripts,): halves up; 0 for who had no item that counts.

    ``points`` in thousandths as ``with_voids`` gives them. A script's scale is what its own items are worth.
    """
    earned = points.sum(axis=1)
    whole = had.astype(np.int64) @ (paper.most * paper.counts)
    return scaled(earned, whole)


def scaled(earned: IntArray, whole: IntArray) -> IntArray:
    """Hundredths of the 10-point scale, shape (n_scripts,): halves up; 0 where nothing could be had. Both in
    thousandths of a point."""
    return _half_up(SCALE * HUNDREDTHS * earned, whole)


def after_sanctions(raw: IntArray, shares: IntArray) -> IntArray:
    """Hundredths that are left, shape (n_scripts,): halves up. ``shares``: what each script's sanction takes
    off, in thousandths of the raw score, 0 without one."""
    return _half_up(raw * (PER_MILLE - shares), np.full_like(raw, PER_MILLE))


def on_scale(hundredths: int) -> Decimal:
    """A score with its two decimals."""
    return Decimal(hundredths).scaleb(-2)


def as_points(thousandths: int) -> str:
    """Points without needless zeros: "0.25", "10"."""
    return f"{Decimal(thousandths).scaleb(-3).normalize():f}"


def _half_up(above: IntArray, below: IntArray) -> IntArray:
    """The quotient of what is not negative, to the nearest whole; 0 where the divisor is."""
    divisor = np.where(below == 0, 1, below)
    return np.where(below == 0, 0, (2 * above + divisor) // (2 * divisor))

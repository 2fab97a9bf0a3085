"""From equivalents to the scores that are reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Literal

from scoring.arrays import FloatArray

Rounding = Literal["half_up", "half_even"]
_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}
_NOISE = Decimal("1e-9")
"""Equivalents are computed to about this much: what lies this near to a tie is one."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The reported scale: the base form's score 0 is ``least`` and its maximum ``most``; ``places`` decimals,
    rounded by ``rounding``; beyond both ends cut off."""

    least: Decimal = Decimal(0)
    most: Decimal = Decimal(10)
    places: int = 2
    rounding: Rounding = "half_up"


def reported(equivalents: FloatArray, base_most: int, scale: Scale) -> tuple[Decimal, ...]:
    """The reported score of each equivalent on the base form, whose scores run from 0 to ``base_most``; as
    many as ``equivalents`` and in their order."""
    return tuple(_reported(Decimal(float(value)), base_most, scale) for value in equivalents)


def table_of(base_table: Sequence[Decimal], equivalents: FloatArray, scale: Scale) -> tuple[Decimal, ...]:
    """The reported scores where the base form has a table of its own, ``base_table`` for its scores 0, 1, …:
    between two entries on the straight line, then rounded and cut off as ``scale`` says; Kolen & Brennan
    (2014), ch. 2.8."""
    found: list[Decimal] = []
    for value in equivalents:
        inside = min(max(float(value), 0.0), float(len(base_table) - 1))
        low = min(int(inside), len(base_table) - 2) if len(base_table) > 1 else 0
        high = min(low + 1, len(base_table) - 1)
        share = Decimal(inside) - low
        found.append(_rounded(base_table[low] + share * (base_table[high] - base_table[low]), scale))
    return tuple(found)


def _reported(value: Decimal, base_most: int, scale: Scale) -> Decimal:
    return _rounded(scale.least + (scale.most - scale.least) * value / base_most, scale)


def _rounded(value: Decimal, scale: Scale) -> Decimal:
    inside = min(max(value, scale.least), scale.most)
    return inside.quantize(_NOISE).quantize(Decimal(1).scaleb(-scale.places), rounding=_MODES[scale.rounding])

"""How large DIF is, in letters: A negligible, B moderate, C large."""

from typing import Literal

import numpy as np

from scoring.arrays import BoolArray, FloatArray

Category = Literal["A", "B", "C"]

_ONE_SIDED_5 = 1.6448536269514722


def by_size(size: FloatArray, moderate: float, large: float, p: FloatArray) -> tuple[Category | None, ...]:
    """A where the test is not significant at 5 % or ``size`` is below ``moderate``, C from ``large`` on, B
    between; None where not known. ``size`` without sign, shape (n_items,) as ``p``."""
    return _letters((size < moderate) | (p >= 0.05), size >= large, np.isfinite(size + p))


def ets(delta: FloatArray, se: FloatArray, p: FloatArray) -> tuple[Category | None, ...]:
    """The rules of ETS for Δ = −2.35 ln α, shape (n_items,) each: A where |Δ| < 1 or Δ is not significantly
    different from 0; C where |Δ| ≥ 1.5 and significantly above 1 (one-sided), or infinite; B otherwise; all
    at 5 %. Zieky (1993), in Holland & Wainer, Differential item functioning, ch. 16."""
    size = np.abs(delta)
    large = (size >= 1.5) & ((size - 1.0 > _ONE_SIDED_5 * se) | np.isinf(size))
    return _letters((size < 1.0) | (p >= 0.05), large, ~np.isnan(delta + p))


def flagged(categories: tuple[Category | None, ...]) -> BoolArray:
    """Whether each is B or C; shape (n_items,)."""
    return np.array([category in {"B", "C"} for category in categories], dtype=np.bool_)


def _letters(small: BoolArray, large: BoolArray, known: BoolArray) -> tuple[Category | None, ...]:
    letters: tuple[Category, ...] = ("A", "B", "C")
    grade = np.where(small, 0, np.where(large, 2, 1))
    return tuple(letters[place] if one else None for place, one in zip(grade, known, strict=True))

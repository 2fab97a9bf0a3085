"""The table that an equating gives: each raw score, its equivalent, the score that is reported."""

from decimal import Decimal
from typing import Literal

import msgspec

ItemMethod = Literal["true-score", "observed-score"]
ScoreMethod = Literal["equipercentile", "linear", "mean"]
CommonMethod = Literal["chained", "frequency"]
EquatingMethod = Literal[
    "true-score", "observed-score", "equipercentile", "linear", "mean", "chained", "frequency"
]


class EquatedScore(msgspec.Struct, frozen=True, kw_only=True):
    """A raw score of the new form, its equivalent on the base form, what is reported for it, and the standard
    error of the equivalent where known."""

    score: int
    equivalent: float
    reported: Decimal
    se: float | None


class EquatingTable(msgspec.Struct, frozen=True, kw_only=True):
    """All scores of the new form. ``most`` and ``base_most``: the two forms' maxima; ``smooth``: the degree
    of presmoothing, 0 without."""

    method: EquatingMethod
    most: int
    base_most: int
    smooth: int
    scores: tuple[EquatedScore, ...]

    def csv(self) -> bytes:
        """score, equivalent, reported, se; an unknown se is empty."""
        lines = [
            f"{row.score},{row.equivalent:.6f},{row.reported},{'' if row.se is None else f'{row.se:.6f}'}"
            for row in self.scores
        ]
        return "\n".join(["score,equivalent,reported,se", *lines, ""]).encode()

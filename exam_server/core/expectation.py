"""What a paper promises, from the latest signed statistics of its items."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec
import numpy as np

from exam_server.core.parameter_file import ItemFigures
from exam_server.core.scores import SCALE
from exam_server.protocol.staff import Expectation
from item_bank.marking import round_score
from scoring.information import test_information

_THETA = np.arange(-4.0, 4.01, 0.25)
_DIGITS = 4


class LatestUse(msgspec.Struct, frozen=True, kw_only=True):
    """An item's latest signed administration: mean share of its points, parameters where there is a model."""

    item: int
    difficulty: float | None
    parameters: ItemFigures | None


def expect(most: Mapping[int, Decimal], uses: Sequence[LatestUse]) -> Expectation:
    """Expected mean score and information of the items that have statistics; ``most`` are the points of every
    item of the paper."""
    known = [(most[use.item], use.difficulty) for use in uses if use.difficulty is not None]
    models = [use.parameters.item() for use in uses if use.parameters is not None]
    return Expectation(
        items=len(most),
        known=len(known),
        mean=str(_mean(known)) if known else None,
        modelled=len(models),
        theta=tuple(_THETA.tolist()) if models else (),
        information=tuple(np.round(test_information(models, _THETA), _DIGITS).tolist()) if models else (),
    )


def _mean(known: Sequence[tuple[Decimal, float]]) -> Decimal:
    """Of the scores on the 10-point scale that the known items alone would give."""
    earned = sum((points * Decimal(difficulty) for points, difficulty in known), Decimal(0))
    return round_score(SCALE * earned / sum((points for points, _ in known), Decimal(0)))

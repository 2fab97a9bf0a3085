"""Points from responses and keys, in decimal arithmetic throughout."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

import msgspec

from item_bank.item import Ladder
from item_bank.kinds import Content, Key, Response, kind_of

ZERO = Decimal(0)
_HUNDREDTH = Decimal("0.01")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """An item as it stands in a paper. ``ladder`` has one entry more than the item has prompts."""

    id: int
    part: str
    content: Content
    key: Key
    ladder: Ladder


class ItemScore(msgspec.Struct, frozen=True, kw_only=True):
    """What one response earned: ``right`` of ``prompts``, ``points`` of ``max_points``."""

    right: int
    prompts: int
    points: Decimal
    max_points: Decimal


class PartTotal(msgspec.Struct, frozen=True, kw_only=True):
    """Points earned and points to be had in one part."""

    part: str
    points: Decimal
    max_points: Decimal


class PaperScore(msgspec.Struct, frozen=True, kw_only=True):
    """A script's score: the exact total, the parts in paper order, and each item by id."""

    points: Decimal
    max_points: Decimal
    parts: tuple[PartTotal, ...]
    items: dict[int, ItemScore]


def points(ladder: Ladder, right: int) -> Decimal:
    """Points for ``right`` prompts answered right.

    Raises ValueError when the ladder has no such step.
    """
    if not 0 <= right < len(ladder):
        raise ValueError("no such step on the ladder")
    return ladder[right]


def score_item(content: Content, key: Key, response: Response | None, ladder: Ladder) -> ItemScore:
    """Mark one response in canonical form; None is an empty one.

    Raises ValueError when the ladder does not fit the item's prompts.
    """
    kind = kind_of(content)
    prompts = kind.prompts(content)
    if len(ladder) != prompts + 1:
        raise ValueError("the ladder does not fit the item's prompts")
    right = kind.count_right(content, key, response)
    return ItemScore(right=right, prompts=prompts, points=points(ladder, right), max_points=max(ladder))


def score_paper(questions: Sequence[Question], responses: Mapping[int, Response | None]) -> PaperScore:
    """Mark a script: responses by item id, a missing one is empty. Questions of a part stand together.

    Raises ValueError when a ladder does not fit its item.
    """
    scores = {
        question.id: score_item(question.content, question.key, responses.get(question.id), question.ladder)
        for question in questions
    }
    parts = tuple(
        _part_total(part, [scores[question.id] for question in group])
        for part, group in groupby(questions, key=lambda question: question.part)
    )
    return PaperScore(
        points=sum((part.points for part in parts), ZERO),
        max_points=sum((part.max_points for part in parts), ZERO),
        parts=parts,
        items=scores,
    )


def round_score(score: Decimal) -> Decimal:
    """The score to two decimals, halves up."""
    return score.quantize(_HUNDREDTH, ROUND_HALF_UP)


def _part_total(part: str, scores: Sequence[ItemScore]) -> PartTotal:
    return PartTotal(
        part=part,
        points=sum((score.points for score in scores), ZERO),
        max_points=sum((score.max_points for score in scores), ZERO),
    )

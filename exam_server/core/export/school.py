"""A school's classes by level of achievement, without a small count in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from exam_server.core.export.pupil import ScoredPupil
from exam_server.core.export.suppression import Suppressed, suppress
from item_bank.vietnamese import text_key

LEVELS = (Decimal(0), Decimal(5), Decimal("6.5"), Decimal(8))
"""Lower ends of the levels on the 10-point scale: TT 22/2021/TT-BGDĐT, Điều 9."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SchoolTable:
    """One school: ``classes`` are its rows, ``table`` counts by level with sums; ``means`` of each class and,
    last, of the school, None where the count is hidden."""

    school: str
    classes: tuple[str, ...]
    table: Suppressed
    means: tuple[Decimal | None, ...]


def school_tables(pupils: Sequence[ScoredPupil]) -> tuple[SchoolTable, ...]:
    """A table for each school, by name; who has no score is not counted. There is no sum over schools: it
    would give away what is hidden in one."""
    schools = sorted({pupil.school or "" for pupil in pupils if pupil.score is not None}, key=text_key)
    return tuple(_school(name, [each for each in pupils if (each.school or "") == name]) for name in schools)


def _school(school: str, pupils: Sequence[ScoredPupil]) -> SchoolTable:
    scores: dict[str, list[Decimal]] = {}
    for pupil in pupils:
        if pupil.score is not None:
            scores.setdefault(pupil.class_name or "", []).append(pupil.score)
    classes = tuple(sorted(scores, key=text_key))
    table = suppress(np.array([_levels(scores[name]) for name in classes], dtype=np.int64))
    rows = [*(scores[name] for name in classes), [score for name in classes for score in scores[name]]]
    means = (
        None if table.hidden[row, -1] else sum(each, Decimal(0)) / len(each) for row, each in enumerate(rows)
    )
    return SchoolTable(school=school, classes=classes, table=table, means=tuple(means))


def _levels(scores: Sequence[Decimal]) -> list[int]:
    counts = [0] * len(LEVELS)
    for score in scores:
        counts[sum(score >= low for low in LEVELS) - 1] += 1
    return counts

"""What another key for one item does to every score: the other items are marked once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exam_server.core.coded_exam import mark_book
from exam_server.core.coded_file import KeptResponses
from exam_server.core.key_change import EffectivePaper
from exam_server.core.results import paper_worth
from exam_server.core.scores import after_sanctions, scaled, with_voids
from exam_server.protocol.measurement import VoidRule
from scoring.arrays import IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoreChanges:
    """Scores in hundredths with the key before and after, shape (n_scripts,); ``order``: rows that change,
    the largest differences first."""

    before: IntArray
    after: IntArray
    order: IntArray


def score_changes(
    kept: KeptResponses,
    papers: Sequence[EffectivePaper],
    item: int,
    void_rule: VoidRule,
    shares: IntArray,
) -> ScoreChanges:
    """The scores on two papers that differ in the key of one item, the one before first; ``shares`` of shape
    (n_scripts,): thousandths of the raw score that sanctions take off."""
    place = kept.items.index(item)
    earned, whole = np.zeros((2, len(kept.sittings)), dtype=np.int64)
    for other in range(len(kept.items)):
        if other != place:
            points, most = _marked(kept, papers[0], other, void_rule)
            earned += points
            whole += most
    before, after = (
        after_sanctions(scaled(earned + points, whole + most), shares)
        for points, most in (_marked(kept, paper, place, void_rule) for paper in papers)
    )
    changed = np.flatnonzero(after != before)
    order = changed[np.lexsort((kept.sittings[changed], -np.abs(after - before)[changed]))]
    return ScoreChanges(before=before, after=after, order=order)


def _marked(
    kept: KeptResponses, paper: EffectivePaper, place: int, void_rule: VoidRule
) -> tuple[IntArray, IntArray]:
    """Thousandths of a point that each script earned with an item, and could have, both of shape
    (n_scripts,)."""
    entry, book, column = paper.questions[place], kept.books[place], kept.columns[place]
    worth = paper_worth((entry,), paper.void, void_rule)
    # A last entry for the code −1 of an item that was not administered.
    points = np.append(mark_book(entry.question, book)[1], 0)
    had = np.arange(len(points)) < len(book)
    earned = with_voids(points[:, None], had[:, None], worth)[:, 0]
    return earned[column], np.where(had, worth.most * worth.counts, 0)[column]

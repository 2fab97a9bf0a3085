"""A test that has been marked, as the analysis wants it: from an exam's scripts or from a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

import msgspec
import numpy as np

from exam_server.core.analysis.settings import AnalysisSettings
from exam_server.core.coded_exam import NOT_ADMINISTERED, THOUSANDTHS, BookCodes, CodedExam, Marks
from exam_server.core.results import MAX_TYPED, PaperQuestion
from exam_server.core.scores import HUNDREDTHS, SCALE, raw_scores, with_voids, worth
from exam_server.protocol.sitting import Response
from item_bank.kinds import kind_of
from scoring.arrays import BoolArray, CodeArray, FloatArray, IntArray

SCORED = "scored"
"""The kind of an item of which nothing is known but its categories."""


class TestItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of the test. ``options``: how many it offers, 0 where candidates make answers up; ``ladder``:
    points by category, as many as the item has, the most of them ``points``."""

    item: int
    number: int
    part: str
    kind: str
    name: str
    options: int
    ladder: tuple[float, ...]

    @property
    def points(self) -> float:
        """What the item is worth."""
        return max(self.ladder)

    @property
    def shares(self) -> FloatArray:
        """The share of the points of each category, shape (n_categories,)."""
        return np.array(self.ladder) / self.points


@dataclass(frozen=True, kw_only=True, eq=False)
class Labels:
    """Labels of which nobody adds two: ``place_of`` of shape (n_responses,) is each response's label, counted
    from 1, 0 for none."""

    labels: tuple[str, ...]
    right: tuple[bool, ...]
    place_of: IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Chosen:
    """What candidates gave to an item: ``codes`` of shape (n_candidates,), each the place of a response, −1
    where it was not administered; ``sets`` of labels, one per statement; ``empty`` of shape (n_responses,)
    says which responses add none."""

    codes: IntArray
    sets: tuple[Labels, ...]
    empty: BoolArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """Candidates by group for the study of DIF: places in ``names``, −1 for none."""

    name: str
    places: IntArray
    names: tuple[str, ...]


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """The scale of scores from 0 to ``maximum`` and the edges of its bins. A score is the points plus
    ``offset``, times ``factor``."""

    maximum: float
    total_points: float
    offset: float
    factor: float
    edges: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoredTest:
    """``right`` of shape (n_candidates, n_items): categories, −1 where not administered; ``points`` of the
    same shape, NaN there. ``scores`` of shape (n_candidates,) on the scale. ``void``: items that are left out
    of everything; they have no column. ``order``: ids of all items as the paper has them."""

    order: tuple[int, ...]
    items: tuple[TestItem, ...]
    void: tuple[TestItem, ...]
    right: CodeArray
    points: FloatArray
    chosen: tuple[Chosen | None, ...]
    scores: FloatArray
    scale: Scale
    splits: tuple[Split, ...]
    classes: IntArray
    class_names: tuple[tuple[str, str], ...]

    @property
    def n(self) -> int:
        """Candidates."""
        return self.right.shape[0]

    @property
    def max_points(self) -> FloatArray:
        """Of each item, shape (n_items,)."""
        return np.array([item.points for item in self.items], dtype=np.float64)


def from_exam(coded: CodedExam, marks: Marks, settings: AnalysisSettings) -> ScoredTest:
    """The test of an exam, its void items apart."""
    items = [_item(entry) for entry in coded.paper]
    kept = [place for place, item in enumerate(items) if item.item not in settings.void]
    had = coded.codes[:, kept] != NOT_ADMINISTERED
    return ScoredTest(
        order=tuple(item.item for item in items),
        items=tuple(items[place] for place in kept),
        void=tuple(item for item in items if item.item in settings.void),
        right=marks.right[:, kept].astype(np.int8),
        points=np.where(had, marks.points[:, kept] / THOUSANDTHS, np.nan),
        chosen=tuple(
            _chosen(coded.paper[place], coded.books[place], coded.codes[:, place]) for place in kept
        ),
        scores=scores_of(coded, marks, settings),
        scale=_scale(coded, settings),
        splits=_splits(coded),
        classes=coded.classes,
        class_names=_class_names(coded),
    )


def scores_of(coded: CodedExam, marks: Marks, settings: AnalysisSettings) -> FloatArray:
    """Each script's score on the 10-point scale before sanctions, shape (n_scripts,)."""
    questions = [entry.question for entry in coded.paper]
    paper = worth(
        [question.part for question in questions],
        [max(question.ladder) for question in questions],
        [question.id in settings.void for question in questions],
        settings.void_rule,
    )
    had = coded.codes != NOT_ADMINISTERED
    return raw_scores(with_voids(marks.points, had, paper), had, paper) / HUNDREDTHS


def _item(entry: PaperQuestion) -> TestItem:
    question = entry.question
    kind = kind_of(question.content)
    return TestItem(
        item=question.id,
        number=entry.number,
        part=question.part,
        kind=kind.name,
        name=str(question.id),
        options=len(kind.labels(question.content)) // kind.prompts(question.content),
        ladder=tuple(float(points) for points in question.ladder),
    )


def _scale(coded: CodedExam, settings: AnalysisSettings) -> Scale:
    most = {entry.question.id: max(entry.question.ladder) for entry in coded.paper}
    void = sum((most[item] for item in most if item in settings.void), Decimal(0))
    gift = void if settings.void_rule == "full_points" else Decimal(0)
    total = sum(most.values(), Decimal(0)) - void + gift
    return Scale(
        maximum=float(SCALE),
        total_points=float(total),
        offset=float(gift),
        factor=float(SCALE / total) if total else 0.0,
        edges=tuple(place / 2 for place in range(2 * SCALE + 1)),
    )


def _chosen(entry: PaperQuestion, book: Sequence[Response], codes: BookCodes) -> Chosen:
    """The labels of an item's book. Of what candidates typed, the most frequent are told apart."""
    question = entry.question
    kind = kind_of(question.content)
    tallies = [kind.tallies(question.content, response) for response in book]
    counts = np.bincount(codes[codes != NOT_ADMINISTERED], minlength=len(book))
    right = kind.right_labels(question.content, question.key)
    return Chosen(
        codes=codes.astype(np.int64),
        sets=label_sets(tallies, kind.labels(question.content) or _typed(tallies, counts), right),
        empty=np.array([not added for added in tallies], dtype=np.bool_),
    )


def label_sets(
    tallies: Sequence[tuple[str, ...]], labels: Sequence[str], right: frozenset[str]
) -> tuple[Labels, ...]:
    """The labels in as few sets as may be, so that no response adds two of one set; ``tallies`` are what each
    response adds."""
    together = {pair for added in tallies for pair in permutations(added, 2)}
    sets: list[list[str]] = []
    for label in labels:
        fitting = next((held for held in sets if all((label, other) not in together for other in held)), None)
        if fitting is None:
            sets.append([label])
        else:
            fitting.append(label)
    return tuple(_labels(tallies, held, right) for held in sets)


def _labels(tallies: Sequence[tuple[str, ...]], held: Sequence[str], right: frozenset[str]) -> Labels:
    places = {label: place for place, label in enumerate(held, start=1)}
    return Labels(
        labels=tuple(held),
        right=tuple(label in right for label in held),
        place_of=np.array(
            [next((places[label] for label in added if label in places), 0) for added in tallies],
            dtype=np.int64,
        ),
    )


def _typed(tallies: Sequence[tuple[str, ...]], counts: IntArray) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    for added, count in zip(tallies, counts, strict=True):
        for label in added:
            seen[label] = seen.get(label, 0) + int(count)
    return tuple(sorted(seen, key=lambda label: (-seen[label], label))[:MAX_TYPED])


def _splits(coded: CodedExam) -> tuple[Split, ...]:
    """Gender, and the largest school against the rest."""
    gender = Split(name="gender", places=coded.genders, names=coded.gender_names)
    known = coded.schools[coded.schools >= 0]
    if len(coded.school_names) < 2 or not len(known):
        return (gender,)
    largest = int(np.bincount(known).argmax())
    places = np.where(coded.schools < 0, -1, (coded.schools != largest).astype(np.int64))
    return gender, Split(name="school", places=places, names=(coded.school_names[largest], ""))


def _class_names(coded: CodedExam) -> tuple[tuple[str, str], ...]:
    """School and name of each class: the school of its first script."""
    school_of = dict(zip(*_first(coded.classes, coded.schools), strict=True))
    return tuple(
        (coded.school_names[school_of[place]] if school_of.get(place, -1) >= 0 else "", name)
        for place, name in enumerate(coded.class_names)
    )


def _first(keys: IntArray, values: IntArray) -> tuple[list[int], list[int]]:
    """The different keys, and the value beside the first of each."""
    found, rows = np.unique(keys, return_index=True)
    return found.tolist(), values[rows].tolist()

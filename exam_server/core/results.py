"""Scores and statistics of an exam: a pure function of the paper, its keys and the scripts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isnan
from statistics import mean, median

import msgspec
import numpy as np

from exam_server.protocol.sitting import Response, SittingState
from exam_server.protocol.staff import Bin, Count, ItemStatistics, PartScore, Results, ScriptRow
from item_bank.kinds import kind_of
from item_bank.marking import PaperScore, Question, round_score, score_paper
from item_bank.richtext import plain_text
from item_bank.vietnamese import sort_key
from scoring import classical
from scoring.arrays import FloatArray

SCALE = 10
"""Scores are given on the 10-point scale whatever the paper's points add up to."""

MAX_TYPED = 20
"""Most different typed answers listed for an item."""

_IN = frozenset({"submitted", "closed"})


class PaperQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question, and its number in its part."""

    number: int
    question: Question


class ScriptInput(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate's final answers by item id."""

    sitting: int
    number: str
    name: str
    class_name: str | None
    state: SittingState
    answers: Mapping[int, Response]


class _Marked(msgspec.Struct, frozen=True, kw_only=True):
    """A script that is in, with its score."""

    script: ScriptInput
    score: PaperScore


def make_results(
    exam: str, subject: str, paper: Sequence[PaperQuestion], scripts: Sequence[ScriptInput]
) -> Results:
    """The results of an exam. Scripts come out by Vietnamese name;
    voided ones and those still being written have no score."""
    questions = [entry.question for entry in paper]
    total = sum((max(question.ladder) for question in questions), Decimal(0))
    ordered = sorted(scripts, key=lambda script: (sort_key(script.name), script.number))
    marked = {
        script.sitting: _Marked(script=script, score=score_paper(questions, script.answers))
        for script in ordered
        if script.state in _IN
    }
    points = _matrix(questions, list(marked.values()))
    scores = [_on_scale(entry.score) for entry in marked.values()]
    whole = classical.summary(points * (SCALE / float(total)) if total else points)
    return Results(
        exam=exam,
        subject=subject,
        total_points=_plain(total),
        n=len(scores),
        mean=str(round_score(Decimal(mean(scores)))) if scores else None,
        median=str(round_score(Decimal(median(scores)))) if scores else None,
        sd=None if whole.sd is None else f"{whole.sd:.2f}",
        alpha=whole.alpha,
        distribution=_distribution(scores),
        scripts=tuple(_row(script, marked.get(script.sitting), questions) for script in ordered),
        items=_items(paper, list(marked.values()), points),
        keys_released=True,
    )


def withhold_keys(results: Results) -> Results:
    """The results without what would help someone who still sits: the questions, and how often each option
    was chosen."""
    items = tuple(msgspec.structs.replace(item, text="", counts=()) for item in results.items)
    return msgspec.structs.replace(results, items=items, keys_released=False)


def _matrix(questions: Sequence[Question], marked: Sequence[_Marked]) -> FloatArray:
    """Points of shape (n_scripts, n_items)."""
    rows = [[float(entry.score.items[question.id].points) for question in questions] for entry in marked]
    return np.array(rows, dtype=np.float64).reshape(len(marked), len(questions))


def _on_scale(score: PaperScore) -> Decimal:
    return round_score(score.points * SCALE / score.max_points) if score.max_points else Decimal(0)


def _distribution(scores: Sequence[Decimal]) -> tuple[Bin, ...]:
    bins = classical.histogram(np.array([float(score) for score in scores], dtype=np.float64), float(SCALE))
    return tuple(Bin(low=f"{each.low:g}", high=f"{each.high:g}", count=each.count) for each in bins)


def _row(script: ScriptInput, marked: _Marked | None, questions: Sequence[Question]) -> ScriptRow:
    parts = () if marked is None else marked.score.parts
    return ScriptRow(
        sitting=script.sitting,
        number=script.number,
        name=script.name,
        class_name=script.class_name,
        state=script.state,
        score=None if marked is None else str(_on_scale(marked.score)),
        parts=tuple(
            PartScore(label=part.part, score=_plain(part.points), points=_plain(part.max_points))
            for part in parts
        ),
        answered=sum(
            kind_of(question.content).is_answered(question.content, script.answers.get(question.id))
            for question in questions
        ),
    )


def _items(
    paper: Sequence[PaperQuestion], marked: Sequence[_Marked], points: FloatArray
) -> tuple[ItemStatistics, ...]:
    if not paper:
        return ()
    most = np.array([float(max(entry.question.ladder)) for entry in paper])
    statistics = classical.item_statistics(points, most)
    return tuple(_item(entry, marked, place, statistics) for place, entry in enumerate(paper))


def _item(
    entry: PaperQuestion, marked: Sequence[_Marked], place: int, statistics: classical.ItemStatistics
) -> ItemStatistics:
    question = entry.question
    return ItemStatistics(
        item=question.id,
        number=entry.number,
        part=question.part,
        kind=kind_of(question.content).name,
        text=plain_text(question.content.stem)[:200],
        n=int(statistics.n[place]),
        difficulty=_defined(statistics.difficulty[place]),
        share=_defined(statistics.full[place]),
        low=_defined(statistics.full_low[place]),
        high=_defined(statistics.full_high[place]),
        discrimination=_defined(statistics.discrimination[place]),
        points=_plain(max(question.ladder)),
        counts=_counts(question, [each.script.answers.get(question.id) for each in marked]),
    )


def _counts(question: Question, responses: Sequence[Response]) -> tuple[Count, ...]:
    """Every label of the item in its order, then what was typed, most frequent first; "" for no answer,
    if any."""
    kind = kind_of(question.content)
    given = classical.option_counts([kind.tallies(question.content, response) for response in responses])
    right = kind.right_labels(question.content, question.key)
    listed = kind.labels(question.content)
    typed = [label for label in given if label and label not in listed][:MAX_TYPED]
    labels = [*listed, *typed, *([""] if "" in given else [])]
    return tuple(Count(label=label, count=given.get(label, 0), right=label in right) for label in labels)


def _defined(value: float) -> float | None:
    return None if isnan(value) else float(value)


def _plain(points: Decimal) -> str:
    """Points without needless zeros: "0.25", "10"."""
    return f"{points.normalize():f}"

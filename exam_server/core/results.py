"""Scores and statistics of an exam: a pure function of the paper, its keys and the scripts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isnan
from statistics import mean, median
from types import MappingProxyType

import msgspec
import numpy as np

from exam_server.core.sanction import shares_of
from exam_server.core.scores import (
    PER_MILLE,
    SCALE,
    Worth,
    after_sanctions,
    as_points,
    on_scale,
    raw_scores,
    with_voids,
    worth,
)
from exam_server.protocol.measurement import VoidRule
from exam_server.protocol.sitting import Response, SittingState
from exam_server.protocol.staff import (
    Bin,
    Count,
    ItemStatistics,
    PartScore,
    Results,
    SanctionKind,
    ScriptRow,
)
from item_bank.kinds import kind_of
from item_bank.marking import Question, round_score, score_paper
from item_bank.richtext import plain_text
from item_bank.vietnamese import sort_key
from scoring import classical
from scoring.arrays import FloatArray, IntArray

MAX_TYPED = 20
"""Most different typed answers listed for an item."""

IN: frozenset[SittingState] = frozenset({"submitted", "closed"})
"""The states in which a script has a score."""


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


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How points become scores: which items are void and what they are worth, and the sittings' sanctions,
    each taking ``per_mille`` of its kind off. ``scored``: the only sittings that have a score, None for
    all."""

    void: frozenset[int] = frozenset()
    void_rule: VoidRule = "full_points"
    sanctions: Mapping[int, SanctionKind] = MappingProxyType({})
    per_mille: Mapping[SanctionKind, int] = MappingProxyType({})
    scored: frozenset[int] | None = None


NO_RULES = Rules()
"""Nothing void, no sanction."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Marked:
    """The scripts that are in. ``points`` and ``counted`` of shape (n_scripts, n_items): thousandths as
    earned and with void items; ``raw`` and ``scores`` of shape (n_scripts,): hundredths before and after
    sanctions."""

    scripts: Sequence[ScriptInput]
    paper: Worth
    points: IntArray
    counted: IntArray
    raw: IntArray
    scores: IntArray


def make_results(
    exam: str,
    subject: str,
    paper: Sequence[PaperQuestion],
    scripts: Sequence[ScriptInput],
    rules: Rules = NO_RULES,
    run: int | None = None,
) -> Results:
    """The results of an exam; ``run`` is the signed run they are of. Scripts come out by Vietnamese name;
    voided ones and those still being written have no score. Statistics are before sanctions."""
    ordered = sorted(scripts, key=lambda script: (sort_key(script.name), script.number))
    marked = _mark(paper, [script for script in ordered if _is_in(script, rules)], rules)
    total = int(marked.paper.part_points.sum())
    whole = classical.summary(_kept(marked) * (SCALE / total) if total else _kept(marked))
    scores = [on_scale(raw) for raw in marked.raw.tolist()]
    rows = {script.sitting: row for row, script in enumerate(marked.scripts)}
    return Results(
        exam=exam,
        subject=subject,
        run=run,
        total_points=as_points(total),
        n=len(scores),
        mean=str(round_score(mean(scores))) if scores else None,
        median=str(round_score(median(scores))) if scores else None,
        sd=None if whole.sd is None else f"{whole.sd:.2f}",
        alpha=whole.alpha,
        distribution=_distribution(scores),
        scripts=tuple(_row(script, rows.get(script.sitting), marked, paper, rules) for script in ordered),
        items=_items(paper, marked),
        keys_released=True,
    )


def withhold_keys(results: Results, unreleased: frozenset[int]) -> Results:
    """The results without what would help someone who still sits one of these items: the questions, and how
    often each option was chosen."""
    items = tuple(
        msgspec.structs.replace(item, text="", counts=()) if item.item in unreleased else item
        for item in results.items
    )
    return msgspec.structs.replace(results, items=items, keys_released=not unreleased)


def _is_in(script: ScriptInput, rules: Rules) -> bool:
    return script.state in IN and (rules.scored is None or script.sitting in rules.scored)


def _mark(paper: Sequence[PaperQuestion], scripts: Sequence[ScriptInput], rules: Rules) -> _Marked:
    questions = [entry.question for entry in paper]
    worth_ = paper_worth(paper, rules.void, rules.void_rule)
    points = _thousandths(questions, [script.answers for script in scripts])
    had = np.ones(points.shape, dtype=np.bool_)
    counted = with_voids(points, had, worth_)
    raw = raw_scores(counted, had, worth_)
    shares = shares_of([script.sitting for script in scripts], rules.sanctions, rules.per_mille)
    return _Marked(
        scripts=scripts,
        paper=worth_,
        points=points,
        counted=counted,
        raw=raw,
        scores=after_sanctions(raw, shares),
    )


def paper_worth(paper: Sequence[PaperQuestion], void: frozenset[int], void_rule: VoidRule) -> Worth:
    """What the paper is worth."""
    questions = [entry.question for entry in paper]
    return worth(
        [question.part for question in questions],
        [max(question.ladder) for question in questions],
        [question.id in void for question in questions],
        void_rule,
    )


def _thousandths(questions: Sequence[Question], scripts: Sequence[Mapping[int, Response]]) -> IntArray:
    """Points of shape (n_scripts, n_items)."""
    marked = [score_paper(questions, answers).items for answers in scripts]
    rows = [[int(items[question.id].points * PER_MILLE) for question in questions] for items in marked]
    return np.array(rows, dtype=np.int64).reshape(len(scripts), len(questions))


def _kept(marked: _Marked) -> FloatArray:
    """Points that count of the items that are not void, shape (n_scripts, n_items not void)."""
    return marked.counted[:, ~marked.paper.void].astype(np.float64)


def _distribution(scores: Sequence[Decimal]) -> tuple[Bin, ...]:
    bins = classical.histogram(np.array([float(score) for score in scores], dtype=np.float64), float(SCALE))
    return tuple(Bin(low=f"{each.low:g}", high=f"{each.high:g}", count=each.count) for each in bins)


def _row(
    script: ScriptInput, row: int | None, marked: _Marked, paper: Sequence[PaperQuestion], rules: Rules
) -> ScriptRow:
    questions = [entry.question for entry in paper]
    return ScriptRow(
        sitting=script.sitting,
        number=script.number,
        name=script.name,
        class_name=script.class_name,
        state=script.state,
        score=None if row is None else str(on_scale(int(marked.scores[row]))),
        parts=() if row is None else part_scores(marked.paper, marked.counted[row]),
        answered=sum(
            kind_of(question.content).is_answered(question.content, script.answers.get(question.id))
            for question in questions
        ),
        sanction=rules.sanctions.get(script.sitting),
    )


def part_scores(paper: Worth, counted: IntArray) -> tuple[PartScore, ...]:
    """Points in each part of one script; ``counted`` of shape (n_items,) in thousandths."""
    earned = paper.by_part(counted[None, :])[0]
    return tuple(
        PartScore(label=label, score=as_points(int(points)), points=as_points(int(most)))
        for label, points, most in zip(paper.labels, earned, paper.part_points, strict=True)
    )


def _items(paper: Sequence[PaperQuestion], marked: _Marked) -> tuple[ItemStatistics, ...]:
    if not paper:
        return ()
    points = marked.points.astype(np.float64)
    statistics = classical.item_statistics(points, marked.paper.most.astype(np.float64))
    return tuple(_item(entry, marked.scripts, place, statistics) for place, entry in enumerate(paper))


def _item(
    entry: PaperQuestion, scripts: Sequence[ScriptInput], place: int, statistics: classical.ItemStatistics
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
        points=as_points(int(max(question.ladder) * PER_MILLE)),
        counts=_counts(question, [script.answers.get(question.id) for script in scripts]),
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

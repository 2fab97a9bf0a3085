"""What a scoring run computes: from an exam as numbers to the record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from exam_server.core.analysis.abilities import Abilities, abilities, score_errors
from exam_server.core.analysis.exam_analysis import analyse_test
from exam_server.core.analysis.findings import ExamFindings
from exam_server.core.analysis.scored_test import from_exam
from exam_server.core.analysis.settings import AnalysisSettings, LinkTarget
from exam_server.core.coded_exam import NOT_ADMINISTERED, CodedExam, Marks, mark
from exam_server.core.coding import Candidate
from exam_server.core.key_change import AppliedKey, EffectivePaper
from exam_server.core.results import PaperQuestion, paper_worth
from exam_server.core.run import RunSettings
from exam_server.core.run_record import LinkSource, RecordedExam, RunRecord, ScoreLine, inputs_of
from exam_server.core.sanction import shares_of
from exam_server.core.scores import (
    HUNDREDTHS,
    PER_MILLE,
    SCALE,
    Worth,
    after_sanctions,
    raw_scores,
    with_voids,
)
from exam_server.protocol.measurement import VoidRule
from exam_server.protocol.staff import SanctionKind
from scoring.arrays import FloatArray, IntArray

Progress = Callable[[str, float], None]
"""Told the stage (a catalogue key of section measurement) and how far the whole is, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class RunInputs:
    """All that a run's result depends on but the scripts. ``own_paper`` has the items' own keys, ``paper``
    those that count."""

    exam: RecordedExam
    own_paper: tuple[PaperQuestion, ...]
    paper: EffectivePaper
    changes: tuple[AppliedKey, ...]
    sanctions: Mapping[int, SanctionKind]
    settings: RunSettings
    link: LinkSource | None
    target: LinkTarget | None
    libraries: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Scored:
    """Every script's score. ``counted`` of shape (n_scripts, n_items): thousandths of a point that count;
    ``raw`` and ``scores`` of shape (n_scripts,): hundredths before and after sanctions."""

    paper: Worth
    counted: IntArray
    raw: IntArray
    scores: IntArray


def score_scripts(
    coded: CodedExam,
    marks: Marks,
    void: frozenset[int],
    void_rule: VoidRule,
    shares: IntArray,
) -> Scored:
    """Score every script; ``shares`` of shape (n_scripts,): thousandths of the raw score taken off."""
    paper = paper_worth(coded.paper, void, void_rule)
    had = coded.codes != NOT_ADMINISTERED
    counted = with_voids(marks.points, had, paper)
    raw = raw_scores(counted, had, paper)
    return Scored(paper=paper, counted=counted, raw=raw, scores=after_sanctions(raw, shares))


def make_record(
    inputs: RunInputs, coded: CodedExam, scripts: Sequence[Candidate], progress: Progress
) -> RunRecord:
    """Score and analyse; ``scripts`` are the candidates of the rows of ``coded``."""
    progress("step_marking", 0.0)
    marks = mark(coded)
    shares = shares_of(coded.sittings.tolist(), inputs.sanctions, inputs.settings.per_mille)
    scored = score_scripts(coded, marks, inputs.paper.void, inputs.settings.void_rule, shares)
    settings = AnalysisSettings(
        model=inputs.settings.model,
        void=inputs.paper.void,
        void_rule=inputs.settings.void_rule,
        link=inputs.target,
    )
    test = from_exam(coded, marks, settings)
    findings = analyse_test(test, settings, progress)
    people = _people(findings, abilities(test, findings), scored.raw)
    return RunRecord(
        exam=inputs.exam,
        settings=inputs.settings,
        link=inputs.link,
        inputs=inputs_of(coded, inputs.own_paper, inputs.changes, inputs.sanctions),
        libraries=dict(sorted(inputs.libraries.items())),
        part_labels=scored.paper.labels,
        part_points=tuple(scored.paper.part_points.tolist()),
        scores=_lines(scripts, scored, people, shares, inputs.sanctions),
        findings=findings,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _People:
    """θ, its standard error and that of the score on the 10-point scale, shape (n_scripts,); NaN where not
    known."""

    theta: FloatArray
    se: FloatArray
    csem: FloatArray


def _people(findings: ExamFindings, found: Abilities | None, raw: IntArray) -> _People:
    unknown = np.full(len(raw), np.nan)
    errors = score_errors(findings, raw / HUNDREDTHS)
    return _People(
        theta=unknown if found is None else found.theta,
        se=unknown if found is None else found.se,
        csem=unknown if errors is None else errors,
    )


def _lines(
    scripts: Sequence[Candidate],
    scored: Scored,
    people: _People,
    shares: IntArray,
    sanctions: Mapping[int, SanctionKind],
) -> tuple[ScoreLine, ...]:
    low, high = _range(scored.scores, people.csem * (1 - shares / PER_MILLE))
    return tuple(
        ScoreLine(
            sitting=script.sitting,
            number=script.number,
            score=score,
            raw_score=raw,
            parts=tuple(parts),
            theta=theta,
            theta_se=theta_se,
            low=lowest,
            high=highest,
            sanction=sanctions.get(script.sitting),
        )
        for script, score, raw, parts, theta, theta_se, lowest, highest in zip(
            scripts,
            scored.scores.tolist(),
            scored.raw.tolist(),
            scored.paper.by_part(scored.counted).tolist(),
            _defined(people.theta),
            _defined(people.se),
            low,
            high,
            strict=True,
        )
    )


def _range(scores: IntArray, errors: FloatArray) -> tuple[list[int | None], list[int | None]]:
    """Scores less and plus their standard errors, within the scale, in hundredths; None where not known."""
    widths = np.rint(np.nan_to_num(errors) * HUNDREDTHS).astype(np.int64)
    known = np.isfinite(errors).tolist()
    low = np.maximum(scores - widths, 0).tolist()
    high = np.minimum(scores + widths, SCALE * HUNDREDTHS).tolist()
    return _where(low, known), _where(high, known)


def _where(values: Sequence[int], known: Sequence[bool]) -> list[int | None]:
    return [value if is_known else None for value, is_known in zip(values, known, strict=True)]


def _defined(values: FloatArray) -> list[float | None]:
    return [None if value != value else float(f"{value:.6g}") for value in values.tolist()]

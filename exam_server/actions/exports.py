"""What a run gives away as files: score sheets, reports, tables, everything."""

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec

from exam_server.actions.results import unreleased_items
from exam_server.actions.runs import part_scores, readable_run, run_body
from exam_server.catalogue import Language, text
from exam_server.core.access import Permission, allowed
from exam_server.core.analysis.findings import ExamFindings
from exam_server.core.export.gradebook import ScoreColumn, gradebook
from exam_server.core.export.pupil import ExportHead, ScoredPupil
from exam_server.core.export.school import school_tables
from exam_server.core.export.tables import Cell, Table, as_spreadsheet, items_table
from exam_server.core.scores import on_scale
from exam_server.errors import Invalid, NotFound
from exam_server.printout.candidate_report import candidate_report
from exam_server.printout.school_report import school_report
from exam_server.protocol.measurement import ScoringRun
from exam_server.store import exports, runs
from exam_server.store.database import Connection, Database
from exam_server.store.staff import StaffMember

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
"""Where exam days are dated."""


class Everything(msgspec.Struct, frozen=True, kw_only=True):
    """run.json: the run, what it found, and every candidate of the caller's."""

    run: ScoringRun
    findings: ExamFindings
    candidates: tuple[ScoredPupil, ...]


class _Held(msgspec.Struct, frozen=True, kw_only=True):
    """A run's candidates, and what it is of."""

    run: runs.StoredRun
    head: ExportHead
    pupils: tuple[ScoredPupil, ...]


async def export_gradebook(
    database: Database, run_id: int, caller: StaffMember, lang: Language, *, column: str, class_id: int | None
) -> bytes:
    """The score sheets of the classes, or of one, as .xlsx.

    Raises Invalid with code ``bad_field`` for an unknown ``column``, and what ``_held`` raises.
    """
    columns: dict[str, ScoreColumn] = {name: name for name in get_args(ScoreColumn)}
    if column not in columns:
        raise Invalid("bad_field", place="column", field="column")
    held = await _held(database, run_id, caller, class_id=class_id)
    return await asyncio.to_thread(gradebook, held.head, held.pupils, columns[column], lang)


async def export_candidates(
    database: Database,
    run_id: int,
    caller: StaffMember,
    lang: Language,
    *,
    class_id: int | None,
    sitting_id: int | None,
) -> bytes:
    """Reports of all candidates, of a class or of one, as a page to print. Raises what ``_held`` raises."""
    held = await _held(database, run_id, caller, class_id=class_id, sitting_id=sitting_id)
    return (await asyncio.to_thread(candidate_report, held.head, held.pupils, lang)).encode()


async def export_school(database: Database, run_id: int, caller: StaffMember, lang: Language) -> bytes:
    """The schools' tables without small counts, as a page. Raises what ``_held`` raises."""
    held = await _held(database, run_id, caller)

    def compute() -> bytes:
        return school_report(held.head, school_tables(held.pupils), lang).encode()

    return await asyncio.to_thread(compute)


async def export_scores(database: Database, run_id: int, caller: StaffMember, lang: Language) -> bytes:
    """Every candidate's scores for a spreadsheet. Raises what ``_held`` raises."""
    held = await _held(database, run_id, caller)
    return await asyncio.to_thread(as_spreadsheet, _scores_table(held, lang), lang)


async def export_items(
    database: Database, run_id: int, caller: StaffMember, lang: Language, now: datetime
) -> bytes:
    """Every item's figures for a spreadsheet. Raises NotFound with code ``not_found``."""
    async with database.snapshot() as connection:
        run = await _computed(connection, run_id, caller)
        findings = await _findings(connection, run, caller, now)
    return as_spreadsheet(items_table(findings), lang)


async def export_everything(
    database: Database, run_id: int, caller: StaffMember, lang: Language, now: datetime
) -> bytes:
    """All of a run as JSON. Raises what ``_held`` raises."""
    held = await _held(database, run_id, caller)
    async with database.connection() as connection:
        findings = await _findings(connection, held.run, caller, now)
    everything = Everything(
        run=run_body(held.run, caller, lang), findings=findings, candidates=held.pupils
    )  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(everything), indent=1)


async def _held(
    database: Database,
    run_id: int,
    caller: StaffMember,
    *,
    class_id: int | None = None,
    sitting_id: int | None = None,
) -> _Held:
    """The candidates the caller may see.

    Raises NotFound with code ``not_found`` without such a run, before it is computed, or when none of the
    class or sitting named is among them.
    """
    async with database.snapshot() as connection:
        run = await _computed(connection, run_id, caller)
        head = await exports.select_export_head(connection, run_id)
        rows = await exports.select_pupils(
            connection, run_id, teacher_id=_only(caller), class_id=class_id, sitting_id=sitting_id
        )
    if not rows and (class_id, sitting_id) != (None, None):
        raise NotFound("not_found")
    return _Held(run=run, head=_head(head), pupils=tuple(_pupil(run, row) for row in rows))


async def _computed(connection: Connection, run_id: int, caller: StaffMember) -> runs.StoredRun:
    run = await readable_run(connection, run_id, caller)
    if run.record_sha256 is None:
        raise NotFound("not_found")
    return run


async def _findings(
    connection: Connection, run: runs.StoredRun, caller: StaffMember, now: datetime
) -> ExamFindings:
    """What the run found; of keys nothing for the items that may still be sat, but for who may read them."""
    found = await runs.select_findings(connection, run.id, teacher_id=_only(caller))
    return _withheld(found, await unreleased_items(connection, run.exam_id, caller, now))


def _only(caller: StaffMember) -> int | None:
    return None if allowed(caller.role, Permission.SCORING_RUN) else caller.id


def _head(row: exports.HeadRow) -> ExportHead:
    return ExportHead(
        exam=row.exam,
        subject=row.subject,
        run=row.run,
        day=None if row.first_shift is None else row.first_shift.astimezone(HOME).date(),
        signed_by=row.signed_by,
    )


def _pupil(run: runs.StoredRun, row: exports.PupilRow) -> ScoredPupil:
    def score(hundredths: int | None) -> Decimal | None:
        return None if hundredths is None else on_scale(hundredths)

    return ScoredPupil(
        sitting=row.sitting,
        number=row.number,
        name=row.name,
        school=row.school,
        class_name=row.class_name,
        pupil_code=row.pupil_code,
        birth_date=row.birth_date,
        state=row.state,
        score=score(row.score),
        raw_score=score(row.raw_score),
        parts=part_scores(run, row),
        theta=row.theta,
        theta_se=row.theta_se,
        low=score(row.low),
        high=score(row.high),
        sanction=row.sanction,
    )


def _withheld(found: ExamFindings, unreleased: frozenset[int]) -> ExamFindings:
    items = tuple(
        msgspec.structs.replace(item, options=(), flags=()) if item.item in unreleased else item
        for item in found.items
    )
    return msgspec.structs.replace(found, items=items)


def _scores_table(held: _Held, lang: Language) -> Table:
    labels = held.run.part_labels
    columns = (*(text(lang, "measurement", f"scores_{name}") for name in _COLUMNS), *labels)
    return Table(columns=columns, rows=tuple(_row(pupil, len(labels), lang) for pupil in held.pupils))


_COLUMNS = (
    "number", "name", "pupil_code", "class", "school", "state", "score", "raw_score", "low", "high", "theta",
    "theta_se", "sanction",
)  # fmt: skip


def _row(pupil: ScoredPupil, parts: int, lang: Language) -> tuple[Cell, ...]:
    points: list[Cell] = [Decimal(part.score) for part in pupil.parts]
    sanction = "" if pupil.sanction is None else text(lang, "measurement", f"sanction_{pupil.sanction}")
    return (
        pupil.number,
        pupil.name,
        pupil.pupil_code,
        pupil.class_name,
        pupil.school,
        text(lang, "cli", f"state_{pupil.state}"),
        pupil.score,
        pupil.raw_score,
        pupil.low,
        pupil.high,
        pupil.theta,
        pupil.theta_se,
        sanction,
        *(points or [None] * parts),
    )

"""The statistics of a scoring run, as the board and the teachers of its pupils see them."""

from datetime import datetime

import msgspec

from exam_server.actions.results import unreleased_items
from exam_server.actions.runs import readable_run, run_body
from exam_server.catalogue import Language
from exam_server.core.access import Permission, allowed
from exam_server.core.analysis.findings import ClassFigures, ExamFindings
from exam_server.core.analysis_view import analysis_of_item, analysis_of_test
from exam_server.errors import Conflict, NotFound
from exam_server.protocol.measurement import ItemAnalysis, TestAnalysis
from exam_server.store import exams, item_uses, runs
from exam_server.store.database import Connection, Database
from exam_server.store.staff import StaffMember


async def show_analysis(
    database: Database, run_id: int, caller: StaffMember, now: datetime, lang: Language
) -> TestAnalysis:
    """The analysis of a run; to a teacher without what the items say and what is said of them, for those that
    somebody may still sit.

    Raises NotFound with code ``not_found``, also before the run is computed.
    """
    async with database.snapshot() as connection:
        run, findings, own = await _read(connection, run_id, caller)
        exam = await exams.select_optional_exam(connection, run.exam_id)
        stems = {each.id: each.text() for each in await exams.select_questions(connection, run.exam_id)}
        unreleased = await unreleased_items(connection, run.exam_id, caller, now)
    subject = "" if exam is None else exam.subject
    found = analysis_of_test(run_body(run, caller, lang), subject, findings, stems, own, lang)
    return _withheld(found, unreleased)


async def show_item_analysis(
    database: Database, run_id: int, item_id: int, caller: StaffMember, now: datetime, lang: Language
) -> ItemAnalysis:
    """The analysis of an item in a run.

    Raises NotFound with code ``not_found``; Conflict with ``exam_not_over`` for a teacher while somebody may
    still sit the item.
    """
    async with database.snapshot() as connection:
        run, findings, own = await _read(connection, run_id, caller)
        stems = {each.id: each.text() for each in await exams.select_questions(connection, run.exam_id)}
        if item_id not in stems:
            raise NotFound("not_found")
        if item_id in await unreleased_items(connection, run.exam_id, caller, now):
            raise Conflict("exam_not_over")
        history = await item_uses.select_history(connection, item_id)
    return analysis_of_item(findings, item_id, stems[item_id], own, history, lang)


async def _read(
    connection: Connection, run_id: int, caller: StaffMember
) -> tuple[runs.StoredRun, ExamFindings, tuple[ClassFigures, ...]]:
    """The run, what it found, and the figures of the caller's own classes."""
    run = await readable_run(connection, run_id, caller)
    if run.record_sha256 is None:
        raise NotFound("not_found")
    if allowed(caller.role, Permission.SCORING_RUN):
        return run, await runs.select_findings(connection, run_id), ()
    findings = await runs.select_findings(connection, run_id, teacher_id=caller.id)
    return run, findings, findings.classes


def _withheld(found: TestAnalysis, unreleased: frozenset[int]) -> TestAnalysis:
    items = tuple(
        msgspec.structs.replace(line, text="", flags=()) if line.item in unreleased else line
        for line in found.items
    )
    return msgspec.structs.replace(found, items=items)

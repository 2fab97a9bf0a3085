"""Evidence worth looking into, from an exam's journals. For the board alone."""

import asyncio
from collections.abc import Mapping, Sequence

from exam_server.actions.coding import BATCH, Progress, read_papers
from exam_server.core.access import Permission, Role, allowed
from exam_server.core.evidence import Evidence
from exam_server.core.forensic_data import ForensicData, JournalReader, journal_sheets
from exam_server.core.forensics import find_evidence
from exam_server.core.key_change import with_changes
from exam_server.errors import Denied, Invalid, NotFound
from exam_server.store import desks, exams
from exam_server.store.database import Connection, Database
from exam_server.store.journal import select_payloads
from scoring.errors import MeasurementError


async def exam_evidence(
    database: Database, exam_id: int, shift_id: int | None, role: Role, progress: Progress
) -> Evidence:
    """What is worth looking into among the scripts of an exam, or of one of its shifts, that are in. Every
    room is compared for itself.

    Raises Denied with code ``not_permitted`` for anyone but the board; NotFound with ``no_such_exam``, or
    ``no_scripts`` when none is in; Invalid with what ``find_evidence`` refuses.
    """
    if not allowed(role, Permission.EXAMS_MANAGE):
        raise Denied("not_permitted")
    async with database.snapshot() as connection:
        data = await _read(connection, exam_id, shift_id, progress)
    progress("step_looking", 0.0)
    try:
        return await asyncio.to_thread(_look_into, data)
    except MeasurementError as error:
        params = {name: value for name, value in error.params.items() if not isinstance(value, float)}
        raise Invalid(error.code, place=None, **params) from error


async def _read(
    connection: Connection, exam_id: int, shift_id: int | None, progress: Progress
) -> ForensicData:
    if await exams.select_optional_exam(connection, exam_id) is None:
        raise NotFound("no_such_exam", exam=exam_id)
    own, changes = await read_papers(connection, exam_id)
    seated = await desks.select_desks(connection, exam_id, shift_id)
    if not seated:
        raise NotFound("no_scripts", exam=exam_id)
    reader = JournalReader(with_changes(own, changes).questions, seated)
    for start in range(0, len(seated), BATCH):
        progress("step_reading", start / len(seated))
        batch = [desk.sitting for desk in seated[start : start + BATCH]]
        payloads = await select_payloads(connection, batch)
        await asyncio.to_thread(_add, reader, payloads)
    return await asyncio.to_thread(reader.finish)


def _add(reader: JournalReader, payloads: Mapping[int, Sequence[bytes]]) -> None:
    for sitting, messages in payloads.items():
        reader.add(sitting, messages)


def _look_into(data: ForensicData) -> Evidence:
    sheets, models = journal_sheets(data)
    return find_evidence(sheets, models)

"""An exam as numbers, from its journals: one snapshot, read and coded in batches."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from exam_server.core.coded_exam import CodedExam
from exam_server.core.coding import Candidate, Coder
from exam_server.core.key_change import AppliedKey, EffectivePaper, with_changes
from exam_server.core.results import IN, PaperQuestion
from exam_server.errors import NotFound
from exam_server.protocol.staff import SanctionKind
from exam_server.store import coded_exams, exams, key_changes, sanctions
from exam_server.store.database import Connection, Database

BATCH = 2_000
"""Sittings whose journals are held at once."""

Progress = Callable[[str, float], None]
"""Told the catalogue's key of what is being done, and how far it is, 0 to 1."""


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredExam:
    """An exam with all that its scores depend on but the journals. ``own_paper`` has the items' own keys;
    ``scripts`` are those of the ``candidates`` whose scripts are in."""

    exam: exams.ExamHead
    own_paper: tuple[PaperQuestion, ...]
    paper: EffectivePaper
    changes: tuple[AppliedKey, ...]
    sanctions: dict[int, SanctionKind]
    candidates: tuple[Candidate, ...]
    scripts: tuple[Candidate, ...]
    scripts_sha256: str


async def read_papers(
    connection: Connection, exam_id: int
) -> tuple[tuple[PaperQuestion, ...], tuple[AppliedKey, ...]]:
    """The paper with the items' own keys, and the corrections that are live."""
    questions = await exams.select_questions(connection, exam_id)
    own = tuple(PaperQuestion(number=stored.number, question=stored.question()) for stored in questions)
    return own, await key_changes.select_live_keys(connection, exam_id)


async def read_exam(connection: Connection, exam_id: int) -> StoredExam:
    """An exam without its journals. Raises NotFound with code ``no_such_exam``."""
    exam = await exams.select_optional_exam(connection, exam_id)
    if exam is None:
        raise NotFound("no_such_exam", exam=exam_id)
    own, changes = await read_papers(connection, exam_id)
    candidates = await coded_exams.select_candidates(connection, exam_id)
    return StoredExam(
        exam=exam,
        own_paper=own,
        paper=with_changes(own, changes),
        changes=changes,
        sanctions=await sanctions.select_in_force(connection, exam_id),
        candidates=tuple(candidates),
        scripts=tuple(each for each in candidates if each.state in IN),
        scripts_sha256=await coded_exams.select_scripts_sha256(connection, exam_id),
    )


async def code_scripts(connection: Connection, stored: StoredExam, progress: Progress) -> CodedExam:
    """Every script that is in, with the keys that count. While one batch is coded the next is read."""
    rows = {script.sitting: row for row, script in enumerate(stored.scripts)}
    ids = list(rows)
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    coder = Coder(stored.paper.questions, len(ids))

    def add(journals: Sequence[tuple[int, bytes]]) -> None:
        for sitting, journal in journals:
            coder.add(rows[sitting], journal)

    coming = asyncio.create_task(coded_exams.select_journals(connection, batches[0] if batches else []))
    try:
        for done, following in enumerate([*batches[1:], []]):
            progress("step_reading", done / max(1, len(batches)))
            journals = await coming
            coming = asyncio.create_task(coded_exams.select_journals(connection, following))
            await asyncio.to_thread(add, journals)
        await coming
    finally:
        coming.cancel()
    return await asyncio.to_thread(coder.finish, stored.scripts)


async def coded_exam(database: Database, exam_id: int, progress: Progress | None = None) -> CodedExam:
    """Every script of an exam that is in, with the keys that count.

    Raises NotFound with code ``no_such_exam``.
    """
    async with database.snapshot() as connection:
        stored = await read_exam(connection, exam_id)
        return await code_scripts(connection, stored, progress or untold)


def untold(stage: str, share: float) -> None:
    """Nobody asks."""

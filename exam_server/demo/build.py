"""Builds the demo through the same actions that people use. What is there already stays."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from exam_server.actions import exams, items, roster, staff
from exam_server.core.access import Role
from exam_server.demo.logins import Logins
from exam_server.demo.school import CLASS, SCHOOL, roster_file
from exam_server.errors import Conflict
from exam_server.protocol.staff import ExamDetail, NewExam, NewShift, ShiftRow
from exam_server.secrets import Secrets
from exam_server.store.database import Database

ACTOR = "demo"
TEMPLATE = "thpt_2025_maths"
ROSTER = "danh_sach_12A1.xlsx"
LATE_MINUTES = 90
OPENS_IN = timedelta(minutes=5)

Progress = Callable[[str], None]
"""Told the catalogue's key of each step as it begins."""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo's things are called, in the language of whoever starts it.

    ``exam_elsewhere``: what the exam is called when somebody started the demo in another language before.
    """

    bank: str
    exam: str
    exam_elsewhere: frozenset[str] = frozenset()
    subject: str
    shift: str
    room: str
    names: dict[Role, str]


class HistoryWords(msgspec.Struct, frozen=True, kw_only=True):
    """What the things of the demo's past are called; ``titles``: of the older and the younger survey;
    ``elsewhere``: those in every language, for somebody may have started the demo in another."""

    titles: tuple[str, str]
    elsewhere: frozenset[str]
    bank: str
    subject: str
    shift: str
    room: str
    second: str


USERNAMES = {Role.BOARD: "hoidong", Role.INVIGILATOR: "giamthi", Role.TEACHER: "giaovien"}
SECOND = "hoidong2"
"""The board's second member, who signs what the first has started."""


async def build_demo(
    database: Database,
    secrets: Secrets,
    logins: Logins,
    paper: Path,
    words: Words,
    *,
    now: datetime,
    progress: Progress,
) -> ShiftRow:
    """Make what is missing and return a shift that can be sat now."""
    progress("demo_step_staff")
    await _add_staff(database, logins, words, now)
    progress("demo_step_paper")
    exam = await _ensure_exam(database, paper, words, now)
    usable = [shift for shift in exam.shifts if _is_usable(shift, now)]
    if usable:
        return usable[-1]
    progress("demo_step_shift")
    return await _new_shift(database, secrets, logins, exam, words, now)


async def _add_staff(database: Database, logins: Logins, words: Words, now: datetime) -> None:
    for role, username in USERNAMES.items():
        with suppress(Conflict):  # from an earlier start
            await staff.add_staff(
                database,
                username=username,
                name=words.names[role],
                role=role,
                password=logins.passwords[role],
                actor=ACTOR,
                now=now,
            )


async def _ensure_exam(database: Database, paper: Path, words: Words, now: datetime) -> ExamDetail:
    titles = {words.exam, *words.exam_elsewhere}
    found = [exam.id for exam in await exams.all_exams(database) if exam.title in titles]
    if found:
        return await exams.show_exam(database, found[0])
    bank = await items.ensure_bank(database, name=words.bank, actor=ACTOR, now=now)
    file = await items.read_word_file(paper.name, await asyncio.to_thread(paper.read_bytes))
    with suppress(Conflict):  # from an earlier start that was interrupted
        await items.import_items(database, bank, file, dry_run=False, actor=ACTOR, now=now)
    new = NewExam(
        title=words.exam, subject=words.subject, bank=bank, source=paper.name, template=TEMPLATE, minutes=90
    )
    return await exams.create_exam(database, new, actor=ACTOR, now=now, skip_unsound=True)


def _is_usable(shift: ShiftRow, now: datetime) -> bool:
    """Whether one can still sit the shift: before its bell, or with time left and someone not done."""
    if shift.candidates == 0:
        return False
    if shift.started_at is None:
        return now < shift.opens_at
    unfinished = shift.candidates - sum(
        shift.states.get(state, 0) for state in ("submitted", "closed", "voided")
    )
    return now < shift.started_at + timedelta(minutes=shift.minutes) and unfinished > 0


async def _new_shift(
    database: Database, secrets: Secrets, logins: Logins, exam: ExamDetail, words: Words, now: datetime
) -> ShiftRow:
    new = NewShift(
        name=f"{words.shift} {len(exam.shifts) + 1}",
        room=words.room,
        opens_at=now + OPENS_IN,
        late_minutes=LATE_MINUTES,
    )
    shift = await exams.create_shift(database, secrets, exam.id, new, actor=ACTOR, now=now)
    done = await roster.import_roster(
        database,
        secrets,
        shift.id,
        await roster.read_roster_file(ROSTER, roster_file()),
        school=SCHOOL,
        dry_run=False,
        actor=ACTOR,
        now=now,
        pin_of=logins.pins.__getitem__,
    )
    if done.problems:
        raise ValueError(f"the demo's own roster has problems: {done.problems}")
    username = USERNAMES[Role.INVIGILATOR]
    await staff.assign_shift(database, username=username, shift_id=shift.id, actor=ACTOR, now=now)
    username = USERNAMES[Role.TEACHER]
    await staff.assign_class(database, username=username, class_name=CLASS, actor=ACTOR, now=now)
    return shift

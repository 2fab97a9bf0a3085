"""An exam morning made by the product's own actions: a paper from Word, a class of 24, staff."""

from datetime import timedelta
from pathlib import Path

import msgspec

import item_bank
from exam_server.actions import exams, items, roster, staff
from exam_server.core.access import Role
from exam_server.protocol.staff import NewExam, NewShift
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from exam_server.store.rosters import ensure_class, select_optional_first_school
from exam_server.store.staff import insert_invigilation, insert_teaching
from tests.browser.clock import MORNING
from tests.browser.papers import whole_paper
from tests.browser.roster_files import clean_roster

SAMPLE = Path(item_bank.__file__).parent / "samples" / "toan_12_giua_ky.docx"
PASSWORD = "mat-khau-thu-nghiem"
OPENS_AFTER = timedelta(minutes=30)
MINUTES = 90
ACTOR = "test"
BANK = "Ngân hàng Toán 12"
TITLE = "Kiểm tra giữa kì I – Toán 12"


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One on the roster, with the PIN that the import told."""

    sitting: int
    number: str
    pin: str
    name: str


class World(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of what was made; ``practice`` is an exam with a paper of its own and nobody on its shift.

    Staff log in by role name (``teacher2`` teaches the other class, ``board2`` signs) and PASSWORD.
    """

    bank: int
    exam: int
    practice: int
    shift: int
    source: str
    candidates: tuple[Candidate, ...]


async def make_world(database: Database, secrets: Secrets) -> World:
    """The paper, the exam with one shift at eight o'clock, the class, and staff of every role."""
    paper = SAMPLE.read_bytes() if SAMPLE.exists() else whole_paper()
    bank, source = await import_paper(database, BANK, SAMPLE.name, paper)
    exam, shift = await make_exam(database, secrets, bank=bank, source=source, title=TITLE)
    candidates = await seat_class(database, secrets, shift)
    await _hire(database, shift)
    practice = await _make_practice(database, secrets)
    return World(bank=bank, exam=exam, practice=practice, shift=shift, source=source, candidates=candidates)


async def _make_practice(database: Database, secrets: Secrets) -> int:
    bank, source = await import_paper(database, "Ngân hàng thi thử", "thi_thu.docx", whole_paper())
    exam, _ = await make_exam(database, secrets, bank=bank, source=source, title="Thi thử – Toán 12")
    return exam


async def import_paper(database: Database, bank_name: str, name: str, data: bytes) -> tuple[int, str]:
    """A bank with the paper in it: the bank's id, the source's name."""
    bank = await items.ensure_bank(database, name=bank_name, actor=ACTOR, now=MORNING)
    file = await items.read_word_file(name, data)
    await items.import_items(database, bank, file, dry_run=False, actor=ACTOR, now=MORNING)
    return bank, file.name


async def make_exam(
    database: Database, secrets: Secrets, *, bank: int, source: str, title: str, room: str = "P101"
) -> tuple[int, int]:
    """An exam of the source with one shift: their ids."""
    made = await exams.create_exam(
        database,
        NewExam(
            title=title,
            subject="Toán",
            bank=bank,
            source=source,
            template="thpt_2025_maths",
            minutes=MINUTES,
        ),
        actor=ACTOR,
        now=MORNING,
    )
    shift = await exams.create_shift(
        database,
        secrets,
        made.id,
        NewShift(name="Ca 1", room=room, opens_at=MORNING + OPENS_AFTER),
        actor=ACTOR,
        now=MORNING,
    )
    return made.id, shift.id


async def seat_class(database: Database, secrets: Secrets, shift: int) -> tuple[Candidate, ...]:
    """The class on a shift, through the import of its list."""
    rows = await roster.read_roster_file("danh_sach.csv", clean_roster())
    done = await roster.import_roster(
        database, secrets, shift, rows, school="THPT Lê Quý Đôn", dry_run=False, actor=ACTOR, now=MORNING
    )
    assert done.stored, done.problems
    return tuple(
        Candidate(sitting=row.sitting, number=row.number, pin=row.pin or "", name=row.name)
        for row in done.candidates
    )


async def _hire(database: Database, shift: int) -> None:
    ids = {
        username: await staff.add_staff(
            database, username=username, name=name, role=role, password=PASSWORD, actor=ACTOR, now=MORNING
        )
        for username, name, role in (
            ("board", "Nguyễn Thu Hương", Role.BOARD),
            ("board2", "Vũ Đức Long", Role.BOARD),
            ("invigilator", "Trần Quang Minh", Role.INVIGILATOR),
            ("teacher", "Lê Thị Hạnh", Role.TEACHER),
            ("teacher2", "Phạm Văn Khoa", Role.TEACHER),
        )
    }
    async with database.transaction() as connection:
        school = await select_optional_first_school(connection)
        assert school is not None
        await insert_invigilation(connection, ids["invigilator"], shift)
        for username, name in (("teacher", "12A1"), ("teacher2", "12A2")):
            await insert_teaching(connection, ids[username], await ensure_class(connection, school, name))

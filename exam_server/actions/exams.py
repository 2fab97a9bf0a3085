"""Exams: making the paper, compiling and encrypting its form, scheduling shifts."""

import os
import secrets
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256

from exam_server.core.access import Permission, allowed
from exam_server.core.expectation import expect
from exam_server.core.form import NONCE_BYTES, compile_form, unwrap_key, wrap_key
from exam_server.core.paper import PaperCandidate, PaperPart, form_parts, make_paper
from exam_server.core.pictures import pictures_in
from exam_server.errors import Conflict, Invalid, NotFound
from exam_server.protocol.form import Form
from exam_server.protocol.staff import ExamDetail, ExamRow, Exams, NewExam, NewShift, ShiftRow, Shifts
from exam_server.secrets import Secrets
from exam_server.store import audit, banks, exams, item_uses
from exam_server.store.database import Connection, Database
from exam_server.store.staff import StaffMember
from item_bank.kinds import kind_of
from item_bank.templates import TEMPLATES

MAX_TITLE = 200
MAX_MINUTES = 600
PAST = timedelta(minutes=5)
"""How far in the past a new shift may open: clocks differ."""

RESERVE = timedelta(minutes=60)
"""From the last candidate's regular end to the closing time: room for pauses and added time."""


async def create_exam(
    database: Database, new: NewExam, *, actor: str, now: datetime, skip_unsound: bool = False
) -> ExamDetail:
    """Make an exam whose paper is an imported source with a template's points.

    Raises Invalid for a bad field or a paper that cannot be (see ``core.paper``); NotFound with code
    ``no_such_source`` or ``no_such_template``; Conflict with ``exam_exists``.
    """
    _check_exam(new)
    async with database.transaction() as connection:
        paper = await _paper(connection, new, skip_unsound=skip_unsound)
        exam_id = await exams.insert_exam(
            connection,
            title=new.title.strip(),
            subject=new.subject.strip(),
            minutes=new.minutes,
            release=new.release,
            now=now,
        )
        if exam_id is None:
            raise Conflict("exam_exists", place="title", title=new.title)
        await exams.insert_paper(connection, exam_id, paper)
        await audit.record(
            connection, now=now, actor=actor, action="exam.create", subject=new.title, detail=new.source
        )
        return await _detail(connection, exam_id)


async def list_exams(database: Database, caller: StaffMember) -> Exams:
    """Every exam, for those who manage them; else those the caller's classes sit."""
    only = None if allowed(caller.role, Permission.EXAMS_MANAGE) else caller.id
    async with database.connection() as connection:
        return Exams(exams=await exams.select_exams(connection, only))


async def all_exams(database: Database) -> tuple[ExamRow, ...]:
    """Every exam, newest first."""
    async with database.connection() as connection:
        return await exams.select_exams(connection, None)


async def show_exam(database: Database, exam_id: int) -> ExamDetail:
    """An exam with its paper and shifts. Raises NotFound with code ``no_such_exam``."""
    async with database.connection() as connection:
        return await _detail(connection, exam_id)


async def create_shift(
    database: Database, secrets_: Secrets, exam_id: int, new: NewShift, *, actor: str, now: datetime
) -> ShiftRow:
    """Schedule a shift, with a form compiled and encrypted for it alone.

    Raises NotFound without such an exam; Invalid for a bad field or an opening in the past; Conflict with
    code
    ``shift_exists``.
    """
    _check_shift(new, now)
    async with database.transaction() as connection:
        exam = await exams.select_optional_exam(connection, exam_id)
        if exam is None:
            raise NotFound("no_such_exam", exam=exam_id)
        form_id = await _compile(connection, secrets_, exam, now)
        length = timedelta(minutes=exam.minutes + new.late_minutes)
        shift_id = await exams.insert_shift(
            connection,
            exams.NewShiftRow(
                exam_id=exam_id,
                form_id=form_id,
                name=new.name.strip(),
                room=new.room.strip(),
                opens_at=new.opens_at,
                closes_at=new.opens_at + length + RESERVE,
                late_minutes=new.late_minutes,
                admission=new.admission,
            ),
        )
        if shift_id is None:
            raise Conflict("shift_exists", place="name", name=new.name, room=new.room)
        await audit.record(
            connection,
            now=now,
            actor=actor,
            action="shift.create",
            subject=f"shift {shift_id}",
            detail=exam.title,
        )
        [row] = await exams.select_shifts(connection, shift_id=shift_id)
    return row


async def list_shifts(database: Database, caller: StaffMember) -> Shifts:
    """The shifts the caller may watch: an invigilator's own, else all."""
    only = None if allowed(caller.role, Permission.EXAMS_MANAGE) else caller.id
    async with database.connection() as connection:
        return Shifts(shifts=await exams.select_shifts(connection, staff_id=only))


async def check_secrets(database: Database, secrets_: Secrets) -> None:
    """Whether the server's keys are those that this database's forms were made with.

    Raises Invalid with code ``foreign_secrets``: no bell could ring and no PIN would be right.
    """
    async with database.connection() as connection:
        wrapped = await exams.select_optional_wrapped_key(connection)
    if wrapped is None:
        return
    try:
        unwrap_key(secrets_.master_key, wrapped)
    except ValueError as error:
        raise Invalid("foreign_secrets") from error


async def form_blob(database: Database, sha256: str) -> bytes:
    """An encrypted form. Raises NotFound with code ``not_found``."""
    async with database.connection() as connection:
        blob = await exams.select_optional_form_blob(connection, sha256)
    if blob is None:
        raise NotFound("not_found")
    return blob


async def _paper(connection: Connection, new: NewExam, *, skip_unsound: bool) -> tuple[PaperPart, ...]:
    template = TEMPLATES.get(new.template)
    if template is None:
        raise NotFound("no_such_template", place="template", name=new.template)
    source_id = await banks.select_optional_source_id(connection, new.bank, new.source)
    if source_id is None:
        raise NotFound("no_such_source", place="source", name=new.source)
    items = await banks.select_source_items(connection, source_id)
    candidates = [
        PaperCandidate(id=item.id, part=item.part, number=item.number, content=item.content, key=item.key)
        for item in items
    ]
    return make_paper(candidates, template, skip_unsound=skip_unsound)


async def _detail(connection: Connection, exam_id: int) -> ExamDetail:
    exam = await exams.select_optional_exam(connection, exam_id)
    if exam is None:
        raise NotFound("no_such_exam", exam=exam_id)
    questions = await exams.select_questions(connection, exam_id)
    total = sum(max(question.ladder) for question in questions)
    return ExamDetail(
        id=exam.id,
        title=exam.title,
        subject=exam.subject,
        minutes=exam.minutes,
        release=exam.release,
        total_points=f"{total.normalize():f}" if total else "0",
        paper=tuple(exams.paper_item(question, kind_of(question.content).name) for question in questions),
        shifts=await exams.select_shifts(connection, exam_id=exam_id),
        expectation=expect(
            {question.id: max(question.ladder) for question in questions},
            await item_uses.select_latest_uses(connection, exam_id),
        ),
    )


async def _compile(connection: Connection, secrets_: Secrets, exam: exams.ExamHead, now: datetime) -> int:
    """Store the exam's form, encrypted under a key of its own, and return its id."""
    form_id = await exams.next_form_id(connection)
    form = await _form(connection, exam, form_id)
    key = secrets.token_bytes(32)
    blob = compile_form(form, key, os.urandom(NONCE_BYTES))
    await exams.insert_form(
        connection,
        form_id=form_id,
        exam_id=exam.id,
        sha256=sha256(blob).hexdigest(),
        blob=blob,
        wrapped_key=wrap_key(secrets_.master_key, key, os.urandom(NONCE_BYTES)),
        now=now,
    )
    return form_id


async def _form(connection: Connection, exam: exams.ExamHead, form_id: int) -> Form:
    questions = await exams.select_questions(connection, exam.id)
    passages = await exams.select_form_passages(connection, exam.id)
    contents = tuple(question.content for question in questions)
    assets = await exams.select_assets(connection, sorted(set(pictures_in((contents, passages)))))
    return Form(
        id=form_id,
        title=exam.title,
        subject=exam.subject,
        minutes=exam.minutes,
        parts=form_parts(
            [question.question() for question in questions],
            {question.part: question.instruction for question in questions},
            {question.id: question.passage for question in questions if question.passage is not None},
        ),
        passages=passages,
        assets=tuple(exams.form_asset(asset, b64encode(asset.data).decode()) for asset in assets),
    )


def _check_exam(new: NewExam) -> None:
    if not 0 < len(new.title.strip()) <= MAX_TITLE:
        raise Invalid("bad_field", place="title", field="title")
    if not 0 < len(new.subject.strip()) <= MAX_TITLE:
        raise Invalid("bad_field", place="subject", field="subject")
    if not 1 <= new.minutes <= MAX_MINUTES:
        raise Invalid("bad_field", place="minutes", field="minutes")


def _check_shift(new: NewShift, now: datetime) -> None:
    if not 0 < len(new.name.strip()) <= MAX_TITLE:
        raise Invalid("bad_field", place="name", field="name")
    if not 0 < len(new.room.strip()) <= MAX_TITLE:
        raise Invalid("bad_field", place="room", field="room")
    if not 0 <= new.late_minutes <= MAX_MINUTES:
        raise Invalid("bad_field", place="late_minutes", field="late_minutes")
    if new.opens_at.tzinfo is None:
        raise Invalid("bad_field", place="opens_at", field="opens_at")
    if new.opens_at < now - PAST:
        raise Invalid("opens_in_past", place="opens_at")

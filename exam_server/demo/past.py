"""Exams that the demo's school has behind it: whole grades, sat through the same actions in made-up time."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import msgspec
import numpy as np
from numpy.random import Generator

from exam_server.actions import exams, items, roster, runs, scoring, shift, sit
from exam_server.catalogue import languages
from exam_server.clock import FakeClock
from exam_server.core.chain import journal_chain, journal_genesis
from exam_server.core.roster import Roster
from exam_server.core.timing import instant_ms
from exam_server.demo.grade import CLASS_SIZE, Member, make_class, own_class
from exam_server.demo.minds import Trait, draw_traits, respond
from exam_server.demo.school import SCHOOL
from exam_server.protocol.measurement import NewRun, SignRun
from exam_server.protocol.sitting import Answer, Submit, Visit
from exam_server.protocol.staff import ExamDetail, NewExam, NewShift
from exam_server.secrets import Secrets
from exam_server.store import journal
from exam_server.store.database import Database
from exam_server.store.exams import select_questions
from exam_server.store.journal import JournalRow
from exam_server.store.sittings import StoredSitting
from exam_server.store.staff import StaffMember
from item_bank.item import Draft
from item_bank.kinds import Key
from item_bank.kinds.single_choice import SingleChoiceKey

ACTOR = "demo"
TEMPLATE = "thpt_2025_maths"
MINUTES = 90
SOURCE = "khao_sat.docx"
MISPRINTED = 7
"""The question of part I whose key was mistyped, so that its statistics have something to tell."""

CLASSES_AT_ONCE = 6
AGE = 17

_BATCH = 2_000
_THINK_S = 100.0
_REVISES = 0.08

Message = Answer | Visit | Submit


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """An exam that was held; ``bank`` gets its paper. Its classes are called ``letter`` with a number, the
    first perhaps the demo's own; candidates are numbered from ``first_number``."""

    title: str
    subject: str
    bank: str
    shift: str
    room: str
    held_at: datetime
    letter: str
    classes: int
    own_class: bool
    first_number: int
    item_seed: int


async def hold_survey(
    database: Database, secrets: Secrets, paper: Path, survey: Survey, rng: Generator
) -> int:
    """Hold the exam; its id."""
    right, misprinted = await _read(paper)
    exam = await _make_exam(database, survey, misprinted)
    async with database.connection() as connection:
        stored = await select_questions(connection, exam.id)
        worker = await journal.select_worker_id(connection)
    questions = tuple(question.question() for question in stored)
    truths = _truths([question.id for question in questions], right)
    traits = draw_traits(questions, np.random.default_rng(survey.item_seed), truths=truths)
    for place in range(survey.classes):
        turn, room = divmod(place, CLASSES_AT_ONCE)
        sat = _Room(
            exam=exam.id,
            name=f"{survey.shift} {turn + 1}",
            room=f"{survey.room} {room + 1}",
            opens_at=survey.held_at + turn * timedelta(hours=3),
            members=_class(survey, place, rng),
        )
        await _hold_room(database, secrets, sat, traits, worker, rng)
    return exam.id


async def score_survey(
    database: Database,
    exam_id: int,
    board: tuple[StaffMember, StaffMember],
    link_to: int | None,
    now: datetime,
) -> int:
    """Let one member of the board start a scoring run and another sign it; the run."""
    starter, signer = board
    lang = languages()[0]
    new = NewRun(link_to=link_to)
    run = await runs.start_run(database, exam_id, new, starter, now, lang)
    await scoring.compute_run(database, FakeClock(now), run.id)
    done = await runs.show_run(database, run.id, signer, lang)
    signature = SignRun(record_sha256=done.record_sha256 or "")
    return (await runs.sign_run(database, run.id, signature, signer, now, lang)).id


def _class(survey: Survey, place: int, rng: Generator) -> tuple[Member, ...]:
    name, first = f"{survey.letter}{place + 1}", survey.first_number + place * CLASS_SIZE
    if survey.own_class and place == 0:
        return own_class(name, first, rng)
    return make_class(name, first, survey.held_at.year - AGE, rng)


class _Room(msgspec.Struct, frozen=True, kw_only=True):
    """A class in its room, at its time."""

    exam: int
    name: str
    room: str
    opens_at: datetime
    members: tuple[Member, ...]


async def _read(paper: Path) -> tuple[Draft, items.WordFile]:
    """The paper as it should be, and as a file with a misprinted key."""
    file = await items.read_word_file(SOURCE, await asyncio.to_thread(paper.read_bytes))
    place = MISPRINTED - 1
    item = file.draft.items[place]
    wrong = msgspec.structs.replace(item, key=_another(item.key))
    changed = (*file.draft.items[:place], wrong, *file.draft.items[place + 1 :])
    draft = msgspec.structs.replace(file.draft, items=changed)
    return file.draft, msgspec.structs.replace(file, draft=draft)


def _another(key: Key | None) -> Key | None:
    if not isinstance(key, SingleChoiceKey):
        return key
    return SingleChoiceKey(option="B" if key.option != "B" else "C")


def _truths(ids: Sequence[int], right: Draft) -> Mapping[int, Key]:
    """What is right, by item id; the paper's items are the file's, in its order."""
    return {
        item_id: item.key for item_id, item in zip(ids, right.items, strict=False) if item.key is not None
    }


async def _make_exam(database: Database, survey: Survey, file: items.WordFile) -> ExamDetail:
    now = survey.held_at - timedelta(days=7)
    bank = await items.ensure_bank(database, name=survey.bank, actor=ACTOR, now=now)
    sources = {row.source for row in (await items.list_items(database, bank, search="", page=1)).items}
    if SOURCE not in sources:
        await items.import_items(database, bank, file, dry_run=False, actor=ACTOR, now=now)
    new = NewExam(
        title=survey.title,
        subject=survey.subject,
        bank=bank,
        source=SOURCE,
        template=TEMPLATE,
        minutes=MINUTES,
        release="signed",
    )
    return await exams.create_exam(database, new, actor=ACTOR, now=now, skip_unsound=True)


async def _hold_room(
    database: Database,
    secrets: Secrets,
    room: _Room,
    traits: Mapping[int, Trait],
    worker: int,
    rng: Generator,
) -> None:
    """From the roster to the last one's handing in."""
    before = room.opens_at - timedelta(days=1)
    new = NewShift(name=room.name, room=room.room, opens_at=room.opens_at)
    made = await exams.create_shift(database, secrets, room.exam, new, actor=ACTOR, now=before)
    done = await roster.import_roster(
        database,
        secrets,
        made.id,
        Roster(rows=tuple(member.row for member in room.members), problems=(), numbered=True),
        school=SCHOOL,
        dry_run=False,
        actor=ACTOR,
        now=before,
    )
    arrivals = [sit.Arrival(sitting_id=row.sitting, login_version=1, fence=None) for row in done.candidates]
    came = room.opens_at - timedelta(minutes=5)
    entries = await sit.enter(database, arrivals, worker=worker, now=came)
    await shift.open_due(database, room.opens_at)
    present = [entry.stored for entry in entries if isinstance(entry, sit.Entry)]
    works = [
        _work(stored, member.ability, traits, room.opens_at, rng)
        for stored, member in zip(present, room.members, strict=True)
    ]
    await _journal(database, worker, works)


async def _journal(database: Database, worker: int, works: Sequence[Sequence[JournalRow]]) -> None:
    rows = [row for work in works for row in work[:-1]]
    for start in range(0, len(rows), _BATCH):
        async with database.transaction() as connection:
            await journal.append(connection, worker, rows[start : start + _BATCH])
    await sit.submit(database, [work[-1] for work in works], worker=worker)


def _work(
    stored: StoredSitting, ability: float, traits: Mapping[int, Trait], bell_at: datetime, rng: Generator
) -> Sequence[JournalRow]:
    """Everything a candidate sends, chained."""
    head, rows = journal_genesis(stored.id, stored.seed), list[JournalRow]()
    for at, message in _messages(ability, traits, bell_at, rng):
        payload = msgspec.json.encode(message)
        head = journal_chain(
            head, sitting_id=stored.id, seq=message.seq, fence=stored.fence, received_at=at, payload=payload
        )
        rows.append(JournalRow(stored.id, message.seq, stored.fence, at, payload, head))
    return rows


def _messages(
    ability: float, traits: Mapping[int, Trait], bell_at: datetime, rng: Generator
) -> Iterator[tuple[datetime, Message]]:
    """Question after question; some are changed at once."""
    at, numbers = bell_at, count(1)
    for item, trait in traits.items():
        yield at, Visit(seq=next(numbers), item=item, at_ms=instant_ms(at))
        for _ in range(1 + int(rng.random() < _REVISES)):
            at += timedelta(seconds=_THINK_S * float(rng.lognormal(0.0, 0.5)))
            response = respond(trait, ability, rng)
            yield at, Answer(seq=next(numbers), item=item, response=response, at_ms=instant_ms(at))
    at = min(at + timedelta(minutes=1), bell_at + timedelta(minutes=MINUTES))
    yield at, Submit(seq=next(numbers), at_ms=instant_ms(at))

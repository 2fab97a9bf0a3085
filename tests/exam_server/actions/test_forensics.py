"""Evidence out of a real journal: a room of 120, of whom two sit side by side and one copies."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import numpy as np
import pytest

from exam_server.actions import shift, sit
from exam_server.actions.forensics import exam_evidence
from exam_server.clock import FakeClock
from exam_server.core.access import Role
from exam_server.core.chain import journal_chain, journal_genesis
from exam_server.core.evidence import Evidence
from exam_server.core.timing import instant_ms
from exam_server.errors import Denied, NotFound
from exam_server.protocol.sitting import Answer, Response, Submit, Visit
from exam_server.secrets import Secrets
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store import journal
from exam_server.store.database import Database
from exam_server.store.journal import JournalRow
from exam_server.store.sittings import StoredSitting
from tests.exam_server.arrivals import arrival

STUDENTS, KINDS = 120, 14
SOURCE, COPIER, CHANGER, RUSHER = 40, 41, 7, 90


def untold(stage: str, share: float) -> None:
    """Nobody looks."""


def respond(place: int, knows: bool, rng: np.random.Generator) -> Response:
    """To the made-up items, which are of three kinds in turn."""
    number, kind = divmod(place, 3)
    if kind == 0:
        right = "ABCD"[number % 4]
        return right if knows else str(rng.choice([letter for letter in "ABCD" if letter != right]))
    if kind == 1:
        truth = (True, False, False, True)
        return truth if knows else tuple(bool(value ^ (rng.random() < 0.4)) for value in truth)
    return "0,5" if knows else str(rng.integers(1, 30))


def draw(rng: np.random.Generator) -> list[list[Response]]:
    """Everyone's answers; one takes most of a neighbour's."""
    ability, hard = rng.normal(size=STUDENTS), rng.normal(0, 1, 3 * KINDS)
    sheets = [
        [
            respond(place, rng.random() < 1 / (1 + np.exp(hard[place] - one)), rng)
            for place in range(len(hard))
        ]
        for one in ability
    ]
    sheets[COPIER] = [
        source if rng.random() < 0.75 else own
        for own, source in zip(sheets[COPIER], sheets[SOURCE], strict=True)
    ]
    return sheets


def messages(
    world: World, student: int, sheet: Sequence[Response], bell: datetime, rng: np.random.Generator
) -> list[Visit | Answer | Submit]:
    """In order; one candidate puts many choices right at the end, others change one here and there."""
    out: list[Visit | Answer | Submit] = []
    at = bell

    def put(item: int, response: Response) -> None:
        out.append(Answer(seq=len(out) + 1, item=item, response=response, at_ms=instant_ms(at)))

    for place, (item, response) in enumerate(zip(world.items, sheet, strict=True)):
        out.append(Visit(seq=len(out) + 1, item=item, at_ms=instant_ms(at)))
        at += timedelta(seconds=1 if student == RUSHER else 40 * rng.lognormal(0, 0.4))
        right = respond(place, knows=True, rng=rng)
        if student == CHANGER and place % 3 == 0:
            put(item, next(letter for letter in "ABCD" if letter != right))
            put(item, right)
        elif place % 3 == 0 and rng.random() < 0.1:
            put(item, str(rng.choice([letter for letter in "ABCD" if letter != right])))
            put(item, response)
        else:
            put(item, response)
    out.append(Submit(seq=len(out) + 1, at_ms=instant_ms(at)))
    return out


def rows(stored: StoredSitting, sent: Sequence[Visit | Answer | Submit], at: datetime) -> list[JournalRow]:
    head, made = journal_genesis(stored.id, stored.seed), list[JournalRow]()
    for message in sent:
        payload = msgspec.json.encode(message)
        head = journal_chain(
            head, sitting_id=stored.id, seq=message.seq, fence=stored.fence, received_at=at, payload=payload
        )
        made.append(JournalRow(stored.id, message.seq, stored.fence, at, payload, head))
    return made


@pytest.fixture
async def world(database: Database, clock: FakeClock, secrets: Secrets) -> World:
    """All have handed in."""
    plan = Plan(opens_at=clock.now() + timedelta(minutes=10), students=STUDENTS, items=KINDS)
    async with database.transaction() as connection:
        made = await make_world(connection, plan, secrets, np.random.default_rng(1))
        worker = await journal.select_worker_id(connection)
    arrivals = [arrival(student.sitting) for student in made.students]
    entries = await sit.enter(database, arrivals, worker=worker, now=clock.now())
    await shift.open_due(database, plan.opens_at)
    rng = np.random.default_rng(2)
    sheets = draw(rng)
    works = [
        rows(entry.stored, messages(made, place, sheets[place], plan.opens_at, rng), plan.opens_at)
        for place, entry in enumerate(entries)
        if isinstance(entry, sit.Entry)
    ]
    async with database.transaction() as connection:
        await journal.append(connection, worker, [row for work in works for row in work[:-1]])
    await sit.submit(database, [work[-1] for work in works], worker=worker)
    return made


async def evidence(database: Database, world: World, shift_id: int | None = None) -> Evidence:
    return await exam_evidence(database, world.exam, shift_id, Role.BOARD, untold)


async def test_what_was_planted_is_found_and_nothing_else(database: Database, world: World) -> None:
    found = await evidence(database, world)
    assert (found.n, found.items, found.limits) == (STUDENTS, 3 * KINDS, ())
    names = [f"{student.number} Thí sinh {student.number}" for student in world.students]

    assert found.pairs is not None
    assert (found.pairs.pairs, found.pairs.neighbours) == (STUDENTS * (STUDENTS - 1) // 2, STUDENTS - 1)
    first = found.pairs.rows[0]
    assert {first.first, first.second} == {names[SOURCE], names[COPIER]}
    assert first.neighbours
    assert first.q < 0.001 < found.pairs.rows[1].q
    assert first.matches > first.expected + 8
    assert found.pairs.beyond == 1

    assert found.rapid is not None
    assert [row.person for row in found.rapid.rows] == [names[RUSHER]]
    assert found.rapid.rows[0].effort < 0.1

    assert found.changes is not None
    assert found.changes.rows[0].person == names[CHANGER]
    assert found.changes.rows[0].wrong_right == KINDS
    assert found.changes.rows[0].q_count < 0.01
    assert found.changes.beyond == 1
    assert found.changes.rooms == ()


async def test_the_same_journal_gives_the_same_bytes(database: Database, world: World) -> None:
    once, again = [msgspec.json.encode(await evidence(database, world, world.shift)) for _ in range(2)]
    assert once == again


async def test_only_the_board_may_look_and_only_at_what_is_there(database: Database, world: World) -> None:
    for role in (Role.TEACHER, Role.INVIGILATOR):
        with pytest.raises(Denied, match="not_permitted"):
            await exam_evidence(database, world.exam, None, role, untold)
    with pytest.raises(NotFound, match="no_such_exam"):
        await exam_evidence(database, world.exam + 1, None, Role.BOARD, untold)
    with pytest.raises(NotFound, match="no_scripts"):
        await exam_evidence(database, world.exam, world.shift + 1, Role.BOARD, untold)

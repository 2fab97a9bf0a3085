"""The checker finds each way in which a journal can fail its students, and nothing in a sound one."""

from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from exam_server.clock import FakeClock
from exam_server.core.chain import journal_chain, journal_genesis
from exam_server.errors import Invalid
from exam_server.protocol.sitting import Answer, Submit
from exam_server.secrets import Secrets
from exam_server.simulation.checker import Kind, Verdict, check
from exam_server.simulation.record import Account, Proof, Told, read_record, write_record
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store import sittings
from exam_server.store.database import Connection, Database
from exam_server.store.journal import select_journal

EVENTS = 5
MINUTES = 45

# Not by the server's own hand: what is tested here is not how a journal comes about.
INSERT = (
    "INSERT INTO journal (sitting_id, seq, fence, received_at, payload, chain) VALUES ($1, $2, 1, $3, $4, $5)"
)
SUBMIT = "UPDATE sitting SET state = 'submitted', ended_at = $2, ended_by = 'candidate' WHERE id = $1"


@pytest.fixture
async def world(database: Database, clock: FakeClock, secrets: Secrets) -> World:
    """Two students at work."""
    async with database.transaction() as connection:
        plan = Plan(opens_at=clock.now(), students=2, minutes=MINUTES)
        made = await make_world(connection, plan, secrets, np.random.default_rng(1))
        await connection.execute("UPDATE shift SET started_at = $1", clock.now())
        await connection.execute(
            "UPDATE sitting SET state = 'running', fence = 1, started_at = $1", clock.now()
        )
    return made


@pytest.fixture
async def accounts(database: Database, clock: FakeClock, world: World) -> list[Account]:
    """What the two know: each has five answers acknowledged, and has handed in."""
    return [await write_script(database, clock, world, place) for place in range(len(world.students))]


async def write_script(database: Database, clock: FakeClock, world: World, place: int) -> Account:
    """Answer and submit as the server would journal it."""
    login = world.students[place]
    async with database.connection() as connection:
        stored = await sittings.select_sitting(connection, login.sitting)
    head = journal_genesis(login.sitting, stored.seed)
    told: list[Told] = []
    for seq in range(1, EVENTS + 2):
        clock.advance(seconds=1)
        event = Submit(seq=seq, at_ms=seq) if seq > EVENTS else answer(world, seq)
        payload = msgspec.json.encode(event)
        head = journal_chain(
            head, sitting_id=login.sitting, seq=seq, fence=1, received_at=clock.now(), payload=payload
        )
        await execute(database, INSERT, login.sitting, seq, clock.now(), payload, head)
        told.append(Told(seq=seq, payload=payload, fate="acknowledged", at_ms=seq))
    await execute(database, SUBMIT, login.sitting, clock.now())
    return Account(
        number=login.number, events=tuple(told), receipt=Proof(digest=head.hex(), events=EVENTS + 1)
    )


def answer(world: World, seq: int) -> Answer:
    return Answer(seq=seq, item=world.items[0], response="ABCD"[seq % 4], at_ms=seq)


async def execute(database: Database, statement: str, *arguments: object) -> None:
    async with database.connection() as connection:
        await connection.execute(statement, *arguments)


async def rechain(connection: Connection, sitting_id: int) -> bytes:
    """Chain a journal anew, as a server that believes in it would have; its head."""
    stored = await sittings.select_sitting(connection, sitting_id)
    head = journal_genesis(sitting_id, stored.seed)
    for link in await select_journal(connection, sitting_id):
        head = journal_chain(
            head,
            sitting_id=sitting_id,
            seq=link.seq,
            fence=link.fence,
            received_at=link.received_at,
            payload=link.payload,
        )
        await connection.execute(
            "UPDATE journal SET chain = $3 WHERE sitting_id = $1 AND seq = $2", sitting_id, link.seq, head
        )
    return head


async def found_after_rechaining(
    database: Database, world: World, accounts: list[Account]
) -> tuple[Verdict, dict[Kind, int]]:
    """What the checker says when chain and receipt were made from the corrupted journal."""
    sitting = world.students[0].sitting
    async with database.connection() as connection:
        head = await rechain(connection, sitting)
        events = len(await select_journal(connection, sitting))
    receipt = Proof(digest=head.hex(), events=events)
    first, *others = accounts
    verdict = await check(
        database, world.shift, [msgspec.structs.replace(first, receipt=receipt), *others], grace_ms=0
    )
    return verdict, {kind: count for kind, count in verdict.counts.items() if count}


async def test_a_sound_journal_passes(database: Database, world: World, accounts: list[Account]) -> None:
    verdict = await check(database, world.shift, accounts)
    assert verdict.passed
    assert (verdict.students, verdict.acknowledged, verdict.journalled) == (2, 12, 12)
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict


async def test_what_was_only_sent_may_be_there_or_not(
    database: Database, world: World, accounts: list[Account]
) -> None:
    first = accounts[0]
    unknown = msgspec.structs.replace(first.events[-1], fate="sent")
    never = Told(seq=7, payload=b'{"type":"visit","seq":7}', fate="sent")
    mine = msgspec.structs.replace(first, events=(*first.events[:-1], unknown, never))
    assert (await check(database, world.shift, [mine, accounts[1]])).passed


async def test_an_acknowledged_event_that_is_gone_is_lost(
    database: Database, world: World, accounts: list[Account]
) -> None:
    sitting = world.students[0].sitting
    await execute(database, "DELETE FROM journal WHERE sitting_id = $1 AND seq = 6", sitting)
    verdict, kinds = await found_after_rechaining(database, world, accounts)
    assert kinds == {"lost": 1}
    assert [(one.kind, one.number, one.seq) for one in verdict.findings] == [
        ("lost", world.students[0].number, 6)
    ]
    assert not verdict.passed


async def test_an_event_under_two_numbers_is_doubled(
    database: Database, world: World, accounts: list[Account]
) -> None:
    again = msgspec.json.encode(msgspec.structs.replace(answer(world, 2), seq=7))
    await execute(
        database,
        "INSERT INTO journal SELECT sitting_id, 7, fence, received_at, $2, chain FROM journal "
        "WHERE sitting_id = $1 AND seq = 6",
        world.students[0].sitting,
        again,
    )
    verdict, kinds = await found_after_rechaining(database, world, accounts)
    assert kinds == {"doubled": 1}
    assert verdict.findings[0].seq == 7


async def test_events_in_each_others_place_are_reordered(
    database: Database, world: World, accounts: list[Account]
) -> None:
    await execute(
        database,
        "UPDATE journal SET payload = other.payload FROM journal AS other WHERE journal.sitting_id = $1 "
        "AND other.sitting_id = $1 AND journal.seq IN (2, 3) AND other.seq = 5 - journal.seq",
        world.students[0].sitting,
    )
    verdict, kinds = await found_after_rechaining(database, world, accounts)
    assert kinds == {"reordered": 2}
    assert [one.seq for one in verdict.findings] == [2, 3]


async def test_a_row_of_an_older_connection_behind_a_newer_is_reordered(
    database: Database, world: World, accounts: list[Account]
) -> None:
    sitting = world.students[0].sitting
    await execute(database, "UPDATE journal SET fence = 2 WHERE sitting_id = $1 AND seq = 4", sitting)
    _, kinds = await found_after_rechaining(database, world, accounts)
    assert kinds == {"reordered": 1}


async def test_a_row_that_says_something_else_is_different(
    database: Database, world: World, accounts: list[Account]
) -> None:
    other = msgspec.json.encode(Answer(seq=3, item=world.items[0], response="X", at_ms=3))
    sitting = world.students[0].sitting
    await execute(
        database, "UPDATE journal SET payload = $2 WHERE sitting_id = $1 AND seq = 3", sitting, other
    )
    verdict, kinds = await found_after_rechaining(database, world, accounts)
    assert kinds == {"different": 1}
    assert verdict.findings[0].seq == 3


async def test_an_event_kept_though_refused_is_different(
    database: Database, world: World, accounts: list[Account]
) -> None:
    events = tuple(
        msgspec.structs.replace(event, fate="refused") if event.seq == 5 else event
        for event in accounts[0].events
    )
    told = [msgspec.structs.replace(accounts[0], events=events), accounts[1]]
    _, kinds = await found_after_rechaining(database, world, told)
    assert kinds == {"different": 1}


async def test_an_event_after_deadline_and_grace_is_late(
    database: Database, clock: FakeClock, world: World, accounts: list[Account]
) -> None:
    sitting = world.students[0].sitting
    async with database.connection() as connection:
        started_at = (await sittings.select_sitting(connection, sitting)).sitting.started_at
    assert started_at is not None
    received = started_at + timedelta(minutes=MINUTES, milliseconds=500)
    await execute(
        database, "UPDATE journal SET received_at = $2 WHERE sitting_id = $1 AND seq = 6", sitting, received
    )
    _, kinds = await found_after_rechaining(database, world, accounts)
    assert kinds == {"late": 1}
    async with database.connection() as connection:
        head = await rechain(connection, sitting)
    receipt = Proof(digest=head.hex(), events=EVENTS + 1)
    told = [msgspec.structs.replace(accounts[0], receipt=receipt), accounts[1]]
    assert (await check(database, world.shift, told, grace_ms=500)).passed
    assert (await check(database, world.shift, told, grace_ms=499)).counts["late"] == 1


async def test_a_changed_time_breaks_the_chain(
    database: Database, world: World, accounts: list[Account]
) -> None:
    await execute(
        database,
        "UPDATE journal SET received_at = received_at - interval '1 us' WHERE sitting_id = $1 AND seq = 4",
        world.students[1].sitting,
    )
    verdict = await check(database, world.shift, accounts)
    assert [(one.kind, one.number, one.seq) for one in verdict.findings] == [
        ("broken_chain", world.students[1].number, 4)
    ]


async def test_a_receipt_of_another_journal_is_wrong(
    database: Database, world: World, accounts: list[Account]
) -> None:
    other = accounts[1].receipt
    verdict = await check(
        database, world.shift, [msgspec.structs.replace(accounts[0], receipt=other), accounts[1]]
    )
    assert {kind for kind, count in verdict.counts.items() if count} == {"wrong_receipt"}


async def test_a_receipt_of_a_script_that_is_not_in_is_wrong(
    database: Database, world: World, accounts: list[Account]
) -> None:
    await execute(database, "UPDATE sitting SET state = 'running' WHERE id = $1", world.students[0].sitting)
    verdict = await check(database, world.shift, accounts)
    assert {kind for kind, count in verdict.counts.items() if count} == {"wrong_receipt"}


async def test_nothing_goes_unchecked(database: Database, world: World, accounts: list[Account]) -> None:
    verdict = await check(database, world.shift, accounts[:1])
    assert verdict.unaccounted == 1
    assert not verdict.passed
    stranger = Account(number="nobody", events=accounts[0].events)
    verdict = await check(database, world.shift, [*accounts, stranger])
    assert verdict.counts["lost"] == 1


async def test_counts_are_of_all_though_findings_are_the_first(
    database: Database, world: World, accounts: list[Account]
) -> None:
    many = [Account(number=f"nobody {place}", events=()) for place in range(50)]
    verdict = await check(database, world.shift, [*accounts, *many])
    assert verdict.counts["lost"] == 50
    assert len(verdict.findings) == 20


async def test_two_pages_of_one_candidate_are_checked_together(
    database: Database, world: World, accounts: list[Account]
) -> None:
    first = accounts[0]
    pages = [
        msgspec.structs.replace(first, events=first.events[:3], receipt=None),
        msgspec.structs.replace(first, events=first.events[3:]),
    ]
    assert (await check(database, world.shift, [*pages, accounts[1]])).passed


async def test_a_record_outlives_its_process(
    tmp_path: Path, database: Database, world: World, accounts: list[Account]
) -> None:
    write_record(tmp_path / "1.jsonl", accounts[:1])
    write_record(tmp_path / "2.jsonl", accounts[1:])
    assert read_record(tmp_path) == accounts
    assert read_record(tmp_path / "2.jsonl") == accounts[1:]


def test_a_broken_record_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "1.jsonl"
    path.write_bytes(b'{"number":"1","events":[]}\n{"number":')
    with pytest.raises(Invalid) as caught:
        read_record(path)
    assert caught.value.place == f"{path}:2"

"""The bell and the end of time, over a real database."""

import asyncio
from datetime import timedelta

import msgspec
import numpy as np
import pytest

from exam_server.actions import shift, sit
from exam_server.clock import FakeClock
from exam_server.core.chain import event_chain, event_genesis
from exam_server.core.script import read_script
from exam_server.core.sitting import Command, Happening, State, apply, decide, ends_at
from exam_server.secrets import Secrets
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store import sittings
from exam_server.store.database import Database
from exam_server.store.sittings import LogEntry, StoredSitting
from tests.exam_server.arrivals import arrival
from tests.exam_server.web.records import waiter

GRACE_MS = 2_000


@pytest.fixture
async def world(database: Database, clock: FakeClock, secrets: Secrets) -> World:
    """Three students and a bell in ten minutes."""
    plan = Plan(opens_at=clock.now() + timedelta(minutes=10), students=3)
    async with database.transaction() as connection:
        return await make_world(connection, plan, secrets, np.random.default_rng(1))


async def come(database: Database, world: World, place: int, clock: FakeClock) -> None:
    await sit.enter(database, [arrival(world.students[place].sitting)], worker=1, now=clock.now())


async def all_of(database: Database, world: World) -> list[StoredSitting]:
    return await sit.reload(database, [student.sitting for student in world.students])


async def states(database: Database, world: World) -> list[State]:
    return [one.sitting.state for one in await all_of(database, world)]


async def test_the_bell_starts_who_waits_and_only_once(
    database: Database, clock: FakeClock, world: World
) -> None:
    await come(database, world, 0, clock)
    await come(database, world, 1, clock)
    assert await shift.next_bell(database, clock.now()) == clock.now() + timedelta(minutes=10)
    assert await shift.open_due(database, clock.now()) == []
    clock.advance(minutes=10)
    rung = await asyncio.gather(*(shift.open_due(database, clock.now()) for _ in range(4)))
    assert sorted(map(list, rung)) == [[], [], [], [world.shift]]
    assert await states(database, world) == [State.RUNNING, State.RUNNING, State.REGISTERED]
    started = [one.sitting.started_at for one in await all_of(database, world)]
    assert started == [clock.now(), clock.now(), None]


async def test_who_comes_late_starts_then_and_who_comes_too_late_waits_for_the_invigilator(
    database: Database, clock: FakeClock, world: World
) -> None:
    clock.advance(minutes=10)
    await shift.open_due(database, clock.now())
    clock.advance(minutes=15)
    await come(database, world, 0, clock)
    clock.advance(milliseconds=1)
    await come(database, world, 1, clock)
    assert await states(database, world) == [State.RUNNING, State.REGISTERED, State.REGISTERED]
    [late, *_] = await all_of(database, world)
    assert late.sitting.started_at == clock.now() - timedelta(milliseconds=1)


async def test_time_over_closes_after_the_grace_and_not_before(
    database: Database, clock: FakeClock, world: World
) -> None:
    await come(database, world, 0, clock)
    clock.advance(minutes=10)
    await shift.open_due(database, clock.now())
    clock.advance(minutes=45, milliseconds=GRACE_MS)
    assert await shift.close_due(database, clock.now(), grace_ms=GRACE_MS, worker=1) == ()
    slack = shift.SWEEP_SLACK + timedelta(milliseconds=1)
    assert await shift.close_due(database, clock.now() + slack, grace_ms=GRACE_MS, worker=2) == (), (
        "not its own"
    )
    clock.advance(seconds=shift.SWEEP_SLACK.total_seconds(), milliseconds=1)
    closed = await asyncio.gather(
        *(shift.close_due(database, clock.now(), grace_ms=GRACE_MS, worker=1) for _ in range(4))
    )
    assert sorted(map(tuple, closed)) == [(), (), (), (world.students[0].sitting,)]
    [stored, *_] = await all_of(database, world)
    assert (stored.sitting.state, stored.sitting.ended_by) == (State.CLOSED, "server")
    assert [work.payloads for work in (await sit.works(database, [stored])).values()] == [[]]
    receipt = sit.make_receipt(stored, read_script([]), 0, b"", {})
    assert receipt is not None
    assert (receipt.by, receipt.events) == ("server", 0)


async def test_every_sittings_log_is_a_chain_with_the_state_it_led_to(
    database: Database, clock: FakeClock, world: World
) -> None:
    sitting_id = world.students[0].sitting
    await come(database, world, 0, clock)
    await come(database, world, 0, clock)
    clock.advance(minutes=10)
    await shift.open_due(database, clock.now())
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT * FROM sitting_event WHERE sitting_id = $1 ORDER BY n", sitting_id
        )
    assert [row["kind"] for row in rows] == ["admitted", "entered", "taken_over", "started"]
    chain = event_genesis(sitting_id)
    for n, row in enumerate(rows, start=1):
        texts = (row["kind"], row["actor"], row["reason"] or "", row["detail"])
        chain = event_chain(chain, sitting_id=sitting_id, n=n, at=row["at"], texts=texts)
        assert (row["n"], row["chain"]) == (n, chain)


async def test_the_one_statement_of_the_bell_does_what_the_core_decides(
    database: Database, clock: FakeClock, world: World
) -> None:
    for place in range(3):
        await come(database, world, place, clock)
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE sitting SET extra_ms = id * 1234567, paused_ms = id * 7 WHERE id <> $1",
            world.students[2].sitting,
        )
        await connection.execute(
            "UPDATE sitting SET extra_ms = $2 WHERE id = $1", world.students[2].sitting, 10**9
        )
    waiting = await all_of(database, world)
    clock.advance(minutes=10, milliseconds=0.125)
    async with database.transaction() as connection:
        ids = await shift.ring(
            connection, [world.shift], actor="staff:gt", reason="Đủ thí sinh", now=clock.now()
        )
    assert sorted(ids) == [one.id for one in waiting]
    for before, after in zip(waiting, await all_of(database, world), strict=True):
        terms = msgspec.structs.replace(before.terms, bell_at=clock.now())
        event = decide(before.sitting, terms, Command(what=Happening.STARTED), clock.now())
        assert after.sitting == apply(before.sitting, event)
        assert after.last_n == before.last_n + 1
        assert after.last_chain == event_chain(
            before.last_chain,
            sitting_id=before.id,
            n=after.last_n,
            at=clock.now(),
            texts=("started", "staff:gt", "Đủ thí sinh", ""),
        )
        async with database.connection() as connection:
            stored = await connection.fetchval("SELECT ends_at FROM sitting WHERE id = $1", before.id)
        assert stored == ends_at(after.sitting, after.terms)


async def test_the_bell_follows_a_takeover_that_is_under_way(
    database: Database, clock: FakeClock, world: World
) -> None:
    sitting_id = world.students[0].sitting
    await come(database, world, 0, clock)
    clock.advance(minutes=10)
    async with database.transaction() as connection:
        stored = await sittings.lock_sitting(connection, sitting_id)
        bell = asyncio.create_task(shift.open_due(database, clock.now()))
        await waiter(connection)
        entry = LogEntry(at=clock.now(), kind="taken_over", actor=sit.CANDIDATE)
        change = msgspec.structs.replace(sittings.change(stored, [], sit.CANDIDATE), entries=(entry,))
        await sittings.write_changes(connection, [change])
    assert await bell == [world.shift]
    assert await states(database, world) == [State.RUNNING, State.REGISTERED, State.REGISTERED]
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT kind FROM sitting_event WHERE sitting_id = $1 ORDER BY n", sitting_id
        )
    assert [row["kind"] for row in rows] == ["admitted", "entered", "taken_over", "started"]

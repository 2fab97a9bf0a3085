"""What workers say of themselves is kept for fifteen minutes; a shift fits into the disk reckoned for it."""

import os
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from exam_server.clock import FakeClock
from exam_server.core import disk
from exam_server.core.figures import Family, Figures, Reading, Sample, figures
from exam_server.core.window import SLOT_S
from exam_server.store import workers
from exam_server.store.database import Connection, Database

IDLE = figures(Reading(()), Reading(()), 1.0)
FAMILIES = (Family("khaothi_x", "x", "gauge", (Sample("khaothi_x", {"a": "b"}, 2.5),)),)


async def report(database: Database, worker: int, *, host: str = "a", did: Figures = IDLE) -> int:
    async with database.transaction() as connection:
        return await workers.upsert_worker(connection, worker, host, 100 + worker, did, FAMILIES)


async def silence(database: Database, worker: int, seconds: float) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE worker SET heard_at = heard_at - $2 * interval '1 second' WHERE id = $1", worker, seconds
        )


async def test_a_worker_has_one_row_as_last_heard(database: Database) -> None:
    await report(database, 7)
    await report(database, 7, did=msgspec.structs.replace(IDLE, connections=3, closes={"superseded": 1}))
    await report(database, 8, host="b")
    async with database.connection() as connection:
        found = await workers.select_workers(connection)
        families = await workers.select_families(connection, "a")
    assert [(one.worker, one.host, one.pid) for one in found] == [(7, "a", 107), (8, "b", 108)]
    assert found[0].figures.connections == 3
    assert found[0].figures.closes == {"superseded": 1}
    assert 0 <= found[0].heard_s <= found[0].started_s < 60
    assert families == {7: FAMILIES}


async def test_the_silent_are_lost_and_then_forgotten(database: Database) -> None:
    slot = 0
    for worker, seconds in ((1, 0), (2, 6), (3, 601)):
        slot = await report(database, worker)
        await silence(database, worker, seconds)
    async with database.transaction() as connection:
        assert set(await workers.select_families(connection, "a")) == {1}
        await workers.insert_history(connection, slot, 1, "a", IDLE)
        found = await workers.select_workers(connection)
        await workers.delete_worker(connection, 2)
        left = await workers.select_workers(connection)
    assert [one.worker for one in found] == [1, 2]
    assert found[1].heard_s > 5
    assert [one.worker for one in left] == [1]


async def test_the_history_is_bounded(database: Database) -> None:
    now = await report(database, 1)
    oldest = now - workers.HISTORY_S // SLOT_S
    async with database.transaction() as connection:
        for slot in (oldest - 10, oldest - 1, oldest, now - 1):
            await workers.insert_history(connection, slot, 1, "a", IDLE)
        await workers.insert_history(connection, now, 2, "b", IDLE)
        # A worker that tells the same five seconds again changes nothing.
        await workers.insert_history(connection, now, 2, "b", msgspec.structs.replace(IDLE, events=9))
        history, hosts = await workers.select_history(connection, 0)
        later, _ = await workers.select_history(connection, now - 1)
    assert [one.slot for one in history] == [oldest, now - 1, now]
    assert hosts == {1: "a", 2: "b"}
    assert [dict(one.workers) for one in later] == [{2: IDLE}]


async def test_the_slot_is_the_databases(database: Database) -> None:
    async with database.connection() as connection:
        before = await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8 / 5")
        slot = await workers.select_slot(connection)
    assert 0 <= slot - int(before) <= 1


async def test_a_private_postgresql_is_on_this_machine(database: Database) -> None:
    async with database.connection() as connection:
        directory = await workers.select_optional_directory(connection)
        assert await workers.select_database_bytes(connection) > 2**20
    assert directory is not None
    assert (Path(directory) / "PG_VERSION").is_file()


async def test_a_role_that_may_not_know_learns_no_directory(database: Database) -> None:
    async with database.connection() as connection, connection.transaction():
        await connection.execute("CREATE ROLE nobody_special; SET LOCAL ROLE nobody_special")
        assert await workers.select_optional_directory(connection) is None
        await connection.execute("RESET ROLE; DROP ROLE nobody_special")


async def make_shift(connection: Connection, clock: FakeClock, candidates: int) -> None:
    """A running shift from now for two hours."""
    now = clock.now()
    await connection.execute(
        "INSERT INTO exam (title, subject, minutes, created_at) VALUES ('x', 'x', 90, $1)", now
    )
    await connection.execute(
        "INSERT INTO form (exam_id, sha256, blob, wrapped_key, compiled_at) VALUES (1, 'x', '', '', $1)", now
    )
    await connection.execute(
        "INSERT INTO shift (exam_id, form_id, name, room, opens_at, closes_at, late_minutes, admission)"
        " VALUES (1, 1, 'x', 'x', $1, $2, 15, 'automatic')",
        *(now, now + timedelta(hours=2)),
    )
    await connection.execute(
        "INSERT INTO candidate (name) SELECT 'x' FROM generate_series(1, $1::int)", candidates
    )
    await connection.execute(
        "INSERT INTO sitting (shift_id, candidate_id, number, pin_hmac, seed, state, fence)"
        " SELECT 1, id, id::text, '', 1, 'running', 1 FROM candidate"
    )


async def test_which_shifts_need_disk(database: Database, clock: FakeClock) -> None:
    async with database.transaction() as connection:
        assert await workers.select_reserving(connection, clock.now(), clock.now()) == (0, None)
        await make_shift(connection, clock, 3)
        ends = clock.now() + timedelta(hours=2)
        early = clock.now() - timedelta(hours=1)
        for now, until, expected in (
            (early, early + timedelta(minutes=59), (0, None)),
            (early, clock.now(), (3, ends)),
            (ends - timedelta(seconds=1), ends, (3, ends)),
            (ends, ends + timedelta(hours=1), (0, None)),
        ):
            assert await workers.select_reserving(connection, now, until) == expected


@pytest.mark.parametrize("candidates", [200])
async def test_what_a_shift_writes_is_within_what_is_reckoned(
    database: Database, clock: FakeClock, candidates: int
) -> None:
    flush = 50
    async with database.connection() as connection:
        await make_shift(connection, clock, candidates)
        lsn = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
        log_before = await connection.fetchval(lsn)
        for event in range(1, disk.EVENTS_PER_CANDIDATE + 1):
            if event % 10 == 0:
                # As often as in two hours: whole pages go to the log after each.
                await connection.execute("CHECKPOINT")
            for first in range(1, candidates + 1, flush):
                sittings = list(range(first, first + flush))
                payload = (
                    b'{"type":"answer","seq":%d,"item":1017,"response":"B","at_ms":1782435600000}' % event
                )
                await connection.fetchval(
                    "SELECT journal_append(1, $1, $2, $3, $4, $5, $6)",
                    *(sittings, [event] * flush, [1] * flush, [clock.now()] * flush),
                    *([payload] * flush, [os.urandom(32) for _ in sittings]),
                )
        stored = await connection.fetchval("SELECT pg_total_relation_size('journal')")
        logged = await connection.fetchval(lsn) - log_before
    assert 0.5 < stored / (candidates * disk.EVENTS_PER_CANDIDATE * disk.STORED_BYTES_PER_EVENT) < 1
    assert logged < candidates * disk.LOG_BYTES_PER_CANDIDATE
    assert stored + logged < disk.needed_bytes(candidates)

"""The journal's rule: acknowledged means durable, and nothing else is ever acknowledged."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import asyncpg
import numpy as np
import pytest

from exam_server.actions import sit
from exam_server.clock import FakeClock
from exam_server.core.chain import broken_at, journal_chain, journal_genesis
from exam_server.errors import Conflict, Unavailable
from exam_server.secrets import Secrets
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store import journal, sittings
from exam_server.store.database import Database
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.flusher import Flusher
from exam_server.store.journal import Fate, JournalRow
from tests.exam_server.arrivals import arrival

WORKER = 7
GIVE_UP_AFTER = timedelta(seconds=10)


class Recorder:
    """An owner of rows who writes down what it is told, and can be waited for."""

    def __init__(self) -> None:
        self.broken = False
        self.kept_rows: list[JournalRow] = []
        self.lost_rows: list[tuple[JournalRow, Fate]] = []
        self.failures = 0
        self._told = asyncio.Event()

    def kept(self, row: JournalRow) -> None:
        self.kept_rows.append(row)
        self._told.set()

    def lost(self, row: JournalRow, fate: Fate) -> None:
        self.lost_rows.append((row, fate))
        self._told.set()

    def failed(self) -> None:
        self.failures += 1
        self._told.set()

    async def told(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.kept_rows) + len(self.lost_rows) + self.failures < count:
                self._told.clear()
                await self._told.wait()


@pytest.fixture
async def world(database: Database, clock: FakeClock, secrets: Secrets) -> World:
    """Two students who sit and write, by this worker, at fence 1."""
    async with database.transaction() as connection:
        made = await make_world(
            connection, Plan(opens_at=clock.now(), students=2), secrets, np.random.default_rng(1)
        )
        await sittings.ring_bells(connection, [made.shift], "server", None, clock.now())
    for student in made.students:
        await sit.enter(database, [arrival(student.sitting)], worker=WORKER, now=clock.now())
    return made


@asynccontextmanager
async def flushing(url: str, clock: FakeClock, *, capacity: int = 20_000) -> AsyncGenerator[Flusher]:
    flusher = Flusher(url, WORKER, clock, capacity=capacity, give_up_after=GIVE_UP_AFTER)
    task = asyncio.create_task(flusher.run())
    try:
        yield flusher
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def rows_of(
    database: Database, sitting_id: int, payloads: Sequence[bytes], at: datetime, fence: int = 1
) -> list[JournalRow]:
    """Chained rows on top of what the journal holds."""
    async with database.connection() as connection:
        stored = await sittings.select_sitting(connection, sitting_id)
        links = await journal.select_journal(connection, sitting_id)
    chain = links[-1].chain if links else journal_genesis(sitting_id, stored.seed)
    rows: list[JournalRow] = []
    for seq, payload in enumerate(payloads, start=len(links) + 1):
        chain = journal_chain(
            chain, sitting_id=sitting_id, seq=seq, fence=fence, received_at=at, payload=payload
        )
        rows.append(JournalRow(sitting_id, seq, fence, at, payload, chain))
    return rows


async def held(database: Database, sitting_id: int) -> list[bytes]:
    async with database.connection() as connection:
        return [link.payload for link in await journal.select_journal(connection, sitting_id)]


async def test_rows_of_many_are_kept_in_one_go_and_their_chains_hold(
    database: Database, database_url: str, clock: FakeClock, world: World
) -> None:
    recorder = Recorder()
    ids = [student.sitting for student in world.students]
    batches = [await rows_of(database, one, [b"a", b"b", b"c"], clock.now()) for one in ids]
    async with flushing(database_url, clock) as flusher:
        for row in [row for batch in zip(*batches, strict=True) for row in batch]:
            assert flusher.put(row, recorder)
        await recorder.told(6)
    assert (len(recorder.kept_rows), recorder.lost_rows, recorder.failures) == (6, [], 0)
    async with database.connection() as connection:
        for one in ids:
            links = await journal.select_journal(connection, one)
            stored = await sittings.select_sitting(connection, one)
            assert broken_at(one, stored.seed, links) is None


async def test_a_row_whose_fence_is_old_is_superseded_and_the_others_are_kept(
    database: Database, database_url: str, clock: FakeClock, world: World
) -> None:
    old, other = (student.sitting for student in world.students)
    [late] = await rows_of(database, old, [b"late"], clock.now())
    [fine] = await rows_of(database, other, [b"fine"], clock.now())
    await sit.enter(database, [arrival(old)], worker=WORKER, now=clock.now())
    recorder = Recorder()
    async with flushing(database_url, clock) as flusher:
        flusher.put(late, recorder)
        flusher.put(fine, recorder)
        await recorder.told(2)
    assert (recorder.kept_rows, recorder.lost_rows) == ([fine], [(late, "superseded")])
    assert await held(database, old) == []


async def test_a_row_after_the_end_is_not_taken(
    database: Database, database_url: str, clock: FakeClock, world: World
) -> None:
    sitting_id = world.students[0].sitting
    [first] = await rows_of(database, sitting_id, [b"submit"], clock.now())
    await sit.submit(database, [first], worker=WORKER)
    [late] = await rows_of(database, sitting_id, [b"late"], clock.now())
    recorder = Recorder()
    async with flushing(database_url, clock) as flusher:
        flusher.put(late, recorder)
        await recorder.told(1)
    assert recorder.lost_rows == [(late, "ended")]
    assert await held(database, sitting_id) == [b"submit"]


async def test_another_payload_under_a_taken_number_never_overwrites(
    database: Database, database_url: str, clock: FakeClock, world: World
) -> None:
    sitting_id = world.students[0].sitting
    [row] = await rows_of(database, sitting_id, [b"one"], clock.now())
    recorder = Recorder()
    async with flushing(database_url, clock) as flusher:
        for sent in (row, row, row._replace(payload=b"other")):
            flusher.put(sent, recorder)
            await recorder.told(len(recorder.kept_rows) + len(recorder.lost_rows) + 1)
    assert recorder.kept_rows == [row, row]
    assert recorder.lost_rows == [(row._replace(payload=b"other"), "different")]
    assert await held(database, sitting_id) == [b"one"]


async def test_a_full_queue_says_so(
    database_url: str, database: Database, clock: FakeClock, world: World
) -> None:
    rows = await rows_of(database, world.students[0].sitting, [b"1", b"2", b"3"], clock.now())
    flusher = Flusher(database_url, WORKER, clock, capacity=2, give_up_after=GIVE_UP_AFTER)
    recorder = Recorder()
    assert [flusher.put(row, recorder) for row in rows] == [True, True, False]


async def test_a_database_that_stays_away_fails_everyone_who_waits(
    database: Database, clock: FakeClock, world: World
) -> None:
    rows = await rows_of(database, world.students[0].sitting, [b"1", b"2"], clock.now())
    nowhere = "postgresql://postgres@127.0.0.1:1/nowhere"
    first, second = Recorder(), Recorder()
    async with flushing(nowhere, clock) as flusher:
        flusher.put(rows[0], first)
        await asyncio.sleep(0)
        flusher.put(rows[1], second)
        clock.advance(seconds=GIVE_UP_AFTER.total_seconds() + 1)
        await first.told(1)
        await second.told(1)
        await flusher.drained()
    assert (first.failures, second.failures) == (1, 1)
    assert (first.kept_rows, second.kept_rows) == ([], [])


async def test_a_connection_that_dies_under_a_flush_costs_nothing(
    database: Database, database_url: str, clock: FakeClock, world: World
) -> None:
    sitting_id = world.students[0].sitting
    rows = await rows_of(database, sitting_id, [b"%d" % number for number in range(20)], clock.now())
    recorder = Recorder()
    async with flushing(database_url, clock) as flusher, database.connection() as connection:
        for row in rows:
            flusher.put(row, recorder)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await recorder.told(len(rows))
    assert recorder.kept_rows == rows
    assert await held(database, sitting_id) == [row.payload for row in rows]


@asynccontextmanager
async def standby_away(cluster: EmbeddedPostgres) -> AsyncGenerator[asyncpg.Connection]:
    """Commits wait for a standby that is not there. Yields a connection whose own commits do not."""
    connection = await asyncpg.connect(cluster.url, server_settings={"synchronous_commit": "local"})
    try:
        await connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'away'")
        await connection.execute("SELECT pg_reload_conf()")
        await until_commits_wait(cluster, connection)
        yield connection
    finally:
        await connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.close()


async def until_commits_wait(cluster: EmbeddedPostgres, control: asyncpg.Connection) -> None:
    """The new setting takes a moment to reach everyone: try commits until one waits."""
    probe = await asyncpg.connect(cluster.url)
    try:
        commit = None
        while commit is None or commit.done():
            commit = asyncio.create_task(probe.execute("SELECT pg_logical_emit_message(true, 'probe', '')"))
            waiting = asyncio.create_task(waiting_for_standby(control))
            await asyncio.wait([commit, waiting], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
        await control.execute("SELECT pg_cancel_backend($1)", probe.get_server_pid())
        await commit
    finally:
        await probe.close()


async def waiting_for_standby(connection: asyncpg.Connection, *, other_than: int = 0) -> int:
    """The backend that waits for the standby."""
    async with asyncio.timeout(20):
        while True:
            pid = await connection.fetchval(
                "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid <> $1", other_than
            )
            if pid is not None:
                return pid


async def test_a_row_that_is_only_locally_committed_is_not_acknowledged(
    cluster: EmbeddedPostgres, database: Database, database_url: str, clock: FakeClock, world: World
) -> None:
    """The commit's wait is cancelled: the row is there, every retry finds it, and none may say it is
    durable."""
    sitting_id = world.students[0].sitting
    [row] = await rows_of(database, sitting_id, [b"answer"], clock.now())
    recorder = Recorder()
    async with flushing(database_url, clock) as flusher:
        async with standby_away(cluster) as control:
            flusher.put(row, recorder)
            first = await waiting_for_standby(control)
            await control.execute("SELECT pg_cancel_backend($1)", first)
            # Another backend: after a doubtful commit the connection is dropped.
            again = await waiting_for_standby(control, other_than=first)
            assert await held(database, sitting_id) == [b"answer"], "it is there, locally"
            await control.execute("SELECT pg_cancel_backend($1)", again)
            await waiting_for_standby(control, other_than=again)
            assert recorder.kept_rows == []
        await recorder.told(1)
    assert recorder.kept_rows == [row]


async def test_a_resend_is_not_confirmed_before_the_standby_has_it(
    cluster: EmbeddedPostgres, database: Database, clock: FakeClock, world: World
) -> None:
    sitting_id = world.students[0].sitting
    [row] = await rows_of(database, sitting_id, [b"answer"], clock.now())
    async with database.transaction() as connection:
        await journal.append(connection, WORKER, [row])
    async with standby_away(cluster) as control:
        confirming = asyncio.create_task(sit.resent(database, sitting_id, 1, b"answer"))
        await control.execute("SELECT pg_cancel_backend($1)", await waiting_for_standby(control))
        with pytest.raises(Unavailable, match="commit_in_doubt"):
            await confirming
    assert await sit.resent(database, sitting_id, 1, b"answer")
    assert not await sit.resent(database, sitting_id, 1, b"other")


async def test_a_takeover_waits_for_the_appends_that_the_old_holder_began(
    database: Database, database_url: str, clock: FakeClock, world: World
) -> None:
    sitting_id = world.students[0].sitting
    [row] = await rows_of(database, sitting_id, [b"last words"], clock.now())
    old = await asyncpg.connect(database_url)
    appending = old.transaction()
    await appending.start()
    await journal.append(old, WORKER, [row])
    [entry] = await sit.enter(database, [arrival(sitting_id)], worker=WORKER + 1, now=clock.now())
    assert isinstance(entry, sit.Entry)
    assert entry.former == (WORKER,)
    # A worker that dies before it has waited leaves the waiting to the next.
    [last] = await sit.enter(database, [arrival(sitting_id)], worker=WORKER + 2, now=clock.now())
    assert isinstance(last, sit.Entry)
    assert sorted(last.former) == [WORKER, WORKER + 1]
    opening = asyncio.create_task(sit.open_sittings(database, [last]))
    async with asyncio.timeout(20), database.connection() as connection:
        while not await connection.fetchval(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ):
            pass
    assert not opening.done()
    await appending.commit()
    [opened] = await opening
    assert (list(opened.payloads), opened.head) == ([b"last words"], row.chain)
    assert (await sit.reload(database, [sitting_id]))[0].former == ()
    with pytest.raises(journal.NotKeptError):  # its fence is old now
        await journal.append(old, WORKER, [row._replace(seq=2)])
    await old.close()


async def test_a_submission_is_journalled_and_ends_the_sitting_or_neither(
    database: Database, clock: FakeClock, world: World
) -> None:
    sitting_id = world.students[0].sitting
    [row] = await rows_of(database, sitting_id, [b"submit"], clock.now())
    [refused] = await sit.submit(database, [row._replace(fence=99)], worker=WORKER)
    assert isinstance(refused, Conflict)
    assert refused.code == "superseded"
    assert await held(database, sitting_id) == []
    [after] = await sit.submit(database, [row], worker=WORKER)
    [stored] = await sit.reload(database, [sitting_id])
    assert (stored.sitting.state, stored.sitting.ended_at) == ("submitted", clock.now())
    assert await held(database, sitting_id) == [b"submit"]
    assert isinstance(after, sittings.StoredSitting)
    assert after.sitting == stored.sitting
    [refused] = await sit.submit(database, [row._replace(seq=2)], worker=WORKER)
    assert isinstance(refused, Conflict)
    assert refused.code == "sitting_submitted"


async def test_evidence_has_a_limit(database: Database, world: World, clock: FakeClock) -> None:
    sitting = world.students[0].sitting
    for _ in range(3):
        await sit.keep_evidence(database, sitting, "superseded", [b"{}"] * 999, clock.now())
    async with database.connection() as connection:
        kept = await connection.fetchval("SELECT count(*) FROM evidence WHERE sitting_id = $1", sitting)
    assert kept == journal.MAX_EVIDENCE

"""Takeovers at the worst moment: while the former worker's flush is held up in the database, and the one that
took over dies."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import asyncpg
import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from exam_server.core.chain import journal_chain, journal_genesis
from exam_server.protocol.sitting import Answer, CloseCode, Ping, Pong
from exam_server.simulation.serving import ServerProcess
from exam_server.simulation.world import Student as Login
from exam_server.store.database import open_database
from exam_server.store.sittings import select_sitting
from tests.faults.conftest import Scenario
from tests.faults.room import Room, Seating, sat
from tests.faults.sender import Memory, sender
from tests.faults.stage import Stage, second_server

pytestmark = pytest.mark.slow

INSERT = """
INSERT INTO journal (sitting_id, seq, fence, received_at, payload, chain) VALUES ($1, $2, $3, $4, $5, $6)
"""
HELD_UP = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
FENCE = "SELECT fence FROM sitting WHERE id = $1"
WAITING_S = 2.0


class Hold:
    """Holds up every append that has a row under this number of this sitting."""

    def __init__(self, connection: asyncpg.Connection, login: Login) -> None:
        self._connection = connection
        self._login = login

    @asynccontextmanager
    async def on(self, seq: int) -> AsyncGenerator[None]:
        """An uncommitted row makes the append wait; it is rolled back at the end, and the append goes on."""
        held = self._connection.transaction()
        await held.start()
        try:
            row = (self._login.sitting, seq, 0, datetime.fromisoformat("2026-01-01T00:00Z"), b"", b"")
            await self._connection.execute(INSERT, *row)
            yield
        finally:
            await held.rollback()


@asynccontextmanager
async def watching(stage: Stage) -> AsyncGenerator[asyncpg.Connection]:
    """A connection to look at the database with."""
    connection = await asyncpg.connect(stage.site.database_url)
    try:
        yield connection
    finally:
        await connection.close()


async def until_more(connection: asyncpg.Connection, query: str, than: int, *arguments: object) -> None:
    """Ask until the answer is more. Raises TimeoutError."""
    async with asyncio.timeout(10):
        while await connection.fetchval(query, *arguments) <= than:
            pass


def answer(room: Room, seq: int, choice: str, at_ms: int = 1) -> Answer:
    return Answer(seq=seq, item=room.world.items[0], response=choice, at_ms=at_ms)


async def test_takeover_of_a_takeover_that_died(stage: Stage, scenario: Scenario) -> None:
    """W1's flush is held up; W2 takes the sitting over and dies before it has opened it; W3 takes it from W2.
    It must still wait for W1."""
    async with (
        sat(stage.site, scenario, Seating(students=1, spare=1)) as room,
        watching(stage) as holding,
        watching(stage) as eye,
        second_server(stage) as other,
    ):
        login = room.world.students[-1]
        first, third = Memory(login.number), Memory(login.number)
        async with sender(stage.site.address, login, first) as one:
            await one.enter()
            async with Hold(holding, login).on(1):
                await one.say(answer(room, 1, "A"))
                await until_more(eye, HELD_UP, 0)
                await take_over_and_die(other, login, eye)
                await other.start()
                taking = asyncio.create_task(answer_anew(other.address, room, login, third))
                await asyncio.wait({taking}, timeout=WAITING_S)
            await taking
        room.accounts += [first.account(), third.account()]


async def take_over_and_die(other: ServerProcess, login: Login, eye: asyncpg.Connection) -> None:
    """The other server raises the fence, and is killed."""
    fence = await eye.fetchval(FENCE, login.sitting)
    async with sender(other.address, login, Memory(login.number)) as two:
        entering = asyncio.create_task(two.enter())
        await until_more(eye, FENCE, fence, login.sitting)
        other.kill()
        await asyncio.gather(entering, return_exceptions=True)


async def answer_anew(address: str, room: Room, login: Login, memory: Memory) -> None:
    """A fresh page on another PC: its answer takes the next number, and is sent again until it is saved."""
    fence, event = None, None
    while event is None or memory.acked < event.seq:
        async with sender(address, login, memory) as line:
            with suppress(ConnectionClosed):
                welcome = await line.enter(fence)
                fence = welcome.fence
                event = event or answer(room, welcome.last_seq + 1, "B", 2)
                if welcome.last_seq < event.seq:
                    await line.say(event)
                    await line.hear_ack(event.seq)


async def test_nothing_follows_an_event_that_was_not_kept(stage: Stage, scenario: Scenario) -> None:
    """Two events wait for one flush, and the first one's number turns out to be taken: the second must not
    get in, for what it is chained to is not there."""
    async with (
        second_server(stage) as other,
        sat(stage.site, scenario, Seating(students=1, spare=2)) as room,
        watching(stage) as holding,
        watching(stage) as eye,
    ):
        decoy, login = room.world.students[-2:]
        decoys, memory = Memory(decoy.number), Memory(login.number)
        async with (
            sender(other.address, decoy, decoys) as beside,
            sender(other.address, login, memory) as line,
        ):
            await beside.enter()
            fence = (await line.enter()).fence
            async with Hold(holding, decoy).on(1):
                await beside.say(answer(room, 1, "A"))
                await until_more(eye, HELD_UP, 0)
                memory.send(1, await slip_in(stage, login, fence, answer(room, 1, "B")))
                await line.say(answer(room, 1, "C"), answer(room, 2, "D"), Ping(sent_ms=1))
                await line.hear(Pong)
            await beside.hear_ack(1)
            assert await line.ending() in (CloseCode.OUT_OF_TURN, CloseCode.TRY_AGAIN)
        room.accounts += [decoys.account(), memory.account()]


async def slip_in(stage: Stage, login: Login, fence: int, event: Answer) -> bytes:
    """The first event of a sitting, as another worker would have journalled it; its payload."""
    payload, now = msgspec.json.encode(event), stage.site.clock.now()
    async with (
        open_database(stage.site.database_url, most=1) as database,
        database.connection() as connection,
    ):
        stored = await select_sitting(connection, login.sitting)
        chain = journal_chain(
            journal_genesis(login.sitting, stored.seed),
            sitting_id=login.sitting,
            seq=1,
            fence=fence,
            received_at=now,
            payload=payload,
        )
        await connection.execute(INSERT, login.sitting, 1, fence, now, payload, chain)
    return payload

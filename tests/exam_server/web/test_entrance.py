"""The way in: a crowd, those who may not, and a database that is away."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from aiohttp import WSMsgType

from exam_server.actions.sit import Arrival, LoadedForm, Opening
from exam_server.clock import FakeClock
from exam_server.errors import Conflict, Unauthenticated
from exam_server.protocol.message import VERSION
from exam_server.protocol.sitting import CloseCode, Hello, Ping, Pong, Retry, Welcome
from exam_server.secrets import Secrets
from exam_server.store.database import Database
from exam_server.web.entrance import DATABASE_S, MAX_QUEUE, MAX_TOGETHER, TELL_S
from tests.exam_server.web.conftest import Skip
from tests.exam_server.web.exam_room import Line, Room, opened
from tests.exam_server.web.records import waiter

CROWD = 300


class Caller:
    """A guest that notes what it is told."""

    def __init__(self, sitting: int, *, fence: int | None = None, login_version: int = 1) -> None:
        self.arrival = Arrival(sitting_id=sitting, login_version=login_version, fence=fence)
        self.gone = False
        self.fence: int | None = None
        self.positions: asyncio.Queue[int] = asyncio.Queue()
        self.told: asyncio.Future[Opening | Exception] = asyncio.get_running_loop().create_future()

    def queued(self, position: int) -> None:
        self.positions.put_nowait(position)

    def joined(self, fence: int) -> object | None:
        self.fence = fence
        return self

    def opened(self, opening: Opening, form: LoadedForm, *, stale: bool) -> None:
        assert form.contents
        self.told.set_result(opening)

    def refused(self, error: Exception) -> None:
        if not self.told.done():
            self.told.set_result(error)


@pytest.fixture
async def hall(
    database: Database, clock: FakeClock, secrets: Secrets, tmp_path: Path
) -> AsyncGenerator[Room]:
    """A server with an exam for a crowd."""
    async with opened(database, clock, secrets, tmp_path, students=CROWD) as hall:
        yield hall


@asynccontextmanager
async def held(database_url: str, sitting: int) -> AsyncGenerator[asyncpg.Connection]:
    """Whoever wants this sitting waits meanwhile, and those who are let in with it."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM sitting WHERE id = $1 FOR NO KEY UPDATE", sitting)
            yield connection
    finally:
        await connection.close()


def sittings(room: Room) -> list[int]:
    return [student.sitting for student in room.world.students]


async def arrive(room: Room, *callers: Caller) -> None:
    for caller in callers:
        assert room.hub.entrance.let_in(caller)


async def all_told(*callers: Caller) -> list[Opening | Exception]:
    async with asyncio.timeout(30):
        return await asyncio.gather(*[caller.told for caller in callers])


async def test_a_crowd_gets_in(hall: Room) -> None:
    async with AsyncExitStack() as stack:
        lines = await asyncio.gather(*[stack.enter_async_context(hall.line(place)) for place in range(CROWD)])
        for line in lines:
            await line.say(Hello(version=VERSION), Ping(sent_ms=1))
        welcomes = [await line.hear(Welcome) for line in lines]
        numbers = [student.number for student in hall.world.students]
        assert [welcome.candidate.number for welcome in welcomes] == numbers
        assert {welcome.state for welcome in welcomes} == {"waiting"}
        # What they said meanwhile is heard after it.
        assert [await line.next() for line in lines] == [
            Pong(sent_ms=1, now_ms=welcomes[0].timing.now_ms)
        ] * CROWD


async def test_a_crowd_sees_the_queue_move(hall: Room, database_url: str, skip: Skip) -> None:
    callers = [Caller(sitting) for sitting in sittings(hall)]
    last = callers[-1]
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(held(database_url, callers[0].arrival.sitting_id))
        async with held(database_url, callers[MAX_TOGETHER].arrival.sitting_id) as second:
            await arrive(hall, *callers)
            await waiter(first)
            skip(TELL_S)
            await stack.aclose()
            await waiter(second)
            assert last.positions.get_nowait() == CROWD - MAX_TOGETHER
            assert [caller.told.done() for caller in callers] == [True] * MAX_TOGETHER + [False] * (
                CROWD - MAX_TOGETHER
            )
            skip(TELL_S)
        told = await all_told(*callers)
    assert last.positions.get_nowait() == CROWD - 2 * MAX_TOGETHER
    assert [one.stored.id for one in told if isinstance(one, Opening)] == sittings(hall)
    # Whoever was let in with the first never waited.
    assert callers[0].positions.empty()


async def test_those_who_wait_for_less_than_that_are_told_nothing(hall: Room) -> None:
    callers = [Caller(sitting) for sitting in sittings(hall)[: MAX_TOGETHER // 2]]
    await arrive(hall, *callers)
    await all_told(*callers)
    assert all(caller.positions.empty() for caller in callers)


async def test_of_several_for_one_sitting_each_takes_over_from_the_one_before(room: Room) -> None:
    one, other = sittings(room)
    callers = [Caller(one), Caller(one), Caller(other), Caller(one)]
    await arrive(room, *callers)
    told = await all_told(*callers)
    assert all(isinstance(opening, Opening) for opening in told)
    assert [caller.fence for caller in callers] == [1, 2, 1, 3]


async def test_one_who_may_not_is_refused_and_the_others_get_in(room: Room) -> None:
    one, other = sittings(room)
    [before] = await _in(room, Caller(one))
    assert isinstance(before, Opening)
    callers = [Caller(one, login_version=2), Caller(10**9), Caller(other)]
    await arrive(room, *callers)
    renewed, unknown, welcome = await all_told(*callers)
    assert isinstance(renewed, Unauthenticated)
    assert isinstance(unknown, Unauthenticated)
    assert isinstance(welcome, Opening)
    [early] = await _in(room, Caller(one, fence=7))
    assert isinstance(early, Conflict)


async def _in(room: Room, caller: Caller) -> list[Opening | Exception]:
    await arrive(room, caller)
    return await all_told(caller)


async def test_who_has_gone_does_not_take_the_sitting_from_where_the_client_is_now(
    two_workers: tuple[Room, Room], database_url: str
) -> None:
    here, there = two_workers
    mine, other = sittings(here)
    async with held(database_url, other) as holder:
        blocker, lost = Caller(other), Caller(mine)
        await arrive(here, blocker)
        await waiter(holder)
        await arrive(here, lost)
        lost.gone = True
        async with there.seated() as (line, welcome):
            await holder.execute("ROLLBACK; BEGIN")
            await all_told(blocker)
            after = Caller(other)
            assert isinstance((await _in(here, after))[0], Opening)
            await line.say(Ping(sent_ms=1))
            assert (await line.hear(Pong)).sent_ms == 1
    assert (lost.fence, welcome.fence) == (None, 1)


async def asked_to_come_again(line: Line) -> bool:
    """Whether the server says when to come again, and then hangs up."""
    retry = await line.hear(Retry)
    ended = await line.socket.receive(timeout=10)
    return retry.after_ms >= 1_000 and (ended.type, ended.data) == (WSMsgType.CLOSE, CloseCode.TRY_AGAIN)


async def test_while_the_database_is_silent_all_are_asked_to_come_again(
    room: Room, database_url: str, skip: Skip
) -> None:
    async with room.line() as line, held(database_url, sittings(room)[0]) as holder:
        await line.say(Hello(version=VERSION), Ping(sent_ms=1))
        await waiter(holder)
        skip(DATABASE_S)
        assert await asked_to_come_again(line)
    async with room.seated():
        pass


async def test_when_the_database_goes_away_all_are_asked_to_come_again(room: Room, database_url: str) -> None:
    async with room.line() as line, held(database_url, sittings(room)[0]) as holder:
        await line.say(Hello(version=VERSION))
        await holder.execute("SELECT pg_terminate_backend($1)", await waiter(holder))
        assert await asked_to_come_again(line)
    async with room.seated():
        pass


async def test_when_the_queue_is_full_the_next_are_asked_to_come_again(room: Room, database_url: str) -> None:
    async with room.line() as line, held(database_url, sittings(room)[1]) as holder:
        first = Caller(sittings(room)[1])
        await arrive(room, first)
        await waiter(holder)
        crowd = [Caller(10**9)] * MAX_QUEUE
        await arrive(room, *crowd)
        assert not room.hub.entrance.let_in(first)
        await line.say(Hello(version=VERSION))
        assert await asked_to_come_again(line)
        crowd[0].gone = True

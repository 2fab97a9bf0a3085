"""Lines on which nothing comes: dead ones, mute ones, and clients that do not read. By the clock, without
waiting."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path

import asyncpg
import pytest

from exam_server.clock import FakeClock
from exam_server.secrets import Secrets
from exam_server.simulation.proxy import proxied
from exam_server.simulation.student import Student
from exam_server.store.database import Database
from tests.faults.conftest import Scenario
from tests.faults.in_process import Timers, served
from tests.faults.room import Room, Seating, opened_room
from tests.faults.sender import Line, cookie_of, upgraded

pytestmark = pytest.mark.slow

NOTICED_S = 25.0
"""Within this time the invigilator must see that a candidate's line is dead."""

QUESTIONS_PER_S = 5

SILENCE_S = 10.0
"""After this time a connection that has said nothing is closed."""

BEGINNINGS = {"nothing": b"", "half of it": b"GET /ws/sitting HTTP/1.1\r\nHost: localhost\r\nUpgr"}
MUTE = 20
CONNECTED = "SELECT connected FROM presence WHERE sitting_id = $1"


class Hall:
    """A room in this process, and its time."""

    def __init__(self, room: Room, clock: FakeClock, eye: asyncpg.Connection) -> None:
        self.room = room
        self.eye = eye
        self._clock = clock
        self._timers = Timers()

    async def advance(self, seconds: float) -> None:
        """Second by second, with questions to the database in each: whatever is due is done in between."""
        for _ in range(int(seconds)):
            self._timers.advance(self._clock, 1)
            for _ in range(QUESTIONS_PER_S):
                await self.eye.fetchval("SELECT 1")

    async def advance_until(self, happened: Callable[[], Awaitable[bool]], most_s: float) -> float:
        """How many seconds that took. Raises AssertionError when it took more."""
        seconds = 0.0
        while not await happened():
            assert seconds < most_s
            await self.advance(1)
            seconds += 1
        return seconds

    async def is_away(self, sitting: int) -> bool:
        """Whether the invigilator sees the candidate as not connected."""
        return await self.eye.fetchval(CONNECTED, sitting) is False


@pytest.fixture
async def hall(
    database: Database, secrets: Secrets, clock: FakeClock, tmp_path: Path, scenario: Scenario
) -> AsyncGenerator[Hall]:
    """Two candidates at work; a third of the test's own."""
    async with (
        served(database, secrets, clock, tmp_path) as site,
        opened_room(site, scenario, Seating(students=2, spare=1)) as room,
    ):
        await room.begin()
        eye = await asyncpg.connect(database.url)
        try:
            yield Hall(room, clock, eye)
            await room.finish()
        finally:
            await eye.close()
        await room.leave()
        scenario.judge(await room.verdict(), reconnections=room.reconnections)


async def test_half_open_line_is_noticed(hall: Hall) -> None:
    """The cable is pulled: the server hears no FIN, and must still see that the candidate is away."""
    room, login = hall.room, hall.room.world.students[-1]
    async with proxied(int(room.site.address.rsplit(":", 1)[1])) as proxy:
        student = room.student(login, address=proxy.address)
        run = asyncio.create_task(student.run())
        async with asyncio.timeout(10):
            await student.until(lambda one: one.state == "running")
            while await hall.eye.fetchval(CONNECTED, login.sitting) is not True:
                await hall.advance(1)
        proxy.swallow()
        student.answer(room.world.items[0], "A")
        await hall.advance_until(lambda: hall.is_away(login.sitting), NOTICED_S)
        assert room.reconnections == 0
        proxy.heal()
        await hall.advance_until(lambda: saved(student), 60)
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
    room.accounts.append(student.account())


async def saved(student: Student) -> bool:
    return student.outbox.unsaved == 0


async def test_lines_without_hello_are_closed(hall: Hall) -> None:
    """Open websockets whose client says nothing; those beside them are not disturbed."""
    address, login = hall.room.site.address, hall.room.world.students[-1]
    cookie = await cookie_of(address, login)
    await are_closed(hall, [await upgraded(address, cookie) for _ in range(MUTE)])


@pytest.mark.parametrize("sent", BEGINNINGS)
async def test_connections_without_a_request_are_closed(hall: Hall, sent: str) -> None:
    """Nothing comes, or only the beginning."""
    host, port = hall.room.site.address.removeprefix("http://").split(":")
    lines = [await asyncio.open_connection(host, int(port)) for _ in range(MUTE)]
    for _, writer in lines:
        writer.write(BEGINNINGS[sent])
    await are_closed(hall, lines)


async def are_closed(hall: Hall, lines: Sequence[Line]) -> None:
    """Not at once, but in time; nobody else's are."""
    try:
        await hall.advance(SILENCE_S / 2)
        assert not any([await ended(reader) for reader, _ in lines])
        await hall.advance_until(lambda: all_closed(lines), SILENCE_S)
    finally:
        for _, writer in lines:
            writer.transport.abort()
    assert hall.room.reconnections == 0


async def all_closed(lines: Sequence[Line]) -> bool:
    """Whether the server has ended all of these, whatever it said before."""
    return all([reader.at_eof() or await ended(reader) for reader, _ in lines])


async def ended(reader: asyncio.StreamReader) -> bool:
    """Read what is there, without waiting."""
    try:
        async with asyncio.timeout(0):
            return not await reader.read(1_000)
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True

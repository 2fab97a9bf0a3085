"""A room on the stage: students over real websockets, who answer until told to stop, and then the checker."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import numpy as np
from numpy.random import Generator

from exam_server.actions.command import Invigilator, PinMaker, command_room
from exam_server.clock import Clock
from exam_server.protocol.sitting import Response
from exam_server.protocol.staff import Command, CommandName
from exam_server.simulation.checker import Verdict, check
from exam_server.simulation.record import Account
from exam_server.simulation.student import Student
from exam_server.simulation.world import Plan, World, make_world
from exam_server.simulation.world import Student as Login
from exam_server.store.database import open_database
from tests.faults.conftest import Scenario
from tests.faults.stage import PATIENCE_S, Site, database_answers

STUDENTS = 8
MINUTES = 600
MOST_UNSAVED = 200
GRACE_MS = 2_000
LOG_CHARACTERS = 5_000


@dataclass(frozen=True, kw_only=True)
class Seating:
    """How the students sit: how many, how often they do something, how soon they notice a dead line;
    ``address`` when it is not the server's own, ``clock`` when it is not the server's. ``spare`` more
    candidates are on the roster, the last, for clients of the test's own."""

    students: int = STUDENTS
    spare: int = 0
    gap_s: float = 0.05
    ping_s: float = 5.0
    minutes: int = MINUTES
    address: str | None = None
    clock: Clock | None = None


class Room:
    """One shift and those who sit it."""

    def __init__(
        self, site: Site, world: World, http: aiohttp.ClientSession, rng: Generator, seating: Seating
    ) -> None:
        self.site = site
        self.world = world
        self.rng = rng
        self.accounts: list[Account] = []
        """What clients know that are not among the students."""

        self._http = http
        self._seating = seating
        self.students = [self.student(login) for login in world.students[: seating.students]]
        self._runs: list[asyncio.Task[None]] = []
        self._work: list[asyncio.Task[None]] = []

    def student(self, login: Login, *, address: str | None = None) -> Student:
        """A client of a candidate; not running yet."""
        return Student(
            self._http,
            address or self._seating.address or self.site.address,
            login.number,
            login.pin,
            clock=self._seating.clock or self.site.clock,
            rng=np.random.default_rng(self.rng.integers(2**32)),
            ping_s=self._seating.ping_s,
        )

    @property
    def reconnections(self) -> int:
        """How often a student had to come again."""
        return sum(student.connections - 1 for student in self.students)

    async def begin(self) -> None:
        """Everyone in, the bell, and everyone at work."""
        self._runs = [asyncio.create_task(student.run()) for student in self.students]
        await self.everyone(lambda student: student.state == "waiting")
        await self.command("start")
        await self.everyone(lambda student: student.state == "running")
        self._work = [
            asyncio.create_task(keep_answering(student, self.world, self.rng, self._seating.gap_s))
            for student in self.students
        ]

    async def command(self, name: CommandName, *, text: str | None = None, times: int = 1) -> None:
        """An invigilator's, to the whole room."""
        async with open_database(self.site.database_url, most=1) as database:
            for _ in range(times):
                await command_room(
                    database,
                    self.world.shift,
                    Command(command=name, reason="Thử", text=text),
                    by=Invigilator(staff_id=self.world.staff, actor="test"),
                    pins=PinMaker(draw=str, pepper=self.site.secrets.pepper),
                    now=self.site.clock.now(),
                )

    async def progress(self) -> None:
        """Until everyone has been told of something more that is saved."""
        known = {student: len(student.outbox.acknowledged) for student in self.students}
        await self.everyone(lambda student: len(student.outbox.acknowledged) > known[student])

    async def all_again(self, blow: Callable[[], Awaitable[None]]) -> None:
        """Strike, and wait until everyone has had to come again."""
        known = {student: student.connections for student in self.students}
        await blow()
        await self.everyone(lambda student: student.connections > known[student])

    async def everyone(self, happened: Callable[[Student], bool]) -> None:
        """Wait for all. A student whose client failed ends the test with its error."""
        await everyone(self.students, self._runs, happened)

    async def finish(self) -> None:
        """Pens down: all is saved, and every other student hands in."""
        self.pens_down()
        await self.everyone(lambda student: student.outbox.unsaved == 0)
        handing_in = [student for student in self.students[::2] if student.state == "running"]
        for student in handing_in:
            student.submit()
        await everyone(handing_in, self._runs, lambda student: student.receipt is not None)

    def pens_down(self) -> None:
        """Nobody answers any more."""
        for task in self._work:
            task.cancel()

    async def leave(self) -> None:
        """Everyone out."""
        for task in [*self._work, *self._runs]:
            task.cancel()
        await asyncio.gather(*self._work, *self._runs, return_exceptions=True)

    async def verdict(self) -> Verdict:
        """What the checker says, once nobody writes any more."""
        accounts = [*self.accounts, *(student.account() for student in self.students)]
        async with open_database(self.site.database_url, most=1) as database:
            return await check(database, self.world.shift, accounts, grace_ms=GRACE_MS)


@asynccontextmanager
async def opened_room(site: Site, scenario: Scenario, seating: Seating | None = None) -> AsyncGenerator[Room]:
    """A room, not begun; its students are sent home at the end, and a failure tells the seed and the log."""
    sits = seating or Seating()
    await database_answers(site.database_url)
    plan = Plan(
        opens_at=site.clock.now() + timedelta(hours=1),
        students=sits.students + sits.spare,
        minutes=sits.minutes,
        name=f"{scenario.name} {scenario.seed}",
    )
    async with open_database(site.database_url, most=1) as database, database.transaction() as connection:
        world = await make_world(connection, plan, site.secrets, scenario.rng)
    jar, patience = aiohttp.DummyCookieJar(), aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=patience) as http:
        room = Room(site, world, http, scenario.rng, sits)
        try:
            yield room
        except BaseException as error:
            error.add_note(f"scenario {scenario.name}, --faults-seed={scenario.seed}")
            if site.log is not None:
                error.add_note(complaints(site.log)[-LOG_CHARACTERS:])
            raise
        finally:
            await room.leave()


def complaints(log: Path) -> str:
    """What the server said, without what is in order."""
    lines = log.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if '"level": "info"' not in line)


@asynccontextmanager
async def sat(site: Site, scenario: Scenario, seating: Seating | None = None) -> AsyncGenerator[Room]:
    """A room at work; when the faults are over, everything is saved, half of them hand in, and the checker
    must find nothing."""
    async with opened_room(site, scenario, seating) as room:
        await room.begin()
        yield room
        await room.finish()
        await room.leave()
        assert [student for student in room.students if student.outbox.refused] == []
        scenario.judge(await room.verdict(), reconnections=room.reconnections)


async def everyone(
    students: Sequence[Student],
    runs: Sequence["asyncio.Task[None]"],
    happened: Callable[[Student], bool],
) -> None:
    """Wait for all of these. A client that failed raises its error."""
    waiting = {asyncio.create_task(student.until(happened)) for student in students}
    try:
        async with asyncio.timeout(PATIENCE_S):
            while waiting:
                going = {run for run in runs if not run.done()}
                done, _ = await asyncio.wait(waiting | going, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
                waiting -= done
    finally:
        for task in waiting:
            task.cancel()


async def keep_answering(student: Student, world: World, rng: Generator, gap_s: float) -> None:
    """Choices, visits and flags, some faster than others, as long as not too much waits."""
    while True:
        if student.outbox.unsaved < MOST_UNSAVED:
            act(student, world, rng)
        await asyncio.sleep(float(rng.exponential(gap_s)))


def act(student: Student, world: World, rng: Generator) -> None:
    """Do one thing, by chance."""
    place = int(rng.integers(len(world.items)))
    item = world.items[place]
    match int(rng.integers(4)):
        case 0:
            student.visit(item)
        case 1:
            student.flag(item, on=bool(rng.integers(2)))
        case _:
            student.answer(item, response(place, rng))


def response(place: int, rng: Generator) -> Response:
    """Something that the item in this place of the world's paper takes."""
    responses = (
        "ABCD"[int(rng.integers(4))],
        (True, None, bool(rng.integers(2)), False),
        str(rng.integers(999)),
    )
    return responses[place % 3]

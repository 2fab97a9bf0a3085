"""Two tabs and two PCs: one writer at a time, and what either was told is saved stays so."""

import asyncio

import pytest

from exam_server.simulation.proxy import Weather, proxied
from exam_server.simulation.student import Student, StudentError
from tests.faults.conftest import Scenario
from tests.faults.room import Room, Seating, everyone, keep_answering, sat
from tests.faults.stage import Stage

pytestmark = pytest.mark.slow


@pytest.mark.rounds(short=4, long=25)
async def test_two_tabs_take_the_sitting_from_each_other(stage: Stage, scenario: Scenario) -> None:
    async with sat(stage.site, scenario, Seating(students=2, spare=1)) as room:
        await take_turns(room, scenario, [stage.site.address])


@pytest.mark.rounds(short=4, long=25)
async def test_a_second_pc_takes_over_while_the_first_still_sends(stage: Stage, scenario: Scenario) -> None:
    """The first PC's line is slow: its answers come in after it was superseded."""
    async with proxied(stage.port) as proxy:
        proxy.weather = Weather(delay_s=0.1)
        async with sat(stage.site, scenario, Seating(students=2, spare=1)) as room:
            await take_turns(room, scenario, [proxy.address, stage.site.address])


async def take_turns(room: Room, scenario: Scenario, addresses: list[str]) -> None:
    """Client after client for one candidate, each taking over from the last, which goes on until it is told;
    the last one hands in."""
    turns = [Turn(room, addresses[number % len(addresses)]) for number in range(scenario.rounds + 1)]
    for turn, before in zip(turns, [None, *turns], strict=False):
        await turn.begin(superseding=before)
        await asyncio.sleep(float(scenario.rng.uniform(0, 0.3)))
    await turns[-1].hand_in()
    room.accounts += [turn.student.account() for turn in turns]


class Turn:
    """A client of the room's last candidate."""

    def __init__(self, room: Room, address: str) -> None:
        self.student: Student = room.student(room.world.students[-1], address=address)
        self._room = room
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self, *, superseding: "Turn | None") -> None:
        """Come in and answer; whoever had the sitting learns it."""
        self._tasks = [asyncio.create_task(self.student.run())]
        await everyone([self.student], self._tasks, lambda student: student.state == "running")
        # Only now does a fresh page know which number its first event has.
        work = keep_answering(self.student, self._room.world, self._room.rng, 0.01)
        self._tasks.append(asyncio.create_task(work))
        if superseding is not None:
            await superseding.end()
        await everyone([self.student], self._tasks, lambda student: bool(student.outbox.acknowledged))

    async def end(self) -> None:
        """Until it is told that another has the sitting."""
        run, work = self._tasks
        with pytest.raises(StudentError, match="superseded"):
            async with asyncio.timeout(10):
                await run
        work.cancel()

    async def hand_in(self) -> None:
        """Stop, and wait for the receipt."""
        run, work = self._tasks
        work.cancel()
        self.student.submit()
        async with asyncio.timeout(10):
            await run

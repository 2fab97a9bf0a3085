"""Duplicate, reordered and forged sends: what is sent twice counts once, in its order, and nothing that was
sent is ever replaced."""

import asyncio
from contextlib import suppress

import pytest
from numpy.random import Generator
from websockets.exceptions import ConnectionClosed

from exam_server.protocol.sitting import Answer, CloseCode, Response
from exam_server.simulation.world import Student as Login
from exam_server.store.database import open_database
from tests.faults.conftest import Scenario
from tests.faults.room import Room, Seating, response, sat
from tests.faults.sender import Memory, Sender, sender
from tests.faults.stage import Stage

pytestmark = pytest.mark.slow


EVIDENCE = "SELECT count(*) FROM evidence WHERE sitting_id = $1 AND why = 'different'"


class Ended(Exception):
    """The line is over, as it should be."""


class Jumbler:
    """A candidate whose client is out of its mind: each step sends something, by chance rightly."""

    def __init__(self, room: Room, memory: Memory, rng: Generator) -> None:
        self.out_of_turn = 0
        self.forged = 0
        self._room = room
        self._memory = memory
        self._rng = rng
        self._made: dict[int, Answer] = {}
        self._next = 1

    async def step(self, line: Sender) -> None:
        """Raises ConnectionClosed after what ends the line."""
        match int(self._rng.integers(10)):
            case 0 | 1 if self._made:
                await line.say(self._old())
            case 2:
                await self._gap(line)
            case 3 if self._made:
                await self._forge(line)
            case 4:
                first, second = self._new(), self._new()
                await line.say(first, second, first, second, second)
            case 5:
                await line.hear_ack(self.last)
            case _:
                await line.say(*[self._new() for _ in range(int(self._rng.integers(1, 10)))])
                await line.hear_ack(self.last)

    def back_to(self, last_seq: int) -> list[Answer]:
        """What a client sends after a reconnect: all that is not saved, unchanged."""
        return [self._made[seq] for seq in range(last_seq + 1, self._next)]

    @property
    def last(self) -> int:
        """The number of the last event."""
        return self._next - 1

    def _new(self) -> Answer:
        made = self._made[self._next] = self._answer(self._next)
        self._next += 1
        return made

    def _answer(self, seq: int) -> Answer:
        place = int(self._rng.integers(len(self._room.world.items)))
        given: Response = response(place, self._rng)
        return Answer(
            seq=seq, item=self._room.world.items[place], response=given, at_ms=int(self._rng.integers(2**40))
        )

    def _old(self) -> Answer:
        return self._made[int(self._rng.integers(1, self._next))]

    async def _gap(self, line: Sender) -> None:
        """The second before the first: the line must end, for the first may never come."""
        first, second = self._new(), self._new()
        await line.say(second, first)
        assert await line.ending() == CloseCode.OUT_OF_TURN
        self.out_of_turn += 1
        raise Ended

    async def _forge(self, line: Sender) -> None:
        """Another answer under a number that is taken, saved or still on its way."""
        await line.say(self._answer(self._old().seq))
        assert await line.ending() == CloseCode.OUT_OF_TURN
        self.forged += 1
        raise Ended


@pytest.mark.rounds(short=40, long=400)
async def test_sends_duplicated_reordered_and_forged(stage: Stage, scenario: Scenario) -> None:
    """Beside others who sit quietly."""
    async with sat(stage.site, scenario, Seating(students=2, spare=1)) as room:
        login = room.world.students[-1]
        memory = Memory(login.number)
        jumbler = Jumbler(room, memory, scenario.rng)
        await jumble(stage.site.address, login, jumbler, memory, scenario.rounds)
        room.accounts.append(memory.account())
        assert jumbler.forged
        assert jumbler.out_of_turn
        await forgeries_are_evidence(stage.site.database_url, login.sitting, jumbler.forged)


async def jumble(address: str, login: Login, jumbler: Jumbler, memory: Memory, steps: int) -> None:
    """So many steps, over as many lines as it takes; at the end everything is saved."""
    fence, left = None, steps
    while left >= 0:
        async with sender(address, login, memory) as line:
            with suppress(ConnectionClosed, Ended):
                welcome = await line.enter(fence)
                fence = welcome.fence
                await line.say(*jumbler.back_to(welcome.last_seq))
                while left > 0:
                    left -= 1
                    await jumbler.step(line)
                await line.hear_ack(jumbler.last)
                left = -1


async def forgeries_are_evidence(url: str, sitting: int, count: int) -> None:
    """They are written beside the conversation: wait for them."""
    async with open_database(url, most=1) as database, database.connection() as connection:
        async with asyncio.timeout(10):
            while await connection.fetchval(EVIDENCE, sitting) < count:
                pass
        assert await connection.fetchval(EVIDENCE, sitting) == count

"""The load generator: all students of a benchmark, in a process of its own (``python -m
exam_server.bench.load``).

Reads an Order from standard input and prints lines: ``ready`` when everyone waits for the bell, then the
Measured as JSON. The schedule is open: an answer is due at its moment whatever became of the ones before,
and its latency counts from then.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

import aiohttp
import msgspec
import numpy as np
import uvloop
from websockets.asyncio.client import connect

from exam_server.clock import SystemClock
from exam_server.protocol.form import Form, FormItem
from exam_server.protocol.sitting import Response
from exam_server.simulation.student import Student
from exam_server.simulation.world import Student as Login
from item_bank.kinds.short_answer import ShortAnswer
from item_bank.kinds.single_choice import SingleChoice

ARRIVALS_PER_S = 50
PATIENCE_S = 30.0
ECHOES = 400


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to do: who sits where, for how long, an answer each ``every_s``; ``echo`` is a bare websocket
    echo."""

    address: str
    echo: str
    logins: tuple[Login, ...]
    seconds: float
    every_s: float
    seed: int


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """Latencies in milliseconds, answers sent and acknowledged, CPU seconds while answers were sent."""

    ack_ms: tuple[float, ...]
    echo_ms: tuple[float, ...]
    sent: int
    cpu_s: float


class Tally:
    """Latencies of what was acknowledged, and when that is all."""

    def __init__(self) -> None:
        self.latencies_ms: list[float] = []
        self._expected: int | None = None
        self._complete = asyncio.Event()

    def add(self, latency_ms: float) -> None:
        """One more acknowledged."""
        self.latencies_ms.append(latency_ms)
        if len(self.latencies_ms) == self._expected:
            self._complete.set()

    async def reach(self, expected: int) -> None:
        """Wait until so many are acknowledged, or patience ends."""
        self._expected = expected
        if len(self.latencies_ms) < expected:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._complete.wait(), PATIENCE_S)


class Sitter:
    """One student with the due moments of what is not acknowledged."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        address: str,
        login: Login,
        seed: int,
        tally: Tally,
        forms: dict[str, Form],
    ) -> None:
        self._rng = np.random.default_rng([seed, login.sitting])
        self._due: dict[int, float] = {}
        self._tally = tally
        self.student = Student(
            http,
            address,
            login.number,
            login.pin,
            clock=SystemClock(),
            rng=self._rng,
            on_acknowledged=self._acknowledged,
            forms=forms,
        )

    def answer(self, due: float) -> None:
        """Answer some item now; it was due at ``due`` on the monotonic clock."""
        form = self.student.form
        if form is None:
            raise ValueError("the paper is not open")
        items = form.parts[0].items
        item = items[int(self._rng.integers(len(items)))]
        self._due[self.student.answer(item.id, self._response(item))] = due

    def _response(self, item: FormItem) -> Response:
        if isinstance(item.content, SingleChoice):
            return item.content.options[int(self._rng.integers(len(item.content.options)))].id
        if isinstance(item.content, ShortAnswer):
            return str(self._rng.integers(1000))
        return tuple(bool(value) for value in self._rng.integers(2, size=len(item.content.statements)))

    def _acknowledged(self, seq: int) -> None:
        due = self._due.pop(seq, None)
        if due is not None:
            self._tally.add((time.monotonic() - due) * 1_000)


async def generate(order: Order) -> Measured:
    """Carry out an order."""
    tally = Tally()
    forms: dict[str, Form] = {}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=50)) as http:
        sitters = [Sitter(http, order.address, login, order.seed, tally, forms) for login in order.logins]
        runs = [asyncio.create_task(_arrive(place, one.student)) for place, one in enumerate(sitters)]
        await _everyone(sitters, "waiting", runs)
        echo_ms = await _echo(order.echo)
        gc.disable()  # what it measures is the server's time, not its own
        _say("ready")
        await _everyone(sitters, "running", runs)
        cpu_s = time.process_time()
        sent = await _answer_all(sitters, order)
        await tally.reach(sent)
        cpu_s = time.process_time() - cpu_s
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
    return Measured(ack_ms=tuple(tally.latencies_ms), echo_ms=tuple(echo_ms), sent=sent, cpu_s=cpu_s)


async def _arrive(place: int, student: Student) -> None:
    await asyncio.sleep(place / ARRIVALS_PER_S)
    await student.run()


async def _everyone(sitters: Sequence[Sitter], state: str, runs: Sequence["asyncio.Task[None]"]) -> None:
    """Wait until all are in the state. Raises what ended a student before."""
    there = asyncio.gather(*(one.student.until(lambda student: student.state == state) for one in sitters))
    await asyncio.wait([there, *runs], return_when=asyncio.FIRST_COMPLETED)
    for run in runs:
        if run.done():
            there.cancel()
            run.result()
    await there


async def _answer_all(sitters: Sequence[Sitter], order: Order) -> int:
    """One answer per student and ``every_s``, spread evenly; how many."""
    began = time.monotonic()
    gap_s = order.every_s / len(sitters)
    count = int(order.seconds / gap_s)
    for number in range(count):
        due = began + number * gap_s
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        sitters[number % len(sitters)].answer(due)
    return count


async def _echo(url: str) -> list[float]:
    """Round trips of a small text over a bare websocket, in milliseconds."""
    trips: list[float] = []
    async with connect(url, compression=None) as line:
        for _ in range(ECHOES):
            began = time.monotonic()
            await line.send("x" * 64)
            await line.recv()
            trips.append((time.monotonic() - began) * 1_000)
            await asyncio.sleep(0.002)
    return trips


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 -- the benchmark reads it


def main() -> None:
    """Read the order, print what was measured."""
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    _say(msgspec.json.encode(uvloop.run(generate(order))).decode())


if __name__ == "__main__":
    main()

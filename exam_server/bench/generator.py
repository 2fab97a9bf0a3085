"""The load generator: all students of a bench in a process of its own (``python -m
exam_server.bench.generator``)."""

import asyncio
import gc
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import uvloop

from exam_server.bench.bare import BareCrowd
from exam_server.bench.child import allow_connections, obey
from exam_server.bench.crowd import Crowd, open_papers
from exam_server.bench.orders import (
    AnswerClosed,
    AnswerOpen,
    AwaitBell,
    Bare,
    BarePush,
    Done,
    Gather,
    Order,
    Reconnect,
    Record,
    Submit,
    spread,
)
from exam_server.bench.script import AnswerScript
from exam_server.bench.seat import Seat
from exam_server.simulation.record import write_record

PATIENCE_S = 60.0
"""How long acknowledgements may stay away after the last event."""

LEAST_SLEEP_S = 0.001
_POLL_S = 0.01

_ORDERS: msgspec.json.Decoder[Order] = msgspec.json.Decoder(Order)


class Generator:
    """Carries out orders."""

    def __init__(self) -> None:
        self._crowd = Crowd("", 0, ())
        self._bare = BareCrowd()
        self._script = AnswerScript(())
        self._latencies_ms: list[float] = []
        self._last_at = 0.0

    async def carry_out(self, order: Order) -> Done:
        """One order."""
        match order:
            case Bare():
                return Done(seconds=await self._bare.connect(order.host, order.port, order.connections))
            case BarePush():
                return Done(seconds=await self._bare.push())
            case Record():
                write_record(Path(order.path), (seat.account() for seat in self._crowd.seats))
            case Gather():
                await self._gather(order)
            case _:
                return await self._timed(order)
        return self._done(0.0)

    async def _timed(self, order: AwaitBell | AnswerOpen | AnswerClosed | Reconnect | Submit) -> Done:
        """Do it, and wait until all is acknowledged."""
        self._latencies_ms = []
        self._last_at = began = time.monotonic()
        self._crowd.on_acknowledged = self._acknowledged
        match order:
            case AwaitBell():
                began = order.rang_at
                await self._await_bell(began)
            case AnswerOpen():
                await self._answer_open(order, began)
            case AnswerClosed():
                await self._answer_closed(order, began)
            case Reconnect():
                self._reconnect(order, began)
            case Submit():
                await self._submit(order, began)
        await self._settle(lambda: any(seat.waiting for seat in self._crowd.seats))
        return self._done(began)

    async def _gather(self, order: Gather) -> None:
        crowd = self._crowd = Crowd(order.host, order.port, order.tickets)
        await crowd.arrive()
        crowd.spawn(crowd.keep_pinging())
        gc.collect()
        gc.freeze()
        gc.disable()  # what it measures is the server's time, not its own

    async def _await_bell(self, rang_at: float) -> None:
        crowd = self._crowd
        await crowd.until(lambda: crowd.running == len(crowd.seats))
        self._latencies_ms = [(seat.running_at - rang_at) * 1_000 for seat in crowd.seats]
        self._last_at = max(seat.running_at for seat in crowd.seats)
        self._script = AnswerScript(open_papers(crowd.forms, crowd.seats).values())

    async def _answer_open(self, order: AnswerOpen, began: float) -> None:
        seats = self._crowd.seats

        def answer(number: int, due: float) -> None:
            self._answer(seats[number % len(seats)], due, self._crowd.now_ms())

        await _on_schedule(int(order.rate * order.seconds), order.rate, began, answer)

    async def _answer_closed(self, order: AnswerClosed, began: float) -> None:
        until, at_ms = began + order.seconds, self._crowd.now_ms()

        def acknowledged(seat: Seat, due: float) -> None:
            self._acknowledged(seat, due)
            if self._last_at < until:
                self._answer(seat, self._last_at, at_ms)

        self._crowd.on_acknowledged = acknowledged
        for seat in self._crowd.seats:
            for _ in range(order.window):
                self._answer(seat, time.monotonic(), at_ms)
        await asyncio.sleep(order.seconds)

    def _reconnect(self, order: Reconnect, began: float) -> None:
        at_ms = self._crowd.now_ms()
        for seat in self._crowd.seats:
            seat.lose_line()
            for _ in range(order.resend):
                self._answer(seat, began, at_ms)

    async def _submit(self, order: Submit, began: float) -> None:
        """The receipt is what a student waits for."""
        seats, crowd = self._crowd.seats, self._crowd
        crowd.on_acknowledged = lambda _seat, _due: None
        crowd.on_submitted = lambda seat: self._acknowledged(seat, seat.submit_due)

        def submit(number: int, due: float) -> None:
            seats[number].submit(due, crowd.now_ms())

        await _on_schedule(len(seats), len(seats) / order.seconds, began, submit)
        await self._settle(lambda: len(self._latencies_ms) < len(seats))

    def _answer(self, seat: Seat, due: float, at_ms: int) -> None:
        # No two of a student's answers are the same: the checker would not know one from the other.
        seat.send(self._script.answer(seat.seq + 1, at_ms + seat.seq), due)

    def _acknowledged(self, _: Seat, due: float) -> None:
        self._last_at = now = time.monotonic()
        self._latencies_ms.append((now - due) * 1_000)

    async def _settle(self, waiting: Callable[[], bool]) -> None:
        """Wait until all is acknowledged, or patience ends."""
        until = time.monotonic() + PATIENCE_S
        while waiting() and time.monotonic() < until:
            self._crowd.check()
            await asyncio.sleep(_POLL_S)

    def _done(self, began: float) -> Done:
        seats = self._crowd.seats
        return Done(
            spread=spread(self._latencies_ms),
            seconds=self._last_at - began,
            sent=sum(seat.seq for seat in seats),
            acknowledged=sum(seat.acknowledged_seq for seat in seats),
            refused=sum(len(seat.refused) for seat in seats),
            receipts=sum(seat.receipt is not None for seat in seats),
            lines_lost=self._crowd.lines_lost,
        )


async def _on_schedule(count: int, rate: float, began: float, do: Callable[[int, float], None]) -> None:
    """Do something ``count`` times at ``rate`` per second: each with its number and the moment it is due,
    whatever became of the ones before."""
    done = 0
    while done < count:
        await asyncio.sleep(max(LEAST_SLEEP_S, began + done / rate - time.monotonic()))
        due = min(count, int((time.monotonic() - began) * rate) + 1)
        for number in range(done, due):
            do(number, began + number / rate)
        done = max(done, due)


async def _run() -> None:
    await obey(_ORDERS, Generator().carry_out)


def main() -> None:
    """Obey the bench."""
    allow_connections()
    uvloop.run(_run())


if __name__ == "__main__":
    main()

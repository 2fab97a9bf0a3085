"""The load generator: all students of a bench in a process of its own (``python -m
exam_server.bench.generator``)."""

import asyncio
import gc
import time
from collections.abc import Sequence

import uvloop

from exam_server.bench.child import allow_connections, obey
from exam_server.bench.crowd import Crowd, open_papers
from exam_server.bench.orders import (
    AnswerClosed,
    AnswerOpen,
    AwaitBell,
    Bare,
    Done,
    Gather,
    Order,
    Reconnect,
    Submit,
    spread,
)
from exam_server.bench.script import AnswerScript
from exam_server.bench.seat import Seat
from exam_server.bench.wire import Line, frame, upgrade

PATIENCE_S = 60.0
"""How long acknowledgements may stay away after the last answer."""

LEAST_SLEEP_S = 0.001

ECHO = frame(b"x" * 64)


class Generator:
    """Carries out orders."""

    def __init__(self) -> None:
        self._crowd = Crowd("", 0, ())
        self._script = AnswerScript(())
        self._latencies_ms: list[float] = []
        self._last_at = 0.0

    async def carry_out(self, order: Order) -> Done:
        """One order."""
        match order:
            case Gather():
                return await self._gather(order)
            case AwaitBell():
                return await self._await_bell(order)
            case AnswerOpen():
                return await self._answer_open(order)
            case AnswerClosed():
                return await self._answer_closed(order)
            case Reconnect():
                return await self._reconnect(order)
            case Submit():
                return await self._submit(order)
            case Bare():
                return await _connect_bare(order)

    async def _gather(self, order: Gather) -> Done:
        crowd = self._crowd = Crowd(order.host, order.port, order.tickets)
        began = time.monotonic()
        await crowd.arrive()
        self._last_at = time.monotonic()
        crowd.spawn(crowd.keep_pinging())
        gc.collect()
        gc.freeze()
        gc.disable()  # what it measures is the server's time, not its own
        return self._done(began)

    async def _await_bell(self, order: AwaitBell) -> Done:
        crowd = self._crowd
        await crowd.until(lambda: crowd.running == len(crowd.seats))
        self._latencies_ms = [(seat.running_at - order.rang_at) * 1_000 for seat in crowd.seats]
        self._script = AnswerScript(open_papers(crowd.forms, crowd.seats).values())
        return self._done(order.rang_at)

    async def _answer_open(self, order: AnswerOpen) -> Done:
        seats, began = self._measure(), time.monotonic()
        count, sent = int(order.rate * order.seconds), 0
        while sent < count:
            await asyncio.sleep(max(LEAST_SLEEP_S, began + sent / order.rate - time.monotonic()))
            due = min(count, int((time.monotonic() - began) * order.rate) + 1)
            at_ms = self._crowd.now_ms()
            for number in range(sent, due):
                self._answer(seats[number % len(seats)], began + number / order.rate, at_ms)
            sent = due
        await self._settle()
        return self._done(began)

    async def _answer_closed(self, order: AnswerClosed) -> Done:
        seats, began = self._measure(), time.monotonic()
        until, at_ms = began + order.seconds, self._crowd.now_ms()
        latencies_ms = self._latencies_ms

        def acknowledged(seat: Seat, due: float) -> None:
            self._last_at = now = time.monotonic()
            latencies_ms.append((now - due) * 1_000)
            if now < until:
                self._answer(seat, now, at_ms)

        self._crowd.on_acknowledged = acknowledged
        for seat in seats:
            for _ in range(order.window):
                self._answer(seat, time.monotonic(), at_ms)
        await asyncio.sleep(order.seconds)
        await self._settle()
        return self._done(began)

    async def _reconnect(self, order: Reconnect) -> Done:
        seats, crowd, began = self._measure(), self._crowd, time.monotonic()
        at_ms = crowd.now_ms()
        for seat in seats:
            seat.lose_line()
            for _ in range(order.resend):
                self._answer(seat, began, at_ms)
        await self._settle()
        return self._done(began)

    async def _submit(self, order: Submit) -> Done:
        seats, began = self._measure(), time.monotonic()
        sent = 0
        while sent < len(seats):
            await asyncio.sleep(LEAST_SLEEP_S)
            due = min(len(seats), int((time.monotonic() - began) * len(seats) / order.seconds) + 1)
            for number in range(sent, due):
                seats[number].submit(began + number * order.seconds / len(seats), self._crowd.now_ms())
            sent = due
        await self._settle()
        return self._done(began)

    def _answer(self, seat: Seat, due: float, at_ms: int) -> None:
        seat.send(self._script.answer(seat.seq + 1, at_ms), due)

    def _measure(self) -> Sequence[Seat]:
        """Take latencies from now on."""
        latencies_ms = self._latencies_ms = []

        def acknowledged(_: Seat, due: float) -> None:
            self._last_at = now = time.monotonic()
            latencies_ms.append((now - due) * 1_000)

        self._crowd.on_acknowledged = acknowledged
        return self._crowd.seats

    async def _settle(self) -> None:
        """Wait until all is acknowledged, or patience ends."""
        until = time.monotonic() + PATIENCE_S
        while any(seat.waiting for seat in self._crowd.seats) and time.monotonic() < until:
            await asyncio.sleep(0.01)

    def _done(self, began: float) -> Done:
        return Done(
            spread=spread(self._latencies_ms),
            seconds=max(self._last_at, began) - began,
            count=len(self._latencies_ms),
            journalled=tuple(seat.journalled for seat in self._crowd.seats),
            closes=dict(self._crowd.closes),
        )


class BareLine(Line):
    """Says one thing and waits for it to come back."""

    __slots__ = ("_host", "echoed")

    def __init__(self, host: str, echoed: "asyncio.Future[None]") -> None:
        super().__init__()
        self._host = host
        self.echoed = echoed

    def request(self) -> bytes:
        """For Line."""
        return upgrade(self._host, "/", {})

    def opened(self) -> None:
        """For Line."""
        if self.transport is not None:
            self.transport.write(ECHO)

    def heard(self, text: bytes) -> None:
        """For Line."""
        self.echoed.set_result(None)


async def _connect_bare(order: Bare) -> Done:
    loop, began = asyncio.get_running_loop(), time.monotonic()
    lines = [BareLine(f"{order.host}:{order.port}", loop.create_future()) for _ in range(order.connections)]
    await asyncio.gather(
        *(loop.create_connection(lambda line=line: line, order.host, order.port) for line in lines)
    )
    for line in lines:
        await line.echoed
    seconds = time.monotonic() - began
    for line in lines:
        line.cut()
    return Done(seconds=seconds, count=len(lines))


async def _run() -> None:
    await obey(Order, Generator().carry_out)


def main() -> None:
    """Obey the bench."""
    allow_connections()
    uvloop.run(_run())


if __name__ == "__main__":
    main()

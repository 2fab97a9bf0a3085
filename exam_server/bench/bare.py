"""Lines to the bare echo: what the same generator costs, and is served, without an exam."""

import asyncio
import time

from exam_server.bench.wire import Line, frame, upgrade

WORDS = b"x" * 64
PUSHED = b"y" * 320
"""As long as what tells a student that the bell has rung."""

PUSH = b"push"
"""Asks the bare server to send PUSHED to every line."""


class BareLine(Line):
    """Says one thing at a time and waits for what comes."""

    __slots__ = ("_host", "came")

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._host = f"{host}:{port}"
        self.came: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def request(self) -> bytes:
        """For Line."""
        return upgrade(self._host, "/", {})

    def opened(self) -> None:
        """For Line: the first trip begins at once."""
        self.write(frame(WORDS))

    def heard(self, text: bytes) -> None:
        """For Line."""
        self.came.set_result(None)

    def expect(self) -> None:
        """Wait for another message from now on."""
        self.came = asyncio.get_running_loop().create_future()

    async def trip(self) -> float:
        """Milliseconds there and back."""
        self.expect()
        began = time.monotonic()
        self.write(frame(WORDS))
        await self.came
        return (time.monotonic() - began) * 1_000


async def bare_line(host: str, port: int) -> BareLine:
    """A line whose first trip is over."""
    line = BareLine(host, port)
    await asyncio.get_running_loop().create_connection(lambda: line, host, port)
    await line.came
    return line


class BareCrowd:
    """Many lines, kept."""

    def __init__(self) -> None:
        self._lines: list[BareLine] = []

    async def connect(self, host: str, port: int, count: int) -> float:
        """Connect so many at once, each with one trip; seconds."""
        began = time.monotonic()
        self._lines += await asyncio.gather(*(bare_line(host, port) for _ in range(count)))
        return time.monotonic() - began

    async def push(self) -> float:
        """Let the server send to all; seconds."""
        began = time.monotonic()
        for line in self._lines:
            line.expect()
        self._lines[0].write(frame(PUSH))
        for line in self._lines:
            await line.came
        return time.monotonic() - began

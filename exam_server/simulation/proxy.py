"""A TCP proxy with faults: what bad cables, switches, proxies and power cuts do to a line, on real sockets.

It stands between students and server. ``weather`` holds for every line through it and may be changed at any
time; the other methods strike the lines that are open now.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Literal

import msgspec

Side = Literal["client", "server"]
"""Who sends: a fault may be in one direction alone."""

READ_BYTES = 64 * 1024
_OPEN_S = 10.0


class Weather(msgspec.Struct, frozen=True, kw_only=True):
    """How bytes travel: each piece ``delay_s`` late, at most ``piece_bytes`` at a time."""

    delay_s: float = 0.0
    piece_bytes: int = READ_BYTES


CALM = Weather()


class _Way:
    """One direction of a line."""

    def __init__(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        self.source = source
        self.target = target
        self.left: int | None = None
        """Bytes that still pass before the line is cut; None: all."""
        self.ended = False

    async def end(self) -> None:
        """Tell the target that no more comes; the other direction stays."""
        if not self.ended and self.target.can_write_eof():
            self.ended = True
            self.target.write_eof()


class _Line:
    """A client's connection and its own to the server."""

    def __init__(self, client: _Way, server: _Way) -> None:
        self.ways: dict[Side, _Way] = {"client": client, "server": server}
        self.swallowed = False

    def abort(self) -> None:
        """Reset both connections: whatever is in the buffers is lost."""
        for way in self.ways.values():
            way.target.transport.abort()


class FaultProxy:
    """Forwards connections to a server of this machine, as well as ``weather`` allows."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        """``port`` and ``host`` are the server's."""
        self.weather = CALM
        self.address = ""
        self._target = (host, port)
        self._lines: set[_Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._silent = False

    @property
    def lines(self) -> int:
        """How many are open."""
        return len(self._lines)

    def abort(self) -> None:
        """Reset every line, as a switch that loses power does when it comes back."""
        for line in list(self._lines):
            line.abort()

    def cut(self, after_bytes: int, side: Side = "client") -> None:
        """Reset every line once so many more bytes of one side have passed: in the middle of a message."""
        for line in self._lines:
            line.ways[side].left = after_bytes

    async def half_close(self, side: Side = "client") -> None:
        """Tell the other side of every line that this one sends no more; what the other sends still
        passes."""
        for line in list(self._lines):
            await line.ways[side].end()

    def swallow(self) -> None:
        """Let every line die without a word, and every new one until ``heal``: neither side is told."""
        self._silent = True
        for line in self._lines:
            line.swallowed = True

    def heal(self) -> None:
        """Let new lines pass again. Those that died stay dead: their bytes are gone."""
        self._silent = False
        self.weather = CALM

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection, to its end."""
        try:
            async with asyncio.timeout(_OPEN_S):
                source, target = await asyncio.open_connection(*self._target)
        except (OSError, TimeoutError):
            writer.transport.abort()
            return
        line = _Line(client=_Way(reader, target), server=_Way(source, writer))
        line.swallowed = self._silent
        self._lines.add(line)
        try:
            await asyncio.gather(*(self._forward(line, way) for way in line.ways.values()))
        except OSError:
            pass  # the far end is gone, or the line was cut: so is the near one, below
        finally:
            self._lines.discard(line)
            line.abort()

    async def _forward(self, line: _Line, way: _Way) -> None:
        while data := await way.source.read(READ_BYTES):
            if not line.swallowed:
                await self._pass(line, way, data)
        if line.swallowed:
            # The one side has given up, and the other is not told.
            await asyncio.Event().wait()
        with suppress(OSError):
            await way.end()

    async def _pass(self, line: _Line, way: _Way, data: bytes) -> None:
        while data and not way.ended:
            weather = self.weather
            piece, data = data[: weather.piece_bytes], data[weather.piece_bytes :]
            await asyncio.sleep(weather.delay_s)
            if way.left is not None:
                piece = piece[: way.left]
                way.left -= len(piece)
            way.target.write(piece)
            await way.target.drain()
            if way.left == 0:
                line.abort()
                return

    def begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection in a task of its own."""
        task = asyncio.create_task(self.serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End every line."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def proxied(port: int) -> AsyncGenerator[FaultProxy]:
    """A proxy before the server on this port of this machine."""
    proxy = FaultProxy(port)
    async with await asyncio.start_server(proxy.begin, "127.0.0.1", 0) as listening:
        proxy.address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        try:
            yield proxy
        finally:
            listening.close()
            await proxy.close()

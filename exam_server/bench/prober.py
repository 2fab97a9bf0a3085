"""What the machine can do by itself, measured while the benches run or do not (``python -m
exam_server.bench.prober``): lone durable commits, and round trips over a bare websocket."""

import asyncio
import time

import asyncpg
import msgspec
import uvloop

from exam_server.bench.child import obey
from exam_server.bench.generator import ECHO
from exam_server.bench.orders import Spread, spread
from exam_server.bench.wire import Line, upgrade
from exam_server.store.database import read_queries

SQL = read_queries(__file__)

PAYLOAD = b"x" * 100


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """Order: commit and echo every ``gap_s`` for so long."""

    url: str
    echo_port: int
    seconds: float
    gap_s: float


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds."""

    commit: Spread
    echo: Spread


class EchoLine(Line):
    """A line that sends one message at a time and waits for it."""

    __slots__ = ("_came", "_host", "ready")

    def __init__(self, port: int) -> None:
        super().__init__()
        loop = asyncio.get_running_loop()
        self._host = f"127.0.0.1:{port}"
        self._came: asyncio.Future[None] = loop.create_future()
        self.ready: asyncio.Future[None] = loop.create_future()

    async def trip(self) -> float:
        """Milliseconds there and back."""
        assert self.transport is not None
        self._came = asyncio.get_running_loop().create_future()
        began = time.monotonic()
        self.transport.write(ECHO)
        await self._came
        return (time.monotonic() - began) * 1_000

    def request(self) -> bytes:
        """For Line."""
        return upgrade(self._host, "/", {})

    def opened(self) -> None:
        """For Line."""
        self.ready.set_result(None)

    def heard(self, text: bytes) -> None:
        """For Line."""
        self._came.set_result(None)


async def probe(order: Probe) -> Probed:
    """Carry out an order."""
    commits: list[float] = []
    trips: list[float] = []
    connection = await asyncpg.connect(order.url)
    line = EchoLine(order.echo_port)
    await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", order.echo_port)
    await line.ready
    insert = await connection.prepare(SQL["insert_lone"])
    until = time.monotonic() + order.seconds
    while (began := time.monotonic()) < until:
        await insert.fetch(PAYLOAD)
        commits.append((time.monotonic() - began) * 1_000)
        trips.append(await line.trip())
        await asyncio.sleep(max(0.0, began + order.gap_s - time.monotonic()))
    line.cut()
    await connection.close()
    return Probed(commit=spread(commits), echo=spread(trips))


async def _run() -> None:
    await obey(Probe, probe)


def main() -> None:
    """Obey the bench."""
    uvloop.run(_run())


if __name__ == "__main__":
    main()

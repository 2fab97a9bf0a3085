"""What the machine can do by itself, measured while the benches run or do not (``python -m
exam_server.bench.prober``): lone durable commits, and round trips over a bare websocket."""

import asyncio
import time

import asyncpg
import msgspec
import uvloop

from exam_server.bench.bare import bare_line
from exam_server.bench.child import obey
from exam_server.bench.orders import Spread, spread
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


_ORDERS: msgspec.json.Decoder[Probe] = msgspec.json.Decoder(Probe)


async def probe(order: Probe) -> Probed:
    """Carry out an order."""
    commits: list[float] = []
    trips: list[float] = []
    connection = await asyncpg.connect(order.url)
    line = await bare_line("127.0.0.1", order.echo_port)
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
    await obey(_ORDERS, probe)


def main() -> None:
    """Obey the bench."""
    uvloop.run(_run())


if __name__ == "__main__":
    main()

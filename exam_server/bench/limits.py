"""What the machine could do at best, measured in the run of a bench."""

import time
from collections.abc import Mapping

import asyncpg
import msgspec

from exam_server.bench.child import Child, started
from exam_server.bench.orders import Bare, BarePush, Done, Order
from exam_server.bench.prober import Probe, Probed
from exam_server.bench.stage import Stage
from exam_server.clock import SystemClock
from exam_server.simulation.serving import tree_cpu_s
from exam_server.store.database import Connection, read_queries

SQL = read_queries(__file__)

QUIET_S, QUIET_GAP_S = 5.0, 0.02
LOADED_GAP_S = 0.1
RAW_S = 4.0
MOST_ROWS = 100_000
CPU_TICK_S = 0.01
"""The system tells CPU time no finer: what costs less counts as one tick."""

WARM_UP = 50
PAYLOAD = b'{"type":"answer","seq":123,"item":45,"response":"B","at_ms":1790000000000}'
CHAIN = b"c" * 32


async def probe_quiet(stage: Stage, seconds: float = QUIET_S) -> Probed:
    """Lone commits and bare echoes with nothing else going on, for a few seconds."""
    stage.tell("probing")
    return await _probe(stage, min(seconds, QUIET_S), QUIET_GAP_S)


async def probe_loaded(stage: Stage, seconds: float) -> Probed:
    """The same beside whatever else goes on."""
    return await _probe(stage, seconds, LOADED_GAP_S)


async def _probe(stage: Stage, seconds: float, gap_s: float) -> Probed:
    order = Probe(url=stage.postgres.url, echo_port=stage.echo_port, seconds=seconds, gap_s=gap_s)
    return await stage.prober.ask(order, Probed)


def probed_limits(quiet: Probed, loaded: Probed) -> Mapping[str, float]:
    """Before and beside the load."""
    return {
        "lone_commit_quiet_p50_ms": quiet.commit.p50,
        "lone_commit_quiet_p99_ms": quiet.commit.p99,
        "lone_commit_p50_ms": loaded.commit.p50,
        "lone_commit_p99_ms": loaded.commit.p99,
        "echo_quiet_p50_ms": quiet.echo.p50,
        "echo_quiet_p99_ms": quiet.echo.p99,
        "echo_p50_ms": loaded.echo.p50,
        "echo_p99_ms": loaded.echo.p99,
    }


class RawInsert(msgspec.Struct, frozen=True, kw_only=True):
    """Durable rows per second, and CPU microseconds per row of client and PostgreSQL together."""

    rows_per_s: float
    us_per_row: float


async def raw_insert(stage: Stage, batch: int, seconds: float = RAW_S) -> RawInsert:
    """Insert batches into a table like the journal, one after the other, while nobody else does anything."""
    stage.tell("inserting", batch=batch)
    connection = await asyncpg.connect(stage.postgres.url)
    try:
        await connection.execute(SQL["create_raw"])
        measured = await _insert(connection, stage.postgres.pid, batch, min(seconds, RAW_S))
        await connection.execute(SQL["drop_raw"])
    finally:
        await connection.close()
    return measured


async def _insert(connection: Connection, postmaster: int, batch: int, seconds: float) -> RawInsert:
    insert = await connection.prepare(SQL["insert_raw"])
    columns = [[value] * batch for value in (1, SystemClock().now(), PAYLOAD, CHAIN)]
    await insert.fetch(range(batch), [0] * batch, *columns)
    rows, began = 0, time.monotonic()
    cpu_s = time.process_time() + tree_cpu_s(postmaster)
    while rows < MOST_ROWS and time.monotonic() < began + seconds:
        await insert.fetch(range(batch), [rows // batch + 1] * batch, *columns)
        rows += batch
    cpu_s = time.process_time() + tree_cpu_s(postmaster) - cpu_s
    return RawInsert(rows_per_s=rows / (time.monotonic() - began), us_per_row=1e6 * cpu_s / rows)


class BareLines(msgspec.Struct, frozen=True, kw_only=True):
    """CPU microseconds per line of the bare server, and of it and the generator together: to connect with one
    echo, and to be sent one message. ``seconds`` for all."""

    connect_seconds: float
    connect_server_us: float
    connect_total_us: float
    push_seconds: float
    push_server_us: float
    push_total_us: float


async def bare_lines(stage: Stage, count: int) -> BareLines:
    """The same generator against a bare server of the same library; nobody else does anything."""
    stage.tell("connecting_bare", count=count)
    bare = Bare(host="127.0.0.1", port=stage.echo_port, connections=count)
    async with started("generator") as generator:
        await generator.ask(msgspec.structs.replace(bare, connections=WARM_UP), Done)
        connect_s, connect_us = await _bare_cost(stage, generator, bare, count)
        push_s, push_us = await _bare_cost(stage, generator, BarePush(), count + WARM_UP)
    return BareLines(
        connect_seconds=connect_s,
        connect_server_us=connect_us[0],
        connect_total_us=sum(connect_us),
        push_seconds=push_s,
        push_server_us=push_us[0],
        push_total_us=sum(push_us),
    )


async def _bare_cost(
    stage: Stage, generator: Child, order: Order, count: int
) -> tuple[float, tuple[float, float]]:
    """Seconds; and CPU microseconds of the bare server and of the generator, each for one of ``count``."""
    server_s, generator_s = tree_cpu_s(stage.echo.pid), tree_cpu_s(generator.pid)
    done = await generator.ask(order, Done)
    server_s = max(CPU_TICK_S, tree_cpu_s(stage.echo.pid) - server_s)
    generator_s = max(CPU_TICK_S, tree_cpu_s(generator.pid) - generator_s)
    return done.seconds, (1e6 * server_s / count, 1e6 * generator_s / count)

"""What the machine could do at best, measured in the run of a bench."""

import time

import asyncpg
import msgspec

from exam_server.bench.child import started
from exam_server.bench.orders import Bare, Done
from exam_server.bench.prober import Probed
from exam_server.bench.stage import Cpu, Stage, say
from exam_server.clock import SystemClock
from exam_server.simulation.serving import tree_cpu_s
from exam_server.store.database import read_queries

SQL = read_queries(__file__)

RAW_S = 4.0
WARM_UP = 50
MOST_ROWS = 100_000
PAYLOAD = b'{"type":"answer","seq":123,"item":45,"response":"B","at_ms":1790000000000}'
CHAIN = b"c" * 32


class RawInsert(msgspec.Struct, frozen=True, kw_only=True):
    """Durable rows per second, and CPU microseconds per row of client and PostgreSQL together."""

    rows_per_s: float
    cpu_us_per_row: float


class BareConnects(msgspec.Struct, frozen=True, kw_only=True):
    """CPU microseconds per connection with one echo: of the bare server, and with the generator."""

    seconds: float
    server_us: float
    total_us: float


async def raw_insert(stage: Stage, batch: int) -> RawInsert:
    """Insert batches into a table like the journal, one after the other, as nobody else does anything."""
    say(f"inserting batches of {batch} rows")
    connection = await asyncpg.connect(stage.postgres.url)
    try:
        await connection.execute(SQL["create_raw"])
        insert = await connection.prepare(SQL["insert_raw"])
        columns = [[value] * batch for value in (1, SystemClock().now(), PAYLOAD, CHAIN)]
        rows, began = 0, time.monotonic()
        cpu_s = time.process_time() + tree_cpu_s(stage.postgres.pid)
        while rows < MOST_ROWS and time.monotonic() < began + RAW_S:
            await insert.fetch(range(batch), [rows // batch + 1] * batch, *columns)
            rows += batch
        seconds = time.monotonic() - began
        cpu_s = time.process_time() + tree_cpu_s(stage.postgres.pid) - cpu_s
        await connection.execute(SQL["drop_raw"])
    finally:
        await connection.close()
    return RawInsert(rows_per_s=rows / seconds, cpu_us_per_row=1e6 * cpu_s / rows)


async def bare_connects(stage: Stage, connections: int) -> BareConnects:
    """Connect to the bare echo with the same generator."""
    say(f"{connections} bare connects")
    async with started("generator") as generator:
        await generator.ask(Bare(host="127.0.0.1", port=stage.echo_port, connections=WARM_UP), Done)
        server_s, generator_s = tree_cpu_s(stage.echo.pid), tree_cpu_s(generator.pid)
        order = Bare(host="127.0.0.1", port=stage.echo_port, connections=connections)
        done = await generator.ask(order, Done)
        server_s = tree_cpu_s(stage.echo.pid) - server_s
        generator_s = tree_cpu_s(generator.pid) - generator_s
    return BareConnects(
        seconds=done.seconds,
        server_us=1e6 * server_s / connections,
        total_us=1e6 * (server_s + generator_s) / connections,
    )


def probe_limits(quiet: Probed, loaded: Probed) -> dict[str, float]:
    """Lone commits and echoes, before and beside the load."""
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


def cpu_figures(cpu: Cpu, count: int, what: str) -> dict[str, float]:
    """CPU seconds, microseconds per ``what``, and each one's share."""
    figures: dict[str, float] = {}
    for name, spent_s in (
        ("server", cpu.server_s),
        ("postgres", cpu.postgres_s),
        ("generator", cpu.generator_s),
    ):
        figures[f"{name}_cpu_s"] = spent_s
        figures[f"{name}_us_per_{what}"] = 1e6 * spent_s / max(1, count)
        figures[f"{name}_cpu_share"] = spent_s / max(1e-9, cpu.total_s)
    return figures

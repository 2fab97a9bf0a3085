"""From send to acknowledged: students of one shift answer over real websockets, beside a lone commit and a
bare echo."""

import asyncio
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
from aiohttp import web

from exam_server.actions.command import Invigilator, PinMaker, command_room
from exam_server.bench.load import Measured, Order
from exam_server.bench.report import BenchReport, percentile, this_machine
from exam_server.clock import SystemClock
from exam_server.protocol.staff import Command
from exam_server.secrets import Secrets, load_secrets
from exam_server.simulation.serving import ServerProcess, free_port, serving, tree_cpu_s
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store.database import Database, fetch_existing, open_database, read_queries
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.migrations import migrate

SQL = read_queries(__file__)

ACK_P99_BOUND_MS = 50.0
LONE_COMMITS = 300
ARRIVAL_S = 600.0


async def run_answers(
    students: int, seconds: float, *, every_s: float = 20.0, workers: int = 1, seed: int = 1
) -> BenchReport:
    """Measure ``students`` who answer once per ``every_s`` for ``seconds``, on a new private PostgreSQL and
    server.

    Raises TimeoutError when server or students do not get ready.
    """
    with tempfile.TemporaryDirectory(prefix="khaothi-bench-") as directory:
        postgres = EmbeddedPostgres(Path(directory) / "postgres")
        try:
            return await _run(Path(directory), postgres, students, seconds, every_s, workers, seed)
        finally:
            postgres.stop()


class Cpu(msgspec.Struct, frozen=True, kw_only=True):
    """CPU seconds while answers were sent."""

    server_s: float
    postgres_s: float


async def _run(
    directory: Path,
    postgres: EmbeddedPostgres,
    students: int,
    seconds: float,
    every_s: float,
    workers: int,
    seed: int,
) -> BenchReport:
    secrets = load_secrets(directory)
    async with open_database(postgres.url) as database:
        await migrate(database)
        world = await _world(database, secrets, students, seed)
        async with serving(directory, postgres.url, workers=workers) as server, _echoing() as echo:
            order = Order(
                address=server.address,
                echo=echo,
                logins=world.students,
                seconds=seconds,
                every_s=every_s,
                seed=seed,
            )
            async with _generator(order) as generator:
                lone_ms = await _lone_commits(database)
                await _ring(database, secrets, world)
                began = _cpu(server, postgres)
                measured = msgspec.json.decode(await _line(generator), type=Measured)
                ended = _cpu(server, postgres)
        held = await _held(database)
    cpu = Cpu(server_s=ended.server_s - began.server_s, postgres_s=ended.postgres_s - began.postgres_s)
    return _report(order, workers, measured, lone_ms, cpu, held)


def _report(
    order: Order, workers: int, measured: Measured, lone_ms: list[float], cpu: Cpu, held: int
) -> BenchReport:
    sent = max(1, measured.sent)
    figures = {
        "ack_p50_ms": percentile(measured.ack_ms, 0.5),
        "ack_p99_ms": percentile(measured.ack_ms, 0.99),
        "ack_max_ms": max(measured.ack_ms),
        "answers_sent": measured.sent,
        "answers_unacknowledged": measured.sent - len(measured.ack_ms),
        "answers_missing_in_journal": measured.sent - held,
        "server_cpu_s": cpu.server_s,
        "postgres_cpu_s": cpu.postgres_s,
        "load_cpu_s": measured.cpu_s,
    }
    limits = {
        "lone_commit_p50_ms": percentile(lone_ms, 0.5),
        "lone_commit_p99_ms": percentile(lone_ms, 0.99),
        "echo_p50_ms": percentile(measured.echo_ms, 0.5),
        "echo_p99_ms": percentile(measured.echo_ms, 0.99),
    }
    return BenchReport(
        name="answers",
        figures={name: round(value, 3) for name, value in figures.items()},
        limits={name: round(value, 3) for name, value in limits.items()},
        bounds={"ack_p99_ms": ACK_P99_BOUND_MS, "answers_unacknowledged": 0, "answers_missing_in_journal": 0},
        ratios={
            "ack_p99_to_lone_commit_p99": round(figures["ack_p99_ms"] / limits["lone_commit_p99_ms"], 2),
            "ack_p99_to_echo_p99": round(figures["ack_p99_ms"] / limits["echo_p99_ms"], 2),
            "server_cpu_ms_per_answer": round(1_000 * cpu.server_s / sent, 3),
            "postgres_cpu_ms_per_answer": round(1_000 * cpu.postgres_s / sent, 3),
        },
        settings={
            "students": len(order.logins),
            "seconds": order.seconds,
            "every_s": order.every_s,
            "workers": workers,
            "seed": order.seed,
        },
        machine=this_machine(),
    )


async def _world(database: Database, secrets: Secrets, students: int, seed: int) -> World:
    opens_at = SystemClock().now() + timedelta(seconds=ARRIVAL_S)
    plan = Plan(opens_at=opens_at, students=students, items=17, minutes=600, name="Đo tải")
    async with database.transaction() as connection:
        world = await make_world(connection, plan, secrets, np.random.default_rng(seed))
    async with database.connection() as connection:
        await connection.execute(SQL["vacuum"])
        await connection.execute(SQL["create_lone"])
    return world


async def _ring(database: Database, secrets: Secrets, world: World) -> None:
    await command_room(
        database,
        world.shift,
        Command(command="start", reason="Đo tải"),
        by=Invigilator(staff_id=world.staff, actor="bench"),
        pins=PinMaker(draw=str, pepper=secrets.pepper),
        now=SystemClock().now(),
    )


async def _lone_commits(database: Database) -> list[float]:
    """One durable INSERT after the other with nothing else going on, in milliseconds."""
    taken: list[float] = []
    async with database.connection() as connection:
        for _ in range(LONE_COMMITS):
            began = time.monotonic()
            await connection.execute(SQL["insert_lone"], b"x" * 100)
            taken.append((time.monotonic() - began) * 1_000)
    return taken


async def _held(database: Database) -> int:
    async with database.connection() as connection:
        return (await fetch_existing(connection, SQL["count_journal"]))[0]


def _cpu(server: ServerProcess, postgres: EmbeddedPostgres) -> Cpu:
    return Cpu(server_s=server.cpu_s(), postgres_s=tree_cpu_s(postgres.pid))


@asynccontextmanager
async def _generator(order: Order) -> AsyncGenerator[Process]:
    """The load generator, once its students wait for the bell."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "exam_server.bench.load", stdin=PIPE, stdout=PIPE, limit=2**26
    )
    try:
        if process.stdin is None:
            raise OSError("no pipe to the load generator")
        process.stdin.write(msgspec.json.encode(order) + b"\n")
        await process.stdin.drain()
        async with asyncio.timeout(ARRIVAL_S):
            await _line(process)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _line(process: Process) -> bytes:
    """The next line of the load generator. Raises OSError when it has ended: its own words are on standard
    error."""
    line = b"" if process.stdout is None else await process.stdout.readline()
    if not line:
        raise OSError("the load generator ended early")
    return line


@asynccontextmanager
async def _echoing() -> AsyncGenerator[str]:
    """A websocket that sends back what it gets: what the network and the event loop cost by themselves."""
    app = web.Application()
    app.router.add_get("/", _echo)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"ws://127.0.0.1:{port}/"
    finally:
        await runner.cleanup()


async def _echo(request: web.Request) -> web.WebSocketResponse:
    line = web.WebSocketResponse(compress=False)
    await line.prepare(request)
    async for message in line:
        await line.send_str(str(message.data))
    return line

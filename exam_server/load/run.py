"""A load run: on a server and database of its own, or against a server that is there."""

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Literal

import msgspec
import numpy as np

from exam_server.actions.command import Invigilator, PinMaker, command_room
from exam_server.bench.report import this_machine
from exam_server.clock import SystemClock
from exam_server.config import Config
from exam_server.errors import Unavailable
from exam_server.load.figures import read_measured
from exam_server.load.gauges import Gauges
from exam_server.load.generator import Generator, Status
from exam_server.load.order import Order
from exam_server.load.report import LoadReport, make_report
from exam_server.load.revisit import check_seen
from exam_server.load.target import Target
from exam_server.protocol.staff import Command
from exam_server.secrets import Secrets, load_secrets
from exam_server.simulation.checker import Verdict, check
from exam_server.simulation.record import read_record
from exam_server.simulation.serving import ServerProcess, serving, tree_cpu_s
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store.database import Database, open_database
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.migrations import migrate

ARRIVAL_S = 3_600.0
STALLED_S = 90.0
PATIENCE_S = 120.0
_POLL_S = 0.25

Phase = Literal["starting", "arriving", "bell", "working", "leaving", "checking"]

Show = Callable[[Phase, float, float], None]
"""Told how much of how much of a phase is done."""

Ring = Callable[[], Awaitable[None]]


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A server of our own with a shift, and its database."""

    target: Target
    server: ServerProcess
    postgres: EmbeddedPostgres
    database: Database
    secrets: Secrets
    world: World


async def run_alone(order: Order, out: Path, show: Show) -> LoadReport:
    """Play the order on a new private PostgreSQL and server; the database is checked at the end.

    Raises Unavailable with code ``load_generator_failed`` or ``load_server_failed``; the logs are in ``out``.
    """
    show("starting", 0, 1)
    async with _stage(order, out) as stage:
        readers = {
            "server": stage.server.cpu_s,
            "postgres": lambda: tree_cpu_s(stage.postgres.pid),
        }
        gauges = Gauges(stage.target.address, readers)
        bell_s = await _play(order, stage.target, out, gauges, show, ring=lambda: _ring(stage))
        show("checking", 0, 1)
        verdict = await check(
            stage.database,
            stage.world.shift,
            read_record(out / "record"),
            grace_ms=Config().grace_ms,
        )
    return _report(order, out, gauges, bell_s, verdict, against=None)


async def run_against(order: Order, target: Target, out: Path, show: Show) -> LoadReport:
    """Play the order on somebody's server, whose bell rings by itself; the check is what it shows afterwards.

    Raises Unavailable with code ``load_generator_failed``.
    """
    show("starting", 0, 1)
    gauges = Gauges(target.address, {})
    bell_s = await _play(order, target, out, gauges, show, ring=None)
    show("checking", 0, 1)
    verdict = check_seen(read_record(out / "record"))
    return _report(order, out, gauges, bell_s, verdict, against=target.address)


def _report(
    order: Order, out: Path, gauges: Gauges, bell_s: float | None, verdict: Verdict, *, against: str | None
) -> LoadReport:
    measured = read_measured(out / "record" / "latencies.json")
    return make_report(
        order, measured, gauges.samples, verdict, bell_s=bell_s, against=against, machine=this_machine()
    )


async def _play(
    order: Order, target: Target, out: Path, gauges: Gauges, show: Show, *, ring: Ring | None
) -> float | None:
    """Let the students sit the exam; when the bell rang, None when it never did."""
    generator = Generator(order, target, out, revisit=ring is None)
    gauges.add("load", generator.cpu_s)
    watching = asyncio.create_task(gauges.watch())
    try:
        if not await _arrived(generator, show, ring=ring):
            return None
        if ring is not None:
            await ring()
        bell_s = time.time()
        await (_left(generator, show) if ring is None else _worked(generator, order, show))
        return bell_s
    finally:
        watching.cancel()
        await generator.stop()
        with suppress(asyncio.CancelledError):
            await watching


async def _arrived(generator: Generator, show: Show, *, ring: Ring | None) -> bool:
    """Wait until everyone waits for the bell, or until it has rung by itself. False when nobody comes any
    more."""
    best, since = -1, time.monotonic()
    while generator.running:
        await asyncio.sleep(_POLL_S)
        status = generator.status() or Status(students=1)
        here = status.waiting + status.left
        if here > best:
            best, since = here, time.monotonic()
        everyone = here >= status.students
        show("bell" if everyone else "arriving", here, status.students)
        if status.running or (everyone and ring is not None):
            return True
        if not everyone and time.monotonic() - since > STALLED_S:
            return False
    if generator.status() is None:
        raise Unavailable("load_generator_failed", file=str(generator.log))
    return False


async def _left(generator: Generator, show: Show) -> None:
    """Wait until all have left, whose time another server counts: each gives up by itself."""
    while generator.running:
        status = generator.status() or Status(students=1)
        show("leaving", status.left, status.students)
        await asyncio.sleep(_POLL_S)


async def _worked(generator: Generator, order: Order, show: Show) -> None:
    """Wait until all have left, but not for ever."""
    began = time.monotonic()
    while generator.running and (gone := time.monotonic() - began) < order.length_s + PATIENCE_S:
        show("working", min(gone, order.length_s), order.length_s)
        await asyncio.sleep(_POLL_S)


@asynccontextmanager
async def _stage(order: Order, out: Path) -> AsyncGenerator[Stage]:
    with tempfile.TemporaryDirectory(prefix="khaothi-load-") as name:
        directory = Path(name)
        postgres = EmbeddedPostgres(directory / "postgres")
        try:
            secrets = load_secrets(directory)
            async with open_database(postgres.url, most=4) as database:
                await migrate(database)
                world = await _make_world(database, secrets, order)
                async with _served(directory, postgres.url, order, out) as server:
                    yield Stage(
                        target=Target(address=server.address, roster=_write_roster(directory, world)),
                        server=server,
                        postgres=postgres,
                        database=database,
                        secrets=secrets,
                        world=world,
                    )
        finally:
            postgres.stop()


@asynccontextmanager
async def _served(directory: Path, url: str, order: Order, out: Path) -> AsyncGenerator[ServerProcess]:
    """The server; what it says is kept in ``out``."""
    async with AsyncExitStack() as stack:
        stack.callback(copyfile, directory / "serve.log", out / "serve.log")
        try:
            server = await stack.enter_async_context(serving(directory, url, workers=order.workers))
        except TimeoutError as error:
            raise Unavailable("load_server_failed", file=str(out / "serve.log")) from error
        yield server


async def _make_world(database: Database, secrets: Secrets, order: Order) -> World:
    plan = Plan(
        opens_at=SystemClock().now() + timedelta(seconds=ARRIVAL_S),
        students=order.students,
        items=17,
        minutes=order.minutes,
        name="Thử tải",
    )
    async with database.transaction() as connection:
        return await make_world(connection, plan, secrets, np.random.default_rng(order.seed))


def _write_roster(directory: Path, world: World) -> Path:
    path = directory / "roster.csv"
    rows = [f"{one.number},{one.pin}\n" for one in world.students]
    path.write_text("number,pin\n" + "".join(rows), encoding="utf-8")
    return path


async def _ring(stage: Stage) -> None:
    await command_room(
        stage.database,
        stage.world.shift,
        Command(command="start", reason="Thử tải"),
        by=Invigilator(staff_id=stage.world.staff, actor="load"),
        pins=PinMaker(draw=str, pepper=stage.secrets.pepper),
        now=SystemClock().now(),
    )

"""Everything a bench plays on: a private PostgreSQL, a real server, a shift, the load generator and the
prober, each in a process of its own."""

import tempfile
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp
import msgspec
import numpy as np

from exam_server.bench.child import Child, started
from exam_server.bench.costs import Cpu, Memory, resident_kib, tree_kib
from exam_server.bench.echo import Here, Where
from exam_server.bench.orders import AwaitBell, Done, Gather, Order, Record, Ticket
from exam_server.clock import SystemClock
from exam_server.config import Config
from exam_server.errors import Unavailable
from exam_server.secrets import Secrets, load_secrets
from exam_server.simulation.checker import Verdict, check
from exam_server.simulation.record import read_record
from exam_server.simulation.serving import ServerProcess, serving, tree_cpu_s
from exam_server.simulation.world import Plan, World, make_world
from exam_server.store.database import Database, open_database, read_queries
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.migrations import migrate
from exam_server.store.sittings import Touched, notify
from exam_server.web.sessions import Ticket as SignedTicket
from exam_server.web.sessions import sign_ticket

SQL = read_queries(__file__)

ITEMS_OF_A_KIND = 17
HOURS = 10


class Tell(Protocol):
    """Who is told of the progress: a key of section ``bench`` in the catalogue, and what it names."""

    def __call__(self, key: str, /, **params: str | int) -> None:
        """Tell."""
        ...


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How many students, on how many worker processes."""

    students: int
    workers: int = 1


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What is there to measure."""

    tell: Tell
    directory: Path
    postgres: EmbeddedPostgres
    database: Database
    server: ServerProcess
    world: World
    secrets: Secrets
    generator: Child
    prober: Child
    echo: Child
    echo_port: int

    async def order(self, order: Order) -> Done:
        """Let the load generator do something."""
        return await self.generator.ask(order, Done)

    async def measure(self, order: Order) -> tuple[Done, Cpu]:
        """The same, and what it cost."""
        before = self.cpu()
        done = await self.order(order)
        return done, self.cpu().since(before)

    async def gather(self) -> Done:
        """Connect all students; they wait for the bell with their form."""
        self.tell("arriving", students=len(self.world.students))
        at = urlsplit(self.server.address)
        order = Gather(host=str(at.hostname), port=int(at.port or 0), tickets=tuple(self._tickets()))
        return await self.order(order)

    def _tickets(self) -> Iterable[Ticket]:
        expires = int((SystemClock().now() + timedelta(hours=HOURS)).timestamp())
        for student in self.world.students:
            signed = sign_ticket(self.secrets.cookie_key, SignedTicket(student.sitting, 1, expires))
            yield Ticket(student.number, signed)

    async def set_bell(self) -> float:
        """Let the server's own clock ring the bell, once everyone has heard that it was moved; that moment on
        the monotonic clock."""
        in_s = 3.0 + len(self.world.students) / 1_000
        now, rings_at = SystemClock().now(), time.monotonic() + in_s
        async with self.database.transaction() as connection:
            await connection.execute(SQL["update_bell"], self.world.shift, now + timedelta(seconds=in_s))
            await notify(connection, Touched(shift=self.world.shift))
        return rings_at

    async def open_papers(self) -> Done:
        """Ring the bell and wait until everyone's paper is open."""
        self.tell("ringing")
        return await self.order(AwaitBell(rang_at=await self.set_bell()))

    def cpu(self) -> Cpu:
        """So far."""
        return Cpu(
            server_s=self.server.cpu_s(),
            postgres_s=tree_cpu_s(self.postgres.pid),
            generator_s=tree_cpu_s(self.generator.pid),
        )

    def memory(self) -> Memory:
        """Now."""
        return Memory(server=resident_kib(self.server.workers()), postgres=tree_kib(self.postgres.pid))

    async def flush_rows(self) -> float:
        """Mean number of events in a flush so far."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.server.address}/metrics") as reply:
            lines = [line.rsplit(" ", 1) for line in (await reply.text()).splitlines()]
        total, count = (
            sum(float(value) for name, value in lines if name.startswith(f"khaothi_journal_flush_rows_{end}"))
            for end in ("sum", "count")
        )
        return total / max(1.0, count)

    async def close(self) -> Verdict:
        """Compare what the students know with the journal; then they and the server are gone.

        What is wrong is told too.
        """
        self.tell("checking")
        record = self.directory / "record.jsonl"
        await self.order(Record(path=str(record)))
        self.generator.kill()
        self.server.stop()
        verdict = await check(
            self.database, self.world.shift, read_record(record), grace_ms=Config().grace_ms
        )
        for finding in verdict.findings:
            self.tell("finding", kind=finding.kind, number=finding.number, detail=finding.detail)
        return verdict


@asynccontextmanager
async def staged(size: Size, tell: Tell) -> AsyncGenerator[Stage]:
    """Set everything up, and take it down at the end."""
    with tempfile.TemporaryDirectory(prefix="khaothi-bench-") as name:
        tell("starting")
        postgres = EmbeddedPostgres(Path(name) / "postgres")
        try:
            async with AsyncExitStack() as stack:
                yield await _stage(stack, Path(name), postgres, size, tell)
        finally:
            postgres.stop()


async def _stage(
    stack: AsyncExitStack, directory: Path, postgres: EmbeddedPostgres, size: Size, tell: Tell
) -> Stage:
    secrets = load_secrets(directory)
    database = await stack.enter_async_context(open_database(postgres.url, most=4))
    await migrate(database)
    world = await _world(database, secrets, size.students)
    echo = await stack.enter_async_context(started("echo"))
    return Stage(
        tell=tell,
        directory=directory,
        postgres=postgres,
        database=database,
        server=await stack.enter_async_context(_serving(directory, postgres, size.workers)),
        world=world,
        secrets=secrets,
        generator=await stack.enter_async_context(started("generator")),
        prober=await stack.enter_async_context(started("prober")),
        echo=echo,
        echo_port=(await echo.ask(Where(), Here)).port,
    )


@asynccontextmanager
async def _serving(
    directory: Path, postgres: EmbeddedPostgres, workers: int
) -> AsyncGenerator[ServerProcess]:
    """Raises Unavailable with code ``bench_server_fails`` and the last it said."""
    async with AsyncExitStack() as stack:
        try:
            server = await stack.enter_async_context(serving(directory, postgres.url, workers=workers))
        except TimeoutError as error:
            said = (directory / "serve.log").read_text(encoding="utf-8").splitlines()
            raise Unavailable("bench_server_fails", reason=said[-1] if said else "") from error
        yield server


async def _world(database: Database, secrets: Secrets, students: int) -> World:
    plan = Plan(
        opens_at=SystemClock().now() + timedelta(hours=1),
        students=students,
        items=ITEMS_OF_A_KIND,
        minutes=HOURS * 60,
        name="Đo tải",
    )
    async with database.transaction() as connection:
        world = await make_world(connection, plan, secrets, np.random.default_rng(1))
    async with database.connection() as connection:
        await connection.execute(SQL["create_lone"])
        await connection.execute(SQL["vacuum"])
    return world

"""Everything a bench plays on: a private PostgreSQL, a real server, a shift, the load generator and the
prober, each in a process of its own."""

import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import msgspec
import numpy as np
import psutil

from exam_server.bench.child import Child, started
from exam_server.bench.echo import Here, Where
from exam_server.bench.orders import AwaitBell, Done, Gather, Journalled, Order, Ticket
from exam_server.bench.prober import Probe, Probed
from exam_server.clock import SystemClock
from exam_server.secrets import Secrets, load_secrets
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
QUIET_S, QUIET_GAP_S = 5.0, 0.02
LOADED_GAP_S = 0.1


class Cpu(msgspec.Struct, frozen=True, kw_only=True):
    """CPU seconds of each process tree."""

    server_s: float
    postgres_s: float
    generator_s: float

    def since(self, earlier: "Cpu") -> "Cpu":
        """What was used in between."""
        return Cpu(
            server_s=self.server_s - earlier.server_s,
            postgres_s=self.postgres_s - earlier.postgres_s,
            generator_s=self.generator_s - earlier.generator_s,
        )

    @property
    def system_s(self) -> float:
        """Of server and PostgreSQL."""
        return self.server_s + self.postgres_s

    @property
    def total_s(self) -> float:
        """Of all."""
        return self.system_s + self.generator_s


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """KiB: the workers' resident memory, and PostgreSQL's, shared pages counted once."""

    server: float
    postgres: float


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What is there to measure."""

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
        say(f"{len(self.world.students)} students arrive")
        address = urlsplit(self.server.address)
        order = Gather(
            host=str(address.hostname), port=int(address.port or 0), tickets=tuple(self._tickets())
        )
        done = await self.order(order)
        say(f"all there after {done.seconds:.1f} s")
        return done

    def _tickets(self) -> Iterable[Ticket]:
        expires = int(SystemClock().now().timestamp()) + HOURS * 3_600
        for student in self.world.students:
            signed = sign_ticket(self.secrets.cookie_key, SignedTicket(student.sitting, 1, expires))
            yield Ticket(student.sitting, signed)

    async def set_bell(self, in_s: float) -> float:
        """Let the server's own clock ring the bell so many seconds from now; that moment on the monotonic
        clock."""
        now, rings_at = SystemClock().now(), time.monotonic() + in_s
        async with self.database.transaction() as connection:
            await connection.execute(SQL["update_bell"], self.world.shift, now + timedelta(seconds=in_s))
            await notify(connection, Touched(shift=self.world.shift))
        return rings_at

    async def open_papers(self) -> Done:
        """Ring the bell and wait until everyone's paper is open."""
        rings_at = await self.set_bell(bell_in_s(len(self.world.students)))
        done = await self.order(AwaitBell(rang_at=rings_at))
        say("the bell has rung")
        return done

    async def probe_quiet(self) -> Probed:
        """Lone commits and bare echoes with nothing else going on."""
        say("measuring the machine by itself")
        return await self._probe(QUIET_S, QUIET_GAP_S)

    async def probe_loaded(self, seconds: float) -> Probed:
        """The same beside whatever else goes on."""
        return await self._probe(seconds, LOADED_GAP_S)

    async def _probe(self, seconds: float, gap_s: float) -> Probed:
        order = Probe(url=self.postgres.url, echo_port=self.echo_port, seconds=seconds, gap_s=gap_s)
        return await self.prober.ask(order, Probed)

    def cpu(self) -> Cpu:
        """So far."""
        return Cpu(
            server_s=self.server.cpu_s(),
            postgres_s=tree_cpu_s(self.postgres.pid),
            generator_s=tree_cpu_s(self.generator.pid),
        )

    def memory(self) -> Memory:
        """Now."""
        root = psutil.Process(self.postgres.pid)
        backends = [root, *root.children(recursive=True)]
        return Memory(
            server=sum(worker.memory_info().rss for worker in self.server.workers()) / 1_024,
            postgres=sum(one.memory_full_info().pss for one in backends) / 1_024,
        )

    async def flush_rows(self) -> float:
        """Mean number of events in a flush so far, of the worker that answers."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.server.address}/metrics") as reply:
            lines = dict(line.rsplit(" ", 1) for line in (await reply.text()).splitlines())
        count = float(lines["khaothi_journal_flush_rows_count"])
        return float(lines["khaothi_journal_flush_rows_sum"]) / max(1.0, count)

    async def missing(self, journalled: Iterable[Journalled]) -> int:
        """How many acknowledged events the journal does not hold."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(SQL["select_journal_counts"])
        held = {row["sitting_id"]: row["events"] for row in rows}
        return sum(max(0, one.acknowledged - held.get(one.sitting, 0)) for one in journalled)


@asynccontextmanager
async def staged(students: int, *, workers: int) -> AsyncGenerator[Stage]:
    """Set everything up, and take it down at the end."""
    with tempfile.TemporaryDirectory(prefix="khaothi-bench-") as name:
        directory = Path(name)
        say("starting PostgreSQL and the server")
        postgres = EmbeddedPostgres(directory / "postgres")
        try:
            async with AsyncExitStack() as stack:
                yield await _stage(stack, directory, postgres, students, workers)
        finally:
            postgres.stop()


async def _stage(
    stack: AsyncExitStack, directory: Path, postgres: EmbeddedPostgres, students: int, workers: int
) -> Stage:
    secrets = load_secrets(directory)
    database = await stack.enter_async_context(open_database(postgres.url, most=4))
    await migrate(database)
    world = await _world(database, secrets, students)
    server = await stack.enter_async_context(serving(directory, postgres.url, workers=workers))
    echo = await stack.enter_async_context(started("echo"))
    return Stage(
        postgres=postgres,
        database=database,
        server=server,
        world=world,
        secrets=secrets,
        generator=await stack.enter_async_context(started("generator")),
        prober=await stack.enter_async_context(started("prober")),
        echo=echo,
        echo_port=(await echo.ask(Where(), Here)).port,
    )


async def _world(database: Database, secrets: Secrets, students: int) -> World:
    opens_at = SystemClock().now() + timedelta(hours=1)
    plan = Plan(
        opens_at=opens_at, students=students, items=ITEMS_OF_A_KIND, minutes=HOURS * 60, name="Đo tải"
    )
    async with database.transaction() as connection:
        world = await make_world(connection, plan, secrets, np.random.default_rng(1))
    async with database.connection() as connection:
        await connection.execute(SQL["create_lone"])
        await connection.execute(SQL["vacuum"])
    return world


def bell_in_s(students: int) -> float:
    """How far ahead to set the bell: everyone first hears that it was moved."""
    return 3.0 + students / 1_000


def say(line: str) -> None:
    """Progress, on standard error."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 -- the command line's own output

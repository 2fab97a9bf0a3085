"""The common stage: a PostgreSQL and a server in processes of their own, to be killed and brought back."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import psutil
from numpy.random import Generator

from exam_server.clock import Clock, SystemClock
from exam_server.config import Config
from exam_server.secrets import Secrets, load_secrets
from exam_server.simulation.serving import ServerProcess, free_port
from exam_server.store.database import open_database
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.migrations import migrate

WORKERS = 2
PATIENCE_S = 60.0
MENDED_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where an exam can be held: what a room must know of server and database."""

    address: str
    database_url: str
    secrets: Secrets
    clock: Clock
    log: Path | None = None


class Stage:
    """Server and database; each ``kill`` and ``restart`` returns when all is up again."""

    def __init__(self, server: ServerProcess, postgres: EmbeddedPostgres, directory: Path) -> None:
        self.server = server
        self.postgres = postgres
        self.directory = directory
        self.site = Site(
            address=server.address,
            database_url=postgres.url,
            secrets=load_secrets(directory),
            clock=SystemClock(),
            log=server.log,
        )

    @property
    def port(self) -> int:
        """The server's."""
        return int(self.server.address.rsplit(":", 1)[1])

    async def mend(self) -> None:
        """Make sure that all is up."""
        await asyncio.to_thread(self.postgres.ensure_running)
        try:
            async with asyncio.timeout(MENDED_S):
                await self.server.answers()
        except TimeoutError:
            self.server.kill()
            await self.server.start()

    async def kill_a_worker(self, rng: Generator) -> None:
        """One that someone is connected to; the supervisor starts another."""
        workers = [worker for worker in self.server.workers() if _has_lines(worker)]
        if workers:
            workers[int(rng.integers(len(workers)))].kill()
        await self.server.answers()

    async def kill_all_workers(self, _: Generator) -> None:
        """The supervisor starts others."""
        self.server.kill_workers()
        await self.server.answers()

    async def kill_the_server(self, _: Generator) -> None:
        """Supervisor and workers; someone starts it again."""
        self.server.kill()
        await self.server.start()

    async def kill_a_backend(self, rng: Generator) -> None:
        """PostgreSQL recovers by itself: one backend killed takes the others with it."""
        backends = psutil.Process(self.postgres.pid).children()
        with suppress(psutil.NoSuchProcess):
            backends[int(rng.integers(len(backends)))].kill()
        await self.database_answers()

    async def kill_the_postmaster(self, _: Generator) -> None:
        """Someone starts it again; orphaned backends go first, as after a crash of the machine."""
        family = psutil.Process(self.postgres.pid)
        for process in [family, *family.children()]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        await self._postgres_back(family)

    async def kill_a_schools_postmaster(self, _: Generator) -> None:
        """The supervisor starts it again."""
        family = psutil.Process(self.postgres.pid)
        for process in [family, *family.children()]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        await asyncio.to_thread(psutil.wait_procs, [family], timeout=30)
        await self.database_answers()
        await asyncio.to_thread(self.postgres.ensure_running)  # it is: this looks up the new process

    async def restart_postgres_fast(self, _: Generator) -> None:
        """As at an update: connections are cut, all is written."""
        await self._stop_postgres(signal.SIGINT)

    async def restart_postgres_at_once(self, _: Generator) -> None:
        """An immediate shutdown: nothing is written, the next start recovers."""
        await self._stop_postgres(signal.SIGQUIT)

    async def _stop_postgres(self, how: signal.Signals) -> None:
        postmaster = psutil.Process(self.postgres.pid)
        postmaster.send_signal(how)
        await self._postgres_back(postmaster)

    async def _postgres_back(self, postmaster: psutil.Process) -> None:
        await asyncio.to_thread(psutil.wait_procs, [postmaster], timeout=30)
        await asyncio.to_thread(self.postgres.ensure_running)
        await self.server.answers()

    async def database_answers(self) -> None:
        """Wait until the database takes connections again, and the server does."""
        await database_answers(self.site.database_url)
        await self.server.answers()


def _has_lines(worker: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        lines = worker.net_connections(kind="tcp")
        return any(line.status == psutil.CONN_ESTABLISHED for line in lines)
    return False


async def database_answers(url: str) -> None:
    """Wait until the database takes connections. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_S):
        while not await _connects(url):  # noqa: ASYNC110 -- nobody tells us
            await asyncio.sleep(0.05)


async def _connects(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=5)
        await connection.close()
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    return True


@asynccontextmanager
async def staged() -> AsyncGenerator[Stage]:
    """A database of its own, migrated, and a server of several workers that answers."""
    with TemporaryDirectory(prefix="khaothi-faults-") as name:
        directory = Path(name)
        postgres = EmbeddedPostgres(directory / "postgres")
        config = Config(data=directory, database_url=postgres.url, port=free_port(), workers=WORKERS)
        server = ServerProcess(config)
        try:
            async with open_database(postgres.url, most=2) as database:
                await migrate(database)
            await server.start()
            yield Stage(server, postgres, directory)
        finally:
            server.stop()
            postgres.stop()


@asynccontextmanager
async def school(directory: Path) -> AsyncGenerator[Stage]:
    """A server that keeps its own PostgreSQL running, all in this directory."""
    server = ServerProcess(Config(data=directory, port=free_port()))
    try:
        await server.start()
        yield Stage(server, EmbeddedPostgres(directory / "postgres"), directory)
    finally:
        server.stop()


@asynccontextmanager
async def second_server(stage: Stage) -> AsyncGenerator[ServerProcess]:
    """Another server of one worker on the stage's database, with the same keys."""
    server = ServerProcess(
        Config(data=stage.directory, database_url=stage.site.database_url, port=free_port())
    )
    try:
        await server.start()
        yield server
    finally:
        server.stop()


async def strike(
    rounds: int,
    rng: Generator,
    before: Callable[[], Awaitable[None]],
    blow: Callable[[], Awaitable[None]],
    *,
    longest_s: float = 1.0,
) -> None:
    """So many blows, each at a random moment within ``longest_s`` after what comes ``before``."""
    for _ in range(rounds):
        await before()
        await asyncio.sleep(float(rng.uniform(0, longest_s)))
        await blow()

"""A server with an exam morning in a PostgreSQL of its own, for commands outside the tests."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import msgspec

import exam_server.store
from exam_server.secrets import Secrets
from exam_server.store.database import Database, open_database
from exam_server.store.embedded import EmbeddedPostgres
from tests.browser.clock import ExamClock
from tests.browser.record import Record
from tests.browser.site import Site, running_site
from tests.browser.world import World

SCHEMA = Path(exam_server.store.__file__).parent / "schema.sql"


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A running exam morning."""

    site: Site
    clock: ExamClock
    world: World
    record: Record


@contextmanager
def own_postgres() -> Generator[EmbeddedPostgres]:
    """A PostgreSQL that is gone at the end."""
    with TemporaryDirectory(prefix="khaothi-day-") as directory:
        postgres = EmbeddedPostgres(Path(directory) / "postgres")
        try:
            yield postgres
        finally:
            postgres.stop()


@asynccontextmanager
async def exam_day(
    postgres: EmbeddedPostgres, name: str, make: Callable[[Database, Secrets], Awaitable[World]]
) -> AsyncGenerator[Day]:
    """The morning that ``make`` makes, in a database called ``name``, served."""
    await _command(postgres.url, f"CREATE DATABASE {name}")
    await _command(postgres.url_of(name), SCHEMA.read_text(encoding="utf-8"))
    secrets = Secrets(pepper=b"p" * 32, cookie_key=b"c" * 32, master_key=b"m" * 32)
    async with open_database(postgres.url_of(name)) as database:
        world = await make(database, secrets)
        clock = ExamClock()
        async with running_site(database, secrets, clock) as site:
            yield Day(site=site, clock=clock, world=world, record=Record(site, world))


async def _command(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()

"""What every command needs: its settings, the database, the server's keys, a clock."""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from exam_server.clock import SystemClock
from exam_server.config import Config, Options, read_config, read_environment
from exam_server.errors import Conflict, Invalid, Unavailable
from exam_server.secrets import Secrets, load_secrets
from exam_server.store.database import AWAY, REFUSED, Database, open_database
from exam_server.store.migrations import migrate

T = TypeVar("T")

ACTOR = "command line"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Open for one command."""

    config: Config
    database: Database
    secrets: Secrets
    clock: SystemClock


def settings(options: Options | None = None) -> Config:
    """The settings of this process, whose data directory is there.

    Raises Invalid when one cannot be read, and with code ``bad_data_directory`` when nothing can be kept
    there.
    """
    config = read_config(read_environment(os.environ), options)
    directory = str(config.data)
    try:
        config.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid("bad_data_directory", place=directory, directory=directory) from error
    if not os.access(config.data, os.W_OK | os.X_OK):
        raise Invalid("bad_data_directory", place=directory, directory=directory)
    return config


def in_session(data: Path | None, work: Callable[[Session], Awaitable[T]]) -> T:
    """Run a command's work on an up-to-date database and return what it does."""
    config = settings(Options(data=data))
    with postgres(config) as url:
        return asyncio.run(_work(config, url, work))


async def _work(config: Config, url: str, work: Callable[[Session], Awaitable[T]]) -> T:
    async with opened(config, url) as session:
        await migrate(session.database)
        return await work(session)


@contextmanager
def postgres(config: Config) -> Generator[str]:
    """The address of a database that runs: the configured one, or the private one.

    The private one is stopped at the end, unless a server that was there before uses it.
    """
    if config.database_url is not None:
        yield config.database_url
        return
    from exam_server.store.embedded import EmbeddedPostgres

    with alone(config.data) as first:
        private = EmbeddedPostgres(config.data / "postgres")
        try:
            yield private.url
        finally:
            if first:
                private.stop()


@contextmanager
def alone(data: Path) -> Generator[bool]:
    """Hold the data directory's lock when nobody has it: True then, False when another program does."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def only_server(data: Path) -> Generator[None]:
    """Hold the data directory for this server. Raises Conflict with code ``already_running``."""
    with alone(data) as first:
        if not first:
            raise Conflict("already_running", place=str(data), directory=str(data))
        yield


@asynccontextmanager
async def opened(config: Config, url: str) -> AsyncGenerator[Session]:
    """A session on a running database.

    Raises Unavailable with code ``database_away`` when it cannot be reached; Invalid with
    ``database_refused``
    when the address, the user, the password or the database's name is wrong.
    """
    secrets = load_secrets(config.data)
    try:
        async with open_database(url, most=4) as database:
            yield Session(config=config, database=database, secrets=secrets, clock=SystemClock())
    except REFUSED as error:
        raise Invalid("database_refused", reason=str(error)) from error
    except AWAY as error:
        raise Unavailable("database_away") from error

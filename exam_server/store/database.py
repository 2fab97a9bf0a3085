"""The connection pool, and SQL read from .sql files."""

import asyncio
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg

from exam_server.errors import Unavailable

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
"""A connection, usually inside a transaction that an action opened."""

AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a query begun just when the server says that it shuts down
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""What is raised while the database is away, starting, stopping or out of room: trying again may work."""

TROUBLE = (*AWAY, asyncpg.PostgresError)
"""Whatever the database may raise, our own wrong queries too."""

REFUSED = (
    asyncpg.ClientConfigurationError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)
"""What is raised when the address, user, password or database name is wrong: only a change helps."""

CHANNEL = "khaothi"
"""Where workers notify each other of what they changed."""

_NAMED = re.compile(r"^-- name: (\w+)\n-- (.+)\n", re.MULTILINE)
_WARNINGS = frozenset({"WARNING", "ERROR", "FATAL", "PANIC"})


def read_queries(module_file: str) -> dict[str, str]:
    """The queries of the .sql file beside a module, by name.

    Each starts with ``-- name: select_x`` and one line of what it does; the name tells the cardinality:
    ``select_x`` must exist, ``select_optional_x``, ``select_xs``, ``lock_x``.
    """
    text = Path(module_file).with_suffix(".sql").read_text(encoding="utf-8")
    starts = list(_NAMED.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return {match[1]: text[match.end() : end].strip() for match, end in zip(starts, ends, strict=True)}


async def fetch_existing(connection: Connection, query: str, *arguments: object) -> asyncpg.Record:
    """The first row, which must exist. Raises LookupError when it does not."""
    row = await connection.fetchrow(query, *arguments)
    if row is None:
        raise LookupError(query)
    return row


@contextmanager
def doubts(connection: Connection) -> Generator[list[str]]:
    """Collects the warnings that the server sends meanwhile.

    A commit that was cancelled while it waited for the standby succeeds with a warning: it is not durable.
    """
    heard: list[str] = []

    def listen(_: object, message: asyncpg.PostgresLogMessage) -> None:
        if message.as_dict()["severity_en"] in _WARNINGS:
            heard.append(str(message))

    connection.add_log_listener(listen)
    try:
        yield heard
    finally:
        connection.remove_log_listener(listen)


SQL = read_queries(__file__)


class Database:
    """A pool of connections, and transactions on it. ``url`` is for connections that live as long as the
    process."""

    def __init__(self, pool: asyncpg.Pool, url: str) -> None:
        self.pool = pool
        self.url = url

    @asynccontextmanager
    async def transaction(self, *, by_key: bool = False) -> AsyncGenerator[Connection]:
        """A connection in a transaction: committed at the end, rolled back on an error. ``by_key``: rows are
        found by their keys, whatever the statistics say of tables that fill within minutes of the bell.

        Raises Unavailable with code ``commit_in_doubt`` when the commit came back with a warning.
        """
        async with self.pool.acquire() as connection:
            with doubts(connection) as heard:
                async with connection.transaction():
                    if by_key:
                        await connection.execute(SQL["set_by_key"])
                    yield connection
            if heard:
                raise Unavailable("commit_in_doubt")

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Connection]:
        """A connection whose queries all see the database at one instant, for reading."""
        async with (
            self.pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield connection

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """A connection without a transaction, for reading."""
        async with self.pool.acquire() as connection:
            yield connection


@asynccontextmanager
async def open_database(url: str, *, most: int = 10) -> AsyncGenerator[Database]:
    """Open a pool of at most ``most`` connections and close it at the end."""
    async with asyncpg.create_pool(url, min_size=1, max_size=most) as pool:
        yield Database(pool, url)


@asynccontextmanager
async def hear(url: str) -> AsyncGenerator[asyncio.Queue[str | None]]:
    """What workers notify each other of, as JSON text; None when the connection is lost, and then no more."""
    heard: asyncio.Queue[str | None] = asyncio.Queue()
    connection = await asyncpg.connect(url)
    try:
        connection.add_termination_listener(lambda *_: heard.put_nowait(None))
        await connection.add_listener(CHANNEL, lambda *news: heard.put_nowait(str(news[3])))
        yield heard
    finally:
        connection.terminate()

"""The connection pool, and SQL read from .sql files."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
"""A connection, usually inside a transaction that an action opened."""

_NAMED = re.compile(r"^-- name: (\w+)\n-- (.+)\n", re.MULTILINE)


def read_queries(module_file: str) -> dict[str, str]:
    """The queries of the .sql file beside a module, by name.

    Each starts with ``-- name: select_x`` and one line of what it does; the name tells the cardinality:
    ``select_x`` must exist, ``select_optional_x``, ``select_xs``, ``lock_x``.
    """
    text = Path(module_file).with_suffix(".sql").read_text(encoding="utf-8")
    starts = list(_NAMED.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return {match[1]: text[match.end() : end].strip() for match, end in zip(starts, ends, strict=True)}


class Database:
    """A pool of connections, and transactions on it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction: committed at the end, rolled back on an error."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection without a transaction, for reading."""
        async with self.pool.acquire() as connection:
            yield connection


@asynccontextmanager
async def open_database(url: str, *, most: int = 10) -> AsyncIterator[Database]:
    """Open a pool of at most ``most`` connections and close it at the end."""
    async with asyncpg.create_pool(url, min_size=1, max_size=most) as pool:
        yield Database(pool)

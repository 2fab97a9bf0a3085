"""What the database holds of a sitting, and those who hold the database up."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg

from exam_server.metrics import REGISTRY
from exam_server.store.database import Connection, Database
from exam_server.store.journal import select_journal
from tests.exam_server.web.exam_room import Room


async def journalled(database: Database, sitting: int) -> list[bytes]:
    async with database.connection() as connection:
        return [link.payload for link in await select_journal(connection, sitting)]


async def evidence(database: Database, room: Room, count: int, place: int = 0) -> list[tuple[str, bytes]]:
    """What was kept as evidence, once as much as expected is there: it is stored beside the conversation."""
    async with asyncio.timeout(10), database.connection() as connection:
        while True:
            rows = await connection.fetch(
                "SELECT why, payload FROM evidence WHERE sitting_id = $1 ORDER BY id",
                room.world.students[place].sitting,
            )
            if len(rows) >= count:
                return [(row["why"], row["payload"]) for row in rows]


async def log_kinds(database: Database, sitting: int) -> list[str]:
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT kind FROM sitting_event WHERE sitting_id = $1 ORDER BY n", sitting
        )
        return [row["kind"] for row in rows]


async def presence(database: Database, sitting: int, *, connected: bool, unsaved: int) -> asyncpg.Record:
    async with asyncio.timeout(10), database.connection() as connection:
        while True:
            row = await connection.fetchrow("SELECT * FROM presence WHERE sitting_id = $1", sitting)
            if row is not None and (row["connected"], row["unsaved"]) == (connected, unsaved):
                return row


def connections() -> float | None:
    return REGISTRY.get_sample_value("khaothi_connections")


def queue_length() -> float | None:
    """How many wait at the entrance."""
    return REGISTRY.get_sample_value("khaothi_entrance_queue")


WAITER = "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


async def waiter(holder: asyncpg.Connection | Connection) -> int:
    """The process of the database that waits for the holder, once one does."""
    async with asyncio.timeout(10):
        while (pid := await holder.fetchval(WAITER)) is None:
            pass
    return pid


@asynccontextmanager
async def locked(database_url: str, statement: str) -> AsyncGenerator[asyncpg.Connection]:
    """A transaction of someone else, who has locked something."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute(statement)
            yield connection
    finally:
        await connection.close()

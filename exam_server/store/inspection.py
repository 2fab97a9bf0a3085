"""How the database is set up, and how long it takes to make something durable. Changes nothing."""

import time
from typing import Literal

import msgspec

from exam_server.store.database import Connection, fetch_existing, read_queries

SQL = read_queries(__file__)

PAYLOAD = "x" * 200
"""About what an answer adds to the write-ahead log."""


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether a committed answer survives a power cut. ``version`` like 180001."""

    version: int
    fsync: Literal["on", "off"]
    synchronous_commit: str
    full_page_writes: Literal["on", "off"]
    max_connections: int
    replica: bool


async def select_settings(connection: Connection) -> DatabaseSettings:
    """The settings that this connection is under."""
    return DatabaseSettings(**await fetch_existing(connection, SQL["select_settings"]))


async def select_has_forms(connection: Connection) -> bool:
    """Whether the program's tables are there already."""
    return bool(await connection.fetchval(SQL["select_has_forms"]))


async def time_lone_commits(connection: Connection, seconds: float, most: int) -> list[float]:
    """Milliseconds of single durable commits, one after the other, for ``seconds`` or ``most`` of them.

    Each writes a message to the write-ahead log that nobody reads: no table, no row, nothing stays.
    """
    taken_ms: list[float] = []
    end = time.monotonic() + seconds
    while not taken_ms or (time.monotonic() < end and len(taken_ms) < most):
        began = time.perf_counter()
        await connection.execute(SQL["emit_message"], PAYLOAD)
        taken_ms.append((time.perf_counter() - began) * 1_000)
    return taken_ms

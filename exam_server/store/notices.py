"""Invigilators' messages to candidates."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from exam_server.store.database import Connection, fetch_existing, read_queries

SQL = read_queries(__file__)


class StoredNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A message; ``sitting_id`` None means everyone in the shift."""

    id: int
    shift_id: int
    sitting_id: int | None
    text: str
    at: datetime


async def insert_notice(
    connection: Connection, shift_id: int, sitting_id: int | None, staff_id: int, text: str, at: datetime
) -> int:
    """Store a message; its id."""
    row = await fetch_existing(connection, SQL["insert_notice"], shift_id, sitting_id, staff_id, text, at)
    return row["id"]


async def select_notice(connection: Connection, notice_id: int) -> StoredNotice:
    """A message that must exist."""
    row = await fetch_existing(connection, SQL["select_notice"], notice_id)
    return StoredNotice(**dict(row))


async def select_notices(connection: Connection, sitting_ids: Sequence[int]) -> dict[int, list[StoredNotice]]:
    """All messages to each of these candidates, oldest first."""
    told: dict[int, list[StoredNotice]] = {sitting_id: [] for sitting_id in sitting_ids}
    for row in await connection.fetch(SQL["select_notices"], sitting_ids):
        values = dict(row)
        told[values.pop("told")].append(StoredNotice(**values))
    return told

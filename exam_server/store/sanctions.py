"""Sanctions on sittings."""

from datetime import datetime

import msgspec

from exam_server.protocol.staff import SanctionKind
from exam_server.store.database import Connection, read_queries

SQL = read_queries(__file__)


class SanctionedSitting(msgspec.Struct, frozen=True, kw_only=True):
    """Whose sitting it is."""

    id: int
    number: str
    name: str


class StoredSanction(msgspec.Struct, frozen=True, kw_only=True):
    """A sanction."""

    id: int
    exam_id: int
    sitting: int
    number: str
    name: str
    kind: SanctionKind
    reason: str
    recorded_by: str
    recorded_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None


async def lock_optional_sitting(
    connection: Connection, exam_id: int, number: str
) -> SanctionedSitting | None:
    """The sitting of a candidate number, held until the transaction ends."""
    row = await connection.fetchrow(SQL["lock_optional_sitting"], exam_id, number)
    return None if row is None else SanctionedSitting(**row)


async def insert_sanction(
    connection: Connection, sitting_id: int, kind: SanctionKind, reason: str, staff_id: int, now: datetime
) -> int | None:
    """Add a sanction and return the id; None when one is in force."""
    return await connection.fetchval(SQL["insert_sanction"], sitting_id, kind, reason, staff_id, now)


async def select_sanctions(connection: Connection, exam_id: int) -> list[StoredSanction]:
    """The sanctions of an exam, newest first."""
    rows = await connection.fetch(SQL["select_sanctions"], exam_id, None)
    return [StoredSanction(**row) for row in rows]


async def select_optional_sanction(connection: Connection, sanction_id: int) -> StoredSanction | None:
    """A sanction."""
    row = await connection.fetchrow(SQL["select_sanctions"], None, sanction_id)
    return None if row is None else StoredSanction(**row)


async def select_in_force(connection: Connection, exam_id: int) -> dict[int, SanctionKind]:
    """The sanctions that count in an exam, by sitting."""
    rows = await connection.fetch(SQL["select_in_force"], exam_id)
    return {row["sitting_id"]: row["kind"] for row in rows}


async def update_revoked(
    connection: Connection, sanction_id: int, staff_id: int, reason: str, now: datetime
) -> bool:
    """Let a sanction count no more; False when it did not before."""
    done = await connection.fetchval(SQL["update_revoked"], sanction_id, staff_id, now, reason)
    return done is not None

"""Which scripts a result is made of. What is in them comes from the journal."""

from datetime import datetime

import msgspec

from exam_server.protocol.sitting import SittingState
from exam_server.store.database import Connection, read_queries

SQL = read_queries(__file__)


class ScriptHead(msgspec.Struct, frozen=True, kw_only=True):
    """Whose script it is."""

    sitting: int
    number: str
    name: str
    class_name: str | None
    state: SittingState


async def select_script_heads(
    connection: Connection, exam_id: int, teacher_id: int | None
) -> list[ScriptHead]:
    """Every sitting of an exam; for a teacher those of their classes' pupils."""
    rows = await connection.fetch(SQL["select_script_heads"], exam_id, teacher_id)
    return [ScriptHead(**row) for row in rows]


async def select_item_is_released(
    connection: Connection, item_id: int, teacher_id: int, now: datetime
) -> bool:
    """Whether a pupil of the teacher has handed in a paper with this item, and nobody may still sit one."""
    return bool(await connection.fetchval(SQL["select_item_is_released"], item_id, teacher_id, now))


async def select_unreleased_items(connection: Connection, exam_id: int, now: datetime) -> frozenset[int]:
    """The items of an exam that are on a paper, its own or another exam's, that somebody may still sit."""
    rows = await connection.fetch(SQL["select_unreleased_items"], exam_id, now)
    return frozenset(row["item_id"] for row in rows)

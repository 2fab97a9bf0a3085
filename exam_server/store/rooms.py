"""A shift's room: every seat at a glance, and its log."""

from datetime import datetime

import msgspec

from exam_server.core.timing import Terms, Times
from exam_server.protocol.sitting import SittingState
from exam_server.protocol.staff import LogRow
from exam_server.store.database import Connection, read_queries

SQL = read_queries(__file__)


class StoredSeat(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting with its presence and its clock. ``attended``: the worker that told the presence is alive."""

    sitting: int
    number: str
    name: str
    seat: str | None
    state: SittingState
    connected: bool
    seen_at: datetime | None
    attended: bool
    answered: int
    flagged: int
    unsaved: int
    received_form: bool
    takeovers: int
    incidents: int
    started_at: datetime | None
    paused_at: datetime | None
    paused_ms: int
    extra_ms: int

    def times(self) -> Times:
        """For ``core.timing``."""
        return Times(
            started_at=self.started_at,
            paused_at=self.paused_at,
            paused_ms=self.paused_ms,
            extra_ms=self.extra_ms,
        )


async def select_terms(connection: Connection, shift_id: int) -> tuple[Terms, int]:
    """The terms of an existing shift, and how many items its paper has."""
    [row] = await connection.fetch(SQL["select_terms"], shift_id)
    values = dict(row)
    items: int = values.pop("items")
    return Terms(**values), items


async def select_seats(connection: Connection, shift_id: int) -> list[StoredSeat]:
    """Every seat, by number."""
    return [StoredSeat(**row) for row in await connection.fetch(SQL["select_seats"], shift_id)]


async def select_log(connection: Connection, shift_id: int, limit: int) -> tuple[LogRow, ...]:
    """The newest lines of the logs of a shift's sittings."""
    return tuple(LogRow(**row) for row in await connection.fetch(SQL["select_log"], shift_id, limit))

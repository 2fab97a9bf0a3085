"""What happens to shifts by the clock: the bell, and the end of time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from exam_server.actions.sit import SERVER
from exam_server.core.sitting import Command, Happening, decide
from exam_server.errors import Conflict
from exam_server.store import sittings
from exam_server.store.database import Connection, Database
from exam_server.store.sittings import Change, StoredSitting, Touched

SWEEP_SLACK = timedelta(seconds=1)
"""How long after deadline and grace the server closes a sitting: events received in time are in its queue."""

GONE_AFTER = timedelta(seconds=15)
"""How long a worker has to end its own sittings before another does: longer than its flush may take."""


async def open_due(database: Database, now: datetime) -> Sequence[int]:
    """Ring every bell that is due: all who wait start at ``now``. The shifts' ids."""
    async with database.transaction(by_key=True) as connection:
        due = await sittings.lock_due_shifts(connection, now)
        if due:
            await ring(connection, due, actor=SERVER, reason=None, now=now)
        return due


async def ring(
    connection: Connection, shift_ids: Sequence[int], *, actor: str, reason: str | None, now: datetime
) -> Sequence[int]:
    """Ring the bells of shifts that the transaction has locked; the sittings that started."""
    started = await sittings.ring_bells(connection, shift_ids, actor, reason, now)
    for shift_id in shift_ids:
        await sittings.notify(connection, Touched(shift=shift_id, bell_at=now))
    return started


async def close_due(database: Database, now: datetime, *, grace_ms: int, worker: int) -> Sequence[int]:
    """End some sittings whose time and grace are over, at most ``MAX_ENDED``. Their ids.

    Whatever the caller's own worker had taken of them before must be in the journal. Those that another
    worker holds are left to it, unless it seems to be gone.
    """
    over = now - timedelta(milliseconds=grace_ms)
    async with database.transaction(by_key=True) as connection:
        due = await sittings.lock_due_sittings(connection, over - SWEEP_SLACK, worker, over - GONE_AFTER)
        changes = [change for one in due if (change := _closed(one, now)) is not None]
        await sittings.write_changes(connection, changes)
        closed = tuple(change.before.id for change in changes)
        if closed:
            await sittings.notify(connection, Touched(sittings=closed))
        return closed


async def next_bell(database: Database, now: datetime) -> datetime | None:
    """When the next bell is due."""
    async with database.connection() as connection:
        return await sittings.select_next_bell(connection, now)


def _closed(stored: StoredSitting, now: datetime) -> Change | None:
    """None when the stored deadline was only a hint: an invigilator gave time meanwhile."""
    try:
        event = decide(stored.sitting, stored.terms, Command(what=Happening.CLOSED, by="server"), now)
    except Conflict:
        return None
    return sittings.change(stored, [event], SERVER)

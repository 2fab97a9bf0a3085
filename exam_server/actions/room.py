"""The room as the invigilator sees it."""

from datetime import datetime, timedelta

from exam_server.actions.command import Invigilator, Outcome, PinMaker, command_room
from exam_server.actions.roster import check_shift, new_pin
from exam_server.core.timing import Terms, deadline, remaining_ms
from exam_server.protocol.staff import Command, Log, RoomView, Seat
from exam_server.secrets import Secrets
from exam_server.store import exams, logins, rooms
from exam_server.store.database import Database
from exam_server.store.staff import StaffMember

MAX_LOG = 2_000

SILENCE = timedelta(seconds=20)
"""After this long a tab is no longer taken for connected when the worker that said so is silent too. A worker
that is alive tells at once when a tab leaves."""

_RUNNING = frozenset({"running", "paused"})


async def view_room(database: Database, shift_id: int, caller: StaffMember, *, now: datetime) -> RoomView:
    """Every seat of a shift. Raises NotFound without such a shift, Denied when it is not the caller's."""
    async with database.transaction() as connection:
        await check_shift(connection, shift_id, caller)
        [shift] = await exams.select_shifts(connection, shift_id=shift_id)
        terms, items = await rooms.select_terms(connection, shift_id)
        stored = await rooms.select_seats(connection, shift_id)
    return RoomView(
        shift=shift, now=now, items=items, seats=tuple(_seat(seat, terms, now) for seat in stored)
    )


async def view_log(database: Database, shift_id: int, caller: StaffMember) -> Log:
    """What happened in a shift, newest first. Raises as ``view_room``."""
    async with database.connection() as connection:
        await check_shift(connection, shift_id, caller)
        return Log(rows=await rooms.select_log(connection, shift_id, MAX_LOG))


async def command_shift(
    database: Database,
    secrets: Secrets,
    shift_id: int,
    command: Command,
    caller: StaffMember,
    *,
    now: datetime,
) -> Outcome:
    """Carry out a command in a shift that is the caller's.

    Raises as ``view_room`` and ``command.command_room``.
    """
    async with database.connection() as connection:
        await check_shift(connection, shift_id, caller)
    outcome = await command_room(
        database,
        shift_id,
        command,
        by=Invigilator(staff_id=caller.id, actor=f"staff:{caller.username}"),
        pins=PinMaker(draw=new_pin, pepper=secrets.pepper),
        now=now,
    )
    if outcome.pins:
        async with database.transaction() as connection:
            await logins.delete_attempts_of_sittings(connection, list(outcome.pins))
    return outcome


def _is_connected(seat: rooms.StoredSeat, now: datetime) -> bool:
    fresh = seat.seen_at is not None and now - seat.seen_at <= SILENCE
    return seat.connected and (seat.attended or fresh)


def _seat(seat: rooms.StoredSeat, terms: Terms, now: datetime) -> Seat:
    running = seat.state in _RUNNING
    times = seat.times()
    return Seat(
        sitting=seat.sitting,
        number=seat.number,
        name=seat.name,
        seat=seat.seat,
        state=seat.state,
        connected=_is_connected(seat, now),
        seen_at=seat.seen_at,
        answered=seat.answered,
        flagged=seat.flagged,
        unsaved=seat.unsaved,
        received_form=seat.received_form,
        deadline_at=deadline(times, terms) if running and times.paused_at is None else None,
        remaining_ms=remaining_ms(times, terms, now) if running else None,
        extra_ms=seat.extra_ms,
        takeovers=seat.takeovers,
        incidents=seat.incidents,
    )

"""What an invigilator does to the candidates of a shift. Each act is recorded with its reason, by sitting."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import msgspec

from exam_server.actions import shift
from exam_server.core.pin import pin_hmac
from exam_server.core.sitting import Command as Decision
from exam_server.core.sitting import Happening, decide
from exam_server.errors import Conflict, Invalid, KhaoThiError
from exam_server.protocol.staff import Command, CommandName
from exam_server.store import notices, sittings
from exam_server.store.audit import record
from exam_server.store.database import Connection, Database
from exam_server.store.sittings import Change, LogEntry, StoredSitting, Touched

MAX_MINUTES = 600
MAX_TEXT = 1_000
MAX_REASON = 500

_HAPPENINGS: Mapping[CommandName, Happening] = MappingProxyType(
    {
        "admit": Happening.ADMITTED,
        "start": Happening.STARTED,
        "pause": Happening.PAUSED,
        "resume": Happening.RESUMED,
        "add_time": Happening.EXTENDED,
        "force_submit": Happening.CLOSED,
        "end": Happening.CLOSED,
        "void": Happening.VOIDED,
    }
)


class Invigilator(msgspec.Struct, frozen=True, kw_only=True):
    """Who commands: ``actor`` as recorded."""

    staff_id: int
    actor: str


class PinMaker(msgspec.Struct, frozen=True, kw_only=True):
    """Where new PINs come from: chance, and the pepper that hides them."""

    draw: Callable[[], str]
    pepper: bytes


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a command: sittings changed, those it could not be applied to with why, and new PINs."""

    applied: tuple[int, ...]
    refused: tuple[tuple[int, KhaoThiError], ...] = ()
    pins: Mapping[int, str] = MappingProxyType({})


async def command_room(
    database: Database,
    shift_id: int,
    command: Command,
    *,
    by: Invigilator,
    pins: PinMaker,
    now: datetime,
) -> Outcome:
    """Carry out a command for some or all sittings of a shift, in one transaction.

    A command to everyone passes by those it does not concern, such as a pause for one who has handed in;
    named sittings are answered one by one. Raises Invalid: ``reason_needed``, ``reason_too_long``,
    ``bad_minutes``, ``text_needed``, ``text_too_long``, ``whole_shift_only``; NotFound ``no_shift``; Conflict
    ``shift_over`` when the bell comes too late, ``bell_not_rung`` when the end comes before it.
    """
    _check(command)
    async with database.transaction() as connection:
        bell_at, closes_at = await sittings.lock_shift_bell(connection, shift_id)
        await record(
            connection, now=now, actor=by.actor, action=f"room.{command.command}", subject=f"shift:{shift_id}"
        )
        if command.command == "start" and command.sittings is None and bell_at is None:
            if now >= closes_at:
                raise Conflict("shift_over")
            started = await shift.ring(connection, [shift_id], actor=by.actor, reason=command.reason, now=now)
            return Outcome(applied=tuple(started))
        if command.command == "end":
            if bell_at is None:
                raise Conflict("bell_not_rung")
            await sittings.close_shift(connection, shift_id, now)
        concerned = await _concerned(connection, shift_id, command.sittings)
        return await _carry_out(connection, shift_id, concerned, command, by, pins, now)


async def _concerned(
    connection: Connection, shift_id: int, ids: Sequence[int] | None
) -> Sequence[StoredSitting]:
    """Raises Invalid with code ``other_shift`` when a named sitting is not of the shift."""
    if ids is None:
        return await sittings.lock_shift_sittings(connection, shift_id)
    found = await sittings.lock_sittings(connection, ids)
    if len(found) != len(set(ids)) or any(one.shift_id != shift_id for one in found):
        raise Invalid("other_shift")
    return found


async def _carry_out(
    connection: Connection,
    shift_id: int,
    concerned: Sequence[StoredSitting],
    command: Command,
    by: Invigilator,
    pins: PinMaker,
    now: datetime,
) -> Outcome:
    if command.command == "message":
        return await _message(connection, shift_id, concerned, command, by, now)
    if command.command == "reset_pin":
        return await _reset_pins(connection, concerned, command, by, pins, now)
    return await _happen(connection, concerned, command, by, now)


async def _happen(
    connection: Connection,
    concerned: Sequence[StoredSitting],
    command: Command,
    by: Invigilator,
    now: datetime,
) -> Outcome:
    what = Decision(what=_HAPPENINGS[command.command], ms=(command.minutes or 0) * 60_000, by="invigilator")
    changes: list[Change] = []
    refused: list[tuple[int, KhaoThiError]] = []
    for one in concerned:
        try:
            event = decide(one.sitting, one.terms, what, now)
        except Conflict as error:
            refused.append((one.id, error))
        else:
            changes.append(sittings.change(one, [event], by.actor, command.reason))
    await _write(connection, changes)
    applied = tuple(change.before.id for change in changes)
    return Outcome(applied=applied, refused=() if command.sittings is None else tuple(refused))


async def _message(
    connection: Connection,
    shift_id: int,
    concerned: Sequence[StoredSitting],
    command: Command,
    by: Invigilator,
    now: datetime,
) -> Outcome:
    text = command.text or ""
    to: Sequence[int | None] = [None] if command.sittings is None else [one.id for one in concerned]
    for sitting_id in to:
        notice = await notices.insert_notice(connection, shift_id, sitting_id, by.staff_id, text, now)
        await sittings.notify(connection, Touched(notice=notice))
    entry = LogEntry(at=now, kind="message", actor=by.actor, reason=command.reason, detail=text)
    await sittings.write_changes(connection, [sittings.note(one, entry) for one in concerned])
    return Outcome(applied=tuple(one.id for one in concerned))


async def _reset_pins(
    connection: Connection,
    concerned: Sequence[StoredSitting],
    command: Command,
    by: Invigilator,
    pins: PinMaker,
    now: datetime,
) -> Outcome:
    """Whoever sits there goes on: the connection holds, only a new login needs the new PIN."""
    if command.sittings is None:
        raise Invalid("sittings_needed")
    drawn = {one.id: pins.draw() for one in concerned}
    for one in concerned:
        number = await sittings.select_number(connection, one.id)
        await sittings.update_pin(
            connection, one.id, pin_hmac(pins.pepper, one.shift_id, number, drawn[one.id])
        )
    entry = LogEntry(at=now, kind="pin_reset", actor=by.actor, reason=command.reason)
    await sittings.write_changes(connection, [sittings.note(one, entry) for one in concerned])
    return Outcome(applied=tuple(drawn), pins=drawn)


async def _write(connection: Connection, changes: Sequence[Change]) -> None:
    await sittings.write_changes(connection, changes)
    if changes:
        await sittings.notify(connection, Touched(sittings=tuple(change.before.id for change in changes)))


def _check(command: Command) -> None:
    if not command.reason.strip():
        raise Invalid("reason_needed", place="reason")
    if len(command.reason) > MAX_REASON:
        raise Invalid("reason_too_long", place="reason", limit=MAX_REASON)
    if command.command == "add_time" and not 1 <= (command.minutes or 0) <= MAX_MINUTES:
        raise Invalid("bad_minutes", place="minutes", limit=MAX_MINUTES)
    if command.command == "end" and command.sittings is not None:
        raise Invalid("whole_shift_only")
    if command.command == "message":
        _check_text((command.text or "").strip())


def _check_text(text: str) -> None:
    if not text:
        raise Invalid("text_needed", place="text")
    if len(text) > MAX_TEXT:
        raise Invalid("text_too_long", place="text", limit=MAX_TEXT)

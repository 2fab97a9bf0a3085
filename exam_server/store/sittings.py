"""Sittings, their log and their shifts' bells."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from exam_server.core.chain import event_chain, event_genesis, happened
from exam_server.core.sitting import Event, Happening, Sitting, State, apply, ends_at
from exam_server.core.timing import Terms
from exam_server.errors import NotFound
from exam_server.protocol.sitting import CandidateCard
from exam_server.store.database import Connection, fetch_existing, read_queries

SQL = read_queries(__file__)

MAX_ENDED = 2_000
"""Most sittings that one transaction ends."""

MAX_NOTIFIED = 500
"""Most sittings in one notification: PostgreSQL carries 8,000 bytes."""


class StoredSitting(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting as stored. ``tab_fence``: the fence at which the present tab took over; ``holder``: the
    worker whose connection holds the fence; ``former``: other workers that held it and whose appends nobody
    has waited for yet; ``last_n`` and ``last_chain``: the end of its log, 0 and the genesis when empty."""

    id: int
    shift_id: int
    form_id: int
    seed: int
    login_version: int
    fence: int
    tab_fence: int
    holder: int | None
    former: tuple[int, ...]
    sitting: Sitting
    terms: Terms
    last_n: int
    last_chain: bytes
    state_reason: str | None


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a sitting's log. ``kind`` is a Happening, or a note that changes no state: ``taken_over``,
    ``message``, ``pin_reset``, ``incident``. ``detail`` is a number or code, for machines."""

    at: datetime
    kind: str
    actor: str
    reason: str | None = None
    detail: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a sitting, and how it stands after."""

    before: StoredSitting
    after: Sitting
    entries: tuple[LogEntry, ...]


class StoredForm(msgspec.Struct, frozen=True, kw_only=True):
    """An encrypted form and its wrapped key."""

    sha256: str
    blob: bytes
    wrapped_key: bytes


def change(stored: StoredSitting, events: Sequence[Event], actor: str, reason: str | None = None) -> Change:
    """The change that some events make."""
    after = stored.sitting
    for event in events:
        after = apply(after, event)
    entries = tuple(
        LogEntry(at=event.at, kind=event.what, actor=actor, reason=reason, detail=_detail(event))
        for event in events
    )
    return Change(before=stored, after=after, entries=entries)


def after(change: Change) -> StoredSitting:
    """The sitting as a change without a reason leaves it; the end of its log is still that from before."""
    if change.after == change.before.sitting:
        return change.before
    return msgspec.structs.replace(change.before, sitting=change.after, state_reason=None)


def note(stored: StoredSitting, entry: LogEntry) -> Change:
    """A line in the log that changes no state."""
    return Change(before=stored, after=stored.sitting, entries=(entry,))


async def lock_sittings(connection: Connection, ids: Sequence[int]) -> list[StoredSitting]:
    """Lock and load; the transaction holds them until its end. Missing ids are left out."""
    await connection.execute(SQL["lock_sittings"], ids)
    return await select_sittings(connection, ids)


async def lock_sitting(connection: Connection, sitting_id: int) -> StoredSitting:
    """Lock and load one. Raises NotFound with code ``no_sitting``."""
    found = await lock_sittings(connection, [sitting_id])
    if not found:
        raise NotFound("no_sitting")
    return found[0]


async def lock_shift_sittings(connection: Connection, shift_id: int) -> list[StoredSitting]:
    """Lock and load every sitting of a shift."""
    rows = await connection.fetch(SQL["lock_shift_sittings"], shift_id)
    return await select_sittings(connection, [row["id"] for row in rows])


async def lock_due_sittings(
    connection: Connection, before: datetime, worker: int, anyones: datetime
) -> list[StoredSitting]:
    """Lock and load some sittings, running or paused, that should have ended before the instant, and are the
    worker's or nobody's; whoever's they are if it was before the instant ``anyones``."""
    rows = await connection.fetch(SQL["lock_due_sittings"], before, worker, anyones, MAX_ENDED)
    return await select_sittings(connection, [row["id"] for row in rows])


async def select_sittings(connection: Connection, ids: Sequence[int]) -> list[StoredSitting]:
    """Load, by id; missing ones are left out."""
    # Apart from the locking query: its own snapshot could be older than the lock.
    return [_stored(row) for row in await connection.fetch(SQL["select_sittings"], ids)] if ids else []


async def select_cards(connection: Connection, ids: Sequence[int]) -> dict[int, CandidateCard]:
    """Who sits what, where, by sitting id; missing ones are left out."""
    rows = await connection.fetch(SQL["select_cards"], ids)
    names = CandidateCard.__struct_fields__
    return {row["id"]: CandidateCard(**{name: row[name] for name in names}) for row in rows}


async def select_sitting(connection: Connection, sitting_id: int) -> StoredSitting:
    """Load one. Raises NotFound with code ``no_sitting``."""
    found = await select_sittings(connection, [sitting_id])
    if not found:
        raise NotFound("no_sitting")
    return found[0]


async def select_form(connection: Connection, form_id: int) -> StoredForm:
    """An encrypted form; it must exist."""
    row = await fetch_existing(connection, SQL["select_form"], form_id)
    return StoredForm(**dict(row))


async def update_fences(connection: Connection, holder: int, fences: Sequence[tuple[int, int, int]]) -> None:
    """Give sittings to new connections of a worker: id, fence and tab fence of each."""
    await connection.execute(SQL["update_fences"], *_columns(fences), holder)


async def forget_former(connection: Connection, fences: Sequence[tuple[int, int]]) -> None:
    """The former workers of these sittings, by id and fence, have been waited for."""
    await connection.execute(SQL["forget_former"], *_columns(fences))


async def select_number(connection: Connection, sitting_id: int) -> str:
    """A sitting's candidate number; it must exist."""
    return (await fetch_existing(connection, SQL["select_number"], sitting_id))["number"]


async def update_pin(connection: Connection, sitting_id: int, pin_hmac: bytes) -> None:
    """Replace a candidate's PIN and end the sessions that the old one opened."""
    await connection.execute(SQL["update_pin"], sitting_id, pin_hmac)


async def write_changes(connection: Connection, changes: Sequence[Change]) -> None:
    """Store states and log lines of sittings that the transaction has locked, two statements for all."""
    moved = [one for one in changes if one.after != one.before.sitting]
    if moved:
        await connection.execute(SQL["update_sittings"], *_columns([_state_row(one) for one in moved]))
    if lines := [line for one in changes for line in _log_rows(one)]:
        await connection.execute(SQL["insert_sitting_events"], *_columns(lines))


async def lock_due_shifts(connection: Connection, now: datetime) -> list[int]:
    """Lock the shifts whose bell is due."""
    return [row["id"] for row in await connection.fetch(SQL["lock_due_shifts"], now)]


async def lock_shift_bell(connection: Connection, shift_id: int) -> tuple[datetime | None, datetime]:
    """Lock a shift; when its bell rang, and when it closes. Raises NotFound with code ``no_shift``."""
    row = await connection.fetchrow(SQL["lock_optional_shift"], shift_id)
    if row is None:
        raise NotFound("no_shift")
    return row["started_at"], row["closes_at"]


async def close_shift(connection: Connection, shift_id: int, now: datetime) -> None:
    """Nobody may sit the shift any more."""
    await connection.execute(SQL["update_shift_end"], shift_id, now)


async def ring_bells(
    connection: Connection, shift_ids: Sequence[int], actor: str, reason: str | None, now: datetime
) -> list[int]:
    """Note that the bells of shifts rang and start all who waited for them, as ``core.sitting`` would one by
    one; their ids. As many statements for a thousand as for one."""
    await connection.execute(SQL["update_shift_bell"], shift_ids, now)
    waiting = [row["id"] for row in await connection.fetch(SQL["lock_waiting"], shift_ids)]
    texts = (Happening.STARTED.value, actor, reason or "", "")
    rows = await connection.fetch(SQL["start_waiting"], waiting, now, actor, reason, happened(now, texts))
    return sorted(row["sitting_id"] for row in rows)


async def select_waiting(connection: Connection, shift_id: int) -> list[int]:
    """The sittings of a shift whose candidates wait for the bell."""
    return [row["id"] for row in await connection.fetch(SQL["select_waiting"], shift_id)]


async def select_next_bell(connection: Connection, now: datetime) -> datetime | None:
    """When the next bell is due, which may be past."""
    return await connection.fetchval(SQL["select_optional_next_bell"], now)


class Touched(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a notification tells: reload these sittings, or those of a shift; its bell rang; send a notice."""

    shift: int | None = None
    bell_at: datetime | None = None
    sittings: tuple[int, ...] = ()
    notice: int | None = None


async def notify(connection: Connection, touched: Touched) -> None:
    """Tell every worker when the transaction commits."""
    if len(touched.sittings) <= MAX_NOTIFIED:
        await connection.execute(SQL["notify"], msgspec.json.encode(touched).decode())
        return
    for start in range(0, len(touched.sittings), MAX_NOTIFIED):
        await notify(connection, Touched(sittings=touched.sittings[start : start + MAX_NOTIFIED]))


def _stored(row: asyncpg.Record) -> StoredSitting:
    return StoredSitting(
        id=row["id"],
        shift_id=row["shift_id"],
        form_id=row["form_id"],
        seed=row["seed"],
        login_version=row["login_version"],
        fence=row["fence"],
        tab_fence=row["tab_fence"],
        holder=row["holder"],
        former=tuple(row["former"]),
        sitting=_sitting(row),
        terms=_terms(row),
        last_n=row["last_n"],
        last_chain=row["last_chain"] or event_genesis(row["id"]),
        state_reason=row["state_reason"],
    )


def _sitting(row: asyncpg.Record) -> Sitting:
    return Sitting(
        state=State(row["state"]),
        started_at=row["started_at"],
        paused_at=row["paused_at"],
        paused_ms=row["paused_ms"],
        extra_ms=row["extra_ms"],
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
    )


def _terms(row: asyncpg.Record) -> Terms:
    return Terms(
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        bell_at=row["bell_at"],
        limit_ms=row["minutes"] * 60_000,
        late_ms=row["late_minutes"] * 60_000,
        automatic=row["admission"] == "automatic",
    )


def _state_row(change: Change) -> tuple[object, ...]:
    after = change.after
    return (
        change.before.id,
        after.state,
        after.started_at,
        after.paused_at,
        after.paused_ms,
        after.extra_ms,
        ends_at(after, change.before.terms),
        after.ended_at,
        after.ended_by,
    )


def _log_rows(change: Change) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    chain = change.before.last_chain
    for n, entry in enumerate(change.entries, start=change.before.last_n + 1):
        texts = (entry.kind, entry.actor, entry.reason or "", entry.detail)
        chain = event_chain(chain, sitting_id=change.before.id, n=n, at=entry.at, texts=texts)
        rows.append(
            (change.before.id, n, entry.at, entry.kind, entry.actor, entry.reason, entry.detail, chain)
        )
    return rows


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _detail(event: Event) -> str:
    if event.what is Happening.EXTENDED:
        return str(event.ms)
    return event.by if event.what in (Happening.CLOSED, Happening.SUBMITTED, Happening.VOIDED) else ""

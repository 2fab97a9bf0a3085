"""What workers report, and the exam window made of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from exam_server.actions.room import SILENCE
from exam_server.actions.roster import check_shift
from exam_server.core.disk import RESERVE_BEFORE, needed_bytes
from exam_server.core.figures import Family, Figures, most, per_second, quantile
from exam_server.core.series import series
from exam_server.core.window import LASTING_SLOTS, SLOT_S, Slot, judge, judge_disks, one_per_host, states
from exam_server.protocol.window import (
    Alarms,
    DiskRow,
    Series,
    ShiftLoad,
    WindowView,
    WorkerRow,
    WorkerState,
)
from exam_server.store import exams, workers
from exam_server.store.database import Connection, Database
from exam_server.store.staff import StaffMember
from exam_server.store.workers import HISTORY_S, StoredWorker


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who reports: the worker's number, its machine and process."""

    worker: int
    host: str
    pid: int


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What the shifts of the next hour need of the disk, until when, and what the database takes now.

    ``directory``: PostgreSQL's data directory where it is on this machine.
    """

    wanted_bytes: int
    ends_at: datetime | None
    database_bytes: int
    directory: Path | None


async def store_report(
    database: Database, who: Identity, figures: Figures, families: Sequence[Family]
) -> int:
    """Store what a worker says of itself now; the slot in which it says so."""
    async with database.transaction() as connection:
        return await workers.upsert_worker(connection, who.worker, who.host, who.pid, figures, families)


async def keep_history(database: Database, who: Identity, slot: int, figures: Figures) -> None:
    """Keep what a worker did in a slot."""
    async with database.transaction() as connection:
        await workers.insert_history(connection, slot, who.worker, who.host, figures)


async def forget_worker(database: Database, who: Identity) -> None:
    """The worker ends as it should: nobody is to miss it."""
    async with database.transaction() as connection:
        await workers.delete_worker(connection, who.worker)


async def look_out(database: Database, now: datetime) -> Outlook:
    """What is to come for the disk, as the database knows it."""
    async with database.connection() as connection:
        candidates, ends_at = await workers.select_reserving(connection, now, now + RESERVE_BEFORE)
        directory = await workers.select_optional_directory(connection)
        return Outlook(
            wanted_bytes=needed_bytes(candidates),
            ends_at=ends_at,
            database_bytes=await workers.select_database_bytes(connection),
            directory=None if directory is None else Path(directory),
        )


async def read_families(database: Database, host: str) -> dict[int, tuple[Family, ...]]:
    """The metrics of the machine's workers that are alive."""
    async with database.connection() as connection:
        return await workers.select_families(connection, host)


async def view_alarms(database: Database, now: datetime) -> Alarms:
    """What those who watch a room must pass on: the disk."""
    async with database.connection() as connection:
        stored = await workers.select_workers(connection)
    heard = [one.heard for one in stored]
    return Alarms(alarms=judge_disks(heard, {one.worker: one.figures for one in stored}, now))


async def view_window(
    database: Database, caller: StaffMember, *, since: int, shift_id: int | None, now: datetime
) -> WindowView:
    """The workers of all machines, their minutes after ``since`` (seconds since 1970), and what is alarming.

    Raises NotFound without such a shift, Denied when it is not the caller's.
    """
    async with database.snapshot() as connection:
        stored = await workers.select_workers(connection)
        # What a worker did in a slot is stored within the next one.
        last = await workers.select_slot(connection) - 2
        first = max(since // SLOT_S, last - HISTORY_S // SLOT_S) + 1
        history, hosts = await workers.select_history(connection, min(first - 1, last - LASTING_SLOTS))
        load = None if shift_id is None else await _shift_load(connection, shift_id, caller, now)
    complete = [slot for slot in history if slot.slot <= last]
    heard = [one.heard for one in stored]
    latest = {one.worker: one.figures for one in stored}
    recent = [slot for slot in complete if slot.slot > last - LASTING_SLOTS]
    known = states(heard)
    sized = [one.figures for one in stored if one.figures.database_bytes is not None]
    return WindowView(
        now=now,
        judgements=judge(heard, latest, recent, now),
        workers=tuple(_worker_row(one, known[one.worker]) for one in stored),
        disks=tuple(_disk_row(one.host, latest[one.worker]) for one in one_per_host(heard, latest)),
        database_bytes=sized[0].database_bytes if sized else None,
        database_bytes_per_hour=sized[0].database_bytes_per_hour if sized else None,
        series=_series_from(complete, hosts, first, last),
        shift=load,
    )


def _series_from(history: Sequence[Slot], hosts: Mapping[int, str], first: int, last: int) -> Series:
    """The columns, without the time in which nobody has reported yet."""
    known = [slot.slot for slot in history if slot.slot >= first]
    return series(history, hosts, min(known, default=last + 1), last)


async def _shift_load(connection: Connection, shift_id: int, caller: StaffMember, now: datetime) -> ShiftLoad:
    await check_shift(connection, shift_id, caller)
    [shift] = await exams.select_shifts(connection, shift_id=shift_id)
    load = await workers.select_shift_load(connection, shift_id, now - SILENCE)
    return ShiftLoad(shift=shift, connected=load.connected, unsaved=load.unsaved, answered=load.answered)


def _disk_row(host: str, figures: Figures) -> DiskRow:
    disk = figures.disk
    assert disk is not None  # noqa: S101 -- one_per_host chose it for that
    return DiskRow(
        host=host,
        free_bytes=disk.free_bytes,
        total_bytes=disk.total_bytes,
        reserved_bytes=disk.reserved_bytes,
        wanted_bytes=disk.wanted_bytes,
        minutes_left=disk.minutes_left,
    )


def _worker_row(stored: StoredWorker, state: WorkerState) -> WorkerRow:
    did = stored.figures
    rows_most = most(did.flush_rows)
    return WorkerRow(
        worker=stored.worker,
        host=stored.host,
        pid=stored.pid,
        started_at=stored.started_at,
        age_s=stored.heard_s,
        state=state,
        connections=did.connections,
        entrance_queue=did.entrance_queue,
        queue_rows=did.queue_rows,
        events_per_s=per_second(did.events, did.seconds),
        ack_ms_p50=quantile(did.ack_ms, 0.5),
        ack_ms_p99=quantile(did.ack_ms, 0.99),
        ack_ms_most=most(did.ack_ms),
        flushes_per_s=per_second(did.flushes, did.seconds),
        flush_rows_mean=did.events / did.flushes if did.flushes else None,
        flush_rows_most=None if rows_most is None else int(rows_most),
        flush_ms_p50=quantile(did.flush_ms, 0.5),
        flush_ms_p99=quantile(did.flush_ms, 0.99),
        flush_failures=did.flush_failures_ever,
        reconnects_per_s=per_second(did.reconnects, did.seconds),
        logins_per_s=per_second(did.logins, did.seconds),
        conflicts=did.conflicts,
        fence_conflicts=did.fence_conflicts,
        closes=did.closes,
        cpu_share=per_second(did.cpu_s, did.seconds),
        rss_bytes=did.rss_bytes,
        lag_ms=did.lag_ms,
    )

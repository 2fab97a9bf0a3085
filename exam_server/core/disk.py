"""How much disk a shift needs, how much of it to hold back, and when running low is an alarm.

Measured on this schema with answers of 75 bytes in flushes of 50: 216 bytes an event in the journal and its
index, 340 in PostgreSQL's log; after each checkpoint the first change of a page writes the whole page to the
log, up to 3.2 kB an event. ``tests/exam_server/store/test_workers.py`` measures again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from exam_server.core.figures import Disk
from exam_server.protocol.window import Judgement, Level

KIB, MIB, GIB = 2**10, 2**20, 2**30

EVENTS_PER_CANDIDATE = 160
"""A paper of 28 questions: each opened two or three times, answered twice, some flagged."""

STORED_BYTES_PER_EVENT = 256
LOG_BYTES_PER_CANDIDATE = 256 * KIB
"""Pages whole after each of the checkpoints of two hours, and the events."""

MOST_LOG_BYTES = 1280 * MIB
"""PostgreSQL removes its log beyond ``max_wal_size``, 1 GiB, with some delay."""

OTHER_BYTES = 64 * MIB
"""Logins, logs of sittings, presence, receipts."""

FLOOR_BYTES = 512 * MIB
"""Below so much free space the reserve is let go: PostgreSQL stops when it can write no log."""

RESERVE_BEFORE = timedelta(hours=1)
"""How long before the bell a shift's disk is held back."""

LOW_BYTES = 2 * GIB
DANGER_MINUTES = 30
LOW_MINUTES = 120


def needed_bytes(candidates: int) -> int:
    """What shifts with so many candidates in all write until they are over; 0 for none."""
    if candidates == 0:
        return 0
    stored = candidates * EVENTS_PER_CANDIDATE * STORED_BYTES_PER_EVENT
    return stored + min(candidates * LOG_BYTES_PER_CANDIDATE, MOST_LOG_BYTES) + OTHER_BYTES


def reserve_bytes(reserved: int, free: int, wanted: int, *, floor: int = FLOOR_BYTES) -> int:
    """How much to hold back from now on, with so much held and free.

    Let go as soon as less than ``floor`` is free, so much that twice the floor is free again; take as much as
    is wanted and leaves twice the floor.
    """
    held = min(reserved, wanted)
    free += reserved - held
    if free < floor:
        return max(0, held - (2 * floor - free))
    return held + max(0, min(wanted - held, free - 2 * floor))


def judge_disk(host: str, disk: Disk, now: datetime) -> Iterator[Judgement]:
    """What is alarming about a disk, long before it is full."""
    level = _level(disk, now)
    if level is None:
        if disk.usable_bytes < disk.wanted_bytes + FLOOR_BYTES:
            yield Judgement(
                code="disk_short",
                level="attention",
                params={"host": host, "free_bytes": disk.usable_bytes, "needed_bytes": disk.wanted_bytes},
            )
        return
    params: dict[str, str | int] = {"host": host, "free_bytes": disk.usable_bytes}
    if _minutes(disk) < LOW_MINUTES or _ends_before_shift(disk, now):
        yield Judgement(
            code="disk_filling", level=level, params={**params, "minutes": int(disk.minutes_left or 0)}
        )
    else:
        yield Judgement(code="disk_low", level=level, params=params)


def _level(disk: Disk, now: datetime) -> Level | None:
    if disk.usable_bytes < FLOOR_BYTES or _minutes(disk) < DANGER_MINUTES:
        return "danger"
    low = disk.usable_bytes < LOW_BYTES or _minutes(disk) < LOW_MINUTES
    return "attention" if low or _ends_before_shift(disk, now) else None


def _minutes(disk: Disk) -> float:
    return float("inf") if disk.minutes_left is None else disk.minutes_left


def _ends_before_shift(disk: Disk, now: datetime) -> bool:
    if disk.ends_at is None:
        return False
    return _minutes(disk) < (disk.ends_at - now).total_seconds() / 60

"""What busy workers of a machine would have reported in the last minutes, for the exam window."""

from math import inf

import msgspec
import numpy as np
from numpy.random import Generator

from exam_server.core.disk import GIB, MIB
from exam_server.core.figures import Disk, Figures, Reading, figures
from exam_server.core.window import SLOT_S
from exam_server.store import workers
from exam_server.store.database import Database

HOST = "may-chu-2"
LIVE, LOST = 901, 902
_AHEAD_SLOTS = 60
_LOST_S = 42
_EDGES_MS = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 200.0, 500.0, 1_000.0, inf)
_IDLE = figures(Reading(()), Reading(()), float(SLOT_S))
_DISK = Disk(
    free_bytes=42 * GIB,
    total_bytes=80 * GIB,
    reserved_bytes=318 * MIB,
    wanted_bytes=318 * MIB,
    minutes_left=None,
    ends_at=None,
)
FILLING = msgspec.structs.replace(_DISK, free_bytes=900 * MIB, reserved_bytes=0, minutes_left=17.6)


async def pretend_minutes(database: Database, *, troubled: bool = False, connections: int = 260) -> None:
    """Fifteen minutes of two workers, and the next five, so that they stay live while they are looked at.

    ``troubled``: one of them has been silent for a while, saving is slow, and the disk fills.
    """
    rng = np.random.default_rng(7)
    await forget_minutes(database)
    async with database.transaction() as connection:
        now = await workers.select_slot(connection)
        silent = now - _LOST_S // SLOT_S
        # The newest first: each forgets what is too old for it.
        for slot in reversed(range(now - workers.HISTORY_S // SLOT_S, now + _AHEAD_SLOTS)):
            for worker in (LIVE, LOST):
                if not (troubled and worker == LOST and slot > silent):
                    did = _did(rng, slot, connections=connections, slow=troubled and slot > now - 24)
                    await workers.insert_history(connection, slot, worker, HOST, did)
        for worker in (LIVE, LOST):
            figures_now = _now(rng, now, connections, troubled=troubled)
            await workers.upsert_worker(connection, worker, HOST, 4_200 + worker, figures_now, ())
            await connection.execute(
                "UPDATE worker SET started_at = clock_timestamp() - interval '1 hour',"
                " heard_at = clock_timestamp() - $2 * interval '1 second' WHERE id = $1",
                *(worker, _LOST_S if troubled and worker == LOST else -_AHEAD_SLOTS * SLOT_S),
            )


async def forget_minutes(database: Database) -> None:
    """As if these workers had never been."""
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM worker WHERE host = $1", HOST)
        await connection.execute("DELETE FROM worker_history WHERE host = $1", HOST)


def _now(rng: Generator, slot: int, connections: int, *, troubled: bool) -> Figures:
    return msgspec.structs.replace(
        _did(rng, slot, connections=connections, slow=troubled),
        disk=FILLING if troubled else _DISK,
        closes={"SUPERSEDED": 3, "TOO_FAST": 1},
        fence_conflicts=3,
        flush_failures_ever=2 if troubled else 0,
        database_bytes=312 * MIB,
        database_bytes_per_hour=95 * MIB,
    )


def _did(rng: Generator, slot: int, *, connections: int, slow: bool) -> Figures:
    """A worker's five seconds: everybody's answers come in waves."""
    events = int(rng.poisson(connections * (0.5 + 0.2 * np.sin(slot / 11))))
    typical = 10.5 if slow else 3.6
    counts = rng.multinomial(events, _shares(typical, slow=slow))
    return msgspec.structs.replace(
        _IDLE,
        connections=connections - int(rng.integers(0, 4)),
        queue_rows=int(rng.poisson(2)),
        events=events,
        flushes=max(1, events // 2),
        flush_ms=((2.0, events // 2), (5.0, 3), (inf, 0)),
        flush_rows=((2.0, events // 2), (10.0, 3), (inf, 0)),
        ack_ms=tuple(zip(_EDGES_MS, map(int, counts), strict=True)),
        reconnects=int(rng.poisson(0.4)),
        cpu_s=SLOT_S * (0.12 + 0.03 * float(rng.random()) + 0.0003 * events),
        rss_bytes=148 * MIB,
        lag_ms=4.0 + 3 * float(rng.random()),
        disk=FILLING
        if slow
        else msgspec.structs.replace(_DISK, free_bytes=_DISK.free_bytes - slot % 400 * MIB),
    )


def _shares(typical_ms: float, *, slow: bool) -> list[float]:
    weights = [float(np.exp(-abs(np.log(min(edge, 5_000) / typical_ms)) * 3)) for edge in _EDGES_MS[:-1]]
    if slow:
        weights[-2] += 0.2
    return [*(weight / sum(weights) for weight in weights), 0.0]

"""What is alarming in the exam window, in the words of whoever must act."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from exam_server.core.disk import judge_disk
from exam_server.core.figures import Figures, per_second, quantile, together
from exam_server.protocol.window import Judgement, Level, WorkerState

SLOT_S = 5
"""Seconds of one entry of the history."""

LASTING_SLOTS = 3
"""A figure is alarming when it was so in as many entries in a row: a single stall is none."""

LOST_AFTER_S = 5.0
FORGOTTEN_AFTER_S = 600.0

ACK_MS = (250, 1_000)
QUEUE_ROWS = (2_000, 10_000)
LAG_MS = (250, 1_000)
CPU_SHARE = 0.9
RECONNECTS_PER_S = 5.0
RECONNECTS_SHARE = 0.02


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A worker as last heard, by the database's clock: ``heard_s`` and ``started_s`` ago."""

    worker: int
    host: str
    heard_s: float
    started_s: float


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """What the workers did in five seconds, by worker."""

    slot: int
    workers: Mapping[int, Figures]


def states(workers: Sequence[Heard]) -> dict[int, WorkerState]:
    """Which workers live. A lost one counts as replaced when one on its machine began after it was heard
    last."""
    live = [one for one in workers if one.heard_s <= LOST_AFTER_S]
    starts: dict[str, list[float]] = {}
    for one in live:
        starts.setdefault(one.host, []).append(one.started_s)
    found: dict[int, WorkerState] = {one.worker: "live" for one in live}
    # Each newcomer takes one place, that of the first to go which it can have taken.
    for one in sorted((one for one in workers if one.worker not in found), key=lambda one: -one.heard_s):
        taken = [start for start in starts.get(one.host, []) if start <= one.heard_s]
        if taken:
            starts[one.host].remove(max(taken))
        found[one.worker] = "replaced" if taken else "lost"
    return found


def judge(
    workers: Sequence[Heard], latest: Mapping[int, Figures], recent: Sequence[Slot], now: datetime
) -> tuple[Judgement, ...]:
    """Everything that needs somebody, the gravest first. ``recent``: complete entries, oldest first."""
    lasting = recent[-LASTING_SLOTS:]
    found = [
        *_judge_workers(workers),
        *_judge_database(lasting),
        *_judge_load(lasting),
        *_judge_each(lasting),
        *judge_disks(workers, latest, now),
    ]
    return tuple(sorted(found, key=lambda one: one.level != "danger"))


def judge_disks(
    workers: Sequence[Heard], latest: Mapping[int, Figures], now: datetime
) -> tuple[Judgement, ...]:
    """What is alarming about the disks under PostgreSQL."""
    return tuple(
        judgement
        for one in one_per_host(workers, latest)
        if (disk := latest[one.worker].disk) is not None
        for judgement in judge_disk(one.host, disk, now)
    )


def one_per_host(workers: Iterable[Heard], latest: Mapping[int, Figures]) -> list[Heard]:
    """The worker heard last among those of each machine that see the disk."""
    best: dict[str, Heard] = {}
    for one in sorted(workers, key=lambda one: -one.heard_s):
        if one.worker in latest and latest[one.worker].disk is not None:
            best[one.host] = one
    return [best[host] for host in sorted(best)]


def _judge_workers(workers: Sequence[Heard]) -> Iterator[Judgement]:
    known = states(workers)
    if "live" not in known.values():
        yield Judgement(code="nobody_reports", level="danger", params={})
    for one in workers:
        state = known[one.worker]
        if state != "live":
            level: Level = "danger" if state == "lost" else "attention"
            params: dict[str, str | int] = {
                "worker": one.worker,
                "host": one.host,
                "seconds": int(one.heard_s),
            }
            yield Judgement(code=f"worker_{state}", level=level, params=params)


def _judge_database(lasting: Sequence[Slot]) -> Iterator[Judgement]:
    failures = sum(one.flush_failures for slot in lasting for one in slot.workers.values())
    if failures:
        yield Judgement(code="database_trouble", level="danger", params={"count": failures})


def _judge_load(lasting: Sequence[Slot]) -> Iterator[Judgement]:
    acks = lowest(lasting, lambda all_: quantile(together(one.ack_ms for one in all_), 0.99))
    yield from _graded("ack_slow", acks, ACK_MS, "ms")
    queue = lowest(lasting, lambda all_: sum(one.queue_rows for one in all_))
    yield from _graded("queue_long", queue, QUEUE_ROWS, "rows")
    reconnects = lowest(lasting, lambda all_: sum(per_second(one.reconnects, one.seconds) for one in all_))
    connections = lowest(lasting, lambda all_: sum(one.connections for one in all_))
    if reconnects >= max(RECONNECTS_PER_S, RECONNECTS_SHARE * connections):
        yield Judgement(code="reconnects", level="attention", params={"per_s": round(reconnects)})


def _judge_each(lasting: Sequence[Slot]) -> Iterator[Judgement]:
    for worker in sorted(set[int]().union(*(slot.workers for slot in lasting))):
        own = [
            Slot(slot=slot.slot, workers={worker: slot.workers[worker]} if worker in slot.workers else {})
            for slot in lasting
        ]
        lag = lowest(own, lambda all_: max((one.lag_ms for one in all_), default=0))
        yield from _graded("loop_late", lag, LAG_MS, "ms", worker=worker)
        cpu = lowest(own, lambda all_: sum(per_second(one.cpu_s, one.seconds) for one in all_))
        if cpu >= CPU_SHARE:
            params: dict[str, str | int] = {"worker": worker, "percent": round(100 * cpu)}
            yield Judgement(code="cpu_full", level="attention", params=params)


def lowest(lasting: Sequence[Slot], measure: Callable[[Sequence[Figures]], float | None]) -> float:
    """The least that a figure was in the last entries; 0 until there are enough of them."""
    if len(lasting) < LASTING_SLOTS:
        return 0
    return min(measure(tuple(slot.workers.values())) or 0 for slot in lasting)


def _graded(
    code: str, value: float, limits: tuple[float, float], unit: str, **params: str | int
) -> Iterator[Judgement]:
    attention, danger = limits
    if value >= attention:
        level: Level = "danger" if value >= danger else "attention"
        yield Judgement(code=code, level=level, params={**params, unit: round(value)})

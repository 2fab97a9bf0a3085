"""The last minutes of all workers as columns, for plots."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from exam_server.core.figures import Figures, per_second, quantile, together
from exam_server.core.window import SLOT_S, Slot
from exam_server.protocol.window import Series

T = TypeVar("T")

Workers = Mapping[int, Figures]


def series(history: Sequence[Slot], hosts: Mapping[int, str], first: int, last: int) -> Series:
    """One entry for each slot from ``first`` to ``last``. ``hosts``: the machine of each worker."""
    slots = tuple(range(first, last + 1))
    by_slot = {one.slot: one.workers for one in history if first <= one.slot <= last}

    def column(measure: Callable[[Workers], T]) -> tuple[T | None, ...]:
        return tuple(measure(by_slot[slot]) if slot in by_slot else None for slot in slots)

    acks = [together(one.ack_ms for one in by_slot.get(slot, {}).values()) for slot in slots]
    workers = sorted({worker for found in by_slot.values() for worker in found})
    disks = sorted({hosts[one] for found in by_slot.values() for one in found if found[one].disk is not None})
    return Series(
        slots=tuple(slot * SLOT_S for slot in slots),
        ack_ms_p50=tuple(quantile(edges, 0.5) for edges in acks),
        ack_ms_p99=tuple(quantile(edges, 0.99) for edges in acks),
        events_per_s=column(_rate(lambda one: one.events)),
        connections=column(lambda found: sum(one.connections for one in found.values())),
        queue_rows=column(lambda found: sum(one.queue_rows for one in found.values())),
        reconnects_per_s=column(_rate(lambda one: one.reconnects)),
        cpu_share={str(worker): column(_cpu_share(worker)) for worker in workers},
        disk_free_bytes={host: column(_disk_free(host, hosts)) for host in disks},
    )


def _rate(count: Callable[[Figures], int]) -> Callable[[Workers], float]:
    return lambda found: sum(per_second(count(one), one.seconds) for one in found.values())


def _cpu_share(worker: int) -> Callable[[Workers], float | None]:
    return lambda found: per_second(found[worker].cpu_s, found[worker].seconds) if worker in found else None


def _disk_free(host: str, hosts: Mapping[int, str]) -> Callable[[Workers], int | None]:
    def free(found: Workers) -> int | None:
        disks = (one.disk for worker, one in found.items() if hosts[worker] == host)
        return next((disk.free_bytes for disk in disks if disk is not None), None)

    return free

"""A worker's figures over some seconds, out of what its counters said before and after."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

import msgspec

Edges = tuple[tuple[float, int], ...]
"""A histogram: how many were at most each edge and above the one before; the last edge is infinite."""

MS_PER_S = 1000


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """One value of a metric."""

    name: str
    labels: dict[str, str]
    value: float


class Family(msgspec.Struct, frozen=True, array_like=True):
    """A metric with its samples, as Prometheus knows it."""

    name: str
    documentation: str
    kind: str
    samples: tuple[Sample, ...]


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """The disk under PostgreSQL. ``ends_at``: when the last of the shifts is over for which ``wanted_bytes``
    are to be held back, of which ``reserved_bytes`` are."""

    free_bytes: int
    total_bytes: int
    reserved_bytes: int
    wanted_bytes: int
    minutes_left: float | None
    ends_at: datetime | None

    @property
    def usable_bytes(self) -> int:
        """What PostgreSQL may still take: the reserve is let go before it is needed."""
        return self.free_bytes + self.reserved_bytes


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker did in ``seconds``, and how it stands at their end. ``conflicts``, ``fence_conflicts``,
    ``closes`` and ``flush_failures_ever`` count since its start."""

    seconds: float
    connections: int
    entrance_queue: int
    queue_rows: int
    events: int
    flushes: int
    flush_rows: Edges
    flush_ms: Edges
    flush_failures: int
    flush_failures_ever: int
    ack_ms: Edges
    reconnects: int
    logins: int
    conflicts: dict[str, int]
    fence_conflicts: int
    closes: dict[str, int]
    cpu_s: float
    rss_bytes: int
    lag_ms: float
    disk: Disk | None = None
    database_bytes: int | None = None
    database_bytes_per_hour: int | None = None


class Reading:
    """The samples of one moment, by name."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._samples: dict[str, list[Sample]] = {}
        for family in families:
            for sample in family.samples:
                self._samples.setdefault(sample.name, []).append(sample)

    def total(self, name: str) -> float:
        """The sum over all labels; 0 for a metric that nobody has counted yet."""
        return sum(sample.value for sample in self._samples.get(name, ()))

    def by_label(self, name: str, label: str) -> dict[str, int]:
        """The values that are not 0, by label."""
        return {one.labels[label]: int(one.value) for one in self._samples.get(name, ()) if one.value}

    def histogram(self, name: str, scale: float) -> Edges:
        """A Prometheus histogram, whose buckets hold what lower ones hold, with its edges multiplied."""
        buckets = self._samples.get(f"{name}_bucket", ())
        cumulated = sorted((float(one.labels["le"]) * scale, int(one.value)) for one in buckets)
        counts = [later[1] - earlier[1] for earlier, later in pairwise([(0.0, 0), *cumulated])]
        return tuple((edge, count) for (edge, _), count in zip(cumulated, counts, strict=True))


def figures(before: Reading, after: Reading, seconds: float) -> Figures:
    """What happened between two readings that are ``seconds`` apart."""

    def risen(name: str) -> int:
        return int(after.total(name) - before.total(name))

    def fallen_into(name: str, scale: float = 1) -> Edges:
        return _less(after.histogram(name, scale), before.histogram(name, scale))

    return Figures(
        seconds=seconds,
        connections=int(after.total("khaothi_connections")),
        entrance_queue=int(after.total("khaothi_entrance_queue")),
        queue_rows=int(after.total("khaothi_journal_queue_rows")),
        events=risen("khaothi_journal_flush_rows_sum"),
        flushes=risen("khaothi_journal_flush_rows_count"),
        flush_rows=fallen_into("khaothi_journal_flush_rows"),
        flush_ms=fallen_into("khaothi_journal_flush_seconds", MS_PER_S),
        flush_failures=risen("khaothi_journal_flush_failures_total"),
        flush_failures_ever=int(after.total("khaothi_journal_flush_failures_total")),
        ack_ms=fallen_into("khaothi_ack_seconds", MS_PER_S),
        reconnects=risen("khaothi_reconnects_total"),
        logins=risen("khaothi_logins_total"),
        conflicts=after.by_label("khaothi_journal_conflicts_total", "fate"),
        fence_conflicts=int(after.total("khaothi_fence_conflicts_total")),
        closes=after.by_label("khaothi_socket_closes_total", "code"),
        cpu_s=after.total("khaothi_worker_cpu_seconds") - before.total("khaothi_worker_cpu_seconds"),
        rss_bytes=int(after.total("khaothi_worker_memory_bytes")),
        lag_ms=after.total("khaothi_worker_lag_seconds") * MS_PER_S,
    )


def quantile(edges: Edges, share: float) -> float | None:
    """The value that ``share`` of all are at most, even within each bucket; None for nothing.

    Beyond the last finite edge nothing is known: the answer is that edge.
    """
    rank = share * sum(count for _, count in edges)
    if rank == 0:
        return None
    below, low = 0, 0.0
    for edge, count in edges:
        if count and below + count >= rank:
            return low if math.isinf(edge) else low + (edge - low) * (rank - below) / count
        below, low = below + count, edge
    raise AssertionError(edges)


def most(edges: Edges) -> float | None:
    """The edge that none exceeds; None for nothing."""
    finite = [edge for edge, _ in edges if not math.isinf(edge)]
    filled = [edge for edge, count in edges if count]
    return min(filled[-1], finite[-1]) if filled and finite else None


def together(histograms: Iterable[Edges]) -> Edges:
    """One histogram of all; workers of another version may have other edges."""
    counts: dict[float, int] = {}
    for edges in histograms:
        for edge, count in edges:
            counts[edge] = counts.get(edge, 0) + count
    return tuple(sorted(counts.items()))


def per_second(count: float, seconds: float) -> float:
    """A rate; 0 for no time at all."""
    return count / seconds if seconds > 0 else 0.0


def minutes_left(usable: Sequence[tuple[float, int]]) -> float | None:
    """How long until nothing is left at the rate of these (seconds, bytes), oldest first; None when it does
    not fall.

    The rate is the slope of the least squares line: PostgreSQL takes up and removes its log in jumps of a
    segment, which two points alone would make much of.
    """
    if len(usable) < 2:
        return None
    mean_s = sum(second for second, _ in usable) / len(usable)
    mean_bytes = sum(left for _, left in usable) / len(usable)
    spread = sum((second - mean_s) ** 2 for second, _ in usable)
    slope = sum((second - mean_s) * (left - mean_bytes) for second, left in usable)
    if spread == 0 or slope >= 0:
        return None
    return usable[-1][1] / (-slope / spread) / 60


def _less(after: Edges, before: Edges) -> Edges:
    former: Mapping[float, int] = dict(before)
    return tuple((edge, count - former.get(edge, 0)) for edge, count in after)

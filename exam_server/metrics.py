"""What Prometheus may ask: one registry for the process."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()


class Latencies(Collector):
    """A histogram for the hot path, of the event loop's thread alone: the library's own takes a lock and a
    chain of calls for each value, a tenth of what an answer costs in all."""

    def __init__(
        self, name: str, documentation: str, bounds_s: Sequence[float], registry: CollectorRegistry
    ) -> None:
        self._name = name
        self._documentation = documentation
        self._bounds_s = list(bounds_s)
        self._counts = [0] * (len(self._bounds_s) + 1)
        self._sum_s = 0.0
        registry.register(self)

    def observe(self, seconds: float) -> None:
        """One more value."""
        self._counts[bisect_left(self._bounds_s, seconds)] += 1
        self._sum_s += seconds

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """For the registry."""
        bounds = [*(str(bound) for bound in self._bounds_s), "+Inf"]
        buckets = list(zip(bounds, accumulate(self._counts), strict=True))
        yield HistogramMetricFamily(self._name, self._documentation, buckets=buckets, sum_value=self._sum_s)


# Close together, for quantiles are read from them; few below 5 ms, for each one exceeded costs a comparison.
_LATENCY_BUCKETS_MS = (
    *(1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700),
    *(1_000, 1_500, 2_000, 3_000, 5_000, 10_000),
)
_LATENCY_BUCKETS_S = tuple(ms / 1000 for ms in _LATENCY_BUCKETS_MS)

CONNECTIONS = Gauge("khaothi_connections", "Candidates' sockets that are open", registry=REGISTRY)
ENTRANCE_QUEUE = Gauge("khaothi_entrance_queue", "Connections waiting to be let in", registry=REGISTRY)
RECONNECTS = Counter("khaothi_reconnects", "Connections of a tab that had one before", registry=REGISTRY)
FENCE_CONFLICTS = Counter(
    "khaothi_fence_conflicts",
    "Connections that another one of the same sitting superseded",
    registry=REGISTRY,
)
QUEUE_ROWS = Gauge("khaothi_journal_queue_rows", "Events waiting to be journalled", registry=REGISTRY)
FLUSH_ROWS = Histogram(
    "khaothi_journal_flush_rows",
    "Events in one flush",
    buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000),
    registry=REGISTRY,
)
FLUSH_SECONDS = Histogram(
    "khaothi_journal_flush_seconds", "Time of one flush", buckets=_LATENCY_BUCKETS_S, registry=REGISTRY
)
FLUSH_FAILURES = Counter(
    "khaothi_journal_flush_failures", "Flushes that failed or were in doubt", registry=REGISTRY
)
ACK_SECONDS = Latencies(
    "khaothi_ack_seconds",
    "From an event's arrival to its acknowledgement",
    _LATENCY_BUCKETS_S,
    REGISTRY,
)
CONFLICTS = Counter(
    "khaothi_journal_conflicts",
    "Events not taken after being journalled: different, superseded or ended",
    ["fate"],
    registry=REGISTRY,
)
CLOSES = Counter("khaothi_socket_closes", "Sockets ended by the server", ["code"], registry=REGISTRY)
LOGINS = Counter("khaothi_logins", "Candidates who logged in", registry=REGISTRY)

WORKER_CPU_SECONDS = Gauge(
    "khaothi_worker_cpu_seconds", "CPU time of this worker since its start", registry=REGISTRY
)
WORKER_MEMORY_BYTES = Gauge(
    "khaothi_worker_memory_bytes", "Resident memory of this worker", registry=REGISTRY
)
WORKER_LAG_SECONDS = Gauge(
    "khaothi_worker_lag_seconds", "Longest that the event loop was late in the last second", registry=REGISTRY
)
DISK_FREE_BYTES = Gauge(
    "khaothi_disk_free_bytes", "Free on the disk under PostgreSQL; only where it is local", registry=REGISTRY
)
DISK_RESERVED_BYTES = Gauge(
    "khaothi_disk_reserved_bytes", "Disk held back for the shift; only where it is local", registry=REGISTRY
)

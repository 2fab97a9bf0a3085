"""What Prometheus may ask: one registry for the process."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

_LATENCY_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

CONNECTIONS = Gauge("khaothi_connections", "Candidates' sockets that are open", registry=REGISTRY)
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
ACK_SECONDS = Histogram(
    "khaothi_ack_seconds",
    "From an event's arrival to its acknowledgement",
    buckets=_LATENCY_BUCKETS_S,
    registry=REGISTRY,
)
CONFLICTS = Counter(
    "khaothi_journal_conflicts",
    "Events not taken after being journalled: different, superseded or ended",
    ["fate"],
    registry=REGISTRY,
)
CLOSES = Counter("khaothi_socket_closes", "Sockets ended by the server", ["code"], registry=REGISTRY)

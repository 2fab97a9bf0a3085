"""A worker's figures out of its counters: rates, histograms, quantiles, trends."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from exam_server.core.figures import (
    Edges,
    Family,
    Reading,
    Sample,
    figures,
    minutes_left,
    most,
    per_second,
    quantile,
    together,
)

EDGES_MS = (1.0, 5.0, 25.0, 100.0, math.inf)

counts = st.lists(st.integers(0, 50), min_size=len(EDGES_MS), max_size=len(EDGES_MS)).map(
    lambda found: tuple(zip(EDGES_MS, found, strict=True))
)


def read(registry: CollectorRegistry) -> Reading:
    return Reading(
        Family(
            one.name,
            one.documentation,
            one.type,
            tuple(Sample(each.name, each.labels, each.value) for each in one.samples),
        )
        for one in registry.collect()
    )


def test_figures_are_what_happened_between_two_readings() -> None:
    registry = CollectorRegistry()
    connections = Gauge("khaothi_connections", "x", registry=registry)
    rows = Histogram("khaothi_journal_flush_rows", "x", buckets=(1, 10, 100), registry=registry)
    acks = Histogram("khaothi_ack_seconds", "x", buckets=(0.001, 0.01, 0.1), registry=registry)
    closes = Counter("khaothi_socket_closes", "x", ["code"], registry=registry)
    rows.observe(100)
    acks.observe(0.05)
    closes.labels("superseded").inc()
    before = read(registry)
    connections.set(7)
    for size in (4, 8):
        rows.observe(size)
    for _ in range(12):
        acks.observe(0.004)
    did = figures(before, read(registry), 4.0)
    assert (did.seconds, did.connections, did.events, did.flushes) == (4.0, 7, 12, 2)
    assert did.flush_rows == ((1, 0), (10, 2), (100, 0), (math.inf, 0))
    assert did.ack_ms == ((1, 0), (10, 12), (100, 0), (math.inf, 0))
    assert did.closes == {"superseded": 1}
    assert (did.reconnects, did.logins, did.flush_failures) == (0, 0, 0)


@given(counts, st.floats(0.001, 1))
def test_a_quantile_lies_in_the_bucket_where_it_must(edges: Edges, share: float) -> None:
    values = sorted(edge for edge, count in edges for _ in range(count))
    found = quantile(edges, share)
    if not values:
        assert found is None
        return
    edge = values[math.ceil(share * len(values) - 1e-9) - 1]
    lower = max(one for one in (0.0, *EDGES_MS) if one < edge)
    assert found is not None
    assert lower <= found <= min(edge, EDGES_MS[-2])


@given(counts, st.floats(0.001, 1), st.floats(0.001, 1))
def test_a_higher_share_is_not_reached_earlier(edges: Edges, one: float, other: float) -> None:
    low, high = quantile(edges, min(one, other)), quantile(edges, max(one, other))
    assert (low is None) == (high is None)
    assert (low or 0) <= (high or 0)


@given(st.lists(counts, max_size=4))
def test_together_nothing_is_lost(histograms: Sequence[Edges]) -> None:
    whole = together(histograms)
    assert sum(count for _, count in whole) == sum(count for edges in histograms for _, count in edges)
    assert [edge for edge, _ in whole] == sorted({edge for edges in histograms for edge, _ in edges})
    tops = [top for edges in histograms if (top := most(edges)) is not None]
    assert most(whole) == max(tops, default=None)


def test_workers_of_two_versions_add_up() -> None:
    assert together([((5.0, 2), (math.inf, 1)), ((4.0, 1), (5.0, 3))]) == (
        (4.0, 1),
        (5.0, 5),
        (math.inf, 1),
    )


def test_no_time_has_no_rate() -> None:
    assert per_second(5, 0) == 0
    assert per_second(5, 2) == 2.5


@given(st.integers(10**6, 10**12), st.integers(1, 10**6), st.integers(2, 60))
def test_a_steady_fall_ends_when_it_must(left: int, per_s: int, points: int) -> None:
    usable = [(5.0 * n, left + per_s * 5 * (points - 1 - n)) for n in range(points)]
    assert minutes_left(usable) == pytest.approx(left / per_s / 60, rel=1e-3)


@given(st.lists(st.integers(0, 10**12), max_size=30))
def test_what_rises_or_stands_is_never_used_up(sizes: list[int]) -> None:
    assert minutes_left([(float(n), size) for n, size in enumerate(sorted(sizes))]) is None

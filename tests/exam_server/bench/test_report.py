"""Bounds, percentiles and shares: what a verdict rests on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_server.bench.costs import Cpu
from exam_server.bench.losses import NO_LOSS, losses
from exam_server.bench.orders import Done, Spread, spread
from exam_server.bench.report import BenchReport, Bound, make_report, this_machine
from exam_server.core.rank import percentile
from exam_server.simulation.checker import Verdict

SOUND = Verdict(
    students=2,
    acknowledged=10,
    journalled=10,
    unaccounted=0,
    counts={
        "lost": 0,
        "doubled": 0,
        "reordered": 0,
        "different": 0,
        "late": 0,
        "broken_chain": 0,
        "wrong_receipt": 0,
    },
    findings=(),
)


def report_of(done: Done, verdict: Verdict) -> BenchReport:
    figures = losses(done, verdict)
    return make_report("x", this_machine(), {}, figures=figures, limits={}, ratios={}, bounds=NO_LOSS)


def test_all_well() -> None:
    assert report_of(Done(sent=10, acknowledged=10), SOUND).broken == ()


@pytest.mark.parametrize(
    ("done", "counts", "unaccounted", "broken"),
    [
        (Done(sent=10, acknowledged=9), {}, 0, "unacknowledged"),
        (Done(sent=10, acknowledged=10, refused=1), {}, 0, "refused"),
        (Done(sent=10, acknowledged=10), {"lost": 1}, 0, "lost"),
        (Done(sent=10, acknowledged=10), {"doubled": 1}, 0, "wrong"),
        (Done(sent=10, acknowledged=10), {}, 1, "wrong"),
    ],
)
def test_any_loss_breaks_a_bound(done: Done, counts: dict[str, int], unaccounted: int, broken: str) -> None:
    verdict = Verdict(
        students=2,
        acknowledged=10,
        journalled=10,
        unaccounted=unaccounted,
        counts={kind: counts.get(kind, 0) for kind in SOUND.counts},
        findings=(),
    )
    assert report_of(done, verdict).broken == (broken,)


def test_bounds_are_for_ratios_too() -> None:
    report = make_report(
        "x",
        this_machine(),
        {},
        figures={"acks_per_s": 7_999.9},
        limits={},
        ratios={"cpu": 1.4, "other": 1.41},
        bounds={"acks_per_s": Bound(least=8_000), "cpu": Bound(most=1.4), "other": Bound(most=1.4)},
    )
    assert report.broken == ("acks_per_s", "other")


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.001, 1))
def test_a_percentile_is_not_exceeded_by_its_share(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) * (1 - 1e-9)
    assert sum(value < found for value in values) < share * len(values) * (1 + 1e-9)


def test_a_spread() -> None:
    summary = spread([float(value) for value in range(200, 0, -1)])
    assert summary == Spread(count=200, first=1.0, p50=100.0, p99=198.0, last=200.0)
    assert spread([]) == Spread()


def test_what_is_spent_anyway_is_taken_off() -> None:
    before = Cpu(server_s=1.0, postgres_s=2.0, generator_s=3.0)
    after = Cpu(server_s=2.0, postgres_s=4.0, generator_s=3.5)
    idle = Cpu(server_s=0.5, postgres_s=1.0, generator_s=1.0)
    assert after.since(before) == Cpu(server_s=1.0, postgres_s=2.0, generator_s=0.5)
    assert after.since(before, idle=idle, share=0.5) == Cpu(server_s=0.75, postgres_s=1.5, generator_s=0.0)
    figures = Cpu(server_s=1.0, postgres_s=2.0, generator_s=1.0).figures(1_000)
    assert (figures["cpu_us_each"], figures["server_us_each"]) == (3_000.0, 1_000.0)
    assert [figures[f"{name}_cpu_share"] for name in ("server", "postgres", "generator")] == [0.25, 0.5, 0.25]

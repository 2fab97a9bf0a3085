"""What a load run found, as data: ``report.json``."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from exam_server.bench.report import Machine
from exam_server.load.figures import Measured, Spread
from exam_server.load.gauges import Sample
from exam_server.load.order import Order
from exam_server.simulation.checker import Verdict

_BUSY = 0.85

Checked = Literal["database", "server"]
"""Against what the students' knowledge was held: all that is journalled, or what the server shows them."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One second of the run; ``at_s`` counts from the bell. ``done``: how many of what was due in it, by
    name; ``ack``: their spread from due to acknowledged, None when there were none. ``cpu``: processors in
    use."""

    at_s: int
    done: dict[str, int]
    ack: Spread | None
    cpu: dict[str, float]
    connections: int | None = None
    queue_rows: int | None = None


class LoadReport(msgspec.Struct, frozen=True, kw_only=True):
    """``latencies`` by what was done, from when it was due. ``bell_at`` None: it never rang.
    ``failures``: how many, by name and reason; those of ``left`` are who did not come to the end."""

    order: Order
    against: str | None
    bell_at: datetime | None
    machine: Machine
    latencies: dict[str, Spread]
    failures: dict[str, int]
    cpu_s: dict[str, float]
    checked: Checked
    verdict: Verdict
    moments: tuple[Moment, ...]

    @property
    def generator_busy_s(self) -> int:
        """Seconds in which the load generator had hardly any processor left: what was late then may be its
        own doing."""
        full = _BUSY * self.order.processes
        return sum(moment.at_s > 0 and moment.cpu.get("load", 0.0) >= full for moment in self.moments)

    @property
    def left_early(self) -> int:
        """Students who did not come to the end of their exam, or of whom nothing was heard at all."""
        silent = max(0, self.order.students - self.verdict.students)
        return silent + sum(count for reason, count in self.failures.items() if reason.startswith("left:"))

    @property
    def passed(self) -> bool:
        """The bell rang, the checker found nothing, and every student came to the end."""
        return self.bell_at is not None and self.verdict.passed and not self.left_early


def make_report(
    order: Order,
    measured: Measured,
    samples: Sequence[Sample],
    verdict: Verdict,
    *,
    bell_s: float | None,
    against: str | None,
    machine: Machine,
) -> LoadReport:
    """Put together what the students measured and what was read off the machine."""
    return LoadReport(
        order=order,
        against=against,
        bell_at=None if bell_s is None else datetime.fromtimestamp(bell_s, UTC),
        machine=machine,
        latencies={name: measured.spread(name) for name in measured.names()},
        failures=measured.failures,
        cpu_s=_total_cpu_s(samples),
        checked="database" if against is None else "server",
        verdict=verdict,
        moments=_moments(measured, samples, bell_s),
    )


def _total_cpu_s(samples: Sequence[Sample]) -> dict[str, float]:
    names = samples[-1].cpu if samples else ()
    return {name: round(sum(one.cpu.get(name, 0.0) for one in samples), 2) for name in names}


def _moments(measured: Measured, samples: Sequence[Sample], bell_s: float | None) -> tuple[Moment, ...]:
    """Every second of which anything is known, in order."""
    gauges = {int(one.unix_s): one for one in samples}
    acks = measured.by_second("ack")
    seconds = sorted(gauges.keys() | measured.counts.keys())
    zero = int(bell_s) if bell_s is not None else min(seconds, default=0)
    return tuple(
        _moment(second - zero, measured, acks.get(second), gauges.get(second), second) for second in seconds
    )


def _moment(at_s: int, measured: Measured, ack: Spread | None, gauge: Sample | None, second: int) -> Moment:
    done = {name: sum(row.values()) for name, row in measured.counts.get(second, {}).items()}
    if gauge is None:
        return Moment(at_s=at_s, done=done, ack=ack, cpu={})
    cpu = {name: round(value, 3) for name, value in gauge.cpu.items()}
    return Moment(
        at_s=at_s,
        done=done,
        ack=ack,
        cpu=cpu,
        connections=gauge.connections,
        queue_rows=gauge.queue_rows,
    )

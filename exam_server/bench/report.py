"""What every benchmark prints."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path

import msgspec
import psutil


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where it ran. ``load`` is the load average of the last minute, before it began: much of it, and the
    figures are those of a busy machine."""

    system: str
    processor: str
    processors: int
    memory_gib: float
    load: float
    python: str


class Bound(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The most or the least that a figure may be."""

    most: float | None = None
    least: float | None = None

    def holds(self, value: float) -> bool:
        """Whether the value keeps it."""
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)


class BenchReport(msgspec.Struct, frozen=True, kw_only=True):
    """``figures`` and ``limits`` carry their unit in the name. ``limits`` are what the machine itself can do,
    measured in the same run; ``ratios`` compare with them. ``bounds`` are for figures and ratios."""

    name: str
    figures: dict[str, float]
    limits: dict[str, float]
    ratios: dict[str, float]
    bounds: dict[str, Bound]
    settings: dict[str, float]
    machine: Machine

    @property
    def broken(self) -> tuple[str, ...]:
        """The figures and ratios that do not keep their bound."""
        values = {**self.figures, **self.ratios}
        return tuple(name for name, bound in self.bounds.items() if not bound.holds(values[name]))


def this_machine() -> Machine:
    """The machine that runs this, as it is now."""
    return Machine(
        system=platform.platform(),
        processor=_processor(),
        processors=os.cpu_count() or 0,
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        load=round(os.getloadavg()[0], 2),
        python=platform.python_version(),
    )


def _processor() -> str:
    """What /proc says where there is one."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def make_report(
    name: str,
    machine: Machine,
    settings: Mapping[str, float],
    *,
    figures: Mapping[str, float],
    limits: Mapping[str, float],
    ratios: Mapping[str, float],
    bounds: Mapping[str, Bound],
) -> BenchReport:
    """The report, figures rounded to three decimals."""
    return BenchReport(
        name=name,
        figures=_rounded(figures),
        limits=_rounded(limits),
        ratios=_rounded(ratios),
        bounds=dict(bounds),
        settings=dict(settings),
        machine=machine,
    )


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}

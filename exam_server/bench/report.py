"""What every benchmark prints."""

import os
import platform
from collections.abc import Sequence

import msgspec


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where it ran."""

    system: str
    processors: int
    python: str


class BenchReport(msgspec.Struct, frozen=True, kw_only=True):
    """``figures`` and ``limits`` carry their unit in the name. ``limits`` are what the machine itself can do,
    measured in the same run; ``ratios`` compare with them. ``bounds`` are the most that a figure may be."""

    name: str
    figures: dict[str, float]
    limits: dict[str, float]
    ratios: dict[str, float]
    bounds: dict[str, float]
    settings: dict[str, float]
    machine: Machine

    @property
    def passed(self) -> bool:
        """Whether every figure keeps its bound."""
        return all(self.figures[name] <= bound for name, bound in self.bounds.items())


def this_machine() -> Machine:
    """The machine that runs this."""
    return Machine(
        system=platform.platform(), processors=os.cpu_count() or 0, python=platform.python_version()
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of the values do not exceed; ``values`` must not be
    empty."""
    ranked = sorted(values)
    return ranked[max(0, -int(-share * len(ranked) // 1) - 1)]

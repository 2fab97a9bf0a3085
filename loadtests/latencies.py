"""Latencies by the second at which they were due and by what was done, small enough to travel."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

Counts = Mapping[str, Mapping[str, Mapping[str, int]]]
"""Second (Unix time), then name, then latency in milliseconds to two or three figures, then how many."""


class Latencies:
    """What a process has measured and not yet handed over."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, defaultdict[str, defaultdict[str, int]]] = _empty()
        self.failures: defaultdict[str, int] = defaultdict(int)

    def add(self, name: str, due_unix_s: float, latency_ms: float) -> None:
        """One more."""
        self._counts[str(int(due_unix_s))][name][_figure(latency_ms)] += 1

    def fail(self, name: str, reason: str) -> None:
        """One that failed."""
        self.failures[f"{name}: {reason}"] += 1

    def take(self) -> tuple[Counts, dict[str, int]]:
        """What there is, as JSON may carry it; from now on it is not here any more."""
        counts, self._counts = self._counts, _empty()
        failures, self.failures = self.failures, defaultdict(int)
        plain = {second: {name: dict(row) for name, row in names.items()} for second, names in counts.items()}
        return plain, dict(failures)

    def merge(self, counts: Counts, failures: Mapping[str, int]) -> None:
        """Add what another process has measured."""
        for second, names in counts.items():
            for name, row in names.items():
                for figure, count in row.items():
                    self._counts[second][name][figure] += count
        for reason, count in failures.items():
            self.failures[reason] += count

    def write(self, path: Path) -> None:
        """As a file, kept here too."""
        path.write_text(json.dumps({"counts": self._counts, "failures": self.failures}), encoding="utf-8")


def _figure(latency_ms: float) -> str:
    """To two or three figures: 0.42, 1.3, 13, 130, 1300."""
    return (
        f"{latency_ms:.2f}"
        if latency_ms < 1
        else f"{latency_ms:.1f}"
        if latency_ms < 100
        else f"{latency_ms:.0f}"
    )


def _empty() -> defaultdict[str, defaultdict[str, defaultdict[str, int]]]:
    return defaultdict(lambda: defaultdict(lambda: defaultdict(int)))

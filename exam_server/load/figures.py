"""From the students' latencies to figures: by what was done, and by second."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

_Row = Mapping[str, int]


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How many, and their latencies in milliseconds."""

    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """Latencies as the load generator wrote them: by second (Unix time) in which they were due, by what was
    done, how many of each figure. ``failures``: how many, by what they said."""

    counts: dict[int, dict[str, dict[str, int]]]
    failures: dict[str, int]

    def names(self) -> list[str]:
        """What was done."""
        return sorted({name for names in self.counts.values() for name in names})

    def spread(self, name: str) -> Spread:
        """All latencies of what was done."""
        return spread(names.get(name, {}) for names in self.counts.values())

    def by_second(self, name: str) -> dict[int, Spread]:
        """The same, for each second in which there was any."""
        return {second: spread([names[name]]) for second, names in self.counts.items() if name in names}


def read_measured(path: Path) -> Measured:
    """What the load generator wrote; nothing where it did not."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Measured, strict=False)
    except FileNotFoundError:
        return Measured(counts={}, failures={})


def spread(rows: Iterable[_Row]) -> Spread:
    """The spread of latencies counted by figure."""
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row)
    ranked = sorted((float(figure), count) for figure, count in total.items())
    count = total.total()
    return Spread(
        count=count,
        p50_ms=_percentile(ranked, count, 0.5),
        p95_ms=_percentile(ranked, count, 0.95),
        p99_ms=_percentile(ranked, count, 0.99),
        max_ms=ranked[-1][0] if ranked else 0.0,
    )


def _percentile(ranked: list[tuple[float, int]], count: int, share: float) -> float:
    """The smallest figure that at least ``share`` of all do not exceed; 0 of none."""
    passed = 0
    for figure, times in ranked:
        passed += times
        if passed >= share * count:
            return figure
    return 0.0

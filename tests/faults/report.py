"""What the scenarios found, as a table and as JSON."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from exam_server.simulation.checker import Verdict


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a scenario: how often it struck, what was acknowledged meanwhile, what was found wrong."""

    scenario: str
    seed: int
    rounds: int
    acknowledged: int
    reconnections: int
    seconds: float
    findings: dict[str, int]

    @property
    def wrong(self) -> int:
        """How many findings."""
        return sum(self.findings.values())


def row(
    scenario: str, seed: int, rounds: int, *, verdict: Verdict, reconnections: int, seconds: float
) -> Row:
    """A verdict as a row."""
    return Row(
        scenario=scenario,
        seed=seed,
        rounds=rounds,
        acknowledged=verdict.acknowledged,
        reconnections=reconnections,
        seconds=round(seconds, 1),
        findings={str(kind): count for kind, count in verdict.counts.items()}
        | {"unaccounted": verdict.unaccounted},
    )


def table(rows: Sequence[Row]) -> list[str]:
    """Lines of text: a heading, the rows, the sums."""
    width = max(len(one.scenario) for one in rows)
    heading = f"{'scenario':<{width}}  seed  rounds  acknowledged  reconnections  seconds  findings"
    lines = [_line(one, width) for one in rows]
    rounds, told = sum(one.rounds for one in rows), sum(one.acknowledged for one in rows)
    wrong = sum(one.wrong for one in rows)
    again, seconds = sum(one.reconnections for one in rows), sum(one.seconds for one in rows)
    total = (
        f"{'all':<{width}}        {rounds:>6}  {told:>12}  {again:>13}  {seconds:>7.1f}  {wrong or 'none'}"
    )
    return [heading, *lines, total]


def _line(one: Row, width: int) -> str:
    found = ", ".join(f"{count} {kind}" for kind, count in one.findings.items() if count) or "none"
    return (
        f"{one.scenario:<{width}}  {one.seed:>4}  {one.rounds:>6}  {one.acknowledged:>12}"
        f"  {one.reconnections:>13}  {one.seconds:>7.1f}  {found}"
    )


def write_json(path: Path, rows: Sequence[Row]) -> None:
    """All rows as one JSON array."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(list(rows))) + b"\n")

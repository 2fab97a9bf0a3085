"""What became of the events, for any bench."""

from collections.abc import Mapping
from types import MappingProxyType

from exam_server.bench.orders import Done
from exam_server.bench.report import Bound
from exam_server.simulation.checker import Verdict

NO_LOSS: Mapping[str, Bound] = MappingProxyType(
    {name: Bound(most=0) for name in ("unacknowledged", "refused", "lost", "wrong")}
)
"""The bounds that hold on any machine."""


def losses(done: Done, verdict: Verdict) -> Mapping[str, float]:
    """Events sent, never acknowledged, and refused; of the acknowledged, those not in the journal (``lost``);
    what else the checker finds (``wrong``); and connections that broke by themselves."""
    lost = verdict.counts["lost"]
    return {
        "sent": done.sent,
        "unacknowledged": done.sent - done.acknowledged,
        "refused": done.refused,
        "lost": lost,
        "wrong": sum(verdict.counts.values()) - lost + verdict.unaccounted,
        "lines_lost": done.lines_lost,
    }

"""What a load run shall be."""

from typing import Literal

import msgspec

Name = Literal["steady", "bell", "deadline", "outage", "day"]
"""The scenarios of ``loadtests.scenarios``."""

DEFAULT_SECONDS: dict[Name, float] = {
    "steady": 60,
    "bell": 60,
    "deadline": 60,
    "outage": 60,
    "day": 300,
}

BY_DEADLINE = frozenset[Name]({"deadline", "day"})
"""Scenarios that fill the time allowed, which the server counts in minutes."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """``seconds`` of work; in ``outage`` the line is down for ``outage_s`` between its two halves.
    ``processes``: of the load generator; ``workers``: of the server."""

    scenario: Name
    students: int
    seconds: float
    outage_s: float
    processes: int
    workers: int
    seed: int

    @property
    def minutes(self) -> int:
        """The exam's time: as long as the work where the deadline ends it, else long enough."""
        return max(1, round(self.seconds / 60)) if self.scenario in BY_DEADLINE else 600

    @property
    def length_s(self) -> float:
        """From the bell until the last should have left."""
        work_s = self.minutes * 60 if self.scenario in BY_DEADLINE else self.seconds
        return work_s + (self.outage_s if self.scenario == "outage" else 0) + 10

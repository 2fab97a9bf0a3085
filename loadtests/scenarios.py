"""What a load test plays, and each student's own plan in it: moments fixed before anything is sent."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Literal

Deed = Literal["visit", "answer", "change", "flag", "drop", "move", "submit"]
"""What a student does. drop: the line is down for ``lasts_s``; move: logs in anew, as on another PC."""

SPREAD = 0.7
"""Sigma of the log-normal times between deeds: a few are quick, some take minutes."""

LAST_S = 5.0
"""In ``deadline``, all submit within this time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """``think_s``: median time between two deeds; ``first_s``: before the first answer. ``by_deadline``: the
    plan fills the time allowed, else ``seconds``. ``arrival_share``: of that time, over which students come;
    0: as fast as is fair. ``absent``: share who are away when time ends; ``dropping``: whose line breaks once
    by itself; ``moving``: who go on at another PC. ``hand_in``: in ten seconds after it, in the last five, or
    spread over the last third with one in ten left to the server.
    """

    name: str
    seconds: float
    think_s: float = 15.0
    first_s: float = 15.0
    by_deadline: bool = False
    arrival_share: float = 0.0
    absent: float = 0.0
    dropping: float = 0.0
    moving: float = 0.0
    outage: bool = False
    hand_in: Literal["after", "last", "spread"] = "after"


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A deed at ``at_s`` after the bell."""

    at_s: float
    deed: Deed
    lasts_s: float = 0.0


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        one.name: one
        for one in (
            Scenario(name="steady", seconds=60),
            Scenario(name="bell", seconds=60, first_s=6.0),
            Scenario(name="deadline", seconds=60, by_deadline=True, hand_in="last", absent=0.05),
            Scenario(name="outage", seconds=60, outage=True),
            Scenario(
                name="day",
                seconds=300,
                by_deadline=True,
                arrival_share=0.2,
                hand_in="spread",
                dropping=0.1,
                moving=0.02,
            ),
        )
    }
)


def plan(scenario: Scenario, work_s: float, outage_s: float, random: Random) -> list[Planned]:
    """One student's deeds in order, for ``work_s`` seconds of work."""
    end_s = work_s + (outage_s if scenario.outage else 0.0)
    away_at_s = end_s - random.uniform(10, 30) if random.random() < scenario.absent else None
    submit_s = _hand_in(scenario, end_s, random)
    deeds = [*_work(scenario, min(submit_s, end_s), random), *_troubles(scenario, work_s, outage_s, random)]
    if away_at_s is not None:
        back_s = end_s + 3 + random.uniform(0, 5)
        deeds.append(Planned(at_s=max(0.0, away_at_s), deed="drop", lasts_s=back_s - max(0.0, away_at_s)))
    elif submit_s < math.inf:
        deeds.append(Planned(at_s=submit_s, deed="submit"))
    return sorted(deeds, key=lambda one: one.at_s)


def _hand_in(scenario: Scenario, end_s: float, random: Random) -> float:
    """When to submit; infinite leaves it to the server."""
    if scenario.hand_in == "last":
        return end_s - random.uniform(0.05, LAST_S)
    if scenario.hand_in == "spread":
        return math.inf if random.random() < 0.1 else end_s * (0.6 + 0.4 * random.betavariate(2, 1)) - 1
    return end_s + random.uniform(0, 10)


def _work(scenario: Scenario, until_s: float, random: Random) -> Iterator[Planned]:
    """Open an item, think, answer it; now and then flag it, or go back and change an answer."""
    at_s = random.lognormvariate(math.log(0.5), 0.5)
    yield Planned(at_s=at_s, deed="visit")
    think_s = scenario.first_s
    while True:
        at_s += random.lognormvariate(math.log(think_s), SPREAD)
        if at_s >= until_s:
            return
        think_s = scenario.think_s
        yield Planned(at_s=at_s, deed="change" if random.random() < 0.15 else "answer")
        if random.random() < 0.08:
            yield Planned(at_s=min(until_s, at_s + random.uniform(0.2, 1)), deed="flag")
        yield Planned(at_s=min(until_s, at_s + random.uniform(1, 2)), deed="visit")


def _troubles(scenario: Scenario, work_s: float, outage_s: float, random: Random) -> Iterator[Planned]:
    """What happens to the line, and who changes the PC."""
    if scenario.outage:
        yield Planned(at_s=work_s / 2, deed="drop", lasts_s=outage_s)
    if random.random() < scenario.dropping:
        yield Planned(at_s=random.uniform(0, work_s * 0.8), deed="drop", lasts_s=random.uniform(1, 10))
    if random.random() < scenario.moving:
        yield Planned(at_s=random.uniform(0, work_s * 0.8), deed="move")

"""A sitting: its states, what may happen in each, and nothing else changes them.

    registered ──admitted──> admitted ──entered──> waiting ──started──> running <──paused/resumed──> paused
                                                                          │                            │
                                                              submitted / closed <─────────────────────┘
    and any of them may be voided.

A command asks that something happen. ``decide`` answers with the event, or raises; ``apply`` changes the
sitting. Replaying the stored events from a new Sitting gives the stored state.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

import msgspec

from exam_server.core.timing import Terms, Times, deadline, duration_ms
from exam_server.errors import Conflict


class State(StrEnum):
    """Where a sitting stands; the protocol documents each."""

    REGISTERED = "registered"
    ADMITTED = "admitted"
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    SUBMITTED = "submitted"
    CLOSED = "closed"
    VOIDED = "voided"


class Happening(StrEnum):
    """What can happen to a sitting."""

    ADMITTED = "admitted"
    ENTERED = "entered"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    SUBMITTED = "submitted"
    CLOSED = "closed"
    VOIDED = "voided"


Ender = Literal["candidate", "server", "invigilator"]

TRANSITIONS: Mapping[State, Mapping[Happening, State]] = MappingProxyType(
    {
        State.REGISTERED: {
            Happening.ADMITTED: State.ADMITTED,
            Happening.EXTENDED: State.REGISTERED,
            Happening.VOIDED: State.VOIDED,
        },
        State.ADMITTED: {
            Happening.ENTERED: State.WAITING,
            Happening.EXTENDED: State.ADMITTED,
            Happening.VOIDED: State.VOIDED,
        },
        State.WAITING: {
            Happening.STARTED: State.RUNNING,
            Happening.EXTENDED: State.WAITING,
            Happening.VOIDED: State.VOIDED,
        },
        State.RUNNING: {
            Happening.PAUSED: State.PAUSED,
            Happening.EXTENDED: State.RUNNING,
            Happening.SUBMITTED: State.SUBMITTED,
            Happening.CLOSED: State.CLOSED,
            Happening.VOIDED: State.VOIDED,
        },
        State.PAUSED: {
            Happening.RESUMED: State.RUNNING,
            Happening.EXTENDED: State.PAUSED,
            # Handed in at the moment of the pause: the candidate has done with the paper, nobody gains by
            # refusing it.
            Happening.SUBMITTED: State.SUBMITTED,
            Happening.CLOSED: State.CLOSED,
            Happening.VOIDED: State.VOIDED,
        },
        State.SUBMITTED: {Happening.VOIDED: State.VOIDED},
        State.CLOSED: {Happening.VOIDED: State.VOIDED},
        State.VOIDED: {},
    }
)
"""Every pair that is not listed is a Conflict."""

LIVE = frozenset({State.RUNNING, State.PAUSED})
"""The states in which a candidate's events are taken."""

ENDED = frozenset({State.SUBMITTED, State.CLOSED, State.VOIDED})
"""The states in which the script is in."""


class Sitting(Times, frozen=True, kw_only=True):
    """A sitting's state and its times."""

    state: State = State.REGISTERED
    ended_at: datetime | None = None
    ended_by: Ender | None = None


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Asks that ``what`` happen. ``ms`` is the time to add; ``by`` who ends it."""

    what: Happening
    ms: int = 0
    by: Ender = "invigilator"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """It happened: the same fields as the command, and when."""

    what: Happening
    at: datetime
    ms: int = 0
    by: Ender = "invigilator"


def decide(sitting: Sitting, terms: Terms, command: Command, now: datetime) -> Event:
    """The event that the command leads to.

    Raises Conflict: ``sitting_<state>`` when the state does not allow it; ``bell_not_rung``;
    ``no_time_added``, ``closing_time`` when more time would not move the deadline; ``not_due`` when the
    server closes before the deadline.
    """
    if command.what not in TRANSITIONS[sitting.state]:
        raise Conflict(f"sitting_{sitting.state}")
    if (demur := _DEMURS.get(command.what)) is not None and (
        code := demur(sitting, terms, command, now)
    ) is not None:
        raise Conflict(code)
    return Event(what=command.what, at=now, ms=command.ms, by=command.by)


def apply(sitting: Sitting, event: Event) -> Sitting:
    """The sitting after the event. Raises Conflict ``sitting_<state>`` for an event that cannot have
    happened."""
    state = TRANSITIONS[sitting.state].get(event.what)
    if state is None:
        raise Conflict(f"sitting_{sitting.state}")
    change = _CHANGES.get(event.what)
    changed = sitting if change is None else change(sitting, event)
    return msgspec.structs.replace(changed, state=state)


def ends_at(sitting: Sitting, terms: Terms) -> datetime | None:
    """When the sitting ends by itself; None unless it is running or paused.

    A pause holds the candidate's own time, not the shift's: from its closing time on the keys may be shown.
    """
    if sitting.state is State.PAUSED:
        return terms.closes_at
    return deadline(sitting, terms) if sitting.state is State.RUNNING else None


def arrive(sitting: Sitting, terms: Terms, now: datetime) -> tuple[Event, ...]:
    """All that happens by itself to the sitting of a candidate who is connected: let in, waiting, started."""
    events: list[Event] = []
    while (what := _next_step(sitting, terms, now)) is not None:
        event = decide(sitting, terms, Command(what=what, by="candidate"), now)
        sitting = apply(sitting, event)
        events.append(event)
    return tuple(events)


def _next_step(sitting: Sitting, terms: Terms, now: datetime) -> Happening | None:
    if now >= terms.closes_at:
        return None
    if sitting.state is State.REGISTERED and terms.automatic and _in_time(terms, now):
        return Happening.ADMITTED
    if sitting.state is State.ADMITTED:
        return Happening.ENTERED
    if sitting.state is State.WAITING and terms.bell_at is not None:
        return Happening.STARTED
    return None


def _in_time(terms: Terms, now: datetime) -> bool:
    return terms.bell_at is None or duration_ms(now - terms.bell_at) <= terms.late_ms


def _demur_start(sitting: Sitting, terms: Terms, command: Command, now: datetime) -> str | None:
    return "bell_not_rung" if terms.bell_at is None else None


def _demur_extend(sitting: Sitting, terms: Terms, command: Command, now: datetime) -> str | None:
    if command.ms <= 0:
        return "no_time_added"
    longer = msgspec.structs.replace(sitting, extra_ms=sitting.extra_ms + command.ms)
    moved = sitting.started_at is None or deadline(longer, terms) != deadline(sitting, terms)
    return None if moved else "closing_time"


def _demur_close(sitting: Sitting, terms: Terms, command: Command, now: datetime) -> str | None:
    end = ends_at(sitting, terms)
    due = end is not None and now >= end
    return None if due or command.by != "server" else "not_due"


_DEMURS: Mapping[Happening, Callable[[Sitting, Terms, Command, datetime], str | None]] = MappingProxyType(
    {
        Happening.STARTED: _demur_start,
        Happening.EXTENDED: _demur_extend,
        Happening.CLOSED: _demur_close,
    }
)


def _start(sitting: Sitting, event: Event) -> Sitting:
    return msgspec.structs.replace(sitting, started_at=event.at)


def _pause(sitting: Sitting, event: Event) -> Sitting:
    return msgspec.structs.replace(sitting, paused_at=event.at)


def _resume(sitting: Sitting, event: Event) -> Sitting:
    """Credits the pause, if there is one."""
    if sitting.paused_at is None:
        return sitting
    credit_ms = max(0, duration_ms(event.at - sitting.paused_at))
    return msgspec.structs.replace(sitting, paused_at=None, paused_ms=sitting.paused_ms + credit_ms)


def _extend(sitting: Sitting, event: Event) -> Sitting:
    return msgspec.structs.replace(sitting, extra_ms=sitting.extra_ms + event.ms)


def _end(sitting: Sitting, event: Event) -> Sitting:
    return msgspec.structs.replace(_resume(sitting, event), ended_at=event.at, ended_by=event.by)


def _void(sitting: Sitting, event: Event) -> Sitting:
    """A script that is in keeps the time and the hand that ended it."""
    return sitting if sitting.state in ENDED else _end(sitting, event)


_CHANGES: Mapping[Happening, Callable[[Sitting, Event], Sitting]] = MappingProxyType(
    {
        Happening.STARTED: _start,
        Happening.PAUSED: _pause,
        Happening.RESUMED: _resume,
        Happening.EXTENDED: _extend,
        Happening.SUBMITTED: _end,
        Happening.CLOSED: _end,
        Happening.VOIDED: _void,
    }
)

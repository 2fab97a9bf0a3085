"""Properties of the sitting: what must be true of any exam day."""

from datetime import UTC, datetime, timedelta
from itertools import product

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from exam_server.core.sitting import (
    ENDED,
    TRANSITIONS,
    Command,
    Event,
    Happening,
    Sitting,
    State,
    apply,
    arrive,
    decide,
)
from exam_server.core.timing import Terms, deadline, remaining_ms
from exam_server.errors import Conflict

BELL = datetime(2026, 6, 26, 0, 35, tzinfo=UTC)


def terms(
    *, minutes: int = 45, spare: int = 60, bell: datetime | None = BELL, automatic: bool = True
) -> Terms:
    return Terms(
        opens_at=BELL,
        closes_at=BELL + timedelta(minutes=minutes + spare),
        bell_at=bell,
        limit_ms=minutes * 60_000,
        late_ms=15 * 60_000,
        automatic=automatic,
    )


def run(sitting: Sitting, *events: Event) -> Sitting:
    for event in events:
        sitting = apply(sitting, event)
    return sitting


RUNNING = run(Sitting(), *arrive(Sitting(), terms(), BELL))


class ExamDay(RuleBasedStateMachine):
    """Random commands at random times; the model is only what must never be broken."""

    @initialize(
        minutes=st.integers(1, 180), spare=st.integers(0, 120), automatic=st.booleans(), rung=st.booleans()
    )
    def register(self, minutes: int, spare: int, automatic: bool, rung: bool) -> None:
        self.terms = terms(minutes=minutes, spare=spare, bell=BELL if rung else None, automatic=automatic)
        self.now = BELL
        self.sitting = Sitting()
        self.events: list[Event] = []

    @rule(ms=st.integers(0, 40 * 60_000))
    def pass_time(self, ms: int) -> None:
        self.now += timedelta(milliseconds=ms)

    @rule(
        what=st.sampled_from(Happening),
        minutes=st.integers(-5, 60),
        by=st.sampled_from(["candidate", "server", "invigilator"]),
    )
    def command(self, what: Happening, minutes: int, by: str) -> None:
        before = self.sitting
        command = msgspec.convert({"what": what, "ms": minutes * 60_000, "by": by}, Command)
        try:
            event = decide(before, self.terms, command, self.now)
        except Conflict:
            return
        self._happen(event)
        self._check_step(before, event)

    @precondition(lambda self: self.sitting.state not in ENDED)
    @rule()
    def connect(self) -> None:
        for event in arrive(self.sitting, self.terms, self.now):
            self._happen(event)
        assert not arrive(self.sitting, self.terms, self.now), "arriving leaves nothing to arrive at"

    @invariant()
    def replaying_the_events_gives_the_state(self) -> None:
        assert run(Sitting(), *self.events) == self.sitting

    @invariant()
    def no_deadline_before_the_start_or_after_the_closing_time(self) -> None:
        end = deadline(self.sitting, self.terms)
        assert (end is None) == (self.sitting.started_at is None)
        if end is not None and self.sitting.started_at is not None:
            assert min(self.sitting.started_at, self.terms.closes_at) <= end <= self.terms.closes_at

    @invariant()
    def paused_and_ended_show_in_the_times(self) -> None:
        assert (self.sitting.paused_at is not None) == (self.sitting.state is State.PAUSED)
        assert (self.sitting.ended_at is not None) == (self.sitting.state in ENDED)

    def _happen(self, event: Event) -> None:
        self.sitting = apply(self.sitting, event)
        self.events.append(event)

    def _check_step(self, before: Sitting, event: Event) -> None:
        if before.state in ENDED:
            assert event.what is Happening.VOIDED
            assert (self.sitting.ended_at, self.sitting.ended_by) == (before.ended_at, before.ended_by)
        was, end = deadline(before, self.terms), deadline(self.sitting, self.terms)
        if was is not None and end is not None:
            assert end >= was, "nothing takes time away"
        if event.what is Happening.EXTENDED and was is not None and end is not None:
            assert end > was


TestExamDay = ExamDay.TestCase


@given(used=st.integers(0, 44 * 60_000_000), paused=st.integers(0, 30 * 60_000_000))
def test_a_pause_costs_no_time(used: int, paused: int) -> None:
    shift = terms()
    pause_at = BELL + timedelta(microseconds=used)
    resume_at = pause_at + timedelta(microseconds=paused)
    stopped = apply(RUNNING, decide(RUNNING, shift, Command(what=Happening.PAUSED), pause_at))
    resumed = apply(stopped, decide(stopped, shift, Command(what=Happening.RESUMED), resume_at))
    before = remaining_ms(RUNNING, shift, pause_at)
    after = remaining_ms(resumed, shift, resume_at)
    assert before is not None
    assert after is not None
    assert before == remaining_ms(stopped, shift, resume_at)
    assert before <= after <= before + 1


@pytest.mark.parametrize(("state", "what"), list(product(State, Happening)))
def test_what_the_table_does_not_list_is_a_conflict(state: State, what: Happening) -> None:
    assume_listed = what in TRANSITIONS[state]
    sitting = msgspec.structs.replace(RUNNING, state=state, paused_at=BELL if state is State.PAUSED else None)
    event = Event(what=what, at=BELL)
    if assume_listed:
        assert apply(sitting, event).state is TRANSITIONS[state][what]
        return
    with pytest.raises(Conflict, match=f"sitting_{state}"):
        apply(sitting, event)
    with pytest.raises(Conflict, match=f"sitting_{state}"):
        decide(sitting, terms(), Command(what=what, ms=60_000), BELL)


@given(late_s=st.integers(-600, 7200), automatic=st.booleans(), admitted=st.booleans())
def test_who_comes_late_starts_at_their_own_entry_or_waits_for_an_invigilator(
    late_s: int, automatic: bool, admitted: bool
) -> None:
    now = BELL + timedelta(seconds=late_s)
    shift = terms(automatic=automatic, bell=BELL if late_s >= 0 else None)
    assume(now < shift.closes_at)
    sitting = Sitting(state=State.ADMITTED if admitted else State.REGISTERED)
    after = run(sitting, *arrive(sitting, shift, now))
    let_in = admitted or (automatic and late_s <= 15 * 60)
    if not let_in:
        assert after.state is State.REGISTERED
    elif late_s < 0:
        assert after.state is State.WAITING
    else:
        assert (after.state, after.started_at) == (State.RUNNING, now)


def test_nobody_starts_after_the_closing_time() -> None:
    shift = terms()
    assert arrive(Sitting(state=State.ADMITTED), shift, shift.closes_at) == ()


def test_time_beyond_the_closing_time_is_refused_in_words_not_swallowed() -> None:
    shift = terms(spare=0)
    with pytest.raises(Conflict, match="closing_time"):
        decide(RUNNING, shift, Command(what=Happening.EXTENDED, ms=60_000), BELL)


def test_the_server_closes_only_what_is_due() -> None:
    by_server = Command(what=Happening.CLOSED, by="server")
    with pytest.raises(Conflict, match="not_due"):
        decide(RUNNING, terms(), by_server, BELL + timedelta(minutes=45, milliseconds=-1))
    due = BELL + timedelta(minutes=45)
    closed = apply(RUNNING, decide(RUNNING, terms(), by_server, due))
    assert (closed.state, closed.ended_by, closed.ended_at) == (State.CLOSED, "server", due)


def test_a_pause_ends_with_the_shift() -> None:
    shift = terms()
    by_server = Command(what=Happening.CLOSED, by="server")
    paused = apply(RUNNING, decide(RUNNING, shift, Command(what=Happening.PAUSED), BELL))
    with pytest.raises(Conflict, match="not_due"):
        decide(paused, shift, by_server, shift.closes_at - timedelta(milliseconds=1))
    closed = apply(paused, decide(paused, shift, by_server, shift.closes_at))
    assert (closed.state, closed.paused_at) == (State.CLOSED, None)

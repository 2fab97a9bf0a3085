"""Which of a candidate's events are taken."""

from datetime import UTC, datetime, timedelta

import pytest

from exam_server.core.sitting import Sitting, State
from exam_server.core.timing import Terms
from exam_server.core.turn import MAX_EVENT_BYTES, MAX_EVENTS, refusal, taken_until
from exam_server.protocol.sitting import RefusalCode, Submit, Visit

BELL = datetime(2026, 6, 26, 0, 35, tzinfo=UTC)
GRACE_MS = 2_000
TERMS = Terms(
    opens_at=BELL,
    closes_at=BELL + timedelta(minutes=60),
    bell_at=BELL,
    limit_ms=45 * 60_000,
    late_ms=0,
    automatic=True,
)


@pytest.mark.parametrize(
    ("state", "minutes", "code"),
    [
        (State.RUNNING, 45, None),
        (State.RUNNING, 46, "deadline"),
        (State.PAUSED, 46, None),
        (State.PAUSED, 60, None),
        (State.PAUSED, 61, "deadline"),
        (State.WAITING, 0, "not_running"),
        (State.SUBMITTED, 10, "not_running"),
    ],
)
def test_an_event_is_taken_while_there_is_time(state: State, minutes: int, code: RefusalCode | None) -> None:
    paused_at = BELL + timedelta(minutes=10) if state is State.PAUSED else None
    sitting = Sitting(state=state, started_at=BELL, paused_at=paused_at)
    at = BELL + timedelta(minutes=minutes, milliseconds=GRACE_MS)
    assert (
        refusal(Submit(seq=1, at_ms=1), taken_until(sitting, TERMS, GRACE_MS), {}, size=30, received_at=at)
        == code
    )


@pytest.mark.parametrize(
    ("seq", "size", "code"),
    [
        (MAX_EVENTS, MAX_EVENT_BYTES, "unknown_item"),
        (MAX_EVENTS + 1, 30, "too_many"),
        (1, MAX_EVENT_BYTES + 1, "too_long"),
    ],
)
def test_a_sitting_takes_only_so_much(seq: int, size: int, code: str) -> None:
    visit = Visit(seq=seq, item=1, at_ms=1)
    sitting = Sitting(state=State.RUNNING, started_at=BELL)
    assert refusal(visit, taken_until(sitting, TERMS, GRACE_MS), {}, size=size, received_at=BELL) == code
    last = Submit(seq=seq, at_ms=1)
    assert refusal(last, taken_until(sitting, TERMS, GRACE_MS), {}, size=30, received_at=BELL) is None

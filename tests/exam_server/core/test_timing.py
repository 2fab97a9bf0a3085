"""The deadline and what the client is told."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exam_server.core.timing import Terms, Times, deadline, duration_ms, instant_ms, instant_us, timing_of

OPENS = datetime(2026, 6, 26, 0, 35, tzinfo=UTC)
TERMS = Terms(
    opens_at=OPENS,
    closes_at=OPENS + timedelta(minutes=120),
    bell_at=OPENS,
    limit_ms=90 * 60_000,
    late_ms=0,
    automatic=True,
)


def test_before_the_bell_only_the_plan_is_told() -> None:
    timing = timing_of(Times(), TERMS, OPENS - timedelta(minutes=1))
    assert (timing.opens_ms, timing.limit_ms) == (instant_ms(OPENS), 5_400_000)
    assert (timing.started_ms, timing.deadline_ms, timing.remaining_ms) == (None, None, None)


def test_while_paused_what_is_left_stands_still_and_there_is_no_deadline() -> None:
    times = Times(started_at=OPENS, paused_at=OPENS + timedelta(minutes=10))
    for minutes in (10, 15, 20):
        timing = timing_of(times, TERMS, OPENS + timedelta(minutes=minutes))
        assert (timing.deadline_ms, timing.remaining_ms) == (None, 80 * 60_000)


def test_a_pause_does_not_reach_beyond_the_closing_time() -> None:
    times = Times(started_at=OPENS, paused_at=OPENS + timedelta(minutes=10))
    assert timing_of(times, TERMS, OPENS + timedelta(minutes=100)).remaining_ms == 20 * 60_000


@given(
    late_ms=st.integers(0, 7_200_000), extra_ms=st.integers(0, 3_600_000), paused_ms=st.integers(0, 3_600_000)
)
def test_the_deadline_is_the_sooner_of_the_allowed_time_and_the_closing_time(
    late_ms: int, extra_ms: int, paused_ms: int
) -> None:
    started = OPENS + timedelta(milliseconds=late_ms)
    times = Times(started_at=started, extra_ms=extra_ms, paused_ms=paused_ms)
    allowed_ms = instant_ms(started) + TERMS.limit_ms + extra_ms + paused_ms
    end = deadline(times, TERMS)
    assert end is not None
    assert instant_ms(end) == min(allowed_ms, instant_ms(TERMS.closes_at))


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_are_exact(instant: datetime) -> None:
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant_us(instant)) == instant
    assert instant_ms(instant) == instant_us(instant) // 1000


def test_durations_round_up() -> None:
    assert [duration_ms(timedelta(microseconds=us)) for us in (0, 1, 1000, 1001)] == [0, 1, 1, 2]

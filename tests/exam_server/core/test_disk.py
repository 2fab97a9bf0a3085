"""Disk for a shift: how much, when it is held back, when it is let go, when running low is an alarm."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_server.core.disk import FLOOR_BYTES, GIB, LOW_BYTES, MIB, judge_disk, needed_bytes, reserve_bytes
from exam_server.core.figures import Disk

NOW = datetime(2026, 6, 26, 1, tzinfo=UTC)

sizes = st.integers(0, 8 * GIB)


def disk(
    free: int, *, reserved: int = 0, wanted: int = 0, minutes: float | None = None, ends: float | None = None
) -> Disk:
    return Disk(
        free_bytes=free,
        total_bytes=100 * GIB,
        reserved_bytes=reserved,
        wanted_bytes=wanted,
        minutes_left=minutes,
        ends_at=None if ends is None else NOW + timedelta(minutes=ends),
    )


def found(state: Disk) -> list[tuple[str, str]]:
    return [(one.code, one.level) for one in judge_disk("a", state, NOW)]


def test_nobody_needs_nothing_and_more_need_more() -> None:
    needs = [needed_bytes(candidates) for candidates in (0, 24, 500, 2_000, 10_000)]
    assert needs[0] == 0
    assert needs == sorted(set(needs))
    assert needed_bytes(2_000) < GIB


@given(sizes, sizes, sizes)
def test_a_reserve_is_let_go_before_the_disk_is_full(reserved: int, free: int, wanted: int) -> None:
    target = reserve_bytes(reserved, free, wanted)
    left = free + reserved - target
    assert 0 <= target <= max(reserved, wanted)
    assert target <= wanted
    if left < FLOOR_BYTES:
        assert target == 0
    if target > reserved:
        assert left >= 2 * FLOOR_BYTES


@given(sizes, sizes, sizes)
def test_a_reserve_does_not_come_and_go_by_itself(reserved: int, free: int, wanted: int) -> None:
    target = reserve_bytes(reserved, free, wanted)
    assert reserve_bytes(target, free + reserved - target, wanted) == target


@given(sizes, sizes)
def test_whatever_postgresql_writes_it_has_room_until_the_reserve_is_gone(free: int, wanted: int) -> None:
    held = 0
    for _ in range(40):
        held, free = (target := reserve_bytes(held, free, wanted)), free + held - target
        assert free >= FLOOR_BYTES or held == 0
        free = max(0, free - FLOOR_BYTES // 2)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (disk(50 * GIB), []),
        (disk(50 * GIB, minutes=5_000, ends=90), []),
        (disk(50 * GIB, minutes=170, ends=160), []),
        (disk(50 * GIB, minutes=170, ends=180), [("disk_filling", "attention")]),
        (disk(50 * GIB, minutes=119), [("disk_filling", "attention")]),
        (disk(50 * GIB, minutes=29), [("disk_filling", "danger")]),
        (disk(LOW_BYTES - MIB), [("disk_low", "attention")]),
        (disk(FLOOR_BYTES - MIB), [("disk_low", "danger")]),
        (disk(MIB, reserved=3 * GIB, wanted=GIB), []),
        (disk(3 * GIB, wanted=3 * GIB), [("disk_short", "attention")]),
    ],
)
def test_when_a_disk_is_alarming(state: Disk, expected: list[tuple[str, str]]) -> None:
    assert found(state) == expected


@given(sizes, st.floats(0, 10_000), st.floats(0, 10_000))
def test_it_is_never_less_alarming_with_less_time(free: int, one: float, other: float) -> None:
    grades = [
        max(
            (("attention", "danger").index(level) for _, level in found(disk(free, minutes=left))), default=-1
        )
        for left in (min(one, other), max(one, other))
    ]
    assert grades[0] >= grades[1]

"""What is alarming in the exam window, and the columns of its plots."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import get_args

import msgspec
import pytest

from exam_server.catalogue import Language, languages, texts
from exam_server.core import disk, window
from exam_server.core.figures import Disk, Figures, Reading, figures
from exam_server.core.series import series
from exam_server.core.window import LASTING_SLOTS, Heard, Slot, judge, states
from exam_server.protocol.sitting import CloseCode
from exam_server.protocol.window import Judgement
from exam_server.store.journal import Fate

NOW = datetime(2026, 6, 26, 1, tzinfo=UTC)
IDLE = msgspec.structs.replace(figures(Reading(()), Reading(()), 5.0), connections=100)
WHAT_TO_DO = re.compile("window_[a-z_]+_do")
FULL = Disk(free_bytes=1, total_bytes=10, reserved_bytes=0, wanted_bytes=0, minutes_left=None, ends_at=None)


def heard(worker: int, heard_s: float = 0.3, *, started_s: float = 900, host: str = "a") -> Heard:
    return Heard(worker=worker, host=host, heard_s=heard_s, started_s=started_s)


def lasting(**changes: object) -> list[Slot]:
    did = msgspec.structs.replace(IDLE, **changes)
    return [Slot(slot=slot, workers={1: did}) for slot in range(LASTING_SLOTS)]


def codes(
    recent: Sequence[Slot], workers: Sequence[Heard] = (heard(1),), latest: Figures = IDLE
) -> list[tuple[str, str]]:
    return [(one.code, one.level) for one in judge(workers, {1: latest}, recent, NOW)]


def acks(ms: float) -> tuple[tuple[float, int], ...]:
    return ((ms, 1_000), (math.inf, 0))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"ack_ms": acks(200)}, []),
        ({"ack_ms": acks(500)}, [("ack_slow", "attention")]),
        ({"ack_ms": acks(2_000)}, [("ack_slow", "danger")]),
        ({"queue_rows": 2_500}, [("queue_long", "attention")]),
        ({"queue_rows": 15_000}, [("queue_long", "danger")]),
        ({"lag_ms": 300.0}, [("loop_late", "attention")]),
        ({"cpu_s": 4.6}, [("cpu_full", "attention")]),
        ({"reconnects": 30}, [("reconnects", "attention")]),
        ({"reconnects": 30, "connections": 1_000}, []),
        ({"flush_failures": 1}, [("database_trouble", "danger")]),
    ],
)
def test_what_lasts_is_alarming(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert codes(lasting(**changes)) == expected


def test_a_single_stall_is_not() -> None:
    bad = lasting(ack_ms=acks(2_000), queue_rows=15_000, lag_ms=5_000.0, cpu_s=5.0)
    assert codes([*bad[1:], *lasting()[:1]]) == []
    assert codes(bad[:1]) == []


def test_the_gravest_comes_first() -> None:
    found = codes(lasting(cpu_s=5.0, queue_rows=2_500), latest=msgspec.structs.replace(IDLE, disk=FULL))
    assert found == [("disk_low", "danger"), ("queue_long", "attention"), ("cpu_full", "attention")]


def test_a_silent_worker_is_lost_until_another_takes_its_place() -> None:
    assert states([heard(1), heard(2, 5.1)]) == {1: "live", 2: "lost"}
    assert states([heard(1), heard(2, 60), heard(3, started_s=58)]) == {
        1: "live",
        2: "replaced",
        3: "live",
    }


def test_one_newcomer_replaces_one() -> None:
    two_gone = [heard(1, 60), heard(2, 61), heard(3, started_s=50)]
    assert sorted(states(two_gone).values()) == ["live", "lost", "replaced"]
    assert states([heard(1, 60), heard(3, started_s=50, host="b")])[1] == "lost"


def test_who_died_before_the_newcomer_began_can_be_replaced_by_it_alone() -> None:
    gone_twice = [heard(1, 100), heard(2, 20), heard(3, started_s=15), heard(4, started_s=95)]
    assert states(gone_twice) == {1: "replaced", 2: "replaced", 3: "live", 4: "live"}


def test_nobody_reporting_is_the_first_thing_to_say() -> None:
    assert codes([], workers=[]) == [("nobody_reports", "danger")]
    assert codes([], workers=[heard(1, 30)])[:2] == [("nobody_reports", "danger"), ("worker_lost", "danger")]


def test_a_disk_is_judged_once_for_each_machine() -> None:
    latest = dict.fromkeys((1, 2, 3), msgspec.structs.replace(IDLE, disk=FULL)) | {4: IDLE}
    workers = [heard(1), heard(2), heard(3, host="b"), heard(4, host="c")]
    found = judge(workers, latest, [], NOW)
    assert [one.params["host"] for one in found] == ["a", "b"]


def everything() -> list[Judgement]:
    """At least one judgement of every code."""
    silent = [heard(1, 60), heard(2, 61), heard(3, started_s=50), heard(4)]
    bad = lasting(
        ack_ms=acks(2_000),
        queue_rows=15_000,
        lag_ms=5_000.0,
        cpu_s=5.0,
        reconnects=100,
        flush_failures=1,
    )
    disks = [
        FULL,
        msgspec.structs.replace(FULL, free_bytes=3 * disk.GIB, wanted_bytes=3 * disk.GIB),
        msgspec.structs.replace(FULL, free_bytes=9 * disk.GIB, minutes_left=20.0),
    ]
    found = [one for each in disks for one in disk.judge_disk("a", each, NOW)]
    return [*found, *judge([], {}, [], NOW), *judge(silent, {}, bad, NOW)]


@pytest.mark.parametrize("language", languages())
def test_every_judgement_is_said_with_what_to_do(language: Language) -> None:
    said = texts(language, "staff")
    for one in everything():
        for key in (f"window_{one.code}", f"window_{one.code}_do"):
            said[key].format(**one.params)
    known = {key.removeprefix("window_").removesuffix("_do") for key in said if WHAT_TO_DO.fullmatch(key)}
    assert {one.code for one in everything()} == known - {"all_well"}
    for one in everything():
        if one.code.startswith("disk_"):
            said[f"alarm_{one.code}"].format(**one.params)


@pytest.mark.parametrize("language", languages())
def test_every_close_and_fate_has_its_words(language: Language) -> None:
    said = texts(language, "staff")
    codes = {f"closed_{code.name.lower()}" for code in CloseCode} - {"closed_superseded"}
    assert codes | {f"fate_{fate}" for fate in get_args(Fate) if fate != "kept"} <= said.keys()


def test_the_history_as_columns() -> None:
    did = msgspec.structs.replace(IDLE, events=50, cpu_s=2.5, ack_ms=acks(10), disk=FULL)
    history = [
        Slot(slot=10, workers={1: did}),
        Slot(slot=12, workers={1: did, 2: IDLE}),
        Slot(slot=99, workers={1: did}),
    ]
    found = series(history, {1: "a", 2: "b"}, 10, 12)
    assert found.slots == (10 * window.SLOT_S, 11 * window.SLOT_S, 12 * window.SLOT_S)
    assert found.events_per_s == (10, None, 10)
    assert found.connections == (100, None, 200)
    assert found.cpu_share == {"1": (0.5, None, 0.5), "2": (None, None, 0)}
    assert found.disk_free_bytes == {"a": (1, None, 1)}
    assert found.ack_ms_p99[0] == pytest.approx(9.9)
    assert series([], {}, 5, 4).slots == ()

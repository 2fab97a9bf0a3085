"""The room test's paper and its verdict."""

import msgspec
import pytest

from exam_server.core.rehearsal import ACK_P99_MS, BELL_MS, RECONNECT_MS, judge, rehearsal_form
from exam_server.protocol.rehearsal import RehearsalMeasured

FINE = RehearsalMeasured(
    logged_in=50,
    papers=50,
    started=50,
    reconnected=50,
    receipts=50,
    proved=50,
    breaks=0,
    sent=700,
    acknowledged=700,
    refused=0,
    bell_ms=400.0,
    ack_p50_ms=8.0,
    ack_p99_ms=40.0,
    reconnect_ms=1_900.0,
)


def test_all_well_is_go() -> None:
    verdict = judge(FINE, room="P12", students=50)
    assert (verdict.go, verdict.room, verdict.students) == (True, "P12", 50)
    assert {finding.level for finding in verdict.findings} == {"ok"}


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"logged_in": 49}, "logins"),
        ({"papers": 49}, "paper"),
        ({"started": 49}, "bell"),
        ({"bell_ms": BELL_MS + 1}, "bell"),
        ({"ack_p99_ms": ACK_P99_MS + 1}, "ack"),
        ({"acknowledged": 699}, "lost"),
        ({"reconnected": 49}, "reconnect"),
        ({"reconnect_ms": RECONNECT_MS + 1}, "reconnect"),
        ({"breaks": 6}, "stability"),
        ({"receipts": 49}, "receipts"),
        ({"proved": 49}, "receipts"),
    ],
)
def test_one_thing_amiss_is_no_go(change: dict[str, float], check: str) -> None:
    verdict = judge(msgspec.structs.replace(FINE, **change), room="P12", students=50)
    assert not verdict.go
    assert [finding.check for finding in verdict.findings if finding.level == "fail"] == [check]


@pytest.mark.parametrize(("change", "check"), [({"breaks": 2}, "stability"), ({"ack_p99_ms": 500.0}, "ack")])
def test_a_little_amiss_is_a_caution(change: dict[str, float], check: str) -> None:
    verdict = judge(msgspec.structs.replace(FINE, **change), room="P12", students=50)
    assert verdict.go
    assert [finding.check for finding in verdict.findings if finding.level == "caution"] == [check]


def test_the_paper_has_every_kind_and_distinct_items() -> None:
    form = rehearsal_form(1, "Thử", 5)
    items = [item for part in form.parts for item in part.items]
    assert [len(part.items) for part in form.parts] == [12, 4, 6]
    assert len({item.id for item in items}) == len(items) == 22
    assert len({type(item.content) for item in items}) == 3

"""The check without a database finds what a server can be seen to have done wrong."""

import msgspec
import pytest

from exam_server.load.revisit import check_seen
from exam_server.protocol.sitting import Answer, Flag, Saved, Submit
from exam_server.simulation.checker import Kind
from exam_server.simulation.record import Account, Proof, Seen, Told

RECEIPT = Proof(digest="d" * 64, events=3)
EVENTS = (
    Answer(seq=1, item=7, response="A", at_ms=1),
    Flag(seq=2, item=8, on=True, at_ms=2),
    Submit(seq=3, at_ms=3),
)
SEEN = Seen(
    last_seq=3,
    saved=(Saved(item=7, response="A"), Saved(item=8, flagged=True)),
    receipt=RECEIPT,
)


def account(seen: Seen | None = SEEN) -> Account:
    told = tuple(
        Told(seq=event.seq, payload=msgspec.json.encode(event), fate="acknowledged") for event in EVENTS
    )
    return Account(number="1", events=told, receipt=RECEIPT, seen=seen)


def found(seen: Seen) -> set[Kind]:
    counts = check_seen([account(seen)]).counts
    return {kind for kind, count in counts.items() if count}


def test_what_is_shown_as_it_was_told_passes() -> None:
    verdict = check_seen([account()])
    assert verdict.passed
    assert (verdict.acknowledged, verdict.journalled) == (3, 3)


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        ({"last_seq": 2}, {"lost"}),
        ({"last_seq": 4}, {"doubled"}),
        ({"saved": (Saved(item=7, response="B"), SEEN.saved[1])}, {"different"}),
        ({"saved": SEEN.saved[:1]}, {"different"}),
        ({"receipt": Proof(digest="e" * 64, events=3)}, {"wrong_receipt"}),
        ({"receipt": None}, {"wrong_receipt"}),
    ],
)
def test_each_difference_is_found(changed: dict[str, object], kinds: set[Kind]) -> None:
    assert found(msgspec.structs.replace(SEEN, **changed)) == kinds


def test_who_did_not_look_again_is_unaccounted() -> None:
    verdict = check_seen([account(), account(seen=None)])
    assert verdict.unaccounted == 1
    assert not verdict.passed


def test_what_was_only_sent_may_be_there_or_not() -> None:
    first, second, third = account().events
    unsure = msgspec.structs.replace(
        account(), events=(first, second, msgspec.structs.replace(third, fate="sent")), receipt=None
    )
    for last_seq in (2, 3):
        seen = Seen(last_seq=last_seq, saved=SEEN.saved)
        assert check_seen([msgspec.structs.replace(unsure, seen=seen)]).passed

"""The second implementation's outbox: numbered without gaps, resent unchanged, refused with what follows."""

import json

from loadtests.outbox import MAX_UNACKNOWLEDGED, Outbox


def visit(outbox: Outbox, item: int, due: float = 0.0) -> None:
    outbox.add({"type": "visit", "item": item, "at_ms": item}, due)


def sent(outbox: Outbox) -> list[dict[str, object]]:
    return [json.loads(payload) for payload in outbox.sendable()]


def test_events_are_numbered_from_one_and_sent_once() -> None:
    outbox = Outbox()
    visit(outbox, 7)
    visit(outbox, 8)
    assert sent(outbox) == [
        {"type": "visit", "item": 7, "at_ms": 7, "seq": 1},
        {"type": "visit", "item": 8, "at_ms": 8, "seq": 2},
    ]
    assert sent(outbox) == []
    assert outbox.unsaved == 2


def test_an_acknowledgement_covers_all_before_and_tells_each_once() -> None:
    outbox = Outbox()
    for item in range(3):
        visit(outbox, item)
    sent(outbox)
    assert [event.seq for event in outbox.acknowledge(2)] == [1, 2]
    assert outbox.acknowledge(2) == []
    assert [event.fate for event in outbox.history] == ["acknowledged", "acknowledged", "sent"]


def test_no_more_than_the_window_is_in_flight() -> None:
    outbox = Outbox()
    for item in range(MAX_UNACKNOWLEDGED + 5):
        visit(outbox, item)
    assert len(sent(outbox)) == MAX_UNACKNOWLEDGED
    assert sent(outbox) == []
    outbox.acknowledge(3)
    assert [message["seq"] for message in sent(outbox)] == [65, 66, 67]


def test_what_is_not_acknowledged_goes_out_again_unchanged() -> None:
    outbox = Outbox()
    for item in range(3):
        visit(outbox, item)
    first = list(outbox.sendable())
    assert [event.seq for event in outbox.reconnected(1)] == [1]
    assert list(outbox.sendable()) == first[1:]
    assert len(outbox.history) == 3


def test_what_stands_behind_a_refused_event_moves_up_saying_the_same() -> None:
    outbox = Outbox()
    for item in range(4):
        visit(outbox, item)
    sent(outbox)
    outbox.acknowledge(1)
    outbox.refuse(2)
    assert [(message["seq"], message["item"]) for message in sent(outbox)] == [(2, 2), (3, 3)]
    assert [(event.seq, event.fate) for event in outbox.history] == [
        (1, "acknowledged"),
        (2, "refused"),
        (3, "refused"),
        (4, "refused"),
        (2, "sent"),
        (3, "sent"),
    ]


def test_a_fresh_page_goes_on_from_the_journal() -> None:
    outbox = Outbox()
    for item in range(3):
        visit(outbox, item)
    sent(outbox)
    outbox.start_anew(2)
    visit(outbox, 9)
    assert [message["seq"] for message in sent(outbox)] == [3]
    assert outbox.acknowledged == 2


def test_waiting_for_the_line_is_not_held_against_the_server() -> None:
    outbox = Outbox()
    visit(outbox, 1, due=10.0)
    sent(outbox)
    outbox.postpone(70.0)
    (event,) = outbox.acknowledge(1)
    assert (event.due, event.resent) == (70.0, True)

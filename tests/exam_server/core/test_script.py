"""What a journal amounts to."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from exam_server.core.script import is_answered, read_script
from exam_server.core.turn import fits
from exam_server.protocol.sitting import Answer, Flag, Response, Saved, Submit, Visit
from item_bank.kinds import Content
from item_bank.kinds.short_answer import ShortAnswer
from item_bank.kinds.single_choice import Option, SingleChoice
from item_bank.kinds.true_false import Statement, TrueFalse

CONTENTS: dict[int, Content] = {
    1: SingleChoice(stem=(), options=tuple(Option(id=letter, body=()) for letter in "ABCD")),
    2: TrueFalse(stem=(), statements=tuple(Statement(id=letter, body=()) for letter in "abcd")),
    3: ShortAnswer(stem=()),
}


def journal(*events: Answer | Flag | Visit | Submit) -> list[bytes]:
    return [msgspec.json.encode(event) for event in events]


def test_the_last_answer_counts_and_a_cleared_one_does_not() -> None:
    script = read_script(
        journal(
            Answer(seq=1, item=1, response="A", at_ms=1),
            Answer(seq=2, item=1, response="B", at_ms=2),
            Answer(seq=3, item=2, response=(True, None, False, True), at_ms=3),
            Answer(seq=4, item=3, response="1,5", at_ms=4),
            Answer(seq=5, item=3, response=None, at_ms=5),
            Flag(seq=6, item=2, on=True, at_ms=6),
        )
    )
    assert script.saved() == (
        Saved(item=1, response="B"),
        Saved(item=2, response=(True, None, False, True), flagged=True),
        Saved(item=3, response=None),
    )
    assert script.changes == {1: 1, 3: 1}
    assert script.answered(CONTENTS) == 1


def test_time_per_item_runs_from_visit_to_visit_and_never_backwards() -> None:
    script = read_script(
        journal(
            Visit(seq=1, item=1, at_ms=1_000),
            Visit(seq=2, item=2, at_ms=4_000),
            Visit(seq=3, item=1, at_ms=3_000),
            Submit(seq=4, at_ms=10_000),
        )
    )
    assert script.item_ms == {1: 3_000 + 7_000, 2: 0}
    assert (script.position, script.submitted) == (1, True)


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["A", "B", None])), max_size=20))
def test_a_script_is_its_journal_read_in_any_two_pieces(steps: list[tuple[int, str | None]]) -> None:
    payloads = journal(
        *(
            Answer(seq=seq, item=item, response=given, at_ms=seq)
            for seq, (item, given) in enumerate(steps, start=1)
        )
    )
    last = dict(steps)
    assert read_script(payloads).answers == last


def test_only_what_the_item_can_take_fits() -> None:
    right: list[tuple[int, Response]] = [
        (1, "D"),
        (2, (True, None, None, False)),
        (3, "-1,5"),
        (1, None),
        (2, None),
    ]
    wrong: list[tuple[int, Response]] = [
        (1, "E"),
        (1, (True,)),
        (2, "abcd"),
        (2, (True,)),
        (3, "12345"),
        (3, "x"),
    ]
    assert all(fits(CONTENTS[item], response) for item, response in right)
    assert not any(fits(CONTENTS[item], response) for item, response in wrong)


def test_half_a_true_false_item_is_not_answered() -> None:
    assert not is_answered(CONTENTS[2], (True, True, None, True))
    assert is_answered(CONTENTS[2], (True, True, False, True))

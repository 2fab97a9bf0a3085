"""What changed on the way, from the messages of a journal."""

from decimal import Decimal

import msgspec
import numpy as np
from numpy.testing import assert_array_equal

from exam_server.core.forensic_data import Desk, JournalReader, journal_sheets
from exam_server.core.results import PaperQuestion
from exam_server.protocol.sitting import Answer, Response, Submit, Visit
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey
from item_bank.kinds.single_choice import Option, SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import Statement, TrueFalse, TrueFalseKey
from item_bank.marking import Question
from item_bank.richtext import Paragraph, Text
from scoring.forensics.changes import Change

STEM = (Paragraph(children=(Text(text="Câu"),)),)
CHOICE, GRADED, TYPED = 11, 12, 13
ONE, FOUR = (Decimal(0), Decimal(1)), tuple(map(Decimal, ("0", "0.1", "0.25", "0.5", "1")))
PAPER = (
    PaperQuestion(
        number=1,
        question=Question(
            id=CHOICE,
            part="I",
            content=SingleChoice(stem=STEM, options=tuple(Option(id=letter, body=STEM) for letter in "ABCD")),
            key=SingleChoiceKey(option="A"),
            ladder=ONE,
        ),
    ),
    PaperQuestion(
        number=1,
        question=Question(
            id=GRADED,
            part="II",
            content=TrueFalse(
                stem=STEM, statements=tuple(Statement(id=letter, body=STEM) for letter in "abcd")
            ),
            key=TrueFalseKey(values=(True, True, False, False)),
            ladder=FOUR,
        ),
    ),
    PaperQuestion(
        number=1,
        question=Question(
            id=TYPED,
            part="III",
            content=ShortAnswer(stem=STEM),
            key=ShortAnswerKey(accept=("35",)),
            ladder=ONE,
        ),
    ),
)
SAME = [Change.SAME] * 4


def journal(*messages: Visit | Answer | Submit) -> list[bytes]:
    return [msgspec.json.encode(message) for message in messages]


def answers(item: int, *given: Response) -> list[bytes]:
    return journal(
        *(Answer(seq=seq, item=item, response=one, at_ms=seq) for seq, one in enumerate(given, start=1))
    )


def changes(payloads: list[bytes]) -> list[int]:
    desk = Desk(sitting=5, number="1", name="An", room="Ca 1, P1", seat="A1")
    reader = JournalReader(PAPER, [desk])
    reader.add(5, payloads)
    return reader.finish().changes[0].tolist()


def test_a_choice_is_compared_first_against_last() -> None:
    assert changes(answers(CHOICE, "B", "A")) == [Change.WRONG_TO_RIGHT, *SAME]
    assert changes(answers(CHOICE, "A", "B", "C")) == [Change.RIGHT_TO_WRONG, *SAME]
    assert changes(answers(CHOICE, "D", "C")) == [Change.WRONG_TO_WRONG, *SAME]
    assert changes(answers(CHOICE, "B", "A", "B")) == [Change.SAME, *SAME]


def test_a_cleared_answer_is_not_another_answer() -> None:
    assert changes(answers(CHOICE, "B", None, "A")) == [Change.WRONG_TO_RIGHT, *SAME]
    assert changes(answers(CHOICE, "A", None)) == [Change.SAME, *SAME]


def test_a_statement_answered_later_is_no_change() -> None:
    given = answers(
        GRADED,
        (True, None, None, None),
        (True, False, None, None),
        (True, True, None, True),
        (False, True, None, True),
    )
    assert changes(given) == [
        Change.SAME,
        Change.RIGHT_TO_WRONG,
        Change.WRONG_TO_RIGHT,
        Change.SAME,
        Change.SAME,
    ]


def test_typing_is_no_second_thought() -> None:
    assert changes(answers(TYPED, "3", "35")) == [Change.SAME, *SAME]


def test_sheets_of_a_room() -> None:
    desks = [
        Desk(sitting=5, number="1", name="An", room="Ca 1, P1", seat="A1"),
        Desk(sitting=6, number="2", name="Bảo", room="Ca 1, P2", seat=None),
        Desk(sitting=7, number="3", name="Chi", room="Ca 1, P1", seat="A2"),
    ]
    reader = JournalReader(PAPER, desks)
    reader.add(
        7,
        journal(
            Visit(seq=1, item=CHOICE, at_ms=1_000),
            Answer(seq=2, item=CHOICE, response="A", at_ms=4_000),
            Visit(seq=3, item=GRADED, at_ms=6_500),
            Submit(seq=4, at_ms=9_000),
        ),
    )
    reader.add(5, answers(CHOICE, "B"))
    sheets, models = journal_sheets(reader.finish())
    assert models is None
    assert (sheets.room_names, sheets.rooms.tolist()) == (("Ca 1, P1", "Ca 1, P2"), [0, 1, 0])
    assert (sheets.persons[2], sheets.seats[2], sheets.items) == ("3 Chi", "A2", ("I 1", "II 1", "III 1"))
    assert_array_equal(sheets.right[:, 0], [False, False, True])
    assert_array_equal(sheets.codes[:, 0] == -1, [False, True, False])
    assert sheets.seconds is not None
    # What was seen but not answered, or answered without having been opened, has no time.
    assert_array_equal(np.isnan(sheets.seconds), [[True] * 3, [True] * 3, [False, True, True]])
    assert sheets.seconds[2, 0] == 5.5

"""A paper holds what can be scored, in the template's parts, with the template's points."""

from decimal import Decimal

import pytest

from exam_server.core.paper import PaperCandidate, form_parts, make_paper
from exam_server.errors import Invalid
from item_bank.kinds import Content, Key
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey
from item_bank.kinds.single_choice import Option, SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import Statement, TrueFalse, TrueFalseKey
from item_bank.marking import Question
from item_bank.richtext import Paragraph, RichText, Text
from item_bank.templates import TEMPLATES

MATHS = TEMPLATES["thpt_2025_maths"]


def text(words: str) -> RichText:
    return (Paragraph(children=(Text(text=words),)),)


CHOICE = SingleChoice(
    stem=text("?"), options=tuple(Option(id=letter, body=text(letter)) for letter in "ABCD")
)
GRADED = TrueFalse(
    stem=text("?"), statements=tuple(Statement(id=letter, body=text(letter)) for letter in "abcd")
)
SHORT = ShortAnswer(stem=text("?"))


def item(number: int, content: Content, key: Key | None, part: str | None = None) -> PaperCandidate:
    return PaperCandidate(id=number * 10, part=part, number=number, content=content, key=key)


GOOD = [
    item(1, SHORT, ShortAnswerKey(accept=("2",))),
    item(2, CHOICE, SingleChoiceKey(option="A")),
    item(3, GRADED, TrueFalseKey(values=(True, False, True, True))),
    item(4, CHOICE, SingleChoiceKey(option="D")),
]


def test_parts_come_in_the_template_s_order_and_items_in_the_source_s() -> None:
    paper = make_paper(GOOD, MATHS, skip_unsound=False)
    assert [(part.label, part.items) for part in paper] == [
        ("PHẦN I", (20, 40)),
        ("PHẦN II", (30,)),
        ("PHẦN III", (10,)),
    ]
    assert [max(part.ladder) for part in paper] == [Decimal("0.25"), Decimal(1), Decimal("0.5")]


def test_a_part_without_items_is_left_out() -> None:
    assert [part.label for part in make_paper(GOOD[:1], MATHS, skip_unsound=False)] == ["PHẦN III"]


def test_what_cannot_be_scored_is_named_or_left_out() -> None:
    items = [*GOOD, item(5, CHOICE, None, "I"), item(6, CHOICE, SingleChoiceKey(option="F"))]
    with pytest.raises(Invalid) as caught:
        make_paper(items, MATHS, skip_unsound=False)
    assert (caught.value.code, caught.value.params) == ("items_without_key", {"items": "I.5, 6", "count": 2})
    paper = make_paper(items, MATHS, skip_unsound=True)
    assert {one for part in paper for one in part.items} == {10, 20, 30, 40}


def test_a_template_takes_its_kinds_only() -> None:
    with pytest.raises(Invalid, match="kind_not_in_template"):
        make_paper(GOOD, TEMPLATES["thpt_2025_foreign_language"], skip_unsound=False)


def test_a_ladder_must_fit() -> None:
    three = TrueFalse(stem=text("?"), statements=GRADED.statements[:3])
    with pytest.raises(Invalid, match="ladder_does_not_fit"):
        make_paper([item(1, three, TrueFalseKey(values=(True,) * 3))], MATHS, skip_unsound=False)


def test_nothing_makes_no_paper() -> None:
    for items, skip in (([], False), ([item(1, CHOICE, None)], True)):
        with pytest.raises(Invalid, match="paper_empty"):
            make_paper(items, MATHS, skip_unsound=skip)


def test_the_form_shows_points_and_passages_but_no_key() -> None:
    ladder = (Decimal(0), Decimal("0.250"))
    questions = [
        Question(id=one, part="PHẦN I", content=CHOICE, key=SingleChoiceKey(option="A"), ladder=ladder)
        for one in (1, 2)
    ]
    [part] = form_parts(questions, {"PHẦN I": "Chọn."}, {2: 9})
    assert (part.label, part.instruction) == ("PHẦN I", "Chọn.")
    assert [(one.id, one.points, one.passage) for one in part.items] == [(1, "0.25", None), (2, "0.25", 9)]

"""Results from scripts: exact scores, honest statistics."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_server.core.results import PaperQuestion, ScriptInput, make_results
from exam_server.protocol.sitting import Response, SittingState
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey
from item_bank.kinds.single_choice import Option, SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import Statement, TrueFalse, TrueFalseKey
from item_bank.marking import Question
from item_bank.richtext import Paragraph, RichText, Text

TF_LADDER = tuple(map(Decimal, ("0", "0.1", "0.25", "0.5", "1.0")))


def text(words: str) -> RichText:
    return (Paragraph(children=(Text(text=words),)),)


CHOICE = Question(
    id=1,
    part="PHẦN I",
    content=SingleChoice(stem=text("Chọn"), options=tuple(Option(id=x, body=text(x)) for x in "ABCD")),
    key=SingleChoiceKey(option="B"),
    ladder=(Decimal(0), Decimal("0.25")),
)
GRADED = Question(
    id=2,
    part="PHẦN II",
    content=TrueFalse(stem=text("Xét"), statements=tuple(Statement(id=x, body=text(x)) for x in "abcd")),
    key=TrueFalseKey(values=(True, False, True, False)),
    ladder=TF_LADDER,
)
SHORT = Question(
    id=3,
    part="PHẦN III",
    content=ShortAnswer(stem=text("Tính")),
    key=ShortAnswerKey(accept=("0,5", "0,50")),
    ladder=(Decimal(0), Decimal("0.5")),
)
PAPER = [PaperQuestion(number=1, question=question) for question in (CHOICE, GRADED, SHORT)]


def script(
    number: int, answers: dict[int, Response], name: str = "Nguyễn Văn An", state: SittingState = "submitted"
) -> ScriptInput:
    return ScriptInput(
        sitting=number, number=f"{number:03}", name=name, class_name="12A", state=state, answers=answers
    )


RIGHT: dict[int, Response] = {1: "B", 2: (True, False, True, False), 3: "0.50"}


def test_scores_are_on_the_ten_point_scale() -> None:
    found = make_results(
        "Đề", "Toán", PAPER, [script(1, RIGHT), script(2, {1: "B", 2: (True, None, None, None)})]
    )
    assert found.total_points == "1.75"
    assert [row.score for row in found.scripts] == ["10.00", "2.00"]
    assert [(part.score, part.points) for part in found.scripts[1].parts] == [
        ("0.25", "0.25"),
        ("0.1", "1"),
        ("0", "0.5"),
    ]
    assert (found.n, found.mean, found.median, found.sd) == (2, "6.00", "6.00", "5.66")
    assert [each.count for each in found.distribution if each.count] == [1, 1]
    assert [(each.low, each.high) for each in found.distribution][-1] == ("9.5", "10")


def test_halves_are_rounded_up() -> None:
    paper = [PaperQuestion(number=n, question=CHOICE) for n in range(1)] + [
        PaperQuestion(number=1, question=GRADED)
    ]
    # 0.1 of 1.25 points is 0.80; the mean of 0.80 and 0.00 and 2.00 is 0.9333…
    scripts = [script(1, {2: (True, None, None, None)}), script(2, {}), script(3, {1: "B"})]
    found = make_results("Đề", "Toán", paper, scripts)
    assert [row.score for row in found.scripts] == ["0.80", "0.00", "2.00"]
    assert found.mean == "0.93"


@pytest.mark.parametrize("state", ["registered", "admitted", "waiting", "running", "paused", "voided"])
def test_only_scripts_that_are_in_count(state: SittingState) -> None:
    found = make_results("Đề", "Toán", PAPER, [script(1, RIGHT, state=state), script(2, {}, state="closed")])
    assert (found.n, found.mean, found.items[0].n) == (1, "0.00", 1)
    assert [(row.score, row.answered) for row in found.scripts] == [(None, 3), ("0.00", 0)]
    assert found.scripts[0].parts == ()


def test_nobody_is_no_statistics() -> None:
    found = make_results("Đề", "Toán", PAPER, [])
    assert (found.n, found.mean, found.median, found.sd, found.alpha) == (0, None, None, None, None)
    assert [item.share for item in found.items] == [None] * 3
    assert [item.discrimination for item in found.items] == [None] * 3
    assert all(count.count == 0 for item in found.items for count in item.counts)


def test_names_are_in_vietnamese_order() -> None:
    names = ["Trần Văn Ổi", "Lê Thị Ánh", "Võ Đức An", "Phạm Đạt", "Bùi Dũng"]
    found = make_results("", "", PAPER, [script(n, {}, name) for n, name in enumerate(names)])
    assert [row.name for row in found.scripts] == [
        "Võ Đức An",
        "Lê Thị Ánh",
        "Bùi Dũng",
        "Phạm Đạt",
        "Trần Văn Ổi",
    ]


def test_counts_show_every_option_and_what_was_typed() -> None:
    answers: list[dict[int, Response]] = [{1: "A", 3: "7"}, {1: "A", 3: "0,5"}, {1: "B", 3: "7"}, {}]
    found = make_results("", "", PAPER, [script(n, each) for n, each in enumerate(answers)])
    choice, graded, short = ([(c.label, c.count, c.right) for c in item.counts] for item in found.items)
    assert choice == [("A", 2, False), ("B", 1, True), ("C", 0, False), ("D", 0, False), ("", 1, False)]
    assert [label for label, _, right in graded if right] == ["a:true", "b:false", "c:true", "d:false"]
    assert short == [("7", 2, False), ("0,5", 1, True), ("", 1, False)]


responses = st.fixed_dictionaries(
    {},
    optional={
        1: st.sampled_from([*"ABCD", None]),
        2: st.tuples(*[st.sampled_from([True, False, None])] * 4),
        3: st.sampled_from(["0,5", "0.5", "-1", "", None]),
    },
)


@given(st.lists(responses, max_size=12))
def test_whatever_the_scripts_the_numbers_agree(answers: list[dict[int, Response]]) -> None:
    found = make_results("", "", PAPER, [script(n, each) for n, each in enumerate(answers)])
    scores = [Decimal(row.score) for row in found.scripts if row.score is not None]
    assert len(scores) == found.n == sum(each.count for each in found.distribution) == len(answers)
    assert all(0 <= score <= 10 for score in scores)
    for row in found.scripts:
        points = sum((Decimal(part.score) for part in row.parts), Decimal(0))
        assert abs(points * 10 / Decimal("1.75") - Decimal(row.score or 0)) <= Decimal("0.005")
    for item in found.items:
        low, high = (0.0 if item.low is None else item.low), (1.0 if item.high is None else item.high)
        assert item.share is None or -1e-9 <= low <= item.share + 1e-9 <= high + 2e-9 <= 1 + 3e-9
    for item in (found.items[0], found.items[2]):
        assert sum(count.count for count in item.counts) == found.n

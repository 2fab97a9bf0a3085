from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.kinds import KINDS, Response
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey
from item_bank.kinds.single_choice import Option, SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import Statement, TrueFalse, TrueFalseKey
from item_bank.marking import Question, points, round_score, score_item, score_paper
from item_bank.templates import HALF, QUARTER, TEMPLATES, TRUE_FALSE, Template

CHOICE = SingleChoice(stem=(), options=tuple(Option(id=letter, body=()) for letter in "ABCD"))
STATEMENTS = TrueFalse(stem=(), statements=tuple(Statement(id=letter, body=()) for letter in "abcd"))
TRUTH = (True, False, True, False)


def question(number: int, kind: str, part: str) -> Question:
    content, key, ladder = {
        "single_choice": (CHOICE, SingleChoiceKey(option="C"), QUARTER),
        "true_false": (STATEMENTS, TrueFalseKey(values=TRUTH), TRUE_FALSE),
        "short_answer": (ShortAnswer(stem=()), ShortAnswerKey(accept=("0,5", "0,50")), HALF),
    }[kind]
    return Question(id=number, part=part, content=content, key=key, ladder=ladder)


def maths_paper() -> list[Question]:
    kinds = [("single_choice", "I")] * 12 + [("true_false", "II")] * 4 + [("short_answer", "III")] * 6
    return [question(number, kind, part) for number, (kind, part) in enumerate(kinds, start=1)]


def perfect(question: Question) -> Response:
    right: dict[str, Response] = {"single_choice": "C", "true_false": TRUTH, "short_answer": "0,50"}
    return right[str(question.content.__struct_config__.tag)]


@pytest.mark.parametrize(("right", "earned"), [(0, "0"), (1, "0.1"), (2, "0.25"), (3, "0.5"), (4, "1.0")])
def test_the_ladder_of_true_false(right: int, earned: str) -> None:
    response = tuple(truth if place < right else not truth for place, truth in enumerate(TRUTH))
    score = score_item(STATEMENTS, TrueFalseKey(values=TRUTH), response, TRUE_FALSE)
    assert (score.right, score.points, score.max_points) == (right, Decimal(earned), Decimal(1))


@pytest.mark.parametrize("right", [-1, 5])
def test_a_step_that_is_not_on_the_ladder(right: int) -> None:
    with pytest.raises(ValueError, match="no such step"):
        points(TRUE_FALSE, right)


def test_a_ladder_must_fit_the_prompts() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        score_item(CHOICE, SingleChoiceKey(option="A"), "A", TRUE_FALSE)


def test_a_perfect_maths_script_has_ten_points_in_three_parts() -> None:
    paper = maths_paper()
    score = score_paper(paper, {item.id: perfect(item) for item in paper})
    assert (score.points, score.max_points) == (Decimal(10), Decimal(10))
    assert [(part.part, part.points) for part in score.parts] == [("I", 3), ("II", 4), ("III", 3)]


def test_an_empty_script_has_none() -> None:
    score = score_paper(maths_paper(), {})
    assert score.points == 0
    assert score.max_points == 10
    assert all(item.points == 0 for item in score.items.values())


def test_points_add_without_binary_rounding() -> None:
    paper = [question(number, "true_false", "II") for number in range(1, 4)]
    one_right = (True, True, False, True)
    score = score_paper(paper, {item.id: one_right for item in paper})
    assert score.points == Decimal("0.3")


@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.booleans()), max_size=30))
def test_the_total_is_the_sum_of_parts_and_of_items(plan: list[tuple[str, bool]]) -> None:
    paper = [question(number, kind, kind) for number, (kind, _) in enumerate(sorted(plan))]
    responses = {
        item.id: perfect(item) for item, (_, right) in zip(paper, sorted(plan), strict=True) if right
    }
    score = score_paper(paper, responses)
    assert score.points == sum(part.points for part in score.parts)
    assert score.points == sum(item.points for item in score.items.values())
    assert 0 <= score.points <= score.max_points


@pytest.mark.parametrize(
    ("exact", "shown"), [("8.125", "8.13"), ("8.124", "8.12"), ("10", "10.00"), ("0.005", "0.01")]
)
def test_scores_have_two_decimals_halves_up(exact: str, shown: str) -> None:
    assert str(round_score(Decimal(exact))) == shown


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_every_template_makes_ten_points(template: Template) -> None:
    assert sum(part.items * part.ladder[-1] for part in template.parts) == 10


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_ladders_of_templates_rise_from_nothing(template: Template) -> None:
    for part in template.parts:
        assert part.kind in KINDS
        assert part.ladder[0] == 0
        assert sorted(set(part.ladder)) == list(part.ladder)


def test_the_formats_of_2025() -> None:
    def ladders(name: str) -> dict[str, tuple[Decimal, ...]]:
        return {part.kind: part.ladder for part in TEMPLATES[name].parts}

    assert "short_answer" not in ladders("thpt_2025_history")
    assert ladders("thpt_2025_maths")["short_answer"] == (Decimal(0), Decimal("0.5"))
    assert ladders("thpt_2025_physics")["short_answer"] == (Decimal(0), Decimal("0.25"))

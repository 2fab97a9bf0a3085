import pytest

from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey, ShortAnswerKind

KIND = ShortAnswerKind()
ITEM = ShortAnswer(stem=())


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("0,5", "0,5"),
        ("0.5", "0,5"),
        (" -1,5 ", "-1,5"),
        ("−1.5", "-1,5"),
        ("–12", "-12"),
        ("0012", "0012"),
        ("-", "-"),
        ("3,", "3,"),
        ("", ""),
    ],
)
def test_normalise(typed: str, normal: str) -> None:
    assert KIND.normalise(ITEM, typed) == normal


@pytest.mark.parametrize("typed", ["12345", "1-2", "--1", "1,2,", "x", "1e3", "½", "٣", "1 2", "+1"])
def test_what_does_not_fit_the_boxes_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"boxes|only digits"):
        KIND.normalise(ITEM, typed)


@pytest.mark.parametrize(
    ("response", "right"),
    [("0,5", 1), ("0,50", 1), ("0,500", 0), (",5", 0), ("00,5", 0), ("0.5", 1), ("", 0)],
)
def test_the_text_is_compared_and_never_the_number(response: str, right: int) -> None:
    assert KIND.count_right(ITEM, ShortAnswerKey(accept=("0,5", "0.50")), response) == right


@pytest.mark.parametrize(
    ("response", "answered"), [("", False), ("-", False), (",", False), ("0", True), ("-1", True)]
)
def test_an_answer_has_a_digit(response: str, answered: bool) -> None:
    assert KIND.is_answered(ITEM, response) is answered


@pytest.mark.parametrize(
    ("accept", "problems"),
    [
        (("0,5", "0.50"), ()),
        ((), ("key_empty",)),
        (("1/2",), ("key_not_a_number",)),
        (("3,",), ("key_not_a_number",)),
        (("12345",), ("key_too_long",)),
    ],
)
def test_problems_of_the_key(accept: tuple[str, ...], problems: tuple[str, ...]) -> None:
    assert KIND.problems(ITEM, ShortAnswerKey(accept=accept)) == problems


@pytest.mark.parametrize("boxes", [0, -1, 21])
def test_the_number_of_boxes_has_limits(boxes: int) -> None:
    assert KIND.problems(ShortAnswer(stem=(), max_length=boxes), None) == ("bad_answer_length",)

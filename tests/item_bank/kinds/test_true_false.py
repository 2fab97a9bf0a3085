import pytest

from item_bank.kinds.true_false import Statement, TrueFalse, TrueFalseKey, TrueFalseKind
from item_bank.richtext import Paragraph, Text

KIND = TrueFalseKind()
KEY = TrueFalseKey(values=(True, False, True, False))


def item(letters: str) -> TrueFalse:
    statements = tuple(Statement(id=x, body=(Paragraph(children=(Text(text=f"Ý {x}"),)),)) for x in letters)
    return TrueFalse(stem=(), statements=statements)


@pytest.mark.parametrize(
    ("response", "right"),
    [
        ((True, False, True, False), 4),
        ((True, False, True, None), 3),
        ((False, True, False, True), 0),
        ((None, None, None, None), 0),
    ],
)
def test_count_right(response: tuple[bool | None, ...], right: int) -> None:
    assert KIND.count_right(item("abcd"), KEY, response) == right


def test_it_is_answered_only_when_every_statement_is() -> None:
    assert not KIND.is_answered(item("abcd"), (True, None, False, False))
    assert KIND.is_answered(item("abcd"), (True, True, False, False))


def test_tallies_name_the_statement_and_leave_out_what_is_empty() -> None:
    assert KIND.tallies(item("abcd"), (True, None, False, True)) == ("a:true", "c:false", "d:true")


@pytest.mark.parametrize("response", [(), (True,), (True,) * 5])
def test_one_value_per_statement(response: tuple[bool, ...]) -> None:
    with pytest.raises(ValueError, match="one value per statement"):
        KIND.normalise(item("abcd"), response)


def test_problems() -> None:
    assert KIND.problems(item("abd"), None) == ("missing_statement",)
    assert KIND.problems(item("abc"), KEY) == ("key_length_differs",)
    assert KIND.problems(item("abcdefghi"), None) == ("too_many_statements",)
    assert "duplicate_statement" in KIND.problems(item("aab"), None)

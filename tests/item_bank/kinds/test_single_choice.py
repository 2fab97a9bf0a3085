import pytest

from item_bank.kinds.single_choice import Option, SingleChoice, SingleChoiceKey, SingleChoiceKind
from item_bank.richtext import Image, Paragraph, RichText, Text

KIND = SingleChoiceKind()
PICTURE: RichText = (Paragraph(children=(Image(sha256="0" * 64, width=10, height=10),)),)


def body(text: str) -> RichText:
    return (Paragraph(children=(Text(text=text),)),)


def item(letters: str) -> SingleChoice:
    return SingleChoice(
        stem=body("Câu dẫn"), options=tuple(Option(id=x, body=body(f"phương án {x}")) for x in letters)
    )


@pytest.mark.parametrize(
    ("letters", "key", "problems"),
    [
        ("ABCD", "D", ()),
        ("ABD", "B", ("missing_option",)),
        ("A", "A", ("missing_option",)),
        ("ABBC", "C", ("missing_option", "duplicate_option")),
        ("ABCDEFGHI", "A", ("too_many_options",)),
        ("ABCD", "E", ("key_outside_options",)),
    ],
)
def test_problems(letters: str, key: str, problems: tuple[str, ...]) -> None:
    found = KIND.problems(item(letters), SingleChoiceKey(option=key))
    assert set(found) >= set(problems)
    assert bool(found) == bool(problems)


def test_an_option_with_nothing_to_see_is_missing_and_a_picture_is_something() -> None:
    blank = SingleChoice(stem=(), options=(Option(id="A", body=PICTURE), Option(id="B", body=body(" "))))
    pictures = SingleChoice(stem=(), options=(Option(id="A", body=PICTURE), Option(id="B", body=PICTURE)))
    assert KIND.problems(blank, None) == ("missing_option",)
    assert KIND.problems(pictures, None) == ()


@pytest.mark.parametrize("response", ["E", "a", "", "AB"])
def test_what_is_not_an_option_is_refused(response: str) -> None:
    with pytest.raises(ValueError, match="no such option"):
        KIND.normalise(item("ABCD"), response)

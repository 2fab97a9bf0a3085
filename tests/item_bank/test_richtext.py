import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank import richtext
from item_bank.richtext import (
    Break,
    Cell,
    Image,
    ListBlock,
    Math,
    Paragraph,
    RichText,
    Table,
    Text,
    images_of,
    is_blank,
    plain_text,
    sanitise,
)

SHA = "ab" * 32
PICTURE = Image(sha256=SHA, width=320, height=200, alt="đồ thị")
FORMULA = Math(latex="x^{2}", mathml="<math><msup><mi>x</mi><mn>2</mn></msup></math>")


def paragraph(text: str) -> RichText:
    return (Paragraph(children=(Text(text=text),)),)


def test_control_and_direction_characters_go_and_letters_compose() -> None:
    dirty = paragraph("a\x00b\u202ec\td\ne\u0301\ufeff")
    assert sanitise(dirty) == paragraph("abc d \u00e9")


@given(st.lists(st.text(max_size=30), max_size=4))
def test_sanitising_twice_changes_nothing(runs: list[str]) -> None:
    line = tuple(Text(text=run, marks=("u", "b", "u")) for run in runs)
    text: RichText = (
        Paragraph(children=(*line, Break(), FORMULA, PICTURE)),
        ListBlock(entries=(line,)),
        Table(rows=((Cell(children=(Paragraph(children=line),)),),)),
    )
    once = sanitise(text)
    assert sanitise(once) == once
    for run in once[0].children:
        if isinstance(run, Text):
            assert run.text
            assert run.marks == ("b", "u")
            assert unicodedata.is_normalized("NFC", run.text)
            assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in run.text)


def test_a_hostile_formula_is_refused_wherever_it_hides() -> None:
    bad = Math(latex="x", mathml="<math><script/></math>")
    inside = Table(rows=((Cell(children=(ListBlock(entries=((bad,),)),)),),))
    with pytest.raises(ValueError, match="mathml_not_allowed"):
        sanitise((inside,))


@pytest.mark.parametrize(
    "image",
    [
        Image(sha256="../../etc", width=1, height=1),
        Image(sha256=SHA.upper(), width=1, height=1),
        Image(sha256=SHA, width=0, height=1),
        Image(sha256=SHA, width=1, height=20_000),
    ],
)
def test_a_picture_has_a_hash_and_a_size(image: Image) -> None:
    with pytest.raises(ValueError, match="bad_image"):
        sanitise((Paragraph(children=(image,)),))


def test_there_are_limits() -> None:
    with pytest.raises(ValueError, match="text_too_long"):
        sanitise(paragraph("x" * (richtext.MAX_CHARACTERS + 1)))
    with pytest.raises(ValueError, match="too_many_nodes"):
        sanitise(paragraph("x") * richtext.MAX_NODES)
    with pytest.raises(ValueError, match="bad_span"):
        sanitise((Table(rows=((Cell(children=(), colspan=0),),)),))


def test_plain_text_has_everything_that_can_be_searched() -> None:
    text: RichText = (
        Paragraph(children=(Text(text="Cho "), FORMULA, Break(), PICTURE)),
        ListBlock(entries=((Text(text="một"),), (Text(text="hai"),))),
        Table(rows=((Cell(children=paragraph("ô")),),)),
    )
    assert plain_text(text) == "Cho x^{2}\nđồ thị\nmột\nhai\nô"


def test_pictures_are_found_in_reading_order() -> None:
    second = Image(sha256="cd" * 32, width=1, height=1)
    text: RichText = (
        Table(rows=((Cell(children=(Paragraph(children=(PICTURE,)),)),),)),
        ListBlock(entries=((second, PICTURE),)),
    )
    assert images_of(text) == (PICTURE, second, PICTURE)


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ((), True),
        (paragraph(" \u00a0"), True),
        (paragraph("x"), False),
        ((Paragraph(children=(Image(sha256=SHA, width=1, height=1),)),), False),
        ((Paragraph(children=(FORMULA,)),), False),
        ((Paragraph(children=(Break(),)),), True),
    ],
)
def test_is_blank(text: RichText, blank: bool) -> None:
    assert is_blank(text) is blank

"""The plain report: its text form and its exact JSON."""

import json

import msgspec

from item_bank.formats.plain import to_text
from item_bank.formats.report import draft_report
from item_bank.item import Draft, DraftItem, Passage
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey
from item_bank.kinds.single_choice import Option, SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import Statement, TrueFalse, TrueFalseKey
from item_bank.richtext import Break, Cell, Image, ListBlock, Math, Paragraph, RichText, Table, Text


def said(text: str) -> RichText:
    return (Paragraph(children=(Text(text=text),)),)


IMAGE = Image(sha256="0" * 64, width=1, height=1, alt="hình")


def test_marks_formulas_and_breaks() -> None:
    line = Paragraph(
        children=(
            Text(text="H"),
            Text(text="2", marks=("sub",)),
            Text(text="O & <x>", marks=("b", "i")),
            Break(),
            Text(text="đ", marks=("sup", "u")),
            Math(latex=r"\frac{1}{2}", mathml="<math></math>"),
            IMAGE,
        )
    )
    assert to_text((line,)) == "H<sub>2</sub>O & <x>\n<u><sup>đ</sup></u>$\\frac{1}{2}$"


def test_tables_lists_and_paragraphs() -> None:
    def cell(text: str) -> Cell:
        return Cell(children=(Paragraph(children=(Text(text=text),)),))

    table = Table(rows=((cell("a"), cell("b")), (cell("c"), cell(""))))
    bullets = ListBlock(entries=((Text(text="một"),), (Text(text="hai"),)))
    assert to_text((*said("Xem:"), table, bullets)) == "Xem:\na | b\nc | \n- một\n- hai"


def test_empty_paragraphs_and_pictures_are_nothing() -> None:
    assert to_text((Paragraph(children=(IMAGE,)), *said("x"), Paragraph(children=()))) == "x"


def test_exact_json() -> None:
    choice = SingleChoice(
        stem=(Paragraph(children=(Text(text="Hỏi?"), IMAGE)),),
        options=(Option(id="A", body=said("một")), Option(id="B", body=said("hai"))),
    )
    truths = TrueFalse(stem=said("Xét"), statements=(Statement(id="a", body=said("đúng")),))
    short = ShortAnswer(stem=said("Bao nhiêu?"))
    draft = Draft(
        title="Đề",
        items=(
            DraftItem(
                number=1, part="I", content=choice, key=SingleChoiceKey(option="B"), level="NB", passage=1
            ),
            DraftItem(
                number=2, part="II", content=truths, key=TrueFalseKey(values=(True,)), solution=said("vì")
            ),
            DraftItem(number=3, part="III", content=short, key=ShortAnswerKey(accept=("-1,5",))),
            DraftItem(
                number=4,
                part=None,
                content=short,
                key=None,
                warnings=("unsupported_kind",),
                unsupported="essay",
            ),
        ),
        passages=(Passage(number=1, body=said("Ngày xưa")),),
        assets=(),
        warnings=("text_box",),
    )

    def item(number: int, part: str | None, kind: str, stem: str, **rest: object) -> dict[str, object]:
        usual = {"level": None, "images": 0, "solution": None, "passage": None, "warnings": []}
        return {"number": number, "part": part, "kind": kind, "stem": stem, **usual, **rest}

    assert json.loads(msgspec.json.encode(draft_report(draft))) == {
        "items": [
            item(
                1,
                "I",
                "single_choice",
                "Hỏi?",
                options=["một", "hai"],
                key="B",
                level="NB",
                images=1,
                passage=1,
            ),
            item(2, "II", "true_false", "Xét", statements=["đúng"], key=[True], solution="vì"),
            item(3, "III", "short_answer", "Bao nhiêu?", key=["-1,5"]),
            item(4, None, "essay", "Bao nhiêu?", key=None, warnings=["unsupported_kind"]),
        ],
        "passages": [{"number": 1, "text": "Ngày xưa"}],
        "warnings": ["text_box"],
    }

"""The hand-made reference paper, where it is at hand."""

from pathlib import Path

import pytest

from item_bank.formats.docx import read_docx
from item_bank.formats.report import draft_report
from item_bank.item import Draft

PAPER = Path(__file__).parents[3] / "../shared/data/word/de_thi.docx"

pytestmark = pytest.mark.skipif(not PAPER.exists(), reason="the reference paper is not beside the repository")


@pytest.fixture(scope="module")
def draft() -> Draft:
    return read_docx(PAPER.read_bytes())


def test_items_and_keys(draft: Draft) -> None:
    items = draft_report(draft).items
    assert [(item.number, item.part, item.kind) for item in items] == [
        (1, "I", "single_choice"),
        (2, "I", "single_choice"),
        (3, "II", "true_false"),
        (4, "III", "short_answer"),
        (5, "III", "matching"),
    ]
    assert [item.key for item in items] == ["A", None, [True, False, True, False], ["8"], None]
    assert [item.warnings for item in items] == [[], ["two_keys"], [], [], ["unsupported_kind"]]


def test_formulas_and_picture(draft: Draft) -> None:
    items = draft_report(draft).items
    assert r"$y=\frac{2x+1}{x-1}$" in items[0].stem
    assert r"$\int_{0}^{1}\sqrt{x^{2}+1}\,dx$" in items[2].stem
    assert [item.images for item in items] == [0, 1, 0, 0, 0]
    assert len(draft.assets) == 1


def test_what_follows_the_answers_breaks_nothing(draft: Draft) -> None:
    assert draft.title == "SỞ GD&ĐT HÀ NỘI – ĐỀ THI THỬ TỐT NGHIỆP THPT 2025"
    assert draft.warnings == ("ignored_text",)

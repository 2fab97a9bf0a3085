"""Where a key may stand, and that two that disagree give none."""

from collections.abc import Sequence

import pytest

from item_bank.formats.docx import read_docx
from item_bank.formats.report import DraftReport, ItemReport, ReportedKey, draft_report
from tests.item_bank.formats.docx_builder import (
    BOLD,
    HIGHLIGHT,
    RED,
    UNDERLINE,
    docx,
    math,
    numbering,
    p,
    run,
    styles,
    table,
)

LETTERS = "ABCD"
BODIES = ["một", "hai", "ba", "bốn"]


def report(*blocks: str, numbers: str = "", style_sheet: str = "") -> DraftReport:
    return draft_report(read_docx(docx(*blocks, numbers=numbers, style_sheet=style_sheet)))


def one(*blocks: str, numbers: str = "", style_sheet: str = "") -> ItemReport:
    found = report(*blocks, numbers=numbers, style_sheet=style_sheet).items
    assert len(found) == 1
    return found[0]


def options(marked: str, look: str, *, whole: bool = False, other: str = "") -> list[str]:
    return [
        p(
            run(f"{letter}.", look if letter in marked else other),
            run(f" {body}", look if whole and letter in marked else ""),
        )
        for letter, body in zip(LETTERS, BODIES, strict=True)
    ]


def question(number: int = 1) -> list[str]:
    return [p(f"Câu {number}. Hỏi?"), *options("", "")]


def statements(number: int = 1, marked: str = "", look: str = "") -> list[str]:
    return [
        p(f"Câu {number}. Xét:"),
        *(p(run(f"{letter})", look if letter in marked else ""), f" câu {letter}") for letter in "abcd"),
    ]


SHADE = '<w:shd w:val="clear" w:fill="FFFF00"/>'


@pytest.mark.parametrize("look", [UNDERLINE, RED, HIGHLIGHT, SHADE, BOLD, '<w:color w:val="C00000"/>'])
@pytest.mark.parametrize("whole", [False, True])
def test_marked_label(look: str, whole: bool) -> None:
    item = one(p("Câu 1. Hỏi?"), *options("C", look, whole=whole))
    assert (item.key, item.options, item.warnings) == ("C", BODIES, [])


@pytest.mark.parametrize("label", ["*C.", "* C.", "C*.", "*C)", "C.*"])
def test_star(label: str) -> None:
    item = one(p("Câu 1. Hỏi?"), p("A. một"), p("B. hai"), p(f"{label} ba"), p("D. bốn"))
    assert (item.key, item.options) == ("C", BODIES)


def test_underline_when_every_label_is_bold() -> None:
    assert one(p("Câu 1. Hỏi?"), *options("B", UNDERLINE, other=BOLD)).key == "B"
    assert one(p("Câu 1. Hỏi?"), *options("B", BOLD + UNDERLINE, other=BOLD)).key == "B"


def test_bold_on_every_label_marks_nothing() -> None:
    item = one(p("Câu 1. Hỏi?"), *options("ABCD", BOLD))
    assert (item.key, item.warnings) == (None, ["no_key"])


def test_a_look_on_every_label_marks_nothing() -> None:
    assert one(p("Câu 1. Hỏi?"), *options("ABCD", RED)).warnings == ["no_key"]


def test_bold_on_two_labels_marks_nothing() -> None:
    assert one(p("Câu 1. Hỏi?"), *options("AB", BOLD)).warnings == ["no_key"]


def test_the_mark_of_a_whole_option_does_not_stay() -> None:
    draft = read_docx(docx(p("Câu 1. Hỏi?"), *options("C", BOLD + UNDERLINE, whole=True)))
    content = draft.items[0].content
    assert "marks=('b'" not in repr(content)
    assert "'u'" not in repr(content)


def test_words_underlined_for_the_question_are_no_key() -> None:
    item = one(
        p("Question 1. Find the mistake."),
        *(p(f"{letter}. ", run(word, UNDERLINE)) for letter, word in zip(LETTERS, BODIES, strict=True)),
    )
    assert (item.key, item.options) == (None, [f"<u>{body}</u>" for body in BODIES])


def test_underline_through_styles() -> None:
    style_sheet = styles(
        f'<w:style w:type="character" w:styleId="Base"><w:rPr>{UNDERLINE}</w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Key"><w:basedOn w:val="Base"/></w:style>'
        f'<w:style w:type="paragraph" w:styleId="KeyLine"><w:rPr>{RED}</w:rPr></w:style>'
    )
    by_character = [p("A. một"), p(run("B.", style="Key"), " hai"), p("C. ba"), p("D. bốn")]
    by_paragraph = [p("A. một"), p("B. hai"), p("C. ba", style="KeyLine"), p("D. bốn")]
    assert one(p("Câu 1. Hỏi?"), *by_character, style_sheet=style_sheet).key == "B"
    assert one(p("Câu 1. Hỏi?"), *by_paragraph, style_sheet=style_sheet).key == "C"


@pytest.mark.parametrize("where", ["mark", "text"])
def test_automatic_letters_are_marked_by_paragraph_mark_or_text(where: str) -> None:
    lines = [
        p(
            run(body, UNDERLINE if where == "text" and body == "hai" else ""),
            num="1",
            mark=UNDERLINE if where == "mark" and body == "hai" else "",
        )
        for body in BODIES
    ]
    item = one(p("Câu 1. Hỏi?"), *lines, numbers=numbering(n1="upperLetter %1."))
    assert (item.key, item.options) == ("B", BODIES)


def test_star_after_an_automatic_letter() -> None:
    lines = [p(f"*{body}" if body == "ba" else body, num="1") for body in BODIES]
    item = one(p("Câu 1. Hỏi?"), *lines, numbers=numbering(n1="upperLetter %1."))
    assert (item.key, item.options) == ("C", BODIES)


@pytest.mark.parametrize(
    "line",
    [
        "Đáp án: B",
        "Đáp án B",
        "Đáp án đúng: B.",
        "ĐÁP ÁN: B",
        "Chọn B",
        "Chọn B.",
        "Chọn đáp án B",
        "Answer: B",
        "Key: B",
    ],
)
def test_answer_line(line: str) -> None:
    item = one(*question(), p(line))
    assert (item.key, item.options) == ("B", BODIES)


def test_answer_at_the_end_of_the_last_option() -> None:
    item = one(p("Câu 1. Hỏi?"), p("A. một\tB. hai\tC. ba\tD. bốn   Đáp án: B"))
    assert (item.key, item.options) == ("B", BODIES)


def test_no_key() -> None:
    assert (one(*question()).key, one(*question()).warnings) == (None, ["no_key"])


@pytest.mark.parametrize(
    "blocks",
    [
        [p("Câu 1. Hỏi?"), *options("AB", UNDERLINE)],
        [p("Câu 1. Hỏi?"), p("*A. một"), p(run("B.", RED), " hai"), p("C. ba"), p("D. bốn")],
        [p("Câu 1. Hỏi?"), *options("A", UNDERLINE), p("Đáp án: B")],
        [p("Câu 1. Hỏi?"), *options("A", BOLD), p("Đáp án: B")],
        [p("Câu 1. Hỏi?"), *options("A", RED), p("BẢNG ĐÁP ÁN"), p("1.B")],
        [p("Câu 1. Hỏi?"), *options("", ""), p("Đáp án: B"), p("Lời giải"), p("Chọn C.")],
        [p("Câu 1. Hỏi?"), *options("", ""), p("Đáp án: A, C")],
    ],
)
def test_contradictions_give_no_key(blocks: list[str]) -> None:
    item = one(*blocks)
    assert (item.key, item.warnings) == (None, ["two_keys"])


def test_marks_that_agree() -> None:
    item = one(p("Câu 1. Hỏi?"), *options("B", UNDERLINE + RED), p("Đáp án: B"), p("BẢNG ĐÁP ÁN"), p("1-B"))
    assert (item.key, item.warnings) == ("B", [])


def test_a_key_outside_the_options() -> None:
    item = one(*question(), p("Đáp án: E"))
    assert (item.key, item.warnings) == (None, ["key_outside_options", "no_key"])


def test_an_unreadable_key_is_not_guessed() -> None:
    item = one(*question(), p("Đáp án: xem cuối sách"))
    assert item.key is None
    assert "unreadable_key" in item.warnings


GRID = [["Câu", "1", "2", "3"], ["Đáp án", "A", "C", "D"]]


@pytest.mark.parametrize(
    "answers",
    [
        [p("BẢNG ĐÁP ÁN"), table(*GRID)],
        [table(*GRID)],
        [p("ĐÁP ÁN"), table(["1", "2", "3"], ["A", "C", "D"])],
        [p("ĐÁP ÁN"), table(["1-A", "2-C", "3-D"])],
        [p("ĐÁP ÁN"), table(["1.A", "2.C"], ["3.D", ""])],
        [table(["1A", "2C", "3D"])],
        [p("ĐÁP ÁN"), p("1-A\t2-C\t3-D")],
        [p("ĐÁP ÁN: 1.A 2.C 3.D")],
        [p("ĐÁP ÁN"), p("1a, 2c, 3d")],
        [p("ĐÁP ÁN"), p("Câu 1: A"), p("Câu 2: C"), p("Câu 3: D")],
        [p("----HẾT----"), p("ĐÁP ÁN THAM KHẢO"), p("1A 2C 3D")],
        [table(["Câu", "Đáp án"], ["1", "A"], ["2", "C"], ["3", "D"])],
        [p("ĐÁP ÁN"), table(["Câu", "Đáp án", "Câu", "Đáp án"], ["1", "A", "3", "D"], ["2", "C", "", ""])],
        [p("ĐÁP ÁN"), table(["Câu 1", "Câu 2", "Câu 3"], ["A", "C", "D"])],
        [p("ĐÁP ÁN"), table(["Câu", "1", "2"], ["Đáp án", "A", "C"], ["Câu", "3", ""], ["Đáp án", "D", ""])],
    ],
)
def test_answer_tables(answers: list[str]) -> None:
    found = report(*question(1), *question(2), *question(3), *answers)
    assert [item.key for item in found.items] == ["A", "C", "D"]
    assert all(item.warnings == [] for item in found.items)
    assert found.warnings == []


def test_an_answer_table_in_front() -> None:
    found = report(p("ĐỀ 1"), *question(1), table(["Câu", "1", "2"], ["Đáp án", "A", "B"]), *question(2))
    assert [item.key for item in found.items] == ["A", "B"]


@pytest.mark.parametrize("look", [UNDERLINE, RED, HIGHLIGHT, BOLD])
def test_true_statements_are_marked(look: str) -> None:
    item = one(*statements(1, "ac", look))
    assert (item.kind, item.key) == ("true_false", [True, False, True, False])


def test_all_statements_may_be_true() -> None:
    assert one(*statements(1, "abcd", UNDERLINE)).key == [True] * 4
    assert one(*statements(1, "abcd", BOLD)).key is None


@pytest.mark.parametrize(
    "line",
    [
        "Đáp án: ĐSĐS",
        "Đáp án: Đ-S-Đ-S",
        "Đáp án: Đ S Đ S",
        "Đáp án: a) Đúng; b) Sai; c) Đúng; d) Sai.",
        "Đáp án: a-Đ, b-S, c-Đ, d-S",
        "Đáp án: Đúng, Sai, Đúng, Sai",
        "Đáp án: DSDS",
    ],
)
def test_true_false_answer_line(line: str) -> None:
    assert one(*statements(), p(line)).key == [True, False, True, False]


def test_verdicts_behind_the_statements_and_in_the_solution() -> None:
    lines = [p(f"{letter}) câu {letter}. ({truth})") for letter, truth in zip("abcd", "ĐSĐS", strict=True)]
    item = one(p("Câu 1. Xét:"), *lines)
    assert (item.key, item.statements) == (
        [True, False, True, False],
        [f"câu {letter}." for letter in "abcd"],
    )
    solution = [p("Lời giải"), p("a) Đúng vì thế."), p("b) Sai."), p("c) Đúng."), p("d) Sai, vì vậy.")]
    assert one(*statements(), *solution).key == [True, False, True, False]


def test_true_false_contradiction() -> None:
    item = one(*statements(1, "a", UNDERLINE), p("Đáp án: ĐĐSS"))
    assert (item.key, item.warnings) == (None, ["two_keys"])


def test_true_false_key_of_another_length() -> None:
    assert one(*statements(), p("Đáp án: ĐSĐ")).warnings == ["key_outside_options", "no_key"]


@pytest.mark.parametrize(
    "rows",
    [
        [["Câu", "a", "b", "c", "d"], ["1", "Đ", "S", "Đ", "S"]],
        [["Câu", "a)", "b)", "c)", "d)"], ["Câu 1", "Đúng", "Sai", "Đúng", "Sai"]],
        [["Câu", "Câu 1"], ["a", "Đ"], ["b", "S"], ["c", "Đ"], ["d", "S"]],
        [["Câu", "1"], ["Đáp án", "ĐSĐS"]],
        [["Câu", "1"], ["Đáp án", "a) Đ b) S c) Đ d) S"]],
    ],
)
def test_true_false_answer_tables(rows: list[Sequence[str]]) -> None:
    item = one(p("PHẦN II"), *statements(), p("ĐÁP ÁN"), table(*rows))
    assert (item.key, item.warnings) == ([True, False, True, False], [])


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("Đáp án: 8", ["8"]),
        ("Đáp án: -1,5", ["-1,5"]),
        ("Đáp án: −1,5.", ["-1,5"]),
        ("Đáp số: 0,5 hoặc 0,50", ["0,5", "0,50"]),
        ("Trả lời: 12", ["12"]),
        ("Kết quả: 2.5", ["2,5"]),
        ("Đáp án: 1/2", None),
        ("Đáp án: ……", None),
    ],
)
def test_short_answers(line: str, key: ReportedKey) -> None:
    item = one(p("PHẦN III"), p("Câu 1. Bao nhiêu?"), p(line))
    assert (item.kind, item.key, item.stem) == ("short_answer", key, "Bao nhiêu?")


def test_short_answer_as_a_formula() -> None:
    assert one(p("PHẦN III"), p("Câu 1. Bao nhiêu?"), p("Đáp án: ", math("-1,5"))).key == ["-1,5"]


def test_short_answer_on_the_line_of_its_question() -> None:
    item = one(p("PHẦN III"), p("Câu 1. Bao nhiêu? Đáp án: 8"))
    assert (item.key, item.stem) == (["8"], "Bao nhiêu?")


def test_too_long_an_answer() -> None:
    assert "key_too_long" in one(p("PHẦN III"), p("Câu 1. Bao nhiêu?"), p("Đáp án: 12345")).warnings


def test_one_table_for_three_parts_that_count_on() -> None:
    found = report(
        p("PHẦN I"),
        *question(1),
        p("PHẦN II"),
        *statements(2),
        p("PHẦN III"),
        p("Câu 3. Bao nhiêu?"),
        p("BẢNG ĐÁP ÁN"),
        table(["Câu", "1", "2", "3"], ["Đáp án", "B", "ĐSSĐ", "-1,5"]),
    )
    assert [item.key for item in found.items] == ["B", [True, False, False, True], ["-1,5"]]


@pytest.mark.parametrize("headed", [False, True])
def test_tables_for_three_parts_that_begin_anew(headed: bool) -> None:
    heads = ["PHẦN I", "PHẦN II", "PHẦN III"] if headed else ["", "", ""]
    found = report(
        p("PHẦN I"),
        *question(1),
        *question(2),
        p("PHẦN II"),
        *statements(1),
        p("PHẦN III"),
        p("Câu 1. Bao nhiêu?"),
        p("Câu 2. Bao nhiêu?"),
        p("HẾT"),
        p("ĐÁP ÁN"),
        p(heads[0]),
        table(["Câu", "1", "2"], ["Đáp án", "B", "C"]),
        p(heads[1]),
        table(["Câu", "1"], ["Đáp án", "ĐSSĐ"]),
        p(heads[2]),
        table(["Câu", "1", "2"], ["Đáp án", "3", "0,5"]),
    )
    assert [item.key for item in found.items] == ["B", "C", [True, False, False, True], ["3"], ["0,5"]]
    assert [item.warnings for item in found.items] == [[]] * 5


def test_a_table_of_figures_is_no_answer_table() -> None:
    found = report(
        p("Câu 1. Cho bảng:"), table(["x", "1", "2"], ["P", "0,5", "0,5"]), *options("B", UNDERLINE)
    )
    assert found.items[0].stem == "Cho bảng:\nx | 1 | 2\nP | 0,5 | 0,5"
    assert found.items[0].key == "B"


def test_an_answer_to_no_question() -> None:
    found = report(*question(1), p("ĐÁP ÁN"), p("1A 7B"))
    assert found.items[0].key == "A"
    assert found.warnings == ["answer_unplaced"]


def test_lines_after_the_answers_are_reported() -> None:
    found = report(*question(1), table(["Câu", "1"], ["Đáp án", "A"]), p("Một dòng lạc"))
    assert found.items[0].options == BODIES
    assert found.warnings == ["ignored_text"]

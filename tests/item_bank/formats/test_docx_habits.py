"""Habits of real papers that once misled readers of them."""

import pytest

from item_bank.formats.docx import read_docx
from item_bank.formats.report import DraftReport, ItemReport, draft_report
from item_bank.kinds.single_choice import SingleChoice
from item_bank.richtext import images_of
from tests.item_bank.formats.docx_builder import (
    BOLD,
    NAMESPACES,
    RED,
    UNDERLINE,
    docx,
    math,
    numbering,
    p,
    picture,
    png,
    run,
    stored,
    table,
)

FOUR = ("A. một", "B. hai", "C. ba", "D. bốn")
BODIES = ["một", "hai", "ba", "bốn"]


def report(*blocks: str) -> DraftReport:
    return draft_report(read_docx(docx(*blocks, parts={"word/media/image1.png": png()})))


def one(*blocks: str) -> ItemReport:
    found = report(*blocks).items
    assert len(found) == 1
    return found[0]


def question(number: int = 1, stem: str = "Hỏi gì?") -> list[str]:
    return [p(f"Câu {number}. {stem}"), *map(p, FOUR)]


def statements(number: int = 1) -> list[str]:
    return [p(f"Câu {number}. Xét:"), *(p(f"{letter}) câu {letter}") for letter in "abcd")]


@pytest.mark.parametrize(
    "line",
    [
        "Lời giải của bạn An sai ở bước nào?",
        "Kết quả là bao nhiêu?",
        "Kết quả: thí nghiệm không thành công.",
        "Giải thích nào dưới đây đúng?",
        "Nhóm 1: Na, K, Li.",
        "Phần I của đoạn văn nói gì?",
        "Trả lời nào đúng?",
        "Hướng dẫn sau dùng cho máy nào?",
        "Chọn A là gốc thời gian.",
    ],
)
def test_words_of_a_stem_are_no_markers(line: str) -> None:
    item = one(p("Câu 1. Cho biết."), p(line), *map(p, FOUR), p("Đáp án: B"))
    assert (item.stem, item.options, item.key) == (f"Cho biết.\n{line}", BODIES, "B")


@pytest.mark.parametrize(
    "line", ["Dạng 2. Câu trắc nghiệm đúng sai", "DẠNG II: ĐÚNG – SAI", "Phần 2. Câu hỏi đúng/sai"]
)
def test_other_words_for_a_part(line: str) -> None:
    found = report(*question(1), p(line), *statements(1)).items
    assert [(item.part, item.kind) for item in found] == [(None, "single_choice"), ("II", "true_false")]


def test_pronunciation_questions() -> None:
    cue = "Mark the letter A, B, C, or D to show the word that differs in the following questions."
    words = [p(f"{letter}. ", run("ch", UNDERLINE), "ance") for letter in "ABCD"]
    found = report(p(cue), p("Question 1:"), *words, p("Question 2:"), *words, p("ANSWER KEY"), p("1.A 2.B"))
    assert [item.options for item in found.items] == [["<u>ch</u>ance"] * 4] * 2
    assert [(item.key, item.passage) for item in found.items] == [("A", 1), ("B", 1)]
    assert found.passages[0].text == cue


def test_letters_above_and_below_pictures() -> None:
    letters = ["A.", "B.", "C.", "D."]
    drawn = [p(picture(width=10 * n, height=10)) for n in (1, 2, 3, 4)]
    for rows in ([letters, drawn], [drawn, letters], [letters[:2], drawn[:2], letters[2:], drawn[2:]]):
        whole = docx(p("Câu 1. Hình nào?"), table(*rows), parts={"word/media/image1.png": png()})
        content = read_docx(whole).items[0].content
        assert isinstance(content, SingleChoice)
        widths = [[image.width for image in images_of(option.body)] for option in content.options]
        assert widths == [[10], [20], [30], [40]]


def test_a_figure_beside_the_question() -> None:
    item = one(table(["".join(question()), p(picture())]))
    assert (item.options, item.images) == (BODIES, 1)


def test_an_answer_below_its_word() -> None:
    assert one(*question(), p("Đáp án"), p("B")).key == "B"
    assert one(*question(), p("Đáp án:"), p("B"), p("Vì thế.")).solution == "Vì thế."


def test_a_heading_in_small_letters_over_the_answers() -> None:
    found = report(*question(1), *question(2), p("Đáp án"), p("1.A 2.B")).items
    assert [item.key for item in found] == ["A", "B"]


def test_boxes_for_a_short_answer() -> None:
    part = p("PHẦN III. Câu trả lời ngắn")
    item = one(part, p("Câu 1. Bao nhiêu?"), p("Đáp án:"), table(["-", "1", ",", "5"]))
    assert (item.key, item.stem) == (["-1,5"], "Bao nhiêu?")
    assert one(part, p("Câu 1. Bao nhiêu?"), table(["", "", "", ""])).stem == "Bao nhiêu?"


def test_rows_of_truths_without_a_head() -> None:
    rows = [["Câu 1", "a) Đ", "b) S", "c) S", "d) Đ"], ["Câu 2", "a) S", "b) S", "c) Đ", "d) Đ"]]
    found = report(p("PHẦN II"), *statements(1), *statements(2), p("ĐÁP ÁN"), table(*rows)).items
    assert [item.key for item in found] == [[True, False, False, True], [False, False, True, True]]


def test_a_table_of_several_form_codes_is_not_guessed() -> None:
    found = report(*question(1), p("ĐÁP ÁN"), table(["Câu", "101", "102"], ["1", "A", "C"]))
    assert found.items[0].key is None


def test_repeated_questions_with_marked_keys() -> None:
    again = [
        p("Câu 1. Hỏi gì?"),
        p(FOUR[0]),
        p(run("B.", UNDERLINE), " hai"),
        p(FOUR[2]),
        p(FOUR[3]),
        p("Lời giải"),
        p("Vì thế."),
    ]
    item = one(*question(1), p("HẾT"), *again)
    assert (item.key, item.solution, item.options) == ("B", "Vì thế.", BODIES)


def test_repeated_true_false_with_verdicts() -> None:
    solution = [
        p("Câu 1."),
        *(p(f"{letter}) {word} vì thế.") for letter, word in zip("abcd", ("Đúng", "Sai") * 2, strict=True)),
    ]
    item = one(p("PHẦN II"), *statements(1), p("HẾT"), p("PHẦN II"), *solution)
    assert item.key == [True, False, True, False]
    assert item.solution is not None
    assert item.solution.startswith("a) Đúng vì thế.")


def test_a_second_paper_in_the_file_is_kept() -> None:
    found = report(*question(1, "Đề một?"), p("HẾT"), *question(1, "Đề hai?")).items
    assert [item.stem for item in found] == ["Đề một?", "Đề hai?"]
    assert "duplicate_number" in found[1].warnings


def test_solutions_headed_once_in_capitals() -> None:
    found = report(
        *question(1),
        *question(2),
        p("HƯỚNG DẪN GIẢI CHI TIẾT"),
        p("Câu 1. Vì thế nên chọn C."),
        p("Câu 2. Chọn D."),
    )
    assert [(item.key, item.solution) for item in found.items] == [("C", "Vì thế nên chọn C."), ("D", None)]


def test_answers_said_twice_in_agreement() -> None:
    item = one(*question(), p("Lời giải"), p("Ta có 1 + 1 = 2. Chọn B"), p("Đáp án: B"))
    assert (item.key, item.warnings) == ("B", [])


def test_red_labels_with_one_red_option() -> None:
    lines = [
        p(run(f"{letter}.", BOLD + RED), run(f" {body}", RED if letter == "C" else ""))
        for letter, body in zip("ABCD", BODIES, strict=True)
    ]
    assert one(p("Câu 1. Hỏi?"), *lines).key == "C"


def test_an_automatic_number_before_a_typed_label() -> None:
    assert (
        one(
            '<w:p><w:pPr><w:numPr><w:numId w:val="9"/></w:numPr></w:pPr>' + run("Câu 1. Hỏi?") + "</w:p>",
            *map(p, FOUR),
        ).number
        == 1
    )


def test_roman_lists_and_formulas_in_the_stem() -> None:
    item = one(p("Câu 1. Cho (I) ", math("x=1"), "; (II) ", math("y=2"), ". Khi đó"), *map(p, FOUR))
    assert item.stem == "Cho (I) $x=1$; (II) $y=2$. Khi đó"


def test_statements_of_several_lines_with_figures() -> None:
    item = one(
        p("PHẦN II"),
        p("Câu 1. Xét:"),
        p("a) một"),
        p(math("x=1")),
        p("b) hai"),
        p("c) ba"),
        p("d) bốn"),
        p(picture()),
    )
    assert item.statements == ["một\n$x=1$", "hai", "ba", "bốn"]
    assert item.images == 1


def test_essays() -> None:
    found = report(
        p("PHẦN II. TỰ LUẬN"),
        p("Câu 1. (1,0 điểm) Giải phương trình:"),
        p("a) ", math("x=1")),
        p("b) ", math("y=2")),
    ).items
    assert (found[0].kind, found[0].part, found[0].warnings) == ("essay", "II", ["unsupported_kind"])
    assert found[0].stem == "Giải phương trình:\na) $x=1$\nb) $y=2$"


def test_levels_of_single_statements_leave_the_text() -> None:
    item = one(
        p("PHẦN II"), p("Câu 1. [TH] Xét:"), p("a) [NB] một"), p("b) hai [TH]"), p("c) (VD) ba"), p("d) bốn")
    )
    assert (item.level, item.statements) == ("TH", ["một", "hai", "ba", "bốn"])


@pytest.mark.parametrize(
    "piece", ["\u2003", "\t", "A. ", "( ", "câu ", "1 , ", "- ", "[", "Đ ", "a) ", "1.", "…", "Chọn "]
)
def test_long_lines_take_no_long_time(piece: str) -> None:
    long = (piece * 12_000)[:12_000]
    for blocks in (
        [p(f"Câu 1. x{long}y"), *map(p, FOUR)],
        [*question(), p(f"{long}y")],
        [*question(), p("ĐÁP ÁN"), p(f"1.A {long}y")],
        [p("PHẦN II"), *statements(), p(f"Đáp án: {long}y")],
        [p("Câu 1. ", math(f"x{long}y")), *map(p, FOUR)],
    ):
        # Not compressed: the packed form of such a line is refused as a bomb before it is read.
        assert read_docx(stored(docx(*blocks))).items


def test_letters_that_end_an_option_are_no_labels() -> None:
    item = one(
        p("Câu 1. Chất nào?"),
        *(p(f"{letter}. Vitamin {name}.") for letter, name in zip("ABCD", "BCDA", strict=True)),
    )
    assert item.options == ["Vitamin B.", "Vitamin C.", "Vitamin D.", "Vitamin A."]


def test_letters_in_brackets_are_no_labels() -> None:
    lines = ["a) Điểm M(a; b; c) thuộc (P).", "b) Tập (a, b, c) có 3 phần tử.", "c) ba", "d) bốn"]
    item = one(p("PHẦN II"), p("Câu 1. Xét:"), *map(p, lines))
    assert item.statements == [line[3:] for line in lines]


def test_a_list_that_counts_on_into_the_next_question() -> None:
    numbers = numbering(n1="upperLetter %1.")
    blocks = [
        block for n in (1, 2, 3) for block in (p(f"Câu {n}. Hỏi?"), *(p(body, num="1") for body in BODIES))
    ]
    found = draft_report(read_docx(docx(*blocks, p("ĐÁP ÁN: 1.B 2.C 3.D"), numbers=numbers))).items
    assert [(item.options, item.key) for item in found] == [(BODIES, "B"), (BODIES, "C"), (BODIES, "D")]
    assert [item.warnings for item in found] == [[], ["options_relettered"], ["options_relettered"]]


def test_levels_through_a_style_link() -> None:
    levels = '<w:lvl w:ilvl="0"><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%1)"/></w:lvl>'
    numbers = (
        f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="1"><w:styleLink w:val="L"/>'
        f"{levels}</w:abstractNum>"
        '<w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="L"/></w:abstractNum>'
        '<w:num w:numId="5"><w:abstractNumId w:val="2"/></w:num></w:numbering>'
    )
    lines = [p(body, num="5") for body in BODIES]
    item = draft_report(read_docx(docx(p("Câu 1. Hỏi?"), *lines, numbers=numbers))).items[0]
    assert item.options == BODIES

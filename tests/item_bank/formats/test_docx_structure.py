"""What a paper is made of: parts, questions, options, statements, passages, solutions, pictures, tables."""

import io
import zipfile

import pytest

from item_bank.formats.docx import read_docx
from item_bank.formats.errors import UnreadableFile
from item_bank.formats.report import DraftReport, ItemReport, draft_report
from item_bank.item import Draft
from item_bank.kinds.single_choice import SingleChoice
from item_bank.richtext import ListBlock, Paragraph, Table, images_of
from tests.item_bank.formats.docx_builder import (
    BOLD,
    ITALIC,
    UNDERLINE,
    docx,
    math,
    numbering,
    p,
    picture,
    png,
    run,
    styles,
    table,
    zipped,
)

FOUR = ("A. một", "B. hai", "C. ba", "D. bốn")
FOUR_BODIES = ["một", "hai", "ba", "bốn"]


def report(*blocks: str, numbers: str = "", style_sheet: str = "") -> DraftReport:
    return draft_report(read_docx(docx(*blocks, numbers=numbers, style_sheet=style_sheet)))


def one(*blocks: str, numbers: str = "", style_sheet: str = "") -> ItemReport:
    found = report(*blocks, numbers=numbers, style_sheet=style_sheet).items
    assert len(found) == 1
    return found[0]


def question(number: int = 1, stem: str = "Hỏi gì?") -> list[str]:
    return [p(f"Câu {number}. {stem}"), *map(p, FOUR)]


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("Câu 1. ", 1),
        ("Câu 2: ", 2),
        ("CÂU 3. ", 3),
        ("Câu 4 ", 4),
        ("Câu\u00a05.", 5),
        ("Câu hỏi 6:", 6),
        ("Bài 7. ", 7),
        ("Question 8. ", 8),
        ("Question 9: ", 9),
        ("Câu 10) ", 10),
        ("Ca\u0302u 11. ", 11),
    ],
)
def test_question_labels(label: str, number: int) -> None:
    item = one(p(f"{label}Hỏi gì?"), *map(p, FOUR))
    assert (item.number, item.stem, item.options) == (number, "Hỏi gì?", FOUR_BODIES)


def test_a_question_named_in_a_sentence_opens_none() -> None:
    item = one(p("Câu 1. Xét hai ý:"), p("Câu 2 và câu 3 của đoạn trên"), *map(p, FOUR))
    assert item.stem == "Xét hai ý:\nCâu 2 và câu 3 của đoạn trên"


def test_label_split_over_runs() -> None:
    item = one(
        p(run("C", BOLD), run("âu", BOLD), run(" 1", BOLD), run(". "), run("Hỏi gì?")),
        p(run("A", BOLD), run("."), run(" một\t"), run("B", BOLD), run(". hai\tC"), run(". ba\tD. bốn")),
    )
    assert (item.number, item.stem, item.options) == (1, "Hỏi gì?", FOUR_BODIES)


@pytest.mark.parametrize(
    "lines",
    [
        FOUR,
        ("\t".join(FOUR),),
        ("   ".join(FOUR),),
        (" ".join(FOUR),),
        ("A. một\tB. hai", "C. ba\tD. bốn"),
        ("A. một\nB. hai\nC. ba\nD. bốn",),
        ("A) một", "B) hai", "C) ba", "D) bốn"),
        ("A.một\tB.hai\tC.ba\tD.bốn",),
        ("\tA. một\t\tB. hai\t\tC. ba\t\tD. bốn\t",),
    ],
)
def test_options_on_one_line_or_many(lines: tuple[str, ...]) -> None:
    item = one(p("Câu 1. Hỏi gì?"), *map(p, lines))
    assert (item.stem, item.options) == ("Hỏi gì?", FOUR_BODIES)


def test_options_on_the_line_of_the_question() -> None:
    item = one(p("Question 1. A. stopped\tB. wanted\tC. needed\tD. ended"))
    assert (item.stem, item.options) == ("", ["stopped", "wanted", "needed", "ended"])


def test_more_options_than_four() -> None:
    item = one(p("Câu 1. Hỏi?"), p("\t".join(f"{letter}. x{letter}" for letter in "ABCDEFGH")))
    assert item.options == [f"x{letter}" for letter in "ABCDEFGH"]


def test_points_and_names_in_sentences_are_no_options() -> None:
    item = one(p("Câu 1. Đường thẳng qua A. Gọi B. là điểm"), p("đối xứng của A qua C."), *map(p, FOUR))
    assert item.stem == "Đường thẳng qua A. Gọi B. là điểm\nđối xứng của A qua C."
    assert item.options == FOUR_BODIES


@pytest.mark.parametrize(
    "rows",
    [
        [["A. một", "B. hai", "C. ba", "D. bốn"]],
        [["A. một", "B. hai"], ["C. ba", "D. bốn"]],
        [["A. một", "C. ba"], ["B. hai", "D. bốn"]],
        [["A.", "một", "B.", "hai"], ["C.", "ba", "D.", "bốn"]],
    ],
)
def test_options_in_table_cells(rows: list[list[str]]) -> None:
    item = one(p("Câu 1. Hỏi gì?"), table(*rows))
    assert (item.stem, item.options) == ("Hỏi gì?", FOUR_BODIES)


def test_automatically_lettered_options() -> None:
    numbers = numbering(n1="upperLetter %1.")
    first = [p(text, num="1") for text in FOUR_BODIES]
    second = [p(text, num="100") for text in FOUR_BODIES]
    found = report(p("Câu 1. Một?"), *first, p("Câu 2. Hai?"), *second, numbers=numbers).items
    assert [item.options for item in found] == [FOUR_BODIES, FOUR_BODIES]


def test_automatic_letters_through_a_style() -> None:
    style_sheet = styles(
        '<w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Option"><w:basedOn w:val="Base"/></w:style>'
    )
    options = [p(text, style="Option") for text in FOUR_BODIES]
    item = one(p("Câu 1. Một?"), *options, numbers=numbering(n1="upperLetter %1."), style_sheet=style_sheet)
    assert item.options == FOUR_BODIES


def test_automatically_numbered_questions() -> None:
    numbers = numbering(n1="decimal Câu %1.", n2="decimal %1.")
    for num in ("1", "2"):
        blocks = [block for n in (1, 2) for block in (p(f"Hỏi {n}?", num=num), *map(p, FOUR))]
        found = report(*blocks, numbers=numbers).items
        assert [(item.number, item.stem) for item in found] == [(1, "Hỏi 1?"), (2, "Hỏi 2?")]


def test_bare_numbers_open_questions_where_there_is_no_word() -> None:
    blocks = [
        p("1. Hỏi một?"),
        *map(p, FOUR),
        p("2. Các bước:"),
        p("1. bước một"),
        p("2. bước hai"),
        *map(p, FOUR),
    ]
    found = report(*blocks).items
    assert [(item.number, item.stem) for item in found] == [
        (1, "Hỏi một?"),
        (2, "Các bước:\n1. bước một\n2. bước hai"),
    ]


def test_parts_choose_the_kind() -> None:
    found = report(
        p("PHẦN I. Câu trắc nghiệm nhiều phương án lựa chọn. Thí sinh trả lời từ câu 1 đến câu 12."),
        *question(1),
        p("PHẦN II. Câu trắc nghiệm đúng sai."),
        p("Thí sinh trả lời từ câu 1 đến câu 4."),
        p("Câu 1. Xét:"),
        *map(p, ("a) một", "b) hai", "c) ba", "d) bốn")),
        p("PHẦN III. Câu trắc nghiệm trả lời ngắn."),
        p("Câu 1. Bao nhiêu?"),
        p("PHẦN IV. Tự luận"),
        p("Câu 1. Chứng minh."),
    )
    assert [(item.part, item.number, item.kind) for item in found.items] == [
        ("I", 1, "single_choice"),
        ("II", 1, "true_false"),
        ("III", 1, "short_answer"),
        ("IV", 1, "essay"),
    ]
    assert found.items[1].statements == ["một", "hai", "ba", "bốn"]
    assert found.items[3].warnings == ["unsupported_kind"]
    assert found.warnings == []


def test_old_headings() -> None:
    found = report(
        p("A. PHẦN TRẮC NGHIỆM (7 điểm)"), *question(), p("B. TỰ LUẬN (3 điểm)"), p("Câu 1. Giải:")
    ).items
    assert [(item.part, item.kind) for item in found] == [("I", "single_choice"), ("IV", "essay")]


def test_statements_above_options_stay_in_the_stem() -> None:
    item = one(
        p("Câu 1. Cho các phát biểu:"),
        p("a) một là số lẻ"),
        p("b) hai là số chẵn"),
        p("Số phát biểu đúng là"),
        *map(p, FOUR),
    )
    assert item.stem == "Cho các phát biểu:\na) một là số lẻ\nb) hai là số chẵn\nSố phát biểu đúng là"
    assert item.options == FOUR_BODIES


def test_small_letters_are_options_in_part_one() -> None:
    item = one(p("PHẦN I"), p("Câu 1. Hỏi?"), p("a) một\tb) hai\tc) ba\td) bốn"), p("Đáp án: B"))
    assert (item.kind, item.options, item.key) == ("single_choice", FOUR_BODIES, "B")


def test_options_of_several_paragraphs() -> None:
    item = one(p("Câu 1. Hỏi?"), p("A. một"), p("thêm"), p("B. hai"), p("C. ba"), p("D. bốn"))
    assert item.options == ["một\nthêm", "hai", "ba", "bốn"]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Câu 1. [NB] Hỏi gì?", "NB"),
        ("Câu 1 [TH]. Hỏi gì?", "TH"),
        ("Câu 1. (VD) Hỏi gì?", "VD"),
        ("[VDC] Câu 1. Hỏi gì?", "VDC"),
        ("Câu 1. Hỏi gì? [Thông hiểu]", "TH"),
        ("Câu 1 (NB): Hỏi gì?", "NB"),
        ("Câu 1. [Vận dụng cao] Hỏi gì?", "VDC"),
        ("Câu 1. (0,25 điểm) Hỏi gì?", None),
    ],
)
def test_level_tags_leave_the_text(text: str, level: str | None) -> None:
    item = one(p(text), *map(p, FOUR))
    assert (item.level, item.stem) == (level, "Hỏi gì?")


def test_fixed_options() -> None:
    draft = read_docx(
        docx(
            p("Câu 1. Hỏi?"),
            p("A. một"),
            p("B. hai"),
            p("#C. ba"),
            p(run("D", ITALIC), ". Cả ba đáp án trên"),
        )
    )
    content = draft.items[0].content
    assert isinstance(content, SingleChoice)
    assert [option.fixed for option in content.options] == [False, False, True, True]
    assert [option.id for option in content.options] == ["A", "B", "C", "D"]


def test_passages_in_vietnamese_and_english() -> None:
    found = report(
        *question(1),
        p("Đọc đoạn văn sau và trả lời các câu hỏi từ câu 2 đến câu 3."),
        p("Ngày xưa có một nước."),
        p("Nước ấy rất xa."),
        *question(2),
        *question(3),
        *question(4),
        p("Read the following passage and mark the letter A, B, C or D for questions 5 to 6."),
        p("Once upon a time."),
        *question(5),
        *question(6),
        *question(7),
    )
    assert [item.passage for item in found.items] == [None, 1, 1, None, 2, 2, None]
    assert [passage.number for passage in found.passages] == [1, 2]
    assert found.passages[0].text.endswith("Ngày xưa có một nước.\nNước ấy rất xa.")
    assert found.passages[1].text.endswith("Once upon a time.")
    assert all(item.options == FOUR_BODIES for item in found.items)


def test_a_passage_without_numbers_holds_until_the_next() -> None:
    found = report(
        p("Đọc đoạn trích sau và trả lời các câu hỏi:"), p("Trích."), *question(1), *question(2)
    ).items
    assert [item.passage for item in found] == [1, 1]


def test_a_cue_inside_a_question_is_no_passage() -> None:
    item = one(p("Câu 1. Tìm lỗi."), p("Đọc kỹ các câu sau rồi chọn:"), *map(p, FOUR))
    assert item.passage is None
    assert item.stem == "Tìm lỗi.\nĐọc kỹ các câu sau rồi chọn:"


@pytest.mark.parametrize("marker", ["Lời giải", "Hướng dẫn giải", "Lời giải:", "LỜI GIẢI", "HDG", "Giải:"])
def test_solution(marker: str) -> None:
    found = report(*question(1), p(marker), p("Ta có A. là sai."), p("Chọn B."), *question(2)).items
    assert found[0].solution == "Ta có A. là sai."
    assert (found[0].key, found[0].options) == ("B", FOUR_BODIES)
    assert found[1].solution is None


def test_solution_on_the_line_of_its_marker() -> None:
    item = one(*question(), p("Lời giải: Vì 1 + 1 = 2 nên chọn B."))
    assert (item.solution, item.key) == ("Vì 1 + 1 = 2 nên chọn B.", "B")


def test_the_end() -> None:
    found = report(*question(1), p("------ HẾT ------"), p("Thí sinh không được sử dụng tài liệu."))
    assert found.items[0].options == FOUR_BODIES
    assert found.warnings == []


def test_solutions_after_the_end_go_to_their_questions() -> None:
    found = report(
        *question(1),
        *question(2),
        p("HẾT"),
        p("HƯỚNG DẪN GIẢI CHI TIẾT"),
        *question(1),
        p("Lời giải"),
        p("Chọn C."),
        p("Vì thế."),
        p("Câu 2. Chọn A."),
    ).items
    assert [(item.number, item.key, item.solution) for item in found] == [(1, "C", "Vì thế."), (2, "A", None)]


def test_numbers_twice_and_left_out() -> None:
    found = report(*question(1), *question(1), *question(4)).items
    assert ["duplicate_number" in item.warnings for item in found] == [False, True, False]
    assert ["numbering_gap" in item.warnings for item in found] == [False, False, True]


def test_numbers_begin_anew_in_each_part() -> None:
    found = report(p("PHẦN I"), *question(1), p("PHẦN II"), p("Câu 1. Xét:"), p("a) một"), p("b) hai")).items
    assert all("duplicate_number" not in item.warnings for item in found)


def test_missing_options() -> None:
    assert "missing_option" in one(p("Câu 1. Hỏi?"), p("A. một\tB. hai\tC. ba")).warnings
    assert "missing_option" in one(p("Câu 1. Hỏi?"), p("A. một"), p("B. hai"), p("D. bốn")).warnings
    assert "missing_option" in one(p("Câu 1. Hỏi?"), p("A. một"), p("B."), p("C. ba"), p("D. bốn")).warnings
    assert "missing_option" in one(p("PHẦN I"), p("Câu 1. Hỏi?")).warnings
    assert "missing_option" not in one(*question()).warnings


def test_option_letter_twice() -> None:
    item = one(p("Câu 1. Hỏi?"), p("A. một"), p("B. hai"), p("B. ba"), p("D. bốn"), p("Đáp án: B"))
    assert "duplicate_option" in item.warnings
    assert item.key is None


def test_pictures_with_their_size() -> None:
    blocks = (
        p("Câu 1. Xem hình:"),
        p(picture(width=200, height=100, description="Đồ thị")),
        *map(p, FOUR),
        p(picture()),
    )
    draft = read_docx(docx(*blocks, parts={"word/media/image1.png": png()}))
    images = images_of(draft.items[0].content.stem)
    assert [(image.width, image.height, image.alt) for image in images] == [
        (200, 100, "Đồ thị"),
        (96, 48, ""),
    ]
    assert [asset.media_type for asset in draft.assets] == ["image/png"]
    assert {image.sha256 for image in images} == {asset.sha256 for asset in draft.assets}
    assert draft_report(draft).items[0].images == 2


@pytest.mark.parametrize(
    "data", [b"\xd7\xcd\xc6\x9a\0\0", b"\x01\0\0\0 EMF", b"not a picture", b"\x89PNG\r\n\x1a\nbad"]
)
def test_pictures_that_a_browser_cannot_show(data: bytes) -> None:
    draft = read_docx(
        docx(p("Câu 1. Xem hình:", picture()), *map(p, FOUR), parts={"word/media/image1.png": data})
    )
    assert "unsupported_image" in draft.items[0].warnings
    assert draft.assets == ()


def test_tables_stay_tables() -> None:
    grid = table(["x", "1", "2"], ["y", "3", "4"])
    draft = read_docx(docx(p("Câu 1. Cho bảng:"), grid, p("Hỏi gì?"), *map(p, FOUR)))
    assert isinstance(draft.items[0].content.stem[1], Table)
    assert draft_report(draft).items[0].stem == "Cho bảng:\nx | 1 | 2\ny | 3 | 4\nHỏi gì?"


def test_merged_cells() -> None:
    def cell(properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p/></w:tc>"

    wide, down, under = (
        cell('<w:gridSpan w:val="2"/>'),
        cell('<w:vMerge w:val="restart"/>'),
        cell("<w:vMerge/>"),
    )
    grid = f"<w:tbl><w:tr>{wide}{down}</w:tr><w:tr>{cell() * 2}{under}</w:tr></w:tbl>"
    stem = read_docx(docx(p("Câu 1. Bảng"), grid, *map(p, FOUR))).items[0].content.stem
    assert isinstance(stem[1], Table)
    assert [[(cell.colspan, cell.rowspan) for cell in row] for row in stem[1].rows] == [
        [(2, 1), (1, 2)],
        [(1, 1), (1, 1)],
    ]


def test_a_layout_table_of_questions_is_read_cell_by_cell() -> None:
    first = "".join(question(1))
    second = "".join(question(2))
    assert [item.number for item in report(table([first, second])).items] == [1, 2]


def test_bullets_and_alignment() -> None:
    numbers = numbering(n1="bullet •")
    centred = '<w:p><w:pPr><w:jc w:val="center"/></w:pPr>' + run("giữa") + "</w:p>"
    draft = read_docx(
        docx(p("Câu 1. Có:"), p("một", num="1"), p("hai", num="1"), centred, *map(p, FOUR), numbers=numbers)
    )
    stem = draft.items[0].content.stem
    assert isinstance(stem[1], ListBlock)
    assert len(stem[1].entries) == 2
    assert isinstance(stem[2], Paragraph)
    assert stem[2].align == "center"


def test_scripts_and_underline_of_the_text_stay() -> None:
    look = '<w:vertAlign w:val="{}script"/>'
    item = one(
        p(
            "Câu 1. H",
            run("2", look.format("sub")),
            "O, x",
            run("2", look.format("super")),
            ", ",
            run("gạch", UNDERLINE),
        ),
        *map(p, FOUR),
    )
    assert item.stem == "H<sub>2</sub>O, x<sup>2</sup>, <u>gạch</u>"


def test_tracked_changes() -> None:
    inserted = f"<w:ins w:id='1'>{run('mới')}</w:ins>"
    deleted = "<w:del w:id='2'><w:r><w:delText>cũ</w:delText></w:r></w:del>"
    item = one(p("Câu 1. Từ ", deleted, inserted), *map(p, FOUR))
    assert item.stem == "Từ mới"
    assert "tracked_changes" in item.warnings


def test_a_deleted_paragraph_mark_joins_paragraphs() -> None:
    item = one(p("Câu 1. Đầu ", mark="<w:del w:id='1'/>"), p("cuối"), *map(p, FOUR))
    assert item.stem == "Đầu cuối"


def test_text_boxes_are_read_in_place_once() -> None:
    box = f"<w:txbxContent>{p('trong hộp')}</w:txbxContent>"
    shape = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><a:graphic>"
        "<a:graphicData><wps:wsp>"
        f"<wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    found = report(p("Câu 1. Xem ", shape), *map(p, FOUR))
    assert found.items[0].stem == "Xem\ntrong hộp"
    assert "text_box" in found.items[0].warnings
    assert found.warnings == ["text_box"]


def test_mathtype_keeps_its_preview() -> None:
    ole = (
        '<w:r><w:object><v:shape style="width:30pt;height:15pt"><v:imagedata r:id="rIdPicture"/></v:shape>'
        '<o:OLEObject ProgID="Equation.DSMT4"/></w:object></w:r>'
    )
    draft = read_docx(docx(p("Câu 1. Tính ", ole), *map(p, FOUR), parts={"word/media/image1.png": png()}))
    image = images_of(draft.items[0].content.stem)[0]
    assert (image.width, image.height) == (40, 20)
    assert "ole_formula" in draft.items[0].warnings


def test_an_unreadable_formula_is_reported_with_its_letters() -> None:
    item = one(
        p("Câu 1. Tính ", "<m:oMath><m:unknown><m:r><m:t>x</m:t></m:r></m:unknown></m:oMath>"), *map(p, FOUR)
    )
    assert item.stem == "Tính x"
    assert "unreadable_formula" in item.warnings
    field = "<w:r><w:instrText> EQ \\F(1,2) </w:instrText></w:r>"
    assert "unreadable_formula" in one(p("Câu 1. Tính ", field), *map(p, FOUR)).warnings


def test_the_symbol_font() -> None:
    symbol = '<w:r><w:sym w:font="Symbol" w:char="F044"/></w:r>'
    other = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
    assert one(p("Câu 1. ", symbol, " = 0"), *map(p, FOUR)).stem == "Δ = 0"
    assert "unknown_symbol" in one(p("Câu 1. ", other), *map(p, FOUR)).warnings


def test_hidden_text_stays_hidden() -> None:
    item = one(p("Câu 1. Hỏi", run(" đáp án là B", "<w:vanish/>")), *map(p, FOUR))
    assert item.stem == "Hỏi"
    assert "hidden_text" in item.warnings


def test_matching_is_listed_as_not_supported() -> None:
    item = one(p("Câu 1. Nối cột A với cột B:"), table(["1. nước", "a. H2O"], ["2. muối", "b. NaCl"]))
    assert (item.kind, item.key, item.warnings) == ("matching", None, ["unsupported_kind"])
    assert item.stem.endswith("1. nước | a. H2O\n2. muối | b. NaCl")


def test_statement_table_with_ticks() -> None:
    ticks = zip("abcd", [("x", ""), ("", "x"), ("", "x"), ("x", "")], strict=True)
    rows = [["Phát biểu", "Đúng", "Sai"], *([f"{letter}) câu {letter}", *pair] for letter, pair in ticks)]
    item = one(p("PHẦN II"), p("Câu 1. Xét:"), table(*rows))
    assert item.statements == ["câu a", "câu b", "câu c", "câu d"]
    assert item.key == [True, False, False, True]


def test_title() -> None:
    draft: Draft = read_docx(
        docx(table(["SỞ GD&ĐT HÀ NỘI", "ĐỀ THI THỬ 2025"]), p("Họ và tên: ……"), *question())
    )
    assert draft.title == "ĐỀ THI THỬ 2025"


def test_formulas_are_options_too() -> None:
    item = one(
        p("Câu 1. Chọn: "),
        p("A. ", math("x"), "\tB. ", math("y"), " C. ", math("z"), " D. ", math("t")),
    )
    assert item.options == ["$x$", "$y$", "$z$", "$t$"]


def test_strict_open_xml() -> None:
    plain = docx(*question())
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["word/document.xml"] = files["word/document.xml"].replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert draft_report(read_docx(zipped(files))).items[0].options == FOUR_BODIES


def test_a_file_without_questions() -> None:
    with pytest.raises(UnreadableFile, match="no_items"):
        read_docx(docx(p("Kính gửi quý thầy cô")))

"""Files that are broken, of another kind, or made to do harm."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.formats.docx import read_docx
from item_bank.formats.docx.body import MAX_CELLS
from item_bank.formats.docx.images import MAX_IMAGE_BYTES
from item_bank.formats.docx.package import MAX_ENTRIES, MAX_FILE_BYTES, MAX_PART_BYTES
from item_bank.formats.docx.paper import MAX_ITEMS
from item_bank.formats.errors import UnreadableFile
from item_bank.item import Draft
from tests.item_bank.formats.docx_builder import (
    NAMESPACES,
    docx,
    files_of,
    p,
    picture,
    png,
    stored,
    table,
    zipped,
)

QUESTION = [p("Câu 1. Hỏi?"), p("A. một\tB. hai\tC. ba\tD. bốn"), p("Đáp án: B")]
OFFICE = "application/vnd.openxmlformats-officedocument"


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_docx(data)
    return caught.value.code


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n", b"{\\rtf1 }"])
def test_no_zip_at_all(data: bytes) -> None:
    assert refused(data) == "not_docx"


def test_old_binary_word_file() -> None:
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == "old_word_file"


def test_a_zip_of_something_else() -> None:
    assert refused(zipped({"notes.txt": b"hello"})) == "not_docx"
    assert (
        refused(zipped({"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<Relationships/>"}))
        == "not_docx"
    )


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        (f"{OFFICE}.spreadsheetml.sheet.main+xml", "spreadsheet_file"),
        (f"{OFFICE}.presentationml.presentation.main+xml", "slides_file"),
        ("application/vnd.ms-word.document.macroEnabled.main+xml", "macro_file"),
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "macro_file"),
        ("text/plain", "not_docx"),
    ],
)
def test_other_office_files_are_told_apart(content_type: str, code: str) -> None:
    assert refused(docx(*QUESTION, content_type=content_type)) == code


def test_truncated() -> None:
    data = docx(*QUESTION)
    for kept in (len(data) // 2, len(data) - 30, 10):
        assert refused(data[:kept]) == "truncated"


def test_a_damaged_part() -> None:
    data = bytearray(docx(*QUESTION))
    place = data.find(b"word/document.xml") + 60
    data[place : place + 40] = b"\0" * 40
    assert refused(bytes(data)) == "truncated"


def test_a_missing_document_body() -> None:
    data = docx(*QUESTION, parts={"word/document.xml": f"<w:document {NAMESPACES}/>".encode()})
    assert refused(data) == "not_docx"


def test_broken_xml() -> None:
    assert refused(docx(*QUESTION, parts={"word/document.xml": b"<w:document"})) == "broken_xml"
    assert refused(docx(*QUESTION, parts={"word/styles.xml": b"\xff\xfe"})) == "broken_xml"


def test_zip_bomb_by_ratio() -> None:
    assert refused(docx(*QUESTION, parts={"word/media/zeros.bin": b"\0" * (20 * 2**20)})) == "zip_bomb"


def test_zip_bomb_by_declared_size() -> None:
    data = bytearray(docx(*QUESTION))
    place = data.find(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", MAX_PART_BYTES + 1)
    assert refused(bytes(data)) == "zip_bomb"


def test_a_part_longer_than_it_declares_is_not_unpacked_further() -> None:
    data = bytearray(docx(*QUESTION, parts={"word/styles.xml": b"<x/>" + b" " * 100_000}))
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 10)
    assert refused(bytes(data)) == "truncated"


def test_too_large_a_file() -> None:
    assert refused(b"PK\x03\x04" + b"\0" * MAX_FILE_BYTES) == "too_large"


def test_too_many_parts() -> None:
    assert refused(docx(*QUESTION, parts={f"x/{n}": b"" for n in range(MAX_ENTRIES)})) == "too_many_parts"


def test_encrypted() -> None:
    data = bytearray(docx(*QUESTION))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(data)) == "encrypted"


ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
)


@pytest.mark.parametrize(
    "declaration", [ENTITY, LAUGHS + "]>", "<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "http://[::1]/x.dtd">']
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "[Content_Types].xml"])
def test_a_doctype_is_refused_everywhere(declaration: str, encoding: str, part: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}<x>&e;</x>'
    assert refused(docx(*QUESTION, parts={part: text.encode(encoding)})) == "external_entity"


def test_deep_nesting() -> None:
    deep = "<w:sdt><w:sdtContent>" * 200 + "".join(QUESTION) + "</w:sdtContent></w:sdt>" * 200
    assert refused(docx(deep)) == "broken_xml"


def test_a_deep_formula_is_given_up() -> None:
    deep = "<m:sSup><m:e>" * 40 + "<m:r><m:t>x</m:t></m:r>" + "</m:e></m:sSup>" * 40
    item = read_docx(docx(p("Câu 1. Tính ", f"<m:oMath>{deep}</m:oMath>"), *QUESTION[1:])).items[0]
    assert "unreadable_formula" in item.warnings


def test_deep_tables() -> None:
    grid = p("đáy")
    for _ in range(60):
        grid = f"<w:tbl><w:tr><w:tc>{grid}</w:tc></w:tr></w:tbl>"
    draft = read_docx(docx(p("Câu 1. Bảng"), grid, *QUESTION[1:]))
    assert "đáy" in repr(draft.items[0].content.stem)


def test_billions_of_cells() -> None:
    wide = '<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr><w:p/></w:tc>'
    draft = read_docx(docx(QUESTION[0], f"<w:tbl><w:tr>{wide}{wide}</w:tr></w:tbl>", *QUESTION[1:]))
    assert draft.items[0].key is not None
    many = table(*[[""] * 100] * (MAX_CELLS // 100 + 1))
    assert refused(stored(docx(QUESTION[0], many))) == "too_many_cells"


def test_too_many_items() -> None:
    assert refused(docx(*(p(f"Câu {n % 900 + 1}. Hỏi?") for n in range(MAX_ITEMS + 1)))) == "too_many_items"


def test_too_long_a_text() -> None:
    assert refused(docx(QUESTION[0], p("dài " * 20_000), *QUESTION[1:])) == "item_too_long"


def test_a_huge_picture_is_left_out() -> None:
    for data in (png(60_000, 60_000), png() + b"\0" * MAX_IMAGE_BYTES):
        whole = docx(p("Câu 1. ", picture()), *QUESTION[1:], parts={"word/media/image1.png": data})
        draft = read_docx(stored(whole))
        assert "image_too_large" in draft.items[0].warnings
        assert draft.assets == ()


def test_linked_pictures_are_never_followed() -> None:
    link = '<Relationship Id="rIdFar" Type="x/image" Target="http://[::1]/x.png" TargetMode="External"/>'
    for relationship in ("rIdFar", "rIdNone"):
        draft = read_docx(docx(p("Câu 1. ", picture(relationship)), *QUESTION[1:], relationships=link))
        assert "unsupported_image" in draft.items[0].warnings


def test_a_relationship_out_of_the_package() -> None:
    link = '<Relationship Id="rIdUp" Type="x/image" Target="../../../../etc/hostname"/>'
    draft = read_docx(docx(p("Câu 1. ", picture("rIdUp")), *QUESTION[1:], relationships=link))
    assert "unsupported_image" in draft.items[0].warnings


def test_styles_and_lists_in_circles() -> None:
    circle = (
        f'<w:styles {NAMESPACES}><w:style w:styleId="a"><w:basedOn w:val="b"/></w:style>'
        '<w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'
    )
    assert (
        read_docx(docx(p("Câu 1. Hỏi?", style="a"), *QUESTION[1:], style_sheet=circle)).items[0].number == 1
    )


@pytest.mark.parametrize("bad", ["", "-1", "9" * 30, "x", "1e9", "²"])
def test_bad_numbers_in_attributes(bad: str) -> None:
    numbers = (
        f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="{bad}">'
        f'<w:start w:val="{bad}"/>'
        f'<w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1%9."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    extent = picture().replace('cx="914400"', f'cx="{bad}"')
    blocks = [p("Câu 1. Hỏi?", num="1"), p(extent), *QUESTION[1:]]
    data = docx(*blocks, numbers=numbers, parts={"word/media/image1.png": png()})
    assert read_docx(data).items


def outcome(data: bytes) -> None:
    try:
        assert isinstance(read_docx(data), Draft)
    except UnreadableFile:
        return


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    outcome(data)
    outcome(b"PK\x03\x04" + data)


WHOLE = docx(
    *QUESTION,
    p("Câu 2. Xét ", "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den/></m:f></m:oMath>"),
    table(["a) một", "b) hai"], ["c) ba", "d) bốn"]),
    p("Câu 3. Đọc ", picture()),
    table(["Câu", "1", "2"], ["Đáp án", "A", "ĐSĐS"]),
    parts={"word/media/image1.png": png()},
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_changed_bytes_of_the_zip(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, byte in changes:
        data[place] = byte
    outcome(bytes(data))


PARTS = files_of(WHOLE)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(PARTS)), st.data())
def test_changed_bytes_of_a_part(name: str, data: st.DataObject) -> None:
    part = bytearray(PARTS[name])
    start = data.draw(st.integers(0, len(part) - 1))
    length = data.draw(st.integers(0, 30))
    part[start : start + length] = data.draw(
        st.binary(max_size=10) | st.sampled_from([b"", b'"', b"A. ", b"<w:p>"])
    )
    outcome(zipped({**PARTS, name: bytes(part)}))


LINES = st.lists(
    st.sampled_from(
        [
            "Câu 1. Hỏi?",
            "Câu 2:",
            "A. một",
            "B. hai\tC. ba",
            "D.",
            "a) x",
            "b) y (Đ)",
            "PHẦN I",
            "PHẦN II. Đúng sai",
            "HẾT",
            "Lời giải",
            "Đáp án: B",
            "Đáp án: ĐS",
            "ĐÁP ÁN",
            "1.A 2.B",
            "Chọn C",
            "[NB]",
            "Đọc đoạn sau, trả lời câu 1 đến 2",
            "*",
        ]
    )
    | st.text(max_size=8),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_any_order_of_lines(lines: list[str]) -> None:
    printable = ["".join(c for c in line if c.isprintable()) for line in lines]
    outcome(docx(*map(p, printable)))

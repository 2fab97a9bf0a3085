import codecs
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from exam_server.core import sheet
from exam_server.core.roster import Roster, RosterRow, assign_candidate_numbers, read_roster
from exam_server.errors import Invalid, KhaoThiError, TooLarge
from item_bank.vietnamese import sort_key

HEADER = [
    "STT",
    "Số báo danh",
    "Mã định danh Bộ GD&ĐT",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Lớp",
    "Số máy",
]
AN = [1, "020001", "0123456789", "Nguyễn Văn An", "05/09/2008", "Nam", "12A1", 7]
BINH = [2, "020002", "0123456790", "Trần Thị Bình", datetime(2008, 12, 31), "Nữ", "12A1", 8]  # noqa: DTZ001 -- as in a file


def xlsx(rows: Sequence[Sequence[Any]], formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    for cell, number_format in (formats or {}).items():
        page[cell].number_format = number_format
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def csv(rows: Sequence[Sequence[Any]], delimiter: str = ",") -> str:
    return "".join(delimiter.join(str(cell) for cell in row) + "\r\n" for row in rows)


def problems(roster: Roster) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.code) for problem in roster.problems]


def test_a_list_is_read_with_everything_it_says() -> None:
    roster = read_roster(xlsx([HEADER, AN, BINH]), "ds.xlsx")
    assert roster.problems == ()
    assert roster.numbered
    assert roster.rows == (
        RosterRow(
            line=2,
            number="020001",
            pupil_code="0123456789",
            name="Nguyễn Văn An",
            birth_date=date(2008, 9, 5),
            gender="male",
            class_name="12A1",
            seat="7",
        ),
        RosterRow(
            line=3,
            number="020002",
            pupil_code="0123456790",
            name="Trần Thị Bình",
            birth_date=date(2008, 12, 31),
            gender="female",
            class_name="12A1",
            seat="8",
        ),
    )


def test_the_export_of_the_sector_database_has_titles_above_and_signatures_below() -> None:
    rows = [
        ["SỞ GIÁO DỤC VÀ ĐÀO TẠO"],
        ["DANH SÁCH HỌC SINH LỚP 12A1"],
        [],
        ["STT", "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh", "Giới tính", "Dân tộc", "Trạng thái",
         "Lớp học", "Khối học", "Số định danh cá nhân"],
        [1, "0123456789", "Lê Văn An", "05/09/2008", "Nam", "Kinh", "Đang học", "12A1", 12, "001208012345"],
        [],
        [2, "0123456790", "Vũ Thị Ánh", "06/09/2008", "Nữ", "Tày", "Đang học", "12A1", 12, "001208012346"],
        ["Danh sách này có 02 học sinh"],
        [None, None, None, "Ngày 5 tháng 9 năm 2026"],
        [None, None, "Hiệu trưởng"],
        [None, None, "Lê Văn Cường"],
    ]  # fmt: skip
    roster = read_roster(xlsx(rows), "ds.xlsx")
    assert roster.problems == ()
    assert not roster.numbered
    assert [(row.line, row.name, row.number, row.class_name) for row in roster.rows] == [
        (5, "Lê Văn An", None, "12A1"),
        (7, "Vũ Thị Ánh", None, "12A1"),
    ]


def test_a_name_may_come_in_two_columns() -> None:
    rows = [["SBD", "Họ đệm", "Tên"], ["001", "Nguyễn Văn", "An"], ["002", "Trần", "Bình"]]
    assert [row.name for row in read_roster(xlsx(rows), "ds.xlsx").rows] == ["Nguyễn Văn An", "Trần Bình"]


def test_or_under_one_header_merged_over_two_columns() -> None:
    rows = [
        ["SBD", "Họ và tên", None, "Lớp"],
        ["001", "Nguyễn Văn", "An", "12A1"],
        ["002", "Trần", "Bình", "12A1"],
    ]
    assert [row.name for row in read_roster(xlsx(rows), "ds.xlsx").rows] == ["Nguyễn Văn An", "Trần Bình"]


def test_a_note_beside_some_names_is_no_part_of_them() -> None:
    rows = [["SBD", "Họ và tên", None], ["001", "Nguyễn Văn An", "vắng"], ["002", "Trần Bình", None]]
    assert [row.name for row in read_roster(xlsx(rows), "ds.xlsx").rows] == ["Nguyễn Văn An", "Trần Bình"]


def test_a_row_that_counts_the_columns_is_no_candidate() -> None:
    rows = [["SBD", "Họ tên", "Lớp"], [1, 2, 3], ["001", "Nguyễn Văn An", "12A1"]]
    assert [row.line for row in read_roster(xlsx(rows), "ds.xlsx").rows] == [3]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("SBD", "number"),
        ("Số  báo\ndanh (SBD)", "number"),
        ("MÃ ĐỊNH DANH BỘ GD&ĐT", "pupil_code"),
        ("Lớp học", "class_name"),
        ("Phòng thi", "room"),
        ("Số máy", "seat"),
    ],
)
def test_headers_are_found_by_their_letters(header: str, field: str) -> None:
    row = read_roster(xlsx([["Họ tên", header], ["An", "0123456789"]]), "ds.xlsx").rows[0]
    assert getattr(row, field) == "0123456789"


def test_codes_stay_text_and_the_zeros_a_format_shows_are_kept() -> None:
    rows = [["SBD", "Họ tên"], [20001, "An"], [20002, "Bình"]]
    roster = read_roster(xlsx(rows, {"A2": "000000", "A3": "000000"}), "ds.xlsx")
    assert [row.number for row in roster.rows] == ["020001", "020002"]


def test_a_whole_number_of_full_length_is_a_code() -> None:
    rows = [["SBD", "Mã định danh", "Họ tên"], [120001, 1234567890.0, "An"], ["120002", 1234567891, "Bình"]]
    roster = read_roster(xlsx(rows), "ds.xlsx")
    assert [(row.number, row.pupil_code) for row in roster.rows] == [
        ("120001", "1234567890"),
        ("120002", "1234567891"),
    ]


def test_a_number_that_lost_zeros_is_reported_and_never_guessed() -> None:
    rows = [["SBD", "Mã định danh", "Họ tên"], [20001, 123456789, "An"], ["020002", "0123456790", "Bình"]]
    roster = read_roster(xlsx(rows), "ds.xlsx")
    assert problems(roster) == [(2, "SBD", "code_is_number"), (2, "Mã định danh", "code_is_number")]
    assert [dict(problem.params) for problem in roster.problems] == [
        {"value": "20001", "digits": 6},
        {"value": "123456789", "digits": 10},
    ]
    assert roster.rows == ()


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (1, None, "number_missing"),
        (1, "02 0001", "bad_number"),
        (1, 20001.5, "code_is_number"),
        (1, "<script>", "bad_number"),
        (2, "12345", "bad_pupil_code"),
        (2, "01234567AB", "bad_pupil_code"),
        (3, None, "name_missing"),
        (3, "An 2", "bad_name"),
        (3, "x" * 101, "value_too_long"),
        (4, "31/02/2008", "bad_date"),
        (4, "12/31/2008", "bad_date"),
        (4, "5/9/08", "bad_date"),
        (4, "5/9/1008", "bad_date"),
        (4, 2008, "bad_date"),
        (5, "?", "bad_gender"),
        (6, "y" * 41, "value_too_long"),
    ],
)
def test_every_bad_cell_is_reported_with_its_line_and_column(column: int, value: Any, code: str) -> None:
    bad = [*AN]
    bad[column] = value
    roster = read_roster(xlsx([["Danh sách"], HEADER, BINH, bad]), "ds.xlsx")
    assert problems(roster) == [(4, HEADER[column], code)]
    assert roster.rows == ()


@pytest.mark.parametrize("text", ["5/9/2008", "05-09-2008", "05.09.2008", "2008-09-05"])
def test_dates_are_day_first_or_iso(text: str) -> None:
    roster = read_roster(xlsx([["Họ tên", "Ngày sinh"], ["An", text]]), "ds.xlsx")
    assert roster.rows[0].birth_date == date(2008, 9, 5)


def test_twins_are_reported_on_every_line() -> None:
    third = [3, "020001", "0123456789", "Lê Cường", None, None, None, None]
    roster = read_roster(xlsx([HEADER, AN, BINH, third]), "ds.xlsx")
    assert problems(roster) == [
        (2, "Số báo danh", "duplicate_number"),
        (2, "Mã định danh Bộ GD&ĐT", "duplicate_pupil_code"),
        (4, "Số báo danh", "duplicate_number"),
        (4, "Mã định danh Bộ GD&ĐT", "duplicate_pupil_code"),
    ]
    assert [problem.params["other"] for problem in roster.problems] == [4, 4, 2, 2]


def test_codes_that_differ_in_case_only_are_twins() -> None:
    roster = read_roster(xlsx([["SBD", "Họ tên"], ["a1", "An"], ["A1", "Bình"]]), "ds.xlsx")
    assert [code for _, _, code in problems(roster)] == ["duplicate_number"] * 2


TEXT = csv([["SBD", "Họ tên", "Ngày sinh"], ["001", "Nguyễn Thị Ngọc Ánh", "05/09/2008"]])


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode("utf-16"),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("001", '"001"').encode(),
    ],
)
def test_csv_in_any_encoding_and_with_any_delimiter(data: bytes) -> None:
    assert read_roster(data, "ds.csv").rows == (
        RosterRow(line=2, number="001", name="Nguyễn Thị Ngọc Ánh", birth_date=date(2008, 9, 5)),
    )


def test_csv_in_windows_1258() -> None:
    # The code page has ă â ê ô ơ ư đ but no letter with a tone of those: tones follow as marks of their own.
    written = "SBD;Ho\u0323 tên;Lơ\u0301p\r\n001;Nguyê\u0303n Thi\u0323 A\u0301nh;12A1\r\n".encode("cp1258")
    row = read_roster(written, "ds.csv").rows[0]
    assert (row.number, row.name, row.class_name) == ("001", "Nguyễn Thị Ánh", "12A1")


def test_lines_of_a_csv_are_counted_over_line_ends_in_quotes() -> None:
    text = '"Danh sách\nlớp 12A1"\n"Họ và\ntên",Ngày sinh\nAn,x\n'
    assert problems(read_roster(text.encode(), "ds.csv")) == [(5, "Ngày sinh", "bad_date")]


def zipped(entries: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_entry(name: str, change: Any) -> bytes:
    with ZipFile(BytesIO(xlsx([HEADER, AN]))) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    entries[name] = change(entries[name])
    return zipped(entries)


def entity(xml: bytes) -> bytes:
    return b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///nowhere">]>' + xml


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "roster_no_header"),
        (b"Lop,Phong\n12A1,P1\n", "roster_no_header"),
        (b"SBD,Ho ten\n", "roster_empty"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "sheet_old_excel"),
        (b"PK\x03\x04" + bytes(600), "sheet_unreadable"),
        (xlsx([HEADER, AN])[:-300], "sheet_unreadable"),
        (zipped({"word/document.xml": b"<x/>"}), "sheet_unreadable"),
        (zipped({"bomb.bin": bytes(sheet.MAX_UNPACKED_BYTES + 1)}), "sheet_unreadable"),
        (zipped({f"{n}.xml": b"" for n in range(sheet.MAX_ENTRIES + 1)}), "sheet_unreadable"),
        (with_entry("xl/worksheets/sheet1.xml", entity), "sheet_unreadable"),
        (with_entry("xl/workbook.xml", lambda xml: xml[:100]), "sheet_unreadable"),
        (b"SBD,Ho ten\n\x00\x01", "sheet_unreadable"),
        (b"SBD,Ho ten\n001,\xd2\xff\x8a\x8d", "sheet_encoding"),
        (b'SBD,Ho ten\n001,"' + b"x" * 200_000, "sheet_unreadable"),
        ("Họ tên\n".encode() + b"An\n" * (sheet.MAX_ROWS + 1), "sheet_too_many_rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_files_that_are_not_lists_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_roster(data, "ds.xlsx")
    assert (caught.value.code, caught.value.place) == (code, "ds.xlsx")


def test_a_file_over_the_limit_is_not_even_looked_at() -> None:
    with pytest.raises(TooLarge) as caught:
        read_roster(bytes(sheet.MAX_BYTES + 1), "ds.csv")
    assert caught.value.code == "sheet_too_large"


def test_a_far_away_cell_costs_nothing() -> None:
    def far(xml: bytes) -> bytes:
        row = b'<row r="1000000"><c r="XFD1000000" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
        return xml.replace(b"</sheetData>", row)

    assert len(read_roster(with_entry("xl/worksheets/sheet1.xml", far), "ds.xlsx").rows) == 1


def test_hidden_sheets_are_not_read() -> None:
    book = Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.append(["Họ tên"])
    hidden.append(["Ẩn"])
    hidden.sheet_state = "hidden"
    seen = book.create_sheet("Danh sách")
    seen.append(["Họ tên"])
    seen.append(["An"])
    assert [row.name for row in read_roster(saved(book), "ds.xlsx").rows] == ["An"]


VALID = xlsx([HEADER, AN, BINH])


@pytest.mark.filterwarnings("ignore")  # openpyxl warns of what a damaged file lacks
@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.tuples(st.integers(0, len(VALID) - 1), st.binary(min_size=1, max_size=4)))
def test_any_bytes_give_a_roster_or_an_error_of_ours(change: bytes | tuple[int, bytes]) -> None:
    data = (
        change
        if isinstance(change, bytes)
        else VALID[: change[0]] + change[1] + VALID[change[0] + len(change[1]) :]
    )
    try:
        roster = read_roster(data, "ds.xlsx")
    except KhaoThiError:
        return
    assert not (roster.rows and roster.problems)


def row(name: str, line: int = 1) -> RosterRow:
    return RosterRow(line=line, name=name)


def test_numbers_are_given_in_the_order_of_names() -> None:
    given_rows = [row("Lê Thị Bình", 2), row("Nguyễn Văn An", 3), row("Bùi Ân", 4)]
    numbered = assign_candidate_numbers(given_rows, start=9, width=4)
    assert [(each.number, each.name, each.line) for each in numbered] == [
        ("0009", "Nguyễn Văn An", 3),
        ("0010", "Bùi Ân", 4),
        ("0011", "Lê Thị Bình", 2),
    ]


def test_numbers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="more digits"):
        assign_candidate_numbers([row("An"), row("Bình")], start=99, width=2)


@given(st.lists(st.sampled_from(["An", "Lê Ân", "Bùi Bình", "Hà Đức"]), max_size=20))
def test_every_row_gets_one_number_of_its_own(names: list[str]) -> None:
    numbered = assign_candidate_numbers(
        [row(name, line) for line, name in enumerate(names)], start=1, width=3
    )
    assert [each.number for each in numbered] == [f"{n:03d}" for n in range(1, len(names) + 1)]
    assert [sort_key(each.name) for each in numbered] == sorted(sort_key(name) for name in names)

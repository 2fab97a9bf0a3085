"""The gradebook workbook, opened again."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from exam_server.core.export.gradebook import HEADER_ROW, ScoreColumn, gradebook, term_mean
from exam_server.core.export.pupil import ExportHead, ScoredPupil

HEAD = ExportHead(exam="Giữa kỳ 1", subject="Toán", run=1, day=date(2026, 6, 26), signed_by="Bà Hội đồng")
TEMPLATE = [
    "STT", "Lớp", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Ngày sinh", "ĐĐGtx 1", "ĐĐGtx 2", "ĐĐGtx 3",
    "ĐĐGtx 4", "ĐĐGtx 5", "ĐĐGgk", "ĐĐGck", "Nhận xét",
]  # fmt: skip


def pupil(name: str, score: str | None = "8.25", **more: Any) -> ScoredPupil:
    known: dict[str, Any] = {
        "sitting": 1, "number": "020001", "school": "THPT Chu Văn An", "class_name": "12A1",
        "pupil_code": "0012345678", "birth_date": date(2008, 9, 5), "state": "submitted", "raw_score": None,
        "parts": (), "theta": None, "theta_se": None, "low": None, "high": None, "sanction": None,
    }  # fmt: skip
    return ScoredPupil(name=name, score=None if score is None else Decimal(score), **{**known, **more})


def opened(pupils: list[ScoredPupil], column: ScoreColumn = "gk") -> Any:
    return load_workbook(BytesIO(gradebook(HEAD, pupils, column, "vi")))


def rows(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADER_ROW + 1)]


def test_the_columns_are_the_templates() -> None:
    sheet = opened([pupil("Nguyễn Văn An")]).worksheets[0]
    assert [cell.value for cell in sheet[HEADER_ROW]][:13] == TEMPLATE
    assert sheet["A1"].value == "Giữa kỳ 1"
    assert sheet["A2"].value == "Toán · 12A1 · 26/06/2026"


@pytest.mark.parametrize(("column", "letter"), [("gk", "K"), ("ck", "L"), ("tx1", "F"), ("tx5", "J")])
def test_the_score_stands_in_its_column_and_the_others_are_blank(column: ScoreColumn, letter: str) -> None:
    sheet = opened([pupil("Nguyễn Văn An")], column).worksheets[0]
    filled = {name: sheet[f"{name}5"].value for name in "FGHIJKL"}
    assert filled.pop(letter) == 8.25
    assert set(filled.values()) == {None}


def test_codes_are_texts_dates_are_dates_and_names_in_vietnamese_order() -> None:
    book = opened([pupil("Trần Văn Ổi"), pupil("Lê Thị Ánh", None), pupil("Võ Đức An")])
    found = rows(book.worksheets[0])
    assert [row[3] for row in found] == ["Võ Đức An", "Lê Thị Ánh", "Trần Văn Ổi"]
    assert [row[0] for row in found] == [1, 2, 3]
    cell, born = book.worksheets[0]["C5"], book.worksheets[0]["E5"]
    assert (cell.value, cell.data_type, cell.number_format) == ("0012345678", "s", "@")
    assert (born.value.date(), born.number_format) == (date(2008, 9, 5), "dd/mm/yyyy")
    assert found[1][10] is None


@pytest.mark.parametrize(
    "name", ["=1+1", "+84", "-cmd", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\x07Bell"]
)
def test_a_text_cannot_be_a_formula(name: str) -> None:
    book = opened([pupil(name, class_name=name, pupil_code=name)])
    sheet = book.worksheets[0]
    for letter in "BCD":
        assert sheet[f"{letter}5"].data_type == "s"
        assert sheet[f"{letter}5"].value == name.replace("\x07", "")
    formulas = [cell.coordinate for row in sheet for cell in row if cell.data_type == "f"]
    assert formulas == ["N5"]


def test_each_class_has_a_sheet_that_excel_can_name() -> None:
    names = ["10/1", "10\\1", "A" * 40, "a" * 40, None]
    book = opened([pupil("An", class_name=name) for name in names])
    assert len(book.sheetnames) == 5
    assert len({name.casefold() for name in book.sheetnames}) == 5
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in book.sheetnames)
    assert "Chưa có lớp" in book.sheetnames


def test_nobody_is_an_empty_sheet() -> None:
    assert rows(opened([]).worksheets[0]) == []


def evaluate(formula: str, cells: dict[str, float]) -> float | str:
    """What a spreadsheet makes of the formula of a term's mean: its own functions, on these cells alone."""
    regular = [cells[name] for name in ("F5", "G5", "H5", "I5", "J5") if name in cells]
    known = {
        "COUNT(F5:J5)": len(regular), "SUM(F5:J5)": sum(regular), "COUNT(K5)": int("K5" in cells),
        "COUNT(L5)": int("L5" in cells), "K5": cells.get("K5", 0), "L5": cells.get("L5", 0),
    }  # fmt: skip
    text = formula.removeprefix("=")
    for name, value in known.items():
        text = text.replace(name, str(value))
    condition, body = text.removeprefix("IF(OR(").split('),"",ROUND(')
    if any(each.split("=")[0] == each.split("=")[1] for each in condition.split(",")):
        return ""
    quotient = body.removesuffix(",1))")
    above, below = quotient.split(")/(")
    total = sum(
        Decimal(term.split("*")[0]) * Decimal(term.split("*")[1]) if "*" in term else Decimal(term)
        for term in above.removeprefix("(").split("+")
    )
    count, five = below.removesuffix(")").split("+")
    return float((total / (Decimal(count) + Decimal(five))).quantize(Decimal("0.1"), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("cells", "mean"),
    [
        # (8 + 7 + 2·6.5 + 3·9) / (2 + 5) = 55 / 7
        ({"F5": 8, "G5": 7, "K5": 6.5, "L5": 9}, 7.9),
        # (10 + 2·10 + 3·10) / (1 + 5)
        ({"F5": 10, "K5": 10, "L5": 10}, 10.0),
        # four regular scores: (7 + 8 + 9 + 6 + 2·5.25 + 3·8.25) / 9 = 65.25 / 9 = 7.25
        ({"F5": 7, "G5": 8, "H5": 9, "I5": 6, "K5": 5.25, "L5": 8.25}, 7.3),
        ({"K5": 6.5, "L5": 9}, ""),
        ({"F5": 8, "L5": 9}, ""),
        ({"F5": 8, "K5": 9}, ""),
        ({}, ""),
    ],
)
def test_the_mean_is_that_of_the_circular(cells: dict[str, float], mean: float | str) -> None:
    assert opened([pupil("An")]).worksheets[0]["N5"].value == term_mean(5)
    assert evaluate(term_mean(5), cells) == mean

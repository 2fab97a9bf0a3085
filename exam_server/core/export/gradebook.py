"""A class's score sheet as a workbook in the columns of the gradebook: STT | Lớp | Mã định danh Bộ GD&ĐT | Họ
và tên | Ngày sinh | ĐĐGtx 1–5 | ĐĐGgk | ĐĐGck | Nhận xét, and the term's mean after them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from itertools import groupby
from types import MappingProxyType
from typing import Literal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from exam_server.catalogue import Language, text
from exam_server.catalogue.formats import format_date
from exam_server.core.export.pupil import ExportHead, ScoredPupil
from item_bank.vietnamese import sort_key, text_key

ScoreColumn = Literal["tx1", "tx2", "tx3", "tx4", "tx5", "gk", "ck"]

COLUMNS = (
    "order", "class", "pupil_code", "name", "birth_date", "tx1", "tx2", "tx3", "tx4", "tx5", "gk", "ck",
    "comment", "term_mean",
)  # fmt: skip
HEADER_ROW = 4

_LETTER: Mapping[str, str] = MappingProxyType(
    {name: "ABCDEFGHIJKLMN"[place] for place, name in enumerate(COLUMNS)}
)
_WIDTHS = (6, 10, 16, 28, 12, 9, 9, 9, 9, 9, 9, 9, 24, 10)
_SCORES = ("tx1", "tx2", "tx3", "tx4", "tx5", "gk", "ck")
_SHEET_NAME = 31
_UNFIT = re.compile(r"[\\/?*\[\]:]")
_LINE = Side(style="thin", color="999999")
_EDGE = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def gradebook(head: ExportHead, pupils: Sequence[ScoredPupil], column: ScoreColumn, lang: Language) -> bytes:
    """An .xlsx with a sheet per class, the score in ``column``; pupils by Vietnamese name, classes by school
    and name. Other columns stay empty for the teacher, and the mean fills itself in."""
    book = Workbook()
    book.remove(book.worksheets[0])
    taken: set[str] = set()
    for name, members in _classes(pupils, lang):
        sheet = book.create_sheet(_sheet_name(name, taken))
        _fill(sheet, head, name, members, column, lang)
    if not book.worksheets:
        _fill(book.create_sheet(text(lang, "measurement", "gradebook_no_class")), head, "", [], column, lang)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def term_mean(row: int) -> str:
    """The formula of the term's mean in a row: (Σ ĐĐGtx + 2 ĐĐGgk + 3 ĐĐGck) / (n + 5), n the regular scores
    that are there, to one decimal; empty while a kind is missing. TT 22/2021/TT-BGDĐT, Điều 9."""
    regular = f"{_LETTER['tx1']}{row}:{_LETTER['tx5']}{row}"
    middle, end = f"{_LETTER['gk']}{row}", f"{_LETTER['ck']}{row}"
    missing = f"OR(COUNT({regular})=0,COUNT({middle})=0,COUNT({end})=0)"
    return f'=IF({missing},"",ROUND((SUM({regular})+2*{middle}+3*{end})/(COUNT({regular})+5),1))'


def _classes(pupils: Sequence[ScoredPupil], lang: Language) -> Iterator[tuple[str, list[ScoredPupil]]]:
    """Each class, its school before it where there are several."""
    several = len({pupil.school for pupil in pupils if pupil.school}) > 1

    def key(pupil: ScoredPupil) -> tuple[str, str]:
        return pupil.school or "", pupil.class_name or ""

    ordered = sorted(
        pupils, key=lambda pupil: (*map(text_key, key(pupil)), sort_key(pupil.name), pupil.number)
    )
    for (school, name), members in groupby(ordered, key=key):
        shown = name or text(lang, "measurement", "gradebook_no_class")
        yield f"{shown} {school}" if several and school else shown, list(members)


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name Excel takes: without its special characters, short, and no other sheet's."""
    base = _UNFIT.sub(" ", _printable(name)).strip("' ")[:_SHEET_NAME] or "-"
    unique, count = base, 1
    while unique.casefold() in taken:
        count += 1
        unique = f"{base[: _SHEET_NAME - len(str(count)) - 1]} {count}"
    taken.add(unique.casefold())
    return unique


def _fill(
    sheet: Worksheet,
    head: ExportHead,
    name: str,
    members: Sequence[ScoredPupil],
    column: ScoreColumn,
    lang: Language,
) -> None:
    _text(_cell(sheet, 1, 1), head.exam).font = Font(bold=True, size=14)
    day = "" if head.day is None else format_date(head.day, lang)
    _text(_cell(sheet, 2, 1), " · ".join(filter(None, (head.subject, name, day))))
    for place, key in enumerate(COLUMNS, start=1):
        cell = _text(_cell(sheet, HEADER_ROW, place), text(lang, "measurement", f"gradebook_{key}"))
        cell.font, cell.border = Font(bold=True), _EDGE
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[cell.column_letter].width = _WIDTHS[place - 1]
    for order, pupil in enumerate(members, start=1):
        _row(sheet, HEADER_ROW + order, order, pupil, column)
    sheet.freeze_panes = f"E{HEADER_ROW + 1}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr = 0, PageSetupProperties(fitToPage=True)


def _row(sheet: Worksheet, row: int, order: int, pupil: ScoredPupil, column: ScoreColumn) -> None:
    cells = {key: _cell(sheet, row, place) for place, key in enumerate(COLUMNS, start=1)}
    for cell in cells.values():
        cell.border = _EDGE
    cells["order"].value = order
    _text(cells["class"], pupil.class_name or "")
    _text(cells["pupil_code"], pupil.pupil_code or "")
    _text(cells["name"], pupil.name)
    if pupil.birth_date is not None:
        cells["birth_date"].value = pupil.birth_date
        cells["birth_date"].number_format = "dd/mm/yyyy"
    for key in _SCORES:
        cells[key].number_format = "0.0#"
    if pupil.score is not None:
        cells[column].value = pupil.score
    cells["term_mean"].value = term_mean(row)
    cells["term_mean"].number_format = "0.0"


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    """A cell of the sheet."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 -- only merged cells are something else
    return cell


def _text(cell: Cell, value: str) -> Cell:
    """A cell that stays a text: leading zeros are kept, and nothing is run as a formula."""
    cell.value = _printable(value)
    if value:
        cell.data_type, cell.number_format, cell.quotePrefix = "s", "@", True
    return cell


def _printable(value: str) -> str:
    """Without control characters, which a workbook cannot hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", value)

"""The candidate list of a shift, from a spreadsheet: all rows or every problem, never half."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import takewhile
from typing import Literal

import msgspec
from msgspec import structs

from exam_server.core.sheet import Cell, Row, read_sheet
from exam_server.errors import Invalid
from item_bank.vietnamese import search_key, sort_key

HEADER_WITHIN = 40
MAX_NAME = 100
MAX_TEXT = 40
PUPIL_CODE_DIGITS = 10

Field = Literal[
    "number", "pupil_code", "name", "family_name", "given_name", "birth_date", "gender", "class_name", "room",
    "seat",
]  # fmt: skip
Gender = Literal["male", "female"]

# Headers as search_key leaves them, punctuation as spaces. Other columns are not read, the personal
# identification number among them: nothing here needs it.
_HEADERS: Mapping[Field, str] = {
    "number": "so bao danh|sbd|so bd|so bao danh sbd|ma thi sinh|candidate number",
    "pupil_code": "ma dinh danh bo gd dt|ma dinh danh bo gddt|ma dinh danh|ma dinh danh cua bo gd dt"
    "|ma dinh danh bo giao duc va dao tao|ma dinh danh hoc sinh|pupil code",
    "name": "ho ten|ho va ten|ho ten thi sinh|ho va ten thi sinh|ho ten hoc sinh|ho va ten hoc sinh"
    "|ho dem va ten|ho ten dem va ten|thi sinh|full name|name",
    "family_name": "ho dem|ho va dem|ho va ten dem|ho ten dem|ho va chu dem|ho chu dem|ho lot|ho",
    "given_name": "ten|ten hoc sinh|ten thi sinh",
    "birth_date": "ngay sinh|ngay thang nam sinh|nam sinh|date of birth|birth date",
    "gender": "gioi tinh|phai|gender|sex",
    "class_name": "lop|lop hoc|ten lop|class",
    "room": "phong thi|phong|so phong|phong so|phong thi so|room",
    "seat": "so may|may|may so|vi tri|vi tri ngoi|cho ngoi|so ghe|seat",
}
_FIELD_OF: Mapping[str, Field] = {
    header: field for field, headers in _HEADERS.items() for header in headers.split("|")
}

_FOOTER = re.compile(
    r"(tong so|tong cong|(danh sach|lop|phong thi)( nay)? (co|gom) |nguoi lap|hieu truong|giao vien chu nhiem"
    r"|thu ky|chu tich|truong diem|can bo coi thi|giam thi|ky ten|xac nhan|.*\bngay\b.{0,12}\bthang\b)"
)
_CODE = re.compile("[0-9A-Za-z][0-9A-Za-z./-]{0,19}")
_NAME = re.compile(r"[^\W\d_]+([ .'’-]+[^\W\d_]+)*\.?")
_ONE_WORD = re.compile(r"[^\W\d_]+")
_PUPIL_CODE = re.compile(f"[0-9]{{{PUPIL_CODE_DIGITS}}}")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_GENDERS: Mapping[str, Gender] = {"nam": "male", "nu": "female", "male": "male", "female": "female"}
_YEARS = range(1900, 2101)


class RosterRow(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate as listed. ``number`` is None only where the list has no column of candidate numbers."""

    line: int
    name: str
    number: str | None = None
    pupil_code: str | None = None
    birth_date: date | None = None
    gender: Gender | None = None
    class_name: str | None = None
    room: str | None = None
    seat: str | None = None


class RosterProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong in one place: line and header as the spreadsheet shows them; a code of ``errors``."""

    line: int
    column: str
    code: str
    params: Mapping[str, str | int] = {}


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """Either every row, or no row and every problem in line order. ``numbered``: it has candidate numbers."""

    rows: tuple[RosterRow, ...]
    problems: tuple[RosterProblem, ...]
    numbered: bool


class _Column(msgspec.Struct, frozen=True, kw_only=True):
    """A recognised column: its place in the row, its header as written."""

    place: int
    header: str


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A cell under a recognised header."""

    line: int
    header: str
    value: Cell

    def problem(self, code: str, **params: str | int) -> RosterProblem:
        return RosterProblem(line=self.line, column=self.header, code=code, params=params)


_Columns = Mapping[Field, _Column]
_Parser = Callable[[_Entry], object]
"""From an entry to its value, or to a RosterProblem."""


def read_roster(data: bytes, filename: str) -> Roster:
    """Read a candidate list from .xlsx or .csv.

    Raises what ``read_sheet`` raises, and Invalid with ``roster_no_header`` when no row names its columns or
    ``roster_empty`` when no candidate stands below it.
    """
    rows = read_sheet(data, filename)
    header = next((place for place, row in enumerate(rows[:HEADER_WITHIN]) if _is_header(row)), None)
    if header is None:
        raise Invalid("roster_no_header", place=filename)
    columns = _columns(rows[header])
    body = _body(rows[header + 1 :], columns)
    if not body:
        raise Invalid("roster_empty", place=filename)
    return _read_rows(body, _with_given_name(columns, rows[header], body))


def assign_candidate_numbers(rows: Sequence[RosterRow], start: int, width: int) -> tuple[RosterRow, ...]:
    """The rows in the order of names, numbered from ``start`` with leading zeros to ``width`` digits.

    Raises ValueError when the last number has more digits than ``width``.
    """
    if len(str(start + len(rows) - 1)) > width:
        raise ValueError("candidate numbers need more digits")
    ordered = sorted(rows, key=lambda row: (sort_key(row.name), row.birth_date or date.min, row.line))
    return tuple(
        structs.replace(row, number=str(number).zfill(width))
        for number, row in enumerate(ordered, start=start)
    )


def _is_header(row: Row) -> bool:
    fields = _columns(row).keys()
    return "name" in fields or {"family_name", "given_name"} <= fields


def _columns(row: Row) -> _Columns:
    """The first column under each known header."""
    columns: dict[Field, _Column] = {}
    for place, cell in enumerate(row.cells):
        if isinstance(cell, str) and (field := _FIELD_OF.get(_header_key(cell))):
            columns.setdefault(field, _Column(place=place, header=cell))
    return columns


def _header_key(header: str) -> str:
    return " ".join(re.sub("[^a-z0-9]+", " ", search_key(header)).split())


def _body(rows: Sequence[Row], columns: _Columns) -> list[Row]:
    """The candidates' rows: up to the footer, without a row that counts the columns or has nothing known."""
    listed = takewhile(lambda row: not _is_footer(row), rows)
    body = [
        row for row in listed if any(_entry(row, column).value is not None for column in columns.values())
    ]
    return body[1:] if body and _counts_columns(body[0]) else body


def _is_footer(row: Row) -> bool:
    return any(isinstance(cell, str) and _FOOTER.match(search_key(cell)) for cell in row.cells)


def _counts_columns(row: Row) -> bool:
    """Whether the row only counts 1 2 3 …, as printed forms do below their header."""
    counted = [str(cell).strip("()") for cell in row.cells if cell is not None]
    return len(counted) > 1 and counted == [str(place) for place in range(1, len(counted) + 1)]


def _with_given_name(columns: _Columns, header: Row, body: Sequence[Row]) -> _Columns:
    """The columns, with the second half of a "Họ và tên" that is merged over two.

    That half has no header of its own and one word on every line.
    """
    if "name" not in columns or "given_name" in columns:
        return columns
    beside = _Column(place=columns["name"].place + 1, header=columns["name"].header)
    words = [_entry(row, beside).value for row in body]
    single = all(isinstance(word, str) and _ONE_WORD.fullmatch(word) for word in words)
    return {**columns, "given_name": beside} if single and _entry(header, beside).value is None else columns


def _entry(row: Row, column: _Column) -> _Entry:
    value = row.cells[column.place] if column.place < len(row.cells) else None
    return _Entry(line=row.line, header=column.header, value=value)


def _read_rows(body: Sequence[Row], columns: _Columns) -> Roster:
    parsers = _parsers(body, columns)
    read = [_read_row(row, columns, parsers) for row in body]
    rows = tuple(row for row in read if isinstance(row, RosterRow))
    problems = [problem for problems in read if not isinstance(problems, RosterRow) for problem in problems]
    problems += [*_duplicates(body, columns, "number"), *_duplicates(body, columns, "pupil_code")]
    problems.sort(key=lambda problem: problem.line)
    return Roster(rows=() if problems else rows, problems=tuple(problems), numbered="number" in columns)


def _parsers(body: Sequence[Row], columns: _Columns) -> Mapping[Field, _Parser]:
    """How to read each column that the list has and the roster keeps."""
    numbers = [entry for entry in _entries(body, columns, "number") if not _is_fraction(entry.value)]
    widest = max((len(_shown(entry)) for entry in numbers), default=0)
    every: dict[Field, _Parser] = {
        "number": partial(_candidate_number, digits=widest),
        "pupil_code": _pupil_code,
        "birth_date": _birth_date,
        "gender": _gender,
        "class_name": _short_text,
        "room": _short_text,
        "seat": _short_text,
    }
    return {field: parser for field, parser in every.items() if field in columns}


def _read_row(
    row: Row, columns: _Columns, parsers: Mapping[Field, _Parser]
) -> RosterRow | list[RosterProblem]:
    values: dict[str, object] = {"name": _name(row, columns)}
    values |= {field: parse(_entry(row, columns[field])) for field, parse in parsers.items()}
    problems = [value for value in values.values() if isinstance(value, RosterProblem)]
    return problems or msgspec.convert({"line": row.line, **values}, RosterRow)


def _entries(body: Sequence[Row], columns: _Columns, field: Field) -> list[_Entry]:
    return [_entry(row, columns[field]) for row in body] if field in columns else []


def _duplicates(
    body: Sequence[Row], columns: _Columns, field: Literal["number", "pupil_code"]
) -> Iterator[RosterProblem]:
    """A problem on every line whose code stands on another line too, naming the first other one."""
    lines: dict[str, list[_Entry]] = {}
    for entry in _entries(body, columns, field):
        if entry.value is not None:
            lines.setdefault(_shown(entry).upper(), []).append(entry)
    for twins in lines.values():
        for entry in twins if len(twins) > 1 else ():
            other = twins[1] if entry is twins[0] else twins[0]
            yield entry.problem(f"duplicate_{field}", value=_shown(entry), other=other.line)


def _shown(entry: _Entry) -> str:
    """The cell as text; a whole number without a decimal point."""
    value = entry.value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value or "")


def _is_fraction(value: Cell) -> bool:
    return isinstance(value, float) and not value.is_integer()


def _name(row: Row, columns: _Columns) -> str | RosterProblem:
    halves = [columns[field] for field in ("family_name", "name", "given_name") if field in columns]
    entries = [_entry(row, column) for column in halves]
    name = " ".join(shown for entry in entries if (shown := _shown(entry)))
    if not name:
        return entries[0].problem("name_missing")
    if len(name) > MAX_NAME:
        return entries[0].problem("value_too_long", limit=MAX_NAME)
    return name if _NAME.fullmatch(name) else entries[0].problem("bad_name", value=name)


def _candidate_number(entry: _Entry, digits: int) -> str | RosterProblem:
    code = _shown(entry)
    if not code:
        return entry.problem("number_missing")
    if isinstance(entry.value, int | float) and (len(code) != digits or _is_fraction(entry.value)):
        return entry.problem("code_is_number", value=code, digits=digits)
    return code if _CODE.fullmatch(code) else entry.problem("bad_number", value=code[:MAX_TEXT])


def _pupil_code(entry: _Entry) -> str | RosterProblem | None:
    code = _shown(entry)
    if not code or _PUPIL_CODE.fullmatch(code):
        return code or None
    if isinstance(entry.value, int | float):
        return entry.problem("code_is_number", value=code, digits=PUPIL_CODE_DIGITS)
    return entry.problem("bad_pupil_code", value=code[:MAX_TEXT], digits=PUPIL_CODE_DIGITS)


def _birth_date(entry: _Entry) -> date | RosterProblem | None:
    if entry.value is None:
        return None
    day = entry.value if isinstance(entry.value, date) else _day(str(entry.value))
    if day is None or day.year not in _YEARS:
        return entry.problem("bad_date", value=_shown(entry)[:MAX_TEXT])
    return day


def _day(text: str) -> date | None:
    if (found := _DAY_FIRST.fullmatch(text)) is not None:
        day, month, year = map(int, found.groups())
    elif (found := _ISO.fullmatch(text)) is not None:
        year, month, day = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _gender(entry: _Entry) -> Gender | RosterProblem | None:
    if entry.value is None:
        return None
    gender = _GENDERS.get(search_key(_shown(entry)))
    return gender or entry.problem("bad_gender", value=_shown(entry)[:MAX_TEXT])


def _short_text(entry: _Entry) -> str | RosterProblem | None:
    text = _shown(entry)
    return entry.problem("value_too_long", limit=MAX_TEXT) if len(text) > MAX_TEXT else text or None

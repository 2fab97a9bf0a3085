"""A spreadsheet's bytes as rows of cells: .xlsx, and .csv in the encodings met in Vietnamese schools."""

import codecs
import csv
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any
from zipfile import BadZipFile, ZipFile

import msgspec
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from exam_server.errors import Invalid, TooLarge
from item_bank.richtext import clean_characters

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 150 * 1024 * 1024
MAX_ENTRIES = 1_000
MAX_ROWS = 50_000
MAX_COLUMNS = 60

Cell = str | int | float | date | None
"""Text is trimmed and in NFC; a number that Excel shows with leading zeros is the text shown."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",;\t"
# openpyxl lets through whatever its parsers raise on a damaged file.
_DAMAGED = (
    AttributeError, BadZipFile, EOFError, IndexError, InvalidFileException, KeyError, NotImplementedError,
    OSError, OverflowError, RuntimeError, SyntaxError, TypeError, ValueError, zlib.error,
)  # fmt: skip


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is not empty; ``line`` counts from 1 as the spreadsheet program shows it."""

    line: int
    cells: tuple[Cell, ...]


def read_sheet(data: bytes, filename: str) -> tuple[Row, ...]:
    """The rows of a .csv, or of an .xlsx's first visible sheet, without empty ones; at most MAX_COLUMNS wide.

    Raises TooLarge with ``sheet_too_large``, and Invalid with ``sheet_old_excel`` (an .xls or a file with a
    password), ``sheet_unreadable``, ``sheet_encoding`` or ``sheet_too_many_rows``.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge("sheet_too_large", limit=MAX_BYTES // 1024**2, place=filename)
    if data.startswith(_OLE):
        raise Invalid("sheet_old_excel", place=filename)
    lines = _xlsx_lines(data, filename) if data.startswith(_ZIP) else _csv_lines(data, filename)
    rows: list[Row] = []
    for line, cells in lines:
        if any(cell is not None for cell in cells):
            rows.append(Row(line=line, cells=cells))
        if len(rows) > MAX_ROWS:
            raise Invalid("sheet_too_many_rows", limit=MAX_ROWS, place=filename)
    return tuple(rows)


def _xlsx_lines(data: bytes, filename: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    try:
        _check_zip(data)
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet: Any = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        # The size a file claims may be a million rows of sixteen thousand cells.
        sheet.reset_dimensions()
        for line, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
            if any(cell.value is not None for cell in row):
                yield line, tuple(_xlsx_cell(cell.value, str(cell.number_format)) for cell in row)
    except (StopIteration, *_DAMAGED) as error:
        raise Invalid("sheet_unreadable", place=filename) from error


def _check_zip(data: bytes) -> None:
    """Raises BadZipFile when unpacking would cost too much, or a part declares a document type."""
    with ZipFile(BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
            raise BadZipFile("unpacks to too much")
        for entry in entries:
            if entry.filename.lower().endswith((".xml", ".rels")) and _declares_type(archive.read(entry)):
                raise BadZipFile("declares a document type")


def _declares_type(xml: bytes) -> bool:
    return any(mark in xml for mark in _DOCTYPES)


def _xlsx_cell(value: Any, number_format: str) -> Cell:
    match value:
        case None:
            return None
        case bool():
            return str(value).upper()
        case datetime():
            return value.date()
        case date():
            return value
        case int() | float():
            return _as_shown(value, number_format)
        case _:
            return _text(str(value))


def _as_shown(value: int | float, number_format: str) -> Cell:
    """A code formatted as "000000" is seen, and meant, with its zeros."""
    if isinstance(value, int) and value >= 0 and len(number_format) > 1 and set(number_format) == {"0"}:
        return str(value).zfill(len(number_format))
    return value


def _csv_lines(data: bytes, filename: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    text = _decode(data, filename)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    line = 1
    try:
        for row in reader:
            yield line, tuple(_text(value) for value in row[:MAX_COLUMNS])
            line = reader.line_num + 1
    except csv.Error as error:
        raise Invalid("sheet_unreadable", place=filename) from error


def _decode(data: bytes, filename: str) -> str:
    """By the byte order mark, else UTF-8, else Windows-1258, which old Excel writes in Vietnam.

    Raises Invalid with ``sheet_encoding`` when none fits, ``sheet_unreadable`` when it is no text at all.
    """
    encodings = [name for bom, name in _BOMS if data.startswith(bom)] or ["utf-8", "cp1258"]
    text = next((text for name in encodings if (text := _decoded(data, name)) is not None), None)
    if text is None:
        raise Invalid("sheet_encoding", place=filename)
    if "\x00" in text:
        raise Invalid("sheet_unreadable", place=filename)
    return text


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _delimiter(text: str) -> str:
    """The separator seen most often at the top of the file."""
    top: Sequence[str] = text[:10_000].splitlines()[:20]
    return max(_DELIMITERS, key=lambda mark: sum(line.count(mark) for line in top))


def _text(value: str) -> str | None:
    return " ".join(clean_characters(value).split()) or None

"""Responses out of a file: a table with one row per person, or a digit per item.

A table (.csv, .csv.gz) has a header of item names and may have a column ``person``; an empty cell is an item
that was not administered. A digit file (.txt, .txt.gz) has a person per line and a digit per item; "." is not
administered. Its items are called "1", "2", ….
"""

import csv
import gzip
import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO

import msgspec
import numpy as np

from exam_server.errors import Invalid, TooLarge
from scoring.arrays import CodeArray, IntArray
from scoring.responses import MAX_CATEGORIES, MISSING, Responses, make_responses

MAX_BYTES = 500 * 1024 * 1024
MAX_PERSONS = 2_000_000
MAX_ITEMS = 2_000
PERSON = "person"

_GZIP = b"\x1f\x8b"
_DELIMITERS = ",;\t"


class ResponseTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table as it stands: ``rows`` of trimmed text, each as long as ``names``; ``persons`` and ``groups``
    are one per row, ``groups`` None where no column was named."""

    names: tuple[str, ...]
    persons: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    groups: tuple[str, ...] | None


class CodedFile(msgspec.Struct, frozen=True, kw_only=True):
    """The matrix of a file, the persons' names, what the file calls category 0 of each item, and the line of
    its first person."""

    responses: Responses
    persons: tuple[str, ...]
    lowest: tuple[int, ...]
    first_line: int


def read_responses(
    data: bytes, filename: str, *, group: str | None = None, ignore: Sequence[str] = ()
) -> tuple[Responses, tuple[str, ...]]:
    """The matrix of a file of categories, and the persons' names ("1", "2", … where the file has none).

    Raises what ``read_coded`` raises.
    """
    file = read_coded(data, filename, group=group, ignore=ignore)
    return file.responses, file.persons


def read_coded(
    data: bytes,
    filename: str,
    *,
    group: str | None = None,
    ignore: Sequence[str] = (),
    lowest: Mapping[str, int] | None = None,
) -> CodedFile:
    """Read a file of categories. ``lowest`` says what is category 0 of an item; without it that is the lowest
    that occurs: a column of 1 to 4 becomes 0 to 3.

    Raises what ``read_table`` and ``coded`` raise, and Invalid with ``responses_too_low`` (``column``,
    ``line``, ``value``, ``lowest``).
    """
    unpacked = _unpack(data, filename)
    given = lowest or {}
    first_line = 1 if _is_digits(unpacked) else 2
    if first_line == 1:
        if group is not None:
            raise Invalid("responses_no_column", place=filename, column=group)
        values = _digits(unpacked, filename)
        names = _numbers(values.shape[1])
        codes, zero = _from_zero(values, names, given, filename, first_line=first_line)
        responses, persons = make_responses(codes, names=names), _numbers(len(codes))
    else:
        table = read_table(unpacked, filename, group=group, ignore=ignore)
        codes, zero = _from_zero(
            _values(table, filename), table.names, given, filename, first_line=first_line
        )
        responses, persons = _grouped(table, codes), table.persons
    return CodedFile(responses=responses, persons=persons, lowest=tuple(zero.tolist()), first_line=first_line)


def read_table(
    data: bytes, filename: str, *, group: str | None = None, ignore: Sequence[str] = ()
) -> ResponseTable:
    """The table of a file with a header. ``group`` names the column with each person's group, ``ignore``
    columns that are no items.

    Raises TooLarge with ``responses_too_large``; Invalid with ``responses_unreadable``, ``responses_empty``,
    ``responses_no_column`` (``column``), ``responses_twice`` (``column``), ``responses_ragged`` (``line``),
    ``responses_no_group`` (``line``), ``responses_too_many`` (``limit``).
    """
    text = _decode(_unpack(data, filename), filename)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = [name.strip() for name in next(reader, [])]
        lines = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise Invalid("responses_unreadable", place=filename) from error
    _check_header(header, lines, filename, [*ignore, *([group] if group else [])])
    _check_rows(header, lines, filename)
    places = [place for place, name in enumerate(header) if name not in {PERSON, group, *ignore}]
    if not places:
        raise Invalid("responses_empty", place=filename)
    return ResponseTable(
        names=tuple(header[place] for place in places),
        persons=_column(header, lines, PERSON) or _numbers(len(lines)),
        rows=tuple(tuple(row[place].strip() for place in places) for _, row in lines),
        groups=None if group is None else _groups(header, lines, group, filename),
    )


def coded(table: ResponseTable, filename: str) -> Responses:
    """The matrix of a table whose cells are whole numbers, the lowest of each column 0.

    Raises Invalid with code ``responses_no_number`` (``column``, ``line``, ``value``) or
    ``responses_too_many_categories`` (``column``, ``limit``).
    """
    codes, _ = _from_zero(_values(table, filename), table.names, {}, filename, first_line=2)
    return _grouped(table, codes)


def marked(table: ResponseTable, key: Mapping[str, str]) -> Responses:
    """The matrix of a table of chosen options: 1 where the cell is the key's, 0 where it is not.

    An empty cell is not administered. ``key`` has the option of every item of the table, or several that are
    right, joined by "/". Raises KeyError when the key lacks an item.
    """
    right = [{option.strip().casefold() for option in key[name].split("/")} for name in table.names]
    codes = np.array(
        [
            [MISSING if not cell else int(cell.casefold() in right[place]) for place, cell in enumerate(row)]
            for row in table.rows
        ],
        dtype=np.int8,
    )
    return _grouped(table, codes.reshape(len(table.rows), len(table.names)))


def read_pairs(data: bytes, filename: str) -> tuple[tuple[str, str], ...]:
    """The rows of a two-column table without its header: an item and its key, or an item's name here and
    there.

    Raises what ``read_table`` raises, and Invalid with ``responses_ragged`` when a row has not two cells, or
    ``responses_twice`` (``column``) when a first cell comes twice.
    """
    text = _decode(_unpack(data, filename), filename)
    lines = [row for row in csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text)) if row][1:]
    for line, row in enumerate(lines, start=2):
        if len(row) != 2 or not row[0].strip() or not row[1].strip():
            raise Invalid("responses_ragged", place=filename, line=line)
    names = [row[0].strip() for row in lines]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise Invalid("responses_twice", place=filename, column=twice)
    return tuple((row[0].strip(), row[1].strip()) for row in lines)


def _grouped(table: ResponseTable, codes: CodeArray) -> Responses:
    names = sorted(set(table.groups or ("",)))
    places = {name: place for place, name in enumerate(names)}
    groups = (
        None if table.groups is None else np.array([places[name] for name in table.groups], dtype=np.int64)
    )
    return make_responses(codes, names=table.names, groups=groups, group_names=tuple(names))


def _unpack(data: bytes, filename: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise TooLarge("responses_too_large", place=filename, limit=MAX_BYTES // 1024**2)
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            unpacked = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Invalid("responses_unreadable", place=filename) from error
    if len(unpacked) > MAX_BYTES:
        raise TooLarge("responses_too_large", place=filename, limit=MAX_BYTES // 1024**2)
    return unpacked


def _is_digits(data: bytes) -> bool:
    """Whether the first line is digits and dots alone."""
    first = data[:100_000].split(b"\n", 1)[0].strip()
    return len(first) > 1 and not first.strip(b"0123456789.")


def _digits(data: bytes, filename: str) -> IntArray:
    lines = data.split()
    width = len(lines[0])
    if len(lines) > MAX_PERSONS or width > MAX_ITEMS:
        raise Invalid(
            "responses_too_many", place=filename, limit=MAX_PERSONS if width <= MAX_ITEMS else MAX_ITEMS
        )
    wrong = next((line for line, text in enumerate(lines, start=1) if len(text) != width), None)
    if wrong is not None:
        raise Invalid("responses_ragged", place=filename, line=wrong)
    values = np.frombuffer(b"".join(lines), dtype=np.uint8).reshape(len(lines), width)
    bad = (values != ord(".")) & ((values < ord("0")) | (values > ord("9")))
    if bad.any():
        row, place = (int(index[0]) for index in np.nonzero(bad))
        raise Invalid(
            "responses_no_number",
            place=filename,
            column=str(place + 1),
            line=row + 1,
            value=chr(values[row, place]),
        )
    return np.where(values == ord("."), MISSING, values.astype(np.int64) - ord("0"))


def _from_zero(
    values: IntArray, names: Sequence[str], given: Mapping[str, int], filename: str, *, first_line: int
) -> tuple[CodeArray, IntArray]:
    """Each column with its lowest category at 0, −1 staying; and what those lowest were."""
    had = values != MISSING
    none = np.iinfo(np.int64).max
    seen = np.where(had, values, none).min(axis=0, initial=none)
    seen = np.where(seen == none, 0, seen)
    lowest = np.array(
        [given.get(name, int(own)) for name, own in zip(names, seen, strict=True)], dtype=np.int64
    )
    below = np.argwhere(had & (values < lowest))
    if len(below):
        row, place = (int(index) for index in below[0])
        raise Invalid(
            "responses_too_low",
            place=filename,
            column=names[place],
            line=row + first_line,
            value=int(values[row, place]),
            lowest=int(lowest[place]),
        )
    codes = np.where(had, values - lowest, MISSING)
    wide = np.flatnonzero(codes.max(axis=0, initial=0) >= MAX_CATEGORIES)
    if len(wide):
        column = names[int(wide[0])]
        raise Invalid("responses_too_many_categories", place=filename, column=column, limit=MAX_CATEGORIES)
    return codes.astype(np.int8), lowest


def _values(table: ResponseTable, filename: str) -> IntArray:
    values = np.empty((len(table.rows), len(table.names)), dtype=np.int64)
    for place, name in enumerate(table.names):
        values[:, place] = _column_values([row[place] for row in table.rows], name, filename)
    return values


def _column_values(cells: Sequence[str], name: str, filename: str) -> list[int]:
    known: dict[str, int] = {"": MISSING}
    for row, cell in enumerate(cells):
        if cell not in known:
            known[cell] = _category(cell, name, filename, row + 2)
    return [known[cell] for cell in cells]


def _category(cell: str, name: str, filename: str, line: int) -> int:
    if not (cell.isascii() and cell.isdecimal() and len(cell) < 10):
        raise Invalid("responses_no_number", place=filename, column=name, line=line, value=cell[:20])
    return int(cell)


def _decode(data: bytes, filename: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("responses_unreadable", place=filename) from error


def _delimiter(text: str) -> str:
    """The separator seen most often in the header."""
    header = text[:100_000].split("\n", 1)[0]
    return max(_DELIMITERS, key=header.count)


def _check_header(
    header: Sequence[str], lines: Sequence[tuple[int, list[str]]], filename: str, wanted: Sequence[str]
) -> None:
    if not header or not lines:
        raise Invalid("responses_empty", place=filename)
    if len(lines) > MAX_PERSONS or len(header) > MAX_ITEMS:
        raise Invalid(
            "responses_too_many", place=filename, limit=MAX_ITEMS if len(header) > MAX_ITEMS else MAX_PERSONS
        )
    missing = next((name for name in wanted if name not in header), None)
    if missing is not None:
        raise Invalid("responses_no_column", place=filename, column=missing)
    twice = next((name for place, name in enumerate(header) if name in header[:place]), None)
    if twice is not None:
        raise Invalid("responses_twice", place=filename, column=twice)


def _check_rows(header: Sequence[str], lines: Sequence[tuple[int, list[str]]], filename: str) -> None:
    ragged = next((line for line, row in lines if len(row) != len(header)), None)
    if ragged is not None:
        raise Invalid("responses_ragged", place=filename, line=ragged)


def _column(header: Sequence[str], lines: Sequence[tuple[int, list[str]]], name: str) -> tuple[str, ...]:
    """The cells of a column, none where the table lacks it."""
    if name not in header:
        return ()
    place = header.index(name)
    return tuple(row[place].strip() for _, row in lines)


def _groups(
    header: Sequence[str], lines: Sequence[tuple[int, list[str]]], name: str, filename: str
) -> tuple[str, ...]:
    groups = _column(header, lines, name)
    empty = next((line for (line, _), group in zip(lines, groups, strict=True) if not group), None)
    if empty is not None:
        raise Invalid("responses_no_group", place=filename, line=empty, column=name)
    return groups


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(str(place) for place in range(1, count + 1))

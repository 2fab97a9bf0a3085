"""Responses out of a file: a table with one row per person, or a digit per item.

A table (.csv, .csv.gz) has a header of item names and may have a column ``person``; an empty cell is an item
that was not administered. A digit file (.txt, .txt.gz) has a person per line and a digit per item; "." is not
administered. Its items are called "1", "2", ….
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from exam_server.core.response_table import (
    MAX_ITEMS,
    MAX_PERSONS,
    ResponseTable,
    numbers,
    read_table,
    unpack,
)
from exam_server.errors import Invalid
from scoring.arrays import CodeArray, IntArray
from scoring.responses import MAX_CATEGORIES, MISSING, Responses, make_responses


class CodedFile(msgspec.Struct, frozen=True, kw_only=True):
    """The matrix of a file, the persons' names, what the file calls category 0 of each item, and the line of
    its first person."""

    responses: Responses
    persons: tuple[str, ...]
    lowest: tuple[int, ...]
    first_line: int


def read_coded(
    data: bytes,
    filename: str,
    *,
    group: str | None = None,
    ignore: Sequence[str] = (),
    lowest: Mapping[str, int] | None = None,
) -> CodedFile:
    """Read a file of categories. ``lowest`` says what is category 0 of an item; without it that is the lowest
    that occurs: a column of 1 to 4 becomes 0 to 3; a column of 1 alone stays as it is, right throughout.

    Raises what ``read_table`` and ``coded`` raise, and Invalid with ``responses_too_low`` (``column``,
    ``line``, ``value``, ``lowest``).
    """
    unpacked = unpack(data, filename)
    given = lowest or {}
    first_line = 1 if _is_digits(unpacked) else 2
    if first_line == 1:
        if group is not None:
            raise Invalid("responses_no_column", place=filename, column=group)
        values = _digits(unpacked, filename)
        names = numbers(values.shape[1])
        codes, zero = _from_zero(values, names, given, filename, first_line=first_line)
        responses, persons = make_responses(codes, names=names), numbers(len(codes))
    else:
        table = read_table(unpacked, filename, group=group, ignore=ignore)
        codes, zero = _from_zero(
            _values(table, filename), table.names, given, filename, first_line=first_line
        )
        responses, persons = _grouped(table, codes), table.persons
    return CodedFile(responses=responses, persons=persons, lowest=tuple(zero.tolist()), first_line=first_line)


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


def _grouped(table: ResponseTable, codes: CodeArray) -> Responses:
    names = sorted(set(table.groups or ("",)))
    places = {name: place for place, name in enumerate(names)}
    groups = (
        None if table.groups is None else np.array([places[name] for name in table.groups], dtype=np.int64)
    )
    return make_responses(codes, names=table.names, groups=groups, group_names=tuple(names))


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
    # Where all are right nothing is lower than 1, yet that is no category 0.
    seen = np.where((seen == none) | ((seen == 1) & (values.max(axis=0, initial=0) == 1)), 0, seen)
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

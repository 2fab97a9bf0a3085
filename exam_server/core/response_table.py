"""Tables out of files: bytes, packed or not, to rows of text with a header.

The header names the items; a column ``person`` may name the persons, another their groups.
"""

import csv
import gzip
import zlib
from collections.abc import Sequence
from io import BytesIO, StringIO

import msgspec

from exam_server.errors import Invalid, TooLarge

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


def read_table(
    data: bytes, filename: str, *, group: str | None = None, ignore: Sequence[str] = ()
) -> ResponseTable:
    """The table of a file with a header. ``group`` names the column with each person's group, ``ignore``
    columns that are no items.

    Raises TooLarge with ``responses_too_large``; Invalid with ``responses_unreadable``, ``responses_empty``,
    ``responses_no_column`` (``column``), ``responses_no_name`` (``number``), ``responses_twice``
    (``column``), ``responses_ragged`` (``line``),
    ``responses_no_group`` (``line``), ``responses_too_many`` (``limit``).
    """
    (_, first), *lines = _lines(data, filename) or [(1, [])]
    header = [name.strip() for name in first]
    _check_header(header, lines, filename, [*ignore, *([group] if group else [])])
    _check_rows(header, lines, filename)
    places = [place for place, name in enumerate(header) if name not in {PERSON, group, *ignore}]
    if not places:
        raise Invalid("responses_empty", place=filename)
    return ResponseTable(
        names=tuple(header[place] for place in places),
        persons=_column(header, lines, PERSON) or numbers(len(lines)),
        rows=tuple(tuple(row[place].strip() for place in places) for _, row in lines),
        groups=None if group is None else _groups(header, lines, group, filename),
    )


def read_pairs(data: bytes, filename: str) -> tuple[tuple[str, str], ...]:
    """The rows of a two-column table without its header: an item and its key, or an item's name here and
    there.

    Raises what ``read_table`` raises, and Invalid with ``responses_ragged`` when a row has not two cells, or
    ``responses_twice`` (``column``) when a first cell comes twice.
    """
    lines = _lines(data, filename)[1:]
    for line, row in lines:
        if len(row) != 2 or not row[0].strip() or not row[1].strip():
            raise Invalid("responses_ragged", place=filename, line=line)
    names = [row[0].strip() for _, row in lines]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise Invalid("responses_twice", place=filename, column=twice)
    return tuple((row[0].strip(), row[1].strip()) for _, row in lines)


def unpack(data: bytes, filename: str) -> bytes:
    """The bytes themselves, out of gzip where they are.

    Raises TooLarge with ``responses_too_large`` (``limit``), Invalid with ``responses_unreadable``.
    """
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


def numbers(count: int) -> tuple[str, ...]:
    """ "1", "2", … as names."""
    return tuple(str(place) for place in range(1, count + 1))


def _lines(data: bytes, filename: str) -> list[tuple[int, list[str]]]:
    """Every row that is not empty, and the file's line it ends on."""
    text = _decode(unpack(data, filename), filename)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        return [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise Invalid("responses_unreadable", place=filename) from error


def _decode(data: bytes, filename: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("responses_unreadable", place=filename) from error
    if "\0" in text:
        raise Invalid("responses_unreadable", place=filename)
    return text


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
    if "" in header:
        raise Invalid("responses_no_name", place=filename, number=header.index("") + 1)
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

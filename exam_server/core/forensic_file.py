"""Sheets, seats, times and earlier scores out of files, for forensics without a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from exam_server.core.forensic_model import ability_on, fit_right_and_wrong
from exam_server.core.forensics import Sheets
from exam_server.core.response_table import ResponseTable, read_pairs, read_table
from exam_server.errors import Invalid
from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.forensics.chances import NOT_ADMINISTERED
from scoring.forensics.copying import MIN_N
from scoring.forensics.jumps import CentreScores
from scoring.items import DICHOTOMOUS, Item
from scoring.responses import Responses

LONGEST_S = 100_000.0

_FIRST_LINE = 2
_LARGEST = 1e9


@dataclass(frozen=True, kw_only=True, eq=False)
class Given:
    """What files say beside the answers. ``rooms`` (places in ``room_names``) and ``seats`` are one per
    person; ``seconds`` of shape (n, n_items), None where not given."""

    persons: tuple[str, ...]
    rooms: IntArray
    room_names: tuple[str, ...]
    seats: tuple[str | None, ...]
    seconds: FloatArray | None


@dataclass(frozen=True, kw_only=True, eq=False)
class PreviousScores:
    """Each centre's scores at an earlier time."""

    centres: tuple[str, ...]
    scores: CentreScores


def keyed_sheets(
    table: ResponseTable, key: Mapping[str, str], filename: str, given: Given
) -> tuple[Sheets, tuple[Item, ...] | None]:
    """Sheets of chosen options, any text; an empty cell is an item that was not administered. The models are
    calibrated on right and wrong: None with too few candidates. ``key`` has the right option of each item, or
    several joined by "/".

    Raises Invalid with code ``forensics_no_key`` (``column``).
    """
    unknown = next((name for name in table.names if name not in key), None)
    if unknown is not None:
        raise Invalid("forensics_no_key", place=filename, column=unknown)
    columns = [[row[place].casefold() for row in table.rows] for place in range(len(table.names))]
    options = [sorted({cell for cell in column if cell}) for column in columns]
    codes = np.column_stack([_coded(column, found) for column, found in zip(columns, options, strict=True)])
    right_options = [{one.strip().casefold() for one in key[name].split("/")} for name in table.names]
    categories = tuple(
        np.array([int(option in right) for option in found], dtype=np.int64)
        for found, right in zip(options, right_options, strict=True)
    )
    return _calibrated(table.names, codes, categories, given)


def marked_sheets(
    responses: Responses, filename: str, given: Given
) -> tuple[Sheets, tuple[Item, ...] | None]:
    """Sheets of right (1) and wrong (0), with models calibrated on them: None with too few candidates.

    Raises Invalid with code ``forensics_needs_key`` (``column``) when an item has more than two categories.
    """
    more = next(
        (name for name, many in zip(responses.names, responses.categories, strict=True) if many > 2), None
    )
    if more is not None:
        raise Invalid("forensics_needs_key", place=filename, column=more)
    categories = tuple(np.arange(2) for _ in responses.names)
    return _calibrated(responses.names, responses.codes.astype(np.int64), categories, given)


def modelled_sheets(
    responses: Responses, items: Sequence[Item], given: Given
) -> tuple[Sheets, tuple[Item, ...]]:
    """Sheets of the categories of known items. Right is the highest category, of a nominal item the one with
    the largest slope. Raises what ``ability_on`` raises."""
    codes = responses.codes.astype(np.int64)
    theta = ability_on(items, codes)
    right = codes == np.array([_best(item) for item in items])
    categories = tuple(np.arange(item.categories) for item in items)
    return _sheets(responses.names, codes, categories, right, theta, given), tuple(items)


def read_seating(data: bytes, filename: str, persons: Sequence[str]) -> tuple[str | None, ...]:
    """Each person's seat, None where the file has none: two columns, the person and the seat.

    Raises what ``read_pairs`` raises, and Invalid with code ``forensics_unknown_person`` (``person``,
    ``line``).
    """
    rows = read_pairs(data, filename)
    _check_persons([person for person, _ in rows], persons, filename)
    seats = dict(rows)
    return tuple(seats.get(person) for person in persons)


def read_times(data: bytes, filename: str, persons: Sequence[str], names: Sequence[str]) -> FloatArray:
    """Seconds on each item, shape (n, n_items): a column ``person`` and one for each item; NaN where the file
    says nothing.

    Raises what ``read_table`` raises, and Invalid with ``forensics_unknown_item`` (``column``),
    ``forensics_unknown_person`` (``person``, ``line``) or ``forensics_no_number`` (``column``, ``line``,
    ``value``).
    """
    table = read_table(data, filename)
    places = {name: place for place, name in enumerate(names)}
    unknown = next((name for name in table.names if name not in places), None)
    if unknown is not None:
        raise Invalid("forensics_unknown_item", place=filename, column=unknown)
    _check_persons(table.persons, persons, filename)
    rows = {person: row for row, person in enumerate(persons)}
    seconds = np.full((len(persons), len(names)), np.nan)
    for line, (person, cells) in enumerate(zip(table.persons, table.rows, strict=True), start=_FIRST_LINE):
        for name, cell in zip(table.names, cells, strict=True):
            if cell:
                seconds[rows[person], places[name]] = _number(cell, name, line, filename, LONGEST_S)
    return seconds


def read_previous(data: bytes, filename: str) -> PreviousScores:
    """Earlier scores: columns ``centre``, ``mean``, ``sd`` and ``n``.

    Raises what ``read_table`` raises, and Invalid with ``responses_no_column`` (``column``),
    ``responses_twice`` (``column``) or ``forensics_no_number`` for what is no number.
    """
    columns = ("mean", "sd", "n")
    table = read_table(data, filename, group="centre", ignore=())
    missing = next((name for name in columns if name not in table.names), None)
    if missing is not None:
        raise Invalid("responses_no_column", place=filename, column=missing)
    centres = table.groups or ()
    twice = next((name for place, name in enumerate(centres) if name in centres[:place]), None)
    if twice is not None:
        raise Invalid("responses_twice", place=filename, column=twice)
    figures = {
        name: np.array(
            [
                _number(row[table.names.index(name)], name, line, filename, _LARGEST)
                for line, row in enumerate(table.rows, start=_FIRST_LINE)
            ]
        )
        for name in columns
    }
    return PreviousScores(
        centres=centres,
        scores=CentreScores(mean=figures["mean"], sd=figures["sd"], n=figures["n"].astype(np.int64)),
    )


def _calibrated(
    names: Sequence[str], codes: IntArray, categories: tuple[IntArray, ...], given: Given
) -> tuple[Sheets, tuple[Item, ...] | None]:
    scored = np.full(codes.shape, NOT_ADMINISTERED, dtype=np.int64)
    for place, category in enumerate(categories):
        had = codes[:, place] != NOT_ADMINISTERED
        scored[had, place] = category[codes[had, place]]
    right = scored == 1
    if len(codes) < MIN_N:
        share = right.sum(axis=1) / np.maximum((scored != NOT_ADMINISTERED).sum(axis=1), 1)
        return _sheets(names, codes, categories, right, share, given), None
    fitted = fit_right_and_wrong(names, scored)
    return _sheets(names, codes, categories, right, fitted.theta, given), fitted.items


def _sheets(
    names: Sequence[str],
    codes: IntArray,
    categories: tuple[IntArray, ...],
    right: BoolArray,
    ability: FloatArray,
    given: Given,
) -> Sheets:
    return Sheets(
        persons=given.persons,
        rooms=given.rooms,
        room_names=given.room_names,
        seats=given.seats,
        items=tuple(names),
        codes=codes,
        categories=categories,
        right=right,
        same_items=not (codes == NOT_ADMINISTERED).any(),
        ability=ability,
        seconds=given.seconds,
        changes=None,
    )


def _coded(column: Sequence[str], options: Sequence[str]) -> IntArray:
    places = {option: place for place, option in enumerate(options)}
    return np.array([places.get(cell, NOT_ADMINISTERED) for cell in column], dtype=np.int64)


def _best(item: Item) -> int:
    if item.model in DICHOTOMOUS or item.category_slopes is None:
        return item.categories - 1
    return int(np.argmax([0.0, *item.category_slopes]))


def _check_persons(found: Sequence[str], persons: Sequence[str], filename: str) -> None:
    known, seen = set(persons), set[str]()
    for line, person in enumerate(found, start=_FIRST_LINE):
        if person not in known:
            raise Invalid("forensics_unknown_person", place=filename, person=person, line=line)
        if person in seen:
            raise Invalid("forensics_person_twice", place=filename, person=person, line=line)
        seen.add(person)


def _number(cell: str, column: str, line: int, filename: str, most: float) -> float:
    """A number from 0 to ``most``; a comma may stand for the point."""
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise Invalid("forensics_no_number", place=filename, column=column, line=line, value=cell[:20])
    return value

"""Where people sat, and who could see whose screen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray, IntArray

UNKNOWN = -1

_LETTER_ROW = re.compile(r"([A-Za-z]{1,2})\s*[-.:]?\s*(\d{1,4})")
_NUMBERED_ROW = re.compile(r"(\d{1,4})\s*[-.:/]\s*(\d{1,4})")
_PLAIN = re.compile(r"\d{1,6}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Seats:
    """Each person's row and column in the room, arrays of shape (n,), −1 where the seat is not known."""

    rows: IntArray
    columns: IntArray


def read_seats(labels: Sequence[str | None]) -> Seats:
    """Seats by their labels: "A3" and "B-12" are row and place, "2-5" too, a bare number is a place in one
    long row. What reads otherwise is not known."""
    places = [_place(label) for label in labels]
    return Seats(
        rows=np.array([row for row, _ in places], dtype=np.int64),
        columns=np.array([column for _, column in places], dtype=np.int64),
    )


def are_neighbours(seats: Seats, first: IntArray, second: IntArray) -> BoolArray:
    """Whether two sat side by side, one behind the other or across a corner, for pairs of rows ``first`` and
    ``second`` of any equal shape."""
    known = (seats.rows != UNKNOWN)[first] & (seats.rows != UNKNOWN)[second]
    down = np.abs(seats.rows[first] - seats.rows[second])
    across = np.abs(seats.columns[first] - seats.columns[second])
    return known & (np.maximum(down, across) == 1)


def _place(label: str | None) -> tuple[int, int]:
    text = (label or "").strip()
    if lettered := _LETTER_ROW.fullmatch(text):
        return _letters(lettered[1]), int(lettered[2])
    if numbered := _NUMBERED_ROW.fullmatch(text):
        return int(numbered[1]), int(numbered[2])
    return (0, int(text)) if _PLAIN.fullmatch(text) else (UNKNOWN, UNKNOWN)


def _letters(text: str) -> int:
    """A is 1, Z 26, AA 27, as in a spreadsheet."""
    number = 0
    for letter in text.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number

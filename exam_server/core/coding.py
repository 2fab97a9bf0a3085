"""Journals to numbers: every script of an exam coded while it is read, a province's in seconds."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal

import msgspec
import numpy as np

from exam_server.core.coded_exam import EMPTY, BookCodes, CodedExam
from exam_server.core.results import PaperQuestion
from exam_server.protocol.sitting import Response, SittingState
from item_bank.kinds import Content, kind_of
from scoring.arrays import IntArray

_MS = 1_000
_ENCODER = msgspec.json.Encoder()


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Whose script it is."""

    sitting: int
    number: str
    name: str
    class_id: int | None
    class_name: str | None
    school_id: int | None
    school_name: str | None
    gender: str | None
    state: SittingState


class _Event(msgspec.Struct, frozen=True, gc=False):
    """What coding needs of any journalled message: one type for all, for there are millions."""

    type: Literal["answer", "flag", "visit", "submit"]
    item: int = 0
    response: Response = None
    at_ms: int = 0


_EVENTS = msgspec.json.Decoder(list[_Event])


class Coder:
    """Codes scripts one after the other; agrees with ``core.script`` on answers and times."""

    def __init__(self, paper: Sequence[PaperQuestion], n_scripts: int) -> None:
        self._paper = tuple(paper)
        self._places = {entry.question.id: place for place, entry in enumerate(paper)}
        self._books: list[dict[Response, int]] = [{None: EMPTY} for _ in paper]
        self._known: list[dict[Response, int]] = [{None: EMPTY} for _ in paper]
        self._codes: BookCodes = np.zeros((n_scripts, len(paper)), dtype=np.int32)
        self._spent_ms: IntArray = np.zeros((n_scripts, len(paper)), dtype=np.int64)

    def add(self, row: int, journal: bytes) -> None:
        """The script of a journal: a JSON array of its messages, in order of ``seq``."""
        answers: dict[int, Response] = {}
        spent_ms: dict[int, int] = {}
        position, since_ms = None, 0
        for event in _EVENTS.decode(journal):
            kind = event.type
            if kind == "answer":
                answers[event.item] = event.response
            elif kind != "flag":  # a visit or the submission: the item in view is left
                if position is not None and event.at_ms > since_ms:
                    spent_ms[position] = spent_ms.get(position, 0) + event.at_ms - since_ms
                since_ms = event.at_ms
                if kind == "visit":
                    position = event.item
        for item, response in answers.items():
            place = self._places[item]
            self._codes[row, place] = self._code(place, response)
        for item, ms in spent_ms.items():
            self._spent_ms[row, self._places[item]] = ms

    def finish(self, candidates: Sequence[Candidate]) -> CodedExam:
        """The exam whose rows these candidates are. Books come out in the order of their responses' JSON, so
        that they do not depend on who came first."""
        codes = self._codes
        for place, book in enumerate(self._books):
            codes[:, place] = _ranks(list(book))[codes[:, place]]
        classes, class_names = _places({each.class_id: each.class_name for each in candidates})
        schools, school_names = _places({each.school_id: each.school_name for each in candidates})
        genders, gender_names = _places({each.gender: each.gender for each in candidates})
        return CodedExam(
            paper=self._paper,
            sittings=np.array([each.sitting for each in candidates], dtype=np.int64),
            codes=codes,
            books=tuple(tuple(sorted(book, key=_book_order)) for book in self._books),
            classes=np.array([classes[each.class_id] for each in candidates], dtype=np.int64),
            class_names=class_names,
            schools=np.array([schools[each.school_id] for each in candidates], dtype=np.int64),
            school_names=school_names,
            genders=np.array([genders[each.gender] for each in candidates], dtype=np.int64),
            gender_names=gender_names,
            seconds=self._spent_ms / _MS,
        )

    def _code(self, place: int, response: Response) -> int:
        known = self._known[place]
        code = known.get(response)
        if code is None:
            canonical = _canonical(self._paper[place].question.content, response)
            book = self._books[place]
            code = known[response] = book.setdefault(canonical, len(book))
        return code


def class_ids(candidates: Sequence[Candidate]) -> tuple[int, ...]:
    """The classes of the candidates in the order of ``CodedExam.class_names``."""
    return tuple(sorted({each.class_id for each in candidates if each.class_id is not None}))


def _canonical(content: Content, response: Response) -> Response:
    """The response in canonical form, None for an empty one. What is in a journal fits its item."""
    kind = kind_of(content)
    normal = kind.normalise(content, msgspec.convert(response, kind.response_type))
    return normal if kind.tallies(content, normal) else None


def _book_order(response: Response) -> tuple[bool, bytes]:
    return response is not None, _ENCODER.encode(response)


def _ranks(book: Sequence[Response]) -> BookCodes:
    """The place in its ordered book of each response of a book as it grew, shape (n_responses,)."""
    order = sorted(range(len(book)), key=lambda code: _book_order(book[code]))
    ranks = np.empty(len(book), dtype=np.int32)
    ranks[order] = np.arange(len(book), dtype=np.int32)
    return ranks


def _places(names: Mapping[Any, str | None]) -> tuple[dict[Hashable, int], tuple[str, ...]]:
    """The place of each key in ascending order, −1 for None; and the names in that order."""
    known = sorted(key for key in names if key is not None)
    places: dict[Hashable, int] = {key: place for place, key in enumerate(known)}
    return {None: -1, **places}, tuple(names[key] or "" for key in known)

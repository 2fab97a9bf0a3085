"""Journals as forensics needs them: the last answers, the time on each, and what was changed on the way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from exam_server.core.coded_exam import EMPTY, NOT_ADMINISTERED, CodedExam
from exam_server.core.coding import Candidate, Coder
from exam_server.core.forensic_model import fit_right_and_wrong
from exam_server.core.forensics import Sheets
from exam_server.core.results import PaperQuestion
from exam_server.core.script import DECODER
from exam_server.protocol.sitting import Answer, Response
from item_bank.kinds import Content, kind_of
from item_bank.marking import score_item
from scoring.arrays import IntArray
from scoring.forensics.changes import Change
from scoring.forensics.copying import MIN_N
from scoring.items import Item


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Who sat where. ``room`` names the shift too: only people of one room at one time see each other."""

    sitting: int
    number: str
    name: str
    room: str
    seat: str | None


@dataclass(frozen=True, kw_only=True, eq=False)
class ForensicData:
    """``coded``: answers and times. ``changes`` of shape (n_scripts, n_prompts), as ``Change``: for each
    prompt with options (a choice, a statement), the first answer against the last. Typed answers are left
    out: their journal is a record of typing, not of second thoughts."""

    desks: tuple[Desk, ...]
    coded: CodedExam
    changes: IntArray


class JournalReader:
    """Takes one journal after the other."""

    def __init__(self, paper: Sequence[PaperQuestion], desks: Sequence[Desk]) -> None:
        self._desks = tuple(desks)
        self._rows = {desk.sitting: row for row, desk in enumerate(desks)}
        self._coder = Coder(paper, len(desks))
        self._prompts = _Prompts(paper)
        self._changes: IntArray = np.zeros((len(desks), self._prompts.count), dtype=np.int64)

    def add(self, sitting: int, payloads: Sequence[bytes]) -> None:
        """The journal of a sitting: its messages in order of ``seq``."""
        row = self._rows[sitting]
        self._coder.add(row, b"[" + b",".join(payloads) + b"]")
        events = (DECODER.decode(payload) for payload in payloads)
        for prompt, change in self._prompts.changes(event for event in events if isinstance(event, Answer)):
            self._changes[row, prompt] = change

    def finish(self) -> ForensicData:
        """All that was added; a desk without a journal has an empty script."""
        return ForensicData(
            desks=self._desks,
            coded=self._coder.finish([_candidate(desk) for desk in self._desks]),
            changes=self._changes,
        )


def journal_sheets(data: ForensicData) -> tuple[Sheets, tuple[Item, ...] | None]:
    """The sheets, marked in full or not, and the models calibrated on that: None with too few candidates,
    whose ability is then their share of full marks. Empty answers are compared with none: two who were too
    slow to reach the last items have not copied them from each other."""
    full = [_full(entry, book) for entry, book in zip(data.coded.paper, data.coded.books, strict=True)]
    codes = np.where(data.coded.codes == EMPTY, NOT_ADMINISTERED, data.coded.codes).astype(np.int64)
    scored = codes.copy()
    for place, marks in enumerate(full):
        had = codes[:, place] != NOT_ADMINISTERED
        scored[had, place] = marks[codes[had, place]]
    right = scored == 1
    names = _item_names(data.coded.paper)
    fitted = fit_right_and_wrong(names, scored) if len(codes) >= MIN_N else None
    room_names, rooms = np.unique([desk.room for desk in data.desks], return_inverse=True)
    seconds = data.coded.seconds
    sheets = Sheets(
        persons=tuple(f"{desk.number} {desk.name}" for desk in data.desks),
        rooms=rooms,
        room_names=tuple(str(name) for name in room_names),
        seats=tuple(desk.seat for desk in data.desks),
        items=names,
        codes=codes,
        categories=tuple(full),
        right=right,
        same_items=True,
        ability=right.mean(axis=1) if fitted is None else fitted.theta,
        seconds=np.where((codes != NOT_ADMINISTERED) & (seconds > 0), seconds, np.nan),
        changes=data.changes,
    )
    return sheets, None if fitted is None else fitted.items


def _full(entry: PaperQuestion, book: Sequence[Response]) -> IntArray:
    """1 for the responses that are right in full, 0 for the others; shape (n_responses,)."""
    question = entry.question
    scores = [score_item(question.content, question.key, response, question.ladder) for response in book]
    return np.array([int(score.right == score.prompts) for score in scores], dtype=np.int64)


def _item_names(paper: Sequence[PaperQuestion]) -> tuple[str, ...]:
    return tuple(f"{entry.question.part} {entry.number}" for entry in paper)


class _Prompts:
    """The prompts with options of a paper, numbered through, and which answers to them are right."""

    def __init__(self, paper: Sequence[PaperQuestion]) -> None:
        self._contents: dict[int, Content] = {}
        self._right: dict[int, frozenset[str]] = {}
        self._first: dict[int, int] = {}
        self._known: dict[tuple[int, Response], tuple[tuple[int, str, bool], ...]] = {}
        self.count = 0
        for question in (entry.question for entry in paper):
            kind = kind_of(question.content)
            if kind.labels(question.content):
                self._contents[question.id] = question.content
                self._right[question.id] = frozenset(kind.right_labels(question.content, question.key))
                self._first[question.id] = self.count
                self.count += kind.prompts(question.content)

    def changes(self, answers: Iterable[Answer]) -> list[tuple[int, Change]]:
        """Each prompt whose last answer is another than its first, and how."""
        first: dict[int, tuple[str, bool]] = {}
        last: dict[int, tuple[str, bool]] = {}
        for answer in answers:
            for prompt, label, right in self._given(answer.item, answer.response):
                first.setdefault(prompt, (label, right))
                last[prompt] = (label, right)
        changed = [prompt for prompt in first if last[prompt][0] != first[prompt][0]]
        return [(prompt, _change(first[prompt][1], last[prompt][1])) for prompt in changed]

    def _given(self, item: int, response: Response) -> tuple[tuple[int, str, bool], ...]:
        """What a response says to each of the item's prompts: the prompt, the label, whether it is right."""
        if item not in self._contents:
            return ()
        given = self._known.get((item, response))
        if given is None:
            given = self._known[item, response] = tuple(self._read(item, response))
        return given

    def _read(self, item: int, response: Response) -> Iterator[tuple[int, str, bool]]:
        content, right, start = self._contents[item], self._right[item], self._first[item]
        kind = kind_of(content)
        for place, part in enumerate(_parts(response)):
            for label in kind.tallies(content, part):
                yield start + place, label, label in right


def _parts(response: Response) -> list[Response]:
    """The response to each prompt alone."""
    if not isinstance(response, tuple):
        return [response]
    return [
        tuple(value if place == own else None for place, value in enumerate(response))
        for own in range(len(response))
    ]


def _change(was_right: bool, is_right: bool) -> Change:  # noqa: FBT001 -- both at once, in order
    if was_right:
        return Change.SAME if is_right else Change.RIGHT_TO_WRONG
    return Change.WRONG_TO_RIGHT if is_right else Change.WRONG_TO_WRONG


def _candidate(desk: Desk) -> Candidate:
    return Candidate(
        sitting=desk.sitting,
        number=desk.number,
        name=desk.name,
        class_id=None,
        class_name=None,
        school_id=None,
        school_name=None,
        gender=None,
        state="submitted",
    )

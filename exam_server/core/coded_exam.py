"""All scripts of an exam as numbers: for each item the different responses, for each candidate which one.

A key is applied to the few different responses of an item, not to every script: so marking a province, or
marking it anew under another key, is a table lookup.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exam_server.core.results import PaperQuestion
from exam_server.protocol.sitting import Response
from item_bank.marking import Question, score_item
from scoring.arrays import FloatArray, IntArray

NOT_ADMINISTERED = -1
EMPTY = 0
"""The place of the empty response in every book."""

THOUSANDTHS = 1_000
"""Points are whole thousandths: sums of them are exact."""

BookCodes = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, eq=False)
class CodedExam:
    """Every script that is in.

    ``paper``: the items in order, with the keys and ladders that count. ``sittings`` of shape (n_scripts,):
    ids. ``codes`` of shape (n_scripts, n_items): each response's place in its item's book, 0 for an empty
    one, −1 where the item was not administered. ``books``: for each item its different responses in canonical
    form, the first of them None. ``classes``, ``schools``, ``genders`` of shape (n_scripts,): places in the
    names, −1 for none. ``seconds`` of shape (n_scripts, n_items): time in view.
    """

    paper: tuple[PaperQuestion, ...]
    sittings: IntArray
    codes: BookCodes
    books: tuple[tuple[Response, ...], ...]
    classes: IntArray
    class_names: tuple[str, ...]
    schools: IntArray
    school_names: tuple[str, ...]
    genders: IntArray
    gender_names: tuple[str, ...]
    seconds: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Marks:
    """What every response earned, both of shape (n_scripts, n_items): ``right`` prompts, −1 where the item
    was not administered; ``points`` in thousandths, 0 there."""

    right: IntArray
    points: IntArray


def mark(coded: CodedExam) -> Marks:
    """Mark every script with the keys of the paper.

    Raises ValueError when a ladder does not fit its item.
    """
    right = np.full(coded.codes.shape, NOT_ADMINISTERED, dtype=np.int64)
    points = np.zeros(coded.codes.shape, dtype=np.int64)
    for place in range(len(coded.paper)):
        right[:, place], points[:, place] = _mark_item(coded, place)
    return Marks(right=right, points=points)


def _mark_item(coded: CodedExam, place: int) -> tuple[IntArray, IntArray]:
    """Right prompts and thousandths of a point of every script, both of shape (n_scripts,)."""
    rights, earned = mark_book(coded.paper[place].question, coded.books[place])
    # A last entry each, for the code −1 of an item that was not administered.
    column = coded.codes[:, place]
    return np.append(rights, NOT_ADMINISTERED)[column], np.append(earned, 0)[column]


def mark_book(question: Question, book: Sequence[Response]) -> tuple[IntArray, IntArray]:
    """Right prompts and thousandths of a point of each response of a book, both of shape (n_responses,)."""
    scores = [score_item(question.content, question.key, response, question.ladder) for response in book]
    right = np.array([score.right for score in scores], dtype=np.int64)
    points = np.array([int(score.points * THOUSANDTHS) for score in scores], dtype=np.int64)
    return right, points

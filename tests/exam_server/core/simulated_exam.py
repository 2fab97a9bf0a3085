"""An exam whose truth is known: scripts drawn from a model, with defects planted."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from exam_server.core.coded_exam import CodedExam
from exam_server.core.results import PaperQuestion
from exam_server.protocol.sitting import Response
from item_bank.kinds import Content, Key
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey
from item_bank.kinds.single_choice import Option, SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import Statement, TrueFalse, TrueFalseKey
from item_bank.marking import Question
from item_bank.richtext import Paragraph, RichText, Text
from scoring.arrays import FloatArray, IntArray

LADDER = tuple(map(Decimal, ("0", "0.1", "0.25", "0.5", "1.0")))
WRONG = "BCD"


@dataclass(frozen=True, kw_only=True, eq=False)
class Defects:
    """Items by number: ``wrong_key`` is keyed to an option that is wrong, ``useless`` is answered by chance,
    ``harder_for_girls`` by 1.2 on the scale of ability, ``void``."""

    wrong_key: int | None = None
    useless: int | None = None
    harder_for_girls: int | None = None


NONE = Defects()


def words(text: str) -> RichText:
    return (Paragraph(children=(Text(text=text),)),)


def choice(number: int, key: str = "A") -> PaperQuestion:
    options = tuple(Option(id=letter, body=words(letter)) for letter in "ABCD")
    content = SingleChoice(stem=words(f"Câu hỏi {number}"), options=options)
    return _asked(number, "PHẦN I", content, SingleChoiceKey(option=key), (Decimal(0), Decimal("0.25")))


def graded(number: int) -> PaperQuestion:
    content = TrueFalse(
        stem=words(f"Xét {number}"), statements=tuple(Statement(id=x, body=words(x)) for x in "abcd")
    )
    return _asked(number, "PHẦN II", content, TrueFalseKey(values=(True,) * 4), LADDER)


def short(number: int) -> PaperQuestion:
    content = ShortAnswer(stem=words(f"Tính {number}"))
    return _asked(number, "PHẦN III", content, ShortAnswerKey(accept=("7",)), (Decimal(0), Decimal("0.5")))


def simulated_exam(
    n: int, *, seed: int, choices: int = 12, gradeds: int = 2, shorts: int = 2, defects: Defects = NONE
) -> CodedExam:
    """Scripts of ``n`` candidates with normal abilities, in classes of up to 40 of two schools."""
    rng = np.random.default_rng(seed)
    theta, girls = rng.normal(size=n), rng.integers(0, 2, size=n)
    paper: list[PaperQuestion] = []
    columns: list[tuple[IntArray, tuple[Response, ...]]] = []
    for number in range(1, choices + 1):
        paper.append(choice(number, key="B" if number == defects.wrong_key else "A"))
        z = _exponent(rng, theta, number, choices) - 1.2 * girls * (number == defects.harder_for_girls)
        columns.append(_chosen(rng, z, by_chance=number == defects.useless))
    for number in range(1, gradeds + 1):
        paper.append(graded(choices + number))
        columns.append(_statements(rng, theta))
    for number in range(1, shorts + 1):
        paper.append(short(choices + gradeds + number))
        right = rng.random(n) < _logistic(_exponent(rng, theta, number, shorts))
        columns.append(
            (np.where(right, 1, rng.choice([0, 2, 3], size=n, p=[0.1, 0.5, 0.4])), (None, "7", "8", "9"))
        )
    return coded(paper, columns, genders=girls)


def coded(
    paper: Sequence[PaperQuestion],
    columns: Sequence[tuple[IntArray, tuple[Response, ...]]],
    genders: IntArray | None = None,
) -> CodedExam:
    """The exam of these columns of response codes and their books."""
    n = len(columns[0][0])
    rows = np.arange(n)
    classes = max(1, -(-n // 40))
    return CodedExam(
        paper=tuple(paper),
        sittings=rows + 1,
        codes=np.column_stack([codes for codes, _ in columns]).astype(np.int32),
        books=tuple(book for _, book in columns),
        classes=rows % classes,
        class_names=tuple(f"12A{place + 1}" for place in range(classes)),
        schools=rows % classes % 2,
        school_names=("THPT Chu Văn An", "THPT Lê Quý Đôn"),
        genders=np.full(n, -1) if genders is None else genders,
        gender_names=() if genders is None else ("Nam", "Nữ"),
        seconds=np.zeros((n, len(paper))),
    )


def _asked(number: int, part: str, content: Content, key: Key, ladder: tuple[Decimal, ...]) -> PaperQuestion:
    question = Question(id=100 + number, part=part, content=content, key=key, ladder=ladder)
    return PaperQuestion(number=number, question=question)


def _exponent(rng: np.random.Generator, theta: FloatArray, place: int, many: int) -> FloatArray:
    """Slope around 1.4, difficulty from −1.2 to 0.6 over the paper."""
    return rng.uniform(1.1, 1.7) * (theta - difficulty(place, many))


def difficulty(place: int, many: int) -> float:
    """The true difficulty of the ``place``-th of so many items."""
    return 1.8 * (place - 0.5) / many - 1.2


def _logistic(z: FloatArray) -> FloatArray:
    return 1.0 / (1.0 + np.exp(-z))


def _chosen(
    rng: np.random.Generator, z: FloatArray, *, by_chance: bool
) -> tuple[IntArray, tuple[Response, ...]]:
    p = np.full(len(z), 0.45) if by_chance else _logistic(z)
    wrong = rng.choice([2, 3, 4], size=len(z), p=[0.4, 0.35, 0.25])
    answered = np.where(rng.random(len(z)) < p, 1, wrong)
    return np.where(rng.random(len(z)) < 0.01, 0, answered), (None, "A", *WRONG)


def _statements(rng: np.random.Generator, theta: FloatArray) -> tuple[IntArray, tuple[Response, ...]]:
    """Four statements of rising difficulty: each pattern of right and wrong is a response."""
    bits = rng.random((len(theta), 4)) < _logistic(1.3 * (theta[:, None] - np.array([-1.5, -0.5, 0.4, 1.2])))
    book: tuple[Response, ...] = (
        None,
        *(tuple(bool(code >> place & 1) for place in range(4)) for code in range(16)),
    )
    return 1 + bits.astype(np.int64) @ np.array([1, 2, 4, 8]), book

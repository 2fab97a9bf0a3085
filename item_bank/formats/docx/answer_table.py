"""Tables and lines of answers for a whole paper."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from item_bank.formats.docx.answers import read_letters, read_numbers, read_truth, read_truths
from item_bank.formats.docx.lines import Grid, Line
from item_bank.richtext import Math

MAX_CELLS = 3_000

_NUMBER = re.compile(r"(?:câu(?:\s+hỏi)?|question|bài)?\s*(?P<number>\d{1,3})\s*[.:)]?", re.IGNORECASE)
_NUMBER_HEAD = re.compile(
    r"(?:câu(?:\s+(?:hỏi|số))?|question|stt|tt|số\s+câu|bài|no\.?|câu\s*/\s*.*)\s*[:.]?", re.IGNORECASE
)
_ANSWER_HEAD = re.compile(
    r"(?:đáp\s*án(?:\s+đúng)?|đ\.?\s*/?\s*a\.?|chọn|trả\s*lời|kết\s*quả|đáp\s*số|answers?|keys?)\s*[:.]?",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"(?:(?:ý|lệnh\s+hỏi|mệnh\s+đề|phát\s+biểu|câu)\s*)?(?P<letter>[a-h])\s*[).]?", re.IGNORECASE
)
_COMPACT = re.compile(
    r"(?:câu\s*)?(?P<number>\d{1,3})\s*(?:[.\-–:)=]+\s*|\s+|(?=[A-Ha-hĐS]))"
    r"(?P<value>[A-Ha-h](?![^\W\d_])|[ĐDSđ]{2,8}(?![^\W\d_])|[-−–]?\d{1,6}(?:[.,]\d{1,6})?)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;|.\-–]*")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer of a table: of a whole question, or of one statement of it."""

    number: int
    value: str
    statement: str | None = None


def words(line: Line) -> str:
    """The line's characters, formulas as LaTeX that reads as plain numbers where it is one."""
    parts = (
        glyph.content.latex.replace("{,}", ",") if isinstance(glyph.content, Math) else glyph.character
        for glyph in line.labelled().glyphs
        if glyph.content is None or isinstance(glyph.content, Math)
    )
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def grid_words(grid: Grid) -> list[list[str]]:
    """The words of every cell."""
    return [
        [" ".join(words(block) for block in cell.blocks if isinstance(block, Line)).strip() for cell in row]
        for row in grid.rows
    ]


def read_answer_grid(grid: Grid, *, expected: bool) -> list[Answer] | None:
    """The answers of a table; None when it is another table.

    ``expected`` says that the paper has announced answers: then a table without heads is read too.
    """
    cells = grid_words(grid)
    if sum(map(len, cells)) > MAX_CELLS:
        return None
    turned = _transpose(cells)
    for rows in (cells, turned):
        found = (
            _statement_rows(rows)
            or _row_pairs(rows, expected=expected)
            or _truth_rows(rows, expected=expected)
        )
        if found:
            return found
    return _compact_cells(cells, expected=expected)


def read_answer_line(text: str) -> list[Answer] | None:
    """The answers of a line such as "1.A 2.B 3-C" or "Câu 1: ĐSĐS"; None when it holds anything else."""
    found: list[Answer] = []
    place = (_BETWEEN.match(text) or re.match("", text) or _never()).end()
    while place < len(text):
        match = _COMPACT.match(text, place)
        if match is None:
            return _single_answer(text)
        found.append(Answer(number=int(match["number"]), value=match["value"]))
        place = (_BETWEEN.match(text, match.end()) or match).end()
    return found or None


def _never() -> re.Match[str]:
    raise AssertionError("an optional pattern always matches")


def _single_answer(text: str) -> list[Answer] | None:
    match = re.match(r"\s*(?:câu(?:\s+hỏi)?\s*)?(\d{1,3})\s*[.:)\-–]\s*(.+)$", text, re.IGNORECASE)
    if match is None or not is_value(match[2]):
        return None
    return [Answer(number=int(match[1]), value=match[2].strip())]


def is_value(text: str) -> bool:
    """Whether the text can be the answer of some kind of item."""
    return any(reader(text) is not None for reader in (read_letters, read_truths, read_numbers))


def _transpose(cells: list[list[str]]) -> list[list[str]]:
    width = max(map(len, cells), default=0)
    return [[row[column] if column < len(row) else "" for row in cells] for column in range(width)]


def _number(text: str) -> int | None:
    match = _NUMBER.fullmatch(text)
    return None if match is None else int(match["number"])


def _row_pairs(rows: Sequence[Sequence[str]], *, expected: bool) -> list[Answer]:
    """Rows of numbers, each above a row of answers."""
    found: list[Answer] = []
    for upper, lower in pairwise(rows):
        skip = _headed(upper, lower)
        if not skip and not expected:
            continue
        numbers = [_number(text) for text in upper[skip:]]
        if _is_number_row(upper[skip:], lower[skip:]):
            pairs = zip(numbers, lower[skip:], strict=False)
            found += [Answer(number=number, value=value) for number, value in pairs if number and value]
    return found


def _headed(upper: Sequence[str], lower: Sequence[str]) -> int:
    heads = bool(upper and lower) and _NUMBER_HEAD.fullmatch(upper[0]) and _ANSWER_HEAD.fullmatch(lower[0])
    return 1 if heads else 0


def _is_number_row(upper: Sequence[str], lower: Sequence[str]) -> bool:
    filled = [text for text in upper if text]
    numbers = [_number(text) for text in filled]
    known = [number for number in numbers if number is not None]
    rising = all(a < b for a, b in pairwise(known))
    return bool(filled) and len(known) == len(filled) and rising and any(lower)


def _statement_rows(rows: Sequence[Sequence[str]]) -> list[Answer]:
    """A head row "Câu | a | b | c | d" above rows of a number and its truth values."""
    if len(rows) < 2 or len(rows[0]) < 3:
        return []
    heads = [_STATEMENT.fullmatch(text) for text in rows[0][1:]]
    letters = [match["letter"].lower() for match in heads if match is not None]
    if len(letters) < len(heads) or letters != sorted(set(letters)):
        return []
    found: list[Answer] = []
    for row in rows[1:]:
        number = _number(row[0]) if row else None
        values = list(zip(letters, row[1:], strict=False))
        if number is None or any(read_truth(value) is None for _, value in values if value):
            return []
        found += [Answer(number=number, value=value, statement=letter) for letter, value in values if value]
    return found


def _truth_rows(rows: Sequence[Sequence[str]], *, expected: bool) -> list[Answer]:
    """Rows such as "Câu 1 | a) Đ | b) S | c) Đ | d) S"."""
    found: list[Answer] = []
    for row in rows:
        number, value = _number(row[0]) if row else None, " ".join(row[1:]).strip()
        truths = read_truths(value)
        if number is None or truths is None or len(truths) < 2:
            return []
        found.append(Answer(number=number, value=value))
    return found if expected or all(not row[0][:1].isdigit() for row in rows) else []


def _compact_cells(cells: list[list[str]], *, expected: bool) -> list[Answer] | None:
    filled = [text for row in cells for text in row if text]
    found = [_compact(text) for text in filled]
    known = [answer for answers in found if answers is not None for answer in answers]
    enough = expected or len(known) >= 3
    return known if known and enough and all(answers is not None for answers in found) else None


def _compact(text: str) -> list[Answer] | None:
    found = read_answer_line(text)
    # Two bare numbers side by side are an answer only where a mark stands between them.
    return found if found and re.match(r"(?:câu\s*)?\d+\s+\d", text, re.IGNORECASE) is None else None

"""Tables that only place text: options in cells, questions in cells, statements with columns to tick."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from item_bank.formats.docx import labels
from item_bank.formats.docx.answer_table import grid_words
from item_bank.formats.docx.lines import Grid, GridCell, Line, Source

_TRUTH_HEAD = re.compile(r"(đúng|đ|true|sai|s|false)\s*[.:]?", re.IGNORECASE)
_TICKED = re.compile(r"[xX×✓✔☑☒vV√]")
_BARE_LETTER = re.compile(r"\s*[*#]{0,2}[A-H]\s*[.)]?\s*")
_OPENING = re.compile(r"\s*[*#]{0,2}\s?([A-Ha-h])\*?\s?[.)/:]")


@dataclass(frozen=True, kw_only=True)
class StatementTable:
    """The statements of a table as lines, and the truths that its ticks give by letter."""

    sources: list[Source]
    truths: dict[str, bool]


def lines_of(source: Source) -> Iterator[Line]:
    """Every line of a source, through all its cells."""
    if isinstance(source, Line):
        yield source
    else:
        for row in source.rows:
            for cell in row:
                yield from cell_lines(cell)


def cell_lines(cell: GridCell) -> Iterator[Line]:
    """Every line of a cell."""
    return (line for block in cell.blocks for line in lines_of(block))


def cells_of(grid: Grid) -> list[GridCell]:
    """All cells, row by row."""
    return [cell for row in grid.rows for cell in row]


def blocks_of(cells: Sequence[GridCell]) -> list[Source]:
    """What stands in the cells."""
    return [block for cell in cells for block in cell.blocks]


def holds_questions(grid: Grid) -> bool:
    """Whether a line of it opens a question."""
    return any(labels.question_label(line.labelled().text) is not None for line in lines_of(grid))


def option_blocks(grid: Grid) -> list[Source] | None:
    """The options of a table in the order of their letters; None when it does not hold options."""
    rows = _joined_rows(grid.rows)
    cells = [cell for row in rows for cell in row]
    letters = [_opening_letter(_first_text(cell), labels.OPTION_LETTERS) for cell in cells]
    known = [letter for letter in letters if letter is not None]
    several = len(labels.choice_labels(_first_text(cells[0]), labels.OPTION_LETTERS, 0)) >= 2
    if "A" not in known or not ("B" in known or several):
        return None
    lettered = [(letter, cell) for letter, cell in zip(letters, cells, strict=True) if letter is not None]
    in_order = iter(sorted(lettered, key=lambda pair: pair[0]))
    ordered = [
        cell if letter is None else next(in_order)[1] for letter, cell in zip(letters, cells, strict=True)
    ]
    return blocks_of(ordered)


def _joined_rows(rows: Sequence[Sequence[GridCell]]) -> list[list[GridCell]]:
    """Rows with a row of bare letters joined to the row of what they name, above or below."""
    made: list[list[GridCell]] = []
    waiting = [list(row) for row in rows]
    letters_first = bool(waiting) and _is_bare(waiting[0])
    while waiting:
        row = waiting.pop(0)
        if waiting and len(waiting[0]) == len(row):
            lettered, named = (row, waiting[0]) if letters_first else (waiting[0], row)
            if _is_bare(lettered) and not _is_lettered(named):
                row = [_joined(*pair) for pair in zip(lettered, named, strict=True)]
                waiting.pop(0)
        made.append(row)
    return made


def _joined(letter: GridCell, named: GridCell) -> GridCell:
    return GridCell(blocks=(*letter.blocks, *named.blocks))


def _is_bare(row: Sequence[GridCell]) -> bool:
    texts = [_first_text(cell) for cell in row if _first_text(cell)]
    return bool(texts) and all(_BARE_LETTER.fullmatch(text) for text in texts)


def _is_lettered(row: Sequence[GridCell]) -> bool:
    return any(_opening_letter(_first_text(cell), labels.OPTION_LETTERS) for cell in row)


def _first_text(cell: GridCell) -> str:
    return next((line.labelled().text for line in cell_lines(cell) if not line.is_blank), "")


def _opening_letter(text: str, letters: str) -> str | None:
    match = _OPENING.match(text)
    return match[1] if match is not None and match[1] in letters else None


def statement_table(grid: Grid, *, announced: bool) -> StatementTable | None:
    """A table of statements, with or without columns "Đúng" and "Sai" to tick; None for another table.

    ``announced`` says that its part holds True/False items: only then a table without those columns is one.
    """
    texts = grid_words(grid)
    heads = [_head_truth(text) for text in texts[0]]
    ticked = True in heads and False in heads
    rows = [place for place, row in enumerate(texts) if _opens_statement(row)]
    if not (announced or ticked) or len(rows) < 2 or len(rows) < len(texts) - 1:
        return None
    width = next((place for place, truth in enumerate(heads) if truth is not None), None) if ticked else None
    head = [] if 0 in rows or ticked else blocks_of(grid.rows[0])
    found = {
        letter: truth
        for letter, row in zip(labels.STATEMENT_LETTERS, rows, strict=False)
        if ticked and (truth := _tick(texts[row], heads)) is not None
    }
    bodies = [block for row in rows for block in blocks_of(grid.rows[row][:width])]
    return StatementTable(sources=[*head, *bodies], truths=found)


def _opens_statement(row: Sequence[str]) -> bool:
    return any(_opening_letter(text, labels.STATEMENT_LETTERS) for text in row[:2])


def _head_truth(text: str) -> bool | None:
    match = _TRUTH_HEAD.fullmatch(text)
    return None if match is None else match[1].lower() in ("đúng", "đ", "true")


def _tick(row: Sequence[str], heads: Sequence[bool | None]) -> bool | None:
    marked = (truth for text, truth in zip(row, heads, strict=False) if _TICKED.fullmatch(text))
    ticks = [truth for truth in marked if truth is not None]
    return ticks[0] if len(ticks) == 1 else None


def boxed_answer(grid: Grid) -> str | None:
    """What stands in one row of boxes for a short answer, "" for empty ones; None for another table."""
    texts = grid_words(grid)
    if len(texts) != 1 or len(texts[0]) < 2 or any(len(text) > 1 for text in texts[0]):
        return None
    has_objects = any(glyph.content is not None for line in lines_of(grid) for glyph in line.glyphs)
    return None if has_objects else "".join(texts[0])

"""The walk over a paper's lines: which part, question, option, passage or solution each belongs to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from msgspec import structs

from item_bank.formats.docx import labels
from item_bank.formats.docx.answer_table import (
    Answer,
    grid_words,
    is_value,
    read_answer_grid,
    read_answer_line,
    words,
)
from item_bank.formats.docx.item_reader import ItemReader, fits, note_statement
from item_bank.formats.docx.lines import Glyph, Grid, GridCell, Line, Source
from item_bank.formats.docx.marks import Choice
from item_bank.formats.docx.texts import rich
from item_bank.formats.errors import UnreadableFile
from item_bank.item import Asset, Draft, DraftItem, Part, Passage
from item_bank.kinds.single_choice import SingleChoice

MAX_ITEMS = 500
MAX_TITLE_CHARACTERS = 200

# What a teacher must know of the whole file, wherever it was found.
_OF_THE_FILE = ("tracked_changes", "text_box", "hidden_text")
_EXAM_TITLE = re.compile(r"\bĐỀ\b|\bTEST\b|\bEXAM", re.IGNORECASE)
_TRUE_FALSE_HEADS = re.compile(r"(đúng|đ|true|sai|s|false)\s*[.:]?", re.IGNORECASE)
_TICKED = re.compile(r"[xX×✓✔☑☒vV√]")


@dataclass(kw_only=True)
class _PassageReader:
    number: int
    part: Part | None
    first: int | None
    last: int | None
    body: list[Source] = field(default_factory=list[Source])

    def covers(self, number: int) -> bool:
        return self.first is None or self.last is None or self.first <= number <= self.last


@dataclass(frozen=True, kw_only=True)
class _PlacedAnswer:
    part: Part | None
    answer: Answer


@dataclass(kw_only=True)
class PaperReader:
    """One walk through a paper. ``bare``: its questions are labelled "1." and not "Câu 1."."""

    bare: bool
    title: list[str] = field(default_factory=list[str])
    items: list[ItemReader] = field(default_factory=list[ItemReader])
    passages: list[_PassageReader] = field(default_factory=list[_PassageReader])
    warnings: list[str] = field(default_factory=list[str])
    _answers: list[_PlacedAnswer] = field(default_factory=list[_PlacedAnswer])
    _part: Part | None = None
    _mode: labels.Mode | None = None
    _item: ItemReader | None = None
    _passage: _PassageReader | None = None
    _in_passage: bool = False
    _started: bool = False
    _after_end: bool = False
    _in_answers: bool = False
    _solutions_follow: bool = False
    _review: ItemReader | None = None
    _review_lines: list[Source] = field(default_factory=list[Source])

    def read(self, sources: Sequence[Source]) -> None:
        """Take every line and table in order, then give the answers of tables to their items."""
        for source in sources:
            self._read(source)
        self._close_review()
        for placed in self._answers:
            self._place_answer(placed)

    def _read(self, source: Source) -> None:
        if isinstance(source, Grid):
            self._read_grid(source)
        else:
            self._read_line(_written(source))

    # Warnings

    def _warn(self, codes: Sequence[str]) -> None:
        for code in codes:
            if self._item is not None:
                self._item.warn(code)
            if (self._item is None or code in _OF_THE_FILE) and code not in self.warnings:
                self.warnings.append(code)

    # Tables

    def _read_grid(self, grid: Grid) -> None:
        answers = read_answer_grid(grid, expected=self._in_answers or self._after_end)
        if answers is not None:
            self._note_answers(answers)
            self._leave_item()
            self._in_answers = True
            return
        flat = self._flattened(grid)
        self._warn(grid.warnings)
        if flat is None:
            self._warn([code for line in _lines_of(grid) for code in line.warnings])
            self._take(grid)
            return
        for line in flat:
            self._read(line)

    def _flattened(self, grid: Grid) -> list[Source] | None:
        """The lines of a table that is only there to place them; None for a table that is content."""
        cells = [cell for row in grid.rows for cell in row]
        if not self._started or len(cells) == 1 or self._holds_questions(cells):
            return [block for cell in cells for block in cell.blocks]
        item = self._item
        if item is None or item.solving or item.answered or self._in_passage:
            return None
        if not item.options:
            ordered = _option_cells(cells)
            if ordered is not None:
                return [block for cell in ordered for block in cell.blocks]
        return self._statement_table(item, grid)

    def _holds_questions(self, cells: Sequence[GridCell]) -> bool:
        return any(
            labels.question_label(line.labelled().text, bare=False) is not None
            for cell in cells
            for line in _lines(cell)
        )

    def _statement_table(self, item: ItemReader, grid: Grid) -> list[Source] | None:
        """A table of statements, with or without columns "Đúng" and "Sai" to tick."""
        if item.statements or item.mode in ("short_answer", "essay"):
            return None
        texts = grid_words(grid)
        truths = [_head_truth(text) for text in texts[0]]
        ticked = True in truths and False in truths
        if item.mode != "true_false" and not ticked:
            return None
        rows = [(row, words) for row, words in zip(grid.rows, texts, strict=True) if _opens_statement(words)]
        if len(rows) < 2 or len(rows) < len(grid.rows) - 1:
            return None
        for letter, (_, row_texts) in zip(labels.STATEMENT_LETTERS, rows, strict=False):
            self._note_ticks(item, letter, row_texts, truths if ticked else [])
        head = (
            []
            if _opens_statement(texts[0]) or ticked
            else [block for cell in grid.rows[0] for block in cell.blocks]
        )
        width = (
            next((place for place, truth in enumerate(truths) if truth is not None), None) if ticked else None
        )
        return [*head, *(block for row, _ in rows for cell in row[:width] for block in cell.blocks)]

    def _note_ticks(
        self, item: ItemReader, letter: str, row: Sequence[str], truths: Sequence[bool | None]
    ) -> None:
        ticks = [
            truth
            for text, truth in zip(row, truths, strict=False)
            if truth is not None and _TICKED.fullmatch(text)
        ]
        if len(ticks) == 1:
            item.truths[letter] = ticks[0]

    # Lines

    def _read_line(self, line: Line) -> None:
        text = line.text
        if line.is_blank:
            self._warn(line.warnings)
            return
        if self._read_structure(line, text):
            return
        self._warn(line.warnings)
        if self._review is not None:
            self._review_lines.append(line)
        elif self._item is not None and not self._in_passage:
            self._read_item_line(self._item, line)
        else:
            self._take(line)

    def _read_structure(self, line: Line, text: str) -> bool:
        """Headings and labels that hold anywhere; false when the line is none of them."""
        if labels.is_end(text):
            self._leave_item()
            self._after_end = True
            return True
        return (
            self._read_part(text)
            or self._read_answers(line, text)
            or self._read_question(line, text)
            or (self._read_passage(line, text))
        )

    def _read_part(self, text: str) -> bool:
        heading = labels.part_heading(text)
        if heading is None:
            return False
        self._leave_item()
        self._started = True
        self._passage, self._in_passage = None, False
        self._part, self._mode = heading.part, heading.mode
        return True

    def _read_answers(self, line: Line, text: str) -> bool:
        heading = labels.answer_heading(text)
        # "Đáp án" alone may stand above the solution of a single question.
        if heading is not None and not self._heads_one_answer(text, words(line.cut(heading))):
            self._leave_item()
            self._in_answers, self._part = True, labels.named_part(text)
            self._note_answers(read_answer_line(words(line.cut(heading))) or [])
            return True
        if not (self._in_answers or self._after_end):
            return False
        answers = read_answer_line(words(line))
        self._note_answers(answers or [])
        return answers is not None

    def _heads_one_answer(self, text: str, rest: str) -> bool:
        return self._item is not None and (not text.isupper() or is_value(rest))

    def _read_question(self, line: Line, text: str) -> bool:
        label = labels.question_label(text, bare=self.bare)
        if label is None or (self.bare and self._is_list_in_item(label.number, text)):
            return False
        self._close_review()
        self._started, self._in_passage = True, False
        known = next(
            (item for item in self.items if (item.part, item.number) == (self._part, label.number)), None
        )
        known = known or self._sole(label.number)
        if known is not None and (self._after_end or self._in_answers or self._solutions_follow):
            self._open_review(known, line.cut(label.end))
            return True
        self._in_answers = False
        self._open_item(label.number, line, label.end)
        return True

    def _sole(self, number: int) -> ItemReader | None:
        """In a list of solutions without part headings a number that occurs once names its item."""
        found = [item for item in self.items if item.number == number]
        return found[0] if len(found) == 1 and self._part is None else None

    def _is_list_in_item(self, number: int, text: str) -> bool:
        """Without "Câu", a smaller number within a question is a list in its text."""
        expected = self.items[-1].number + 1 if self.items else 1
        return labels.question_label(text) is None and number != expected

    def _open_item(self, number: int, line: Line, end: int) -> None:
        if len(self.items) >= MAX_ITEMS:
            raise UnreadableFile("too_many_items", limit=MAX_ITEMS)
        item = ItemReader(
            number=number, part=self._part, mode=self._mode, level=labels.leading_level(line.text)
        )
        self._check_number(item)
        if self._passage is not None and self._passage.covers(number):
            item.passage = self._passage.number
        self.items.append(item)
        self._item, self._solutions_follow = item, False
        self._warn(line.warnings)
        rest = line.cut(end)
        if not rest.is_blank:
            self._read_item_line(item, rest)

    def _check_number(self, item: ItemReader) -> None:
        same_part = [other.number for other in self.items if other.part == item.part]
        if item.number in same_part:
            item.warn("duplicate_number")
        elif (same_part and item.number != same_part[-1] + 1) or (
            not same_part and self.items and item.number not in (1, self.items[-1].number + 1)
        ):
            item.warn("numbering_gap")

    def _read_passage(self, line: Line, text: str) -> bool:
        item = self._item
        if self._review is not None or self._after_end or self._in_answers:
            return False
        heading = labels.passage_heading(text)
        if heading is None:
            return False
        busy = item is not None and not (
            item.options or item.solving or item.answered or len(item.statements) >= 2
        )
        if heading.first is None and (busy or self._in_passage):
            return False
        self._leave_item()
        self._started, self._in_passage = True, True
        number = len(self.passages) + 1
        self._passage = _PassageReader(number=number, part=self._part, first=heading.first, last=heading.last)
        self.passages.append(self._passage)
        self._warn(line.warnings)
        self._passage.body.append(line)
        return True

    def _take(self, source: Source) -> None:
        """Put content where it belongs when no label says."""
        if self._in_passage and self._passage is not None:
            self._passage.body.append(source)
        elif self._item is not None:
            self._item.add(source)
            self._solutions_follow = False
        elif self._review is not None:
            self._review_lines.append(source)
        elif not self._started and isinstance(source, Line):
            self.title.append(words(source))
        elif (self._in_answers or self._after_end) and not _is_idle(source):
            self._warn(["ignored_text"])

    def _leave_item(self) -> None:
        self._close_review()
        self._item = None

    # Inside an item

    def _read_item_line(self, item: ItemReader, line: Line) -> None:
        text = line.text
        has_begun = bool(item.stem or item.choices())
        marker = labels.solution_marker(text) if has_begun else None
        if marker is not None:
            self._solutions_follow = labels.is_solution_heading(text)
            item.solving = True
            self._add_rest(item, line.cut(marker))
            return
        if self._read_answer(item, line, text):
            return
        if item.solving or item.answered:
            self._take(line)
            item.note_verdict(text)
        elif not self._read_choices(item, line, text):
            self._take(line)

    def _add_rest(self, item: ItemReader, rest: Line) -> None:
        if rest.is_blank:
            return
        if not self._read_answer(item, rest, rest.text):
            item.add(rest)
            item.note_verdict(rest.text)

    def _read_answer(self, item: ItemReader, line: Line, text: str) -> bool:
        place = labels.answer_label(text)
        if place is not None:
            answer = words(line.cut(place)).rstrip("])")
            if not labels.is_placeholder(answer):
                item.answers.append(answer)
            item.answered = True
            return True
        chosen = labels.chosen_letter(text) if item.options and (item.solving or item.answered) else None
        if chosen is None:
            chosen = labels.chosen_letter(text) if item.options and re.fullmatch(r"\s*Chọn.*", text) else None
        if chosen is None:
            return False
        item.answers.append(chosen)
        # "Chọn B." alone is a key; at the end of a sentence it is part of the solution.
        alone = re.fullmatch(r"\s*(?:Ta\s+)?Chọn\W.{0,12}", text) is not None
        item.answered = item.answered or alone
        return alone

    def _read_choices(self, item: ItemReader, line: Line, text: str) -> bool:
        letters = labels.OPTION_LETTERS
        found = labels.choice_labels(text, letters, len(item.options))
        target = item.options
        if not found and not item.options and item.mode not in ("short_answer", "essay"):
            found = labels.choice_labels(text, labels.STATEMENT_LETTERS, len(item.statements))
            target = item.statements
        if not found:
            return False
        before = line.cut(0, found[0].start)
        if not before.is_blank:
            self._take(before)
        ends = [label.start for label in found[1:]] + [len(text)]
        for label, end in zip(found, ends, strict=True):
            target.append(_choice(line, label, end))
        return True

    # Solutions and answers after the paper

    def _open_review(self, item: ItemReader, rest: Line) -> None:
        self._leave_item()
        self._review = item
        self._after_end = True
        self._review_lines = [] if rest.is_blank else [rest]

    def _close_review(self) -> None:
        item, lines = self._review, self._review_lines
        self._review, self._review_lines = None, []
        if item is None:
            return
        item.solving = True
        places = [
            place
            for place, line in enumerate(lines)
            if isinstance(line, Line) and labels.solution_marker(line.text) is not None
        ]
        for place, source in enumerate(lines):
            repeated = bool(places) and place < places[0]
            if isinstance(source, Grid):
                item.solution += [] if repeated else [source]
            elif not repeated:
                marker = labels.solution_marker(source.text)
                self._add_rest(item, source.cut(marker or 0))
            else:
                self._read_answer(item, source, source.text)

    def _note_answers(self, answers: Sequence[Answer]) -> None:
        self._answers += [_PlacedAnswer(part=self._part, answer=answer) for answer in answers]

    def _place_answer(self, placed: _PlacedAnswer) -> None:
        item = self._owner(placed)
        if item is None:
            if "answer_unplaced" not in self.warnings:
                self.warnings.append("answer_unplaced")
        elif placed.answer.statement is not None:
            note_statement(item, placed.answer.statement, placed.answer.value)
        else:
            item.answers.append(placed.answer.value)

    def _owner(self, placed: _PlacedAnswer) -> ItemReader | None:
        same = [item for item in self.items if item.number == placed.answer.number]
        fitting = [item for item in same if _suits(item, placed.answer)]
        in_part = [item for item in same if item.part == placed.part]
        both = [item for item in fitting if item in in_part]
        for candidates in (both, fitting, in_part, same):
            if len(candidates) == 1:
                return candidates[0]
        return None


def _suits(item: ItemReader, answer: Answer) -> bool:
    return item.shape() == "true_false" if answer.statement is not None else fits(item, answer.value)


def _written(line: Line) -> Line:
    """The line with its automatic number written out, unless a question's label was typed behind it."""
    is_bullet = line.label is not None and line.label.bullet
    typed = labels.question_label(line.text) is not None
    return line if is_bullet or typed else line.labelled()


def _is_idle(source: Source) -> bool:
    return isinstance(source, Line) and labels.is_boilerplate(source.text)


def _choice(line: Line, label: labels.ChoiceLabel, end: int) -> Choice:
    letter: Glyph = line.glyphs[label.letter_place]
    automatic = line.label is not None and label.letter_place < len(line.label.text)
    body = line.cut(label.end, end)
    starred, body = (True, body.cut(1)) if automatic and body.text.startswith("*") else (label.starred, body)
    return Choice(
        letter=label.letter,
        label=letter.format,
        automatic=automatic,
        starred=starred,
        fixed=label.fixed or bool(letter.format.italic),
        body=[replace(body, continues=False, label=None)],
        raw=[line.cut(label.start, end)],
    )


def _lines(cell: GridCell) -> Iterator[Line]:
    for block in cell.blocks:
        if isinstance(block, Line):
            yield block
        else:
            yield from _lines_of(block)


def _lines_of(grid: Grid) -> Iterator[Line]:
    return (line for row in grid.rows for cell in row for line in _lines(cell))


def _first_text(cell: GridCell) -> str:
    return next((line.labelled().text for line in _lines(cell) if not line.is_blank), "")


def _option_cells(cells: Sequence[GridCell]) -> list[GridCell] | None:
    """Cells in the order of the option letters that open them; None when they do not hold options."""
    letters = [_opening_letter(_first_text(cell), labels.OPTION_LETTERS) for cell in cells]
    known = [letter for letter in letters if letter is not None]
    if "A" not in known or (
        "B" not in known and len(labels.choice_labels(_first_text(cells[0]), "ABCDEFGH", 0)) < 2
    ):
        return None
    in_order = iter(
        sorted((pair for pair in zip(letters, cells, strict=True) if pair[0]), key=lambda pair: pair[0] or "")
    )
    return [
        cell if letter is None else next(in_order)[1] for letter, cell in zip(letters, cells, strict=True)
    ]


def _opening_letter(text: str, letters: str) -> str | None:
    match = re.match(r"\s*[*#]{0,2}\s?([A-Ha-h])\*?\s?[.)/:]", text)
    return match[1] if match is not None and match[1] in letters else None


def _opens_statement(row: Sequence[str]) -> bool:
    return any(_opening_letter(text, labels.STATEMENT_LETTERS) for text in row[:2])


def _head_truth(text: str) -> bool | None:
    match = _TRUE_FALSE_HEADS.fullmatch(text)
    return None if match is None else match[1].lower() in ("đúng", "đ", "true")


def has_question_labels(sources: Sequence[Source]) -> bool:
    """Whether any line opens a question with a word such as "Câu"."""
    lines = (
        line for source in sources for line in ([source] if isinstance(source, Line) else _lines_of(source))
    )
    return any(labels.question_label(line.labelled().text) is not None for line in lines)


def read_paper(sources: Sequence[Source], assets: dict[str, Asset]) -> Draft:
    """The draft of a whole paper.

    Raises UnreadableFile: ``no_items``, ``too_many_items``, ``text_too_long``.
    """
    paper = PaperReader(bare=not has_question_labels(sources))
    paper.read(sources)
    if not paper.items:
        raise UnreadableFile("no_items")
    items = _compared([item.draft() for item in paper.items])
    passages = tuple(
        Passage(number=passage.number, body=rich(passage.body, f"passage {passage.number}"))
        for passage in paper.passages
    )
    return Draft(
        title=_title(paper.title),
        items=items,
        passages=passages,
        assets=tuple(assets.values()),
        warnings=tuple(paper.warnings),
    )


def _compared(items: Sequence[DraftItem]) -> tuple[DraftItem, ...]:
    """Items with fewer options than the paper's others are doubtful."""
    counts = [len(item.content.options) for item in items if isinstance(item.content, SingleChoice)]
    usual = 4 if len(counts) < 2 else max(counts)
    return tuple(
        _with_warning(item, "missing_option")
        if isinstance(item.content, SingleChoice) and len(item.content.options) < usual
        else item
        for item in items
    )


def _with_warning(item: DraftItem, code: str) -> DraftItem:
    """The item with one more warning."""
    return item if code in item.warnings else structs.replace(item, warnings=(*item.warnings, code))


def _title(lines: Sequence[str]) -> str:
    filled = [line for line in lines if line]
    best = next((line for line in filled if _EXAM_TITLE.search(line)), filled[0] if filled else "")
    return best[:MAX_TITLE_CHARACTERS].strip()

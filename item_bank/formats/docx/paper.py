"""The walk over a paper's lines: which part, question, option, passage or solution each belongs to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from msgspec import structs

from item_bank.formats.docx import labels
from item_bank.formats.docx.answer_table import (
    Answer,
    is_value,
    read_answer_grid,
    read_answer_line,
    words,
)
from item_bank.formats.docx.answers import verdict
from item_bank.formats.docx.item_reader import ItemReader, fits, note_statement
from item_bank.formats.docx.layout import (
    blocks_of,
    boxed_answer,
    cells_of,
    holds_questions,
    lines_of,
    option_blocks,
    statement_table,
)
from item_bank.formats.docx.lines import Glyph, Grid, Line, Source
from item_bank.formats.docx.marks import Choice
from item_bank.formats.docx.texts import rich
from item_bank.formats.errors import UnreadableFile
from item_bank.item import Asset, Draft, DraftItem, Part, Passage
from item_bank.kinds.single_choice import SingleChoice

MAX_ITEMS = 500
MAX_TITLE_CHARACTERS = 200

# What a teacher must know of the whole file, wherever it was found.
_OF_THE_FILE = ("tracked_changes", "text_box", "hidden_text")
_CHOSEN_ALONE = re.compile(r"(?:Ta\s+)?Chọn\W.{0,12}", re.IGNORECASE)
_EXAM_TITLE = re.compile(r"\bĐỀ\b|\bTEST\b|\bEXAM", re.IGNORECASE)


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
            self._read_line(_written(source).cut(0))

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
        if self._take_boxes(grid):
            return
        flat = self._flattened(grid)
        self._warn(grid.warnings)
        if flat is None:
            self._warn([code for line in lines_of(grid) for code in line.warnings])
            self._take(grid)
            return
        for line in flat:
            self._read(line)

    def _flattened(self, grid: Grid) -> list[Source] | None:
        """The lines of a table that is only there to place them; None for a table that is content."""
        cells = cells_of(grid)
        if not self._started or len(cells) == 1 or holds_questions(grid):
            return blocks_of(cells)
        item = self._item
        if item is None or item.solving or item.answered or self._in_passage or item.options:
            return None
        options = option_blocks(grid)
        if options is not None or item.statements or item.mode in ("short_answer", "essay"):
            return options
        found = statement_table(grid, announced=item.mode == "true_false")
        if found is None:
            return None
        item.truths |= found.truths
        return found.sources

    def _take_boxes(self, grid: Grid) -> bool:
        """Whether the table is a row of boxes to write a short answer in; what they hold is the key."""
        item = self._item
        boxed = boxed_answer(grid) if item is not None and item.mode == "short_answer" else None
        if item is None or boxed is None:
            return False
        if boxed:
            item.answers.append(boxed)
        return True

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
        answers = self._announced_answers(line)
        if answers and not (self._in_answers or self._after_end):
            self._leave_item()
            self._in_answers = True
        self._note_answers(answers)
        return bool(answers)

    def _heads_one_answer(self, text: str, rest: str) -> bool:
        return self._item is not None and (not text.isupper() or is_value(rest))

    def _announced_answers(self, line: Line) -> list[Answer]:
        """The answers of a line, where answers have been announced.

        "Đáp án" alone may announce them too: then at least two stand on the line.
        """
        item = self._item
        waiting = item is not None and item.answered and not item.answers and not item.solution
        if not (self._in_answers or self._after_end or waiting):
            return []
        answers = read_answer_line(words(line)) or []
        return answers if len(answers) > 1 or not waiting else []

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
            blank = labels.is_placeholder(answer)
            if blank or is_value(answer) or labels.is_sure_answer(text):
                item.answers += [] if blank else [answer]
                item.answered = True
                return True
        return self._read_bare_answer(item, text) or self._read_chosen(item, text)

    def _read_bare_answer(self, item: ItemReader, text: str) -> bool:
        """A value alone below "Đáp án"."""
        waiting = item.answered and not item.answers and not item.solution and not item.solving
        if waiting and is_value(text):
            item.answers.append(text.strip())
            return True
        return False

    def _read_chosen(self, item: ItemReader, text: str) -> bool:
        alone = _CHOSEN_ALONE.fullmatch(text) is not None
        expected = item.solving or item.answered or alone
        chosen = labels.chosen_letter(text) if item.choices() and expected else None
        if chosen is None:
            return False
        item.answers.append(chosen)
        # "Chọn B." alone is a key; at the end of a sentence it is part of the solution.
        item.answered = item.answered or alone
        return alone

    def _read_choices(self, item: ItemReader, line: Line, text: str) -> bool:
        if self._read_relettered(item, line):
            return True
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

    def _read_relettered(self, item: ItemReader, line: Line) -> bool:
        """An option of an automatic list that counts on from another question, such as "E." for the first."""
        target, letters = item.options, labels.OPTION_LETTERS
        if line.label is None or line.label.style not in ("upperLetter", "lowerLetter"):
            return False
        if line.label.style == "lowerLetter":
            target, letters = item.statements, labels.STATEMENT_LETTERS
            if item.options or item.mode in ("single_choice", "short_answer", "essay"):
                return False
        counts_on = "options_relettered" in item.warnings if target else line.text[:1] != letters[0]
        if not counts_on or len(target) >= len(letters):
            return False
        item.warn("options_relettered")
        label = labels.ChoiceLabel(letter=letters[len(target)], end=len(line.label.text))
        target.append(_choice(line, label, len(line.glyphs)))
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
        if item is not None:
            self._settle_review(item, lines)

    def _settle_review(self, item: ItemReader, lines: Sequence[Source]) -> None:
        """Give a solution to its item.

        It may repeat the question; and what was taken for one may be another question of the same number.
        """
        again = ItemReader(number=item.number, part=item.part, mode=item.mode)
        for line in lines:
            if isinstance(line, Line):
                self._read_again(again, line)
            else:
                again.add(line)
        asks = bool(again.choices() and again.stem_words())
        if asks and again.stem_words() != item.stem_words():
            again.warn("duplicate_number")
            self.items.append(again)
        else:
            item.take_repeated(again, asks=asks)

    def _read_again(self, again: ItemReader, line: Line) -> None:
        chosen = labels.chosen_letter(line.text) if not again.choices() else None
        again.answers += [] if chosen is None else [chosen]
        if verdict(line.text) is not None:
            again.note_verdict(line.text)
            again.solution.append(line)
        elif chosen is None or _CHOSEN_ALONE.fullmatch(line.text) is None:
            held, self._item = self._item, again
            self._read_item_line(again, line)
            self._item = held

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


def has_question_labels(sources: Sequence[Source]) -> bool:
    """Whether any line opens a question with a word such as "Câu"."""
    lines = (line for source in sources for line in lines_of(source))
    return any(labels.question_label(line.labelled().text) is not None for line in lines)


def read_paper(sources: Sequence[Source], assets: dict[str, Asset]) -> Draft:
    """The draft of a whole paper.

    Raises UnreadableFile: ``no_items``, ``too_many_items``, ``item_too_long``.
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

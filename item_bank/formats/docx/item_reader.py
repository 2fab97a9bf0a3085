"""One item while it is read, and the draft that comes of it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from item_bank.formats.docx.answer_table import words
from item_bank.formats.docx.answers import (
    read_letters,
    read_numbers,
    read_truth,
    read_truths,
    trailing_verdict,
    verdict,
)
from item_bank.formats.docx.labels import (
    OPTION_LETTERS,
    Mode,
    inline_answer,
    is_placeholder,
    leftovers,
    levels,
)
from item_bank.formats.docx.lines import Grid, Line, Source
from item_bank.formats.docx.marks import Choice, marked, unmarked_bodies
from item_bank.formats.docx.texts import rich
from item_bank.item import DraftItem, Level, Part
from item_bank.kinds import KINDS, Content, Key, kind_of
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey
from item_bank.kinds.single_choice import Option, SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import Statement, TrueFalse, TrueFalseKey

Shape = Literal["single_choice", "true_false", "short_answer", "matching", "essay"]

USUAL_OPTIONS = 4
USUAL_STATEMENTS = 4

_MATCHING = re.compile(r"(?:^|\W)(?:nối|ghép|match)(?:\W|$)", re.IGNORECASE)


@dataclass(kw_only=True)
class ItemReader:
    """An item being read. ``answers`` are the words of every place that gives its key, apart from marks."""

    number: int
    part: Part | None
    mode: Mode | None
    passage: int | None = None
    level: Level | None = None
    stem: list[Source] = field(default_factory=list[Source])
    options: list[Choice] = field(default_factory=list[Choice])
    statements: list[Choice] = field(default_factory=list[Choice])
    solution: list[Source] = field(default_factory=list[Source])
    answers: list[str] = field(default_factory=list[str])
    truths: dict[str, bool] = field(default_factory=dict[str, bool])
    verdicts: dict[str, bool] = field(default_factory=dict[str, bool])
    warnings: list[str] = field(default_factory=list[str])
    answered: bool = False
    solving: bool = False

    def warn(self, code: str) -> None:
        """Add a warning once."""
        if code not in self.warnings:
            self.warnings.append(code)

    def choices(self) -> list[Choice]:
        """What is being filled now: the options, else the statements."""
        return self.options or self.statements

    def add(self, source: Source) -> None:
        """Put a line or a table where the reading stands: stem, last option or statement, or solution."""
        if self.solving or self.answered:
            self.solution.append(source)
        elif not self.choices() or self._is_figure_after_choices(source):
            self.stem.append(source)
        else:
            self.choices()[-1].body.append(source)
            self.choices()[-1].raw.append(source)

    def _is_figure_after_choices(self, source: Source) -> bool:
        """A picture alone below the last of complete choices belongs to the question."""
        filled = any(isinstance(part, Grid) or not part.is_blank for part in self.choices()[-1].body)
        complete = len(self.choices()) >= USUAL_OPTIONS and filled
        only_objects = isinstance(source, Line) and all(
            glyph.content is not None or glyph.character.isspace() for glyph in source.glyphs
        )
        return complete and only_objects

    def note_verdict(self, text: str) -> None:
        """Take what a solution's line says of one statement."""
        found = verdict(text)
        if found is not None:
            self.verdicts.setdefault(*found)

    def take_repeated(self, again: "ItemReader", *, asks: bool) -> None:
        """Take the key and solution that follow the paper; ``asks``: they repeat the question."""
        self.answers += again.answers
        self.verdicts |= again.verdicts
        if asks:
            self._take_marks(again)
        else:
            self.solution += [*again.stem, *(line for choice in again.choices() for line in choice.raw)]
        self.solution += again.solution

    def _take_marks(self, again: "ItemReader") -> None:
        everything_counts = again.shape() == "true_false"
        letters = marked(again.choices(), all_may_count=everything_counts)
        if everything_counts and letters:
            self.answers.append("".join("ĐS"[choice.letter not in letters] for choice in again.choices()))
        elif letters:
            self.answers.append(", ".join(sorted(letters)))

    def shape(self) -> Shape:
        """The kind that the item shows, else the kind that its part announces."""
        if len(self.options) >= 2 or (self.options and self.mode in (None, "single_choice")):
            return "single_choice"
        if _MATCHING.search(self.stem_words()) and any(isinstance(source, Grid) for source in self.stem):
            return "matching"
        if self.mode == "essay":
            return "essay"
        if len(self.statements) >= 2:
            return "single_choice" if self.mode == "single_choice" else "true_false"
        return self.mode or self._shape_of_answer()

    def _shape_of_answer(self) -> Shape:
        return "short_answer" if any(read_numbers(answer) is not None for answer in self.answers) else "essay"

    def stem_words(self) -> str:
        """The stem's words, for looking into."""
        return " ".join(words(source) for source in self.stem if isinstance(source, Line))

    def draft(self) -> DraftItem:
        """The item as read, with its doubts. Raises UnreadableFile for a text beyond all limits."""
        self._settle()
        shape = self.shape()
        content, key = _BUILDERS[shape](self)
        for problem in kind_of(content).problems(content, key) if shape in KINDS else ():
            self.warn(problem)
        if key is None and shape in KINDS and "two_keys" not in self.warnings:
            self.warn("no_key")
        return DraftItem(
            number=self.number,
            part=self.part,
            content=content,
            key=key,
            level=self.level,
            solution=rich(self.solution, self.place) or None,
            passage=self.passage,
            warnings=tuple(self.warnings),
            unsupported=shape if shape in ("matching", "essay") else None,
        )

    @property
    def place(self) -> str:
        """The item's name in errors."""
        return f"{self.part or ''} {self.number}".strip()

    def _settle(self) -> None:
        if self.options and self.statements:
            # "a) … b) …" above real options are lines of the stem.
            self.stem += [line for statement in self.statements for line in statement.raw]
            self.statements = []
        self._take_inline_answer()
        self.stem = self._cleaned(self.stem)
        for choice in self.choices():
            choice.body = self._without_tags(choice.body)
        self._take_trailing_verdicts()

    def _take_inline_answer(self) -> None:
        """Cut "Đáp án: 8" off the end of the stem or of the last option."""
        body = self.choices()[-1].body if self.choices() else self.stem
        last = body[-1] if body else None
        if not isinstance(last, Line):
            return
        found = inline_answer(last.text)
        if found is None:
            return
        answer = words(last.cut(found[1])).rstrip("])")
        if not is_placeholder(answer):
            self.answers.append(answer)
        body[-1] = last.cut(0, found[0])

    def _cleaned(self, sources: list[Source]) -> list[Source]:
        made = self._without_tags(sources, item=True)
        if made and isinstance(made[0], Line):
            first = made[0]
            for _ in range(2):
                first = first.without(leftovers(first.text))
            made[0] = first
        return made

    def _without_tags(self, sources: list[Source], *, item: bool = False) -> list[Source]:
        made: list[Source] = []
        for source in sources:
            if isinstance(source, Grid):
                made.append(source)
                continue
            found = levels(source.text)
            if item and self.level is None and found:
                self.level = found[0][0]
            made.append(source.without([span for _, span in found]))
        return made

    def _take_trailing_verdicts(self) -> None:
        found = [self._trailing(choice) for choice in self.statements]
        if not found or any(verdict is None for verdict in found):
            return
        for choice, pair in zip(self.statements, found, strict=True):
            last = choice.body[-1]
            if pair is not None and isinstance(last, Line):
                self.truths.setdefault(choice.letter, pair[1])
                choice.body[-1] = last.cut(0, pair[0])

    @staticmethod
    def _trailing(choice: Choice) -> tuple[int, bool] | None:
        last = choice.body[-1] if choice.body else None
        return trailing_verdict(last.text) if isinstance(last, Line) else None

    def bodies(self, choices: Sequence[Choice]) -> list[tuple[Choice, list[Source]]]:
        """The choices with their bodies, without what shows the key."""
        return list(zip(choices, unmarked_bodies(choices), strict=True))


def _single_choice(item: ItemReader) -> tuple[Content, Key | None]:
    choices = item.options or item.statements
    for choice in choices:
        choice.letter = choice.letter.upper()
    options = tuple(
        Option(id=choice.letter, body=rich(body, item.place), fixed=choice.fixed)
        for choice, body in item.bodies(choices)
    )
    if len(options) < USUAL_OPTIONS and not _in_sequence(options):
        item.warn("missing_option")
    return SingleChoice(stem=rich(item.stem, item.place), options=options), _option_key(item, choices)


def _in_sequence(options: Sequence[Option]) -> bool:
    # Three options may be meant; a paper that has four elsewhere is compared as a whole.
    return len(options) >= 3 and "".join(option.id for option in options) == OPTION_LETTERS[: len(options)]


def _option_key(item: ItemReader, choices: Sequence[Choice]) -> SingleChoiceKey | None:
    letters = set(marked(choices, all_may_count=False))
    for answer in item.answers:
        found = read_letters(answer)
        if found is None:
            item.warn("unreadable_key")
        letters |= found or frozenset()
    ids = [choice.letter for choice in choices]
    if len(letters) > 1:
        item.warn("two_keys")
    elif letters - set(ids):
        item.warn("key_outside_options")
    elif letters and ids.count(next(iter(letters))) == 1 and "unreadable_key" not in item.warnings:
        return SingleChoiceKey(option=letters.pop())
    return None


def _true_false(item: ItemReader) -> tuple[Content, Key | None]:
    statements = tuple(
        Statement(id=choice.letter, body=rich(body, item.place))
        for choice, body in item.bodies(item.statements)
    )
    if len(statements) < USUAL_STATEMENTS:
        item.warn("missing_statement")
    return TrueFalse(stem=rich(item.stem, item.place), statements=statements), _truth_key(item)


def _truth_key(item: ItemReader) -> TrueFalseKey | None:
    found = _truth_sources(item)
    if len(found) > 1:
        item.warn("two_keys")
        return None
    values = next(iter(found), None)
    if values is None or "unreadable_key" in item.warnings:
        return None
    if len(values) != len(item.statements):
        item.warn("key_outside_options")
        return None
    return TrueFalseKey(values=values)


def _truth_sources(item: ItemReader) -> set[tuple[bool, ...]]:
    """Every key that some place gives, apart from repetitions."""
    letters = [choice.letter for choice in item.statements]
    by_marks = marked(item.statements, all_may_count=True)
    found = {tuple(letter in by_marks for letter in letters)} if by_marks else set[tuple[bool, ...]]()
    for answer in item.answers:
        values = read_truths(answer)
        if values is None:
            item.warn("unreadable_key")
        else:
            found.add(values)
    for stated in (item.truths, item.verdicts):
        if stated and set(stated) >= set(letters):
            found.add(tuple(stated[letter] for letter in letters))
    return found


def _short_answer(item: ItemReader) -> tuple[Content, Key | None]:
    return ShortAnswer(stem=rich(item.stem, item.place)), _number_key(item)


def _number_key(item: ItemReader) -> ShortAnswerKey | None:
    accepted: tuple[str, ...] | None = None
    for answer in item.answers:
        found = read_numbers(answer)
        if found is None:
            item.warn("unreadable_key")
            return None
        if accepted is not None and not (set(found) <= set(accepted) or set(accepted) <= set(found)):
            item.warn("two_keys")
            return None
        accepted = max(accepted or (), found, key=len)
    return None if accepted is None else ShortAnswerKey(accept=accepted)


def _fallback(item: ItemReader) -> tuple[Content, Key | None]:
    """A kind that the bank does not hold yet: all of it stays readable in the stem."""
    item.warn("unsupported_kind")
    lines = [line for choice in (*item.options, *item.statements) for line in choice.raw]
    return ShortAnswer(stem=rich([*item.stem, *lines], item.place)), None


_BUILDERS: dict[Shape, Callable[[ItemReader], tuple[Content, Key | None]]] = {
    "single_choice": _single_choice,
    "true_false": _true_false,
    "short_answer": _short_answer,
    "matching": _fallback,
    "essay": _fallback,
}


def fits(item: ItemReader, value: str) -> bool:
    """Whether the words can be this item's answer."""
    match item.shape():
        case "single_choice":
            return read_letters(value) is not None
        case "true_false":
            return read_truths(value) is not None
        case "short_answer":
            return read_numbers(value) is not None
        case _:
            return False


def note_statement(item: ItemReader, letter: str, value: str) -> None:
    """Take one statement's truth from a table; another truth from another table is a contradiction."""
    truth = read_truth(value)
    if truth is None:
        item.warn("unreadable_key")
    elif item.truths.setdefault(letter, truth) is not truth:
        item.warn("two_keys")

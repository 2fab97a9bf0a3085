"""A line of a document: characters that remember how they look, so that labels can be cut out of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, NamedTuple

from item_bank.formats.docx.numbering import Label
from item_bank.formats.docx.styles import RunFormat
from item_bank.richtext import Break, Image, Inline, Math, Text

OBJECT = "\ufffc"
"""Stands in a line's text where a formula or a picture is."""

Align = Literal["start", "center", "end"]


class Glyph(NamedTuple):
    """One character, or one formula or picture."""

    character: str
    format: RunFormat
    content: Math | Image | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A paragraph, or what stands between two line breaks of one.

    ``continues`` is true after a line break. ``label`` is the automatic number. ``warnings`` are of what was
    read here.
    """

    glyphs: tuple[Glyph, ...]
    align: Align = "start"
    continues: bool = False
    label: Label | None = None
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The characters, with OBJECT for what is none."""
        return "".join(glyph.character for glyph in self.glyphs)

    def cut(self, start: int, end: int | None = None) -> "Line":
        """The part between two places, without white space at its ends."""
        glyphs = self.glyphs[start:end]
        first = next(
            (place for place, glyph in enumerate(glyphs) if not glyph.character.isspace()), len(glyphs)
        )
        last = next(
            (place for place in range(len(glyphs), first, -1) if not glyphs[place - 1].character.isspace()),
            first,
        )
        return replace(self, glyphs=glyphs[first:last])

    def without(self, spans: Iterable[tuple[int, int]]) -> "Line":
        """The line with parts left out."""
        dropped = {place for span in spans for place in range(*span)}
        kept = tuple(glyph for place, glyph in enumerate(self.glyphs) if place not in dropped)
        return replace(self, glyphs=kept).cut(0) if dropped else self

    @property
    def is_blank(self) -> bool:
        """Whether nothing would be seen."""
        return all(glyph.character.isspace() for glyph in self.glyphs)

    def labelled(self) -> "Line":
        """The line with its automatic number written out in front."""
        if self.label is None or not self.label.text:
            return self
        written = tuple(Glyph(character, self.label.format) for character in f"{self.label.text} ")
        return replace(self, glyphs=written + self.glyphs)


@dataclass(frozen=True, kw_only=True)
class GridCell:
    """A table cell as read."""

    blocks: "tuple[Line | Grid, ...]"
    colspan: int = 1
    rowspan: int = 1
    header: bool = False


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table as read."""

    rows: tuple[tuple[GridCell, ...], ...]
    warnings: tuple[str, ...] = ()


Source = Line | Grid

_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200b\u202f\u205f\u3000]+")


def inlines(line: Line) -> tuple[Inline, ...]:
    """The line as rich text; tabs and runs of spaces become one space."""
    made: list[Inline] = []
    for (is_object, marks), group in groupby(
        line.glyphs, key=lambda glyph: (glyph.content is not None, glyph.format.marks)
    ):
        glyphs = list(group)
        if is_object:
            made += [glyph.content for glyph in glyphs if glyph.content is not None]
        else:
            text = _SPACES.sub(" ", "".join(glyph.character for glyph in glyphs))
            made.append(Text(text=text, marks=marks))
    return tuple(made)


def joined(lines: Sequence[Line]) -> tuple[Inline, ...]:
    """Lines of one paragraph, with breaks between them."""
    made: list[Inline] = []
    for line in lines:
        made += [Break()] if made else []
        made += inlines(line)
    return tuple(made)

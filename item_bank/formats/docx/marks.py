"""Keys shown by how a label looks: underlined, red, highlighted, bold, or starred."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from item_bank.formats.docx.lines import Glyph, Line, Source
from item_bank.formats.docx.styles import PLAIN, RunFormat

Look = Literal[
    "star",
    "underline",
    "red",
    "highlight",
    "red_body",
    "highlight_body",
    "underline_body",
    "bold",
    "bold_body",
]
# Bold is how many papers set every label, or the words they stress: it speaks only where nothing else does.
_WEAK: tuple[Look, ...] = ("bold", "bold_body")


@dataclass(kw_only=True)
class Choice:
    """An option or a statement while its item is read. ``raw`` keeps its lines with their labels."""

    letter: str
    label: RunFormat
    automatic: bool = False
    starred: bool = False
    fixed: bool = False
    body: list[Source] = field(default_factory=list[Source])
    raw: list[Source] = field(default_factory=list[Source])

    def looks(self) -> frozenset[Look]:
        """The marks that this choice carries."""
        body = _common(self.body)
        flags: Mapping[Look, bool | None] = {
            "star": self.starred,
            "underline": self.label.underline,
            "red": self.label.red,
            "highlight": self.label.highlight,
            "red_body": body.red,
            "highlight_body": body.highlight,
            # A word that is asked about is underlined too: only a label, or a body without one to type,
            # marks a key.
            "underline_body": body.underline and self.automatic,
            "bold": self.label.bold,
            "bold_body": body.bold,
        }
        return frozenset(look for look, on in flags.items() if on)


def _glyphs(sources: Iterable[Source]) -> list[Glyph]:
    return [
        glyph
        for source in sources
        if isinstance(source, Line)
        for glyph in source.glyphs
        if glyph.content is None and not glyph.character.isspace()
    ]


def _common(sources: Iterable[Source]) -> RunFormat:
    """What all visible characters share."""
    formats = {glyph.format for glyph in _glyphs(sources)}
    if not formats:
        return PLAIN
    return RunFormat(
        bold=all(look.bold for look in formats),
        italic=all(look.italic for look in formats),
        underline=all(look.underline for look in formats),
        red=all(look.red for look in formats),
        highlight=all(look.highlight for look in formats),
    )


def marked(choices: Sequence[Choice], *, all_may_count: bool) -> frozenset[str]:
    """The letters that are marked, without looks that every choice has.

    ``all_may_count``: all statements of a True/False item may be true, so a strong mark on each of them
    counts.
    """
    by_look = _letters_by_look(choices)
    everyone = frozenset(choice.letter for choice in choices)
    strong = {look: letters for look, letters in by_look.items() if look not in _WEAK}
    found = frozenset[str]().union(*(letters for letters in strong.values() if letters != everyone))
    if found:
        return found
    label_looks: tuple[Look, ...] = ("star", "underline", "red", "highlight")
    if all_may_count and any(strong.get(look) == everyone for look in label_looks):
        return everyone
    return _weakly_marked(by_look, everyone, several=all_may_count)


def _letters_by_look(choices: Sequence[Choice]) -> dict[Look, frozenset[str]]:
    by_look: dict[Look, frozenset[str]] = {}
    for choice in choices:
        for look in choice.looks():
            by_look[look] = by_look.get(look, frozenset()) | {choice.letter}
    return by_look


def _weakly_marked(
    by_look: Mapping[Look, frozenset[str]], everyone: frozenset[str], *, several: bool
) -> frozenset[str]:
    candidates = [by_look[look] for look in _WEAK if look in by_look]
    singled = [letters for letters in candidates if len(letters) == 1 or (several and letters != everyone)]
    return frozenset[str]().union(*singled) if len(everyone) > 1 else frozenset()


def unmarked_bodies(choices: Sequence[Choice]) -> list[list[Source]]:
    """The bodies without the looks that single some of them out: they would show the key to the candidate."""
    shared = [_common(choice.body) for choice in choices]
    dropped = RunFormat(
        bold=_varies(look.bold for look in shared),
        italic=_varies(look.italic for look in shared),
        underline=_varies(look.underline for look in shared),
    )
    return [_plainer(choice.body, look, dropped) for choice, look in zip(choices, shared, strict=True)]


def _varies(flags: Iterable[bool | None]) -> bool:
    return len({bool(flag) for flag in flags}) > 1


def _plainer(body: list[Source], own: RunFormat, dropped: RunFormat) -> list[Source]:
    drop_bold, drop_italic = dropped.bold and own.bold, dropped.italic and own.italic
    drop_underline = dropped.underline and own.underline
    if not (drop_bold or drop_italic or drop_underline):
        return body

    def plain(look: RunFormat) -> RunFormat:
        return replace(
            look,
            bold=False if drop_bold else look.bold,
            italic=False if drop_italic else look.italic,
            underline=False if drop_underline else look.underline,
        )

    return [
        replace(source, glyphs=tuple(glyph._replace(format=plain(glyph.format)) for glyph in source.glyphs))
        if isinstance(source, Line)
        else source
        for source in body
    ]

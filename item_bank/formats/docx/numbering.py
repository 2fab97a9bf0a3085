"""Automatic numbering: the label that Word shows before a paragraph but does not store in its text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from item_bank.formats.docx.styles import PLAIN, RunFormat, Styles, read_format
from item_bank.formats.docx.xml import Element, W, attribute, number, value

_MAX_LEVEL = 8
_PLACEHOLDER = re.compile("%([1-9])")
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, kw_only=True)
class Label:
    """An automatic label such as "A." or "Câu 3.", and Word's name for its style; a bullet has no text."""

    text: str
    style: str
    format: RunFormat

    @property
    def bullet(self) -> bool:
        """Whether it only marks an entry of a list."""
        return self.style == "bullet"


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level of a numbering definition."""

    start: int
    style: str
    pattern: str
    format: RunFormat


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A list in the text: the definition that it counts with, and its own levels where it overrides them."""

    definition: str
    overrides: Mapping[int, Level]
    starts: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Numbering:
    """Definitions and instances, with the counters of one walk through a document."""

    definitions: Mapping[str, Mapping[int, Level]]
    instances: Mapping[str, Instance]
    counters: dict[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])
    seen: set[str] = field(default_factory=set[str])

    def next_label(self, properties: Element | None, styles: Styles) -> Label | None:
        """Count the paragraph with these ``w:pPr`` and give its label; None when it is not numbered."""
        instance_id, depth = _position(properties, styles)
        instance = self.instances.get(instance_id or "")
        level = self._level(instance, depth) if instance is not None else None
        if instance_id is None or instance is None or level is None:
            return None
        self._count(instance_id, instance, depth, level)
        if level.style in ("bullet", "none"):
            return Label(text="", style=level.style, format=level.format)
        return Label(text=self._text(instance, depth, level), style=level.style, format=level.format)

    def _level(self, instance: Instance, depth: int) -> Level | None:
        return instance.overrides.get(depth) or self.definitions.get(instance.definition, {}).get(depth)

    def _count(self, instance_id: str, instance: Instance, depth: int, level: Level) -> None:
        # A list with a start of its own begins anew where it first appears; the others go on counting.
        if instance_id not in self.seen:
            self.seen.add(instance_id)
            for own_depth in instance.starts:
                self.counters.pop((instance.definition, own_depth), None)
        place = (instance.definition, depth)
        start = instance.starts.get(depth, level.start)
        self.counters[place] = self.counters.get(place, start - 1) + 1
        for deeper in range(depth + 1, _MAX_LEVEL + 1):
            self.counters.pop((instance.definition, deeper), None)

    def _text(self, instance: Instance, depth: int, level: Level) -> str:
        def fill(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            shown = self._level(instance, other) or level
            return spell(self.counters.get((instance.definition, other), shown.start), shown.style)

        return _PLACEHOLDER.sub(fill, level.pattern)


def spell(count: int, style: str) -> str:
    """The count in a numbering style: letters, Roman, else decimal."""
    if style in ("upperLetter", "lowerLetter") and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * min(1 + (count - 1) // 26, 9)
        return letter.upper() if style == "upperLetter" else letter
    if style in ("upperRoman", "lowerRoman") and 0 < count < 400:
        roman = _roman(count)
        return roman.upper() if style == "upperRoman" else roman
    return f"{count:02d}" if style == "decimalZero" else str(count)


def _roman(count: int) -> str:
    text = ""
    for size, letters in _ROMAN:
        text += letters * (count // size)
        count %= size
    return text


def _position(properties: Element | None, styles: Styles) -> tuple[str | None, int]:
    style_id = value(properties, f"{W}pStyle") or styles.default_paragraph
    own = None if properties is None else properties.find(f"{W}numPr")
    sources = [own, *(style.numbering for style in styles.chain(style_id))]
    identifiers = (value(source, f"{W}numId") for source in sources)
    depths = (value(source, f"{W}ilvl") for source in sources)
    depth = number(next((text for text in depths if text is not None), None), 0, 0, _MAX_LEVEL)
    return next((text for text in identifiers if text is not None), None), depth


def read_numbering(root: Element | None) -> Numbering:
    """The numbering part; a file without one numbers nothing."""
    if root is None:
        return Numbering(definitions={}, instances={})
    linked = {value(definition, f"{W}styleLink"): definition for definition in root.iter(f"{W}abstractNum")}
    return Numbering(
        definitions={
            attribute(definition, f"{W}abstractNumId"): _levels(_linked(definition, linked))
            for definition in root.iter(f"{W}abstractNum")
        },
        instances={
            attribute(instance, f"{W}numId"): _instance(instance) for instance in root.iter(f"{W}num")
        },
    )


def _linked(definition: Element, linked: Mapping[str | None, Element]) -> Element:
    """The definition that one without levels names by its style, else itself."""
    name = value(definition, f"{W}numStyleLink")
    return definition if name is None else linked.get(name, definition)


def _levels(definition: Element) -> dict[int, Level]:
    return {_depth(level): _level(level) for level in definition.iterfind(f"{W}lvl")}


def _instance(instance: Element) -> Instance:
    overrides = list(instance.iterfind(f"{W}lvlOverride"))
    levels = {_depth(override): override.find(f"{W}lvl") for override in overrides}
    starts = {_depth(override): value(override, f"{W}startOverride") for override in overrides}
    return Instance(
        definition=value(instance, f"{W}abstractNumId") or "",
        overrides={depth: _level(level) for depth, level in levels.items() if level is not None},
        starts={depth: number(text, 1, 0, 9999) for depth, text in starts.items() if text is not None},
    )


def _depth(level: Element) -> int:
    return number(level.get(f"{W}ilvl"), 0, 0, _MAX_LEVEL)


def _level(level: Element) -> Level:
    properties = level.find(f"{W}rPr")
    return Level(
        start=number(value(level, f"{W}start"), 1, 0, 9999),
        style=value(level, f"{W}numFmt") or "decimal",
        pattern=(value(level, f"{W}lvlText") or "")[:40],
        format=PLAIN if properties is None else read_format(properties),
    )

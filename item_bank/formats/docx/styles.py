"""How a run looks, with what its styles add: only what matters to a text or marks a key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from item_bank.formats.docx.xml import Element, W, attribute, is_on, value
from item_bank.richtext import Mark

Vertical = Literal["none", "sup", "sub"]
Flag = bool | None
_VERTICAL: Mapping[str, Vertical] = {"superscript": "sup", "subscript": "sub"}
_NO_SHADE = ("auto", "ffffff", "")
_MAX_STYLE_DEPTH = 20


@dataclass(frozen=True, slots=True)
class RunFormat:
    """Character formatting; None where nothing is said."""

    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    red: bool | None = None
    highlight: bool | None = None
    hidden: bool | None = None
    vertical: Vertical | None = None
    symbol_font: bool | None = None

    def over(self, base: "RunFormat") -> "RunFormat":
        """This formatting laid over another: what this one says wins."""
        if self == PLAIN or base == self:
            return base
        return RunFormat(
            bold=_first(self.bold, base.bold),
            italic=_first(self.italic, base.italic),
            underline=_first(self.underline, base.underline),
            red=_first(self.red, base.red),
            highlight=_first(self.highlight, base.highlight),
            hidden=_first(self.hidden, base.hidden),
            vertical=self.vertical or base.vertical,
            symbol_font=_first(self.symbol_font, base.symbol_font),
        )

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The rich-text marks."""
        flags: tuple[tuple[Mark, bool | None], ...] = (
            ("b", self.bold),
            ("i", self.italic),
            ("sub", self.vertical == "sub"),
            ("sup", self.vertical == "sup"),
            ("u", self.underline),
        )
        return tuple(mark for mark, on in flags if on)


PLAIN = RunFormat()


def _first(own: Flag, base: Flag) -> Flag:
    return base if own is None else own


def read_format(properties: Element | None) -> RunFormat:
    """The formatting that a ``w:rPr`` element itself states."""
    if properties is None or len(properties) == 0:
        return PLAIN
    return RunFormat(
        bold=is_on(properties, f"{W}b"),
        italic=is_on(properties, f"{W}i"),
        underline=_is_not(properties, "u", ("none",)),
        red=_red(value(properties, f"{W}color")),
        highlight=_highlight(properties),
        hidden=is_on(properties, f"{W}vanish"),
        vertical=_vertical(value(properties, f"{W}vertAlign")),
        symbol_font=_symbol_font(properties),
    )


def _is_not(properties: Element, name: str, off: tuple[str, ...]) -> bool | None:
    text = value(properties, f"{W}{name}")
    return None if text is None else text.lower() not in off


def _red(color: str | None) -> bool | None:
    if color is None:
        return None
    try:
        red, green, blue = bytes.fromhex(color)
    except ValueError:  # "auto", or a colour of another length
        return False
    return red >= 0xC0 and green <= 0x60 and blue <= 0x60


def _highlight(properties: Element) -> bool | None:
    named = _is_not(properties, "highlight", ("none", "white"))
    fill = value(properties, f"{W}shd", f"{W}fill")
    shaded = None if fill is None else fill.lower() not in _NO_SHADE
    return named or shaded if named is not None else shaded


def _vertical(align: str | None) -> Vertical | None:
    return None if align is None else _VERTICAL.get(align, "none")


def _symbol_font(properties: Element) -> bool | None:
    font = value(properties, f"{W}rFonts", f"{W}ascii")
    return None if font is None else font.lower() == "symbol"


@dataclass(frozen=True, kw_only=True)
class Style:
    """One style: its own formatting, its numbering and what it is based on."""

    format: RunFormat
    based_on: str | None
    numbering: Element | None
    align: str | None


@dataclass(frozen=True, kw_only=True)
class Styles:
    """Every style by id, and the ids of the defaults."""

    by_id: Mapping[str, Style]
    default_paragraph: str | None
    document: RunFormat

    def chain(self, style_id: str | None) -> list[Style]:
        """The style and what it is based on, nearest first; a circle is cut."""
        found: list[Style] = []
        while style_id is not None and style_id in self.by_id and len(found) < _MAX_STYLE_DEPTH:
            found.append(self.by_id[style_id])
            style_id = found[-1].based_on
        return found

    def format(self, style_id: str | None, base: RunFormat) -> RunFormat:
        """The base with a style laid over it."""
        for style in reversed(self.chain(style_id)):
            base = style.format.over(base)
        return base

    def paragraph(self, style_id: str | None) -> RunFormat:
        """The formatting that every run of a paragraph of this style starts from."""
        return self.format(style_id or self.default_paragraph, self.document)


def read_styles(root: Element | None) -> Styles:
    """The styles part; a file without one has none."""
    if root is None:
        return Styles(by_id={}, default_paragraph=None, document=PLAIN)
    default = root.find(f"{W}style[@{W}type='paragraph'][@{W}default='1']")
    return Styles(
        by_id={attribute(style, f"{W}styleId"): _style(style) for style in root.iter(f"{W}style")},
        default_paragraph=None if default is None else default.get(f"{W}styleId"),
        document=read_format(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")),
    )


def _style(style: Element) -> Style:
    return Style(
        format=read_format(style.find(f"{W}rPr")),
        based_on=value(style, f"{W}basedOn"),
        numbering=style.find(f"{W}pPr/{W}numPr"),
        align=value(style, f"{W}pPr/{W}jc"),
    )

"""The rich text of stems, options and statements: a small closed tree; nothing unknown reaches a page.

A text is a tuple of blocks. The wire form is JSON with the node's tag in ``t``.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain
from typing import Literal

import msgspec
from msgspec import structs

from item_bank.mathml import sanitise_mathml

Mark = Literal["b", "i", "u", "sup", "sub"]
"""Character formatting: bold, italic, underline, superscript, subscript."""


class Node(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="t", forbid_unknown_fields=True
):
    """Base of every rich-text node."""


class Text(Node, frozen=True, kw_only=True, tag="text"):
    """A run of characters with one set of marks."""

    text: str
    marks: tuple[Mark, ...] = ()


class Break(Node, frozen=True, kw_only=True, tag="br"):
    """A line break inside a paragraph."""


class Math(Node, frozen=True, kw_only=True, tag="math"):
    """A formula: presentation MathML (a whole ``<math>`` element) with its LaTeX source."""

    latex: str
    mathml: str
    display: bool = False


class Image(Node, frozen=True, kw_only=True, tag="img"):
    """A picture by the SHA-256 of its bytes (lower-case hex); width and height in CSS pixels."""

    sha256: str
    width: int
    height: int
    alt: str = ""


Inline = Text | Break | Math | Image


class Paragraph(Node, frozen=True, kw_only=True, tag="p"):
    """A paragraph."""

    children: tuple[Inline, ...]
    align: Literal["start", "center", "end"] = "start"


class ListBlock(Node, frozen=True, kw_only=True, tag="list"):
    """A list; each entry is one paragraph's inlines."""

    entries: tuple[tuple[Inline, ...], ...]
    ordered: bool = False


class Cell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A table cell holding paragraphs and lists."""

    children: tuple[Paragraph | ListBlock, ...]
    header: bool = False
    colspan: int = 1
    rowspan: int = 1


class Table(Node, frozen=True, kw_only=True, tag="table"):
    """A table, row by row."""

    rows: tuple[tuple[Cell, ...], ...]


Block = Paragraph | ListBlock | Table
RichText = tuple[Block, ...]

MAX_CHARACTERS = 50_000
MAX_NODES = 5_000
MAX_IMAGE_PIXELS = 10_000
MAX_SPAN = 100

_WHITE = re.compile("[\t\n\r\u2028\u2029]+")
# Controls, lone surrogates, non-characters, and direction overrides, which make a text read as another.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SHA256 = re.compile("[0-9a-f]{64}")


def clean_characters(text: str) -> str:
    """The text in NFC, line ends and tabs as spaces, control and direction-override characters removed."""
    return unicodedata.normalize("NFC", _UNWANTED.sub("", _WHITE.sub(" ", text)))


def sanitise(text: RichText) -> RichText:
    """The text with clean characters, canonical marks and sanitised MathML. Idempotent.

    Raises ValueError with a code as its message: ``text_too_long``, ``too_many_nodes``, ``bad_image``,
    ``bad_span``, or a code of ``mathml.sanitise_mathml``.
    """
    _check_size(text)
    return tuple(_clean_block(block) for block in text)


def plain_text(text: RichText) -> str:
    """The text for searching: one line per paragraph, formulas as LaTeX, pictures as their description."""
    lines = ("".join(_words(inline) for inline in line) for line in _lines(text))
    return "\n".join(line for line in lines if line)


def images_of(text: RichText) -> tuple[Image, ...]:
    """Every picture of the text, in reading order, repeated where it is shown repeatedly."""
    return tuple(inline for inline in _inlines(text) if isinstance(inline, Image))


def is_blank(text: RichText) -> bool:
    """Whether nothing at all would be seen: no letters, no formula, no picture."""
    return (
        not any(isinstance(inline, Math | Image) for inline in _inlines(text))
        and not plain_text(text).strip()
    )


def _lines(text: RichText) -> Iterator[tuple[Inline, ...]]:
    for block in text:
        match block:
            case Paragraph():
                yield block.children
            case ListBlock():
                yield from block.entries
            case Table():
                for row in block.rows:
                    for cell in row:
                        yield from _lines(cell.children)


def _inlines(text: RichText) -> Iterator[Inline]:
    return chain.from_iterable(_lines(text))


def _words(inline: Inline) -> str:
    match inline:
        case Text():
            return inline.text
        case Math():
            return inline.latex
        case Image():
            return inline.alt
        case Break():
            return "\n"


def _check_size(text: RichText) -> None:
    nodes = characters = 0
    for line in _lines(text):
        nodes += 1 + len(line)
        characters += sum(len(_words(inline)) for inline in line)
    if nodes > MAX_NODES:
        raise ValueError("too_many_nodes")
    if characters > MAX_CHARACTERS:
        raise ValueError("text_too_long")


def _clean_block(block: Block) -> Block:
    if isinstance(block, Table):
        return Table(rows=tuple(tuple(_clean_cell(cell) for cell in row) for row in block.rows))
    return _clean_flow(block)


def _clean_cell(cell: Cell) -> Cell:
    if not (1 <= cell.colspan <= MAX_SPAN and 1 <= cell.rowspan <= MAX_SPAN):
        raise ValueError("bad_span")
    return structs.replace(cell, children=tuple(_clean_flow(block) for block in cell.children))


def _clean_flow(block: Paragraph | ListBlock) -> Paragraph | ListBlock:
    if isinstance(block, Paragraph):
        return structs.replace(block, children=_clean_line(block.children))
    return structs.replace(block, entries=tuple(_clean_line(entry) for entry in block.entries))


def _clean_line(line: tuple[Inline, ...]) -> tuple[Inline, ...]:
    return tuple(clean for inline in line if (clean := _clean_inline(inline)) is not None)


def _clean_inline(inline: Inline) -> Inline | None:
    match inline:
        case Text():
            return _clean_text(inline)
        case Math():
            latex = clean_characters(inline.latex)
            return Math(latex=latex, mathml=sanitise_mathml(inline.mathml), display=inline.display)
        case Image():
            return _clean_image(inline)
        case Break():
            return inline


def _clean_text(run: Text) -> Text | None:
    text = clean_characters(run.text)
    return Text(text=text, marks=tuple(sorted(set(run.marks)))) if text else None


def _clean_image(image: Image) -> Image:
    sized = 1 <= image.width <= MAX_IMAGE_PIXELS and 1 <= image.height <= MAX_IMAGE_PIXELS
    if not sized or _SHA256.fullmatch(image.sha256) is None:
        raise ValueError("bad_image")
    return structs.replace(image, alt=clean_characters(image.alt))

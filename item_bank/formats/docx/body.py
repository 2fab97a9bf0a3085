"""The document's body to lines and grids: runs, formulas, pictures, text boxes, tracked changes, tables."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from item_bank.formats.docx.images import Pictures, UnusableImageError
from item_bank.formats.docx.lines import OBJECT, Align, Glyph, Grid, GridCell, Line, Source
from item_bank.formats.docx.numbering import Label, Numbering
from item_bank.formats.docx.omml import UnreadableFormulaError, read_formula
from item_bank.formats.docx.styles import PLAIN, RunFormat, Styles, read_format
from item_bank.formats.docx.symbol_font import symbol
from item_bank.formats.docx.xml import (
    MC,
    WP,
    A,
    Element,
    M,
    O,
    R,
    V,
    W,
    attribute,
    elements,
    is_on,
    number,
    value,
)
from item_bank.formats.errors import UnreadableFile
from item_bank.richtext import Image, Math

MAX_CHARACTERS = 2_000_000
MAX_CELLS = 20_000
MAX_SPAN = 60

_EMU_PER_PIXEL = 9525
_ALIGNS: Mapping[str, Align] = {"center": "center", "right": "end", "end": "end"}
_DROPPED = frozenset({f"{W}del", f"{W}moveFrom"})
_ACCEPTED = frozenset({f"{W}ins", f"{W}moveTo"})
_TRANSPARENT = _ACCEPTED | {
    f"{W}hyperlink",
    f"{W}smartTag",
    f"{W}customXml",
    f"{W}fldSimple",
    f"{W}sdt",
    f"{W}sdtContent",
    f"{W}dir",
    f"{W}bdo",
}
_BLOCK_WRAPPERS = frozenset(
    {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo", f"{W}smartTag"}
)
_CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_LENGTH = re.compile(r"(width|height)\s*:\s*([0-9.]{1,12})\s*(pt|px|in|cm|mm)", re.IGNORECASE)
_PIXELS = {"pt": 96 / 72, "px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}


@dataclass(kw_only=True)
class _Paragraph:
    """A paragraph while it is being read."""

    base: RunFormat
    glyphs: list[Glyph] = field(default_factory=list[Glyph])
    warnings: list[str] = field(default_factory=list[str])
    after: list[Source] = field(default_factory=list[Source])

    def write(self, text: str, look: RunFormat) -> None:
        composed = unicodedata.normalize("NFC", text)
        self.glyphs += [Glyph(character, look) for character in composed if character != OBJECT]

    def place(self, content: Math | Image | None) -> None:
        if content is not None:
            self.glyphs.append(Glyph(OBJECT, PLAIN, content))

    def warn(self, code: str) -> None:
        if code not in self.warnings:
            self.warnings.append(code)


class BodyReader:
    """One walk through a document's body; it holds the counters and limits of that walk."""

    def __init__(self, styles: Styles, numbering: Numbering, pictures: Pictures) -> None:
        self._styles = styles
        self._numbering = numbering
        self._pictures = pictures
        self._characters = 0
        self._cells = 0
        self._readers: dict[str, Callable[[Element, _Paragraph, RunFormat], None]] = {
            f"{W}t": self._read_text,
            f"{W}sym": self._read_symbol,
            f"{W}br": self._read_break,
            f"{W}drawing": self._read_drawing,
            f"{W}pict": self._read_vml,
            f"{W}object": self._read_object,
            f"{W}instrText": self._read_field,
            f"{MC}AlternateContent": self._read_alternate,
            f"{M}oMath": self._read_math,
            f"{M}oMathPara": self._read_display_math,
        }

    def read(self, parent: Element) -> list[Source]:
        """The lines and grids of a body, a cell or a text box.

        Raises UnreadableFile ``too_long`` and ``too_many_cells``, and the codes of pictures.
        """
        made: list[Source] = []
        open_paragraph: _Paragraph | None = None
        for child in elements(parent):
            if child.tag == f"{W}p":
                open_paragraph = self._read_paragraph(child, open_paragraph, made)
            elif child.tag == f"{W}tbl":
                made += self._read_table(child)
            elif child.tag in _BLOCK_WRAPPERS:
                made += self._read_wrapped(child)
            elif child.tag in (f"{M}oMathPara", f"{M}oMath"):
                made += self._read_loose_math(child)
        return made

    def _read_wrapped(self, child: Element) -> list[Source]:
        sources = self.read(child)
        return (
            [_with_warning(source, "tracked_changes") for source in sources]
            if child.tag in _ACCEPTED
            else sources
        )

    def _read_loose_math(self, child: Element) -> list[Source]:
        paragraph = _Paragraph(base=PLAIN)
        self._readers[child.tag](child, paragraph, PLAIN)
        return [Line(glyphs=tuple(paragraph.glyphs), warnings=tuple(paragraph.warnings))]

    def _read_paragraph(
        self, source: Element, pending: _Paragraph | None, made: list[Source]
    ) -> _Paragraph | None:
        """Add the paragraph's lines; one whose mark was deleted is given back, to run on into the next."""
        properties = source.find(f"{W}pPr")
        style_id = value(properties, f"{W}pStyle")
        paragraph = pending or _Paragraph(base=PLAIN)
        paragraph.base = self._styles.paragraph(style_id)
        self._read_inline(source, paragraph)
        mark = None if properties is None else properties.find(f"{W}rPr")
        if mark is not None and mark.find(f"{W}del") is not None:
            paragraph.warn("tracked_changes")
            return paragraph
        label = self._label(properties, read_format(mark).over(paragraph.base))
        made += _split(paragraph, self._align(properties, style_id), label)
        made += paragraph.after
        self._count(len(paragraph.glyphs))
        return None

    def _count(self, characters: int) -> None:
        self._characters += characters
        if self._characters > MAX_CHARACTERS:
            raise UnreadableFile("too_long", limit=MAX_CHARACTERS)

    def _label(self, properties: Element | None, mark: RunFormat) -> Label | None:
        label = self._numbering.next_label(properties, self._styles)
        return None if label is None else replace(label, format=label.format.over(mark))

    def _align(self, properties: Element | None, style_id: str | None) -> Align:
        own = value(properties, f"{W}jc")
        styles = self._styles.chain(style_id)
        return _ALIGNS.get(own or next((style.align for style in styles if style.align), ""), "start")

    def _read_inline(self, parent: Element, paragraph: _Paragraph) -> None:
        for child in elements(parent):
            if child.tag == f"{W}r":
                self._read_run(child, paragraph)
            elif child.tag in _DROPPED:
                paragraph.warn("tracked_changes")
            elif child.tag in _TRANSPARENT:
                if child.tag in _ACCEPTED:
                    paragraph.warn("tracked_changes")
                self._read_inline(child, paragraph)
            elif child.tag in self._readers:
                self._readers[child.tag](child, paragraph, paragraph.base)

    def _read_run(self, run: Element, paragraph: _Paragraph) -> None:
        properties = run.find(f"{W}rPr")
        base = self._styles.format(value(properties, f"{W}rStyle"), paragraph.base)
        look = read_format(properties).over(base)
        if look.hidden:
            if any(text.text for text in run.iter(f"{W}t")):
                paragraph.warn("hidden_text")
            return
        for child in elements(run):
            if child.tag in _CHARACTERS:
                paragraph.write(_CHARACTERS[child.tag], look)
            elif child.tag in self._readers:
                self._readers[child.tag](child, paragraph, look)

    def _read_text(self, source: Element, paragraph: _Paragraph, look: RunFormat) -> None:
        text = re.sub("[\r\n]", " ", source.text or "")
        if look.symbol_font or any("\uf000" <= character <= "\uf0ff" for character in text):
            text = "".join(
                _from_symbol(character, paragraph, forced=bool(look.symbol_font)) for character in text
            )
        paragraph.write(text, look)

    def _read_symbol(self, source: Element, paragraph: _Paragraph, look: RunFormat) -> None:
        digits = attribute(source, f"{W}char")
        font = attribute(source, f"{W}font").lower()
        code = int(digits, 16) if re.fullmatch("[0-9A-Fa-f]{1,4}", digits) else 0
        found = symbol(code) if font == "symbol" else None
        if found is None:
            paragraph.warn("unknown_symbol")
        paragraph.write(found or "□", look)

    def _read_break(self, source: Element, paragraph: _Paragraph, look: RunFormat) -> None:
        in_text = source.get(f"{W}type", "textWrapping") == "textWrapping"
        paragraph.write("\n" if in_text else " ", look)

    def _read_field(self, source: Element, paragraph: _Paragraph, look: RunFormat) -> None:
        # An EQ field draws a formula in a language of its own; the file holds no other form of it.
        if re.match(r"\s*eq\s*\\", source.text or "", re.IGNORECASE):
            paragraph.warn("unreadable_formula")

    def _read_math(
        self, source: Element, paragraph: _Paragraph, look: RunFormat, *, display: bool = False
    ) -> None:
        try:
            paragraph.place(read_formula(source, display=display))
        except UnreadableFormulaError:
            paragraph.warn("unreadable_formula")
            paragraph.write("".join(text.text or "" for text in source.iter(f"{M}t")), PLAIN)

    def _read_display_math(self, source: Element, paragraph: _Paragraph, look: RunFormat) -> None:
        for formula in source.iter(f"{M}oMath"):
            self._read_math(formula, paragraph, look, display=True)

    def _read_alternate(self, source: Element, paragraph: _Paragraph, look: RunFormat) -> None:
        choice, fallback = source.find(f"{MC}Choice"), source.find(f"{MC}Fallback")
        taken = choice if choice is not None and _is_readable(choice) else fallback
        taken = choice if taken is None else taken
        for child in () if taken is None else elements(taken):
            if child.tag == f"{W}r":
                self._read_run(child, paragraph)
            elif child.tag in self._readers:
                self._readers[child.tag](child, paragraph, look)

    def _read_drawing(self, source: Element, paragraph: _Paragraph, look: RunFormat) -> None:
        boxes = self._read_text_boxes(source, paragraph)
        blips = list(source.iter(f"{A}blip"))
        frame = next(
            (child for child in elements(source) if child.tag in (f"{WP}inline", f"{WP}anchor")), None
        )
        for blip in blips:
            size = _extent(frame) if len(blips) == 1 else None
            alt = value(frame, f"{WP}docPr", "descr") or ""
            self._place_image(paragraph, blip.get(f"{R}embed"), size, alt)
        if not blips and not boxes:
            paragraph.warn("unsupported_image")

    def _read_vml(self, source: Element, paragraph: _Paragraph, look: RunFormat) -> None:
        boxes = self._read_text_boxes(source, paragraph)
        pictures = self._read_vml_images(source, paragraph)
        drawn = any(
            source.find(f".//{V}{shape}") is not None
            for shape in ("line", "oval", "shape", "group", "polyline")
        )
        if drawn and not boxes and not pictures:
            paragraph.warn("unsupported_image")

    def _read_vml_images(self, source: Element, paragraph: _Paragraph) -> bool:
        found = False
        for data in source.iter(f"{V}imagedata"):
            shape = data.getparent()
            style = "" if shape is None else shape.get("style", "")
            alt = "" if shape is None else shape.get("alt", "")
            self._place_image(paragraph, data.get(f"{R}id"), _style_size(style), alt)
            found = True
        return found

    def _read_object(self, source: Element, paragraph: _Paragraph, look: RunFormat) -> None:
        embedded = source.find(f"{O}OLEObject")
        program = "" if embedded is None else attribute(embedded, "ProgID")
        is_formula = program.lower().startswith(("equation", "mathtype"))
        paragraph.warn("ole_formula" if is_formula else "ole_object")
        self._read_vml_images(source, paragraph)

    def _place_image(
        self, paragraph: _Paragraph, relationship: str | None, size: tuple[int, int] | None, alt: str
    ) -> None:
        try:
            paragraph.place(self._pictures.image(relationship, size, alt))
        except UnusableImageError as error:
            paragraph.warn(error.code)

    def _read_text_boxes(self, source: Element, paragraph: _Paragraph) -> bool:
        contents = [box for box in source.iter(f"{W}txbxContent") if not _is_nested(box, source)]
        for box in contents:
            lines = [line for line in self.read(box) if isinstance(line, Grid) or not line.is_blank]
            paragraph.after += lines
            if lines:
                paragraph.warn("text_box")
        return bool(contents)

    def _read_table(self, table: Element) -> list[Source]:
        rows: list[tuple[GridCell, ...]] = []
        rows_of_cells = _cells_of_rows(table)
        changed = False
        for line, cells in rows_of_cells:
            if line.find(f"{W}trPr/{W}del") is not None:
                changed = True
                continue
            changed = changed or line.find(f"{W}trPr/{W}ins") is not None
            header = bool(is_on(line, f"{W}trPr/{W}tblHeader"))
            rows.append(tuple(self._read_cell(cell, header=header) for cell in cells))
        if not rows:
            return []
        grid = Grid(rows=_merge_down(tuple(rows)), warnings=("tracked_changes",) if changed else ())
        return [grid]

    def _read_cell(self, cell: Element, *, header: bool) -> GridCell:
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise UnreadableFile("too_many_cells", limit=MAX_CELLS)
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        merged = merge is not None and merge.get(f"{W}val", "continue") == "continue"
        return GridCell(
            blocks=tuple(self.read(cell)),
            colspan=number(value(cell, f"{W}tcPr/{W}gridSpan"), 1, 1, MAX_SPAN),
            rowspan=0 if merged else 1,
            header=header,
        )


def _with_warning(source: Source, code: str) -> Source:
    return replace(source, warnings=tuple(dict.fromkeys((*source.warnings, code))))


def _from_symbol(character: str, paragraph: _Paragraph, *, forced: bool) -> str:
    private = "\uf000" <= character <= "\uf0ff"
    if not private and not forced:
        return character
    found = symbol(ord(character)) if private or ord(character) < 0x100 else character
    if found is None:
        paragraph.warn("unknown_symbol")
    return found or "□"


def _split(paragraph: _Paragraph, align: Align, label: Label | None) -> list[Line]:
    pieces: list[list[Glyph]] = [[]]
    for glyph in paragraph.glyphs:
        if glyph.character == "\n":
            pieces.append([])
        else:
            pieces[-1].append(glyph)
    return [
        Line(
            glyphs=tuple(piece),
            align=align,
            continues=place > 0,
            label=label if place == 0 else None,
            warnings=tuple(paragraph.warnings) if place == 0 else (),
        )
        for place, piece in enumerate(pieces)
    ]


def _is_readable(choice: Element) -> bool:
    return next(choice.iter(f"{W}txbxContent", f"{A}blip", f"{W}t", f"{M}t"), None) is not None


def _is_nested(box: Element, source: Element) -> bool:
    parent = box.getparent()
    while parent is not None and parent is not source:
        # The fallback repeats what the choice beside it says.
        if parent.tag in (f"{W}txbxContent", f"{MC}Fallback"):
            return True
        parent = parent.getparent()
    return False


def _extent(frame: Element | None) -> tuple[int, int] | None:
    width, height = (value(frame, f"{WP}extent", side) for side in ("cx", "cy"))
    if width is None or height is None:
        return None
    return tuple_of_pixels(
        number(width, 0, 0, 10**9) / _EMU_PER_PIXEL, number(height, 0, 0, 10**9) / _EMU_PER_PIXEL
    )


def tuple_of_pixels(width: float, height: float) -> tuple[int, int] | None:
    """Whole pixels; None for a picture without a size."""
    return (max(1, round(width)), max(1, round(height))) if width > 0 and height > 0 else None


def _style_size(style: str) -> tuple[int, int] | None:
    lengths = {
        side.lower(): float(digits) * _PIXELS[unit.lower()]
        for side, digits, unit in _LENGTH.findall(style)
        if digits.count(".") <= 1 and digits != "."
    }
    return tuple_of_pixels(lengths.get("width", 0), lengths.get("height", 0))


def _cells_of_rows(table: Element) -> list[tuple[Element, list[Element]]]:
    return [(row, _unwrapped(row, f"{W}tc")) for row in _unwrapped(table, f"{W}tr")]


def _unwrapped(parent: Element, tag: str) -> list[Element]:
    found: list[Element] = []
    for child in elements(parent):
        if child.tag == tag:
            found.append(child)
        elif child.tag in _BLOCK_WRAPPERS:
            found += _unwrapped(child, tag)
    return found


def _merge_down(rows: tuple[tuple[GridCell, ...], ...]) -> tuple[tuple[GridCell, ...], ...]:
    """Cells merged downwards as one cell with a row span; a cell read with span 0 continues the one above."""
    made: list[list[GridCell]] = []
    above: dict[int, tuple[int, int]] = {}
    for row_place, row in enumerate(rows):
        made.append([])
        column = 0
        for cell in row:
            if cell.rowspan == 0 and column in above:
                owner_row, owner_place = above[column]
                owner = made[owner_row][owner_place]
                made[owner_row][owner_place] = replace(
                    owner, rowspan=min(MAX_SPAN, row_place - owner_row + 1)
                )
            else:
                above[column] = (row_place, len(made[row_place]))
                made[row_place].append(replace(cell, rowspan=1))
            column += cell.colspan
    return tuple(tuple(row) for row in made)

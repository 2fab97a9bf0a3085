"""Lines and grids to rich text."""

from collections.abc import Sequence
from itertools import groupby

from item_bank.formats.docx.lines import Grid, GridCell, Line, Source, joined
from item_bank.formats.errors import UnreadableFile
from item_bank.richtext import Block, Cell, Inline, ListBlock, Paragraph, RichText, Table, sanitise


def rich(sources: Sequence[Source], place: str) -> RichText:
    """The sources as rich text; ``place`` names it in errors.

    Raises UnreadableFile ``item_too_long`` when it is beyond the limits of a rich text.
    """
    try:
        return sanitise(tuple(_blocks(sources)))
    except ValueError as error:
        raise UnreadableFile("item_too_long", place=place) from error


def _blocks(sources: Sequence[Source]) -> list[Block]:
    made: list[Block] = []
    for is_grid, group in groupby(sources, key=lambda source: isinstance(source, Grid)):
        members = list(group)
        if is_grid:
            made += [_table(grid) for grid in members if isinstance(grid, Grid)]
        else:
            made += _flow([line for line in members if isinstance(line, Line)])
    return made


def _flow(lines: Sequence[Line]) -> list[Paragraph | ListBlock]:
    made: list[Paragraph | ListBlock] = []
    bullets: list[tuple[Inline, ...]] = []
    for paragraph in _paragraphs(lines):
        is_bullet = paragraph[0].label is not None and paragraph[0].label.bullet
        if bullets and not is_bullet:
            made.append(ListBlock(entries=tuple(bullets)))
            bullets = []
        if is_bullet:
            bullets.append(joined(paragraph))
        else:
            made.append(Paragraph(children=joined(paragraph), align=paragraph[0].align))
    return made + ([ListBlock(entries=tuple(bullets))] if bullets else [])


def _paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    made: list[list[Line]] = []
    for line in lines:
        trimmed = line.cut(0)
        if trimmed.continues and made:
            made[-1].append(trimmed)
        elif trimmed.glyphs:
            made.append([trimmed])
    return [_without_blank_ends(paragraph) for paragraph in made]


def _without_blank_ends(paragraph: list[Line]) -> list[Line]:
    while len(paragraph) > 1 and not paragraph[-1].glyphs:
        paragraph = paragraph[:-1]
    return paragraph


def _table(grid: Grid) -> Table:
    return Table(rows=tuple(tuple(_cell(cell) for cell in row) for row in grid.rows))


def _cell(cell: GridCell) -> Cell:
    return Cell(
        children=tuple(_flow(_lines_of(cell.blocks))),
        header=cell.header,
        colspan=cell.colspan,
        rowspan=cell.rowspan,
    )


def _lines_of(blocks: Sequence[Source]) -> list[Line]:
    """The lines of a cell; a table in a cell is read cell by cell."""
    made: list[Line] = []
    for block in blocks:
        if isinstance(block, Line):
            made.append(block.labelled())
        else:
            made += [line for row in block.rows for cell in row for line in _lines_of(cell.blocks)]
    return made

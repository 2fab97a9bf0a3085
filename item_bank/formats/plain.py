"""Rich text as one plain string, for reports and terminals."""

from collections.abc import Sequence

from item_bank.richtext import Block, Break, Image, Inline, ListBlock, Math, Paragraph, RichText, Text

_TAGS = {"u": "u", "sup": "sup", "sub": "sub"}


def to_text(text: RichText) -> str:
    """Paragraphs on lines of their own; formulas as ``$latex$``; <sup>, <sub>, <u>; nothing for pictures.

    Table rows are lines of cells parted by " | ". Bold and italic are left out; no character is escaped.
    """
    return "\n".join(line for block in text for line in _block_lines(block)).strip()


def _block_lines(block: Block) -> list[str]:
    match block:
        case Paragraph():
            return _present(inline_text(block.children))
        case ListBlock():
            return [f"- {inline_text(entry)}" for entry in block.entries]
        case _:
            return [" | ".join(" ".join(_flow_lines(cell.children)) for cell in row) for row in block.rows]


def _flow_lines(blocks: Sequence[Paragraph | ListBlock]) -> list[str]:
    return [line for block in blocks for line in _block_lines(block)]


def _present(line: str) -> list[str]:
    return [line] if line else []


def inline_text(inlines: Sequence[Inline]) -> str:
    """One paragraph as a string."""
    return "".join(_inline(inline) for inline in inlines).strip()


def _inline(inline: Inline) -> str:
    match inline:
        case Text():
            return _marked(inline)
        case Math():
            return f"${inline.latex}$"
        case Break():
            return "\n"
        case Image():
            return ""


def _marked(run: Text) -> str:
    text = run.text
    for mark in run.marks:
        if mark in _TAGS and text.strip():
            text = f"<{_TAGS[mark]}>{text}</{_TAGS[mark]}>"
    return text

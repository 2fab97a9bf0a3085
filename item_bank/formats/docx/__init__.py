"""Reads a Word file (.docx) of questions into a draft."""

from item_bank.formats.docx.body import BodyReader
from item_bank.formats.docx.images import Pictures
from item_bank.formats.docx.numbering import read_numbering
from item_bank.formats.docx.package import open_package
from item_bank.formats.docx.paper import read_paper
from item_bank.formats.docx.styles import read_styles
from item_bank.formats.docx.xml import W, parse
from item_bank.formats.errors import UnreadableFile
from item_bank.item import Draft

__all__ = ["read_docx"]


def read_docx(data: bytes) -> Draft:
    """The draft of a Word file: items, passages, pictures and doubts.

    Raises UnreadableFile when the file as a whole cannot be read.
    """
    package = open_package(data)
    body = parse(package.part(package.main)).find(f"{W}body")
    if body is None:
        raise UnreadableFile("not_docx")
    pictures = Pictures(package=package)
    reader = BodyReader(
        styles=read_styles(package.related("styles")),
        numbering=read_numbering(package.related("numbering")),
        pictures=pictures,
    )
    sources = reader.read(body)
    return read_paper(sources, pictures.assets())

"""The XML of a Word file: names, and one strict parser."""

from collections.abc import Iterator

from lxml import etree

from item_bank.formats.errors import UnreadableFile

Element = etree._Element  # pyright: ignore[reportPrivateUsage] -- lxml has no public name for the type

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V = "{urn:schemas-microsoft-com:vml}"
O = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 -- the prefix that Word itself uses
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_TRANSITIONAL = b"http://schemas.openxmlformats.org/"
# "Strict Open XML" from Word differs in its namespaces alone.
_STRICT: tuple[tuple[bytes, bytes], ...] = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", _TRANSITIONAL + b"wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", _TRANSITIONAL + b"officeDocument/2006/math"),
    (b"http://purl.oclc.org/ooxml/drawingml/main", _TRANSITIONAL + b"drawingml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
        _TRANSITIONAL + b"drawingml/2006/wordprocessingDrawing",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        _TRANSITIONAL + b"officeDocument/2006/relationships",
    ),
)
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))


def parse(data: bytes) -> Element:
    """The root element of a part.

    Raises UnreadableFile: ``external_entity`` for any DOCTYPE; ``broken_xml`` when not well-formed or nested
    too deep.
    """
    if any(doctype in data for doctype in _DOCTYPES):
        raise UnreadableFile("external_entity")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_transitional(data), parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise UnreadableFile("broken_xml") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableFile("external_entity")
    return root


def _transitional(data: bytes) -> bytes:
    if b"http://purl.oclc.org/ooxml/" not in data:
        return data
    for strict, transitional in _STRICT:
        data = data.replace(strict, transitional)
    return data


def value(parent: Element | None, path: str, attribute: str = f"{W}val") -> str | None:
    """The attribute of the first element at the path; None where the element or the attribute is missing."""
    found = None if parent is None else parent.find(path)
    return None if found is None else found.get(attribute)


def attribute(element: Element, name: str) -> str:
    """The attribute's text, empty when it is missing."""
    return element.get(name) or ""


def is_on(parent: Element | None, path: str, namespace: str = W) -> bool | None:
    """An on/off property: True when present and not switched off, None when absent."""
    found = None if parent is None else parent.find(path)
    return None if found is None else found.get(f"{namespace}val", "1") not in ("0", "false", "off")


def number(text: str | None, default: int, low: int, high: int) -> int:
    """A whole number held within its limits; the default for what is none."""
    digits = (text or "").strip()
    if not digits.lstrip("-").isascii() or not digits.lstrip("-").isdigit() or len(digits) > 18:
        return default
    return max(low, min(high, int(digits)))


def elements(parent: Element) -> Iterator[Element]:
    """Child elements, without the nodes that unresolved entities leave."""
    return (
        child
        for child in parent
        if isinstance(child.tag, str)  # pyright: ignore[reportUnnecessaryIsInstance] -- a function for entities
    )

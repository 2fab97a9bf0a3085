"""Formulas from outside: only MathML Core presentation markup comes through.

The tree is rebuilt from the lists below, never pruned, so what is not named here cannot reach a page.
"""

import re
import unicodedata
from collections.abc import Mapping

from lxml import etree

Element = etree._Element  # pyright: ignore[reportPrivateUsage] -- lxml has no public name for the type

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
MAX_CHARACTERS = 50_000
MAX_DEPTH = 60

_TOKENS = frozenset({"mi", "mn", "mo", "ms", "mtext"})
_ROWS = frozenset(
    {"math", "mrow", "msqrt", "mstyle", "merror", "mpadded", "mphantom", "mmultiscripts", "mtd"}
)
_EMPTY = frozenset({"mspace", "mprescripts", "none"})
_ARITY: Mapping[str, int] = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3,
}  # fmt: skip
_TABLE: Mapping[str, str] = {"mtable": "mtr", "mtr": "mtd"}
_ELEMENTS = _TOKENS | _ROWS | _EMPTY | _ARITY.keys() | _TABLE.keys()

_BOOLEAN = re.compile("true|false")
_LENGTH = re.compile(r"[+-]?(\d{1,4}(\.\d{1,6})?|\.\d{1,6})(em|ex|px|pt|pc|cm|mm|in|%)?")
_SPAN = re.compile("[1-9][0-9]?")
# MathML Core leaves the alignment of columns to CSS; the attribute is kept for a style sheet to select on,
# because a system of equations behind a brace must align left.
_ALIGN = re.compile("(left|center|right)( (left|center|right)){0,19}")
_ANYWHERE: Mapping[str, re.Pattern[str]] = {
    "dir": re.compile("ltr|rtl"),
    "displaystyle": _BOOLEAN,
    "scriptlevel": re.compile("[+-]?[0-9]"),
    "mathvariant": re.compile("[a-z-]{1,30}"),
}
_OPERATOR: Mapping[str, re.Pattern[str]] = {
    "form": re.compile("prefix|infix|postfix"),
    **dict.fromkeys(("fence", "separator", "stretchy", "symmetric", "largeop", "movablelimits"), _BOOLEAN),
    **dict.fromkeys(("lspace", "rspace", "minsize", "maxsize"), _LENGTH),
}
_ATTRIBUTES: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "math": {"display": re.compile("block|inline")},
    "mo": _OPERATOR,
    "mfrac": {"linethickness": _LENGTH},
    "mspace": dict.fromkeys(("width", "height", "depth"), _LENGTH),
    "mpadded": dict.fromkeys(("width", "height", "depth", "lspace", "voffset"), _LENGTH),
    "munder": {"accentunder": _BOOLEAN},
    "mover": {"accent": _BOOLEAN},
    "munderover": {"accent": _BOOLEAN, "accentunder": _BOOLEAN},
    "mtable": {"columnalign": _ALIGN},
    "mtd": {"columnspan": _SPAN, "rowspan": _SPAN},
}


def sanitise_mathml(text: str) -> str:
    """The formula as a canonical ``<math>`` element in the MathML namespace. Idempotent.

    Raises ValueError with a code as its message: ``mathml_too_long``; ``mathml_too_deep``;
    ``mathml_unreadable`` when it is not well-formed or has a DOCTYPE; ``mathml_not_allowed`` for an element,
    attribute or value not on the list, text outside a token, or a wrong number of arguments.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError("mathml_too_long")
    root = _parse(text)
    if _name(root) != "math":
        raise ValueError("mathml_not_allowed")
    return etree.tostring(_rebuild(root, 1), encoding="unicode")


def _parse(text: str) -> Element:
    if "<!" in text or "<?" in text:  # a DOCTYPE, CDATA, comment or processing instruction
        raise ValueError("mathml_unreadable")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("mathml_unreadable") from error


def _name(element: Element) -> str:
    tag = etree.QName(element)
    if tag.namespace not in (None, NAMESPACE) or tag.localname not in _ELEMENTS:
        raise ValueError("mathml_not_allowed")
    return tag.localname


def _rebuild(element: Element, depth: int) -> Element:
    if depth > MAX_DEPTH:
        raise ValueError("mathml_too_deep")
    name = _name(element)
    _check_children(name, [_name(child) for child in element])
    made = etree.Element(f"{{{NAMESPACE}}}{name}", _attributes(name, element), {None: NAMESPACE})
    made.text = _text(name, element.text)
    for child in element:
        _text("", child.tail)
        made.append(_rebuild(child, depth + 1))
    return made


def _check_children(name: str, children: list[str]) -> None:
    fits = (
        not children
        if name in _TOKENS | _EMPTY
        else len(children) == _ARITY.get(name, len(children))
        and all(child == _TABLE[name] for child in children if name in _TABLE)
    )
    if not fits:
        raise ValueError("mathml_not_allowed")


def _attributes(name: str, element: Element) -> dict[str, str]:
    allowed = {**_ANYWHERE, **_ATTRIBUTES.get(name, {})}
    for key, value in element.items():
        if key not in allowed or allowed[key].fullmatch(value) is None:
            raise ValueError("mathml_not_allowed")
    return dict(sorted(element.items()))


def _text(name: str, text: str | None) -> str | None:
    if name in _TOKENS:
        return unicodedata.normalize("NFC", text) if text else None
    if text and text.strip():
        raise ValueError("mathml_not_allowed")
    return None

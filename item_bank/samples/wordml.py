"""Just enough WordprocessingML and OMML to write a test paper by hand; functions give pieces of XML."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from lxml import etree

_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_EMU_PER_PIXEL = 9525
# Tab stops for two or four options on a line, in twentieths of a point.
_TABS = {1: (), 2: (4800,), 4: (2500, 4900, 7300)}


def text(content: str, *, bold: bool = False, underline: bool = False, italic: bool = False) -> str:
    """A run of text; a tab character becomes a tab."""
    looks = (("<w:b/>", bold), ("<w:i/>", italic), ('<w:u w:val="single"/>', underline))
    look = "".join(mark for mark, on in looks if on)
    body = escape(content).replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{body}</w:t></w:r>'


def runs(*parts: str) -> str:
    """Parts side by side; what is not XML yet is plain text."""
    return "".join(part if part.startswith("<") else text(part) for part in parts)


def paragraph(*parts: str, columns: int = 1, center: bool = False) -> str:
    """A paragraph, with tab stops for so many columns."""
    stops = "".join(f'<w:tab w:val="left" w:pos="{place}"/>' for place in _TABS[columns])
    tabs = f"<w:tabs>{stops}</w:tabs>" if stops else ""
    align = '<w:jc w:val="center"/>' if center else ""
    return f"<w:p><w:pPr>{tabs}{align}</w:pPr>{runs(*parts)}</w:p>"


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table with lines, its cells centred."""
    sides = "".join(f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right"))
    inside = '<w:insideH w:val="single" w:sz="4"/><w:insideV w:val="single" w:sz="4"/>'
    grid = "<w:gridCol/>" * len(rows[0])
    lines = "".join(f"<w:tr>{''.join(map(_cell, row))}</w:tr>" for row in rows)
    properties = f'<w:tblPr><w:jc w:val="center"/><w:tblBorders>{sides}{inside}</w:tblBorders></w:tblPr>'
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>"


def _cell(content: str) -> str:
    return f"<w:tc><w:tcPr/>{paragraph(content, center=True)}</w:tc>"


def picture(relationship: str, number: int, size: tuple[int, int], description: str) -> str:
    """A picture in the line; its size in CSS pixels."""
    width, height = (length * _EMU_PER_PIXEL for length in size)
    named = f'id="{number}" name="Hinh {number}"'
    frame = f'<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/>'
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr {named} descr="{escape(description)}"/><a:graphic>'
        f'<a:graphicData uri="{_PICTURE}"><pic:pic><pic:nvPicPr><pic:cNvPr {named}/>'
        f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relationship}"/>'
        "<a:stretch><a:fillRect/>"
        f'</a:stretch></pic:blipFill><pic:spPr><a:xfrm>{frame}</a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def formula(*parts: str) -> str:
    """An inline formula; what is not XML yet is a run of it."""
    return f"<m:oMath>{''.join(map(_math, parts))}</m:oMath>"


def _math(part: str, *, upright: bool = False) -> str:
    if part.startswith("<"):
        return part
    style = '<m:rPr><m:sty m:val="p"/></m:rPr>' if upright else ""
    font = '<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"/></w:rPr>'
    return f'<m:r>{style}{font}<m:t xml:space="preserve">{escape(part)}</m:t></m:r>'


def upright(content: str) -> str:
    """A run of a formula that is not slanted."""
    return _math(content, upright=True)


def join(*parts: str) -> str:
    """Parts of a formula side by side."""
    return "".join(map(_math, parts))


def _structure(name: str, properties: str = "", **parts: str) -> str:
    head = f"<m:{name}Pr>{properties}</m:{name}Pr>" if properties else ""
    body = "".join(
        f"<m:{part}>{_math(content) if content else ''}</m:{part}>" for part, content in parts.items()
    )
    return f"<m:{name}>{head}{body}</m:{name}>"


def _character(name: str, character: str) -> str:
    return f'<m:{name} m:val="{escape(character)}"/>'


def fraction(above: str, below: str) -> str:
    """A fraction."""
    return _structure("f", num=above, den=below)


def root(content: str) -> str:
    """A square root."""
    return _structure("rad", '<m:degHide m:val="1"/>', deg="", e=content)


def power(base: str, above: str) -> str:
    """A base with a superscript."""
    return _structure("sSup", e=base, sup=above)


def index(base: str, below: str) -> str:
    """A base with a subscript."""
    return _structure("sSub", e=base, sub=below)


def integral(below: str, above: str, content: str) -> str:
    """An integral; without limits an indefinite one."""
    hidden = "" if below else '<m:subHide m:val="1"/><m:supHide m:val="1"/>'
    return _structure("nary", _character("chr", "∫") + hidden, sub=below, sup=above, e=content)


def total(below: str, above: str, content: str) -> str:
    """A sum."""
    return _structure(
        "nary", _character("chr", "∑") + _character("limLoc", "undOvr"), sub=below, sup=above, e=content
    )


def fenced(content: str, opening: str = "(", closing: str = ")") -> str:
    """Brackets around a content, as high as it."""
    return _structure("d", _character("begChr", opening) + _character("endChr", closing), e=content)


def system(*equations: str) -> str:
    """Equations behind a brace."""
    rows = "".join(f"<m:e>{_math(equation)}</m:e>" for equation in equations)
    return fenced(f"<m:eqArr>{rows}</m:eqArr>", "{", "")


def vector(name: str) -> str:
    """A name under an arrow."""
    return _structure("acc", _character("chr", "\u20d7"), e=name)


def function(name: str, argument: str) -> str:
    """A function with an upright name."""
    return _structure("func", fName=upright(name), e=argument)


def limit(below: str, content: str) -> str:
    """The limit of a content."""
    return _structure("func", fName=_structure("limLow", e=upright("lim"), lim=below), e=content)


_STYLES = (
    f'<w:styles {_NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" '
    'w:hAnsi="Times New Roman" w:cs="Times New Roman"/><w:sz w:val="24"/>'
    '<w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault>'
    '<w:pPrDefault><w:pPr><w:spacing w:after="80" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
    "</w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    "</w:styles>"
)
_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1000" w:right="1000" w:bottom="1000" w:left="1000" '
    'w:header="500" w:footer="500" w:gutter="0"/>'
    "</w:sectPr>"
)


def document(blocks: Sequence[str], pictures: Mapping[str, bytes]) -> bytes:
    """The bytes of a .docx file, the same for the same input; ``pictures`` are PNG by relationship id."""
    overrides = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_MAIN}.{kind}+xml"/>'
        for part, kind in (("document", "document.main"), ("styles", "styles"))
    )
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/><Default '
        f'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="png" ContentType="image/png"/>{overrides}</Types>'
    )
    links = {"rIdStyles": ("styles", "styles.xml")} | {
        name: ("image", f"media/{name}.png") for name in pictures
    }
    body = f"<w:document {_NAMESPACES}><w:body>{''.join(blocks)}{_PAGE}</w:body></w:document>"
    return _zip(
        {
            "[Content_Types].xml": _xml(types),
            "_rels/.rels": _xml(_relationships({"rIdMain": ("officeDocument", "word/document.xml")})),
            "word/document.xml": _xml(body),
            "word/_rels/document.xml.rels": _xml(_relationships(links)),
            "word/styles.xml": _xml(_STYLES),
            **{f"word/media/{name}.png": data for name, data in pictures.items()},
        }
    )


def _relationships(links: Mapping[str, tuple[str, str]]) -> str:
    entries = (
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in links.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(entries)}</Relationships>'


def _xml(content: str) -> bytes:
    return etree.tostring(etree.fromstring(content), encoding="UTF-8", xml_declaration=True, standalone=True)


def _zip(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            # The default date of ZipInfo, 1980-01-01, keeps the bytes the same from day to day.
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()

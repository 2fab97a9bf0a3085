"""Word files for tests, written by hand: strings of WordprocessingML in a zip."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

BOLD = "<w:b/>"
ITALIC = "<w:i/>"
UNDERLINE = '<w:u w:val="single"/>'
RED = '<w:color w:val="FF0000"/>'
HIGHLIGHT = '<w:highlight w:val="yellow"/>'


def run(text: str, look: str = "", style: str = "") -> str:
    """A run; tabs and line breaks of the text become Word's."""
    styled = f'<w:rStyle w:val="{style}"/>' if style else ""
    body = escape(text).replace("\t", "</w:t><w:tab/><w:t xml:space='preserve'>")
    body = body.replace("\n", "</w:t><w:br/><w:t xml:space='preserve'>")
    return f"<w:r><w:rPr>{styled}{look}</w:rPr><w:t xml:space='preserve'>{body}</w:t></w:r>"


def p(*content: str, style: str = "", num: str = "", level: int = 0, mark: str = "") -> str:
    """A paragraph of runs; plain text becomes a plain run. ``num``: its list, ``mark``: its mark's look."""
    numbered = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>' if num else ""
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    marked = f"<w:rPr>{mark}</w:rPr>" if mark else ""
    runs = "".join(part if part.startswith("<") else run(part) for part in content if part)
    return f"<w:p><w:pPr>{styled}{numbered}{marked}</w:pPr>{runs}</w:p>"


def table(*rows: Sequence[str]) -> str:
    """A table; cells that do not start with "<" are plain paragraphs."""
    lines = "".join(f"<w:tr>{''.join(map(_cell, row))}</w:tr>" for row in rows)
    return f"<w:tbl><w:tblPr/>{lines}</w:tbl>"


def _cell(content: str) -> str:
    return f"<w:tc><w:tcPr/>{content if content.startswith('<') else p(content)}</w:tc>"


def math(content: str) -> str:
    """An inline formula; what does not start with "<" is a plain math run."""
    return f"<m:oMath>{content if content.startswith('<') else math_run(content)}</m:oMath>"


def math_run(text: str, look: str = "") -> str:
    """A run of a formula."""
    return f"<m:r><m:rPr>{look}</m:rPr><m:t xml:space='preserve'>{escape(text)}</m:t></m:r>"


def picture(
    relationship: str = "rIdPicture", width: int = 96, height: int = 48, description: str = ""
) -> str:
    """A run with a picture; its size in CSS pixels."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{width * 9525}" cy="{height * 9525}"/>'
        f'<wp:docPr id="1" name="Picture" descr="{escape(description)}"/><a:graphic><a:graphicData>'
        f'<a:blip r:embed="{relationship}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def numbering(**patterns: str) -> str:
    """The numbering part: by list number (``n1``), its format and label, such as ``upperLetter %1.``."""
    levels = "".join(
        f'<w:abstractNum w:abstractNumId="{name[1:]}"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        f'<w:numFmt w:val="{pattern.partition(" ")[0]}"/>'
        f'<w:lvlText w:val="{pattern.partition(" ")[2]}"/></w:lvl>'
        "</w:abstractNum>"
        for name, pattern in patterns.items()
    )
    lists = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{name[1:]}"/>{restart}</w:num>'
        for name in patterns
        for number, restart in (
            (name[1:], ""),
            (f"{name[1:]}00", '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'),
        )
    )
    return f"<w:numbering {NAMESPACES}>{levels}{lists}</w:numbering>"


def styles(content: str) -> str:
    """The styles part."""
    return f"<w:styles {NAMESPACES}>{content}</w:styles>"


def png(width: int = 4, height: int = 2) -> bytes:
    """A white picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\xff" * width) * height if width * height < 10**6 else b""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def docx(
    *blocks: str,
    parts: Mapping[str, bytes] | None = None,
    relationships: str = "",
    content_type: str = MAIN_TYPE,
    numbers: str = "",
    style_sheet: str = "",
) -> bytes:
    """The bytes of a Word file with these paragraphs and tables. ``parts`` adds or replaces parts."""
    document = f"<w:document {NAMESPACES}><w:body>{''.join(blocks)}<w:sectPr/></w:body></w:document>"
    files: dict[str, bytes] = {
        "[Content_Types].xml": _content_types(content_type).encode(),
        "_rels/.rels": _relationships(
            f'<Relationship Id="a" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        ),
        "word/document.xml": document.encode(),
        "word/_rels/document.xml.rels": _relationships(
            f'<Relationship Id="n" Type="{_OFFICE}/numbering" Target="numbering.xml"/>'
            f'<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rIdPicture" Type="{_OFFICE}/image" Target="media/image1.png"/>{relationships}'
        ),
    }
    files |= {"word/numbering.xml": numbers.encode()} if numbers else {}
    files |= {"word/styles.xml": style_sheet.encode()} if style_sheet else {}
    return zipped({**files, **(parts or {})})


def _content_types(content_type: str) -> str:
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{content_type}"/></Types>'
    )


def _relationships(content: str) -> bytes:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{content}</Relationships>'.encode()


def zipped(files: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return buffer.getvalue()


def files_of(data: bytes) -> dict[str, bytes]:
    """The parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def stored(data: bytes) -> bytes:
    """The same file without compression, which no check of ratios can refuse."""
    return zipped(files_of(data), compression=zipfile.ZIP_STORED)

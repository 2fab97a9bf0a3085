"""The zip package of a Word file, opened with a limit on everything."""

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from item_bank.formats.docx.xml import Element, attribute, parse
from item_bank.formats.errors import UnreadableFile

MAX_FILE_BYTES = 20 * 2**20
MAX_UNPACKED_BYTES = 200 * 2**20
MAX_PART_BYTES = 50 * 2**20
MAX_ENTRIES = 2_000
MAX_RATIO = 200
# Small parts of blanks compress by more than the ratio and harm nobody.
_RATIO_FREE_BYTES = 2**20

_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# What other Office files say they are, and the sentence that tells their owner what to do.
_REFUSED = (
    ("macroenabled", "macro_file"),
    ("spreadsheetml", "spreadsheet_file"),
    ("presentationml", "slides_file"),
)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, kw_only=True)
class Relationship:
    """What a part points at; ``target`` is a part name, or None for anything outside the package."""

    kind: str
    target: str | None


@dataclass(frozen=True, kw_only=True)
class Package:
    """The parts of an open Word file; ``main`` names its document part."""

    archive: zipfile.ZipFile
    names: frozenset[str]
    main: str
    relationships: Mapping[str, Relationship]

    def part(self, name: str) -> bytes:
        """The bytes of a part. Raises UnreadableFile ``truncated`` when it cannot be unpacked."""
        return _read(self.archive, name)

    def related(self, kind: str) -> Element | None:
        """The parsed part that the document points at by a relationship of this kind, or None."""
        for relationship in self.relationships.values():
            if relationship.kind == kind and relationship.target in self.names:
                return parse(self.part(relationship.target))
        return None

    def target(self, identifier: str | None) -> str | None:
        """The part behind a relationship id of the document; None when there is none inside the package."""
        found = self.relationships.get(identifier or "")
        return found.target if found is not None and found.target in self.names else None


def open_package(data: bytes) -> Package:
    """The package in a .docx file.

    Raises UnreadableFile: ``too_large``, ``old_word_file``, ``not_docx``, ``truncated``, ``encrypted``,
    ``zip_bomb``,
    ``too_many_parts``, ``macro_file``, ``spreadsheet_file``, ``slides_file``, and the codes of ``xml.parse``.
    """
    archive = _open_archive(data)
    _check_limits(archive.infolist())
    names = frozenset(archive.namelist())
    if "[Content_Types].xml" not in names or "_rels/.rels" not in names:
        raise UnreadableFile("not_docx")
    main = _main_part(archive, names)
    links = posixpath.join(posixpath.dirname(main), "_rels", posixpath.basename(main) + ".rels")
    relationships = _relationships(archive, links, posixpath.dirname(main)) if links in names else {}
    return Package(archive=archive, names=names, main=main, relationships=relationships)


def _open_archive(data: bytes) -> zipfile.ZipFile:
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableFile("too_large", limit_mib=MAX_FILE_BYTES // 2**20)
    if data.startswith(_OLE_MAGIC):
        raise UnreadableFile("old_word_file")
    if not data.startswith(b"PK"):
        raise UnreadableFile("not_docx")
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _ZIP_ERRORS as error:
        raise UnreadableFile("truncated") from error


def _check_limits(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFile("too_many_parts", limit=MAX_ENTRIES)
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile("encrypted")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES or any(map(_is_bomb, entries)):
        raise UnreadableFile("zip_bomb")


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    squeezed = entry.file_size > max(_RATIO_FREE_BYTES, MAX_RATIO * entry.compress_size)
    return squeezed or entry.file_size > MAX_PART_BYTES


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    # zipfile never gives more than the size the entry declares, and that has been checked.
    try:
        return archive.read(name)
    except (*_ZIP_ERRORS, KeyError) as error:
        raise UnreadableFile("truncated") from error


def _main_part(archive: zipfile.ZipFile, names: frozenset[str]) -> str:
    for relationship in _relationships(archive, "_rels/.rels", "").values():
        if relationship.kind == "officeDocument" and relationship.target in names:
            _check_type(_content_type(archive, relationship.target))
            return relationship.target
    raise UnreadableFile("not_docx")


def _relationships(archive: zipfile.ZipFile, name: str, folder: str) -> dict[str, Relationship]:
    return {
        attribute(link, "Id"): Relationship(
            kind=attribute(link, "Type").rpartition("/")[2],
            target=None
            if link.get("TargetMode") == "External"
            else _resolve(attribute(link, "Target"), folder),
        )
        for link in parse(_read(archive, name)).iter(f"{_RELATIONSHIPS}Relationship")
    }


def _resolve(target: str, folder: str) -> str:
    path = unquote(target)
    return path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))


def _content_type(archive: zipfile.ZipFile, name: str) -> str:
    types = parse(_read(archive, "[Content_Types].xml"))
    for override in types.iter(f"{_TYPES}Override"):
        if attribute(override, "PartName").lower() == f"/{name}".lower():
            return attribute(override, "ContentType")
    extension = name.rpartition(".")[2].lower()
    for default in types.iter(f"{_TYPES}Default"):
        if attribute(default, "Extension").lower() == extension:
            return attribute(default, "ContentType")
    return ""


def _check_type(content_type: str) -> None:
    if content_type == _DOCUMENT:
        return
    lowered = content_type.lower()
    raise UnreadableFile(next((code for word, code in _REFUSED if word in lowered), "not_docx"))

"""An exam's responses as bytes, to be kept: no more than marking needs, item by item."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from exam_server.core.coded_exam import CodedExam
from exam_server.protocol.sitting import Response
from scoring.arrays import IntArray

_QUICK = 1
_WIDTHS = ("<i1", "<i2", "<i4")

Column = NDArray[np.signedinteger]


@dataclass(frozen=True, kw_only=True, eq=False)
class KeptResponses:
    """``sittings`` of shape (n_scripts,): ids. ``columns``: for each item the codes of all scripts, shape
    (n_scripts,), as in ``CodedExam``. ``books``: its responses."""

    items: tuple[int, ...]
    sittings: IntArray
    columns: tuple[Column, ...]
    books: tuple[tuple[Response, ...], ...]


class _Packed(msgspec.Struct, frozen=True, kw_only=True):
    """Arrays as little-endian bytes; each column as narrow as its book allows."""

    items: tuple[int, ...]
    sittings: bytes
    columns: tuple[bytes, ...]
    books: tuple[tuple[Response, ...], ...]


_DECODER = msgspec.msgpack.Decoder(_Packed)


def kept_responses(coded: CodedExam) -> KeptResponses:
    """What marking needs of an exam."""
    return KeptResponses(
        items=tuple(entry.question.id for entry in coded.paper),
        sittings=coded.sittings,
        columns=tuple(
            column.astype(_width(book)) for column, book in zip(coded.codes.T, coded.books, strict=True)
        ),
        books=coded.books,
    )


def pack(kept: KeptResponses) -> bytes:
    """The responses as bytes."""
    packed = _Packed(
        items=kept.items,
        sittings=kept.sittings.astype("<i8").tobytes(),
        columns=tuple(column.tobytes() for column in kept.columns),
        books=kept.books,
    )
    return zlib.compress(msgspec.msgpack.encode(packed), _QUICK)


def unpack(data: bytes, items: Sequence[int]) -> KeptResponses:
    """The responses to these items. Raises ValueError when they are to others."""
    packed = _DECODER.decode(zlib.decompress(data))
    if packed.items != tuple(items):
        raise ValueError("the paper has other items")
    columns = zip(packed.columns, packed.books, strict=True)
    return KeptResponses(
        items=packed.items,
        sittings=np.frombuffer(packed.sittings, dtype="<i8"),
        columns=tuple(np.frombuffer(column, dtype=_width(book)) for column, book in columns),
        books=packed.books,
    )


def _width(book: Sequence[Response]) -> str:
    """The narrowest type that holds every code of the book, and −1."""
    return next(width for width in _WIDTHS if len(book) <= np.iinfo(width).max)

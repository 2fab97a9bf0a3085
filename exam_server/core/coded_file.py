"""A coded exam as bytes, to be kept: MessagePack, compressed."""

import zlib
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from exam_server.core.coded_exam import CodedExam
from exam_server.core.results import PaperQuestion
from exam_server.protocol.sitting import Response

_MS = 1_000
_QUICK = 1


class _Packed(msgspec.Struct, frozen=True, kw_only=True):
    """Arrays as little-endian bytes; ``codes`` and ``spent_ms`` row by row, 32 bits each."""

    items: tuple[int, ...]
    sittings: bytes
    codes: bytes
    spent_ms: bytes
    books: tuple[tuple[Response, ...], ...]
    classes: bytes
    class_names: tuple[str, ...]
    schools: bytes
    school_names: tuple[str, ...]
    genders: bytes
    gender_names: tuple[str, ...]


_DECODER = msgspec.msgpack.Decoder(_Packed)


def pack(coded: CodedExam) -> bytes:
    """The exam without its keys."""
    packed = _Packed(
        items=tuple(entry.question.id for entry in coded.paper),
        sittings=coded.sittings.astype("<i8").tobytes(),
        codes=coded.codes.astype("<i4").tobytes(),
        spent_ms=np.rint(coded.seconds * _MS).astype("<i4").tobytes(),
        books=coded.books,
        classes=coded.classes.astype("<i8").tobytes(),
        class_names=coded.class_names,
        schools=coded.schools.astype("<i8").tobytes(),
        school_names=coded.school_names,
        genders=coded.genders.astype("<i8").tobytes(),
        gender_names=coded.gender_names,
    )
    return zlib.compress(msgspec.msgpack.encode(packed), _QUICK)


def unpack(data: bytes, paper: Sequence[PaperQuestion]) -> CodedExam:
    """The exam with the keys of a paper. Raises ValueError when the paper has other items."""
    packed = _DECODER.decode(zlib.decompress(data))
    if packed.items != tuple(entry.question.id for entry in paper):
        raise ValueError("the paper has other items")
    shape = (-1, len(packed.items))
    return CodedExam(
        paper=tuple(paper),
        sittings=_longs(packed.sittings),
        codes=np.frombuffer(packed.codes, dtype="<i4").reshape(shape),
        books=packed.books,
        classes=_longs(packed.classes),
        class_names=packed.class_names,
        schools=_longs(packed.schools),
        school_names=packed.school_names,
        genders=_longs(packed.genders),
        gender_names=packed.gender_names,
        seconds=np.frombuffer(packed.spent_ms, dtype="<i4").reshape(shape) / _MS,
    )


def _longs(data: bytes) -> NDArray[np.int64]:
    return np.frombuffer(data, dtype="<i8")

"""The record of a scoring run: settings, hashes of all that went in, versions, results. The same inputs give
the same bytes."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec

from exam_server.core.analysis.findings import ExamFindings
from exam_server.core.coded_exam import CodedExam
from exam_server.core.key_change import AppliedKey
from exam_server.core.results import PaperQuestion
from exam_server.core.run import RunSettings
from exam_server.protocol.staff import SanctionKind

FORMAT = 1


class LinkSource(msgspec.Struct, frozen=True, kw_only=True):
    """The run whose scale was taken over."""

    run: int
    record_sha256: str


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """SHA-256 of each input, hex. ``responses``: of the items, the books, the sittings and the codes, as
    ``responses_sha256`` lays them out; the others: of their JSON."""

    responses: str
    keys: str
    ladders: str
    key_changes: str
    sanctions: str


class RecordedExam(msgspec.Struct, frozen=True, kw_only=True):
    """Which exam."""

    id: int
    title: str


class ScoreLine(msgspec.Struct, frozen=True, kw_only=True):
    """One script. Scores in hundredths of the 10-point scale, parts in thousandths of a point."""

    sitting: int
    number: str
    score: int
    raw_score: int
    parts: tuple[int, ...]
    theta: float | None
    theta_se: float | None
    low: int | None
    high: int | None
    sanction: SanctionKind | None


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The whole record. ``libraries``: versions by name."""

    format: int = FORMAT
    exam: RecordedExam
    settings: RunSettings
    link: LinkSource | None
    inputs: Inputs
    libraries: Mapping[str, str]
    part_labels: tuple[str, ...]
    part_points: tuple[int, ...]
    scores: tuple[ScoreLine, ...]
    findings: ExamFindings


_ENCODER = msgspec.json.Encoder(order="sorted")


def record_bytes(record: RunRecord) -> bytes:
    """The record as it is hashed and kept: JSON with sorted keys."""
    return _ENCODER.encode(record)


def inputs_of(
    coded: CodedExam,
    own_paper: Sequence[PaperQuestion],
    changes: Sequence[AppliedKey],
    sanctions: Mapping[int, SanctionKind],
) -> Inputs:
    """Hashes of the inputs. ``own_paper`` has the items' own keys."""
    questions = [entry.question for entry in own_paper]
    return Inputs(
        responses=responses_sha256(coded),
        keys=_sha256([(question.id, question.key) for question in questions]),
        ladders=_sha256([(question.id, question.ladder) for question in questions]),
        key_changes=_sha256(sorted(changes, key=lambda change: change.item)),
        sanctions=_sha256(sorted(sanctions.items())),
    )


def changing_sha256(
    scripts_sha256: str, changes: Sequence[AppliedKey], sanctions: Mapping[int, SanctionKind]
) -> str:
    """Of the inputs that may change between a run and its signature."""
    return _sha256(
        (scripts_sha256, sorted(changes, key=lambda change: change.item), sorted(sanctions.items()))
    )


def responses_sha256(coded: CodedExam) -> str:
    """Of all responses in canonical order: JSON of [item, book] of every item, a newline, the sittings as
    64-bit little-endian integers, then row by row the codes as 32-bit ones."""
    books = [(entry.question.id, book) for entry, book in zip(coded.paper, coded.books, strict=True)]
    digest = sha256(_ENCODER.encode(books) + b"\n")
    digest.update(coded.sittings.astype("<i8").tobytes())
    digest.update(coded.codes.astype("<i4").tobytes())
    return digest.hexdigest()


def _sha256(value: object) -> str:
    return sha256(_ENCODER.encode(value)).hexdigest()

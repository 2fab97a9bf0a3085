"""Schools, classes, candidates, and the sittings that a roster makes."""

from collections.abc import Sequence
from datetime import date

import msgspec

from exam_server.protocol.staff import CandidateRow
from exam_server.store.database import Connection, read_queries

SQL = read_queries(__file__)


class NewCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """A person about to be put on a shift's roster."""

    name: str
    birth_date: date | None
    gender: str | None
    pupil_code: str | None
    class_id: int | None


class NewSitting(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting about to be stored; ``pin_hmac`` as ``core.pin`` makes it, ``seed`` non-negative."""

    shift_id: int
    candidate_id: int
    number: str
    seat: str | None
    pin_hmac: bytes
    seed: int


class RosterShift(msgspec.Struct, frozen=True, kw_only=True):
    """What an import needs to know about its shift."""

    id: int
    admission: str
    started: bool


async def lock_optional_shift(connection: Connection, shift_id: int) -> RosterShift | None:
    """Hold a shift until the transaction ends, so that one roster at a time is written to it."""
    row = await connection.fetchrow(SQL["lock_optional_shift"], shift_id)
    return None if row is None else RosterShift(**row)


async def select_optional_shift(connection: Connection, shift_id: int) -> RosterShift | None:
    """A shift, for looking only."""
    row = await connection.fetchrow(SQL["select_optional_shift"], shift_id)
    return None if row is None else RosterShift(**row)


async def ensure_school(connection: Connection, name: str) -> int:
    """The school of this name, made when there is none."""
    [(school_id,)] = await connection.fetch(SQL["ensure_school"], name)
    return school_id


async def select_optional_first_school(connection: Connection) -> int | None:
    """The school that was made first."""
    return await connection.fetchval(SQL["select_optional_first_school"])


async def ensure_class(connection: Connection, school_id: int, name: str) -> int:
    """The class of this name in the school, made when there is none."""
    [(class_id,)] = await connection.fetch(SQL["ensure_class"], school_id, name)
    return class_id


async def select_optional_class(connection: Connection, name: str) -> int | None:
    """The class of this name in the school that was made first."""
    return await connection.fetchval(SQL["select_optional_class"], name)


async def ensure_candidate(connection: Connection, candidate: NewCandidate) -> int:
    """The candidate with this pupil code, brought up to date; a new one when there is none, or no code."""
    [(candidate_id,)] = await connection.fetch(SQL["ensure_candidate"], *msgspec.structs.astuple(candidate))
    return candidate_id


async def insert_sitting(connection: Connection, sitting: NewSitting) -> int:
    """Add a sitting and return the id."""
    [(sitting_id,)] = await connection.fetch(SQL["insert_sitting"], *msgspec.structs.astuple(sitting))
    return sitting_id


async def select_taken_numbers(
    connection: Connection, shift_id: int, numbers: Sequence[str]
) -> frozenset[str]:
    """Which of the candidate numbers the shift has already."""
    return frozenset(
        row[0] for row in await connection.fetch(SQL["select_taken_numbers"], shift_id, list(numbers))
    )


async def select_taken_codes(connection: Connection, shift_id: int, codes: Sequence[str]) -> frozenset[str]:
    """The pupil codes among these whose owners are on the shift's roster already."""
    return frozenset(
        row[0] for row in await connection.fetch(SQL["select_taken_codes"], shift_id, list(codes))
    )


async def select_candidates(connection: Connection, shift_id: int) -> tuple[CandidateRow, ...]:
    """A shift's candidates by number, without PINs, which nobody can read again."""
    return tuple(CandidateRow(**row) for row in await connection.fetch(SQL["select_candidates"], shift_id))

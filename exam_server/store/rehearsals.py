"""Room tests, and the made-up exams they are played on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from exam_server.protocol.rehearsal import JournalledEvent, JournalProof, RehearsalRow, RehearsalVerdict
from exam_server.store.database import Connection, fetch_existing, read_queries

SQL = read_queries(__file__)


class StoredRehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """A room test as its player needs it."""

    id: int
    room: str
    exam_id: int | None
    students: int


class NewWorld(msgspec.Struct, frozen=True, kw_only=True):
    """The made-up exam and shift about to be stored, with its encrypted form."""

    title: str
    room: str
    minutes: int
    opens_at: datetime
    form_id: int
    sha256: str
    blob: bytes
    wrapped_key: bytes
    now: datetime


class NewStudent(msgspec.Struct, frozen=True, kw_only=True):
    """A made-up candidate about to be stored."""

    number: str
    name: str
    seat: str
    pin_hmac: bytes
    seed: int


async def insert_rehearsal(
    connection: Connection,
    *,
    room: str,
    code_sha256: bytes,
    made_by: str,
    made_at: datetime,
    expires_at: datetime,
) -> int:
    """Add a room test that waits for its player."""
    return (
        await fetch_existing(
            connection, SQL["insert_rehearsal"], room, code_sha256, made_by, made_at, expires_at
        )
    )[0]


async def select_rehearsals(connection: Connection) -> tuple[RehearsalRow, ...]:
    """Every room test, newest first."""
    rows = await connection.fetch(SQL["select_rehearsals"])
    return tuple(_row(**row) for row in rows)


async def lock_optional_unplayed(
    connection: Connection, code_sha256: bytes, now: datetime
) -> StoredRehearsal | None:
    """The room test of a code that nobody has used yet and that still counts."""
    row = await connection.fetchrow(SQL["lock_optional_unplayed"], code_sha256, now)
    return None if row is None else StoredRehearsal(**row)


async def lock_optional_played(connection: Connection, token_sha256: bytes) -> StoredRehearsal | None:
    """The room test that is being played with a token."""
    row = await connection.fetchrow(SQL["lock_optional_played"], token_sha256)
    return None if row is None else StoredRehearsal(**row)


async def select_exam_is_near(connection: Connection, now: datetime, margin: timedelta) -> bool:
    """Whether a real exam is being sat, or begins within the margin."""
    return bool(await connection.fetchval(SQL["select_exam_is_near"], now, now + margin))


async def insert_world(connection: Connection, world: NewWorld) -> tuple[int, int]:
    """Store the exam, its form and its shift; ids of exam and shift."""
    row = await fetch_existing(connection, SQL["insert_world"], *msgspec.structs.astuple(world))
    return row["exam"], row["shift"]


async def insert_students(connection: Connection, shift_id: int, students: Sequence[NewStudent]) -> list[int]:
    """Store the candidates and their sittings, whose ids come in the same order."""
    people = await connection.fetch(SQL["insert_candidates"], [student.name for student in students])
    rows = await connection.fetch(
        SQL["insert_sittings"],
        shift_id,
        [row["id"] for row in people],
        [student.number for student in students],
        [student.seat for student in students],
        [student.pin_hmac for student in students],
        [student.seed for student in students],
    )
    ids = {row["number"]: row["id"] for row in rows}
    return [ids[student.number] for student in students]


async def update_played(
    connection: Connection, rehearsal_id: int, *, exam_id: int, token_sha256: bytes, now: datetime
) -> None:
    """Note that the code was used."""
    await connection.execute(SQL["update_played"], rehearsal_id, exam_id, token_sha256, now)


async def update_report(connection: Connection, rehearsal_id: int, verdict: RehearsalVerdict) -> None:
    """Keep the verdict."""
    text = msgspec.json.encode(verdict).decode()
    await connection.execute(SQL["update_report"], rehearsal_id, text)


async def select_proofs(connection: Connection, exam_id: int) -> tuple[JournalProof, ...]:
    """What every journal of the exam was chained from, but the payloads."""
    return tuple(
        JournalProof(
            sitting=row["sitting"],
            seed=str(row["seed"]),
            events=tuple(
                JournalledEvent(seq=seq, fence=fence, received_us=received_us)
                for seq, fence, received_us in zip(
                    row["seqs"], row["fences"], row["received_us"], strict=True
                )
            ),
        )
        for row in await connection.fetch(SQL["select_proofs"], exam_id)
    )


async def select_abandoned(connection: Connection, before: datetime) -> list[int]:
    """Made-up exams whose players never came back."""
    return [row[0] for row in await connection.fetch(SQL["select_abandoned"], before)]


async def delete_world(connection: Connection, exam_id: int) -> None:
    """Throw a made-up exam away, with its candidates and all they did."""
    for query in (
        "delete_journal",
        "delete_events",
        "delete_evidence",
        "delete_presence",
        "delete_notices",
        "delete_sittings",
        "delete_shifts",
        "delete_forms",
        "forget_exam",
        "delete_exam",
    ):
        await connection.execute(SQL[query], exam_id)


def _row(*, report: str | None, **columns: Any) -> RehearsalRow:
    verdict = None if report is None else msgspec.json.decode(report, type=RehearsalVerdict)
    return RehearsalRow(verdict=verdict, **columns)

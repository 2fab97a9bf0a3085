"""The candidates of a run as exports need them: with class, school, birth date and pupil code."""

from datetime import date, datetime

import msgspec

from exam_server.store.database import Connection, fetch_existing, read_queries
from exam_server.store.runs import StoredScore

SQL = read_queries(__file__)


class PupilRow(StoredScore, frozen=True, kw_only=True):
    """A candidate of a run, with who they are."""

    school: str | None
    pupil_code: str | None
    birth_date: date | None


class HeadRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is of; ``signed_by`` only while it is the signed one."""

    exam: str
    subject: str
    run: int
    signed_by: str | None
    first_shift: datetime | None


async def select_pupils(
    connection: Connection,
    run_id: int,
    *,
    teacher_id: int | None,
    class_id: int | None = None,
    sitting_id: int | None = None,
) -> list[PupilRow]:
    """The candidates of a run by Vietnamese name; None means all."""
    rows = await connection.fetch(SQL["select_pupils"], run_id, teacher_id, class_id, sitting_id)
    return [PupilRow(**row) for row in rows]


async def select_export_head(connection: Connection, run_id: int) -> HeadRow:
    """What a run is of. Raises LookupError without it."""
    return HeadRow(**await fetch_existing(connection, SQL["select_export_head"], run_id))

"""What an exam is coded from, and the coded exam that is kept for previews."""

from collections.abc import Sequence

import msgspec

from exam_server.core.coding import Candidate
from exam_server.store.database import Connection, fetch_existing, read_queries

SQL = read_queries(__file__)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Whose sitting it is."""

    sitting: int
    number: str
    name: str
    class_name: str | None


async def select_candidates(connection: Connection, exam_id: int) -> list[Candidate]:
    """Everyone of an exam, by sitting."""
    return [Candidate(**row) for row in await connection.fetch(SQL["select_candidates"], exam_id)]


async def select_people(connection: Connection, sitting_ids: Sequence[int]) -> list[Person]:
    """Who these sittings are of."""
    return [Person(**row) for row in await connection.fetch(SQL["select_people"], sitting_ids)]


async def select_journals(connection: Connection, sitting_ids: Sequence[int]) -> list[tuple[int, bytes]]:
    """Sittings and their messages in order as a JSON array; those without any are left out."""
    return [(row[0], row[1]) for row in await connection.fetch(SQL["select_journals"], sitting_ids)]


async def select_scripts_sha256(connection: Connection, exam_id: int) -> str:
    """Which scripts are in."""
    return (await fetch_existing(connection, SQL["select_scripts_sha256"], exam_id))[0]


async def select_script_count(connection: Connection, exam_id: int) -> int:
    """How many scripts are in."""
    return (await fetch_existing(connection, SQL["select_script_count"], exam_id))[0]


async def upsert_coded_exam(connection: Connection, exam_id: int, scripts_sha256: str, coded: bytes) -> None:
    """Keep an exam's responses as numbers."""
    await connection.execute(SQL["upsert_coded_exam"], exam_id, scripts_sha256, coded)


async def select_optional_coded_exam(
    connection: Connection, exam_id: int, scripts_sha256: str
) -> bytes | None:
    """An exam's responses as numbers, when they are of these scripts."""
    return await connection.fetchval(SQL["select_optional_coded_exam"], exam_id, scripts_sha256)

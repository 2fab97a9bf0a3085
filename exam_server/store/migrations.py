"""Bring a database to the present schema: numbered SQL files, each applied once."""

import re
from pathlib import Path

import msgspec

from exam_server.errors import Conflict
from exam_server.store.database import Database, read_queries

SQL = read_queries(__file__)
_FILE = re.compile(r"(\d{4})_(\w+)\.sql")


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """One step; ``version`` counts from 1 without gaps."""

    version: int
    name: str
    sql: str


def migrations() -> tuple[Migration, ...]:
    """Every step, in order."""
    files = sorted((Path(__file__).parent / "migrations").glob("*.sql"))
    found = [(match, path) for path in files if (match := _FILE.fullmatch(path.name))]
    return tuple(
        Migration(version=int(match[1]), name=match[2], sql=path.read_text(encoding="utf-8"))
        for match, path in found
    )


async def migrate(database: Database) -> tuple[str, ...]:
    """Apply what is missing, all of it or nothing, and return the names of what was applied.

    Safe to run from several processes at once. Raises Conflict with code ``schema_newer`` when the
    database was made
    by a newer program.
    """
    async with database.transaction() as connection:
        await connection.execute(SQL["lock_schema"])
        await connection.execute(SQL["create_schema_version"])
        [(version,)] = await connection.fetch(SQL["select_version"])
        steps = migrations()
        if version > len(steps):
            raise Conflict("schema_newer", version=version)
        for step in steps[version:]:
            await connection.execute(step.sql)
            await connection.execute(SQL["insert_version"], step.version, step.name)
    return tuple(step.name for step in steps[version:])


async def drop_everything(database: Database) -> None:
    """Throw the whole schema away, with all it holds."""
    async with database.transaction() as connection:
        await connection.execute(SQL["lock_schema"])
        await connection.execute(SQL["drop_public"])
        await connection.execute(SQL["create_public"])

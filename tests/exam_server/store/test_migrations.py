"""The migrations lead to schema.sql, and every query fits it; the bench has a table of its own."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import asyncpg
import pytest

import exam_server
from exam_server.errors import Conflict
from exam_server.store.database import Database, open_database, read_queries
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.migrations import drop_everything, migrate, migrations

QUERY_FILES = [
    path
    for path in sorted(Path(exam_server.__file__).parent.rglob("*.sql"))
    if path.with_suffix(".py").exists() and "bench" not in path.parts
]

COLUMNS = """
SELECT relname, relkind, relpersistence, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
    pg_get_expr(adbin, adrelid)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
    AND relname <> ALL ($1::text[])
ORDER BY relname, attname
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> ALL ($1::text[])
ORDER BY 1, 2
"""
INDEXES = """
SELECT tablename, indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> ALL ($1::text[]) ORDER BY 1, 2
"""
FUNCTIONS = """
SELECT proname, prosrc, provolatile, pg_get_function_arguments(oid), pg_get_function_result(oid) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND proname <> ALL ($1::text[]) ORDER BY 1
"""
SEQUENCES = """
SELECT sequencename, data_type::text, start_value, increment_by FROM pg_sequences
WHERE schemaname = 'public' AND sequencename <> ALL ($1::text[]) ORDER BY 1
"""
OWN = ["schema_version", "schema_version_pkey"]


@pytest.fixture
async def empty(cluster: EmbeddedPostgres) -> AsyncGenerator[Database]:
    admin = await asyncpg.connect(cluster.url)
    await admin.execute("CREATE DATABASE migrating")
    async with open_database(cluster.url_of("migrating")) as opened:
        yield opened
    await admin.execute("DROP DATABASE migrating WITH (FORCE)")
    await admin.close()


async def catalogue(database: Database) -> dict[str, list[tuple[object, ...]]]:
    async with database.connection() as connection:
        return {
            query: [tuple(row) for row in await connection.fetch(query, OWN)]
            for query in (COLUMNS, CONSTRAINTS, INDEXES, FUNCTIONS, SEQUENCES)
        }


def test_versions_count_from_one_without_gaps() -> None:
    versions = [step.version for step in migrations()]
    assert versions == list(range(1, len(versions) + 1))
    assert versions


async def test_the_migrations_lead_to_the_schema(empty: Database, database: Database) -> None:
    assert await migrate(empty) == tuple(step.name for step in migrations())
    migrated, wanted = await catalogue(empty), await catalogue(database)
    assert migrated == wanted
    assert all(wanted.values())


async def test_migrating_again_changes_nothing_and_starting_over_does(empty: Database) -> None:
    await migrate(empty)
    assert await migrate(empty) == ()
    await drop_everything(empty)
    assert await migrate(empty) == tuple(step.name for step in migrations())


async def test_two_at_once_migrate_once(empty: Database) -> None:
    applied = await asyncio.gather(migrate(empty), migrate(empty))
    assert sorted(applied) == [(), tuple(step.name for step in migrations())]


async def test_a_newer_database_is_left_alone(empty: Database) -> None:
    await migrate(empty)
    async with empty.connection() as connection:
        await connection.execute("INSERT INTO schema_version (version, name) VALUES (999, 'tomorrow')")
    with pytest.raises(Conflict, match="schema_newer version=999"):
        await migrate(empty)


@pytest.mark.parametrize("path", QUERY_FILES, ids=lambda path: path.stem)
async def test_every_query_prepares(path: Path, empty: Database) -> None:
    await migrate(empty)
    queries = read_queries(str(path))
    assert queries
    async with empty.connection() as connection:
        for query in queries.values():
            await connection.prepare(query)

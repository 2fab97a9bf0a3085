"""A real PostgreSQL for the tests: one cluster per run, a fresh database per test from a template."""

from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

import exam_server.store
from exam_server.clock import FakeClock
from exam_server.secrets import Secrets
from exam_server.store.database import Database, open_database
from exam_server.store.embedded import EmbeddedPostgres

SCHEMA = Path(exam_server.store.__file__).parent / "schema.sql"

EMPTY = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$
BEGIN
    EXECUTE (
        SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY CASCADE'
        FROM pg_tables WHERE schemaname = 'public'
    );
END
$$
"""


@pytest.fixture(scope="session")
def cluster() -> Generator[EmbeddedPostgres]:
    """A private PostgreSQL, gone at the end."""
    # Not in pytest's own directory: another run closes that to the user whom PostgreSQL runs as.
    with TemporaryDirectory(prefix="khaothi-test-") as directory:
        postgres = EmbeddedPostgres(Path(directory) / "postgres")
        yield postgres
        postgres.stop()


@pytest.fixture(scope="session")
async def template(cluster: EmbeddedPostgres) -> str:
    """The name of a database that holds the schema and nothing else."""
    await _command(cluster.url, "ALTER SYSTEM SET fsync = off")  # the machine does not lose power in a test
    await _command(cluster.url, "SELECT pg_reload_conf()")
    await _command(cluster.url, "CREATE DATABASE khaothi_template")
    await _command(cluster.url_of("khaothi_template"), SCHEMA.read_text(encoding="utf-8"))
    return "khaothi_template"


@pytest.fixture(scope="session")
async def shared_url(cluster: EmbeddedPostgres, template: str) -> str:
    """The one database that tests use in turn: making and dropping one for each would be most of their
    time."""
    await _command(cluster.url, f"CREATE DATABASE khaothi_test TEMPLATE {template}")
    return cluster.url_of("khaothi_test")


@pytest.fixture
async def database_url(shared_url: str) -> str:
    """An empty database with the schema, and nobody else connected."""
    await _command(shared_url, EMPTY)
    return shared_url


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    """A pool on a fresh database."""
    async with open_database(database_url) as opened:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    """A clock at an exam morning: 26 June 2026, 7:30 in Vietnam."""
    return FakeClock(datetime(2026, 6, 26, 0, 30, tzinfo=UTC))


@pytest.fixture
def secrets() -> Secrets:
    """Keys that are secret to nobody."""
    return Secrets(pepper=b"p" * 32, cookie_key=b"c" * 32, master_key=b"m" * 32)


async def _command(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()

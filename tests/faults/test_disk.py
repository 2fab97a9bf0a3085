"""The disk full under a school's server: answers wait, none is lost, and all goes on when there is room."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from exam_server.store.embedded import EmbeddedPostgres
from tests.faults.conftest import Scenario
from tests.faults.room import Seating, sat
from tests.faults.stage import school, strike

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0, reason="only root on Linux may mount a small disk"
    ),
]

DATA_BYTES = 160 * 1024 * 1024
WAL_BYTES = 64 * 1024 * 1024
BLOCK = b"\0" * 65_536
LONGEST_FULL_S = 3.0


@contextmanager
def small_disk(at: Path, size_bytes: int) -> Generator[None]:
    """A file system of this size, mounted there; skips the test where mounting is not permitted."""
    at.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes},mode=755", "tmpfs", str(at)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting is not permitted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


@contextmanager
def full(disk: Path) -> Generator[None]:
    """A file takes all the room that is left, and is gone at the end."""
    filler = disk / "filler"
    try:
        with filler.open("wb", buffering=0) as file, suppress(OSError):  # full: that is the point
            while file.write(BLOCK):
                pass
        yield
    finally:
        filler.unlink()


@contextmanager
def data_on_a_small_disk(directory: Path) -> Generator[Path]:
    """Everything is on it; gives the disk."""
    with small_disk(directory, DATA_BYTES):
        yield directory


@contextmanager
def wal_on_a_small_disk(directory: Path) -> Generator[Path]:
    """PostgreSQL's write-ahead log alone is on it; gives the disk."""
    postgres = EmbeddedPostgres(directory / "postgres")
    postgres.stop()
    wal, disk = directory / "postgres" / "pg_wal", directory / "wal"
    owner = wal.stat()
    with small_disk(disk, WAL_BYTES):
        shutil.copytree(wal, disk / "pg_wal")
        for path in [disk / "pg_wal", *(disk / "pg_wal").rglob("*")]:
            os.chown(path, owner.st_uid, owner.st_gid)
        shutil.rmtree(wal)
        wal.symlink_to(disk / "pg_wal")
        yield disk


DISKS = {"data": data_on_a_small_disk, "wal": wal_on_a_small_disk}


@pytest.mark.rounds(short=1, long=3)
@pytest.mark.parametrize("holding", ["wal", pytest.param("data", marks=pytest.mark.rounds(short=0, long=3))])
async def test_disk_full(scenario: Scenario, holding: str) -> None:
    with TemporaryDirectory(prefix="khaothi-disk-") as name, DISKS[holding](Path(name)) as disk:
        async with school(Path(name)) as stage, sat(stage.site, scenario, Seating(students=4)) as room:

            async def fill() -> None:
                with full(disk):
                    await until_it_is_felt(stage.site.database_url)
                    await asyncio.sleep(float(scenario.rng.uniform(0, LONGEST_FULL_S)))
                await stage.database_answers()

            await strike(scenario.rounds, scenario.rng, room.progress, fill)
            await room.progress()


async def until_it_is_felt(url: str) -> None:
    """Write until the database cannot: the log moves on to a new file, for which there is no room."""
    async with asyncio.timeout(30):
        while await writes(url):
            pass


async def writes(url: str) -> bool:
    """Whether the database still takes something."""
    try:
        connection = await asyncpg.connect(url, timeout=5, command_timeout=5)
        try:
            await connection.execute("CREATE TABLE IF NOT EXISTS ballast AS SELECT 1")
            await connection.execute("INSERT INTO ballast SELECT generate_series(1, 10000)")
            await connection.execute("SELECT pg_switch_wal()")
        finally:
            connection.terminate()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True

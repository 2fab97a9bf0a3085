"""The disk under PostgreSQL: seen, held back, let go when it runs low."""

import subprocess
from collections.abc import Generator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

import pytest

from exam_server.core.disk import FLOOR_BYTES, GIB, MIB
from exam_server.disk import BALLAST, Ballast, DiskKeeper, Trend, space

ENDS = datetime(2026, 6, 26, 4, tzinfo=UTC)
SIZE = 2 * GIB


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """A file system of its own of 2 GiB, which takes memory only for what is written to it."""
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if which("mount") is None or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("this user may mount nothing")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def eat(data: Path, leave: int) -> None:
    """Somebody else's file grows until only so much is free."""
    other = data / "other"
    other.mkdir(exist_ok=True)
    taken = Ballast(other).held_bytes()
    Ballast(other).resize(taken + space(data).free_bytes - leave)


def test_a_file_holds_disk_back_and_lets_it_go(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path)
    assert ballast.held_bytes() == 0
    for size in (3 * MIB, 8 * MIB, MIB, 0, 0):
        ballast.resize(size)
        assert ballast.held_bytes() == size
    assert not (tmp_path / BALLAST).exists()


async def test_only_what_is_wanted_is_held_back_and_no_longer_than_that(small_disk: Path) -> None:
    keeper = DiskKeeper(small_disk)
    postgres = small_disk / "postgres"
    postgres.mkdir()
    for minute, wanted in enumerate((0, 100 * MIB, 200 * MIB + 1, 0)):
        found = await keeper.tend(postgres, wanted, ENDS, 60.0 * minute)
        assert found is not None
        assert found.reserved_bytes == found.wanted_bytes == wanted
        assert found.usable_bytes <= found.total_bytes == SIZE
        assert found.usable_bytes > SIZE - 4 * MIB


async def test_what_is_held_back_is_left_alone(tmp_path: Path) -> None:
    keeper, ballast = DiskKeeper(tmp_path), tmp_path / BALLAST
    found = await keeper.tend(tmp_path, 5 * MIB + 1, ENDS, 0.0)
    assert found is not None
    assert found.reserved_bytes == 5 * MIB + 1
    before = ballast.stat().st_ctime_ns
    for second in range(1, 200, 40):
        assert await keeper.tend(tmp_path, 5 * MIB + 1, ENDS, float(second)) is not None
    assert ballast.stat().st_ctime_ns == before


async def test_what_is_held_back_is_let_go_when_the_disk_runs_low(small_disk: Path) -> None:
    keeper = DiskKeeper(small_disk)
    postgres = small_disk / "postgres"
    postgres.mkdir()
    before = await keeper.tend(postgres, 200 * MIB, ENDS, 0.0)
    assert before is not None
    eat(small_disk, FLOOR_BYTES - 50 * MIB)
    after = await keeper.tend(postgres, 200 * MIB, ENDS, 1.0)
    assert after is not None
    assert after.reserved_bytes < before.reserved_bytes
    assert after.free_bytes >= FLOOR_BYTES


async def test_without_room_nothing_is_held_back_and_nothing_breaks(small_disk: Path) -> None:
    eat(small_disk, 10 * MIB)
    found = await DiskKeeper(small_disk).tend(small_disk, 200 * MIB, ENDS, 0.0)
    assert found is not None
    assert found.reserved_bytes == 0
    with suppress(OSError):
        Ballast(small_disk).resize(200 * MIB)
    assert space(small_disk).free_bytes >= 0


async def test_only_next_to_a_postgresql_of_ours_is_disk_held_back(tmp_path: Path) -> None:
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    for directory in (data, elsewhere):
        directory.mkdir()
    found = await DiskKeeper(data).tend(elsewhere, 5 * MIB, ENDS, 0.0)
    assert found is not None
    assert (found.wanted_bytes, found.reserved_bytes) == (5 * MIB, 0)
    assert await DiskKeeper(data).tend(tmp_path / "nowhere", 0, None, 0.0) is None


async def test_a_disk_that_fills_says_when_it_is_full(small_disk: Path) -> None:
    keeper = DiskKeeper(small_disk / "data")
    for second in range(0, 181, 5):
        eat(small_disk, SIZE - second * MIB)
        found = await keeper.tend(small_disk, 0, None, float(second))
        assert found is not None
        if second < 120:
            assert found.minutes_left is None
    assert found.minutes_left == pytest.approx((SIZE / MIB - 180) / 60, rel=0.02)


def test_a_trend_forgets_and_knows_when_it_knows_nothing() -> None:
    trend = Trend(300.0, 5.0)
    for second in range(1_000):
        trend.add(float(second), 1_000 * second)
        assert (trend.per_hour is None) == (second < 120)
    assert len(trend.points) == 61
    assert trend.per_hour == 3_600_000

"""A measurement that is terminated takes down all it has started."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Generator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

COMMANDS = {
    ("bench", "bell", "--students", "2"): "postgres",
    ("load", "bell", "--students", "2", "--out", "report"): "locust",
    ("doctor", "--students", "2"): "postgres",
}
"""Each with the program that must run before it is terminated."""


@pytest.fixture
def temporary() -> Generator[Path]:
    """Where a command puts its files; PostgreSQL's user may come in."""
    with TemporaryDirectory(prefix="khaothi-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "program"), COMMANDS.items(), ids=lambda given: given[0])
async def test_terminated_it_leaves_nothing_behind(
    temporary: Path, command: tuple[str, ...], program: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "exam_server", *command),
        env={
            **os.environ,
            "KHAOTHI_DATA": str(temporary / "data"),
            "TMPDIR": str(temporary),
            "KHAOTHI_PORT": "0",
        },
        cwd=temporary,
        stdout=DEVNULL,
        stderr=PIPE,
    )
    async with asyncio.timeout(120):
        while not any(program in " ".join(words) for words in running_in(temporary)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        process.terminate()
        _, err = await process.communicate()
    assert process.returncode == 128 + signal.SIGTERM, err.decode()
    assert not running_in(temporary)
    # The lock of the library that brings PostgreSQL stays for the next.
    assert set(os.listdir(temporary)) <= {"report", ".lockfile"}


def running_in(directory: Path) -> list[list[str]]:
    """The commands of PostgreSQL and of the server that have their files there."""
    return [
        process.info["cmdline"]
        for process in psutil.process_iter(["cmdline", "environ"])
        if process.info["cmdline"] and str(directory) in f"{process.info['cmdline'][1:]}"
    ]

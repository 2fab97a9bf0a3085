"""The demo from the outside: one command, logins that work, a clean end, the same again."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

import psutil
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def data() -> Generator[Path]:
    # Not in pytest's own directory, which is closed to the user whom PostgreSQL may run as.
    with TemporaryDirectory(prefix="khaothi-demo-") as directory:
        yield Path(directory)


@contextmanager
def demo(data: Path, *arguments: str) -> Generator[list[str]]:
    """A running demo; what it has printed so far. Interrupted at the end, and must stop cleanly."""
    process = subprocess.Popen(
        [sys.executable, "-m", "exam_server", "demo", "--port", "0", "--data", str(data), *arguments],
        env={**os.environ, "KHAOTHI_LANG": "en", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    printed: list[str] = []
    for line in process.stdout:
        printed.append(line)
        if "Ctrl-C" in line:
            break
    yield printed
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert (process.returncode, "Stopped." in rest) == (0, True)


def logins(printed: list[str]) -> dict[str, tuple[str, str, str]]:
    """Address, login and secret by role, as the table shows them."""
    roles = ("Exam board", "Invigilator", "Teacher", "Student")
    rows = ((role, line) for role in roles for line in printed if role in line)
    return {role: tuple(line.partition(role)[2].split()[:3]) for role, line in rows}  # type: ignore[misc]


def post(address: str, body: dict[str, str]) -> Any:
    request = Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    with urlopen(request) as reply:  # noqa: S310 -- our own server
        return json.loads(reply.read())


def postgres_of(data: Path) -> list[int]:
    running = psutil.process_iter(["name", "cmdline"])  # of a zombie it tells no command line
    return [
        one.pid for one in running if one.info["name"] == "postgres" and _mentions(one.info["cmdline"], data)
    ]


def _mentions(command: list[str] | None, data: Path) -> bool:
    return any(str(data) in part for part in command or ())


def test_the_demo_starts_stops_and_comes_back(data: Path) -> None:
    with demo(data) as printed:
        first = logins(printed)
        pages, number, pin = first["Student"]
        assert post(f"{pages}api/candidate/login", {"number": number, "pin": pin})["number"] == number
        for role in ("Exam board", "Invigilator", "Teacher"):
            page, username, password = first[role]
            address = page.removesuffix("/staff") + "/api/login"
            assert post(address, {"username": username, "password": password})["username"] == username
        assert postgres_of(data)
    assert not postgres_of(data)
    with demo(data) as printed:
        again = logins(printed)
        assert {role: row[1:] for role, row in again.items()} == {
            role: row[1:] for role, row in first.items()
        }
    with demo(data, "--reset") as printed:
        assert logins(printed)["Student"][2] != pin or logins(printed)["Teacher"][2] != first["Teacher"][2]

"""khaothi scoring: from the start to the signature, as two members of the board type it."""

import json
from collections.abc import AsyncGenerator
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from exam_server.actions.staff import add_staff
from exam_server.cli.main import app
from exam_server.clock import SystemClock
from exam_server.core.access import Role
from exam_server.errors import KhaoThiError
from exam_server.secrets import Secrets
from exam_server.store.database import open_database
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.migrations import migrate
from tests.exam_server.scripts import make_exam, sit_class

PASSWORD = "mat-khau-dai"


@pytest.fixture
async def empty_url(cluster: EmbeddedPostgres) -> AsyncGenerator[str]:
    admin = await asyncpg.connect(cluster.url)
    await admin.execute("CREATE DATABASE scoring_line")
    yield cluster.url_of("scoring_line")
    await admin.execute("DROP DATABASE scoring_line WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def exam(empty_url: str, secrets: Secrets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """An exam that four have sat, two members of the board and a teacher; the commands find them."""
    clock = SystemClock()
    async with open_database(empty_url) as database:
        await migrate(database)
        world = await make_exam(database, secrets, clock)
        await sit_class(database, world.exam)
        for username, role in (("an", Role.BOARD), ("binh", Role.BOARD), ("giang", Role.TEACHER)):
            await add_staff(
                database,
                username=username,
                name=username.title(),
                role=role,
                password=PASSWORD,
                actor="test",
                now=clock.now(),
            )
    monkeypatch.setenv("DATABASE_URL", empty_url)
    monkeypatch.setenv("KHAOTHI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KHAOTHI_PASSWORD", PASSWORD)
    return world.exam


def scoring(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["scoring", *map(str, arguments)])


def told(*arguments: object) -> Any:
    result = scoring(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(*arguments: object) -> str:
    result = scoring(*arguments)
    assert isinstance(result.exception, KhaoThiError), result.output
    return result.exception.code


def test_from_the_start_to_the_signature(exam: int, tmp_path: Path) -> None:
    run = told("start", exam, "--username", "an", "--model", "classical", "--wait")
    assert (run["state"], run["n"], run["requested_by"]) == ("done", 4, "An")
    assert told("list", exam) == [told("show", run["id"])]
    record = tmp_path / "dot.json"
    assert scoring("record", run["id"], "--out", record).exit_code == 0
    digest = sha256(record.read_bytes()).hexdigest()
    assert digest == run["record_sha256"]
    assert refused("sign", run["id"], "--username", "an", "--sha256", digest) == "own_run"
    assert refused("sign", run["id"], "--username", "binh", "--sha256", "0" * 64) == "other_record"
    signed = told("sign", run["id"], "--username", "binh", "--sha256", digest.upper())
    assert (signed["state"], signed["signed_by"]) == ("signed", "Binh")
    shown = scoring("list", exam).stdout
    assert "An" in shown


def test_a_run_may_be_computed_later(exam: int) -> None:
    run = told("start", exam, "--username", "an", "--void", "leave_out")
    assert run["state"] == "queued"
    assert told("compute", run["id"])["state"] == "done"


def test_who_may_not(exam: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused("start", exam, "--username", "giang") == "not_permitted"
    assert refused("start", exam + 1, "--username", "an") == "no_such_exam"
    assert refused("show", 1) == "no_such_run"
    monkeypatch.setenv("KHAOTHI_PASSWORD", "sai")
    assert refused("start", exam, "--username", "an") == "wrong_username_or_password"
    monkeypatch.delenv("KHAOTHI_PASSWORD")
    assert refused("start", exam, "--username", "an") == "password_needed"
    assert json.loads(scoring("list", exam, "--json").stdout) == []

"""The commands as people type them: what they print, and their exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from exam_server.cli.main import app
from exam_server.cli.words import language_of, say
from exam_server.demo.school import roster_file
from exam_server.errors import KhaoThiError
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.migrations import migrations
from tests.exam_server.school import SAMPLE
from tests.item_bank.formats.docx_builder import docx, p

Khaothi = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
async def empty_url(cluster: EmbeddedPostgres) -> AsyncGenerator[str]:
    admin = await asyncpg.connect(cluster.url)
    await admin.execute("CREATE DATABASE command_line")
    yield cluster.url_of("command_line")
    await admin.execute("DROP DATABASE command_line WITH (FORCE)")
    await admin.close()


@pytest.fixture
def khaothi(empty_url: str, tmp_path: Path) -> Khaothi:
    """Runs the program with an empty database and data directory."""

    def run(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "exam_server", *map(str, arguments)],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("KHAOTHI")},
                "DATABASE_URL": empty_url,
                "KHAOTHI_DATA": str(tmp_path / "data"),
                "KHAOTHI_LANG": "vi",
                "COLUMNS": "200",
                "NO_COLOR": "1",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "vi"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "C.UTF-8"}, "vi"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "vi_VN"}, "vi"),
        ({"LANG": "vi_VN", "KHAOTHI_LANG": "en"}, "en"),
    ],
)
def test_the_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("command", list(commands(get_command(app))), ids=" ".join)
def test_every_command_helps_with_an_example(command: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"], prog_name="khaothi", terminal_width=300)
    assert done.exit_code == 0
    assert f": khaothi {' '.join(command)}" in " ".join(done.output.split())


def test_the_commands() -> None:
    groups = {command[0] for command in commands(get_command(app))}
    assert groups == {
        "demo",
        "serve",
        "migrate",
        "items",
        "roster",
        "exam",
        "staff",
        "bench",
        "doctor",
        "load",
        "rehearse",
        "dif",
        "forensics",
        "calibrate",
        "score",
        "export-schema",
        "analyse",
        "equate",
        "link",
        "scoring",
    }


@pytest.mark.parametrize(
    "arguments", [["explode"], ["items", "import"], ["exam", "show", "one"], ["staff", "assign", "x"]]
)
def test_used_wrongly(khaothi: Khaothi, arguments: list[str]) -> None:
    done = khaothi(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_dry_run_needs_no_database(khaothi: Khaothi, tmp_path: Path) -> None:
    done = khaothi(
        "items", "import", SAMPLE, "--dry-run", "--json", DATABASE_URL="postgresql://nowhere.invalid/x"
    )
    report = json.loads(done.stdout)
    assert (done.returncode, len(report["items"]), report["items"][0]["kind"]) == (0, 22, "single_choice")
    assert not (tmp_path / "data").exists()


def test_failures_are_one_sentence(khaothi: Khaothi, tmp_path: Path) -> None:
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"PK\x03\x04 broken")
    for arguments in (
        ["items", "import", tmp_path / "none.docx", "--dry-run"],
        ["items", "import", broken, "--dry-run"],
        ["exam", "show", "99"],
        ["roster", "import", broken, "--shift", "99"],
    ):
        done = khaothi(*arguments)
        assert (done.returncode, done.stdout) == (1, ""), arguments
        assert done.stderr.count("\n") == 1, done.stderr
        assert "{" not in done.stderr


def test_a_database_that_is_away(khaothi: Khaothi) -> None:
    done = khaothi("exam", "list", DATABASE_URL="postgresql://127.0.0.1:1/x")
    assert (done.returncode, done.stderr) == (
        1,
        "Không kết nối được cơ sở dữ liệu. Hãy thử lại sau ít phút.\n",
    )
    done = khaothi("exam", "list", DATABASE_URL="postgresql://127.0.0.1:1/x", KHAOTHI_LANG="en")
    assert done.stderr == "The database cannot be reached. Please try again in a moment.\n"


def test_a_database_that_refuses(khaothi: Khaothi, empty_url: str) -> None:
    for url, reason in (
        ("mysql://khaothi:secret@127.0.0.1/x", "mysql"),
        (empty_url.replace("/command_line?", "/no_such_database?"), "no_such_database"),
    ):
        done = khaothi("exam", "list", DATABASE_URL=url)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert "DATABASE_URL" in done.stderr
        assert reason in done.stderr
        assert "secret" not in done.stderr


def test_a_data_directory_that_cannot_be_written(khaothi: Khaothi, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    directory = str(tmp_path / "file" / "data")
    for command in (["exam", "list"], ["serve"], ["demo", "--port", "0"]):
        done = khaothi(*command, KHAOTHI_DATA=directory)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert directory in done.stderr


def test_kinds_are_named_in_words(khaothi: Khaothi) -> None:
    done = khaothi("items", "import", SAMPLE, "--dry-run")
    assert "Nhiều lựa chọn" in done.stdout
    assert "single_choice" not in done.stdout


def test_an_interval_is_no_markup(khaothi: Khaothi, tmp_path: Path) -> None:
    paper = tmp_path / "de [a].docx"
    stem = "Câu 1. Trên đoạn [a;b], với [/km] và :smile:, chọn"
    paper.write_bytes(docx(p(stem), *map(p, ("A. 1", "B. 2", "C. 3", "D. 4"))))
    done = khaothi("items", "import", paper, "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Trên đoạn [a;b], với [/km] và :smile:, chọn" in done.stdout


def test_a_password_is_not_asked_for_where_nobody_can_answer(khaothi: Khaothi) -> None:
    done = khaothi("staff", "add", "ha.tran", "--name", "Hà", "--role", "teacher")
    assert (done.returncode, "KHAOTHI_PASSWORD" in done.stderr, done.stderr.count("\n")) == (1, True, 1)


def test_a_server_without_its_keys_does_not_start(khaothi: Khaothi, tmp_path: Path) -> None:
    khaothi("items", "import", SAMPLE, "--bank", "B")
    exam = ["exam", "create", "T", "--bank", "B", "--source", SAMPLE.name, "--subject", "S"]
    made = json.loads(khaothi(*exam, "--template", "thpt_2025_maths", "--json").stdout)
    khaothi("exam", "shift", str(made["id"]), "--name", "C", "--room", "P", "--opens", "2099-01-01 08:00")
    (tmp_path / "data" / "secrets.json").unlink()
    done = khaothi("serve", "--port", "0")
    assert (done.returncode, "secrets.json" in done.stderr, done.stderr.count("\n")) == (1, True, 1)


def test_a_bad_setting(khaothi: Khaothi) -> None:
    done = khaothi("serve", KHAOTHI_PORT="web")
    assert (done.returncode, "KHAOTHI_PORT" in done.stderr) == (1, True)


def test_the_schema(khaothi: Khaothi) -> None:
    committed = Path(__file__).parents[3] / "exam_server" / "protocol" / "schema.json"
    done = khaothi("export-schema")
    assert json.loads(done.stdout) == json.loads(committed.read_text(encoding="utf-8"))


def test_from_a_word_file_to_pins(empty_url: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": empty_url, "KHAOTHI_DATA": str(tmp_path / "data"), "COLUMNS": "200"}

    def run(*arguments: str | Path, **more: str) -> Result:
        return CliRunner().invoke(app, list(map(str, arguments)), env={**environment, **more})

    def read(*arguments: str | Path) -> Any:
        done = run(*arguments, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def refused(*arguments: str | Path) -> str:
        error = run(*arguments).exception
        assert isinstance(error, KhaoThiError)
        return error.code

    assert run("migrate").stdout.strip() == say("migrated", count=len(migrations()))
    assert read("migrate") == {"applied": []}

    stored = run("items", "import", SAMPLE, "--bank", "Toán 12")
    assert (stored.exit_code, say("items_stored", bank="Toán 12") in stored.stdout) == (0, True)
    assert refused("items", "import", SAMPLE, "--bank", "Toán 12") == "already_imported"

    exam = ["exam", "create", "Giữa kỳ", "--bank", "Toán 12", "--source", SAMPLE.name, "--subject", "Toán"]
    made = read(*exam, "--template", "thpt_2025_maths")
    assert (made["total_points"], made["minutes"]) == ("10", 90)
    assert refused(*exam, "--template", "thpt_2025_maths") == "exam_exists"
    assert read("exam", "list")[0]["title"] == "Giữa kỳ"
    assert say("exam_total", items=22, points="10", minutes=90) in run("exam", "show", made["id"]).stdout

    shift = ["exam", "shift", made["id"], "--name", "Ca 1", "--room", "P1", "--opens"]
    shift_id = read(*shift, "2099-01-01 08:00")["id"]
    assert refused(*shift, "2001-01-01 08:00") == "opens_in_past"

    roster = tmp_path / "ds.xlsx"
    roster.write_bytes(roster_file())
    command = ["roster", "import", roster, "--shift", shift_id]
    dry = read(*command, "--dry-run")
    assert (dry["stored"], len(dry["candidates"])) == (False, 24)
    done = read(*command)
    assert (done["stored"], len({row["pin"] for row in done["candidates"]}) > 20) == (True, True)
    twice = run(*command, "--json")
    assert (twice.exit_code, len(json.loads(twice.stdout)["problems"])) == (1, 48)

    added = run(
        "staff", "add", "ha.tran", "--name", "Hà", "--role", "teacher", KHAOTHI_PASSWORD="mat-khau-dai"
    )
    assert (added.exit_code, "mat-khau-dai" in added.output) == (0, False)
    assert run("staff", "assign", "ha.tran", "--class", "12A1").exit_code == 0
    assert run("staff", "assign", "ha.tran", "--shift", shift_id).exit_code == 0
    assert refused("staff", "assign", "ha.tran", "--class", "13Z") == "no_such_class"
    assert refused("staff", "assign", "ai-do", "--class", "12A1") == "no_such_user"

"""``khaothi load`` tells in one sentence what it was given wrong, and where."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from exam_server.catalogue import texts
from exam_server.cli.main import app
from exam_server.errors import Invalid
from exam_server.simulation.serving import free_port

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def rosters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory with a roster that is one and some that are not."""
    monkeypatch.chdir(tmp_path)
    Path("bad.csv").write_text("name;pin\n")
    Path("half.csv").write_text("number,pin\n1,2\n3,\n")
    Path("empty.csv").write_text("number,pin\n")
    Path("picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    Path("good.csv").write_text("number,pin\n1,2\n")


@pytest.mark.parametrize(
    ("roster", "code", "place"),
    [
        ("absent.csv", "no_such_file", "absent.csv"),
        ("bad.csv", "load_bad_roster", "bad.csv:1"),
        ("half.csv", "load_bad_roster", "half.csv:3"),
        ("empty.csv", "load_bad_roster", "empty.csv:1"),
        ("picture.csv", "load_bad_roster", "picture.csv"),
    ],
)
def test_a_roster_that_is_none_is_told_with_its_place(roster: str, code: str, place: str) -> None:
    error = CliRunner().invoke(app, ["load", "bell", "--against", NOWHERE, "--roster", roster]).exception
    assert isinstance(error, Invalid)
    assert (error.code, error.place) == (code, place)
    assert texts("vi", "errors")[code].format_map(error.params)


def test_a_server_that_is_not_there() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    error = CliRunner().invoke(app, ["load", "bell", "--against", address, "--roster", "good.csv"]).exception
    assert isinstance(error, Invalid)
    assert error.code == "load_unreachable"


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["nonsense"], "SCENARIO"),
        (["bell", "--students", "0"], "--students"),
        (["bell", "--seconds", "0"], "--seconds"),
        (["deadline", "--seconds", "90"], "--seconds"),
        (["bell", "--roster", "good.csv"], "--roster"),
        (["bell", "--against", NOWHERE], "--against"),
        (["bell", "--against", "thi.example", "--roster", "good.csv"], "--against"),
        (["bell", "--out", "good.csv"], "--out"),
    ],
)
def test_a_wrong_use_is_told_with_its_option(arguments: list[str], option: str) -> None:
    told = CliRunner().invoke(app, ["load", *arguments])
    assert told.exit_code == 2
    assert option in told.output

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
    ("arguments", "code", "place"),
    [
        (["deadline", "--seconds", "90"], "load_whole_minutes", "--seconds"),
        (["bell", "--roster", "good.csv"], "load_against_needed", "--roster"),
        (["bell", "--against", NOWHERE], "load_roster_needed", "--against"),
        (["bell", "--against", NOWHERE, "--roster", "absent.csv"], "no_such_file", "absent.csv"),
        (["bell", "--against", NOWHERE, "--roster", "bad.csv"], "load_bad_roster", "bad.csv:1"),
        (["bell", "--against", NOWHERE, "--roster", "half.csv"], "load_bad_roster", "half.csv:3"),
        (["bell", "--against", NOWHERE, "--roster", "empty.csv"], "load_bad_roster", "empty.csv:1"),
        (["bell", "--against", NOWHERE, "--roster", "picture.csv"], "load_bad_roster", "picture.csv"),
        (["bell", "--against", "thi.example", "--roster", "good.csv"], "load_unreachable", "--against"),
        (["bell", "--out", "good.csv"], "bad_data_directory", "good.csv"),
    ],
)
def test_a_wrong_use_is_told_with_its_place(arguments: list[str], code: str, place: str) -> None:
    error = CliRunner().invoke(app, ["load", *arguments]).exception
    assert isinstance(error, Invalid)
    assert (error.code, error.place) == (code, place)
    assert texts("vi", "errors")[code].format_map(error.params)


def test_a_server_that_is_not_there() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    error = CliRunner().invoke(app, ["load", "bell", "--against", address, "--roster", "good.csv"]).exception
    assert isinstance(error, Invalid)
    assert error.code == "load_unreachable"


@pytest.mark.parametrize("arguments", [["bell", "--students", "0"], ["nonsense"], ["bell", "--seconds", "0"]])
def test_what_no_option_takes_is_a_wrong_use(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, ["load", *arguments]).exit_code == 2

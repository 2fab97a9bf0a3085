"""``khaothi calibrate``: what it writes, says and refuses."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import asyncpg
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from exam_server.cli.calibrate import models_of
from exam_server.cli.exam_responses import read_exam_responses
from exam_server.cli.main import app
from exam_server.cli.words import sentence
from exam_server.clock import FakeClock
from exam_server.core.parameter_file import read_parameters
from exam_server.errors import Invalid, KhaoThiError, NotFound
from exam_server.secrets import Secrets
from exam_server.store.database import Database, open_database
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.migrations import migrate
from tests.exam_server.scripts import make_exam, questions_of, right, sit_class
from tests.scoring.reference import reference
from tests.scoring.simulated import answers, two_pl

Calibrate = Callable[..., Result]


@pytest.fixture
def calibrate(tmp_path: Path) -> Calibrate:
    def run(*arguments: str | Path) -> Result:
        words = ["calibrate", *map(str, arguments), "--out", str(tmp_path / "params.json")]
        return CliRunner().invoke(app, words, env={"COLUMNS": "160"})

    return run


def refusal(done: Result) -> str:
    assert isinstance(done.exception, KhaoThiError), done.output
    return sentence(done.exception.code, done.exception.params)


def csv(path: Path, header: str, rows: np.ndarray | list[list[object]]) -> Path:
    lines = [header, *(",".join(map(str, row)) for row in np.asarray(rows, dtype=object).tolist())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """300 persons and six items, the last of them with categories 1 to 3; two schools."""
    rng = np.random.default_rng(1)
    theta = rng.normal(size=300)
    codes = answers(two_pl(rng, 5), theta, rng).codes.astype(object)
    steps = 1 + (theta + rng.normal(size=300) > -0.5) + (theta + rng.normal(size=300) > 0.5)
    schools = np.where(np.arange(300) % 2, "Đông", "Tây")
    return csv(tmp_path / "small.csv", "c1,c2,c3,c4,c5,bước,trường", np.column_stack([codes, steps, schools]))


def test_the_file_of_a_known_test(calibrate: Calibrate, tmp_path: Path) -> None:
    """The floor: as R mirt, to 1e-5."""
    place = reference("lsat6")
    done = calibrate(place / "responses.csv", "--model", "2pl", "--json")
    assert done.exit_code == 0, done.output
    written = (tmp_path / "params.json").read_text()
    assert done.stdout == written
    found, expected = json.loads(written), json.loads((place / "expected.json").read_text())["twoPL"]
    assert (found["model"], found["n"], found["converged"]) == ("2pl", 1000, True)
    assert found["nodes"] == {"count": 61, "range": 6.0}
    assert found["loglik"] == pytest.approx(expected["logLik"], abs=1e-4)
    assert len(found["input_sha256"]) == 64
    assert found["gradient_norm"] <= 1e-7
    assert found["groups"] == [{"name": "", "mean": 0.0, "sd": 1.0, "n": 1000}]
    for item in found["items"]:
        values = expected["coef_se"][item["name"]]
        assert item["a"] == pytest.approx(values["par"]["a1"], abs=1e-5)
        assert item["intercepts"][0] == pytest.approx(values["par"]["d"], abs=1e-5)
        assert item["b"] == pytest.approx(-item["intercepts"][0] / item["a"])
        assert item["se"]["a"] == pytest.approx(values["SE"]["a1"], abs=1e-3)
        assert item["se"]["intercepts"][0] == pytest.approx(values["SE"]["d"], abs=1e-3)


def test_graded_items_and_a_prior(calibrate: Calibrate, tmp_path: Path) -> None:
    science, lsat = reference("science_grm"), reference("lsat7")
    assert calibrate(science / "responses.csv").exit_code == 0
    found = read_parameters((tmp_path / "params.json").read_bytes(), "params.json")
    expected = json.loads((science / "expected.json").read_text())["graded"]["coef_se"]
    for item in found.items:
        steps = [value for name, value in expected[item.name]["par"].items() if name.startswith("d")]
        assert (item.model, item.lowest) == ("grm", 1)
        assert item.intercepts == pytest.approx(steps, abs=1e-4)
    prior = ("--model", "3pl", "--prior-guessing", "logitnormal,-1.4,0.5")
    assert calibrate(lsat / "responses.csv", *prior).exit_code == 0
    found = read_parameters((tmp_path / "params.json").read_bytes(), "params.json")
    guessing = {
        row["_row"]: row["g"]
        for row in json.loads((lsat / "expected.json").read_text())["threePL_prior"]["irt"]
    }
    assert {item.name: item.c for item in found.items} == pytest.approx(guessing, abs=1e-4)


def test_auto_chooses_by_the_column_and_the_persons() -> None:
    assert models_of("auto", [2, 5, 2], 1000) == ("2pl", "grm", "2pl")
    assert models_of("auto", [2, 5, 2], 199) == ("rasch", "pcm", "rasch")
    assert models_of("gpcm", [2, 5], 50) == ("gpcm", "gpcm")


def test_groups_and_a_table(calibrate: Calibrate, small: Path, tmp_path: Path) -> None:
    done = calibrate(small, "--groups", "trường")
    assert done.exit_code == 0, done.output
    found = read_parameters((tmp_path / "params.json").read_bytes(), "params.json")
    assert [group.name for group in found.groups] == ["Tây", "Đông"]
    assert (found.groups[0].mean, found.groups[0].sd) == (0.0, 1.0)
    assert found.groups[1].mean != 0.0
    assert [item.model for item in found.items] == ["2pl"] * 5 + ["grm"]
    for shown in ("bước", "Đông", "±", str(tmp_path / "params.json")):
        assert shown in "".join(done.output.split("\n"))


def test_without_standard_errors(calibrate: Calibrate, small: Path, tmp_path: Path) -> None:
    done = calibrate(
        small, "--ignore", "trường", "--se", "none", "--nodes", "31", "--range", "5", "--tol", "1e-5"
    )
    assert done.exit_code == 0, done.output
    found = read_parameters((tmp_path / "params.json").read_bytes(), "params.json")
    assert (found.nodes.count, found.nodes.range) == (31, 5.0)
    assert all(item.se is None or item.se.a is None for item in found.items)
    assert "±" not in done.output.split("\n")[3]


def test_anchors_keep_their_parameters(calibrate: Calibrate, small: Path, tmp_path: Path) -> None:
    """And say what the file calls their lowest category, also where nobody is in it."""
    calibrate(small, "--ignore", "trường")
    first = read_parameters((tmp_path / "params.json").read_bytes(), "params.json")
    anchors = tmp_path / "anchors.json"
    anchors.write_bytes((tmp_path / "params.json").read_bytes())
    done = calibrate(small, "--ignore", "trường", "--ignore", "c1", "--anchors", anchors)
    assert done.exit_code == 0, done.output
    again = read_parameters((tmp_path / "params.json").read_bytes(), "params.json")
    known = {item.name: (item.a, item.intercepts) for item in first.items}
    assert {item.name: (item.a, item.intercepts) for item in again.items} == {
        name: values for name, values in known.items() if name != "c1"
    }
    other = csv(tmp_path / "other.csv", "x,y", [[0, 1], [1, 0], [1, 1]])
    assert "Không câu nào" in refusal(calibrate(other, "--anchors", anchors))


def test_the_same_file_twice_gives_the_same_figures(
    calibrate: Calibrate, small: Path, tmp_path: Path
) -> None:
    texts = []
    for _ in range(2):
        calibrate(small, "--ignore", "trường")
        found = json.loads((tmp_path / "params.json").read_text())
        texts.append(json.dumps({**found, "seconds": 0}))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("rows", "arguments", "said"),
    [
        ([[1, 1], [0, 1], [1, 1]], (), "Cột “b”"),
        ([[1, ""], [0, ""], [1, ""]], (), "Cột “b”"),
        ([[1, 0], [0, 2], [1, 1]], ("--model", "2pl"), "Cột “b”"),
        ([[1, 1], [0, 5], [1, 3]], (), "Cột “b”: không ai ở mức 2"),
        ([[1, "x"], [0, 1], [1, 0]], (), "Cột “b”, dòng 2"),
        ([[1, "nan"], [0, 1], [1, 0]], (), "Cột “b”, dòng 2"),
        ([[1, 0]], (), "ít nhất hai thí sinh"),
        ([[1, 0], ["", ""], [0, 1]], (), "dòng 3"),
        ([[1, 0], [0, 1], [1, 1]], ("--ignore", "z"), "“z”"),
        ([[1, 0], [0, 1], [1, 1]], ("--groups", "z"), "“z”"),
    ],
)
def test_refusals_name_the_column(
    calibrate: Calibrate, tmp_path: Path, rows: list[list[object]], arguments: tuple[str, ...], said: str
) -> None:
    done = calibrate(csv(tmp_path / "bad.csv", "a,b", rows), *arguments)
    assert said.casefold() in refusal(done).casefold()
    assert not (tmp_path / "params.json").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--model", "5pl"),
        ("--prior-guessing", "logitnormal,-1.4,0.5"),
        ("--model", "3pl", "--prior-guessing", "normal,0,1"),
        ("--model", "3pl", "--prior-guessing", "logitnormal,-1.4"),
        ("--model", "3pl", "--prior-guessing", "logitnormal,-1.4,0"),
        ("--model", "3pl", "--prior-guessing", "beta,1,17"),
        ("--nodes", "3"),
        ("--db", "1"),
    ],
)
def test_used_wrongly(calibrate: Calibrate, small: Path, arguments: tuple[str, ...]) -> None:
    assert calibrate(small, *arguments).exit_code == 2


def test_neither_file_nor_exam(calibrate: Calibrate) -> None:
    assert calibrate().exit_code == 2
    assert calibrate("--db", "1", "--groups", "x").exit_code == 2


def test_what_has_not_converged_is_written_and_refused(
    calibrate: Calibrate, small: Path, tmp_path: Path
) -> None:
    done = calibrate(small, "--ignore", "trường", "--max-iterations", "2")
    assert done.exit_code == 1
    assert "chưa hội tụ" in refusal(done)
    assert "CHƯA hội tụ" in done.output
    assert read_parameters((tmp_path / "params.json").read_bytes(), "params.json").converged is False


async def test_an_exam_in_the_database(database: Database, secrets: Secrets, clock: FakeClock) -> None:
    """Everyone who is in; right prompts as categories; items by their ids; the hash of the scripts."""
    world = await make_exam(database, secrets, clock, students=40, items=2)
    given = await sit_class(database, world.exam)
    questions = await questions_of(database, world.exam)
    file, left_out = await read_exam_responses(database, world.exam, lambda stage, share: None)
    assert set(file.persons) == {str(sitting) for sitting in given}
    assert {*file.responses.names, *left_out} == {str(question.id) for question in questions}
    assert (len(file.sha256), file.lowest) == (64, (0,) * file.responses.n_items)
    for name, column in zip(file.responses.names, file.responses.codes.T, strict=True):
        question = next(each for each in questions if str(each.id) == name)
        is_right = [given[int(person)][question.id] == right(question) for person in file.persons]
        assert (column == column.max()).tolist() == is_right


@pytest.fixture
async def migrated_url(cluster: EmbeddedPostgres) -> AsyncGenerator[str]:
    """A database as the program itself makes it."""
    admin = await asyncpg.connect(cluster.url)
    await admin.execute("CREATE DATABASE calibrated")
    yield cluster.url_of("calibrated")
    await admin.execute("DROP DATABASE calibrated WITH (FORCE)")
    await admin.close()


async def test_the_program_reads_the_database(
    migrated_url: str, secrets: Secrets, clock: FakeClock, tmp_path: Path
) -> None:
    async with open_database(migrated_url, most=2) as database:
        await migrate(database)
        world = await make_exam(database, secrets, clock, students=60, items=2)
        await sit_class(database, world.exam, seed=3)
    out = tmp_path / "params.json"
    words = ["calibrate", "--db", str(world.exam), "--out", str(out), "--model", "auto", "--json"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "exam_server", *words,
        env={**os.environ, "DATABASE_URL": migrated_url, "KHAOTHI_DATA": str(tmp_path / "data")},
        stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    stdout, stderr = await asyncio.wait_for(process.communicate(), timeout=60)
    assert process.returncode == 0, stderr.decode()
    found = read_parameters(stdout, "stdout")
    assert out.read_bytes() == stdout
    assert (found.n, found.converged) == (60, True)
    assert {item.model for item in found.items} <= {"rasch", "pcm"}


async def test_an_exam_that_is_not_enough(database: Database, secrets: Secrets, clock: FakeClock) -> None:
    world = await make_exam(database, secrets, clock, students=4)
    with pytest.raises(Invalid, match="exam_not_calibrable"):
        await read_exam_responses(database, world.exam, lambda stage, share: None)
    with pytest.raises(NotFound, match="no_such_exam"):
        await read_exam_responses(database, world.exam + 99, lambda stage, share: None)

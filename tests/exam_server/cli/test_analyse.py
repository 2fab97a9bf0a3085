"""``khaothi analyse``: what it writes, and what it refuses."""

import asyncio
import csv
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from exam_server.cli.main import app
from exam_server.clock import FakeClock
from exam_server.errors import KhaoThiError
from exam_server.secrets import Secrets
from exam_server.store.database import open_database
from exam_server.store.embedded import EmbeddedPostgres
from exam_server.store.migrations import migrate
from tests.exam_server.scripts import make_exam, sit_class
from tests.scoring.reference import reference

FILES = {"report.html", "items.csv", "scores.csv", "test.csv"}


def analyse(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["analyse", *map(str, arguments)])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def figures(out: Path) -> dict[str, str]:
    return {row["figure"]: row["value"] for row in rows(out / "test.csv")}


@pytest.fixture
def options(tmp_path: Path) -> tuple[Path, Path]:
    """Chosen options of a class of 24 and a key that is wrong for item c2."""
    rng = np.random.default_rng(7)
    theta = rng.normal(size=24)
    responses, key = tmp_path / "responses.csv", tmp_path / "key.csv"
    header = ["person", *(f"c{place}" for place in range(1, 11))]
    lines = [",".join(header)]
    for person, ability in enumerate(theta):
        right = rng.random(10) < 1 / (1 + np.exp(-1.5 * (ability - np.linspace(-1.5, 0.8, 10))))
        wrong = rng.choice(["B", "C", "D"], size=10)
        cells = np.where(right, "A", wrong)
        lines.append(",".join([f"HS{person + 1:02}", *cells]))
    responses.write_text("\n".join(lines) + "\n", encoding="utf-8")
    keys = [f"c{place},{'B' if place == 2 else 'A'}" for place in range(1, 11)]
    key.write_text("\n".join(["item,key", *keys]) + "\n", encoding="utf-8")
    return responses, key


def test_a_class_gets_a_page_and_tables_but_no_model(tmp_path: Path, options: tuple[Path, Path]) -> None:
    out = tmp_path / "new" / "report"
    result = analyse(options[0], "--key", options[1], "--out", out, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {file.name for file in out.iterdir()} == FILES == set(told["files"])
    assert (told["n"], told["items"], told["model"]) == (24, 10, None)
    assert "too_few_for_model" in told["remarks"]
    assert set(told["flags"]["c2"]) & {"option_attracts_best", "key_beaten"}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "http" not in page
    assert page.count("<svg") >= 11
    scores = rows(out / "scores.csv")
    assert [row["person"] for row in scores][:2] == ["HS01", "HS02"]
    assert scores[0]["theta"] == ""
    assert sum(float(row["points"]) for row in scores) / 24 == pytest.approx(
        float(figures(out)["mean"]), abs=0.005
    )


def test_a_report_is_not_lost_by_mistake(tmp_path: Path, options: tuple[Path, Path]) -> None:
    out = tmp_path / "report"
    arguments = (options[0], "--key", options[1], "--out", out)
    assert analyse(*arguments).exit_code == 0
    (out / "items.csv").write_text("mine", encoding="utf-8")
    assert refused(analyse(*arguments)).code == "report_exists"
    assert (out / "items.csv").read_text(encoding="utf-8") == "mine"
    assert analyse(*arguments, "--overwrite").exit_code == 0
    assert (out / "items.csv").read_text(encoding="utf-8") != "mine"
    assert refused(analyse(options[0], "--key", options[1], "--out", options[0])).code == "report_is_a_file"


def refused(result: Result) -> KhaoThiError:
    error = result.exception
    assert isinstance(error, KhaoThiError), result.output
    return error


@pytest.mark.parametrize(
    ("extra", "code"), [("c11,A", "key_beyond_test"), (None, "key_lacks_item"), ("c1,B", "responses_twice")]
)
def test_a_key_that_does_not_fit_names_the_column(
    tmp_path: Path, options: tuple[Path, Path], extra: str | None, code: str
) -> None:
    lines = options[1].read_text(encoding="utf-8").splitlines()
    changed = lines[:-1] if extra is None else [*lines, extra]
    options[1].write_text("\n".join(changed), encoding="utf-8")
    error = refused(analyse(options[0], "--key", options[1], "--out", tmp_path / "report"))
    assert (error.code, error.params["column"]) == (code, "c10" if extra is None else extra.split(",")[0])
    assert not (tmp_path / "report").exists()


def test_a_key_that_nobody_chose_is_doubted(tmp_path: Path, options: tuple[Path, Path]) -> None:
    key = options[1].read_text(encoding="utf-8").replace("c5,A", "c5,E")
    options[1].write_text(key, encoding="utf-8")
    done = analyse(options[0], "--key", options[1], "--out", tmp_path / "report", "--json")
    assert "key_beaten" in json.loads(done.stdout)["flags"]["c5"]


def test_perfect_scores_are_right_not_wrong(tmp_path: Path) -> None:
    file = tmp_path / "perfect.csv"
    file.write_text("a,b\n" + "1,1\n" * 12, encoding="utf-8")
    assert analyse(file, "--out", tmp_path / "report").exit_code == 0
    assert [
        float(row["difficulty"].replace(",", ".")) for row in rows(tmp_path / "report" / "items.csv")
    ] == [1, 1]


def test_a_file_without_an_answer_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("a,b\n" + ",\n" * 3, encoding="utf-8")
    error = refused(analyse(file, "--out", tmp_path / "report"))
    assert (error.code, error.params["item"]) == ("item_without_answers", "a")


def simulated(path: Path, *, n: int, missing: float = 0.0) -> None:
    """Eight items, a group, and one item that is harder for the second group."""
    rng = np.random.default_rng(3)
    theta, group = rng.normal(size=n), rng.integers(0, 2, size=n)
    z = 1.4 * (theta[:, None] - np.linspace(-1, 0.5, 8))
    z[:, 4] -= 1.6 * group
    codes = (rng.random((n, 8)) < 1 / (1 + np.exp(-z))).astype(int)
    gone = rng.random((n, 8)) < missing
    lines = ["group," + ",".join(f"i{place}" for place in range(1, 9))]
    for row, left, each in zip(codes, gone, group, strict=True):
        cells = ["" if one else str(code) for code, one in zip(row, left, strict=True)]
        lines.append(",".join(["AB"[each], *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_groups_are_compared_and_a_model_is_written(tmp_path: Path) -> None:
    file, out = tmp_path / "responses.csv", tmp_path / "report"
    simulated(file, n=1_200)
    result = analyse(file, "--group", "group", "--out", out, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["model"] == "2pl"
    assert told["flags"] == {"i5": ["dif"]}
    written: dict[str, Any] = json.loads((out / "params.json").read_text(encoding="utf-8"))
    assert written["converged"] is True
    assert [item["name"] for item in written["items"]] == [f"i{place}" for place in range(1, 9)]
    again = tmp_path / "again"
    assert analyse(file, "--group", "group", "--out", again).exit_code == 0
    for name in FILES:
        assert (out / name).read_bytes() == (again / name).read_bytes()


def test_what_was_not_administered_is_not_wrong(tmp_path: Path) -> None:
    file, out = tmp_path / "responses.csv", tmp_path / "report"
    simulated(file, n=300, missing=0.2)
    result = analyse(file, "--ignore", "group", "--out", out, "--model", "rasch")
    assert result.exit_code == 0, result.output
    assert figures(out)["maximum"] == "100"
    first = rows(out / "scores.csv")[0]
    share = float(first["points"]) / float(first["possible"])
    assert float(first["score"]) == pytest.approx(100 * share, abs=1e-3)
    assert all(int(row["n"]) < 300 for row in rows(out / "items.csv"))


@pytest.mark.parametrize(
    ("name", "model", "key"), [("lsat6", "2pl", "twoPL"), ("science_grm", "2pl", "graded")]
)
def test_reference_data_give_what_established_programs_give(
    tmp_path: Path, name: str, model: str, key: str
) -> None:
    folder = reference(name)
    out = tmp_path / "report"
    result = analyse(folder / "responses.csv", "--model", model, "--out", out)
    assert result.exit_code == 0, result.output
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))[key]
    assert float(figures(out)["model_loglik"]) == pytest.approx(expected["logLik"], abs=2e-4)


@pytest.fixture
async def migrated_url(cluster: EmbeddedPostgres) -> AsyncGenerator[str]:
    """An empty database for the program to migrate."""
    admin = await asyncpg.connect(cluster.url)
    await admin.execute("CREATE DATABASE analysed")
    yield cluster.url_of("analysed")
    await admin.execute("DROP DATABASE analysed WITH (FORCE)")
    await admin.close()


async def test_an_exam_of_the_database(
    migrated_url: str, secrets: Secrets, clock: FakeClock, tmp_path: Path
) -> None:
    async with open_database(migrated_url, most=2) as database:
        await migrate(database)
        world = await make_exam(database, secrets, clock, students=24, items=2)
        await sit_class(database, world.exam, seed=3)
    out = tmp_path / "report"
    environment = {"DATABASE_URL": migrated_url, "KHAOTHI_DATA": str(tmp_path / "data")}

    def run(*more: str) -> Result:
        arguments = ["analyse", "--db", str(world.exam), "--out", str(out), *more]
        return CliRunner().invoke(app, arguments, env=environment)

    result = await asyncio.to_thread(run)
    assert result.exit_code == 0, result.output
    scores = rows(out / "scores.csv")
    assert len(scores) == 24
    assert all(row["person"] for row in scores)
    assert "Kỳ thi" in (out / "report.html").read_text(encoding="utf-8")
    assert (await asyncio.to_thread(run, "--group", "x", "--overwrite")).exit_code == 2

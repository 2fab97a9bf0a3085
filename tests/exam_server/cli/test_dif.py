"""``khaothi dif`` as people run it."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.testing import assert_allclose
from typer.testing import CliRunner, Result

from exam_server.catalogue import text
from exam_server.cli.dif_report import DifReport
from exam_server.cli.main import app
from exam_server.cli.measuring import number
from exam_server.cli.words import LANGUAGE, sentence
from exam_server.errors import KhaoThiError
from tests.scoring.reference import reference

N, ITEMS = 300, 12


def answers(groups: list[str], moved: int | None = 3) -> str:
    """Candidates of ability drawn alike; item ``moved`` is much harder for the first group."""
    rng = np.random.default_rng(21)
    theta = rng.normal(size=len(groups))
    difficulty = np.tile(np.linspace(-1.2, 1.2, ITEMS), (len(groups), 1))
    if moved is not None:
        difficulty[np.array(groups) == groups[0], moved] += 1.5
    right = rng.random(difficulty.shape) < 1 / (1 + np.exp(-1.4 * (theta[:, None] - difficulty)))
    # Four steps, so that one item is graded: the number of three tries that go well.
    tries = rng.random((len(groups), 3)) < 1 / (1 + np.exp(-theta[:, None]))
    header = ",".join(["person", *(f"q{place}" for place in range(ITEMS)), "ladder", "school"])
    rows = [
        ",".join([f"p{row}", *map(str, one.astype(int)), str(two.sum()), group])
        for row, (one, two, group) in enumerate(zip(right, tries, groups, strict=True))
    ]
    return "\n".join([header, *rows, ""])


@pytest.fixture
def two_groups(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(answers(["An Hoà"] * N + ["Bình Minh"] * (N + 60)), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["dif", *map(str, arguments)])


def report(*arguments: str | Path) -> DifReport:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return msgspec.json.decode(done.stdout, type=DifReport)


def refused(*arguments: str | Path) -> str:
    done = run(*arguments)
    assert done.exit_code == 1
    assert isinstance(done.exception, KhaoThiError)
    return sentence(done.exception.code, done.exception.params)


def test_against_difr() -> None:
    path = reference("dif_verbal") / "responses.csv"
    expected = msgspec.json.decode((path.parent / "expected.json").read_bytes())
    found = report(path, "--group", "Gender", "--focal", "1", "--ignore", "Anger", "--no-purify")
    contrast = found.contrasts[0]
    assert (contrast.focal, contrast.reference, contrast.n_focal, contrast.n_reference) == ("1", "0", 73, 243)
    header = path.read_text().split("\n", 1)[0].strip().split(",")
    rows = {row.item: row for row in contrast.items}
    assert_allclose([rows[name].chi2 for name in header[:24]], expected["MH"]["MH"], atol=1e-8)
    assert_allclose([rows[name].alpha for name in header[:24]], expected["MH"]["alphaMH"], atol=1e-8)


@pytest.mark.parametrize("method", ["mh", "logistic", "standardisation"])
def test_the_item_that_one_group_finds_hard_comes_first(two_groups: Path, method: str) -> None:
    found = report(two_groups, "--group", "school", "--method", method)
    (contrast,) = found.contrasts
    assert (contrast.focal, contrast.reference) == ("An Hoà", "Bình Minh")
    assert contrast.settled
    first, *rest = contrast.items
    assert (first.item, first.category, first.favours, first.matched_on) == ("q3", "C", "reference", False)
    assert {row.item for row in rest} == {f"q{place}" for place in range(ITEMS) if place != 3} | {"ladder"}
    assert "C" not in {row.category for row in rest}
    letters = [row.category or "" for row in contrast.items]
    assert letters == sorted(letters, reverse=True)
    if method == "mh":
        ladder = next(row for row in rest if row.item == "ladder")
        assert ladder.delta is None
        assert ladder.mean_difference is not None
        assert first.delta is not None
        assert first.delta < -1.5


def test_the_table(two_groups: Path) -> None:
    done = run(two_groups, "--group", "school")
    assert done.exit_code == 0
    flat = "".join(done.stdout.split())
    for words in (
        text(
            LANGUAGE,
            "measurement",
            "dif_title",
            focal="An Hoà",
            reference="Bình Minh",
            n_focal=300,
            n_reference=360,
        ),
        text(LANGUAGE, "measurement", "dif_how_purified"),
        text(LANGUAGE, "measurement", "dif_is_no_verdict"),
    ):
        assert "".join(words.split()) in flat
    first = next(line for line in done.stdout.splitlines() if "q3" in line)
    assert "C:" in first
    assert f"< {number(0.0001, 4)}" in first


def test_focal_group_by_name_turns_the_sign(two_groups: Path) -> None:
    one = report(two_groups, "--group", "school", "--no-purify").contrasts[0].items[0]
    other = (
        report(two_groups, "--group", "school", "--focal", "Bình Minh", "--no-purify").contrasts[0].items[0]
    )
    assert (one.item, other.item) == ("q3", "q3")
    assert (one.favours, other.favours) == ("reference", "focal")
    assert one.delta == pytest.approx(-(other.delta or 0.0))


def test_more_groups_are_each_compared_with_the_others(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(answers(["A"] * N + ["B"] * N + ["C"] * N + ["D"] * 20), encoding="utf-8")
    found = report(path, "--group", "school")
    assert [(one.focal, one.reference, one.n_reference) for one in found.contrasts] == [
        (name, None, 2 * N + 20) for name in "ABC"
    ]
    assert [(one.group, one.n) for one in found.too_small] == [("D", 20)]
    assert (found.contrasts[0].items[0].item, found.contrasts[0].items[0].favours) == ("q3", "reference")
    table = run(path, "--group", "school").stdout
    assert text(LANGUAGE, "measurement", "dif_left_out", group="D", count=20) in " ".join(table.split())


@pytest.mark.parametrize(
    ("groups", "arguments", "named"),
    [
        (["A"] * 60 + ["B"] * 60, ["--group", "region"], ("region",)),
        (["A"] * 60, ["--group", "school"], ()),
        (["A"] * 60 + ["B"] * 49, ["--group", "school"], ("B", "49", "50")),
        (["A"] * 49 + ["B"] * 60, ["--group", "school", "--focal", "B"], ("A", "49", "50")),
        (["A"] * 60 + ["B"] * 60, ["--group", "school", "--focal", "Z"], ("Z", "A, B")),
        (["A"] * 60 + [str(place) for place in range(300)], ["--group", "school"], ("301", "200")),
    ],
)
def test_what_cannot_be_compared(
    tmp_path: Path, groups: list[str], arguments: list[str], named: tuple[str, ...]
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(answers(groups), encoding="utf-8")
    words = refused(path, *arguments)
    assert all(name in words for name in named), words
    assert words.count("\n") == 0


def test_an_item_that_everyone_answers_alike_is_named(two_groups: Path) -> None:
    lines = two_groups.read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines]
    for row in rows[1:]:
        row[5] = "1"
    two_groups.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    assert "q4" in refused(two_groups, "--group", "school")
    assert len(report(two_groups, "--group", "school", "--ignore", "q4").contrasts[0].items) == ITEMS


def test_one_sentence_and_exit_code_one(two_groups: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "exam_server", "dif", str(two_groups), "--group", "region"],
        env={**os.environ, "KHAOTHI_LANG": "vi"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"{two_groups}: {text('vi', 'errors', 'responses_no_column', column='region')}\n"
    assert done.stdout == ""

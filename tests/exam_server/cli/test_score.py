"""``khaothi score``: what it writes, says and refuses."""

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from exam_server.cli.main import app
from exam_server.cli.words import sentence
from exam_server.core.parameter_file import (
    GroupFigures,
    NodeFigures,
    ParameterFile,
    item_figures,
    write_parameters,
)
from exam_server.errors import KhaoThiError
from scoring.ability import Ability, eap, eap_of_sums, map_, ml, wle
from scoring.items import Item
from scoring.quadrature import make_nodes, normal_weights
from scoring.responses import Responses, make_responses
from tests.scoring.mirt_items import fitted
from tests.scoring.reference import reference
from tests.scoring.simulated import answers, two_pl

Score = Callable[..., Result]

GRADED = Item(name="bước", model="grm", slope=1.3, intercepts=np.array([1.0, -0.5]))
ONE = (GroupFigures(name="", mean=0.2, sd=1.1),)


def parameters(
    items: Sequence[Item], groups: tuple[GroupFigures, ...] = ONE, *, count: int = 61, lowest: int = 0
) -> ParameterFile:
    return ParameterFile(
        model="auto", loglik=-1.0, n=100.0, nodes=NodeFigures(count=count, range=6.0), converged=True,
        gradient_norm=0.0, iterations=1, seconds=0.1, input_sha256="0" * 64, groups=groups,
        items=tuple(msgspec.structs.replace(item_figures(item), lowest=lowest) for item in items),
    )  # fmt: skip


@pytest.fixture
def items() -> tuple[Item, ...]:
    return (*two_pl(np.random.default_rng(1), 7), GRADED)


@pytest.fixture
def score(tmp_path: Path) -> Score:
    """Writes the files and runs the command on them."""

    def run(file: ParameterFile, header: str, rows: Sequence[Sequence[object]], *arguments: str) -> Result:
        (tmp_path / "params.json").write_bytes(write_parameters(file))
        lines = [header, *(",".join(map(str, row)) for row in rows)]
        (tmp_path / "responses.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return command(
            tmp_path / "responses.csv", tmp_path / "params.json", tmp_path / "scores.csv", *arguments
        )

    return run


def command(responses: Path, params: Path, out: Path, *arguments: str) -> Result:
    words = ["score", str(responses), "--items", str(params), "--out", str(out), *arguments]
    return CliRunner().invoke(app, words, env={"COLUMNS": "160"})


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def refusal(done: Result) -> str:
    assert isinstance(done.exception, KhaoThiError), done.output
    return sentence(done.exception.code, done.exception.params)


NODES = make_nodes()
WEIGHTS = normal_weights(NODES, 0.2, 1.1)

METHODS: dict[str, Callable[[Sequence[Item], Responses], Ability]] = {
    "eap": lambda items, responses: eap(items, responses, NODES, WEIGHTS),
    "map": lambda items, responses: map_(items, responses, 0.2, 1.1),
    "ml": ml,
    "wle": wle,
    "eapsum": lambda items, responses: eap_of_sums(items, responses, NODES, WEIGHTS),
}


@pytest.mark.parametrize("method", METHODS)
def test_every_method(score: Score, items: tuple[Item, ...], tmp_path: Path, method: str) -> None:
    """Columns in any order; an empty cell is not administered; what has no estimate is an empty cell."""
    rng = np.random.default_rng(2)
    responses = answers(items, rng.normal(size=40), rng, missing=0.1)
    responses.codes[0] = [1] * 7 + [2]
    cells = np.where(responses.codes < 0, "", responses.codes.astype(str))
    order = rng.permutation(8)
    header = ",".join(["person", *(items[place].name for place in order)])
    rows = [[f"SBD{row}", *cells[row, order]] for row in range(40)]
    done = score(parameters(items), header, rows, "--method", method, "--json")
    assert done.exit_code == 0, done.output
    written = table(tmp_path / "scores.csv")
    expected = METHODS[method](items, responses)
    assert [row["person"] for row in written] == [f"SBD{row}" for row in range(40)]
    theta, se = (np.array([float(row[name] or "nan") for row in written]) for name in ("theta", "se"))
    np.testing.assert_allclose(theta, expected.theta, atol=1e-7)
    np.testing.assert_allclose(se, expected.se, atol=1e-7)
    summary = json.loads(done.stdout)
    known = np.isfinite(expected.se)
    assert (summary["n"], summary["at_limit"]) == (40, int(np.sum(~known)))
    assert summary["mean"] == pytest.approx(expected.theta[known].mean())
    assert 0 <= summary["reliability"] < 1


def test_as_mirt_scores(tmp_path: Path) -> None:
    """Calibrate, then score: EAP and SE to 1e-5."""
    place = reference("science_grm") / "responses.csv"
    words = ["calibrate", str(place), "--model", "grm", "--out", str(tmp_path / "params.json")]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert command(place, tmp_path / "params.json", tmp_path / "scores.csv").exit_code == 0
    expected = fitted("science_grm", "graded", "grm").expected["scores_first_rows"]["EAP"]
    written = table(tmp_path / "scores.csv")[:200]
    np.testing.assert_allclose([float(row["theta"]) for row in written], expected["theta"], atol=1e-5)
    np.testing.assert_allclose([float(row["se"]) for row in written], expected["se"], atol=1e-5)


def test_a_class_that_got_everything_right(score: Score, items: tuple[Item, ...], tmp_path: Path) -> None:
    """A column of 1 alone stays right; in a file that counts from 1, 1 alone stays the lowest."""
    header = ",".join(item.name for item in items)
    best = eap(items, make_responses(np.array([[1] * 7 + [2]], dtype=np.int8)), NODES, WEIGHTS)
    assert score(parameters(items), header, [[1] * 7 + [2]] * 2).exit_code == 0
    assert [float(row["theta"]) for row in table(tmp_path / "scores.csv")] == pytest.approx(
        [best.theta[0]] * 2
    )
    worst = eap(items, make_responses(np.array([[0] * 8], dtype=np.int8)), NODES, WEIGHTS)
    assert score(parameters(items, lowest=1), header, [[1] * 8] * 2).exit_code == 0
    assert [float(row["theta"]) for row in table(tmp_path / "scores.csv")] == pytest.approx(
        [worst.theta[0]] * 2
    )


def test_groups_have_their_own_priors(score: Score, items: tuple[Item, ...], tmp_path: Path) -> None:
    """The second one's as weights at the nodes."""
    weights = normal_weights(NODES, 0.5, 0.8)
    groups = (
        GroupFigures(name="A", mean=-1.0, sd=1.0),
        GroupFigures(name="B", mean=0.5, sd=0.8, weights=tuple(weights.tolist())),
    )
    file = parameters(items, groups)
    header = ",".join([*(item.name for item in items), "trường"])
    rows = [[1, 0, 1, 0, 1, 0, 1, 1, school] for school in ("B", "A")]
    assert score(file, header, rows, "--groups", "trường").exit_code == 0
    person = make_responses(np.array([[1, 0, 1, 0, 1, 0, 1, 1]], dtype=np.int8))
    expected = [eap(items, person, NODES, prior).theta[0] for prior in (weights, normal_weights(NODES, -1.0))]
    assert [float(row["theta"]) for row in table(tmp_path / "scores.csv")] == pytest.approx(expected)
    assert score(file, header, rows, "--groups", "trường", "--method", "map").exit_code == 0
    assert "A, B" in refusal(score(file, header, rows, "--ignore", "trường"))
    assert score(file, header, rows, "--ignore", "trường", "--method", "wle").exit_code == 0
    rows[0][-1] = "C"
    assert "“C”" in refusal(score(file, header, rows, "--groups", "trường"))


def test_who_answered_nothing_has_no_score(score: Score, items: tuple[Item, ...], tmp_path: Path) -> None:
    header = ",".join(["person", *(item.name for item in items)])
    rows = [["a", *[""] * 8], ["b", *[1] * 8], ["c", *[0] * 8]]
    for method in METHODS:
        done = score(parameters(items), header, rows, "--method", method)
        first, *others = table(tmp_path / "scores.csv")
        assert first == {"person": "a", "theta": "", "se": ""}
        assert all(row["theta"] for row in others)
        assert "1 thí sinh không trả lời câu nào" in done.output
        assert ("±6,0" in done.output) == (method == "ml")


def test_items_that_were_not_administered(score: Score, items: tuple[Item, ...], tmp_path: Path) -> None:
    header = ",".join(item.name for item in items[2:])
    rows = [[1, 0, 1, 0, 1, 2], [0, 1, 0, 1, 1, 0]]
    assert f"“{items[0].name}”" in refusal(score(parameters(items), header, rows))
    assert not (tmp_path / "scores.csv").exists()
    assert score(parameters(items), header, rows, "--missing-ok").exit_code == 0
    expected = eap(items[2:], make_responses(np.array(rows, dtype=np.int8)), NODES, WEIGHTS)
    assert [float(row["theta"]) for row in table(tmp_path / "scores.csv")] == pytest.approx(expected.theta)


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("a,b,c", "1,1,1", "“c”"),
        ("a,b", "1,2", "Cột “b”, dòng 3: giá trị 2 không phải mức của câu này (0–1)"),
        ("a,b", "1,x", "Cột “b”, dòng 3"),
        ("a,b", "1,", None),
    ],
)
def test_refusals_name_column_and_line(score: Score, header: str, row: str, said: str | None) -> None:
    pair = [
        Item(name=name, model="2pl", slope=1.0, intercepts=np.array([0.0]), lower=0.0) for name in ("a", "b")
    ]
    done = score(parameters(pair), header, ["0" * len(header.split(",")), row.split(",")])
    assert done.exit_code == 0 if said is None else said in refusal(done)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (parameters([GRADED], (GroupFigures(name="A", mean=0.0, sd=0.0),)), "score_bad_group"),
        (
            parameters([GRADED], (GroupFigures(name="A", mean=0.0, sd=1.0, weights=(1.0,)),)),
            "score_bad_group",
        ),
        (parameters([GRADED], count=2), "score_bad_nodes"),
        (parameters([GRADED], ()), "score_which_group"),
        (msgspec.structs.replace(parameters([GRADED]), converged=False), "score_not_converged"),
    ],
)
def test_a_parameter_file_that_is_no_prior(score: Score, file: ParameterFile, code: str) -> None:
    done = score(file, "bước", [[0], [1]])
    assert isinstance(done.exception, KhaoThiError)
    assert done.exception.code == code

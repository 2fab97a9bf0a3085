"""``khaothi equate`` as people run it."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from exam_server.cli.main import app
from exam_server.cli.words import say, sentence
from exam_server.core.equated_scores import EquatingTable
from exam_server.core.parameter_file import (
    GroupFigures,
    NodeFigures,
    ParameterFile,
    item_figures,
    write_parameters,
)
from exam_server.errors import KhaoThiError
from scoring.items import Item, rescale
from tests.exam_server.cli.test_link import items_of, parameter_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two forms' parameters, the first with the harder items, and responses to two forms."""
    for name, shift in (("a", 0.5), ("b", 0.0)):
        items = [item_figures(rescale(item, 1.0, shift)) for item in items_of(name)]
        (tmp_path / f"{name}.json").write_bytes(write_parameters(parameter_file(items)))
        rng = np.random.default_rng(5)
        right = rng.random((300, 15)) < 1 / (1 + np.exp(-(rng.normal(size=(300, 1)) - shift)))
        rows = [",".join(map(str, row)) for row in right.astype(int)]
        header = ",".join(f"q{place}" for place in range(15))
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["equate", *map(str, arguments)])


def table(*arguments: str | Path) -> EquatingTable:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return msgspec.json.decode(done.stdout, type=EquatingTable)


def refused(*arguments: str | Path) -> str:
    done = run(*arguments)
    assert done.exit_code == 1
    assert isinstance(done.exception, KhaoThiError)
    return sentence(done.exception.code, done.exception.params)


@pytest.mark.parametrize("method", ["true-score", "observed-score"])
def test_scores_on_the_harder_form_are_worth_more(folder: Path, method: str) -> None:
    found = table("--from", folder / "a.json", "--to", folder / "b.json", "--method", method)
    assert (found.most, found.base_most) == (13, 13)
    assert all(row.equivalent > row.score for row in found.scores[2:12])
    assert all(0 <= row.reported <= 10 and row.se is None for row in found.scores)


def test_a_form_is_worth_itself_on_the_scale(folder: Path) -> None:
    found = table("--from", folder / "b.json", "--to", folder / "b.json")
    assert [row.equivalent for row in found.scores] == pytest.approx(range(14), abs=1e-8)
    assert [str(row.reported) for row in found.scores[:3]] == ["0.00", "0.77", "1.54"]
    coarse = table("--from", folder / "b.json", "--to", folder / "b.json", "--scale", "100", "--places", "0")
    assert [str(row.reported) for row in coarse.scores[:3]] == ["0", "8", "15"]


@pytest.mark.parametrize("method", ["equipercentile", "linear", "mean"])
def test_responses_of_groups_alike_are_equated_with_errors(folder: Path, method: str) -> None:
    files = ("--from", folder / "a.csv", "--to", folder / "b.csv", "--method", method)
    found = table(*files)
    assert found.scores[7].equivalent > 7.5
    assert found.scores[7].se is not None
    assert 0.05 < found.scores[7].se < 1.0
    assert table(*files) == found
    assert table(*files, "--seed", "2") != found


def test_smoothing_and_the_table_as_a_file(folder: Path) -> None:
    out = folder / "table.csv"
    found = table("--from", folder / "a.csv", "--to", folder / "b.csv", "--smooth", "3", "--out", out)
    assert found.smooth == 3
    lines = out.read_text().splitlines()
    assert lines[0] == "score,equivalent,reported,se"
    assert len(lines) == 17
    first = found.scores[0]
    assert lines[1] == f"0,{first.equivalent:.6f},{first.reported},{first.se:.6f}"


def test_people_get_a_table(folder: Path) -> None:
    done = run("--from", folder / "a.json", "--to", folder / "b.json")
    assert done.exit_code == 0
    assert len(done.output.splitlines()) >= 14


def test_methods_need_their_files(folder: Path) -> None:
    assert run("--from", folder / "a.csv", "--to", folder / "b.csv", "--method", "true-score").exit_code == 2
    assert run("--from", folder / "a.json", "--to", folder / "b.json", "--method", "mean").exit_code == 2
    assert run("--from", folder / "a.json", "--to", folder / "b.json", "--smooth", "3").exit_code == 2


def test_a_candidate_without_all_items_has_no_sum(folder: Path) -> None:
    lines = (folder / "a.csv").read_text().splitlines()
    lines[2] = "," + lines[2].split(",", 1)[1]
    (folder / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    said = refused("--from", folder / "a.csv", "--to", folder / "b.csv")
    assert said == sentence("equating_incomplete", {"row": 2})


def test_falling_items_and_too_much_smoothing_are_named(folder: Path) -> None:
    turned = item_figures(Item(name="turned", model="2pl", slope=-1.0, intercepts=np.array([0.0])))
    (folder / "a.json").write_bytes(write_parameters(parameter_file([turned])))
    said = refused("--from", folder / "a.json", "--to", folder / "b.json")
    assert said == sentence("equating_not_rising", {"item": "turned"})
    (folder / "few.csv").write_text("q1,q2\n0,1\n1,1\n1,0\n0,0\n", encoding="utf-8")
    said = refused("--from", folder / "few.csv", "--to", folder / "b.csv", "--smooth", "4")
    assert said == sentence("smoothing_degree", {"degree": 4, "most": 2})


@pytest.fixture
def groups(tmp_path: Path) -> Path:
    """The same 16-item form taken by a weak and a strong group; its first 8 items are common."""
    rng = np.random.default_rng(11)
    difficulty = np.linspace(-1.5, 1.5, 16)
    for name, mean in (("weak", -0.6), ("strong", 0.6)):
        theta = rng.normal(mean, 1.0, (1500, 1))
        right = (rng.random((1500, 16)) < 1 / (1 + np.exp(-1.3 * (theta - difficulty)))).astype(int)
        header = ",".join(f"{name}{place}" for place in range(16))
        rows = [header, *(",".join(map(str, row)) for row in right), ""]
        (tmp_path / f"{name}.csv").write_text("\n".join(rows), encoding="utf-8")
    pairs = [f"weak{place},strong{place}" for place in range(0, 16, 2)]
    (tmp_path / "common.csv").write_text("\n".join(["new,base", *pairs, ""]), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("method", ["chained", "frequency"])
def test_common_items_correct_for_groups_that_differ(groups: Path, method: str) -> None:
    files = ("--from", groups / "weak.csv", "--to", groups / "strong.csv")
    blind = table(*files, "--method", "mean")
    found = table(*files, "--common", groups / "common.csv", "--method", method)
    middle = slice(4, 13)
    errors = [
        float(np.mean([abs(row.equivalent - row.score) for row in each.scores[middle]]))
        for each in (blind, found)
    ]
    assert errors[0] > 2.0
    # Frequency estimation takes the groups for more alike than they are.
    assert errors[1] < 0.8


def test_chained_equivalents_have_errors(groups: Path) -> None:
    files = ("--from", groups / "weak.csv", "--to", groups / "strong.csv", "--common", groups / "common.csv")
    found = table(*files)
    assert found.method == "chained"
    assert found.scores[8].se is not None
    assert 0.02 < found.scores[8].se < 0.5


def test_wrong_common_items_and_methods_are_refused(groups: Path) -> None:
    files = ("--from", groups / "weak.csv", "--to", groups / "strong.csv")
    assert run(*files, "--method", "chained").exit_code == 2
    assert run(*files, "--method", "mean", "--common", groups / "common.csv").exit_code == 2
    (groups / "wrong.csv").write_text("new,base\nweak0,strong99\n", encoding="utf-8")
    said = refused(*files, "--common", groups / "wrong.csv")
    assert said == sentence("link_no_item", {"item": "strong99", "column": 2})


def test_an_item_that_all_got_right_counts(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("q1,q2,q3\n1,0,1\n1,1,0\n1,1,1\n1,0,0\n", encoding="utf-8")
    found = table("--from", tmp_path / "a.csv", "--to", tmp_path / "a.csv", "--method", "mean")
    assert (found.most, found.base_most) == (3, 3)
    assert [row.equivalent for row in found.scores] == pytest.approx(range(4))


def test_files_of_two_kinds_are_not_compared(folder: Path) -> None:
    done = run("--from", folder / "a.json", "--to", folder / "b.csv")
    assert done.exit_code == 2
    assert say("equate_mixed").split(":")[0] in " ".join(done.output.replace("│", " ").split())


def test_one_person_is_no_group(folder: Path) -> None:
    lines = (folder / "b.csv").read_text(encoding="utf-8").splitlines()
    (folder / "one.csv").write_text("\n".join(lines[:2]), encoding="utf-8")
    assert refused("--from", folder / "a.csv", "--to", folder / "one.csv") == sentence("one_person", {"n": 1})


def test_columns_that_are_no_items_are_left_out(folder: Path) -> None:
    for name in "ab":
        lines = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        rows = [f"class,{lines[0]}", *(f"12A,{line}" for line in lines[1:])]
        (folder / f"{name}_classes.csv").write_text("\n".join(rows), encoding="utf-8")
    plain = table("--from", folder / "a.csv", "--to", folder / "b.csv")
    classes = ("--from", folder / "a_classes.csv", "--to", folder / "b_classes.csv")
    assert table(*classes, "--ignore", "class") == plain


def test_a_common_item_is_paired_once(folder: Path) -> None:
    (folder / "map.csv").write_text("a,b\nq1,q1\nq2,q1\n", encoding="utf-8")
    words = refused("--from", folder / "a.csv", "--to", folder / "b.csv", "--common", folder / "map.csv")
    assert words == sentence("link_item_twice", {"item": "q1"})


def test_observed_scores_are_of_a_group_that_the_file_has(folder: Path) -> None:
    whole = msgspec.json.decode((folder / "b.json").read_bytes(), type=ParameterFile)
    group = GroupFigures(name="", mean=0.0, sd=0.0)
    for groups, code, params in (((), "equating_no_group", {}), ((group,), "score_bad_group", {"group": ""})):
        (folder / "c.json").write_bytes(write_parameters(msgspec.structs.replace(whole, groups=groups)))
        words = refused("--from", folder / "a.json", "--to", folder / "c.json", "--method", "observed-score")
        assert words == sentence(code, params)


def test_observed_scores_of_a_distribution_that_is_not_normal(folder: Path) -> None:
    """All at one end, where the harder form's scores are worth more by its shift alone."""
    whole = msgspec.json.decode((folder / "b.json").read_bytes(), type=ParameterFile)
    weights = (0.0,) * 58 + (1.0, 1.0, 1.0)
    nodes = NodeFigures(count=61, range=6.0)
    group = GroupFigures(name="", mean=0.0, sd=1.0, weights=weights)
    changed = msgspec.structs.replace(whole, groups=(group,), nodes=nodes)
    (folder / "c.json").write_bytes(write_parameters(changed))
    normal = table("--from", folder / "a.json", "--to", folder / "b.json", "--method", "observed-score")
    strong = table("--from", folder / "a.json", "--to", folder / "c.json", "--method", "observed-score")
    assert strong.scores[6].equivalent != pytest.approx(normal.scores[6].equivalent, abs=0.1)

"""``khaothi link`` as people run it."""

import csv
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.testing import assert_allclose
from typer.testing import CliRunner, Result

from exam_server.catalogue import text
from exam_server.cli.link import points_of
from exam_server.cli.link_report import LinkReport
from exam_server.cli.main import app
from exam_server.cli.words import LANGUAGE, sentence
from exam_server.core.linked_file import covariance_of
from exam_server.core.parameter_file import (
    ErrorFigures,
    GroupFigures,
    ItemFigures,
    NodeFigures,
    ParameterFile,
    item_figures,
    read_parameters,
    write_parameters,
)
from exam_server.core.parameter_file import parameter_file as calibrated
from exam_server.errors import KhaoThiError
from scoring.calibration import Settings, calibrate
from scoring.items import Item, rescale, trace
from scoring.linking import Form, chain
from scoring.linking.parameters import spans
from scoring.quadrature import Nodes
from scoring.responses import make_responses
from tests.scoring.reference import reference

A, B = 1.25, -0.4
SE = ErrorFigures(a=0.05, intercepts=(0.06,))


def parameter_file(items: Sequence[ItemFigures]) -> ParameterFile:
    return ParameterFile(
        model="3pl",
        loglik=-1234.5,
        n=1000,
        nodes=NodeFigures(count=61, range=6.0),
        converged=True,
        gradient_norm=1e-8,
        iterations=20,
        seconds=0.1,
        input_sha256="",
        items=tuple(items),
        groups=(GroupFigures(name="", mean=0.0, sd=1.0),),
    )


def items_of(prefix: str) -> list[Item]:
    rng = np.random.default_rng(7)
    two = [
        Item(name=f"{prefix}{place}", model="2pl", slope=float(a), intercepts=np.array([-a * b]))
        for place, (a, b) in enumerate(zip(rng.lognormal(0, 0.3, 10), rng.normal(size=10), strict=True))
    ]
    graded = Item(name=f"{prefix}graded", model="grm", slope=1.2, intercepts=np.array([1.0, 0.0, -1.5]))
    return [*two, graded]


def figures(items: Sequence[Item], *, errors: bool) -> list[ItemFigures]:
    return [
        msgspec.structs.replace(
            item_figures(item),
            se=msgspec.structs.replace(SE, intercepts=(0.06,) * len(item.intercepts)) if errors else None,
        )
        for item in items
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """a.json, b.json with nine of the same items on another scale and one that became harder; map.csv."""
    here = items_of("a")
    there = [rescale(item, A, B) for item in items_of("b")]
    there[4] = rescale(there[4], 1.0, 1.1)
    (tmp_path / "a.json").write_bytes(write_parameters(parameter_file(figures(here, errors=True))))
    (tmp_path / "b.json").write_bytes(write_parameters(parameter_file(figures(there, errors=True))))
    pairs = [f"{one.name},{other.name}" for one, other in zip(here, there, strict=True)]
    (tmp_path / "map.csv").write_text("\n".join(["from,to", *pairs, ""]), encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str | Path) -> Result:
    files = ("--from", folder / "a.json", "--to", folder / "b.json")
    return CliRunner().invoke(app, ["link", *map(str, (*files, *arguments))])


def report(folder: Path, *arguments: str | Path) -> LinkReport:
    done = run(folder, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return msgspec.json.decode(done.stdout, type=LinkReport)


def refused(folder: Path, *arguments: str | Path) -> str:
    done = run(folder, *arguments)
    assert done.exit_code == 1
    assert isinstance(done.exception, KhaoThiError)
    return sentence(done.exception.code, done.exception.params)


@pytest.mark.parametrize("method", ["stocking-lord", "haebara", "mean-sigma", "mean-mean", "mean-gmean"])
@pytest.mark.parametrize("rule", ["robust-z", "distance", "displacement"])
def test_the_anchor_that_moved_is_named_and_the_line_found_without_it(
    folder: Path, method: str, rule: str
) -> None:
    arguments = ("--common", folder / "map.csv", "--method", method, "--drift", rule)
    found = report(folder, *arguments, "--drop-moved")
    assert (found.slope, found.intercept) == pytest.approx((A, B), abs=1e-5)
    assert [one.from_ for one in found.anchors if one.dropped] == ["a4"]
    assert found.notes[0].startswith(_start("link_anchor_harder", item="a4", other="b4"))
    assert found.notes[0].endswith(text(LANGUAGE, "measurement", "link_anchor_dropped"))
    with_it = report(folder, *arguments)
    assert abs(with_it.intercept - B) > 0.01
    assert with_it.n_common == found.n_common + 1 == 11


def test_the_json_has_the_promised_names(folder: Path) -> None:
    done = run(folder, "--common", folder / "map.csv", "--json")
    found = msgspec.json.decode(done.stdout)
    assert {"A", "B", "se_A", "se_B", "cov_AB", "method", "d", "points", "weights"} <= found.keys()
    assert found["errors"] == "diagonal"
    assert 0.01 < found["se_A"] < 0.2
    assert {"from", "to", "moved", "dropped"} <= found["anchors"][0].keys()


def test_the_linked_file_has_the_same_curves(folder: Path) -> None:
    out = folder / "linked.json"
    found = report(folder, "--common", folder / "map.csv", "--method", "mean-sigma", "--out", out)
    linked = read_parameters(out.read_bytes(), "linked.json")
    theta = np.linspace(-3, 3, 7)
    for before, after in zip(items_of("a"), linked.items, strict=True):
        assert after.name == before.name
        assert_allclose(trace(after.item(), found.slope * theta + found.intercept), trace(before, theta))
    assert (linked.groups[0].mean, linked.groups[0].sd) == (found.intercept, found.slope)
    first = linked.items[0].se
    assert first is not None
    assert first.a == pytest.approx(0.05 / found.slope)
    assert first.intercepts is not None
    assert first.intercepts[0] == pytest.approx(np.hypot(0.06, 0.05 * found.intercept / found.slope))


def test_a_file_linked_to_itself_stays(folder: Path) -> None:
    """Without a table the items of the same name are common."""
    (folder / "b.json").write_bytes((folder / "a.json").read_bytes())
    found = report(folder)
    assert (found.slope, found.intercept) == pytest.approx((1.0, 0.0), abs=1e-9)
    assert found.n_common == 11
    assert found.notes[0] == text(LANGUAGE, "measurement", "link_anchors_stay", n=11)


def test_a_nominal_item_links_by_its_curves(folder: Path) -> None:
    """It has no slope and no difficulty to have a z."""
    nominal = Item(
        name="nominal",
        model="nominal",
        slope=1.0,
        intercepts=np.array([0.4, -0.3]),
        category_slopes=np.array([0.7, 1.5]),
    )
    ours = [nominal, *items_of("q")]
    for name, items in (("a", ours), ("b", [rescale(one, A, B) for one in ours])):
        (folder / f"{name}.json").write_bytes(write_parameters(parameter_file(figures(items, errors=False))))
    found = report(folder)
    assert (found.slope, found.intercept) == pytest.approx((A, B), abs=1e-7)
    assert (found.anchors[0].slope_z, found.anchors[0].displacement) == (None, None)
    assert run(folder).exit_code == 0
    assert refused(folder, "--method", "mean-sigma") == sentence("link_needs_curves", {"item": "nominal"})


def test_without_standard_errors_none_are_told(folder: Path) -> None:
    (folder / "a.json").write_bytes(write_parameters(parameter_file(figures(items_of("a"), errors=False))))
    found = report(folder, "--common", folder / "map.csv")
    assert (found.slope_se, found.intercept_se, found.errors) == (None, None, "none")
    assert found.notes[-1] == text(LANGUAGE, "measurement", "link_errors_unknown")


def test_a_calibrations_own_covariance_is_used_and_carried_over(folder: Path) -> None:
    """With the covariances the errors of A and B are those of the calibrations, without them too small."""
    for name, seed in (("a", 1), ("b", 2)):
        calibrated_file(folder / f"{name}.json", items_of("q"), seed)
    found = report(folder)
    assert found.errors == "covariance"
    assert found.slope_se is not None
    assert found.intercept_se is not None
    forms = [chain_form(folder / f"{name}.json") for name in "ab"]
    whole = chain(forms, "stocking-lord", nodes=Nodes(theta=points_of("-4:4:0.05")), weights=np.ones(161))
    assert whole.covariance is not None
    assert_allclose([found.slope_se, found.intercept_se], np.sqrt(np.diag(whole.covariance)), rtol=1e-5)
    report(folder, "--out", folder / "linked.json")
    moved = chain_form(folder / "linked.json")
    assert moved.covariance is not None
    span = spans(moved.items)[0]
    se = read_parameters((folder / "linked.json").read_bytes(), "").items[0].se
    assert se is not None
    assert se.a == pytest.approx(np.sqrt(moved.covariance[span.start, span.start]), rel=1e-5)
    (folder / "a.json").write_bytes((folder / "linked.json").read_bytes())
    again = report(folder)
    assert (again.slope, again.intercept) == pytest.approx((1.0, 0.0), abs=1e-6)
    assert again.slope_se == pytest.approx(found.slope_se / found.slope, rel=1e-4)


def test_a_spoiled_covariance_is_refused_by_its_row(folder: Path) -> None:
    calibrated_file(folder / "a.json", items_of("a"), 1)
    file = read_parameters((folder / "a.json").read_bytes(), "a.json")
    assert file.covariance is not None
    rows = {**file.covariance, "a1:slope": "0.1 wrong"}
    spoiled = msgspec.structs.replace(file, covariance=rows)
    (folder / "a.json").write_bytes(write_parameters(spoiled))
    said = refused(folder, "--common", folder / "map.csv")
    assert said == sentence("parameters_covariance", {"label": "a1:slope"})


def calibrated_file(path: Path, items: list[Item], seed: int) -> None:
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=600)
    columns = [
        (rng.random((600, 1)) > np.cumsum(trace(one, theta), axis=1)[:, :-1]).sum(axis=1) for one in items
    ]
    responses = make_responses(
        np.column_stack(columns).astype(np.int8), names=tuple(one.name for one in items)
    )
    found = calibrate(responses, [one.model for one in items], Settings(errors="oakes"))
    file = calibrated(found, model="auto", seconds=0.0, input_sha256="", empirical=False)
    path.write_bytes(write_parameters(file))


def chain_form(path: Path) -> Form:
    file = read_parameters(path.read_bytes(), path.name)
    return Form(
        name=path.name,
        items=tuple(item.item() for item in file.items),
        covariance=covariance_of(file, file.items, path.name)[0],
    )


def test_people_get_a_table_and_sentences(folder: Path) -> None:
    done = run(folder, "--common", folder / "map.csv")
    assert done.exit_code == 0
    assert "θ_B = " in done.output
    assert "a4" in done.output
    assert "--drop-moved" in done.output


def test_as_plink_on_the_items_of_kolen_and_brennan(tmp_path: Path) -> None:
    folder = reference("kb04_linking")
    for form, name in (("X", "a"), ("Y", "b")):
        with (folder / f"form{form}.csv").open() as file:
            rows = [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]
        items = [
            ItemFigures(name=str(place), model="3pl", a=a, b=b, c=c, intercepts=(-a * b,))
            for place, (a, b, c) in enumerate(rows, start=1)
        ]
        (tmp_path / f"{name}.json").write_bytes(write_parameters(parameter_file(items)))
    expected = msgspec.json.decode((folder / "expected.json").read_bytes())["constants"]["D1.7_all12"]
    # plink's default: 40 points from −4 to 4.
    settings = ("--common", folder / "common.csv", "--d", "1.7", "--points", f"-4:4:{8 / 39!r}")
    for row in expected:
        found = report(tmp_path, *settings, "--method", row["method"].lower().replace("/", "-"))
        assert_allclose([found.slope, found.intercept], [row["A"], row["B"]], atol=1.1e-6)


@pytest.mark.parametrize(
    ("rows", "code", "params"),
    [
        (["a0,b0", "a99,b1"], "link_no_item", {"item": "a99", "column": 1}),
        (["a0,b0", "a1,b99"], "link_no_item", {"item": "b99", "column": 2}),
        (["a0,b0", "a1,b0"], "link_item_twice", {"item": "b0"}),
        (["a0,b0"], "link_few_common", {"n": 1, "least": 2}),
        (["a0,b0", "a1,bgraded"], "link_categories", {"item": "a1", "n": 2, "m": 4}),
        (["a0,b0", "a1"], "responses_ragged", {"line": 3}),
    ],
)
def test_a_wrong_table_is_refused_by_name(
    folder: Path, rows: list[str], code: str, params: dict[str, str | int]
) -> None:
    table = folder / "wrong.csv"
    table.write_text("\n".join(["from,to", *rows, ""]), encoding="utf-8")
    assert refused(folder, "--common", table) == sentence(code, params)


def test_no_common_item_is_refused(folder: Path) -> None:
    assert refused(folder) == sentence("link_few_common", {"n": 0, "least": 2})


@pytest.mark.parametrize("points", ["-4:4", "a:b:c", "4:-4:0.1", "-4:4:0", "0:1:1e-9", "nan:1:1", "-inf:1:1"])
def test_malformed_points_are_wrong_use(folder: Path, points: str) -> None:
    done = run(folder, "--common", folder / "map.csv", "--points", points)
    assert done.exit_code == 2
    assert "--points" in done.output


def test_points_end_where_they_say() -> None:
    assert_allclose(points_of("-4:4:0.05"), np.linspace(-4, 4, 161))
    assert_allclose(points_of("0:1:0.4"), [0.0, 0.4, 0.8])


def _start(key: str, **params: str) -> str:
    """A text up to the size it names."""
    return text(LANGUAGE, "measurement", key, size="§", **params).split("§")[0]

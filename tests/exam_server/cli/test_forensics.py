"""``khaothi forensics`` as people run it, on files."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from exam_server.catalogue import text
from exam_server.cli.main import app
from exam_server.cli.words import LANGUAGE, say, sentence
from exam_server.core.evidence import Evidence
from exam_server.core.parameter_file import NodeFigures, ParameterFile, item_figures, write_parameters
from exam_server.errors import KhaoThiError
from tests.scoring.forensics.room import RIGHT, Simulated, nominal_items, simulate, with_copy

N, ITEMS, SIZE = 240, 40, 24
COPIER, SOURCE = 30, 26
EXAM = with_copy(simulate(N, ITEMS, seed=21), copier=COPIER, source=SOURCE, share=0.6, seed=2)
LETTERS = "-ABCD"
Q0 = {"column": "q0", "line": 2, "value": ""}
NAMES = [f"q{place}" for place in range(ITEMS)]


def table(exam: Simulated, *, letters: bool) -> str:
    """The exam's answers, ten rooms."""
    rows = [["person", "room", *NAMES]]
    for row, (codes, right) in enumerate(zip(exam.codes, exam.right, strict=True)):
        cells = [LETTERS[code] for code in codes] if letters else [str(int(one)) for one in right]
        rows.append([f"p{row}", f"P{row // SIZE}", *cells])
    return "\n".join(map(",".join, rows)) + "\n"


@pytest.fixture
def chosen(tmp_path: Path) -> Path:
    path = tmp_path / "chosen.csv"
    path.write_text(table(EXAM, letters=True), encoding="utf-8")
    return path


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    path = tmp_path / "marked.csv"
    path.write_text(table(EXAM, letters=False), encoding="utf-8")
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.csv"
    path.write_text("item,key\n" + "".join(f"{name},A\n" for name in NAMES), encoding="utf-8")
    return path


@pytest.fixture
def seats(tmp_path: Path) -> Path:
    """Four in a row."""
    lines = [f"p{row},{'ABCDEF'[row % SIZE // 4]}{row % 4 + 1}\n" for row in range(N)]
    path = tmp_path / "seats.csv"
    path.write_text("person,seat\n" + "".join(lines), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["forensics", *map(str, arguments)])


def found(*arguments: str | Path) -> Evidence:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return msgspec.json.decode(done.stdout, type=Evidence)


def refused(*arguments: str | Path) -> str:
    done = run(*arguments)
    assert isinstance(done.exception, KhaoThiError), done.output
    return sentence(done.exception.code, done.exception.params)


def test_a_copier_is_found_among_neighbours(chosen: Path, key: Path, seats: Path) -> None:
    evidence = found(chosen, "--key", key, "--seats", seats, "--room", "room")
    assert (evidence.n, evidence.items, evidence.limits) == (N, ITEMS, ())
    assert evidence.pairs is not None
    assert evidence.pairs.pairs == N // SIZE * SIZE * (SIZE - 1) // 2
    # Four in a row, six rows: 18 side by side, 20 behind, 30 across a corner.
    assert evidence.pairs.neighbours == N // SIZE * 68
    first = evidence.pairs.rows[0]
    assert (first.room, first.first, first.second) == ("P1", f"p{SOURCE}", f"p{COPIER}")
    assert (first.first_seat, first.second_seat, first.neighbours) == ("A3", "B3", True)
    assert first.q < 0.01
    assert evidence.pairs.beyond == 1
    assert evidence.rapid is evidence.changes is evidence.jumps is None


def test_right_and_wrong_alone_tell_less(chosen: Path, marked: Path, key: Path, seats: Path) -> None:
    full = found(chosen, "--key", key, "--seats", seats, "--room", "room").pairs
    less = found(marked, "--seats", seats, "--room", "room").pairs
    assert full is not None
    assert less is not None
    pair = next(row for row in less.rows if {row.first, row.second} == {f"p{SOURCE}", f"p{COPIER}"})
    assert full.rows[0].p < pair.p < 0.05


def parameters(path: Path) -> Path:
    """Those the answers were drawn from."""
    rng = np.random.default_rng(21)
    rng.normal(size=N)
    items = [replace(item, name=f"q{item.name}") for item in nominal_items(ITEMS, rng)]
    file = ParameterFile(
        model="nominal",
        loglik=0.0,
        n=float(N),
        nodes=NodeFigures(count=61, range=6.0),
        converged=True,
        gradient_norm=0.0,
        iterations=1,
        seconds=0.0,
        input_sha256="",
        items=tuple(item_figures(item) for item in items),
        groups=(),
    )
    path.write_bytes(write_parameters(file))
    return path


def test_a_category_the_item_does_not_have_is_named(marked: Path, tmp_path: Path) -> None:
    params = parameters(tmp_path / "params.json")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(marked.read_text().replace("p3,P0,0", "p3,P0,9").replace("p3,P0,1", "p3,P0,9"))
    expected = {"column": "q0", "line": 5, "value": 9, "low": 0, "high": 4}
    assert refused(wrong, "--room", "room", "--items", params) == sentence("score_wrong_code", expected)
    assert refused(marked, "--items", params) == sentence(
        "responses_no_number", {"column": "room", "line": 2, "value": "P0"}
    )


def test_people_who_sat_alone_are_no_pairs(marked: Path) -> None:
    evidence = found(marked, "--room", "person", "--ignore", "room")
    assert evidence.pairs is not None
    assert (evidence.pairs.pairs, evidence.pairs.rows) == (0, ())


def test_nominal_parameters_tell_as_much(chosen: Path, tmp_path: Path) -> None:
    rows = [line.split(",") for line in chosen.read_text().splitlines()]
    coded = [rows[0], *([*row[:2], *(str(LETTERS.index(cell)) for cell in row[2:])] for row in rows[1:])]
    responses = tmp_path / "coded.csv"
    responses.write_text("\n".join(map(",".join, coded)) + "\n")
    params = parameters(tmp_path / "params.json")
    pairs = found(responses, "--items", params, "--room", "room").pairs
    assert pairs is not None
    assert {pairs.rows[0].first, pairs.rows[0].second} == {f"p{SOURCE}", f"p{COPIER}"}
    assert pairs.rows[0].q < 0.01


def test_who_rushed_is_named(marked: Path, tmp_path: Path) -> None:
    seconds = np.random.default_rng(1).lognormal(4, 0.4, (N, ITEMS))
    seconds[11, :30] = 1.0
    times = tmp_path / "times.csv"
    rows = [f"p{row}," + ",".join(f"{value:.1f}" for value in one) for row, one in enumerate(seconds)]
    rows[0] = "p0," + "," * (ITEMS - 1)
    times.write_text("\n".join([",".join(["person", *NAMES]), *rows]) + "\n")
    evidence = found(marked, "--room", "room", "--times", times)
    assert evidence.rapid is not None
    assert [(row.person, row.rapid, row.timed) for row in evidence.rapid.rows] == [("p11", 30, ITEMS)]


def test_a_room_that_rose_is_named(tmp_path: Path) -> None:
    # Rooms by ability, so that there is a line; room 4 was much weaker before than it is now.
    order = np.argsort(EXAM.theta)
    codes = EXAM.codes[order]
    exam = replace(EXAM, codes=codes, right=codes == RIGHT, theta=EXAM.theta[order])
    score = 10 * exam.right.mean(axis=1).reshape(-1, SIZE)
    before = score.mean(axis=1) + np.random.default_rng(2).normal(0, 0.1, N // SIZE)
    before[4] -= 2.5
    responses, centres = tmp_path / "responses.csv", tmp_path / "centres.csv"
    responses.write_text(table(exam, letters=False))
    rows = [f"P{place},{mean:.3f},{score[place].std():.3f},200" for place, mean in enumerate(before)]
    centres.write_text("\n".join(["centre,mean,sd,n", *rows, "P99,5,1,50"]) + "\n")
    evidence = found(responses, "--room", "room", "--previous", centres)
    assert evidence.jumps is not None
    assert (evidence.jumps.centres, evidence.jumps.left_out) == (N // SIZE, 0)
    assert evidence.jumps.rows[0].centre == "P4"
    assert evidence.jumps.rows[0].difference > 1


def test_the_tables_are_written_and_printed(chosen: Path, key: Path, seats: Path, tmp_path: Path) -> None:
    out = tmp_path / "evidence"
    done = run(chosen, "--key", key, "--seats", seats, "--room", "room", "--out", out)
    assert done.exit_code == 0, done.output
    assert text(LANGUAGE, "measurement", "forensics_is_no_verdict")[:40] in done.output.replace("\n", " ")
    written = msgspec.json.decode((out / "evidence.json").read_bytes(), type=Evidence)
    rows = list(csv.DictReader(StringIO((out / "pairs.csv").read_text(encoding="utf-8-sig"))))
    assert written.pairs is not None
    assert [row["first"] for row in rows] == [row.first for row in written.pairs.rows]
    assert sorted(path.name for path in out.iterdir()) == ["evidence.json", "pairs.csv"]


def test_too_few_are_told_how_many_are_needed(marked: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_text("\n".join(marked.read_text().splitlines()[:31]) + "\n")
    evidence = found(few, "--ignore", "room")
    assert evidence.pairs is None
    assert [(limit.code, limit.n, limit.least) for limit in evidence.limits] == [
        ("forensics_pairs_need", 30, 100)
    ]


@pytest.mark.parametrize(
    ("option", "content", "code", "params"),
    [
        ("--seats", "person,seat\nnobody,A1\n", "forensics_unknown_person", {"person": "nobody", "line": 2}),
        ("--seats", "person,seat\np1,A1\np1 ,A2\n", "responses_twice", {"column": "p1"}),
        ("--times", "person,q0\np1,soon\n", "forensics_no_number", {**Q0, "value": "soon"}),
        ("--times", "person,q0\np1,nan\n", "forensics_no_number", {**Q0, "value": "nan"}),
        ("--times", "person,x\np1,5\n", "forensics_unknown_item", {"column": "x"}),
        ("--times", "person,q0\np1,5\np1,6\n", "forensics_person_twice", {"person": "p1", "line": 3}),
        ("--previous", "centre,mean,n\nP1,5,9\n", "responses_no_column", {"column": "sd"}),
        ("--previous", "centre,mean,sd,n\nP1,5,,9\n", "forensics_no_number", {**Q0, "column": "sd"}),
        ("--previous", "centre,mean,sd,n\nP1,5,1,9\n", "too_few_centres", {"n": 1, "least": 10}),
        ("--key", "item,key\nq0,A\n", "forensics_no_key", {"column": "q1"}),
    ],
)  # fmt: skip
def test_bad_files_are_named(
    marked: Path, tmp_path: Path, option: str, content: str, code: str, params: dict[str, str | int]
) -> None:
    path = tmp_path / "other.csv"
    path.write_text(content)
    assert refused(marked, "--room", "room", option, path) == sentence(code, params)


def test_options_need_their_key(chosen: Path, marked: Path, tmp_path: Path) -> None:
    graded = tmp_path / "graded.csv"
    graded.write_text(marked.read_text().replace("p7,P0,0", "p7,P0,2").replace("p7,P0,1", "p7,P0,2"))
    assert refused(graded, "--room", "room") == sentence("forensics_needs_key", {"column": "q0"})
    assert "q0" in refused(chosen, "--room", "room")


def test_a_crowd_in_one_room_is_refused(tmp_path: Path) -> None:
    crowd = tmp_path / "crowd.csv"
    rng = np.random.default_rng(1)
    lines = ["q0,q1,q2,q3", *(",".join(map(str, row)) for row in rng.integers(0, 2, (3_001, 4)))]
    crowd.write_text("\n".join(lines) + "\n")
    assert refused(crowd) == sentence("too_many_candidates", {"n": 3_001, "limit": 3_000})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "forensics_file_or_db"),
        (("x.csv", "--db", "1"), "forensics_file_or_db"),
        (("--db", "1", "--room", "room"), "forensics_file_or_db"),
        (("x.csv", "--shift", "1"), "forensics_file_or_db"),
        (("x.csv", "--items", "a", "--key", "b"), "forensics_items_or_key"),
        (("x.csv", "--previous", "a"), "forensics_previous_needs_room"),
    ],
)
def test_used_wrongly(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert say(words)[:30] in " ".join(done.output.split())

"""The sample paper: the script reproduces it, the reader understands it, its keys are computed again."""

import io
import math
import zipfile
from collections.abc import Callable
from fractions import Fraction
from importlib import resources

import numpy
import pytest
from PIL import Image, ImageChops
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from item_bank.formats.docx import read_docx
from item_bank.formats.report import DraftReport, draft_report
from item_bank.samples.toan_12 import PART_ONE, PART_THREE, PART_TWO, paper

SHIPPED = (resources.files("item_bank.samples") / "toan_12_giua_ky.docx").read_bytes()


@pytest.fixture(scope="module")
def report() -> DraftReport:
    return draft_report(read_docx(SHIPPED))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_script_reproduces_the_file() -> None:
    shipped, made = parts(SHIPPED), parts(paper())
    assert shipped.keys() == made.keys()
    for name in shipped:
        if name.endswith(".png"):
            # Another Pillow or zlib packs, and may smooth, the same picture a little differently.
            first, second = (
                Image.open(io.BytesIO(data)).convert("L") for data in (shipped[name], made[name])
            )
            assert first.size == second.size
            assert numpy.asarray(ImageChops.difference(first, second)).mean() < 2
        else:
            assert shipped[name] == made[name]


def test_all_of_it_is_understood(report: DraftReport) -> None:
    assert [(item.part, item.kind) for item in report.items] == (
        [("I", "single_choice")] * 12 + [("II", "true_false")] * 4 + [("III", "short_answer")] * 6
    )
    assert report.warnings == []
    assert all(item.warnings == [] for item in report.items)
    assert all(item.level is not None for item in report.items)
    assert sum(item.images for item in report.items) == 3
    assert sum(item.solution is not None for item in report.items) >= 6


def test_the_keys_are_those_of_the_table(report: DraftReport) -> None:
    keys = [item.key for item in report.items]
    assert keys[:12] == list(PART_ONE)
    assert keys[12:16] == [[letter == "Đ" for letter in truths] for truths in PART_TWO]
    assert [key[0] for key in keys[16:] if isinstance(key, list)] == list(PART_THREE)


def test_no_mark_of_a_key_stays(report: DraftReport) -> None:
    draft = read_docx(SHIPPED)
    assert "'u'" not in repr([item.content for item in draft.items])


def area(f: Callable[[float], float], low: float, high: float) -> float:
    return float(quad(f, low, high)[0])


def test_part_one() -> None:
    chosen = dict(enumerate(PART_ONE, 1))
    big = 1e9
    assert (chosen[1], round((3 * big - 1) / (big + 2), 6)) == ("B", 3)
    assert chosen[2] == "A"
    assert [x**3 - 3 * x + 1 for x in (-1, 0, 1)] == [3, 1, -1]
    assert chosen[3] == "C"
    for x in (-1.5, 0.3, 2.0):
        step = 1e-5
        slope = ((x + step) ** 3 + (x + step) ** 2 - (x - step) ** 3 - (x - step) ** 2) / (2 * step)
        assert slope == pytest.approx(3 * x**2 + 2 * x, rel=1e-6)
    assert chosen[4] == "D"
    assert (chosen[5], 2 * 2 - (-3)) == ("A", 7)
    assert chosen[6] == "C"
    assert area(lambda x: 1 / math.sqrt(x + 1), 0, 3) == pytest.approx(2)
    assert chosen[7] == "B"
    a, b = numpy.array([1, 2, -2]), numpy.array([2, -1, 2])
    assert chosen[8] == "D"
    assert a @ b / (numpy.linalg.norm(a) * numpy.linalg.norm(b)) == pytest.approx(-4 / 9)
    assert (chosen[9], round((2 * big**2 - big + 1) / (big**2 + 3), 6)) == ("C", 2)
    solution = numpy.linalg.solve([[1, 1, 1], [1, -1, 1], [2, 1, -1]], [6, 2, 1])
    assert chosen[10] == "B"
    assert solution == pytest.approx([1, 2, 3])
    assert chosen[11] == "A"
    assert area(lambda x: 2 * x - x**2, 0, 2) == pytest.approx(4 / 3)
    assert (chosen[12], sum(2 * k - 1 for k in range(1, 11))) == ("D", 100)


def said(*truths: bool) -> str:
    return "".join("Đ" if truth else "S" for truth in truths)


def test_part_two_rational_function_and_motion() -> None:
    least = minimize_scalar(
        lambda x: (x * x + 4) / x, bounds=(1e-3, 1e3), method="bounded", options={"xatol": 1e-9}
    )
    rising = (1.9**2 + 4) / 1.9 > (0.1**2 + 4) / 0.1
    oblique = abs((1e6**2 + 4) / 1e6 - 1e6) < 1e-5
    assert PART_TWO[0] == said(True, rising, abs(least.fun - 4) < 1e-6, oblique)
    speeds = [-t * t + 6 * t for t in numpy.linspace(0, 6, 601)]
    distance = area(lambda t: -t * t + 6 * t, 0, 6)
    assert distance == pytest.approx(36)
    assert PART_TWO[1] == said(
        -1 + 6 == 5, max(speeds) == pytest.approx(9), abs(distance - 30) < 1e-6, -2 * 4 + 6 == 2
    )


def test_part_two_points_and_antiderivative() -> None:
    a, b = numpy.array([1, 0, 2]), numpy.array([3, 2, 0])
    middle, distance = (a + b) / 2, abs(a @ [1, 2, -2] + 1) / 3
    bisects = middle @ [1, 1, -1] == 2 and numpy.array_equal(numpy.cross(b - a, [1, 1, -1]), [0, 0, 0])
    assert PART_TWO[2] == said(
        numpy.array_equal(b - a, [2, 2, 2]),
        numpy.array_equal(middle, [2, 1, 1]),
        bool(distance == 2),
        bisects,
    )

    def f(x: float) -> float:
        return 2 * x + math.cos(x)

    def antiderivative(x: float) -> float:
        return x * x + math.sin(x) + 1

    grows = all(abs(area(f, 0, x) + 1 - antiderivative(x)) < 1e-9 for x in (0.5, 1.7, 3.0))
    half = abs(area(f, 0, math.pi / 2) - (math.pi**2 / 4 + 1)) < 1e-9
    whole = abs(area(lambda x: abs(f(x)), 0, math.pi) - (math.pi**2 - 1)) < 1e-9
    assert PART_TWO[3] == said(grows, abs(antiderivative(math.pi) - (math.pi**2 + 1)) < 1e-9, half, whole)


def test_part_three() -> None:
    answers = [float(answer.replace(",", ".")) for answer in PART_THREE]
    box = max(x * (12 - 2 * x) ** 2 for x in numpy.linspace(0, 6, 6001))
    low = min(x**3 - 3 * x**2 + 1.5 for x in numpy.linspace(1, 3, 2001))
    expected = [
        area(lambda t: 3 * t * t + 2 * t, 0, 2),
        area(lambda x: x, 0, 4),
        box,
        abs(Fraction(-7, 2) - 1) / 3,
        low,
        Fraction(10, 40) / Fraction(20, 40),
    ]
    assert answers == pytest.approx([float(value) for value in expected])
    assert all(len(answer) <= 4 for answer in PART_THREE)


def test_no_second_option_is_right() -> None:
    solves = [
        (x, y, z)
        for x, y, z in ((2, 1, 3), (1, 2, 3), (3, 2, 1), (1, 3, 2))
        if x + y + z == 6 and x - y + z == 2 and 2 * x + y - z == 1
    ]
    assert solves == [(1, 2, 3)]
    normals = ((2, 1, 3), (2, -1, 3), (-1, 3, -5), (2, -1, -5))
    parallel = [normal for normal in normals if not numpy.cross(normal, (2, -1, 3)).any()]
    assert parallel == [(2, -1, 3)]
    curves = (
        lambda x: x**3 - 3 * x + 1,
        lambda x: -(x**3) + 3 * x + 1,
        lambda x: x**4 - 2 * x**2 + 1,
    )
    points = ((-1, 3), (0, 1), (1, -1))
    fits = [all(curve(x) == y for x, y in points) for curve in curves]
    assert fits == [True, False, False]

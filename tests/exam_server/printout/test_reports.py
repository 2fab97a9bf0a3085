"""Reports of an analysis: every figure is there, and texts are texts."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from exam_server.catalogue import languages
from exam_server.core.analysis.exam_analysis import analyse
from exam_server.core.analysis.findings import ExamFindings
from exam_server.core.analysis.settings import AnalysisSettings
from exam_server.core.coded_exam import mark
from exam_server.core.export.pupil import ExportHead
from exam_server.core.export.school import school_tables
from exam_server.printout.analysis_report import analysis_report
from exam_server.printout.candidate_report import candidate_report
from exam_server.printout.item_map import Placed, item_map
from exam_server.printout.numerals import interval, number, probability, with_error
from exam_server.printout.plot import Bar, Curve, Frame, draw, draw_bars
from exam_server.printout.school_report import WITHHELD, school_report
from exam_server.protocol.staff import PartScore
from tests.exam_server.core.simulated_exam import Defects, simulated_exam
from tests.exam_server.core.test_gradebook import HEAD, pupil

FRAME = Frame(
    title="t", unit="", x_label="x", x_range=(0, 10), number="{:g}".format, y_range=(0, 1), width=404
)


@pytest.fixture(scope="module")
def findings() -> ExamFindings:
    exam = simulated_exam(700, seed=9, defects=Defects(wrong_key=4, harder_for_girls=7))
    return analyse(exam, mark(exam), AnalysisSettings(), lambda stage, share: None)


def test_the_page_has_every_item_and_its_flags(findings: ExamFindings) -> None:
    for lang in languages():
        page = analysis_report("a <b> & c", findings, lang)
        assert "a &lt;b&gt; &amp; c" in page
        assert page.count("<section>") == 16
        # The scores, the map, information and error, a curve for each item, and their options.
        assert page.count("<svg") == 4 + 16 + 16
        assert page.count("class=attention") + page.count('class="attention"') >= 2
        assert "None" not in page
        assert "nan" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL).lower().split()


def test_figures_stay_inside_their_picture(findings: ExamFindings) -> None:
    page = analysis_report("x", findings, "vi")
    for view, body in re.findall(r'<svg viewBox="0 0 (\d+ \d+)"(.*?)</svg>', page, flags=re.DOTALL):
        width, height = map(int, view.split())
        across = [float(x) for x in re.findall(r'\b(?:x|x1|x2|cx)="(-?[\d.]+)"', body)]
        down = [float(y) for y in re.findall(r'\b(?:y|y1|y2|cy)="(-?[\d.]+)"', body)]
        assert all(0 <= x <= width for x in across)
        assert all(0 <= y <= height for y in down)


def test_a_band_lies_under_its_line_and_whiskers_through_dots() -> None:
    points, bounds = [(0.0, 0.5), (10.0, 0.7)], [(0.4, 0.6), (0.6, 0.8)]
    line = draw(FRAME, [Curve(label="", points=points, bounds=bounds)], [])
    assert line.index("fill-opacity") < line.index('fill="none"')
    dots = draw(FRAME, [Curve(label="", points=points, bounds=bounds, dots=True)], [])
    assert dots.count("<circle") == 2
    assert dots.count('stroke="#0b3d91"') == 2


def test_bars_are_as_tall_as_their_counts() -> None:
    frame = Frame(title="t", unit="n", x_label="x", x_range=(0, 3), number="{:g}".format)
    bars = [
        Bar(low=place, high=place + 1, height=height, shown="") for place, height in enumerate((5, 10, 0))
    ]
    tall = [float(height) for height in re.findall(r'height="([\d.]+)" fill', draw_bars(frame, bars))]
    assert len(tall) == 2
    assert tall[1] == pytest.approx(2 * tall[0], abs=0.2)
    assert draw_bars(frame, []) == ""


def test_names_on_the_map_touch_no_other() -> None:
    items = [Placed(x=0.01 * place, name=f"câu {place}") for place in range(12)]
    found = re.findall(
        r'<text class="middle" x="([\d.]+)" y="(\d+)">', item_map("m", [3], [-4, 4], items, ("", ""))
    )
    places = sorted((int(y), float(x)) for x, y in found)
    assert len(places) == 12
    pairs = [(one, other) for one, other in pairwise(places) if one[0] == other[0]]
    assert all(other[1] - one[1] >= 30 for one, other in pairs)


def test_numbers_as_people_write_them() -> None:
    assert (number(-1.25, 2, "vi"), number(-1.25, 2, "en"), number(None, 2, "vi")) == ("−1,25", "−1.25", "–")
    assert (probability(0.0004, "vi"), probability(0.0312, "en")) == ("< 0,001", "0.031")
    assert (interval(0.1, None, 2, "vi"), interval(0.1, 0.25, 2, "vi")) == ("–", "0,10 … 0,25")
    assert (with_error(1.0, None, 1, "en"), with_error(1.0, 0.25, 2, "en")) == ("1.0", "1.00 ± 0.25")


PARTS = (
    PartScore(label="PHẦN I", score="2.25", points="3"),
    PartScore(label="PHẦN II", score="1.6", points="4"),
)


def test_a_candidate_reads_score_range_and_parts_and_no_rank() -> None:
    first = pupil("Nguyễn <An>", low=Decimal("7.60"), high=Decimal("8.90"), parts=PARTS)
    page = candidate_report(HEAD, [first, pupil("Lê Bình", None)], "vi")
    assert "Nguyễn &lt;An&gt;" in page
    assert all(
        shown in page for shown in ("8,25", "7,60", "8,90", "2,25", "3,00", "1,60", "PHẦN I", "05/09/2008")
    )
    assert page.count("class=next-page") == 1
    assert "Không có điểm." in page
    assert "Bà Hội đồng" in page


def test_a_sanction_and_a_missing_range_are_said() -> None:
    head = ExportHead(exam="E", subject="", run=1, day=date(2026, 6, 26), signed_by=None)
    punished = pupil("An", "4.13", raw_score=Decimal("8.25"), sanction="warning")
    page = candidate_report(head, [punished], "en")
    assert "it was 8.25 before" in page
    assert "too few scripts to give a range" in page
    assert "not signed yet" in page


def test_the_school_report_hides_small_counts() -> None:
    pupils = [
        *(pupil("A", score, class_name="12A1") for score in ["9.00"] * 13 + ["6.00"] * 14 + ["3.00"] * 11),
        *(pupil("B", score, class_name="12A2") for score in ["8.00"] * 12 + ["5.00"] * 15 + ["7.00"] * 3),
    ]
    page = school_report(HEAD, school_tables(pupils), "vi")
    assert page.count("&lt; 10") >= 2
    assert WITHHELD in page
    cells = re.findall(r"<td>(\d+)</td>", page)
    assert all(int(cell) >= 10 for cell in cells)

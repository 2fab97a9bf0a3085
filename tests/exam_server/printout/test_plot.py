"""Plots that stay on the paper, whatever is drawn."""

from itertools import pairwise

import pytest

from exam_server.printout.plot import Curve, Frame, Mark, draw


def frame(*, log: bool = False) -> Frame:
    return Frame(title="t & u", unit="ms", x_label="s", x_range=(0, 10), number="{:g}".format, log=log, gap=2)


def test_a_gap_breaks_a_curve_and_a_lonely_point_is_a_dot() -> None:
    curve = Curve(label="a<b", points=[(0, 1), (1, 2), (5, 3), (9, 1), (10, 1)])
    text = draw(frame(), [curve], [Mark(x=5, label="mid"), Mark(x=99, label="outside")])
    path = text.split('<path d="')[1].split('"')[0]
    assert path.count("M") == 3
    assert text.count("<circle") == 1
    assert "a&lt;b" in text
    assert "mid" in text
    assert "outside" not in text


@pytest.mark.parametrize("log", [False, True])
def test_curves_stay_on_the_paper_and_labels_apart(*, log: bool) -> None:
    curves = [Curve(label=f"c{place}", points=[(0, 0), (10, place * 1e-6)]) for place in range(5)]
    text = draw(frame(log=log), curves, [])
    heights = [float(part.split('"')[0]) for part in text.split('class="label" x="649" y="')[1:]]
    assert len(heights) == 5
    gaps = [after - before for before, after in pairwise(heights)]
    assert all(gap >= 13.9 for gap in gaps)
    assert all(0 < height < 230 for height in heights)


def test_nothing_to_draw_is_no_plot() -> None:
    assert draw(frame(), [Curve(label="a", points=[])], []) == ""


def test_dots_are_not_joined_and_need_no_name() -> None:
    curves = [
        Curve(label="median", points=[(0, 2), (2, 2)]),
        Curve(label="", points=[(1, 2), (1, 4)], dots=True),
    ]
    text = draw(frame(), curves, [])
    assert (text.count("<circle"), text.count("<path"), text.count('class="label"')) == (2, 1, 1)

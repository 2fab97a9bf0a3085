"""Scores are exact: against decimal arithmetic script by script, and by hand for void items and sanctions."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_server.core.results import Rules, make_results, paper_worth
from exam_server.core.sanction import read_rules, shares_of
from exam_server.core.scores import after_sanctions, as_points, on_scale, raw_scores, with_voids, worth
from exam_server.protocol.measurement import VoidRule
from exam_server.rules import sanction_rules
from item_bank.marking import round_score
from tests.exam_server.core.test_results import PAPER, RIGHT, script

LADDERS = ("0", "0.1", "0.25", "0.5", "1")


@given(st.lists(st.sampled_from(LADDERS), min_size=1, max_size=40))
def test_a_score_is_what_decimal_arithmetic_says(earned: list[str]) -> None:
    most = [Decimal(1) for _ in earned]
    paper = worth(["I"] * len(earned), most, [False] * len(earned), "full_points")
    points = np.array([[int(Decimal(each) * 1_000) for each in earned]], dtype=np.int64)
    [raw] = raw_scores(points, np.ones(points.shape, dtype=np.bool_), paper).tolist()
    assert on_scale(raw) == round_score(sum(map(Decimal, earned), Decimal(0)) * 10 / len(earned))


def test_halves_go_up() -> None:
    # 1.25 of 1.75 points is 7.142857…; 0.0005 of a point on the 10-point scale is a half hundredth.
    paper = worth(["I"], [Decimal(10)], [False], "full_points")
    points = np.array([[5], [15], [4], [10_000]], dtype=np.int64)
    assert raw_scores(points, np.ones((4, 1), dtype=np.bool_), paper).tolist() == [1, 2, 0, 1_000]


@pytest.mark.parametrize(
    ("void_rule", "raw", "parts", "part_points"),
    [
        # Part I 0.25 + 0.25, part II 1. The first item is void; the script has the second alone right.
        ("full_points", 333, ["0.5", "0"], ["0.5", "1"]),
        ("leave_out", 200, ["0.25", "0"], ["0.25", "1"]),
    ],
)
def test_a_void_item(void_rule: VoidRule, raw: int, parts: list[str], part_points: list[str]) -> None:
    paper = worth(
        ["I", "I", "II"], [Decimal("0.25"), Decimal("0.25"), Decimal(1)], [True, False, False], void_rule
    )
    had = np.ones((2, 3), dtype=np.bool_)
    # Who had the void item right and who had it wrong come out the same.
    counted = with_voids(np.array([[0, 250, 0], [250, 250, 0]], dtype=np.int64), had, paper)
    assert raw_scores(counted, had, paper).tolist() == [raw, raw]
    assert [as_points(points) for points in paper.by_part(counted)[0].tolist()] == parts
    assert [as_points(points) for points in paper.part_points.tolist()] == part_points


def test_a_script_is_measured_by_the_items_it_had() -> None:
    paper = worth(["I"] * 4, [Decimal(1)] * 4, [False] * 4, "full_points")
    had = np.array([[True, True, False, False], [True] * 4, [False] * 4])
    points = np.array([[1_000, 0, 0, 0], [1_000, 0, 0, 0], [0, 0, 0, 0]], dtype=np.int64)
    assert raw_scores(points, had, paper).tolist() == [500, 250, 0]


def test_nothing_is_left_when_everything_is_left_out() -> None:
    paper = worth(["I"], [Decimal(1)], [True], "leave_out")
    had = np.ones((1, 1), dtype=np.bool_)
    assert raw_scores(with_voids(np.array([[1_000]]), had, paper), had, paper).tolist() == [0]


def test_points_finer_than_a_thousandth_are_refused() -> None:
    with pytest.raises(ValueError, match="thousandths"):
        worth(["I"], [Decimal("0.0001")], [False], "full_points")


def test_sanctions_as_laid_down() -> None:
    sanctions = {1: "reprimand", 2: "warning", 3: "expulsion"}
    shares = shares_of([0, 1, 2, 3], sanctions, sanction_rules().per_mille)  # type: ignore[arg-type]
    # 7.25 less a quarter is 5.4375, less half 3.625.
    assert after_sanctions(np.full(4, 725), shares).tolist() == [725, 544, 363, 0]


def test_rules_that_take_off_more_than_everything_are_refused() -> None:
    with pytest.raises(ValueError, match="between nothing and everything"):
        read_rules(b'{"source": "", "per_mille": {"warning": 1001}}')


def test_results_with_a_void_item_and_a_sanction() -> None:
    rules = Rules(void=frozenset({2}), sanctions={2: "warning"}, per_mille=sanction_rules().per_mille)
    found = make_results("Đề", "Toán", PAPER, [script(1, {1: "B"}), script(2, RIGHT)], rules)
    # 0.25 + 1 of 1.75; full marks, halved.
    assert [(row.score, row.sanction) for row in found.scripts] == [("7.14", None), ("5.00", "warning")]
    assert found.mean == "8.57"
    assert paper_worth(PAPER, rules.void, "leave_out").part_points.tolist() == [250, 0, 500]


def test_scripts_outside_a_signed_run_have_no_score() -> None:
    scripts = [script(1, RIGHT), script(2, RIGHT)]
    found = make_results("Đề", "Toán", PAPER, scripts, Rules(scored=frozenset({2})), run=7)
    assert [row.score for row in found.scripts] == [None, "10.00"]
    assert (found.n, found.run) == (1, 7)

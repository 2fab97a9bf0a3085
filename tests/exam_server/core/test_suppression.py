"""What is hidden in a table cannot be computed from what is shown."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from exam_server.core.export.pupil import ScoredPupil
from exam_server.core.export.school import school_tables
from exam_server.core.export.suppression import SMALL, Suppressed, suppress
from tests.exam_server.core.test_gradebook import pupil


def possible(table: Suppressed, row: int, column: int) -> tuple[int, int]:
    """The least and greatest whole number that a reader cannot rule out for a cell: every cell of the inside
    is an unknown, what is shown and the words for what is not are what they know."""
    rows, columns = (size - 1 for size in table.counts.shape)
    lines, low, high = [], [], []
    for r in range(rows + 1):
        for c in range(columns + 1):
            line = np.zeros((rows, columns))
            line[slice(None) if r == rows else r, slice(None) if c == columns else c] = 1
            kind = table.shown(r, c)
            value = table.counts[r, c]
            lines.append(line.ravel())
            low.append({"shown": value, "small": 0, "withheld": SMALL}[kind])
            high.append({"shown": value, "small": SMALL - 1, "withheld": np.inf}[kind])
    goal = lines[row * (columns + 1) + column]
    ends = [
        milp(
            sign * goal, constraints=LinearConstraint(np.array(lines), low, high), bounds=Bounds(0, 100_000),
            integrality=np.ones(rows * columns),
        )
        for sign in (1, -1)
    ]  # fmt: skip
    return round(ends[0].fun), round(-ends[1].fun)


tables = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 30), min_size=columns, max_size=columns), min_size=1, max_size=5
    )
)


@settings(max_examples=8, deadline=None)
@given(tables)
def test_a_reader_cannot_tell_a_hidden_count(rows: list[list[int]]) -> None:
    table = suppress(np.array(rows, dtype=np.int64))
    assert (table.hidden | (table.counts >= SMALL)).all()
    for row, column in zip(*np.nonzero(table.hidden), strict=True):
        low, high = possible(table, int(row), int(column))
        assert low <= table.counts[row, column] <= high
        assert high - low >= 2


def test_one_small_count_takes_others_with_it() -> None:
    table = suppress(np.array([[3, 20, 30], [25, 40, 35], [50, 22, 28]]))
    assert table.shown(0, 0) == "small"
    # Four corners of a rectangle: every sum over them can be met in other ways.
    assert (table.hidden.sum(axis=0) % 2 == 0).all()
    assert (table.hidden.sum(axis=1) % 2 == 0).all()
    assert table.hidden.sum() == 4
    assert not table.hidden[-1].any()
    assert not table.hidden[:, -1].any()


def test_nothing_is_hidden_without_need_and_everything_where_all_is_small() -> None:
    assert not suppress(np.array([[12, 20], [15, 30]])).hidden.any()
    assert suppress(np.array([[1, 2], [3, 1]])).hidden.all()


def test_two_small_counts_of_a_line_do_not_stand_in_for_each_other() -> None:
    # 3 and 4 hidden alone would tell that seven pupils are in them.
    table = suppress(np.array([[3, 4, 40], [30, 35, 45], [41, 32, 29]]))
    assert table.hidden[0].sum() >= 3
    hidden = table.counts[0, :-1][table.hidden[0, :-1]].sum()
    assert table.hidden[0, -1] or hidden >= SMALL


def of_class(name: str, scores: list[str]) -> list[ScoredPupil]:
    return [pupil("An", score, class_name=name) for score in scores]


def test_a_small_class_has_no_mean_and_none_can_be_computed() -> None:
    pupils = [
        *of_class("12A1", ["9.00"] * 15 + ["6.00"] * 15 + ["7.00"] * 12 + ["3.00"] * 11),
        *of_class("12A2", ["8.50"] * 12 + ["5.50"] * 12 + ["7.00"] * 14 + ["4.00"] * 13),
        *of_class("12A3", ["10.00"] * 4),
    ]
    [found] = school_tables(pupils)
    assert found.classes == ("12A1", "12A2", "12A3")
    assert found.means[2] is None
    # With the school's mean and all other classes' the small one's would follow.
    assert sum(mean is None for mean in found.means[:-1]) >= 2
    assert found.means[-1] == pytest.approx(
        sum((each.score or Decimal(0) for each in pupils), Decimal(0)) / len(pupils)
    )


def test_levels_begin_at_their_lower_ends() -> None:
    scores = ["0.00", "4.99", "5.00", "6.49", "6.50", "7.99", "8.00", "10.00"]
    [found] = school_tables(of_class("12A1", scores * 10))
    assert found.table.counts.tolist() == [[20, 20, 20, 20, 80], [20, 20, 20, 20, 80]]
    assert not found.table.hidden.any()


def test_who_has_no_score_is_not_counted() -> None:
    assert school_tables([pupil("An", None)]) == ()

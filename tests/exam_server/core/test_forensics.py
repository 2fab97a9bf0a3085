"""The whole search on simulated sheets: everything is estimated from them, and honest ones raise no alarm."""

import numpy as np
import pytest

from exam_server.core.evidence import Evidence
from exam_server.core.forensic_file import Given, keyed_sheets
from exam_server.core.forensics import find_evidence
from exam_server.core.response_table import ResponseTable
from scoring.forensics.copying import MIN_N
from tests.scoring.forensics.room import Simulated, simulate, with_copy

N, ITEMS = 150, 40
LETTERS = "-ABCD"


def evidence(exam: Simulated, seats: tuple[str | None, ...] | None = None) -> Evidence:
    n = len(exam.codes)
    table = ResponseTable(
        names=tuple(f"q{place}" for place in range(ITEMS)),
        persons=tuple(f"p{row}" for row in range(n)),
        rows=tuple(tuple(LETTERS[code] for code in row) for row in exam.codes.tolist()),
        groups=None,
    )
    given = Given(
        persons=table.persons,
        rooms=np.zeros(n, dtype=np.int64),
        room_names=("P1",),
        seats=(None,) * n if seats is None else seats,
        seconds=None,
    )
    return find_evidence(*keyed_sheets(table, dict.fromkeys(table.names, "A"), "x.csv", given))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_honest_sheets_raise_no_alarm(seed: int) -> None:
    found = evidence(simulate(N, ITEMS, seed))
    assert found.pairs is not None
    assert found.pairs.beyond == 0
    # Of 11,175 pairs the hundred smallest chances reach up to one hundredth at least.
    assert found.pairs.rows[-1].p > 0.008
    assert min(row.p for row in found.pairs.rows) > 1e-6


def test_planted_copies_are_found_and_told_apart() -> None:
    exam = with_copy(simulate(N, ITEMS, 1), copier=7, source=3, share=0.7, seed=1)
    found = evidence(with_copy(exam, copier=90, source=110, share=0.7, seed=2))
    assert found.pairs is not None
    assert [{row.first, row.second} for row in found.pairs.rows[:2]] in (
        [{"p3", "p7"}, {"p90", "p110"}],
        [{"p90", "p110"}, {"p3", "p7"}],
    )
    assert found.pairs.beyond == 2


def test_who_copied_from_whom_is_no_more_than_a_hint_but_all_numbers_are_there() -> None:
    found = evidence(with_copy(simulate(N, ITEMS, 1), copier=7, source=3, share=0.7, seed=1))
    assert found.pairs is not None
    row = found.pairs.rows[0]
    for value in (row.omega_p_second_from_first, row.k2_second_from_first, row.s2_second_from_first):
        assert value is not None
        assert value < 0.01
    assert row.common == ITEMS
    assert row.matches >= row.wrong_matches > 0


def test_fewer_than_the_least_are_not_compared() -> None:
    found = evidence(simulate(MIN_N - 1, ITEMS, 1))
    assert found.pairs is None
    assert [limit.least for limit in found.limits] == [MIN_N]
    assert evidence(simulate(MIN_N, ITEMS, 1)).pairs is not None


def test_an_item_all_had_right_changes_nothing_for_the_others() -> None:
    exam = simulate(N, ITEMS, 1)
    exam.codes[:, 5] = 1
    found = evidence(exam)
    assert found.pairs is not None
    assert found.pairs.beyond == 0


def test_the_order_of_people_does_not_matter() -> None:
    exam = with_copy(simulate(N, ITEMS, 1), copier=7, source=3, share=0.7, seed=1)
    order = np.arange(N)[::-1]
    turned = Simulated(
        codes=exam.codes[order],
        right=exam.right[order],
        theta=exam.theta[order],
        chances=exam.chances.of_persons(order),
    )
    once, again = evidence(exam).pairs, evidence(turned).pairs
    assert once is not None
    assert again is not None
    assert again.rows[0].p == pytest.approx(once.rows[0].p, rel=1e-4)

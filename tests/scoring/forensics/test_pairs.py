import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from scoring.forensics.identical_wrong import wrong_groups
from scoring.forensics.pairs import Pairs, Room, compare_room, judge_pairs, strongest
from scoring.forensics.seats import Seats, are_neighbours, read_seats
from tests.scoring.forensics.room import Simulated, simulate, with_copy


def rooms(exam: Simulated, size: int, *, seated: bool) -> Pairs:
    """Rooms of ``size``, four seats in a row."""
    groups = wrong_groups(exam.codes, exam.right, exam.chances.first)
    found: list[Pairs] = []
    for start in range(0, len(exam.codes), size):
        members = np.arange(start, start + size)
        place = np.arange(size)
        room = Room(
            members=members,
            codes=exam.codes[members],
            right=exam.right[members],
            chances=exam.chances.of_persons(members),
            seats=Seats(rows=place // 4, columns=place % 4) if seated else None,
        )
        found.append(compare_room(room, groups, 0.25))
    return judge_pairs(found)


def test_honest_rooms_raise_no_alarm_and_a_copier_does() -> None:
    exam = simulate(240, 40, seed=21)
    honest = rooms(exam, 24, seated=True)
    assert honest.n == 10 * 24 * 23 / 2
    assert honest.q.min() > 0.05
    found = rooms(with_copy(exam, copier=30, source=26, share=0.5, seed=2), 24, seated=True)
    place = strongest(found, 1)[0]
    assert (found.first[place], found.second[place]) == (26, 30)
    assert found.neighbours[place]
    assert found.q[place] < 0.01
    assert found.omega_p_second[place] < 0.001
    assert found.s2_second[place] < 0.01
    assert found.wrong_matches[place] > 4


def test_neighbours_are_a_family_of_their_own() -> None:
    exam = with_copy(simulate(240, 40, seed=21), copier=30, source=26, share=0.5, seed=2)
    near, far = rooms(exam, 24, seated=True), rooms(exam, 24, seated=False)
    pair = np.flatnonzero((near.first == 26) & (near.second == 30))[0]
    assert near.p[pair] == far.p[pair]
    assert near.q[pair] < far.q[pair]


def test_people_with_different_items_have_no_k_index() -> None:
    exam = simulate(10, 20, seed=1)
    room = Room(members=np.arange(10), codes=exam.codes, right=exam.right, chances=exam.chances, seats=None)
    assert np.isnan(compare_room(room, None, 0.25).k_first).all()


def test_seats_by_their_labels() -> None:
    found = read_seats(["A3", "b-12", "2-5", "07", "AA1", "cửa sổ", "", None])
    assert_array_equal(found.rows, [1, 2, 2, 0, 27, -1, -1, -1])
    assert_array_equal(found.columns, [3, 12, 5, 7, 1, -1, -1, -1])


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("A3", "A4", True),
        ("A3", "B4", True),
        ("A3", "C3", False),
        ("A3", "A3", False),
        ("7", "8", True),
        ("7", "9", False),
        ("?", "8", False),
    ],
)
def test_neighbours(one: str, other: str, near: bool) -> None:
    seats = read_seats([one, other])
    assert are_neighbours(seats, np.array([0]), np.array([1]))[0] == near


labels = st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(1, 9)), min_size=2, max_size=12)


@given(labels)
def test_to_be_a_neighbour_is_mutual(places: list[tuple[str, int]]) -> None:
    seats = read_seats([f"{row}{column}" for row, column in places])
    first, second = np.triu_indices(len(places), 1)
    assert_array_equal(are_neighbours(seats, first, second), are_neighbours(seats, second, first))

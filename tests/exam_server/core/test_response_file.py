"""Files of responses: what is category 0, and where it is said."""

import gzip

import pytest

from exam_server.core.response_file import read_coded
from exam_server.core.response_table import read_pairs
from exam_server.errors import Invalid


def test_the_lowest_that_occurs_is_category_0() -> None:
    found = read_coded(b"person,a,b\nx,1,3\ny,2,\nz,1,1\n", "f.csv")
    assert found.responses.names == ("a", "b")
    assert found.responses.codes.tolist() == [[0, 2], [1, -1], [0, 0]]
    assert (found.persons, found.lowest, found.first_line) == (("x", "y", "z"), (1, 1), 2)


def test_unless_it_is_given() -> None:
    """So that a class in which nobody is in the lowest is read as the others are."""
    found = read_coded(b"a,b\n1,3\n1,2\n", "f.csv", lowest={"a": 0})
    assert found.responses.codes.tolist() == [[1, 1], [1, 0]]
    assert found.lowest == (0, 2)


def test_where_all_are_right_nobody_is_in_category_0() -> None:
    found = read_coded(b"a,b\n1,1\n1,0\n1,\n", "f.csv")
    assert found.responses.codes.tolist() == [[1, 1], [1, 0], [1, -1]]
    assert found.lowest == (0, 0)


@pytest.mark.parametrize(
    ("data", "code", "params"),
    [
        (b"a,,c\n1,0,1\n", "responses_no_name", {"number": 2}),
        (b"a,b\n1,\x000\n", "responses_unreadable", {}),
        (b"a,b\n1,NaN\n", "responses_no_number", {"column": "b", "line": 2, "value": "NaN"}),
    ],
)
def test_a_file_that_is_no_table_says_where(data: bytes, code: str, params: dict[str, int | str]) -> None:
    with pytest.raises(Invalid, match=code) as refused:
        read_coded(data, "f.csv")
    assert refused.value.params == params


def test_digits() -> None:
    found = read_coded(gzip.compress(b"12.\n13.\n11.\n"), "f.txt.gz", lowest={"1": 0})
    assert found.responses.names == ("1", "2", "3")
    assert found.responses.codes.tolist() == [[1, 1, -1], [1, 2, -1], [1, 0, -1]]
    assert (found.lowest, found.first_line, found.persons) == ((0, 1, 0), 1, ("1", "2", "3"))


@pytest.mark.parametrize(("data", "line"), [(b"a,b\n1,1\n1,0\n", 3), (b"11\n10\n", 2)])
def test_below_the_lowest(data: bytes, line: int) -> None:
    with pytest.raises(Invalid, match="responses_too_low") as refused:
        read_coded(data, "f", lowest={"b": 1, "2": 1})
    assert refused.value.params["line"] == line
    assert (refused.value.params["value"], refused.value.params["lowest"]) == (0, 1)


def test_too_many_categories_name_the_column() -> None:
    rows = "\n".join(f"1,{code}" for code in range(101))
    with pytest.raises(Invalid, match="responses_too_many_categories") as refused:
        read_coded(f"a,b\n{rows}\n".encode(), "f.csv")
    assert refused.value.params["column"] == "b"


def test_a_table_of_pairs() -> None:
    assert read_pairs("câu;đáp án\n\nq1; A \nq2;B/C\n".encode(), "m.csv") == (("q1", "A"), ("q2", "B/C"))
    with pytest.raises(Invalid, match="responses_ragged") as refused:
        read_pairs(b"item,key\n\nq1,A\nq2\n", "m.csv")
    assert refused.value.params["line"] == 4
    with pytest.raises(Invalid, match="responses_unreadable"):
        read_pairs(b'a,b\nq1,"' + b"x" * 200_000 + b'"\n', "m.csv")

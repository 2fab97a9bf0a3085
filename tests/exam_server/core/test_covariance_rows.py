import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from exam_server.core.covariance_rows import MAX_PARAMETERS, covariance_matrix, covariance_rows
from exam_server.errors import Invalid


@given(st.integers(1, 12), st.integers(0, 1000))
def test_a_covariance_comes_back(size: int, seed: int) -> None:
    factor = np.random.default_rng(seed).normal(size=(size, size + 2))
    covariance = factor @ factor.T
    labels = [f"q{place}:slope" for place in range(size)]
    rows = covariance_rows(labels, covariance)
    assert rows is not None
    assert list(rows) == labels
    assert_allclose(covariance_matrix(rows, "p.json"), covariance, rtol=1e-6, atol=1e-6)


def test_nothing_known_and_far_too_much_are_left_out() -> None:
    assert covariance_rows(("a",), None) is None
    many = [str(place) for place in range(MAX_PARAMETERS + 1)]
    assert covariance_rows(many, np.eye(len(many))) is None


@pytest.mark.parametrize("row", ["", "0.1", "0.1 x", "0.1 nan", "0.1 -2", "1 2 3"])
def test_what_is_no_row_is_refused(row: str) -> None:
    with pytest.raises(Invalid) as refused:
        covariance_matrix({"a": "1.0", "b": row}, "p.json")
    assert (refused.value.code, refused.value.params) == ("parameters_covariance", {"label": "b"})

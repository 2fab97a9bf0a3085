import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from scoring.classical import rest_share, totals_of
from scoring.options import fifths, option_table

NAN = float("nan")


def test_counts_and_shares_by_fifths() -> None:
    # Ten candidates in order of ability, two in each fifth: the weak leave it empty or give 2, the strong 1.
    codes = np.array([0, 2, 2, 2, 2, 1, 1, 2, 1, 1])
    found = option_table(codes, np.arange(10.0), 4)
    assert_array_equal(found.sizes, [2] * 5)
    assert_array_equal(found.counts, [[1, 0, 0, 0, 0], [0, 0, 1, 1, 2], [1, 2, 1, 1, 0], [0] * 5])
    assert_allclose(found.shares[1], [0, 0, 0.5, 0.5, 1])
    assert_allclose(found.mean_rest, [0.5, 2.5, 4.5, 6.5, 8.5])


def test_the_correlation_is_pearson_s_of_giving_the_response() -> None:
    rng = np.random.default_rng(3)
    codes, rest = rng.integers(0, 4, 200), rng.normal(size=200)
    found = option_table(codes, rest, 5)
    for code in range(4):
        assert found.correlation.r[code] == pytest.approx(np.corrcoef(codes == code, rest)[0, 1])
        assert found.correlation.low[code] < found.correlation.r[code] < found.correlation.high[code]
    assert np.isnan(found.correlation.r[4])


def test_who_did_not_have_the_item_does_not_count() -> None:
    codes, rest = np.array([1, -1, 2, 1]), np.array([1.0, 9.0, 2.0, NAN])
    found = option_table(codes, rest, 3)
    assert found.sizes.sum() == 2
    assert_array_equal(found.counts.sum(axis=1), [0, 1, 1])


def test_a_wrong_key_shows() -> None:
    # The best choose C (3), the key says A (1).
    rng = np.random.default_rng(5)
    ability = rng.normal(size=(500, 1))
    points = (rng.random((500, 20)) < 1 / (1 + np.exp(-ability))).astype(np.float64)
    codes = np.where(points == 1, 1, 2)
    codes[:, 0] = np.where(points[:, 0] == 1, 3, 1)
    points[:, 0] = codes[:, 0] == 1
    totals = totals_of(points, np.ones(20))
    tables = [option_table(codes[:, place], rest_share(totals, points[:, place], 1.0), 5) for place in (0, 1)]
    assert tables[0].correlation.low[3] > 0 > tables[0].correlation.high[1]
    assert tables[0].shares[3, 4] > tables[0].shares[1, 4]
    assert tables[1].correlation.low[1] > 0


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.integers(0, 1000))
def test_equal_scores_share_a_fifth_whatever_the_order(scores: list[int], seed: int) -> None:
    values = np.array(scores, dtype=np.float64)
    found = fifths(values)
    order = np.random.default_rng(seed).permutation(len(values))
    assert_array_equal(fifths(values[order]), found[order])
    assert (np.diff(found[np.argsort(values, kind="stable")]) >= 0).all()
    for value in set(scores):
        assert len(set(found[values == value])) == 1


def test_fifths_of_different_scores_are_equally_large() -> None:
    assert_array_equal(np.bincount(fifths(np.random.default_rng(1).normal(size=1_000))), [200] * 5)


def test_nobody_and_a_constant_rest_have_no_correlation() -> None:
    nobody = option_table(np.zeros(0, dtype=np.int64), np.zeros(0), 3)
    assert np.isnan(nobody.shares).all()
    assert np.isnan(option_table(np.array([1, 2, 1]), np.ones(3), 3).correlation.r).all()


def test_a_code_beyond_the_responses_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond the responses"):
        option_table(np.array([3]), np.zeros(1), 3)

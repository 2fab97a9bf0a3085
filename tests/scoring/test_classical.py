from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from scoring.classical import (
    FloatArray,
    cronbach_alpha,
    discrimination,
    histogram,
    item_statistics,
    option_counts,
    summary,
    upper_lower,
    wilson_bounds,
)

NAN = float("nan")

# LSAT, section 6 (Bock & Lieberman 1970): how many of 1,000 gave each response pattern, 00000 to 11111.
LSAT6_COUNTS = [
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80,
    16, 56, 21, 173, 11, 61, 28, 298,
]  # fmt: skip
LSAT6 = np.repeat([[float(bit) for bit in f"{pattern:05b}"] for pattern in range(32)], LSAT6_COUNTS, axis=0)
ONES = np.ones(5)


def test_lsat6_has_the_published_proportions() -> None:
    found = item_statistics(LSAT6, ONES)
    assert_array_equal(found.n, [1000] * 5)
    # Bock & Lieberman (1970); McDonald (1999), table 1.
    assert_allclose(found.difficulty, [0.924, 0.709, 0.553, 0.763, 0.870], atol=1e-12)
    assert_array_equal(found.full, found.difficulty)


def test_lsat6_has_the_published_alpha_and_correlations() -> None:
    # descript(LSAT) of the R package ltm (Rizopoulos 2006): alpha, and point-biserials without the item.
    assert cronbach_alpha(LSAT6) == pytest.approx(0.2950, abs=5e-5)
    assert_allclose(discrimination(LSAT6), [0.1128, 0.1532, 0.1728, 0.1444, 0.1216], atol=5e-5)


# Four candidates, three items of 1, 1 and 2 points.
#   totals 4, 2, 1, 0; rest of item 1: 3, 1, 1, 0.
SMALL = np.array([[1, 1, 2], [1, 0, 1], [0, 1, 0], [0, 0, 0]], dtype=np.float64)
SMALL_MAX = np.array([1.0, 1.0, 2.0])


def test_a_test_small_enough_to_do_by_hand() -> None:
    found = item_statistics(SMALL, SMALL_MAX)
    assert_allclose(found.difficulty, [0.5, 0.5, 3 / 8])
    assert_allclose(found.full, [0.5, 0.5, 0.25])
    # Item 1: x = 1 1 0 0, rest = 3 1 1 0, means 1/2 and 5/4: Σdxdy = 3/2, Σdx² = 1, Σdy² = 19/4.
    assert found.discrimination[0] == pytest.approx(1.5 / sqrt(4.75))


def test_alpha_by_hand() -> None:
    # Item variances 1/3 + 1/3 + 11/12 = 19/12; variance of the totals 4 2 1 0 is 35/12: 3/2 · (1 − 19/35).
    assert cronbach_alpha(SMALL) == pytest.approx(24 / 35)


def test_the_summary_by_hand() -> None:
    found = summary(SMALL)
    assert (found.n, found.mean, found.minimum, found.maximum) == (4, 1.75, 0, 4)
    assert (found.lower_quartile, found.median, found.upper_quartile) == (0.75, 1.5, 2.5)
    assert found.sd == pytest.approx(sqrt(35 / 12))
    assert found.sem == pytest.approx(sqrt(35 / 12) * sqrt(11 / 35))


def test_wilson_bounds_as_published() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    low, high = wilson_bounds(np.array([81, 15, 0, 1]), np.array([263, 148, 20, 29]))
    assert_allclose(low, [0.2553, 0.0624, 0.0000, 0.0061], atol=5e-5)
    assert_allclose(high, [0.3662, 0.1605, 0.1611, 0.1718], atol=5e-5)


def test_wilson_bounds_of_nobody_are_not_defined() -> None:
    low, high = wilson_bounds(np.array([0]), np.array([0]))
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_upper_lower_compares_the_outer_quarters() -> None:
    points = np.array([[1, 0]] * 3 + [[0, 0]] * 5 + [[1, 1]] * 3, dtype=np.float64)
    assert_array_equal(upper_lower(points, np.ones(2)), [1.0, 1.0])
    assert_array_equal(upper_lower(points[:, :1], np.ones(1), share=0.4), [1.0])


def test_a_constant_item_has_no_discrimination() -> None:
    points = np.array([[1, 0, 1], [1, 1, 0], [1, 1, 1]], dtype=np.float64)
    assert_array_equal(np.isnan(discrimination(points)), [True, False, False])


def test_what_was_not_administered_does_not_count() -> None:
    points = np.array([[1, NAN], [0, 1], [1, 1], [NAN, 0]])
    found = item_statistics(points, np.ones(2))
    assert_array_equal(found.n, [3, 3])
    assert_allclose(found.difficulty, [2 / 3, 2 / 3])
    assert_allclose(found.full, [2 / 3, 2 / 3])


def test_an_item_nobody_had_is_not_defined() -> None:
    found = item_statistics(np.array([[1, NAN], [0, NAN]]), np.ones(2))
    assert found.n[1] == 0
    for values in (found.difficulty, found.full, found.discrimination, found.upper_lower):
        assert np.isnan(values[1])


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (2, 1)])
def test_too_little_has_no_reliability(shape: tuple[int, int]) -> None:
    assert cronbach_alpha(np.zeros(shape)) is None


def test_nobody_has_no_summary_and_no_statistics() -> None:
    found = summary(np.zeros((0, 3)))
    assert (found.n, found.mean, found.sd, found.alpha) == (0, None, None, None)
    assert np.isnan(item_statistics(np.zeros((0, 3)), np.ones(3)).difficulty).all()


def test_one_candidate_has_a_mean_but_no_spread() -> None:
    found = summary(np.array([[1.0, 0.5]]))
    assert (found.n, found.mean, found.sd, found.sem) == (1, 1.5, None, None)


@pytest.mark.parametrize(
    ("points", "maximum"),
    [
        (np.zeros((2, 3)), np.ones(2)),
        (np.zeros(3), np.ones(3)),
        (np.full((2, 1), 2.0), np.ones(1)),
        (np.full((2, 1), -1.0), np.ones(1)),
        (np.zeros((2, 1)), np.zeros(1)),
    ],
)
def test_points_that_cannot_be_are_refused(points: FloatArray, maximum: FloatArray) -> None:
    with pytest.raises(ValueError, match="points must"):
        item_statistics(points, maximum)


scripts = st.tuples(st.integers(2, 30), st.integers(2, 8)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0, NAN]))
)


@given(scripts)
def test_statistics_stay_within_their_bounds(points: FloatArray) -> None:
    found = item_statistics(points, np.ones(points.shape[1]))
    for values, low in (
        (found.difficulty, 0),
        (found.full, 0),
        (found.discrimination, -1),
        (found.upper_lower, -1),
    ):
        defined = values[~np.isnan(values)]
        assert ((low <= defined) & (defined <= 1)).all()
    had = found.n > 0
    assert (found.full_low[had] <= found.full[had] + 1e-12).all()
    assert (found.full[had] <= found.full_high[had] + 1e-12).all()


@given(scripts, st.integers(0, 1000))
def test_the_order_of_candidates_does_not_matter(points: FloatArray, seed: int) -> None:
    again = points[np.random.default_rng(seed).permutation(len(points))]
    ones = np.ones(points.shape[1])
    assert_allclose(item_statistics(points, ones).difficulty, item_statistics(again, ones).difficulty)
    assert_allclose(discrimination(points), discrimination(again), atol=1e-9)


@given(scripts, st.sampled_from([0.25, 0.5, 4.0]))
def test_the_scale_does_not_matter(points: FloatArray, scale: float) -> None:
    ones = np.ones(points.shape[1])
    assert_allclose(
        item_statistics(points, ones).difficulty, item_statistics(points * scale, ones * scale).difficulty
    )
    assert_allclose(discrimination(points), discrimination(points * scale), atol=1e-9)


def test_parallel_items_reach_the_reliability_they_were_made_with() -> None:
    # Twenty parallel items, error variance 4 times the true: Spearman–Brown gives 20·0.2/(1 + 19·0.2).
    rng = np.random.default_rng(2026)
    points = rng.normal(size=(20_000, 1)) + 2.0 * rng.normal(size=(20_000, 20))
    assert cronbach_alpha(points) == pytest.approx(5 / 6, abs=0.005)


def test_a_histogram_has_every_score_in_its_bin() -> None:
    scores = np.array([0, 0.25, 0.5, 4.9, 9.5, 10, 10])
    found = {each.low: each.count for each in histogram(scores) if each.count}
    assert found == {0.0: 2, 0.5: 1, 4.5: 1, 9.5: 3}
    assert (histogram(scores)[0].low, histogram(scores)[-1].high, len(histogram(scores))) == (0, 10, 20)


@given(st.lists(st.integers(0, 1000), max_size=50))
def test_a_low_end_belongs_to_its_bin_at_any_width(cents: list[int]) -> None:
    found = histogram(np.array(cents, dtype=np.float64) / 100, width=0.1)
    for place, each in enumerate(found):
        last = place == len(found) - 1
        assert each.count == sum(
            place * 10 <= cent < place * 10 + 10 or (last and cent == 1000) for cent in cents
        )


def test_a_histogram_refuses_what_is_off_the_scale() -> None:
    with pytest.raises(ValueError, match="outside the scale"):
        histogram(np.array([10.01]))
    with pytest.raises(ValueError, match="whole number of bins"):
        histogram(np.array([1.0]), width=0.3)


def test_option_counts_are_sorted_and_count_the_omitted() -> None:
    assert list(option_counts([("B",), ("A",), (), ("B",), ("A",), ("B",)]).items()) == [
        ("B", 3),
        ("A", 2),
        ("", 1),
    ]
    assert option_counts([("a:true", "b:false"), ("a:true",)]) == {"a:true": 2, "b:false": 1}

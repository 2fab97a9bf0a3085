"""Selection for many students at once, content balance and exposure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.adaptive import Content, Exposure, make_bank, select, within_content
from scoring.quadrature import make_nodes
from tests.scoring.simulated import mixed_items


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_what_is_selected_is_available(seed: int, best_of: int) -> None:
    rng = np.random.default_rng(seed)
    merit, available = rng.normal(size=(20, 9)), rng.random((20, 9)) < 0.4
    exposure = Exposure(parameters=rng.random(9), best_of=best_of)
    found = select(merit, available, exposure, rng)
    some = available.any(axis=1)
    assert (found.items[~some] == -1).all()
    assert available[np.flatnonzero(some), found.items[some]].all()
    assert not (found.passed_over & ~available).any()
    assert not found.passed_over[np.flatnonzero(some), found.items[some]].any()


def test_without_control_the_best_is_taken() -> None:
    rng = np.random.default_rng(1)
    merit = rng.normal(size=(50, 12))
    available = rng.random((50, 12)) < 0.7
    found = select(merit, available, Exposure(), rng)
    assert found.items.tolist() == np.where(available, merit, -np.inf).argmax(axis=1).tolist()
    assert not found.passed_over.any()


def test_an_item_without_a_value_comes_last() -> None:
    merit = np.array([[np.nan, 0.2, 0.9], [np.nan, np.nan, np.nan]])
    available = np.array([[True, True, True], [False, True, True]])
    chosen = select(merit, available, Exposure(), np.random.default_rng(1)).items
    assert chosen.tolist() == [2, 1]


def test_one_of_the_best() -> None:
    merit = np.tile(np.arange(10.0), (6000, 1))
    found = select(merit, np.ones(merit.shape, dtype=np.bool_), Exposure(best_of=3), np.random.default_rng(2))
    counts = np.bincount(found.items, minlength=10)
    assert counts[:7].sum() == 0
    np.testing.assert_allclose(counts[7:] / 6000, 1 / 3, atol=0.03)


def test_sympson_and_hetter_pass_over() -> None:
    """The best is given with its probability, the next with its own of what is left."""
    merit = np.tile([3.0, 2.0, 1.0], (20_000, 1))
    exposure = Exposure(parameters=np.array([0.25, 0.5, 1.0]))
    found = select(merit, np.ones(merit.shape, dtype=np.bool_), exposure, np.random.default_rng(3))
    shares = np.bincount(found.items, minlength=3) / 20_000
    np.testing.assert_allclose(shares, [0.25, 0.375, 0.375], atol=0.015)
    np.testing.assert_allclose(found.passed_over.mean(axis=0), [0.75, 0.375, 0.0], atol=0.015)


def test_when_all_are_passed_over_the_best_is_given() -> None:
    merit = np.array([[1.0, 2.0]])
    exposure = Exposure(parameters=np.zeros(2))
    found = select(merit, np.ones((1, 2), dtype=np.bool_), exposure, np.random.default_rng(4))
    assert found.items.tolist() == [1]


def test_the_area_that_lags() -> None:
    content = Content(areas=np.array([0, 0, 1, 1, 2]), shares=np.array([0.5, 0.3, 0.2]))
    had = np.array([[False] * 5, [True, False, False, False, False], [True, False, True, False, True]])
    allowed = within_content(~had, had, content)
    assert allowed.tolist() == [
        [True, True, False, False, False],
        [False, False, True, True, False],
        [False, True, False, False, False],
    ]
    without_area_1 = ~had & (content.areas != 1)
    assert within_content(without_area_1, had, content)[1].tolist() == [False, False, False, False, True]


def test_thousands_of_students_at_once_keep_content_and_history() -> None:
    rng = np.random.default_rng(5)
    bank = make_bank(mixed_items(rng, 500), make_nodes())
    theta = rng.normal(size=2000)
    content = Content(areas=np.arange(500) % 4, shares=np.array([0.4, 0.3, 0.2, 0.1]))
    had = rng.random((2000, 500)) < 0.05
    exposure = Exposure(parameters=rng.uniform(0.3, 1.0, size=500), best_of=5)
    open_ = within_content(~had, had, content)
    found = select(bank.information_at(theta), open_, exposure, rng)
    assert open_[np.arange(2000), found.items].all()


def test_a_bank_has_its_size() -> None:
    bank = make_bank(mixed_items(np.random.default_rng(6), 7), make_nodes())
    assert bank.size == 7
    assert bank.log_p.shape == (5, 61, 7)
    totals = np.exp(bank.log_p).sum(axis=0)
    assert totals == pytest.approx(1.0)

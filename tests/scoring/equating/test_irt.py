from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from scoring.equating.conversion import Scale, reported, table_of
from scoring.equating.irt import observed_score_equivalents, true_score_equivalents
from scoring.errors import MeasurementError
from scoring.items import Item, expected_score, rescale
from scoring.quadrature import make_nodes, normal_weights

NODES = make_nodes(61)
WEIGHTS = normal_weights(NODES)


def form(seed: int, n: int = 20, *, lower: float = 0.0, shift: float = 0.0) -> list[Item]:
    rng = np.random.default_rng(seed)
    slopes = rng.lognormal(0.0, 0.25, n)
    return [
        Item(
            name=f"q{place}",
            model="3pl",
            slope=float(a),
            intercepts=np.array([-a * (b + shift)]),
            lower=lower,
        )
        for place, (a, b) in enumerate(zip(slopes, rng.normal(size=n), strict=True))
    ]


def ladder() -> Item:
    return Item(name="ladder", model="grm", slope=1.2, intercepts=np.array([2.0, 1.0, 0.0, -1.0]))


@pytest.mark.parametrize("items", [form(1), form(2, lower=0.2), [*form(3, 8, lower=0.1), ladder()]])
def test_a_form_is_worth_itself(items: list[Item]) -> None:
    most = sum(item.categories - 1 for item in items)
    assert_allclose(true_score_equivalents(items, items), np.arange(most + 1), atol=1e-9)
    found = observed_score_equivalents(items, items, NODES, WEIGHTS)
    assert_allclose(found, np.arange(most + 1), atol=1e-7)


def test_true_scores_are_the_expected_ones_at_the_same_ability() -> None:
    here, there = form(4, lower=0.2), [*form(5, 12, lower=0.15), ladder()]
    found = true_score_equivalents(here, there)
    theta = np.linspace(-6, 6, 20_001)
    on_here = sum(expected_score(item, theta) for item in here)
    on_there = sum(expected_score(item, theta) for item in there)
    for score in range(6, 20):
        assert found[score] == pytest.approx(float(np.interp(score, on_here, on_there)), abs=1e-6)


def test_below_chance_lies_on_a_line() -> None:
    """Kolen (1981): 20 items of c = 0.2 expect no less than 4; 15 of c = 0.1 no less than 1.5."""
    found = true_score_equivalents(form(6, lower=0.2), form(7, 15, lower=0.1))
    assert_allclose(found[:5], np.arange(5) * 1.5 / 4.0)
    assert found[5] > 1.5
    assert found[-1] == 15.0
    assert (np.diff(found) > 0).all()


def test_above_the_upper_asymptote_lies_on_a_line() -> None:
    careless = [replace(item, model="4pl", upper=0.9) for item in form(8)]
    found = true_score_equivalents(careless, form(9))
    assert_allclose(found[18:], [20.0, 20.0, 20.0])
    assert (found[:18] < 20.0).all()


def test_zero_is_zero_even_where_the_other_form_guesses() -> None:
    found = true_score_equivalents(form(10), form(11, lower=0.25))
    assert found[0] == 0.0
    assert found[1] > 5.0


def test_points_count() -> None:
    """The graded True/False ladder in hundredths of a point: 0, 10, 25, 50, 100."""
    ladders = [ladder(), replace(ladder(), name="other", slope=0.9)]
    points = [np.array([0, 10, 25, 50, 100])] * 2
    found = true_score_equivalents(ladders, ladders, from_points=points, to_points=points)
    assert_allclose(found, np.arange(201), atol=1e-7)
    assert_allclose(true_score_equivalents(ladders, ladders, to_points=points)[[0, 8]], [0, 200])


def test_a_harder_form_is_worth_more() -> None:
    easy, hard = form(12, lower=0.2), form(12, lower=0.2, shift=0.5)
    assert (true_score_equivalents(hard, easy)[6:20] > np.arange(6, 20)).all()
    observed = observed_score_equivalents(hard, easy, NODES, WEIGHTS)
    assert (observed[6:20] > np.arange(6, 20)).all()


def test_true_and_observed_scores_agree_in_the_middle() -> None:
    here, there = form(13, 40, lower=0.15), form(14, 40, lower=0.15)
    true, observed = (
        true_score_equivalents(here, there),
        observed_score_equivalents(here, there, NODES, WEIGHTS),
    )
    assert_allclose(true[12:36], observed[12:36], atol=0.35)


def test_the_scale_does_not_matter() -> None:
    here, there = form(15, lower=0.2), form(16, lower=0.2)
    moved = [[rescale(item, 1.4, -0.7) for item in items] for items in (here, there)]
    assert_allclose(true_score_equivalents(*moved), true_score_equivalents(here, there), atol=1e-8)


def test_falling_items_have_no_true_score() -> None:
    turned = [*form(17), replace(form(18)[0], name="turned", slope=-0.5)]
    with pytest.raises(MeasurementError, match="equating_not_rising item=turned"):
        true_score_equivalents(turned, form(19))


def test_reported_scores_round_as_said_and_stop_at_the_ends() -> None:
    values = np.array([-0.4, 0.0, 12.25, 12.3, 40.3])
    half_up, half_even = (reported(values, 40, Scale(rounding=rule)) for rule in ("half_up", "half_even"))
    assert [str(score) for score in half_up] == ["0.00", "0.00", "3.06", "3.08", "10.00"]
    # 12.3 · 10 / 40 = 3.075: a tie, which goes up or to the even digit 8.
    assert half_even[3] == Decimal("3.08")
    assert [str(s) for s in reported(np.array([12.1]), 40, Scale(rounding="half_up"))] == ["3.03"]
    assert [str(s) for s in reported(np.array([12.1]), 40, Scale(rounding="half_even"))] == ["3.02"]
    assert str(reported(np.array([12.1]), 40, Scale(places=0))[0]) == "3"


def test_a_table_is_read_between_its_entries() -> None:
    base = [Decimal(0), Decimal("2.5"), Decimal(10)]
    found = table_of(base, np.array([-0.5, 0.5, 1.5, 2.5]), Scale())
    assert [str(score) for score in found] == ["0.00", "1.25", "6.25", "10.00"]


@given(st.lists(st.floats(-5, 45), min_size=2, max_size=20))
def test_reported_scores_keep_the_order(values: list[float]) -> None:
    found = reported(np.array(sorted(values)), 40, Scale())
    assert list(found) == sorted(found)
    assert all(Decimal(0) <= score <= Decimal(10) for score in found)

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from scoring.errors import MeasurementError
from scoring.items import Item
from scoring.linking.drift import drift, purified, robust_z
from scoring.linking.link import link
from tests.scoring.linking.forms import INTERCEPT, SLOPE, dichotomous, disturbed, mixed, nominal, on_target


def test_robust_z_as_published() -> None:
    """(x − median) / (0.74 IQR), Huynh & Meyer (2010)."""
    values = np.array([0.0, 1.0, 2.0, 3.0, 40.0])
    assert_allclose(robust_z(values), (values - 2.0) / (0.74 * 2.0))


def test_robust_z_of_equal_values_overlooks_rounding() -> None:
    assert_allclose(robust_z(np.array([1.0, 1.0, 1.0, 1.0001, 3.0])), [0.0, 0.0, 0.0, 0.01, 200.0])


@pytest.mark.parametrize("rule", ["robust-z", "distance", "displacement"])
def test_items_that_moved_are_named_and_dropped(rule: str) -> None:
    assert rule == "robust-z" or rule == "distance" or rule == "displacement"
    here = dichotomous(1, n=12)
    there = disturbed(on_target(here), 2, sd=0.02)
    there[3] = _harder(there[3], 1.5)
    there[8] = _harder(there[8], -1.2)
    found = purified(here, there, "stocking-lord", rule)
    assert {3, 8} <= set(found.dropped)
    if rule != "robust-z":
        assert len(found.dropped) == 2
    assert found.link.n_common == 12 - len(found.dropped)
    assert_allclose(found.link.coefficients, [SLOPE, INTERCEPT], atol=0.03)
    spoiled = link(here, there, "stocking-lord")
    assert abs(spoiled.intercept - INTERCEPT) > abs(found.link.intercept - INTERCEPT)


def test_a_slope_that_changed_is_seen() -> None:
    here = dichotomous(3, n=12)
    there = disturbed(on_target(here), 4, sd=0.02)
    there[5] = replace(there[5], slope=2.5 * there[5].slope, intercepts=2.5 * there[5].intercepts)
    found = drift(here, there, link(here, there, "mean-sigma"))
    assert np.abs(found.slope_z).argmax() == 5
    assert found.moved("robust-z")[5]


def test_a_slope_that_changed_its_sign_has_moved_whatever_the_rule() -> None:
    here = dichotomous(3, n=12)
    there = disturbed(on_target(here), 4, sd=0.02)
    there[5] = replace(there[5], slope=-there[5].slope)
    found = drift(here, there, link(here, there, "haebara"))
    assert found.slope_z[5] == np.inf
    assert found.moved("robust-z")[5]
    assert found.moved("distance")[5]
    assert 5 in purified(here, there, "haebara", "robust-z").dropped


def test_nothing_moves_on_the_same_scale() -> None:
    here = [*mixed(), nominal()]
    found = purified(here, on_target(here), "haebara", "distance")
    assert found.dropped == ()
    assert_allclose(found.drift.distance, 0.0, atol=1e-8)
    assert_allclose(found.drift.displacement[:-1], 0.0, atol=1e-7)
    assert np.isnan(found.drift.slope_z[-1])
    assert found.drift.excess("robust-z")[-1] == 0.0
    # 0.1 for an item of one point, 0.075 per point of others.
    assert_allclose(found.drift.most_distance, [0.1, 0.1, 0.1, 0.225, 0.15, 0.15])


def test_a_polytomous_item_is_judged_by_its_farthest_threshold() -> None:
    here = [*dichotomous(5, n=10), mixed()[3]]
    there = disturbed(on_target(here), 6, sd=0.02)
    moved = there[-1].intercepts.copy()
    moved[2] -= 2.0
    there[-1] = replace(there[-1], intercepts=moved)
    assert drift(here, there, link(here, there, "haebara")).moved("robust-z")[-1]


def test_rasch_displacement_is_the_difference_of_difficulties() -> None:
    here = [_rasch(place, b) for place, b in enumerate((-1.0, 0.0, 1.0))]
    there = [_rasch(place, b) for place, b in enumerate((-0.5, 0.5, 2.4))]
    found = drift(here, there, link(here, there, "mean-mean"))
    assert_allclose(found.displacement, np.array([0.5, 0.5, 1.4]) - 0.8)
    assert_array_equal(found.moved("displacement"), [False, False, True])
    assert_array_equal(found.moved("displacement", 0.2), [True, True, True])
    assert_array_equal(found.slope_z, [0.0, 0.0, 0.0])


def test_when_all_moved_nothing_links() -> None:
    here = [_rasch(place, b) for place, b in enumerate((-1.0, 0.0, 1.0))]
    there = [_rasch(place, b) for place, b in enumerate((2.0, 0.0, -2.0))]
    with pytest.raises(MeasurementError, match="link_all_moved"):
        purified(here, there, "mean-mean", "displacement", critical=0.1)


def _harder(item: Item, by: float) -> Item:
    return replace(item, intercepts=item.intercepts - by * item.slope)


def _rasch(place: int, difficulty: float) -> Item:
    return Item(name=f"q{place}", model="rasch", slope=1.0, intercepts=np.array([-difficulty]))

import csv
import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from scoring.arrays import FloatArray
from scoring.errors import MeasurementError
from scoring.items import Item, rescale
from scoring.linking.curves import CURVE_METHODS, Grid, criterion
from scoring.linking.link import METHODS, Method, inverse, link
from scoring.quadrature import Nodes, make_nodes, normal_weights
from tests.scoring.linking.forms import INTERCEPT, SLOPE, dichotomous, disturbed, mixed, nominal, on_target
from tests.scoring.reference import reference

every_method = pytest.mark.parametrize("method", METHODS)


@every_method
@pytest.mark.parametrize(
    "items", [dichotomous(1), dichotomous(2, lower=0.2), mixed()], ids=["2pl", "3pl", "mixed"]
)
@pytest.mark.parametrize("symmetric", [False, True])
def test_a_known_transformation_comes_back(method: Method, items: list[Item], symmetric: bool) -> None:
    found = link(items, on_target(items), method, symmetric=symmetric)
    assert_allclose(found.coefficients, [SLOPE, INTERCEPT], rtol=1e-8)
    assert found.converged
    assert found.criterion is None or found.criterion < 1e-15


@settings(max_examples=25, deadline=None)
@given(slope=st.floats(0.4, 2.5), intercept=st.floats(-2.0, 2.0), method=st.sampled_from(METHODS))
def test_any_transformation_comes_back(slope: float, intercept: float, method: Method) -> None:
    items = dichotomous(3, n=5)
    found = link(items, on_target(items, slope, intercept), method, nodes=make_nodes(31))
    assert_allclose(found.coefficients, [slope, intercept], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("method", CURVE_METHODS)
def test_nominal_items_are_linked_by_curves(method: Method) -> None:
    items = [nominal(), replace(nominal(), name="other", intercepts=np.array([-0.2, 0.9]))]
    assert_allclose(link(items, on_target(items), method).coefficients, [SLOPE, INTERCEPT], rtol=1e-7)


@pytest.mark.parametrize("method", ["mean-mean", "mean-sigma", "mean-gmean"])
def test_nominal_items_have_no_moments(method: Method) -> None:
    with pytest.raises(MeasurementError) as refused:
        link([nominal(), *mixed()], [nominal(), *mixed()], method)
    assert (refused.value.code, refused.value.params) == ("link_needs_curves", {"item": "nominal"})


@pytest.mark.parametrize("method", ["mean-sigma", "mean-gmean"])
def test_moment_methods_are_symmetric(method: Method) -> None:
    """Mean/sigma and mean/geometric mean know no direction."""
    here, there = dichotomous(4), disturbed(on_target(dichotomous(4)), 5)
    forth, back = link(here, there, method), link(there, here, method)
    assert_allclose(inverse(forth.slope, forth.intercept), back.coefficients, rtol=1e-12)


@pytest.mark.parametrize("method", CURVE_METHODS)
def test_the_symmetric_criterion_knows_no_direction(method: Method) -> None:
    here, there = mixed(), disturbed(on_target(mixed()), 6)
    forth, back = link(here, there, method, symmetric=True), link(there, here, method, symmetric=True)
    assert_allclose(inverse(forth.slope, forth.intercept), back.coefficients, rtol=1e-9)
    one_way = link(here, there, method)
    assert abs(one_way.slope - forth.slope) > 1e-6


@pytest.mark.parametrize(("method", "symmetric"), list(product(CURVE_METHODS, (False, True))))
def test_the_derivatives_are_the_criterions(method: Method, symmetric: bool) -> None:
    assert method == "haebara" or method == "stocking-lord"
    here, there = [*mixed(), nominal()], [*disturbed(on_target(mixed()), 7), on_target([nominal()])[0]]
    nodes = make_nodes(21, 4.0)
    grid = Grid(theta=nodes.theta, weights=normal_weights(nodes), d=1.7, symmetric=symmetric)

    def at(ab: FloatArray) -> FloatArray:
        found = criterion(here, there, method, ab, grid)
        return np.array([found.value, *found.gradient])

    ab, step = np.array([1.1, -0.2]), 1e-6
    found = criterion(here, there, method, ab, grid)
    differences = [(at(ab + step * unit) - at(ab - step * unit)) / (2.0 * step) for unit in np.eye(2)]
    assert_allclose(found.gradient, [row[0] for row in differences], rtol=1e-7)
    assert_allclose(found.hessian, [row[1:] for row in differences], rtol=1e-7)


def test_points_weights_and_d_matter() -> None:
    here, there = dichotomous(8, lower=0.2), disturbed(on_target(dichotomous(8, lower=0.2)), 9, sd=0.2)
    nodes = make_nodes(41, 4.0)
    found = {
        link(here, there, "haebara", nodes=nodes, weights=weights, d=d).slope
        for weights in (np.ones(41), normal_weights(nodes))
        for d in (1.0, 1.7)
    }
    assert len(found) == 4
    scaled = [
        [replace(i, slope=1.7 * i.slope, intercepts=1.7 * i.intercepts) for i in form]
        for form in (here, there)
    ]
    assert link(here, there, "haebara", d=1.7).slope == link(*scaled, "haebara").slope


def test_the_start_does_not_matter_and_is_told() -> None:
    here, there = dichotomous(10), disturbed(on_target(dichotomous(10)), 11)
    near, far = link(here, there, "stocking-lord"), link(here, there, "stocking-lord", start=(0.4, 1.5))
    assert_allclose(near.coefficients, far.coefficients, rtol=1e-8)
    assert far.start == (0.4, 1.5)
    assert far.gradient_norm is not None
    assert far.gradient_norm <= 1e-10


@pytest.mark.parametrize("method", CURVE_METHODS)
def test_points_where_the_curves_are_flat_tell_nothing(method: Method) -> None:
    here = dichotomous(10)
    far = Nodes(theta=np.linspace(60.0, 80.0, 21))
    with pytest.raises(MeasurementError, match="link_undetermined"):
        link(here, on_target(here), method, nodes=far, weights=np.ones(21))


def test_one_point_does_not_tell_two_coefficients() -> None:
    here = dichotomous(10)
    alone = Nodes(theta=np.array([0.3]))
    with pytest.raises(MeasurementError, match="link_undetermined"):
        link(here, on_target(here), "stocking-lord", nodes=alone, weights=np.ones(1))


def test_a_start_without_a_scale_is_refused() -> None:
    with pytest.raises(MeasurementError, match="link_slope"):
        link(dichotomous(1), dichotomous(1), "haebara", start=(-1.0, 0.0))


@every_method
def test_rasch_scales_only_shift(method: Method) -> None:
    b = np.array([-1.0, -0.2, 0.5, 1.3])
    moved = b + 0.7 + np.array([0.02, -0.03, 0.05, -0.04])
    here, there = ([_rasch(place, float(value)) for place, value in enumerate(bs)] for bs in (b, moved))
    found = link(here, there, method)
    assert found.slope == 1.0
    assert found.slope_held
    assert found.intercept == pytest.approx(0.7, abs=0.01)


@pytest.mark.parametrize(
    ("here", "there", "code"),
    [
        (dichotomous(1)[:1], dichotomous(1)[:1], "link_few_common"),
        ([mixed()[3], *mixed()[:2]], [mixed()[4], *mixed()[:2]], "link_categories"),
    ],
)
def test_items_that_do_not_fit_are_refused(here: list[Item], there: list[Item], code: str) -> None:
    with pytest.raises(MeasurementError) as refused:
        link(here, there, "haebara")
    assert refused.value.code == code


def test_equal_difficulties_have_no_sigma() -> None:
    items = [_rasch(1, 0.5), replace(_rasch(2, 0.5), model="2pl")]
    with pytest.raises(MeasurementError, match="link_no_spread"):
        link(items, items, "mean-sigma")


def test_slopes_of_other_sign_are_no_scale() -> None:
    here = dichotomous(12)
    turned = [replace(item, slope=-item.slope) for item in here]
    for method in ("mean-mean", "mean-gmean"):
        with pytest.raises(MeasurementError, match="link_slope"):
            link(here, turned, method)


@pytest.mark.parametrize("weights", [np.ones(3), -np.ones(61), np.zeros(61)])
def test_weights_that_are_none_are_refused(weights: FloatArray) -> None:
    with pytest.raises(MeasurementError, match="link_weights"):
        link(dichotomous(1), dichotomous(1), "haebara", weights=weights)


def test_linked_items_have_the_same_curves() -> None:
    here, there = dichotomous(13), on_target(dichotomous(13))
    found = link(here, there, "haebara")
    for one, other in zip(here, there, strict=True):
        linked = rescale(one, found.slope, found.intercept)
        assert_allclose([linked.slope, *linked.intercepts], [other.slope, *other.intercepts], atol=1e-7)


def test_as_plink_on_the_items_of_kolen_and_brennan() -> None:
    """plink 1.5-1 with its default of 40 equally weighted points on [−4, 4]."""
    folder = reference("kb04_linking")
    forms = [_three(folder / f"form{form}.csv") for form in "XY"]
    expected = json.loads((folder / "expected.json").read_text())["constants"]
    nodes, weights = Nodes(theta=np.linspace(-4.0, 4.0, 40)), np.ones(40)
    for block, rows in expected.items():
        common = [place for place in range(2, 36, 3) if not (block.endswith("excl27") and place == 26)]
        here, there = ([form[place] for place in common] for form in forms)
        for row in rows:
            method: Method = row["method"].lower().replace("/", "-")
            found = link(here, there, method, nodes=nodes, weights=weights, d=1.7 if "D1.7" in block else 1.0)
            assert_allclose(found.coefficients, [row["A"], row["B"]], atol=1.1e-6)


def _rasch(place: int, difficulty: float) -> Item:
    return Item(name=f"q{place}", model="rasch", slope=1.0, intercepts=np.array([-difficulty]))


def _three(path: Path) -> list[Item]:
    with path.open() as file:
        rows = [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    return [
        Item(name=str(place), model="3pl", slope=a, intercepts=np.array([-a * b]), lower=c)
        for place, (a, b, c) in enumerate(rows, start=1)
    ]

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.arrays import FloatArray
from scoring.calibrated import ItemErrors
from scoring.errors import MeasurementError
from scoring.items import Item
from scoring.linking.chain import ChainedLink, Form, average, chain, common_places
from scoring.linking.covariances import diagonal_covariance
from scoring.linking.errors import jacobians, link_errors
from scoring.linking.link import METHODS, Method, link
from scoring.linking.moments import MOMENT_METHODS
from scoring.linking.parameters import parameters, spans, with_parameters
from scoring.quadrature import Nodes, make_nodes
from tests.scoring.linking.forms import dichotomous, disturbed, mixed, nominal, on_target
from tests.scoring.reference import reference

every_method = pytest.mark.parametrize("method", METHODS)
NODES = make_nodes(11, 4.0)


@every_method
@pytest.mark.parametrize("symmetric", [False, True])
def test_the_jacobians_are_the_links_derivatives(method: Method, symmetric: bool) -> None:
    here, there = mixed(), disturbed(on_target(mixed()), 1)
    if method in ("haebara", "stocking-lord"):
        here, there = [*here, nominal()], [*there, on_target([nominal()])[0]]
    found = link(here, there, method, nodes=NODES, symmetric=symmetric)
    near = (found.slope, found.intercept)
    for side, jacobian in enumerate(jacobians(found, here, there)):
        forms = [here, there]
        step = 1e-5
        for column in range(side, jacobian.shape[1], 2 if method in MOMENT_METHODS else 5):
            ends: list[FloatArray] = []
            for sign in (1.0, -1.0):
                moved = [*forms]
                moved[side] = _moved(forms[side], column, sign * step)
                ends.append(link(*moved, method, nodes=NODES, symmetric=symmetric, start=near).coefficients)
            assert_allclose(jacobian[:, column], (ends[0] - ends[1]) / (2.0 * step), atol=2e-5)


@pytest.mark.parametrize("method", ["mean-mean", "mean-sigma", "mean-gmean"])
def test_the_errors_are_those_of_repeated_calibrations(method: Method) -> None:
    here = dichotomous(2, n=6)
    there = on_target(here)
    covariance = 0.01 * _covariance(here, 3)
    found = link(here, there, method, nodes=NODES)
    errors = link_errors(found, here, there, covariance, covariance)
    rng = np.random.default_rng(4)
    sides = (_drawn(items, covariance, rng, 400) for items in (here, there))
    drawn = [link(*pair, method, nodes=NODES).coefficients for pair in zip(*sides, strict=True)]
    assert_allclose(np.std(drawn, axis=0), [errors.slope_se, errors.intercept_se], rtol=0.12)


def test_no_errors_make_no_errors_and_unknown_ones_count_nothing() -> None:
    here = mixed()
    none = diagonal_covariance(here, [None] * len(here))
    assert not none.any()
    three = replace(_intercept_error(0.2), slope=0.1, lower=0.05)
    nominal_errors = replace(
        _intercept_error(0.3), intercepts=np.array([0.3, 0.4]), category_slopes=np.array([0.5, 0.6])
    )
    known = diagonal_covariance([here[1], nominal()], [three, nominal_errors])
    assert_allclose(np.sqrt(np.diag(known)), [0.1, 0.2, 0.05, 0.0, 0.5, 0.6, 0.3, 0.4])


def test_rasch_slopes_have_no_error() -> None:
    items = [
        Item(name=f"q{b}", model="rasch", slope=1.0, intercepts=np.array([-b])) for b in (-1.0, 0.0, 1.0)
    ]
    covariance = diagonal_covariance(items, [_intercept_error(0.1)] * 3)
    for method in METHODS:
        errors = link_errors(link(items, items, method), items, items, covariance, covariance)
        assert errors.slope_se == 0.0
        # Two means of three independent intercepts.
        assert errors.intercept_se == pytest.approx(0.1 * np.sqrt(2.0 / 3.0), rel=0.03)


def test_a_covariance_of_another_shape_is_refused() -> None:
    items = dichotomous(5)
    with pytest.raises(MeasurementError, match="link_covariance n=3 needed=32"):
        link_errors(link(items, items, "mean-mean"), items, items, np.eye(3), np.eye(32))


@every_method
def test_a_chain_of_the_same_scale_changes_nothing(method: Method) -> None:
    items = tuple(dichotomous(6))
    forms = [Form(name=name, items=items) for name in "ABC"]
    found = chain(forms, method, nodes=NODES)
    assert_allclose([found.slope, found.intercept], [1.0, 0.0], atol=1e-9)
    assert found.path == ("A", "B", "C")
    assert found.covariance is None


@pytest.mark.parametrize("method", ["mean-sigma", "stocking-lord"])
def test_a_chains_derivatives_are_those_by_every_form(method: Method) -> None:
    forms = _forms()
    found = chain(forms, method, nodes=NODES)
    step = 1e-5
    for place, form in enumerate(forms):
        for column in range(0, found.jacobians[form.name].shape[1], 13):
            ends = [
                chain(_with(forms, place, column, sign * step), method, nodes=NODES) for sign in (1.0, -1.0)
            ]
            slope = (ends[0].slope - ends[1].slope) / (2.0 * step)
            intercept = (ends[0].intercept - ends[1].intercept) / (2.0 * step)
            assert_allclose(found.jacobians[form.name][:, column], [slope, intercept], atol=2e-5)


def test_the_average_of_chains_treats_both_directions_alike() -> None:
    one, two, three = _forms()
    there = [chain([one, three], "mean-sigma"), chain([one, two, three], "mean-sigma")]
    back = [chain([three, one], "mean-sigma"), chain([three, two, one], "mean-sigma")]
    forth, home = average(there, [one, two, three]), average(back, [one, two, three])
    assert_allclose(
        [1.0 / forth.slope, -forth.intercept / forth.slope], [home.slope, home.intercept], rtol=1e-12
    )
    alone = average(there, [one, two, three], [1.0, 0.0])
    assert_allclose([alone.slope, alone.intercept], [there[0].slope, there[0].intercept])
    assert alone.covariance is not None
    assert there[0].covariance is not None
    assert_allclose(alone.covariance, there[0].covariance)


def test_the_averages_derivatives_are_those_by_every_form() -> None:
    forms = _forms()

    def averaged(of: list[Form]) -> ChainedLink:
        return average([chain([of[0], of[2]], "mean-sigma"), chain(of, "mean-sigma")], of, [1.0, 2.0])

    found = averaged(forms)
    step = 1e-5
    for place, form in enumerate(forms):
        ends = [averaged(_with(forms, place, 4, sign * step)) for sign in (1.0, -1.0)]
        slope = (ends[0].slope - ends[1].slope) / (2.0 * step)
        intercept = (ends[0].intercept - ends[1].intercept) / (2.0 * step)
        assert_allclose(found.jacobians[form.name][:, 4], [slope, intercept], atol=2e-5)
    assert found.covariance is not None
    assert (np.linalg.eigvalsh(found.covariance) > 0).all()


def test_chains_between_other_forms_have_no_average() -> None:
    one, two, three = _forms()
    with pytest.raises(MeasurementError, match="link_paths"):
        average([chain([one, two], "mean-mean"), chain([one, three], "mean-mean")], [one, two, three])


@every_method
def test_as_equate_irt(method: Method) -> None:
    """equateIRT 2.5.1 with 30 Gauss–Hermite points. Its mean/sigma differentiates sd(b) as (b − mean) / (n
    sd) with an sd over n − 1, which makes ∂A by each b (n − 1)/n of the derivative; checked as such."""
    folder = reference("equateirt_est2pl")
    forms = {f"T{number}": _equate_irt_form(folder, number) for number in range(1, 6)}
    expected = json.loads((folder / "expected.json").read_text())
    block = expected[
        method.capitalize() if method == "haebara" else method.replace("stocking-lord", "Stocking-Lord")
    ]
    theta, weights = np.polynomial.hermite.hermgauss(30)
    nodes = Nodes(theta=theta * np.sqrt(2.0))
    for name, target in [*list(block["direct"].items())[::2], *list(block["chain3"].items())[::5]]:
        path = [forms[form] for form in name.split(".")]
        found = chain(path, method, nodes=nodes, weights=weights)
        assert_allclose([found.slope, found.intercept], [target["A"], target["B"]], rtol=2e-8)
        if method == "mean-sigma":
            if len(path) == 2:
                assert_allclose(_shrunk(found, path), target["varAB"], rtol=1e-8)
            continue
        assert found.covariance is not None
        if "varAB" in target:
            assert_allclose(found.covariance, target["varAB"], rtol=1e-6)
        else:
            assert_allclose(np.sqrt(np.diag(found.covariance)), target["se"], rtol=1e-7)


def _shrunk(found: ChainedLink, path: list[Form]) -> FloatArray:
    """The covariance with ∂A at (n − 1)/n of its value."""
    here, _ = common_places(path[0].items, path[1].items)
    mean = float(np.mean([path[0].items[place].difficulties for place in here]))
    covariance = np.zeros((2, 2))
    for form in path:
        jacobian = found.jacobians[form.name].copy()
        lost = jacobian[0] / len(here)
        jacobian += np.stack([-lost, mean * lost])
        assert form.covariance is not None
        covariance += jacobian @ form.covariance @ jacobian.T
    return covariance


def _forms() -> list[Form]:
    items = dichotomous(7, n=7)
    scales = [items, disturbed(on_target(items), 8), disturbed(on_target(items, 0.8, 0.5), 9)]
    kept = (items[:6], scales[1], scales[2][1:])
    return [
        Form(name=name, items=tuple(form), covariance=_covariance(form, 10))
        for name, form in zip("ABC", kept, strict=True)
    ]


def _with(forms: list[Form], place: int, column: int, step: float) -> list[Form]:
    changed = Form(
        name=forms[place].name,
        items=tuple(_moved(list(forms[place].items), column, step)),
        covariance=forms[place].covariance,
    )
    return [*forms[:place], changed, *forms[place + 1 :]]


def _moved(items: list[Item], column: int, step: float) -> list[Item]:
    vector = np.concatenate([parameters(item) for item in items])
    vector[column] += step
    return [with_parameters(item, vector[span]) for item, span in zip(items, spans(items), strict=True)]


def _covariance(items: list[Item], seed: int) -> FloatArray:
    """Of slopes and intercepts that are correlated; the asymptotes are fixed."""
    size = spans(items)[-1].stop
    factor = np.random.default_rng(seed).normal(0.0, 0.01, (size, 2 * size))
    factor[np.arange(size) % 4 >= 2] = 0.0
    return factor @ factor.T


def _drawn(
    items: list[Item], covariance: FloatArray, rng: np.random.Generator, many: int
) -> list[list[Item]]:
    vector = np.concatenate([parameters(item) for item in items])
    return [
        [with_parameters(item, drawn[span]) for item, span in zip(items, spans(items), strict=True)]
        for drawn in rng.multivariate_normal(vector, covariance, many)
    ]


def _intercept_error(se: float) -> ItemErrors:
    return ItemErrors(
        slope=None, intercepts=np.array([se]), lower=None, upper=None, lower_logit=None, upper_logit=None
    )


def _equate_irt_form(folder: Path, number: int) -> Form:
    with (folder / f"form{number}_coef.csv").open() as file:
        rows = list(csv.reader(file))[1:]
    with (folder / f"form{number}_vcov.csv").open() as file:
        given = np.array([row[1:] for row in list(csv.reader(file))[1:]], dtype=np.float64)
    items = tuple(
        Item(name=name, model="2pl", slope=float(slope), intercepts=np.array([float(intercept)]))
        for name, intercept, slope in rows
    )
    # Their order: all intercepts, then all slopes.
    places = np.concatenate([4 * np.arange(len(rows)) + 1, 4 * np.arange(len(rows))])
    covariance = np.zeros((4 * len(rows), 4 * len(rows)))
    covariance[np.ix_(places, places)] = given
    return Form(name=f"T{number}", items=items, covariance=covariance)

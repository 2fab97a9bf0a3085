"""Fit of data drawn from the model that is tested, and from others."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.arrays import FloatArray
from scoring.calibration import Settings, calibrate
from scoring.errors import MeasurementError
from scoring.fit import infit_outfit, ld_x2, m2, q3, s_x2
from scoring.fit.collapse import collapsed
from scoring.fit.forms import MIN_PERSONS
from scoring.fit.free_parameters import score_gradient
from scoring.fit.sum_scores import rest_scores
from scoring.items import Item, Model, expected_score, trace
from scoring.quadrature import make_nodes, normal_weights
from scoring.responses import MISSING, Responses, make_responses
from tests.scoring.fit.simulated import draw_codes, draw_items, draw_responses

NODES = make_nodes()
NORMAL = normal_weights(NODES)


def anchors(items: list[Item]) -> frozenset[str]:
    return frozenset(item.name for item in items)


@pytest.mark.parametrize("categories", [2, 4])
def test_statistics_of_the_true_model_have_their_expected_size(categories: int) -> None:
    ratios: list[FloatArray] = []
    overall: list[float] = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        items = draw_items(rng, 10, categories)
        responses = draw_responses(rng, items, rng.normal(size=1500))
        known = anchors(items)
        found = s_x2(items, responses, NODES, NORMAL, anchored=known)
        ratios.append(found.statistic / found.df)
        whole = m2(items, responses, NODES, NORMAL, anchored=known)
        assert whole.m2 is not None
        overall.append(whole.m2 / (whole.df + 2))
    # 120 ratios with a standard deviation of about √(2/8) each, 12 of √(2/55).
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.12)
    assert np.mean(overall) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("model", ["rasch", "1pl", "2pl", "pcm", "gpcm"])
def test_degrees_of_freedom_count_what_was_estimated(model: Model) -> None:
    item_ratios: list[FloatArray] = []
    overall: list[float] = []
    settings = Settings(nodes=make_nodes(31, 5.0), tolerance=1e-6)
    for seed in range(6):
        rng = np.random.default_rng(seed)
        steps = 1 if model in {"rasch", "1pl", "2pl"} else 2
        items = [
            Item(name=f"i{place}", model=model, slope=1.0, intercepts=rng.normal(0, 0.8, steps))
            for place in range(10)
        ]
        responses = draw_responses(rng, items, rng.normal(0.0, 1.2, 1000))
        found = calibrate(responses, [model] * 10, settings)
        weights = found.groups[0].weights
        fit = s_x2(found.items, responses, found.nodes, weights)
        whole = m2(found.items, responses, found.nodes, weights)
        assert whole.m2 is not None
        # What all items share counts for each, as in mirt: about one degree too many is taken away.
        shared = model in {"rasch", "1pl", "pcm"}
        item_ratios.append(fit.statistic / (fit.df + shared))
        overall.append(whole.m2 / whole.df)
    assert np.mean(item_ratios) == pytest.approx(1.0, abs=0.15)
    assert np.mean(overall) == pytest.approx(1.0, abs=0.17)


def test_an_item_of_another_shape_stands_out() -> None:
    rng = np.random.default_rng(4)
    items = draw_items(rng, 15)
    theta = rng.normal(size=3000)
    codes = draw_codes(rng, items, theta)
    codes[:, 3] = rng.random(3000) < 0.2 + 0.6 * (np.abs(theta) < 0.7)
    found = s_x2(items, make_responses(codes), NODES, NORMAL)
    assert found.p[3] < 1e-20
    assert found.rmsea[3] > 0.05
    assert np.delete(found.rmsea, 3).max() < 0.05


def test_dependent_items_stand_out() -> None:
    rng = np.random.default_rng(5)
    items = draw_items(rng, 12)
    theta = rng.normal(size=3000)
    codes = draw_codes(rng, items, theta)
    same = rng.random(3000) < 0.5
    codes[same, 7] = codes[same, 2]
    responses = make_responses(codes)
    residuals = q3(items, responses, theta)
    pairs = ld_x2(items, responses, NODES, NORMAL)
    below = np.tril_indices(12, -1)
    worst = int(np.argmax(residuals[below]))
    assert (below[0][worst], below[1][worst]) == (7, 2)
    assert residuals[7, 2] > 0.3
    assert pairs.v[7, 2] > 0.2
    assert pairs.x2[7, 2] == np.nanmax(pairs.x2)
    codes[:, 7] = np.where(same, 1 - codes[:, 2], codes[:, 7])
    opposed = make_responses(codes)
    assert q3(items, opposed, theta)[7, 2] < -0.3
    assert ld_x2(items, opposed, NODES, NORMAL).v[7, 2] < -0.2


def test_mean_squares_are_one_at_the_true_abilities() -> None:
    rng = np.random.default_rng(6)
    items = draw_items(rng, 20, 3)
    theta = rng.normal(size=4000)
    found = infit_outfit(items, draw_responses(rng, items, theta), theta)
    assert_allclose(found.infit, 1.0, atol=0.08)
    assert_allclose(found.outfit, 1.0, atol=0.15)
    assert np.abs(found.infit_z).max() < 4.5
    assert np.std(found.infit_z) == pytest.approx(1.0, abs=0.5)


def two_forms(rng: np.random.Generator, items: list[Item], n: int) -> Responses:
    """Half of the persons without the first three items, half without the last three."""
    codes = draw_codes(rng, items, rng.normal(size=n))
    codes[: n // 2, :3] = MISSING
    codes[n // 2 :, -3:] = MISSING
    return make_responses(codes, categories=np.full(len(items), items[0].categories))


def test_forms_add_up() -> None:
    rng = np.random.default_rng(7)
    items = draw_items(rng, 12)
    responses = two_forms(rng, items, 3000)
    first, second = np.arange(3000) < 1500, np.arange(3000) >= 1500
    known = anchors(items)
    whole = s_x2(items, responses, NODES, NORMAL, anchored=known)
    halves = [
        s_x2(
            items[3:], responses.of_persons(first).of_items(list(range(3, 12))), NODES, NORMAL, anchored=known
        ),
        s_x2(items[:9], responses.of_persons(second).of_items(list(range(9))), NODES, NORMAL, anchored=known),
    ]
    assert_allclose(whole.statistic[3:9], halves[0].statistic[:6] + halves[1].statistic[3:])
    assert_allclose(whole.df[3:9], halves[0].df[:6] + halves[1].df[3:])
    assert_allclose(whole.n, [1500] * 3 + [3000] * 6 + [1500] * 3)
    overall = m2(items, responses, NODES, NORMAL)
    assert overall.df == 2 * (9 + 36) - 24
    assert overall.p is not None
    assert overall.p > 0.001
    assert overall.n == 3000


def test_whole_rows_are_not_forms_of_single_persons() -> None:
    rng = np.random.default_rng(8)
    items = draw_items(rng, 10)
    complete = draw_responses(rng, items, rng.normal(size=400))
    codes = complete.codes.copy()
    codes[:20, 4] = MISSING
    holed = make_responses(codes)
    found = s_x2(items, holed, NODES, NORMAL)
    expected = s_x2(items, complete.of_persons(np.arange(20, 400)), NODES, NORMAL)
    assert_allclose(found.statistic, expected.statistic)
    codes[np.arange(400), rng.permuted(np.arange(400)) % 10] = MISSING
    with pytest.raises(MeasurementError, match="no_whole_form") as refused:
        s_x2(items, make_responses(codes), NODES, NORMAL)
    assert refused.value.params == {"n": MIN_PERSONS}


def test_weights_stand_for_repeated_rows() -> None:
    rng = np.random.default_rng(9)
    items = draw_items(rng, 6, 3)
    responses = draw_responses(rng, items, rng.normal(size=200))
    theta = rng.normal(size=200)
    times = rng.integers(1, 4, 200)
    weighted = replace(responses, weights=times.astype(np.float64))
    rows = np.repeat(np.arange(200), times)
    repeated = responses.of_persons(rows)
    one, other = s_x2(items, weighted, NODES, NORMAL), s_x2(items, repeated, NODES, NORMAL)
    assert_allclose(one.statistic, other.statistic)
    assert m2(items, weighted, NODES, NORMAL).srmsr == pytest.approx(
        m2(items, repeated, NODES, NORMAL).srmsr, rel=1e-12
    )
    assert_allclose(q3(items, weighted, theta), q3(items, repeated, theta[rows]), atol=1e-12)
    assert_allclose(
        infit_outfit(items, weighted, theta).infit_z, infit_outfit(items, repeated, theta[rows]).infit_z
    )
    assert_allclose(ld_x2(items, weighted, NODES, NORMAL).x2, ld_x2(items, repeated, NODES, NORMAL).x2)


def test_groups_have_their_own_distributions() -> None:
    rng = np.random.default_rng(10)
    items = draw_items(rng, 10)
    groups = np.repeat([0, 1], 1500)
    theta = rng.normal(size=3000) + np.array([0.0, 1.0])[groups]
    responses = replace(draw_responses(rng, items, theta), groups=groups, group_names=("here", "there"))
    apart = np.vstack([NORMAL, normal_weights(NODES, 1.0, 1.0)])
    whole = m2(items, responses, NODES, apart)
    assert whole.df == 2 * 55 - 20 - 2
    assert m2(items, responses, NODES, apart, anchored=anchors(items)).df == 2 * 55 - 4
    assert whole.p is not None
    assert whole.p > 0.01
    below = np.tril_indices(10, -1)
    # With nothing estimated a table of two by two has three degrees of freedom.
    assert ld_x2(items, responses, NODES, apart).x2[below].mean() == pytest.approx(3.0, abs=1.5)
    assert ld_x2(items, responses, NODES, NORMAL).x2[below].mean() > 30.0


def test_rest_scores_are_the_distribution_of_the_others() -> None:
    rng = np.random.default_rng(11)
    items = [*draw_items(rng, 3), *draw_items(rng, 2, 4)]
    theta = np.array([-1.0, 0.4])
    curves = [trace(item, theta) for item in items]
    found = rest_scores(curves)
    for left_out in range(5):
        expected = np.ones((2, 1))
        for place, curve in enumerate(curves):
            if place != left_out:
                expected = np.array([np.convolve(expected[t], curve[t]) for t in range(2)])
        assert_allclose(found[left_out][:, : expected.shape[1]], expected, atol=1e-15)
        assert_allclose(found[left_out][:, expected.shape[1] :], 0.0)


def test_collapsing_keeps_persons_and_leaves_no_rare_cell() -> None:
    rng = np.random.default_rng(12)
    shares = rng.dirichlet([0.3, 1.0, 2.0, 0.5], size=30)
    shares[0, 2:], shares[1, 3:], shares[-1, :2], shares[-2, :1] = 0.0, 0.0, 0.0, 0.0
    shares /= shares.sum(axis=1, keepdims=True)
    persons = rng.integers(0, 30, 30).astype(np.float64)
    observed = np.array([rng.multinomial(int(n), row) for n, row in zip(persons, shares, strict=True)])
    cells = collapsed(observed.astype(np.float64), persons[:, None] * shares, 1.0)
    assert cells.observed.sum() == pytest.approx(persons.sum())
    assert cells.expected.sum() == pytest.approx(persons.sum())
    assert cells.expected[cells.expected > 0].min() >= 1.0
    assert_allclose(cells.observed.sum(axis=1), cells.expected.sum(axis=1))


@pytest.mark.parametrize("model", ["rasch", "2pl", "3pl", "4pl", "grm", "gpcm", "pcm"])
def test_gradients_are_the_slopes_of_the_curves(model: Model) -> None:
    graded = model in {"grm", "gpcm", "pcm"}
    base = Item(
        name="i",
        model=model,
        slope=1.0 if model in {"rasch", "pcm"} else 1.3,
        intercepts=np.array([0.8, 0.1, -0.9]) if graded else np.array([0.4]),
        lower=0.2 if model in {"3pl", "4pl"} else 0.0,
        upper=0.9 if model == "4pl" else 1.0,
    )
    theta, step = np.linspace(-2, 2, 7), 1e-6
    slope, others = score_gradient(base, theta)

    def change(**moved: object) -> FloatArray:
        return (expected_score(replace(base, **moved), theta) - expected_score(base, theta)) / step

    if model in {"rasch", "pcm"}:
        assert slope is None
    else:
        assert slope is not None
        assert_allclose(slope, change(slope=base.slope + step), atol=1e-5)
    for place in range(len(base.intercepts)):
        moved = base.intercepts.copy()
        moved[place] += step
        assert_allclose(others[:, place], change(intercepts=moved), atol=1e-5)
    extra = {"3pl": ["lower"], "4pl": ["lower", "upper"]}.get(model, [])
    assert others.shape[1] == len(base.intercepts) + len(extra)
    for place, name in enumerate(extra, start=1):
        assert_allclose(others[:, place], change(**{name: getattr(base, name) + step}), atol=1e-5)


def test_nominal_items_have_no_order_for_m2() -> None:
    item = Item(
        name="Q", model="nominal", slope=1.0, intercepts=np.zeros(2), category_slopes=np.array([1.0, 2.0])
    )
    responses = make_responses(np.array([[0], [1], [2]], dtype=np.int8))
    with pytest.raises(MeasurementError, match="m2_nominal item=Q"):
        m2([item], responses, NODES, NORMAL)


def test_tests_of_few_or_extreme_items_have_figures_or_none() -> None:
    rng = np.random.default_rng(15)
    theta = rng.normal(size=300)
    for counts in ((1, 0), (2, 0), (0, 1), (1, 1), (2, 2)):
        items = [*draw_items(rng, counts[0]), *draw_items(rng, counts[1], 5)]
        responses = draw_responses(rng, items, theta)
        if len(items) == 1:
            with pytest.raises(MeasurementError, match="no_whole_form"):
                s_x2(items, responses, NODES, NORMAL)
            continue
        found = s_x2(items, responses, NODES, NORMAL)
        assert (np.isnan(found.p) == (found.df == 0)).all()
        assert m2(items, responses, NODES, NORMAL).srmsr is not None
    certain = [*draw_items(rng, 6), Item(name="easy", model="2pl", slope=2.0, intercepts=np.array([60.0]))]
    responses = draw_responses(rng, certain, theta)
    whole = m2(certain, responses, NODES, NORMAL)
    assert whole.m2 is not None
    assert np.isfinite(whole.m2)
    assert whole.srmsr is not None
    assert np.isfinite(infit_outfit(certain[:6], responses.of_items(list(range(6))), theta).infit).all()
    assert np.isnan(infit_outfit(certain, responses, theta).outfit[6])
    assert np.isfinite(ld_x2(certain, responses, NODES, NORMAL).x2[6, :6]).all()
    assert np.isnan(q3(certain, responses, theta)[6, :6]).all()


def test_answers_as_likely_right_as_wrong_have_a_mean_square_without_deviate() -> None:
    item = Item(name="Q", model="rasch", slope=1.0, intercepts=np.array([-0.3]))
    found = infit_outfit([item], make_responses(np.array([[1]], dtype=np.int8)), np.array([0.3]))
    assert (found.infit[0], found.outfit[0]) == (1.0, 1.0)
    assert np.isnan([found.infit_z[0], found.outfit_z[0]]).all()

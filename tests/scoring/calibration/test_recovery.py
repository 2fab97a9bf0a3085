"""What answers were drawn from is found again."""

import numpy as np
import pytest

from scoring.arrays import FloatArray
from scoring.calibrated import Calibration
from scoring.calibration import BetaPrior, Settings, calibrate
from scoring.items import Item, Model, trace
from scoring.responses import MISSING, make_responses
from tests.scoring.simulated import answers, two_pl

N = 3000


def _dichotomous(model: Model, n: int) -> tuple[Item, ...]:
    slopes = {"rasch": np.ones(n), "1pl": np.full(n, 1.4)}.get(model, np.linspace(0.8, 2.2, n))
    return tuple(
        Item(
            name=str(place),
            model=model,
            slope=float(slope),
            intercepts=np.array([-slope * b]),
            lower=0.2 if model in ("3pl", "4pl") else 0.0,
            upper=0.95 if model == "4pl" else 1.0,
        )
        for place, (slope, b) in enumerate(
            zip(slopes, np.tile([-1.0, 0.5, 1.0, -0.3, 0.0], n)[:n], strict=True)
        )
    )


def _polytomous(model: Model, n: int) -> tuple[Item, ...]:
    steps = {
        "grm": [1.5, 0.2, -1.0],
        "gpcm": [0.8, 0.9, 0.0],
        "pcm": [0.8, 0.9, 0.0],
        "nominal": [0.5, -0.2, 0.3],
    }
    return tuple(
        Item(
            name=str(place),
            model=model,
            slope=1.0 if model in ("pcm", "nominal") else 0.7 + 0.1 * place,
            intercepts=np.array(steps[model]) + 0.1 * (place % 3),
            category_slopes=np.array([0.6, -0.4, 1.2]) if model == "nominal" else None,
        )
        for place in range(n)
    )


def _flat(items: tuple[Item, ...]) -> FloatArray:
    return np.array(
        [
            [item.slope, *item.intercepts, *(() if item.category_slopes is None else item.category_slopes)]
            for item in items
        ]
    )


@pytest.mark.parametrize(
    ("model", "rmse"),
    [
        ("rasch", 0.06),
        ("1pl", 0.06),
        ("2pl", 0.11),
        ("grm", 0.08),
        ("gpcm", 0.09),
        ("pcm", 0.08),
        ("nominal", 0.12),
    ],
)
def test_parameters_are_recovered_within_their_errors(model: Model, rmse: float) -> None:
    rng = np.random.default_rng(11)
    items = _dichotomous(model, 15) if model in ("rasch", "1pl", "2pl") else _polytomous(model, 10)
    sd = 1.3 if model in ("rasch", "pcm") else 1.0
    found = calibrate(
        answers(items, rng.normal(0, sd, N), rng), [model] * len(items), Settings(errors="oakes")
    )
    assert found.certificate.converged
    assert found.certificate.at_maximum
    difference = _flat(found.items) - _flat(items)
    assert np.sqrt(np.mean(difference**2)) < rmse
    assert found.groups[0].sd == pytest.approx(sd, abs=0.08 if sd != 1.0 else 1e-12)
    errors = np.array([errors.intercepts for errors in found.errors])
    steps = errors.shape[1]
    z = difference[:, 1 : 1 + steps] / errors
    assert 0.6 < np.sqrt(np.mean(z**2)) < 1.5


@pytest.mark.parametrize("model", ["3pl", "4pl"])
def test_curves_with_asymptotes_are_recovered(model: Model) -> None:
    """Their parameters trade against each other; where persons are, the curves agree."""
    rng = np.random.default_rng(12)
    items = _dichotomous(model, 15)
    settings = Settings(
        guessing_prior=BetaPrior(alpha=5, beta=17), upper_prior=BetaPrior(alpha=20, beta=2), strict=True
    )
    found = calibrate(answers(items, rng.standard_normal(N), rng), [model] * 15, settings)
    theta = np.linspace(-2, 2, 9)
    differences = [
        trace(a, theta)[:, 1] - trace(b, theta)[:, 1] for a, b in zip(found.items, items, strict=True)
    ]
    assert np.sqrt(np.mean(np.square(differences))) < 0.025


def test_a_mix_of_all_models_is_one_calibration() -> None:
    rng = np.random.default_rng(13)
    items = (
        *_dichotomous("2pl", 6),
        *_dichotomous("3pl", 4),
        *_polytomous("grm", 3),
        *_polytomous("gpcm", 3),
    )
    items += _polytomous("nominal", 2)
    models = [item.model for item in items]
    named = tuple(
        Item(
            name=f"item {place}",
            model=item.model,
            slope=item.slope,
            intercepts=item.intercepts,
            lower=item.lower,
            category_slopes=item.category_slopes,
        )
        for place, item in enumerate(items)
    )
    settings = Settings(guessing_prior=BetaPrior(alpha=5, beta=17), errors="cross_product", strict=True)
    found = calibrate(answers(named, rng.standard_normal(N), rng), models, settings)
    for ours, truth in zip(found.items, named, strict=True):
        assert ours.model == truth.model
        if ours.model not in ("3pl", "nominal"):
            np.testing.assert_allclose(ours.intercepts, truth.intercepts, atol=0.3)
    assert found.n_parameters == len(found.labels) == 6 * 2 + 4 * 3 + 3 * 4 + 3 * 4 + 2 * 6
    assert found.covariance is not None
    assert found.covariance.shape == (found.n_parameters, found.n_parameters)


def test_missing_by_design_costs_no_bias() -> None:
    """Two forms with items in common, of groups that are equal."""
    rng = np.random.default_rng(14)
    items = two_pl(rng, 20)
    codes = answers(items, rng.standard_normal(2 * N), rng).codes.copy()
    codes[:N, 14:] = MISSING
    codes[N:, :6] = MISSING
    found = calibrate(make_responses(codes), ["2pl"] * 20, Settings(strict=True))
    np.testing.assert_allclose(_flat(found.items), _flat(items), atol=0.35)
    assert np.sqrt(np.mean((_flat(found.items) - _flat(items)) ** 2)) < 0.09


def test_forms_and_cells_missing_at_random_are_the_same_likelihood() -> None:
    """The blocks of forms, and the block of all persons with a column for each category, agree."""
    rng = np.random.default_rng(15)
    items = (*two_pl(rng, 6), *_polytomous("gpcm", 2))
    codes = answers(items, rng.standard_normal(400), rng).codes.copy()
    codes[:200, :2] = MISSING
    codes[200:, 4] = MISSING
    few = codes.copy()
    few[rng.random(few.shape) < 0.2] = MISSING
    models: list[Model] = [item.model for item in items]
    for some in (codes, few):
        whole = calibrate(make_responses(some), models)
        twice = calibrate(make_responses(np.vstack([some, some])), models)
        assert twice.loglik == pytest.approx(2 * whole.loglik, abs=1e-6)
        _same(whole, twice, 1e-5)


def _same(one: Calibration, other: Calibration, tolerance: float) -> None:
    for a, b in zip(one.items, other.items, strict=True):
        np.testing.assert_allclose(
            [a.slope, *a.intercepts, a.lower], [b.slope, *b.intercepts, b.lower], atol=tolerance
        )


def test_a_weight_of_two_is_the_row_twice() -> None:
    rng = np.random.default_rng(16)
    items = two_pl(rng, 8)
    codes = answers(items, rng.standard_normal(300), rng).codes
    weights = np.ones(300)
    weights[:100] = 2.0
    weighted = calibrate(make_responses(codes, weights=weights), ["2pl"] * 8, Settings(errors="oakes"))
    repeated = calibrate(
        make_responses(np.vstack([codes, codes[:100]])), ["2pl"] * 8, Settings(errors="oakes")
    )
    _same(weighted, repeated, 1e-5)
    assert weighted.n == repeated.n == 400
    np.testing.assert_allclose(weighted.covariance, repeated.covariance, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("latent", ["normal", "empirical"])
def test_groups_have_their_own_distributions(latent: str) -> None:
    rng = np.random.default_rng(17)
    items = two_pl(rng, 20)
    theta = np.concatenate([rng.standard_normal(N), rng.normal(0.8, 1.3, N)])
    groups = np.repeat([0, 1], N)
    responses = answers(items, theta, rng)
    named = make_responses(responses.codes, groups=groups, group_names=("a", "b"))
    errors = "oakes" if latent == "normal" else "none"
    found = calibrate(named, ["2pl"] * 20, Settings(latent=latent, errors=errors, strict=True))  # type: ignore[arg-type]
    first, second = found.groups
    assert (first.name, first.n, second.n) == ("a", N, N)
    assert (first.mean, first.sd) == (pytest.approx(0.0, abs=1e-9), pytest.approx(1.0, abs=1e-9))
    assert second.mean == pytest.approx(0.8, abs=0.12)
    assert second.sd == pytest.approx(1.3, abs=0.12)
    assert second.weights.sum() == pytest.approx(1.0)
    if latent == "normal":
        assert first.mean_se is None
        assert second.mean_se == pytest.approx(0.045, abs=0.015)
        assert second.sd_se is not None


def test_anchors_keep_their_parameters_and_free_the_scale() -> None:
    rng = np.random.default_rng(18)
    items = two_pl(rng, 20)
    responses = answers(items, rng.normal(-0.6, 0.8, N), rng)
    anchors = {place: items[place] for place in range(8)}
    found = calibrate(responses, ["2pl"] * 20, Settings(anchors=anchors, errors="oakes", strict=True))
    for place in anchors:
        assert found.items[place].slope == items[place].slope
        assert found.errors[place].slope is None
    assert found.groups[0].mean == pytest.approx(-0.6, abs=0.08)
    assert found.groups[0].sd == pytest.approx(0.8, abs=0.08)
    assert found.n_parameters == 12 * 2 + 2
    np.testing.assert_allclose(_flat(found.items), _flat(items), atol=0.5)


def test_an_empirical_distribution_finds_the_skew_that_a_normal_one_hides() -> None:
    rng = np.random.default_rng(19)
    items = tuple(_dichotomous("2pl", 20))
    theta = np.where(rng.random(N) < 0.3, rng.normal(1.5, 0.4, N), rng.normal(-0.64, 0.5, N))
    responses = answers(items, (theta - theta.mean()) / theta.std(), rng)
    normal = calibrate(responses, ["2pl"] * 20, Settings(strict=True))
    free = calibrate(responses, ["2pl"] * 20, Settings(latent="empirical", strict=True))
    rmse = [np.sqrt(np.mean((_flat(found.items) - _flat(items)) ** 2)) for found in (normal, free)]
    assert rmse[1] < 0.6 * rmse[0]
    assert free.loglik > normal.loglik + 20
    weights, nodes = free.groups[0].weights, free.nodes.theta
    assert weights @ nodes == pytest.approx(0.0, abs=1e-9)
    assert weights @ nodes**2 == pytest.approx(1.0, abs=1e-9)
    assert weights @ nodes**3 > 0.3


def test_a_chain_of_sparse_forms_reaches_the_best_there_is() -> None:
    """Each form shares a third of its items with the next; every step from the first adds to what is flat."""
    rng = np.random.default_rng(20)
    forms, persons, width, common = 8, 250, 15, 5
    items = two_pl(rng, width + (forms - 1) * (width - common))
    codes = np.full((forms * persons, len(items)), MISSING, dtype=np.int8)
    for form in range(forms):
        places = slice(form * (width - common), form * (width - common) + width)
        theta = rng.normal(0.1 * form, 1.0, persons)
        codes[form * persons : (form + 1) * persons, places] = answers(items[places], theta, rng).codes
    groups = np.repeat(np.arange(forms), persons)
    responses = make_responses(codes, groups=groups, group_names=tuple(str(form) for form in range(forms)))
    found = calibrate(responses, ["2pl"] * len(items), Settings(strict=True))
    assert found.certificate.iterations < 60
    best = calibrate(responses, ["2pl"] * len(items), Settings(strict=True, tolerance=1e-10))
    rmse = [np.sqrt(np.mean((_flat(some.items) - _flat(items)) ** 2)) for some in (found, best)]
    assert rmse[0] == pytest.approx(rmse[1], rel=0.001)
    assert best.loglik - found.loglik < 1e-4

"""Person fit: against mirt, against plain sums, and under the model."""

import numpy as np
import pytest

from scoring.ability import eap, map_, ml, wle
from scoring.items import Item, Model, trace
from scoring.person_fit import infit_outfit_persons, lz, lz_star
from scoring.quadrature import make_nodes, normal_weights
from scoring.responses import make_responses
from tests.scoring.mirt_items import BLOCKS, fitted
from tests.scoring.simulated import answers, mixed_items, two_pl

NODES = make_nodes()


@pytest.mark.parametrize(
    ("folder", "block", "model"),
    [block for block in BLOCKS if block[0] in ("lsat6", "science_grm") and block[2] != "1pl"],
)
def test_zh_of_mirt(folder: str, block: str, model: Model) -> None:
    found = fitted(folder, block, model)
    responses = found.responses.of_persons(np.arange(200))
    ability = eap(found.items, responses, NODES, normal_weights(NODES, sd=found.sd))
    np.testing.assert_allclose(lz(found.items, responses, ability.theta), found.expected["Zh"], atol=2e-6)


def test_plain_sums() -> None:
    rng = np.random.default_rng(1)
    items = mixed_items(rng, 7)
    responses = answers(items, np.array([0.4]), rng)
    theta = np.array([0.2])
    curves = [trace(item, theta)[0] for item in items]
    given = [float(np.log(p[code])) for p, code in zip(curves, responses.codes[0], strict=True)]
    mean = [float(p @ np.log(p)) for p in curves]
    variance = [float(p @ np.log(p) ** 2 - (p @ np.log(p)) ** 2) for p in curves]
    expected = (sum(given) - sum(mean)) / sum(variance) ** 0.5
    assert lz(items, responses, theta)[0] == pytest.approx(expected)
    residuals = [
        (code - p @ np.arange(len(p)), p @ np.arange(len(p)) ** 2 - (p @ np.arange(len(p))) ** 2)
        for p, code in zip(curves, responses.codes[0], strict=True)
    ]
    found = infit_outfit_persons(items, responses, theta)
    assert found.outfit[0] == pytest.approx(np.mean([y**2 / v for y, v in residuals]))
    assert found.infit[0] == pytest.approx(sum(y**2 for y, _ in residuals) / sum(v for _, v in residuals))


def test_under_the_model() -> None:
    """lz* is standard normal where lz is too narrow; with the true θ both are; mean squares are about 1."""
    rng = np.random.default_rng(2)
    items = mixed_items(rng, 40)
    theta = rng.normal(size=2500)
    responses = answers(items, theta, rng, missing=0.1)
    assert np.std(lz(items, responses, theta)) == pytest.approx(1.0, abs=0.05)
    for estimator, ability in (
        ("ml", ml(items, responses)),
        ("map", map_(items, responses)),
        ("wle", wle(items, responses)),
    ):
        corrected = lz_star(items, responses, ability.theta, estimator)
        assert np.nanmean(corrected) == pytest.approx(0.0, abs=0.08)
        assert np.nanstd(corrected) == pytest.approx(1.0, abs=0.05)
        assert np.nanstd(lz(items, responses, ability.theta)) < 0.85
    found = infit_outfit_persons(items, responses, theta)
    for mean_square, deviate in ((found.infit, found.infit_z), (found.outfit, found.outfit_z)):
        assert np.mean(mean_square) == pytest.approx(1.0, abs=0.02)
        assert np.std(deviate) == pytest.approx(1.0, abs=0.06)


def test_who_answers_backwards_is_found() -> None:
    rng = np.random.default_rng(3)
    items = tuple(
        Item(name=str(place), model="2pl", slope=1.5, intercepts=np.array([d]))
        for place, d in enumerate(np.linspace(3, -3, 30))
    )
    codes = answers(items, np.zeros(20), rng).codes
    codes[0] = np.arange(30) >= 15  # the easy ones wrong, the hard ones right
    responses = make_responses(codes)
    theta = wle(items, responses).theta
    corrected, squares = (
        lz_star(items, responses, theta, "wle"),
        infit_outfit_persons(items, responses, theta),
    )
    assert corrected[0] < -5 < corrected[1:].min()
    assert squares.outfit[0] > 3 > squares.outfit[1:].max()
    assert squares.infit_z[0] > 3


def test_without_theta_or_answers_there_is_nothing_to_say() -> None:
    items = two_pl(np.random.default_rng(4), 3)
    responses = make_responses(np.array([[0, 1, 1], [-1, -1, -1], [1, 0, 1]], dtype=np.int8))
    theta = np.array([np.nan, 0.0, 0.0])
    squares = infit_outfit_persons(items, responses, theta)
    for values in (lz(items, responses, theta), lz_star(items, responses, theta, "ml"), squares.infit):
        assert np.isnan(values).tolist() == [True, True, False]

"""The simulator: what an adaptive test is for, and what its controls do."""

from typing import get_args

import numpy as np
import pytest

from scoring.ability import eap
from scoring.adaptive import Content, Exposure, Plan, Rule, make_bank, simulate, sympson_hetter
from scoring.information import test_information as information_of
from scoring.quadrature import make_nodes, normal_weights
from scoring.responses import make_responses
from tests.scoring.simulated import mixed_items, two_pl

NODES = make_nodes(41, 5.0)
WEIGHTS = normal_weights(NODES)


@pytest.mark.parametrize("rule", get_args(Rule))
def test_every_rule_measures(rule: Rule) -> None:
    """Better than as many items at random; estimates are EAP of the answers given; no item comes twice."""
    rng = np.random.default_rng(1)
    bank = make_bank(two_pl(rng, 80), NODES)
    theta = rng.normal(size=250)
    found = simulate(bank, theta, Plan(length=12, rule=rule), WEIGHTS, rng=rng)
    assert all(len(set(row)) == 12 for row in found.items.tolist())
    codes = np.full((250, 80), -1, dtype=np.int8)
    np.put_along_axis(codes, found.items, found.codes, axis=1)
    again = eap(bank.items, make_responses(codes), NODES, WEIGHTS)
    np.testing.assert_allclose(found.theta, again.theta, atol=1e-8)
    np.testing.assert_allclose(found.se, again.se, atol=1e-7)
    random = float(np.mean((information_of(bank.items, theta) * 12 / 80 + 1.0) ** -1)) ** 0.5
    assert found.rmse < random
    assert found.bias == pytest.approx(0.0, abs=0.08)
    assert found.exposure_rates.sum() == pytest.approx(12)


def test_overlap_is_what_two_students_share() -> None:
    rng = np.random.default_rng(2)
    bank = make_bank(mixed_items(rng, 30), NODES)
    found = simulate(bank, rng.normal(size=25), Plan(length=8), WEIGHTS, rng=rng)
    tests = [set(row) for row in found.items.tolist()]
    shared = [len(one & other) / 8 for place, one in enumerate(tests) for other in tests[:place]]
    assert found.overlap == pytest.approx(np.mean(shared))


def test_content_is_balanced() -> None:
    rng = np.random.default_rng(3)
    bank = make_bank(mixed_items(rng, 100), NODES)
    content = Content(areas=np.arange(100) // 25, shares=np.array([0.4, 0.3, 0.2, 0.1]))
    found = simulate(bank, rng.normal(size=60), Plan(length=20, content=content), WEIGHTS, rng=rng)
    for row in found.items:
        assert np.bincount(content.areas[row], minlength=4).tolist() == [8, 6, 4, 2]


def test_exposure_is_controlled() -> None:
    """At a small loss of precision."""
    rng = np.random.default_rng(4)
    bank = make_bank(two_pl(rng, 120), NODES)
    theta = rng.normal(size=800)
    plan = Plan(length=12)
    free = simulate(bank, theta, plan, WEIGHTS, rng=rng)
    control = sympson_hetter(bank, theta, plan, WEIGHTS, limit=0.25, cycles=8, rng=rng)
    assert free.exposure_rates.max() > 0.6
    assert control.largest_rate < 0.32
    kept = Plan(length=12, exposure=Exposure(parameters=control.parameters))
    held = simulate(bank, rng.normal(size=800), kept, WEIGHTS, rng=rng)
    assert held.exposure_rates.max() < 0.34
    assert (held.selection_rates >= held.exposure_rates).all()
    assert held.overlap < free.overlap
    assert held.rmse < free.rmse + 0.08
    drawn = simulate(bank, theta, Plan(length=12, exposure=Exposure(best_of=8)), WEIGHTS, rng=rng)
    assert drawn.exposure_rates.max() < free.exposure_rates.max()


def test_a_test_may_end_when_it_knows_enough() -> None:
    rng = np.random.default_rng(5)
    bank = make_bank(two_pl(rng, 100), NODES)
    plan = Plan(length=40, least=5, until_se=0.35)
    found = simulate(bank, rng.normal(size=100), plan, WEIGHTS, rng=rng)
    ended = found.lengths < 40
    assert ended.any()
    assert (found.se[ended] <= 0.35).all()
    assert found.lengths.min() >= 5
    assert ((found.items >= 0).sum(axis=1) == found.lengths).all()
    assert ((found.codes >= 0).sum(axis=1) == found.lengths).all()


def test_a_whole_bank_can_be_given() -> None:
    rng = np.random.default_rng(6)
    bank = make_bank(mixed_items(rng, 6), NODES)
    exposure = Exposure(parameters=np.full(6, 0.2), best_of=3)
    found = simulate(bank, rng.normal(size=20), Plan(length=6, exposure=exposure), WEIGHTS, rng=rng)
    assert found.exposure_rates.tolist() == [1.0] * 6
    assert found.overlap == pytest.approx(1.0)


def test_refusals_and_repeatability() -> None:
    bank = make_bank(two_pl(np.random.default_rng(7), 5), NODES)
    theta = np.zeros(3)
    with pytest.raises(ValueError, match="fewer items"):
        simulate(bank, theta, Plan(length=6), WEIGHTS, rng=np.random.default_rng(1))
    with pytest.raises(ValueError, match="share"):
        sympson_hetter(
            bank, theta, Plan(length=2), WEIGHTS, limit=0.0, cycles=1, rng=np.random.default_rng(1)
        )
    first, second = (
        simulate(bank, theta, Plan(length=3), WEIGHTS, rng=np.random.default_rng(1)) for _ in range(2)
    )
    assert first.theta.tobytes() == second.theta.tobytes()

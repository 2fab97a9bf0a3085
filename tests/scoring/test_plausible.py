"""Plausible values are draws from the posterior."""

import numpy as np
import pytest

from scoring.ability import eap
from scoring.plausible import plausible_values
from scoring.quadrature import make_nodes, normal_weights
from tests.scoring.simulated import answers, mixed_items


def test_moments_and_population() -> None:
    """Per person they have the posterior's mean and SD; together the population's, which EAP understates."""
    rng = np.random.default_rng(8)
    items = mixed_items(rng, 12)
    theta = rng.normal(0.5, 1.2, size=4000)
    responses = answers(items, theta, rng, missing=0.2)
    nodes = make_nodes()
    weights = normal_weights(nodes, 0.5, 1.2)
    ability = eap(items, responses, nodes, weights)
    values = plausible_values(items, responses, nodes, weights, draws=20, rng=rng)
    assert values.shape == (4000, 20)
    assert np.mean(values.mean(axis=1) - ability.theta) == pytest.approx(0.0, abs=0.01)
    np.testing.assert_allclose(
        np.mean((values - ability.theta[:, None]) ** 2 / ability.se[:, None] ** 2), 1.0, atol=0.02
    )
    assert np.std(values) == pytest.approx(1.2, abs=0.04)
    assert np.std(ability.theta) < 1.1


def test_not_a_step_function() -> None:
    """Between the nodes too: a normal posterior stays one."""
    rng = np.random.default_rng(9)
    items = mixed_items(rng, 1)
    responses = answers(items, np.zeros(1), rng, missing=1.0)
    nodes = make_nodes()
    weights = normal_weights(nodes)
    values = plausible_values(items, responses, nodes, weights, draws=20_000, rng=rng)[0]
    shares = np.mean(values[:, None] < np.array([-1.96, -1.0, 0.05, 1.0, 1.96]), axis=0)
    np.testing.assert_allclose(shares, [0.025, 0.1587, 0.5199, 0.8413, 0.975], atol=0.012)


def test_the_generator_decides() -> None:
    rng = np.random.default_rng(10)
    items = mixed_items(rng, 6)
    responses = answers(items, rng.normal(size=5), rng)
    nodes = make_nodes()
    first, second = (
        plausible_values(
            items, responses, nodes, normal_weights(nodes), draws=3, rng=np.random.default_rng(1)
        )
        for _ in range(2)
    )
    assert first.tobytes() == second.tobytes()

"""The bank's tables and the rules for the next item, against catR and by hand."""

import numpy as np
import pytest

from scoring.adaptive import make_bank
from scoring.adaptive.rules import (
    expected_variance,
    kullback_leibler,
    maximum_information,
    nearest_difficulty,
    nearest_optimum,
    optima,
    weighted_information,
)
from scoring.information import item_information
from scoring.quadrature import make_nodes, normal_weights
from tests.scoring.mirt_items import catr_bank
from tests.scoring.simulated import mixed_items, two_pl

GIVEN = [0, 4, 8]


def test_next_items_of_catr() -> None:
    """θ = 0.3 after items 1, 5, 9 answered 1, 0, 1; catR integrates by trapezia at 33 nodes on [−4, 4]."""
    items, expected = catr_bank()
    nodes = make_nodes(33, 4.0)
    bank = make_bank(items, nodes)
    theta = np.array([0.3])
    answers = zip(GIVEN, (1, 0, 1), strict=True)
    likelihood = np.exp(
        sum(bank.log_likelihood(np.array([item]), np.array([code], dtype=np.int8)) for item, code in answers)
    )
    widths = np.full(33, 0.25)
    widths[[0, -1]] /= 2.0
    posterior = likelihood * np.exp(-(nodes.theta**2) / 2.0) / np.sqrt(2.0 * np.pi)
    merits = {
        "MFI": maximum_information(bank, theta),
        "bOpt": -nearest_difficulty(bank, theta),
        "thOpt": -nearest_optimum(bank, theta),
        "MLWI": weighted_information(bank, likelihood * widths),
        "MPWI": weighted_information(bank, posterior * widths),
        "KL": kullback_leibler(bank, theta, likelihood * widths),
        "KLP": kullback_leibler(bank, theta, posterior * widths),
        "MEPV": -expected_variance(bank, theta, posterior * widths),
    }
    for name, merit in merits.items():
        least = name in ("bOpt", "thOpt", "MEPV")
        merit[0, GIVEN] = np.inf if least else -np.inf
        best = int(merit[0].argmin() if least else merit[0].argmax())
        assert best + 1 == expected["next_item"][name]["item"], name
        # An item's optimum is read off the table.
        tolerance = 1e-5 if name == "thOpt" else 1e-8
        assert merit[0, best] == pytest.approx(expected["next_item"][name]["info"], abs=tolerance), name


def test_the_table_is_the_function() -> None:
    rng = np.random.default_rng(1)
    items = mixed_items(rng, 12)
    bank = make_bank(items, make_nodes())
    theta = rng.uniform(-6, 6, size=40)
    exact = np.column_stack([item_information(item, theta) for item in items])
    np.testing.assert_allclose(bank.information_at(theta), exact, atol=2e-4)
    ends = bank.information_at(np.array([-9.0, 9.0]))
    np.testing.assert_allclose(ends, bank.information[[0, -1]])


def test_optima() -> None:
    """Of a 2PL item at b; no other θ has more information."""
    rng = np.random.default_rng(2)
    bank = make_bank(two_pl(rng, 6), make_nodes())
    np.testing.assert_allclose(optima(bank), [item.difficulties[0] for item in bank.items], atol=1e-5)
    mixed = make_bank(mixed_items(rng, 12), make_nodes())
    for item, best in zip(mixed.items, optima(mixed), strict=True):
        around = item_information(item, best + np.array([-0.005, 0.0, 0.005]))
        assert around[1] >= around.max() - 1e-7


def test_the_rules_agree_when_much_is_known() -> None:
    """With θ known the weighted rules choose as the information itself does."""
    rng = np.random.default_rng(3)
    nodes = make_nodes(401, 6.0)
    bank = make_bank(mixed_items(rng, 60), nodes)
    theta = np.array([-1.2, 0.0, 0.9])
    density = np.array([normal_weights(nodes, mean, 0.05) for mean in theta])
    best = maximum_information(bank, theta).argmax(axis=1)
    for merit in (
        weighted_information(bank, density),
        kullback_leibler(bank, theta, density),
        expected_variance(bank, theta, density),
    ):
        assert merit.argmax(axis=1).tolist() == best.tolist()


def test_divergence_is_never_negative() -> None:
    bank = make_bank(mixed_items(np.random.default_rng(4), 12), make_nodes())
    density = np.eye(bank.nodes.count)[[0, 30, 60]]
    merit = kullback_leibler(bank, np.array([-1.0, 0.0, 3.0]), density)
    assert (merit >= -1e-12).all()
    np.testing.assert_allclose(merit[1], 0.0, atol=1e-12)

"""Ability against R mirt 1.47 and catR 3.17.

mirt scores with 61 nodes on [−6, 6]. Its MAP, ML and WLE are found by a general optimiser, to about 1e-5;
their SEs come from numerical second derivatives, to about 3e-4.
"""

import json

import numpy as np
import pytest

from exam_server.core.response_file import read_coded
from scoring.ability import eap, eap_sum, map_, ml, wle
from scoring.information import test_information as information_of
from scoring.items import DICHOTOMOUS, Item, Model
from scoring.quadrature import make_nodes, normal_weights
from scoring.responses import make_responses
from tests.scoring.mirt_items import BLOCKS, catr_bank, fitted
from tests.scoring.reference import reference

ROWS = np.arange(200)


def values(entry: list[float | None]) -> np.ndarray:
    return np.array(entry, dtype=np.float64)


@pytest.mark.parametrize(("folder", "block", "model"), BLOCKS)
def test_posterior_means(folder: str, block: str, model: Model) -> None:
    found = fitted(folder, block, model)
    nodes = make_nodes()
    weights = normal_weights(nodes, sd=found.sd)
    expected = found.expected["scores_first_rows"]["EAP"]
    ability = eap(found.items, found.responses.of_persons(ROWS), nodes, weights)
    np.testing.assert_allclose(ability.theta, expected["theta"], atol=1e-6, rtol=0)
    np.testing.assert_allclose(ability.se, expected["se"], atol=1e-6, rtol=0)
    sums = eap_sum(found.items, nodes, weights)
    table = found.expected["EAPsum"]
    theta, se = (next(key for key in table[0] if key.startswith(start)) for start in ("F", "SE"))
    np.testing.assert_allclose(sums.theta, [row[theta] for row in table], atol=5e-6, rtol=0)
    np.testing.assert_allclose(sums.se, [row[se] for row in table], atol=5e-6, rtol=0)
    counts = sums.probability * found.responses.n_persons
    np.testing.assert_allclose(counts, [row["expected"] for row in table], atol=1e-6, rtol=0)


@pytest.mark.parametrize(("folder", "block", "model"), BLOCKS)
def test_modes(folder: str, block: str, model: Model) -> None:
    found = fitted(folder, block, model)
    responses = found.responses.of_persons(ROWS)
    expected = found.expected["scores_first_rows"]
    modes, largest = map_(found.items, responses, sd=found.sd), ml(found.items, responses, 10.0)
    for ability, name in ((modes, "MAP"), (largest, "ML")):
        np.testing.assert_allclose(
            np.where(np.isnan(ability.se), np.nan, ability.theta), values(expected[name]["theta"]),
            atol=1e-5, rtol=0,
        )  # fmt: skip
        np.testing.assert_allclose(ability.se, values(expected[name]["se"]), atol=4e-4, rtol=0)


@pytest.mark.parametrize(("folder", "block", "model"), [block for block in BLOCKS if block[2] != "3pl"])
def test_weighted_likelihood(folder: str, block: str, model: Model) -> None:
    """mirt maximises the likelihood times √I, which is Warm's estimate only without asymptotes."""
    found = fitted(folder, block, model)
    ability = wle(found.items, found.responses.of_persons(ROWS), 10.0)
    expected = values(found.expected["scores_first_rows"]["WLE"]["theta"])
    np.testing.assert_allclose(ability.theta, expected, atol=1e-5, rtol=0)


def test_a_long_test() -> None:
    place = reference("sim_2pl_5kx40")
    expected = json.loads((place / "expected.json").read_text())
    fit = expected["Rmirt_tight"]
    items = [
        Item(name=str(number), model="2pl", slope=a, intercepts=np.array([d]))
        for number, (a, d) in enumerate(zip(fit["a1"], fit["d"], strict=True))
    ]
    responses = read_coded((place / "responses.txt.gz").read_bytes(), "responses.txt.gz").responses
    nodes = make_nodes()
    ability = eap(items, responses.of_persons(np.arange(500)), nodes, normal_weights(nodes))
    np.testing.assert_allclose(ability.theta, expected["eap_first500"], atol=1e-5, rtol=0)
    np.testing.assert_allclose(ability.se, expected["se_first500"], atol=1e-5, rtol=0)


def test_a_bank_with_guessing() -> None:
    """catR finds its estimates to about 4e-5; its SEs of BM, ML and WL are of the expected information."""
    bank, expected = catr_bank()
    items = bank[:30]
    assert all(item.model in DICHOTOMOUS for item in items)
    responses = make_responses(np.array(expected["responses"], dtype=np.int8))
    nodes = make_nodes(33, 4.0)
    found = {
        "EAP": eap(items, responses, nodes, normal_weights(nodes)),
        "BM": map_(items, responses),
        "ML": ml(items, responses, 4.0),
        "WL": wle(items, responses, 4.0),
    }
    for name, ability in found.items():
        np.testing.assert_allclose(ability.theta, np.array(expected[name])[:, 0], atol=5e-5, rtol=0)
    for name in ("EAP", "WL"):
        np.testing.assert_allclose(found[name].se, np.array(expected[name])[:, 1], atol=1e-4, rtol=0)
    for name, prior in (("BM", 1.0), ("ML", 0.0)):
        theta, se = np.array(expected[name]).T
        np.testing.assert_allclose((information_of(items, theta) + prior) ** -0.5, se, atol=1e-9, rtol=0)

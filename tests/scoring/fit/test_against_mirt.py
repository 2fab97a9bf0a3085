"""Item fit, dependence and overall fit against R mirt, with the item parameters that mirt found."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from exam_server.core.response_file import read_coded
from scoring.arrays import FloatArray
from scoring.fit import infit_outfit, ld_x2, m2, q3, s_x2
from scoring.items import Item, Model, trace
from scoring.quadrature import Nodes, make_nodes, normal_weights
from scoring.responses import Responses
from tests.scoring.reference import reference

MODELS: dict[str, Model] = {
    "Rasch": "rasch",
    "twoPL": "2pl",
    "threePL_prior": "3pl",
    "graded": "grm",
    "gpcm": "gpcm",
    "PCM": "pcm",
}
DICHOTOMOUS = [(name, block) for name in ("lsat6", "lsat7") for block in ("Rasch", "twoPL", "threePL_prior")]
WIRS = [("ltm_wirs", "Rasch"), ("ltm_wirs", "twoPL")]
GRADED = [("science_grm", block) for block in ("graded", "gpcm", "PCM")]


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """A data set, the items mirt found, and what it says of their fit."""

    items: list[Item]
    responses: Responses
    nodes: Nodes
    weights: FloatArray
    expected: dict[str, Any]

    def eap(self) -> FloatArray:
        """θ as mirt scored: the posterior's mean at the nodes."""
        logs = np.zeros((self.responses.n_persons, self.nodes.count))
        for place, item in enumerate(self.items):
            logs += np.log(trace(item, self.nodes.theta)).T[self.responses.codes[:, place]]
        posterior = np.exp(logs) * self.weights
        return posterior @ self.nodes.theta / posterior.sum(axis=1)


def fitted(name: str, block: str) -> Fitted:
    folder = reference(name)
    responses = read_coded((folder / "responses.csv").read_bytes(), "responses.csv").responses
    expected = json.loads((folder / "expected.json").read_text())[block]
    found = {item: values["par"] for item, values in expected["coef_se"].items()}
    variance = found.pop("GroupPars").get("COV_11", 1.0)
    nodes = make_nodes()
    return Fitted(
        items=[_item(item, MODELS[block], par) for item, par in found.items()],
        responses=responses,
        nodes=nodes,
        weights=normal_weights(nodes, 0.0, variance**0.5),
        expected=expected,
    )


def _item(name: str, model: Model, par: dict[str, float]) -> Item:
    steps = [value for key, value in par.items() if key.startswith("d") and key != "d0"]
    guess = par.get("logit(g)", -999)
    lower = 1 / (1 + np.exp(-guess)) if guess > -999 else 0.0
    return Item(name=name, model=model, slope=par["a1"], intercepts=np.array(steps), lower=lower)


def column(rows: list[dict[str, Any]], key: str) -> FloatArray:
    return np.array([row[key] for row in rows], dtype=np.float64)


@pytest.mark.parametrize(("name", "block"), DICHOTOMOUS + GRADED)
def test_s_x2(name: str, block: str) -> None:
    data = fitted(name, block)
    found = s_x2(data.items, data.responses, data.nodes, data.weights)
    rows = data.expected["S_X2"]
    assert_allclose(found.statistic, column(rows, "S_X2"), atol=1e-7)
    assert_allclose(found.df, column(rows, "df.S_X2"))
    assert_allclose(found.p, column(rows, "p.S_X2"), atol=1e-8)
    assert_allclose(found.rmsea, column(rows, "RMSEA.S_X2"), atol=1e-8)


@pytest.mark.parametrize(("name", "block"), DICHOTOMOUS + GRADED)
def test_infit_and_outfit(name: str, block: str) -> None:
    data = fitted(name, block)
    found = infit_outfit(data.items, data.responses, data.eap())
    rows = data.expected["infit"]
    for values, key in (
        (found.infit, "infit"),
        (found.outfit, "outfit"),
        (found.infit_z, "z.infit"),
        (found.outfit_z, "z.outfit"),
    ):
        assert_allclose(values, column(rows, key), atol=1e-6)


@pytest.mark.parametrize(("name", "block"), DICHOTOMOUS + WIRS + GRADED)
def test_pairs_of_items(name: str, block: str) -> None:
    data = fitted(name, block)
    assert_allclose(
        q3(data.items, data.responses, data.eap()), np.array(data.expected["Q3"], dtype=np.float64), atol=1e-6
    )
    found = ld_x2(data.items, data.responses, data.nodes, data.weights)
    expected = np.array(data.expected["LD"], dtype=np.float64)
    below = np.tril_indices(len(data.items), -1)
    assert_allclose(found.x2[below], expected[below], atol=1e-7)
    assert_allclose(found.v.T[below], expected.T[below], atol=1e-8)


@pytest.mark.parametrize(("name", "block"), [pair for pair in DICHOTOMOUS + WIRS if pair[1] == "twoPL"])
def test_m2(name: str, block: str) -> None:
    _check_m2(fitted(name, block), 1e-7)


@pytest.mark.parametrize(("name", "block"), [pair for pair in DICHOTOMOUS + WIRS if pair[1] == "Rasch"])
def test_m2_of_rasch_models(name: str, block: str) -> None:
    # mirt leaves the derivative by the variance of θ out, which costs nothing at the maximum of a model that
    # holds, and 0.03 of 367 in the worst-fitting of these.
    _check_m2(fitted(name, block), 1e-4)


def _check_m2(data: Fitted, tolerance: float) -> None:
    found, expected = m2(data.items, data.responses, data.nodes, data.weights), data.expected["M2"]
    assert found.df == expected["df"]
    assert found.m2 == pytest.approx(expected["M2"], rel=tolerance)
    assert found.p == pytest.approx(expected["p"], rel=tolerance, abs=1e-12)
    assert found.rmsea == pytest.approx(expected["RMSEA"], rel=tolerance)
    assert found.rmsea_low == pytest.approx(expected["RMSEA_5"], rel=tolerance, abs=1e-8)
    assert found.rmsea_high == pytest.approx(expected["RMSEA_95"], rel=tolerance, abs=1e-8)
    assert found.srmsr == pytest.approx(expected["SRMSR"], abs=1e-9)


@pytest.mark.parametrize(("name", "block"), GRADED)
def test_few_graded_items_leave_no_degree_of_freedom(name: str, block: str) -> None:
    data = fitted(name, block)
    found = m2(data.items, data.responses, data.nodes, data.weights)
    assert (found.m2, found.df) == (None, 0)
    assert found.srmsr is not None

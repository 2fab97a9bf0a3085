"""Against R CopyDetect 1.3: its item parameters and thetas, its pair, its indices."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.forensics.chances import Chances, model_chances
from scoring.forensics.compound_binomial import distribution
from scoring.forensics.copying import generalized_binomial, omega
from scoring.forensics.identical_wrong import k_indices, wrong_groups
from scoring.items import Item
from tests.scoring.reference import reference

COPIER, SOURCE = 0, 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Form:
    """The data, the pair's rows, and what CopyDetect gives for a model."""

    codes: IntArray
    right: BoolArray
    pair: list[int]
    chances: Chances
    expected: dict[str, Any]


@pytest.fixture(params=["1PL", "2PL"])
def form(request: pytest.FixtureRequest) -> Form:
    folder = reference("copydetect_form1")
    blocks = json.loads((folder / "expected.json").read_text())
    expected = blocks[request.param]
    codes = np.loadtxt(folder / "responses.csv", delimiter=",", skiprows=1, dtype=str)[:, 2:].astype(np.int64)
    pair = [row - 1 for row in expected["single.pair2"]]
    items = [
        Item(name=str(place), model="3pl", slope=a, intercepts=np.array([-a * b]), lower=g)
        for place, (a, b, g) in enumerate(expected["item.par"])
    ]
    theta = np.array(expected["thetas"], dtype=np.float64)[pair, 0]
    return Form(
        codes=codes, right=codes == 1, pair=pair, chances=model_chances(items, theta), expected=expected
    )


def test_omega(form: Form) -> None:
    found, expected = omega(form.codes[form.pair], form.chances), form.expected["W.index"]
    place = COPIER, SOURCE
    assert found.matches[place] == expected["obs.match"]
    values = [found.expected[place], found.sd[place], found.z[place], found.p[place]]
    names = ["exp.match", "sd.match", "W.value", "p.value"]
    assert_allclose(values, [expected[name] for name in names], rtol=1e-9)


def test_the_generalized_binomial_test(form: Form) -> None:
    found, expected = generalized_binomial(form.codes[form.pair], form.chances), form.expected["GBT.index"]
    match = np.array(expected["prob.match"])
    assert_allclose(found.p, [expected["p.value"]], rtol=1e-9)
    assert_allclose(found.expected, [match.sum()], rtol=1e-9)
    whole: FloatArray = np.array([float(row["V2"]) for row in expected["exact.prob.dist"]])
    assert_allclose(distribution(match[:, None])[:, 0], whole, atol=6e-7)


def test_the_k_index_and_its_variants(form: Form) -> None:
    groups = wrong_groups(form.codes, form.right, form.chances.first)
    found = k_indices(form.codes[form.pair], form.right[form.pair], groups)
    place, variants = (COPIER, SOURCE), form.expected["K.variants"]
    assert found.k[place] == pytest.approx(form.expected["K.index"]["k.index"], abs=1e-9)
    assert found.k1[place] == pytest.approx(variants["K1.index"], abs=1e-9)
    assert found.k2[place] == pytest.approx(variants["K2.index"], abs=1e-9)
    assert found.s1[place] == pytest.approx(variants["S1.index"], abs=1e-7)
    assert found.s2[place] == pytest.approx(variants["S2.index"], abs=1e-7)
    wrong = int((~form.right[form.pair[COPIER]]).sum())
    for name, value in (
        ("pred1", found.expected_k1),
        ("pred2", found.expected_k2),
        ("pred3", found.expected_s1),
    ):
        assert value[place] == pytest.approx(variants[name][wrong], abs=1e-6)

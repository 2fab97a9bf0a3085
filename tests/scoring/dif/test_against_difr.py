"""Verbal aggression, men as the focal group: R difR 5.1."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from exam_server.core.response_file import read_coded
from scoring.arrays import BoolArray
from scoring.calibrated import Calibration, Certificate, Group
from scoring.dif import (
    Kind,
    MantelHaenszel,
    breslow_day,
    logistic,
    lord,
    mantel_haenszel,
    purified,
    sibtest,
    standardisation,
)
from scoring.items import Item
from scoring.quadrature import make_nodes, normal_weights
from scoring.responses import Responses
from tests.scoring.reference import reference


@dataclass(frozen=True, kw_only=True, eq=False)
class Verbal:
    responses: Responses
    focal: BoolArray
    expected: dict[str, Any]


@pytest.fixture(name="verbal", scope="module")
def _verbal() -> Verbal:
    folder = reference("dif_verbal")
    data = (folder / "responses.csv").read_bytes()
    responses = read_coded(data, "responses.csv", group="Gender", ignore=["Anger"]).responses
    return Verbal(
        responses=responses,
        focal=responses.groups == responses.group_names.index("1"),
        expected=json.loads((folder / "expected.json").read_text()),
    )


def places(flags: BoolArray) -> list[int]:
    """Counted from 1, as difR names items."""
    return (np.flatnonzero(flags) + 1).tolist()


def test_mantel_haenszel(verbal: Verbal) -> None:
    found, expected = mantel_haenszel(verbal.responses, verbal.focal), verbal.expected["MH"]
    assert_allclose(found.chi2, expected["MH"], atol=1e-8)
    assert_allclose(found.alpha, expected["alphaMH"], atol=1e-8)
    assert_allclose((found.delta_se / 2.35) ** 2, expected["varLambda"], atol=1e-9)
    assert_allclose(found.delta, -2.35 * np.log(expected["alphaMH"]), atol=1e-8)
    assert places(found.p < 0.05) == expected["DIFitems"]


def test_mantel_haenszel_purified(verbal: Verbal) -> None:
    def analysis(anchor: BoolArray) -> MantelHaenszel:
        return mantel_haenszel(verbal.responses, verbal.focal, anchor)

    found, expected = purified(analysis, lambda one: one.p < 0.05, 24), verbal.expected["MH_purify"]
    assert found.settled
    assert found.rounds == expected["nrPur"]
    assert places(~found.anchor) == expected["DIFitems"]
    assert_allclose(found.result.chi2, expected["MH"], atol=1e-8)
    assert_allclose(found.result.alpha, expected["alphaMH"], atol=1e-8)


@pytest.mark.parametrize(
    ("kind", "block"),
    [("uniform", "Logistic_udif"), ("nonuniform", "Logistic_nudif"), ("both", "Logistic_both")],
)
def test_logistic(verbal: Verbal, kind: Kind, block: str) -> None:
    found, expected = logistic(verbal.responses, verbal.focal, kind=kind), verbal.expected[block]
    assert_allclose(found.chi2, expected["Logistik"], atol=1e-8)
    assert_allclose(found.delta_r2, expected["deltaR2"], atol=1e-10)
    larger = np.array(expected["parM0"])
    if kind == "uniform":
        assert_allclose(found.group, larger[:, 2], atol=1e-6)
    else:
        assert_allclose(found.interaction, larger[:, 3], atol=1e-6)
    flagged = [] if kind == "nonuniform" else expected["DIFitems"]
    assert places(found.p < 0.05) == flagged
    assert set(found.category) == {"A"}


def test_standardisation(verbal: Verbal) -> None:
    found, expected = standardisation(verbal.responses, verbal.focal), verbal.expected["Std"]
    assert_allclose(found.difference, expected["PDIF"], atol=1e-10)
    assert places(np.array([letter == "C" for letter in found.category])) == expected["DIFitems"]


def test_breslow_day(verbal: Verbal) -> None:
    found, expected = breslow_day(verbal.responses, verbal.focal), np.array(verbal.expected["BD"]["BD"])
    # difR shows four decimals.
    assert_allclose(found.statistic, expected[:, 0], atol=6e-5)
    assert_allclose(found.df, expected[:, 1])
    assert_allclose(found.p, expected[:, 2], atol=6e-5)


def separate(difficulties: np.ndarray, errors: np.ndarray) -> Calibration:
    """A calibration of Rasch items in one group, as far as Lord's test looks at it."""
    nodes = make_nodes()
    names = [f"i{place}" for place in range(len(difficulties))]
    return Calibration(
        items=tuple(
            Item(name=name, model="rasch", slope=1.0, intercepts=np.array([-b]))
            for name, b in zip(names, difficulties, strict=True)
        ),
        errors=(),
        groups=(
            Group(name="", n=100, mean=0.0, sd=1.0, weights=normal_weights(nodes), mean_se=None, sd_se=None),
        ),
        nodes=nodes,
        n=100.0,
        loglik=0.0,
        log_prior=0.0,
        n_parameters=len(names),
        labels=tuple(f"{name}:intercept" for name in names),
        covariance=np.diag(errors**2),
        certificate=Certificate(
            converged=True, gradient_norm=0.0, tolerance=1e-7, iterations=1, condition_number=None,
            at_maximum=None,
        ),
        remarks=(),
    )  # fmt: skip


def test_lord(verbal: Verbal) -> None:
    expected = verbal.expected["Lord1PL"]
    b, se = np.array(expected["itemParInit"]).T.reshape(2, 2, 24)
    found = lord(separate(b[0], se[0]), separate(b[1], se[1]), 1.0, b[0].mean() - b[1].mean())
    assert_allclose(found.chi2, expected["LordChi"], atol=1e-8)
    assert places(found.p < 0.05) == expected["DIFitems"]
    assert_allclose(np.sign(found.difference), np.sign(b[0] - b[1] - (b[0] - b[1]).mean()))


def test_sibtest(verbal: Verbal) -> None:
    found, expected = sibtest(verbal.responses, verbal.focal), verbal.expected["SIBTEST"]
    # Beside one level of item 14 nobody is of the focal group: difR takes that group's mean there for 0,
    # and we the next level with anyone in it.
    same = np.arange(24) != 13
    assert_allclose(found.beta[same], np.array(expected["Beta"])[same], atol=1e-9)
    assert_allclose(found.p[same], np.array(expected["p.value"])[same], atol=1e-9)
    assert found.beta[13] == pytest.approx(expected["Beta"][13], abs=0.005)
    assert_allclose(found.se, expected["SE"], atol=1e-9)
    assert places(found.p < 0.05) == expected["DIFitems"]

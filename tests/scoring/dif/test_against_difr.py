"""Verbal aggression, men as the focal group: R difR 5.1."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from exam_server.core.response_file import read_responses
from scoring.arrays import BoolArray
from scoring.dif import (
    Kind,
    MantelHaenszel,
    breslow_day,
    logistic,
    mantel_haenszel,
    purified,
    standardisation,
)
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
    responses, _ = read_responses(
        (folder / "responses.csv").read_bytes(), "responses.csv", group="Gender", ignore=["Anger"]
    )
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

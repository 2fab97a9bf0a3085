"""From responses to a link with its errors."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.arrays import CodeArray, FloatArray
from scoring.calibrated import Calibration
from scoring.calibration import LogitNormalPrior, Settings, calibrate
from scoring.items import Item, Model, trace
from scoring.linking import Form, calibration_covariance, chain, diagonal_covariance, link, link_errors
from scoring.linking.parameters import spans
from scoring.responses import make_responses
from tests.scoring.linking.forms import dichotomous

MEAN, SD = 0.5, 1.2


def answers(items: Sequence[Item], theta: FloatArray, seed: int) -> CodeArray:
    rng = np.random.default_rng(seed)
    columns = [
        (rng.random((len(theta), 1)) > np.cumsum(trace(item, theta), axis=1)[:, :-1]).sum(axis=1)
        for item in items
    ]
    return np.column_stack(columns).astype(np.int8)


def calibrated(items: Sequence[Item], theta: FloatArray, seed: int, model: Model = "2pl") -> Calibration:
    names = tuple(item.name for item in items)
    responses = make_responses(answers(items, theta, seed), names=names)
    prior = LogitNormalPrior(mean=-1.4, sd=0.5) if model == "3pl" else None
    settings = Settings(errors="oakes", guessing_prior=prior)
    return calibrate(responses, [model] * len(items), settings)


@pytest.mark.parametrize("method", ["mean-gmean", "haebara", "stocking-lord"])
def test_the_groups_difference_comes_back_within_its_error(method: str) -> None:
    """The group of ``from`` has ability N(0.5, 1.2²) where that of ``to`` has N(0, 1): A = 1.2, B = 0.5."""
    assert method == "mean-gmean" or method == "haebara" or method == "stocking-lord"
    rng = np.random.default_rng(1)
    items = dichotomous(1, n=12)
    one = calibrated(items, rng.normal(MEAN, SD, 1500), 2)
    other = calibrated(items, rng.normal(0.0, 1.0, 1500), 3)
    forms = [
        Form(name=name, items=found.items, covariance=calibration_covariance(found))
        for name, found in (("from", one), ("to", other))
    ]
    found = chain(forms, method)
    assert found.covariance is not None
    errors = np.sqrt(np.diag(found.covariance))
    assert (errors < 0.15).all()
    assert (np.abs([found.slope - SD, found.intercept - MEAN]) < 3 * errors).all()


@pytest.mark.parametrize("model", ["2pl", "3pl", "1pl", "rasch"])
def test_the_covariance_has_the_calibrations_errors(model: Model) -> None:
    rng = np.random.default_rng(4)
    items = dichotomous(5, n=6, lower=0.2 if model == "3pl" else 0.0)
    found = calibrated(items, rng.normal(size=1200), 6, model)
    covariance = calibration_covariance(found)
    assert covariance is not None
    plain = diagonal_covariance(found.items, found.errors)
    assert_allclose(np.diag(covariance), np.diag(plain), rtol=1e-9)
    if model in ("2pl", "3pl"):
        span = spans(found.items)[0]
        assert covariance[span.start, span.start + 1] != 0.0
    if model == "1pl":
        assert covariance[0, 4] == covariance[0, 0] > 0.0


def test_without_standard_errors_there_is_no_covariance() -> None:
    items = dichotomous(7, n=5)
    codes = answers(items, np.random.default_rng(8).normal(size=300), 9)
    found = calibrate(make_responses(codes), ["2pl"] * 5, Settings(errors="none"))
    assert calibration_covariance(found) is None


def test_correlations_matter_to_the_errors() -> None:
    """What the command says of errors without covariances: they are not those with them."""
    rng = np.random.default_rng(10)
    items = dichotomous(11, n=8)
    one, other = (calibrated(items, rng.normal(size=800), seed) for seed in (12, 13))
    found = link(one.items, other.items, "stocking-lord")
    whole = [calibration_covariance(each) for each in (one, other)]
    plain = [diagonal_covariance(each.items, each.errors) for each in (one, other)]
    assert whole[0] is not None
    assert whole[1] is not None
    sure = link_errors(found, one.items, other.items, whole[0], whole[1])
    rough = link_errors(found, one.items, other.items, plain[0], plain[1])
    assert sure.slope_se != pytest.approx(rough.slope_se, rel=0.02)
    assert sure.slope_se == pytest.approx(rough.slope_se, rel=0.6)

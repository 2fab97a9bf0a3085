"""The same estimates as R mirt's, from the same responses."""

import json

import numpy as np
import pytest
from scipy.special import logit

from exam_server.core.response_file import read_coded
from scoring.calibrated import Calibration
from scoring.calibration import GuessingPrior, LogitNormalPrior, Settings, calibrate
from scoring.items import Item, Model
from tests.scoring.mirt_items import Fitted, fitted
from tests.scoring.reference import reference

BLOCKS: tuple[tuple[str, str, Model, float], ...] = (
    ("lsat6", "Rasch", "rasch", 1e-5),
    ("lsat6", "onePL_common_slope", "1pl", 1e-5),
    ("lsat6", "twoPL", "2pl", 1e-5),
    ("lsat6", "threePL_prior", "3pl", 1e-4),
    ("lsat7", "Rasch", "rasch", 1e-5),
    ("lsat7", "onePL_common_slope", "1pl", 1e-5),
    ("lsat7", "twoPL", "2pl", 1e-5),
    ("lsat7", "threePL_prior", "3pl", 1e-4),
    ("ltm_wirs", "Rasch", "rasch", 1e-5),
    ("ltm_wirs", "onePL_common_slope", "1pl", 1e-5),
    ("ltm_wirs", "twoPL", "2pl", 1e-5),
    ("science_grm", "graded", "grm", 1e-4),
    ("science_grm", "gpcm", "gpcm", 1e-4),
    # mirt stops here where its gradient is still 25 times our tolerance: the next test.
    ("science_grm", "PCM", "pcm", 2e-4),
)
PRIOR = LogitNormalPrior(mean=-1.4, sd=0.5)


def _prior(model: Model) -> GuessingPrior | None:
    return PRIOR if model == "3pl" else None


def _calibrated(expected: Fitted, model: Model) -> Calibration:
    settings = Settings(guessing_prior=_prior(model), errors="oakes", strict=True)
    return calibrate(expected.responses, [model] * expected.responses.n_items, settings)


def _parameters(item: Item) -> np.ndarray:
    guessing = [logit(item.lower)] if item.model == "3pl" else []
    return np.array([item.slope, *item.intercepts, *guessing])


@pytest.mark.parametrize(("folder", "block", "model", "tolerance"), BLOCKS)
def test_parameters_likelihood_and_errors_agree_with_mirt(
    folder: str, block: str, model: Model, tolerance: float
) -> None:
    expected = fitted(folder, block, model)
    found = _calibrated(expected, model)
    for ours, theirs in zip(found.items, expected.items, strict=True):
        np.testing.assert_allclose(_parameters(ours), _parameters(theirs), rtol=0, atol=tolerance)
    assert found.loglik == pytest.approx(expected.expected["logLik"], abs=1e-4)
    assert found.log_prior == pytest.approx(expected.expected["logPrior"], abs=1e-4)
    assert found.groups[0].sd == pytest.approx(expected.sd, abs=1e-4)
    assert found.certificate.at_maximum
    _check_errors(found, expected)


def _check_errors(found: Calibration, expected: Fitted) -> None:
    table = expected.expected["coef_se"]
    for item, errors in zip(found.items, found.errors, strict=True):
        theirs = table[item.name]["SE"]
        intercepts = [theirs[name] for name in theirs if name.startswith("d") and name != "d0"]
        np.testing.assert_allclose(errors.intercepts, intercepts, rtol=0, atol=1e-3)
        if theirs["a1"] is not None:
            assert errors.slope == pytest.approx(theirs["a1"], abs=1e-3)
        if item.model == "3pl":
            assert errors.lower_logit == pytest.approx(theirs["logit(g)"], abs=1e-3)
    variance_se = table["GroupPars"]["SE"]["COV_11"]
    if variance_se is not None:
        group = found.groups[0]
        assert 2 * group.sd * group.sd_se == pytest.approx(variance_se, abs=1e-3)


def test_where_mirt_has_not_quite_arrived_our_likelihood_is_higher() -> None:
    expected = fitted("science_grm", "PCM", "pcm")
    found = _calibrated(expected, "pcm")
    assert 0 < found.loglik - expected.expected["logLik"] < 1e-6
    assert found.certificate.gradient_norm < 1e-7


@pytest.mark.parametrize(("folder", "model"), [("sim_2pl_5kx40", "2pl"), ("sim_grm_3kx20x5", "grm")])
def test_simulated_data_agree(folder: str, model: Model) -> None:
    place = reference(folder)
    blocks = json.loads((place / "expected.json").read_text())
    data = (place / "responses.txt.gz").read_bytes()
    responses = read_coded(data, "responses.txt.gz").responses
    found = calibrate(responses, [model] * responses.n_items, Settings(strict=True))
    ours = np.array([[item.slope, *item.intercepts] for item in found.items])
    reckoned = blocks["numpy_ref"]
    np.testing.assert_allclose(ours, np.array(reckoned["params"])[:, : ours.shape[1]], rtol=0, atol=1e-5)
    assert found.loglik == pytest.approx(reckoned["loglik"], abs=1e-4)
    if model == "2pl":
        tight = blocks["Rmirt_tight"]
        np.testing.assert_allclose(ours, np.column_stack([tight["a1"], tight["d"]]), rtol=0, atol=1e-5)

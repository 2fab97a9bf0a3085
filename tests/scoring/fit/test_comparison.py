from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from scoring.calibrated import Calibration, Certificate
from scoring.errors import MeasurementError
from scoring.fit import compare, criteria
from scoring.quadrature import make_nodes


def fitted(loglik: float, n_parameters: int) -> Calibration:
    """A calibration as far as a comparison looks at it."""
    return Calibration(
        items=(), errors=(), groups=(), nodes=make_nodes(), n=1000.0, loglik=loglik, log_prior=0.0,
        n_parameters=n_parameters, labels=(), covariance=None, remarks=(),
        certificate=Certificate(
            converged=True, gradient_norm=0.0, tolerance=1e-7, iterations=1, condition_number=None,
            at_maximum=None,
        ),
    )  # fmt: skip


def test_likelihood_ratio_and_criteria() -> None:
    # LSAT 7 by R mirt: Rasch and 2PL.
    small, large = fitted(-2664.9008909547, 6), fitted(-2658.8051136323, 10)
    found = compare(small, large)
    assert found.chi2 == pytest.approx(12.1915546448)
    assert found.df == 4
    assert found.p == pytest.approx(exp(-found.chi2 / 2) * (1 + found.chi2 / 2))
    assert found.small.aic == pytest.approx(5341.8017819094)
    assert found.small.bic == pytest.approx(5371.2483135833)
    assert found.large.sabic == pytest.approx(2 * 2658.8051136323 + 10 * log(1002 / 24))
    assert criteria(small) == found.small


def test_only_larger_models_of_the_same_data_compare() -> None:
    small, large = fitted(-10.0, 3), fitted(-10.0 - 1e-9, 4)
    assert compare(small, large).chi2 == 0.0
    for other in (small, replace(large, n=999.0)):
        with pytest.raises(MeasurementError, match="models_not_nested"):
            compare(small, other)
    assert np.isfinite(compare(small, large).p)

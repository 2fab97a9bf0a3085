"""Models compared by their likelihood."""

from dataclasses import dataclass
from math import log

from scipy.special import chdtrc

from scoring.calibrated import Calibration
from scoring.errors import MeasurementError


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """Smaller is better. AIC: Akaike (1974), IEEE Trans. Autom. Control 19, 716–723; BIC: Schwarz (1978),
    Ann. Statist. 6, 461–464; SABIC, with (n + 2) / 24 for n: Sclove (1987), Psychometrika 52, 333–343."""

    loglik: float
    n_parameters: int
    aic: float
    bic: float
    sabic: float


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A model and a larger one that contains it. ``p``: of the likelihood ratio, ``chi2`` = 2 (ℓ_large −
    ℓ_small) on ``df``: Wilks (1938), Ann. Math. Statist. 9, 60–62."""

    small: Criteria
    large: Criteria
    chi2: float
    df: int
    p: float


def criteria(found: Calibration) -> Criteria:
    """The information criteria of a calibration; its likelihood is without priors."""
    lost, k = -2.0 * found.loglik, found.n_parameters
    return Criteria(
        loglik=found.loglik,
        n_parameters=k,
        aic=found.aic,
        bic=lost + k * log(found.n),
        sabic=lost + k * log((found.n + 2.0) / 24.0),
    )


def compare(small: Calibration, large: Calibration) -> Comparison:
    """Whether the larger model fits better than chance; that it contains the smaller is the caller's word.

    A ratio below 0 (priors, or the last digits of the likelihood) counts as 0. Raises MeasurementError with
    code ``models_not_nested`` when the larger has no more parameters, or they are of different data.
    """
    df = large.n_parameters - small.n_parameters
    if df <= 0 or small.n != large.n:
        raise MeasurementError("models_not_nested")
    chi2 = max(2.0 * (large.loglik - small.loglik), 0.0)
    p = float(chdtrc(df, chi2))
    return Comparison(small=criteria(small), large=criteria(large), chi2=chi2, df=df, p=p)

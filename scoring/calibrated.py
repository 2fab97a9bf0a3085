"""What a calibration gives."""

from dataclasses import dataclass
from typing import Literal

from scoring.arrays import FloatArray
from scoring.items import Item
from scoring.quadrature import Nodes

Remark = Literal["flat", "negative", "runaway", "extreme_difficulty", "guessing_undetermined", "few_answers"]
"""What may be wrong with an estimate: almost no slope, a negative one, one that grows without end (a Heywood
case), a difficulty far outside the nodes, a lower asymptote that the data do not determine, too few answers
for the model."""


@dataclass(frozen=True, kw_only=True)
class ItemRemark:
    """A remark on the item at ``place``, with the value that gave rise to it."""

    place: int
    remark: Remark
    value: float


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Whether and how surely the estimates are at the maximum.

    ``gradient_norm``: largest absolute entry of the gradient of the log posterior (log-likelihood plus log
    priors) by the free parameters, per unit of total weight. ``condition_number``: of the observed
    information matrix, None without standard errors; a maximum needs it positive definite, which
    ``at_maximum`` says (None where not computed).
    """

    converged: bool
    gradient_norm: float
    tolerance: float
    iterations: int
    condition_number: float | None
    at_maximum: bool | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """A group's distribution of θ: ``weights`` of shape (n_nodes,) sum to 1; standard errors None where fixed
    or not computed."""

    name: str
    n: int
    mean: float
    sd: float
    weights: FloatArray
    mean_se: float | None
    sd_se: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemErrors:
    """Standard errors of an item's parameters as it holds them, None where fixed or not computed;
    ``intercepts`` of shape (categories − 1,). ``lower_logit`` and ``upper_logit`` are on the logit scale."""

    slope: float | None
    intercepts: FloatArray | None
    lower: float | None
    upper: float | None
    lower_logit: float | None
    upper_logit: float | None
    category_slopes: FloatArray | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """Estimated items and groups. ``loglik`` is without the priors. ``n`` is the total weight.

    ``labels`` name the free parameters as ("item:slope", …) in the order of ``covariance``, of shape
    (n_parameters, n_parameters), None where standard errors were not asked for.
    """

    items: tuple[Item, ...]
    errors: tuple[ItemErrors, ...]
    groups: tuple[Group, ...]
    nodes: Nodes
    n: float
    loglik: float
    log_prior: float
    n_parameters: int
    labels: tuple[str, ...]
    covariance: FloatArray | None
    certificate: Certificate
    remarks: tuple[ItemRemark, ...]

    @property
    def aic(self) -> float:
        """Akaike (1974), IEEE Trans. Autom. Control 19, 716–723."""
        return 2.0 * self.n_parameters - 2.0 * self.loglik

"""What a calibration is told beside the responses and the models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scoring.items import Item
from scoring.quadrature import Nodes, make_nodes


@dataclass(frozen=True, kw_only=True)
class NormalPrior:
    """A normal density with ``mean`` and ``sd`` > 0."""

    mean: float
    sd: float


@dataclass(frozen=True, kw_only=True)
class BetaPrior:
    """A beta density with both shapes > 1, of an asymptote as a probability."""

    alpha: float
    beta: float


@dataclass(frozen=True, kw_only=True)
class LogitNormalPrior:
    """A normal density, of an asymptote's logit."""

    mean: float
    sd: float


GuessingPrior = BetaPrior | LogitNormalPrior

Errors = Literal["none", "oakes", "cross_product"]
Latent = Literal["normal", "empirical"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Settings:
    """``tolerance``: of the gradient of the log posterior per unit of weight. ``errors``: how standard errors
    are found. ``slope_prior`` is of log a, ``difficulty_prior`` of every b, ``guessing_prior`` of the lower
    asymptote of 3pl and 4pl, ``upper_prior`` of the upper one of 4pl. ``anchors``: items that keep the given
    parameters, by their column, counted from 0; they fix the scale and free every group's mean and SD.
    ``strict``: not to have converged is an error.
    """

    nodes: Nodes = field(default_factory=make_nodes)
    tolerance: float = 1e-7
    max_iterations: int = 500
    errors: Errors = "none"
    guessing_prior: GuessingPrior | None = None
    upper_prior: GuessingPrior | None = None
    slope_prior: NormalPrior | None = None
    difficulty_prior: NormalPrior | None = None
    anchors: Mapping[int, Item] = field(default_factory=dict[int, Item])
    latent: Latent = "normal"
    strict: bool = False

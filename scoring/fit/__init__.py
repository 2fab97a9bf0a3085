"""Whether a model fits: items, pairs of items, the whole."""

from scoring.fit.comparison import Comparison, Criteria, compare, criteria
from scoring.fit.dependence import LocalDependence, ld_x2, q3
from scoring.fit.m2 import OverallFit, m2
from scoring.fit.mean_squares import MeanSquares, infit_outfit
from scoring.fit.s_x2 import ItemFit, s_x2

__all__ = [
    "Comparison",
    "Criteria",
    "ItemFit",
    "LocalDependence",
    "MeanSquares",
    "OverallFit",
    "compare",
    "criteria",
    "infit_outfit",
    "ld_x2",
    "m2",
    "q3",
    "s_x2",
]

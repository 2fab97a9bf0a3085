"""Differential item functioning: items that equally able persons of two groups answer differently."""

from scoring.dif.categories import Category, flagged
from scoring.dif.contrasts import Contrast, Contrasts, contrasts
from scoring.dif.item_response import ItemResponseDif, likelihood_ratio, lord, wald
from scoring.dif.logistic import Kind, Logistic, logistic
from scoring.dif.mantel_haenszel import BreslowDay, MantelHaenszel, breslow_day, mantel_haenszel
from scoring.dif.matching import MIN_PERSONS, check_items
from scoring.dif.purification import Purified, purified
from scoring.dif.sibtest import Sibtest, sibtest
from scoring.dif.standardisation import Standardisation, standardisation

__all__ = [
    "MIN_PERSONS",
    "BreslowDay",
    "Category",
    "Contrast",
    "Contrasts",
    "ItemResponseDif",
    "Kind",
    "Logistic",
    "MantelHaenszel",
    "Purified",
    "Sibtest",
    "Standardisation",
    "breslow_day",
    "check_items",
    "contrasts",
    "flagged",
    "likelihood_ratio",
    "logistic",
    "lord",
    "mantel_haenszel",
    "purified",
    "sibtest",
    "standardisation",
    "wald",
]

"""Ability: θ of every person and its standard error, from items whose parameters are known."""

from scoring.ability.estimate import Ability
from scoring.ability.maximum import map_, ml, wle
from scoring.ability.posterior import eap
from scoring.ability.sum_scores import SumScores, eap_of_sums, eap_sum, score_probabilities

__all__ = [
    "Ability",
    "SumScores",
    "eap",
    "eap_of_sums",
    "eap_sum",
    "map_",
    "ml",
    "score_probabilities",
    "wle",
]

"""Building blocks of adaptive tests: tables of a bank, rules, selection, exposure, a simulator."""

from scoring.adaptive.bank import Bank, make_bank
from scoring.adaptive.exposure import Control, sympson_hetter
from scoring.adaptive.selection import Content, Exposure, Selection, select, within_content
from scoring.adaptive.simulation import Plan, Rule, Simulation, simulate

__all__ = [
    "Bank",
    "Content",
    "Control",
    "Exposure",
    "Plan",
    "Rule",
    "Selection",
    "Simulation",
    "make_bank",
    "select",
    "simulate",
    "sympson_hetter",
    "within_content",
]

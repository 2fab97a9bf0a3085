"""An adaptive test given to simulated students."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from scoring.adaptive.bank import Bank
from scoring.adaptive.rules import (
    expected_variance,
    kullback_leibler,
    maximum_information,
    nearest_difficulty,
    nearest_optimum,
    weighted_information,
)
from scoring.adaptive.selection import NONE, Content, Exposure, select, within_content
from scoring.arrays import CodeArray, FloatArray, IntArray
from scoring.items import trace
from scoring.responses import MISSING

Rule = Literal["mfi", "b_opt", "th_opt", "mlwi", "mpwi", "kl", "klp", "mepv"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """How the test goes: the rule, at most ``length`` items, fewer once the standard error is ``until_se`` or
    below (after ``least`` items); its content and exposure."""

    length: int
    rule: Rule = "mfi"
    least: int = 1
    until_se: float | None = None
    content: Content | None = None
    exposure: Exposure = field(default_factory=Exposure)


@dataclass(frozen=True, kw_only=True, eq=False)
class Simulation:
    """``theta`` and ``se`` (EAP) of shape (n_students,); ``items`` and ``codes`` of shape (n_students,
    length), −1 after a student's end; ``lengths`` (n_students,).

    ``bias`` and ``rmse`` against the true θ. ``exposure_rates``: the share of students who had each item,
    ``selection_rates``: for whom it was selected, given or not; shape (n_items,). ``overlap``: the mean share
    of a test that two students have in common; Chen, Ankenmann & Spray (2003), J. Educ. Measurement 40,
    129–145.
    """

    theta: FloatArray
    se: FloatArray
    items: IntArray
    codes: CodeArray
    lengths: IntArray
    bias: float
    rmse: float
    exposure_rates: FloatArray
    selection_rates: FloatArray
    overlap: float


def simulate(
    bank: Bank, theta: FloatArray, plan: Plan, weights: FloatArray, *, rng: np.random.Generator
) -> Simulation:
    """Give students of true ``theta``, shape (n_students,), the test; ``weights``: the prior at the bank's
    nodes, shape (n_nodes,), for their estimates.

    Raises ValueError when the bank has fewer items than the test.
    """
    if bank.size < plan.length:
        raise ValueError("the bank has fewer items than the test")
    test = _Test(bank, plan, weights, len(theta), rng)
    answers = _answers(bank, theta, rng)
    for step in range(plan.length):
        rows = test.going()
        if not len(rows):
            break
        test.give(step, rows, answers)
    return test.result(theta)


class _Test:
    """The standing of all students while the test runs."""

    def __init__(self, bank: Bank, plan: Plan, weights: FloatArray, n: int, rng: np.random.Generator) -> None:
        with np.errstate(divide="ignore"):
            self._log_prior = np.log(weights)
        self._bank, self._plan, self._rng = bank, plan, rng
        self._log_likelihood = np.zeros((n, bank.nodes.count))
        self._given, self._selected = np.zeros((2, n, bank.size), dtype=np.bool_)
        self._items = np.full((n, plan.length), NONE, dtype=np.int64)
        self._codes = np.full((n, plan.length), MISSING, dtype=np.int8)
        self._theta, self._se = np.empty((2, n))
        self._estimate(np.arange(n))

    def going(self) -> IntArray:
        """The students whose test goes on."""
        had = self._given.sum(axis=1)
        more = (had < self._plan.length) & (had < self._bank.size)
        if self._plan.until_se is not None:
            more &= (had < self._plan.least) | (self._se > self._plan.until_se)
        return np.flatnonzero(more)

    def give(self, step: int, rows: IntArray, answers: CodeArray) -> None:
        """One item more to each of ``rows``."""
        given = self._given[rows]
        # Passed over once, an item is not selected for the same student again, while others are left.
        fresh = ~given & ~self._selected[rows]
        available = np.where(fresh.any(axis=1, keepdims=True), fresh, ~given)
        if self._plan.content is not None:
            available = within_content(available, given, self._plan.content)
        found = select(self._merit(rows), available, self._plan.exposure, self._rng)
        codes = answers[rows, found.items]
        self._given[rows, found.items] = True
        self._selected[rows] |= found.passed_over
        self._selected[rows, found.items] = True
        self._items[rows, step], self._codes[rows, step] = found.items, codes
        self._log_likelihood[rows] += self._bank.log_likelihood(found.items, codes)
        self._estimate(rows)

    def result(self, theta: FloatArray) -> Simulation:
        """What came of it, against the true θ."""
        n, lengths = len(theta), self._given.sum(axis=1)
        counts = self._given.sum(axis=0)
        pairs = max(1, n * (n - 1))
        error = self._theta - theta
        return Simulation(
            theta=self._theta,
            se=self._se,
            items=self._items,
            codes=self._codes,
            lengths=lengths,
            bias=float(error.mean()),
            rmse=float(np.sqrt(np.mean(error**2))),
            exposure_rates=counts / n,
            selection_rates=self._selected.mean(axis=0),
            overlap=float(np.sum(counts * (counts - 1)) / pairs / lengths.mean()),
        )

    def _merit(self, rows: IntArray) -> FloatArray:
        bank, theta = self._bank, self._theta[rows]
        match self._plan.rule:
            case "mfi":
                return maximum_information(bank, theta)
            case "b_opt":
                return nearest_difficulty(bank, theta)
            case "th_opt":
                return nearest_optimum(bank, theta)
            case "mlwi":
                return weighted_information(bank, self._density(rows, prior=False))
            case "mpwi":
                return weighted_information(bank, self._density(rows, prior=True))
            case "kl":
                return kullback_leibler(bank, theta, self._density(rows, prior=False))
            case "klp":
                return kullback_leibler(bank, theta, self._density(rows, prior=True))
            case "mepv":
                return expected_variance(bank, theta, self._density(rows, prior=True))

    def _density(self, rows: IntArray, *, prior: bool) -> FloatArray:
        density = self._log_likelihood[rows] + (self._log_prior if prior else 0.0)
        return np.exp(density - density.max(axis=1, keepdims=True))

    def _estimate(self, rows: IntArray) -> None:
        density = self._density(rows, prior=True)
        density /= density.sum(axis=1, keepdims=True)
        nodes = self._bank.nodes.theta
        mean = density @ nodes
        self._theta[rows] = mean
        self._se[rows] = np.sqrt(np.maximum(density @ nodes**2 - mean**2, 0.0))


def _answers(bank: Bank, theta: FloatArray, rng: np.random.Generator) -> CodeArray:
    """What every student would answer to every item, shape (n_students, n_items)."""
    codes = np.empty((len(theta), bank.size), dtype=np.int8)
    for place, item in enumerate(bank.items):
        reached = np.cumsum(trace(item, theta), axis=1)[:, :-1]
        codes[:, place] = np.sum(rng.random((len(theta), 1)) > reached, axis=1)
    return codes

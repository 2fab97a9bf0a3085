"""What to look at twice in a calibration: items whose estimates are odd or hardly determined."""

from collections.abc import Generator

import numpy as np

from scoring.arrays import FloatArray
from scoring.calibrated import ItemRemark
from scoring.calibration.families import ASYMPTOTIC
from scoring.calibration.maximisation import information
from scoring.calibration.objective import Evaluation, Problem
from scoring.items import Item, Model

FLAT_SLOPE = 0.2
RUNAWAY_SLOPE = 6.0
UNDETERMINED_LOGIT_SE = 1.0
"""A lower asymptote of 0.2 is then anything between 0.08 and 0.4, even had every θ been known."""

LEAST_ANSWERS: dict[Model, int] = {
    "rasch": 50,
    "1pl": 50,
    "2pl": 200,
    "3pl": 500,
    "4pl": 1000,
    "grm": 250,
    "gpcm": 250,
    "pcm": 100,
    "nominal": 250,
}
"""Answers below which a model's estimates are little more than a guess; after Linacre (1994), Rasch
Measurement Transactions 7(4), 328; Drasgow (1989), APM 13, 77–90; Reise & Yu (1990), JEM 27, 133–144; de
Ayala (2022), The Theory and Practice of Item Response Theory."""


def remarks(problem: Problem, found: Evaluation, items: tuple[Item, ...]) -> tuple[ItemRemark, ...]:
    """By item; anchors, which are not estimated, have none."""
    answers = found.expected.present.sum(axis=1)
    guessing = _guessing_errors(problem, found)
    limit = float(np.abs(problem.theta).max())
    return tuple(
        remark
        for place, item in enumerate(items)
        if not problem.layout.anchored[place]
        for remark in _of_item(place, item, float(answers[place]), guessing.get(place, 0.0), limit)
    )


def _of_item(
    place: int, item: Item, answers: float, guessing_se: float, limit: float
) -> Generator[ItemRemark]:
    slope = _steepest(item)
    if abs(slope) < FLAT_SLOPE:
        yield ItemRemark(place=place, remark="flat", value=slope)
    elif slope < 0 and item.model != "nominal":
        yield ItemRemark(place=place, remark="negative", value=slope)
    if abs(slope) > RUNAWAY_SLOPE:
        yield ItemRemark(place=place, remark="runaway", value=slope)
    farthest = max((float(b) for b in item.difficulties), key=abs)
    if abs(slope) >= FLAT_SLOPE and abs(farthest) > limit:
        yield ItemRemark(place=place, remark="extreme_difficulty", value=farthest)
    if guessing_se > UNDETERMINED_LOGIT_SE:
        yield ItemRemark(place=place, remark="guessing_undetermined", value=item.lower)
    if answers < LEAST_ANSWERS[item.model]:
        yield ItemRemark(place=place, remark="few_answers", value=answers)


def _steepest(item: Item) -> float:
    """The slope, or of a nominal item the largest difference between two categories."""
    if item.category_slopes is None:
        return item.slope
    return float(np.ptp(np.append(item.category_slopes, 0.0)))


def _guessing_errors(problem: Problem, found: Evaluation) -> dict[int, float]:
    """The error of each free lower asymptote's logit that the answers alone would leave, had θ been seen."""
    errors: dict[int, float] = {}
    for batch in problem.layout.batches:
        if batch.family is ASYMPTOTIC:
            matrix = information(batch, batch.curves(found.free, problem.theta), found.expected)
            values = _remaining(matrix)
            errors |= {
                int(place): float(value)
                for place, value, at in zip(batch.places, values, batch.index[:, 2], strict=True)
                if at >= 0
            }
    return errors


def _remaining(matrix: FloatArray) -> FloatArray:
    """1 / √(information on the lower asymptote given slope and intercept), shape (n,)."""
    cross = matrix[:, :2, 2]
    # By the pseudo-inverse: of a slope that runs away slope and intercept are one.
    known = np.linalg.pinv(matrix[:, :2, :2], hermitian=True)
    lost = np.einsum("ni,nij,nj->n", cross, known, cross)
    left = np.maximum(matrix[:, 2, 2] - lost, 1e-12)
    return 1.0 / np.sqrt(left)

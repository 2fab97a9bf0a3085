"""Answers given too fast to have been thought about."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray, quotient

SHARE = 0.10
LONGEST_S = 10.0
LOW_EFFORT = 0.90
"""Below this response-time effort a score is not to be trusted: Wise & Kong (2005)."""

MIN_N = 25
"""Answers to an item that its mean time should rest on: the standard error of the mean of times whose
standard deviation equals their mean is then a fifth of it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RapidGuessing:
    """``thresholds`` of shape (n_items,): seconds under which an answer is rapid, NaN for an item nobody
    timed. ``rapid`` of shape (n, n_items). ``effort`` of shape (n,): the share of a person's timed answers
    that were not rapid, NaN without any. ``counts``: rapid answers of each item, ``right_rapid`` and
    ``right_other``: shares right among the rapid and the other answers, shape (n_items,); where rapid answers
    are right as often as others, they were no guesses. ``person_rapid``, ``person_right`` of shape (n,):
    rapid answers, and those that were right."""

    thresholds: FloatArray
    rapid: BoolArray
    effort: FloatArray
    counts: IntArray
    right_rapid: FloatArray
    right_other: FloatArray
    person_rapid: IntArray
    person_right: IntArray


def rapid_guessing(seconds: FloatArray, right: BoolArray) -> RapidGuessing:
    """Rapid answers by the normative threshold NT10: a tenth of the item's mean time, 10 seconds at most.

    Wise & Ma (2012), Setting response time thresholds for a CAT item pool; the effort is RTE = Σ SB_i / k of
    Wise & Kong (2005), Appl. Meas. Educ. 18, 163–183. ``seconds`` of shape (n, n_items): time on the item,
    NaN where it was not administered, not reached or not answered; ``right`` of the same shape. Raises
    ValueError when a time is negative.
    """
    timed = ~np.isnan(seconds)
    if (seconds[timed] < 0).any():
        raise ValueError("times cannot be negative")
    answers = timed.sum(axis=0)
    mean = quotient(np.nansum(seconds, axis=0), answers)
    thresholds = np.minimum(SHARE * mean, LONGEST_S)
    rapid = timed & (np.where(timed, seconds, np.inf) < thresholds)
    counts, gained = rapid.sum(axis=0), rapid & right
    other = timed & ~rapid
    return RapidGuessing(
        thresholds=thresholds,
        rapid=rapid,
        effort=quotient(other.sum(axis=1), timed.sum(axis=1)),
        counts=counts,
        right_rapid=quotient(gained.sum(axis=0), counts),
        right_other=quotient((other & right).sum(axis=0), other.sum(axis=0)),
        person_rapid=rapid.sum(axis=1),
        person_right=gained.sum(axis=1),
    )

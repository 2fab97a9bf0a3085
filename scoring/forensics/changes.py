"""Answers changed from wrong to right: more than others with the same changes, or in one room than in
others."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from scipy.special import betainc, expit, pdtrc

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.forensics.compound_binomial import upper_tail
from scoring.options import FIFTHS, fifths

MIN_EVENTS = 50
"""Changes of a wrong answer in the whole exam: with fewer the share that ends right, one half say, is not
known within ± 0.14."""

_ITERATIONS = 50
_STEP = 1e-9
_ALMOST_POISSON = 1.0 + 1e-6


class Change(IntEnum):
    """What became of an answer between the first one given and the last."""

    NOT_HAD = -1
    SAME = 0
    WRONG_TO_RIGHT = 1
    RIGHT_TO_WRONG = 2
    WRONG_TO_WRONG = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class PersonChanges:
    """Arrays of shape (n,). ``expected``: wrong answers expected to be changed into right ones, given which
    wrong answers the person changed; ``p``: the chance of as many or more, NaN for who changed none.
    ``usual``: how many the person's fifth of ability changes so on average; ``p_count``: the chance of as
    many or more."""

    wrong_right: IntArray
    right_wrong: IntArray
    wrong_wrong: IntArray
    expected: FloatArray
    p: FloatArray
    usual: FloatArray
    p_count: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class RoomChanges:
    """Arrays of shape (n_rooms,). ``wrong_right``: in the room; ``expected``: what its candidates' fifths of
    ability have on average in the whole exam; ``p``: the chance of as many or more. ``dispersion``: variance
    over mean of the candidates' counts, 1 for a Poisson."""

    n: IntArray
    wrong_right: IntArray
    expected: FloatArray
    p: FloatArray
    dispersion: float


def person_changes(changes: IntArray, ability: FloatArray) -> PersonChanges | None:
    """Each person's changes; None with fewer than ``MIN_EVENTS`` changes of a wrong answer in all.

    Given that a wrong answer to item i was changed, it became right with logit P = α_i + β θ, α_i normal
    about a common mean with variance 1: the simple form of van der Linden & Jeon (2012), J. Educ. Behav.
    Stat. 37, 180–199. The number of right ones is then compound binomial. ``changes`` of shape (n, n_items)
    as ``Change``; ``ability`` of shape (n,), on any scale.
    """
    events = (changes == Change.WRONG_TO_RIGHT) | (changes == Change.WRONG_TO_WRONG)
    if events.sum() < MIN_EVENTS:
        return None
    chance = np.where(events, _chances(changes, events, ability), 0.0)
    gained = np.sum(changes == Change.WRONG_TO_RIGHT, axis=1)
    usual = _usual(gained, ability)
    return PersonChanges(
        wrong_right=gained,
        right_wrong=np.sum(changes == Change.RIGHT_TO_WRONG, axis=1),
        wrong_wrong=np.sum(changes == Change.WRONG_TO_WRONG, axis=1),
        expected=chance.sum(axis=1),
        p=np.where(events.any(axis=1), upper_tail(chance.T, gained), np.nan),
        usual=usual,
        p_count=_count_tail(gained.astype(np.float64), usual, _dispersion(gained, usual)),
    )


def room_changes(changes: IntArray, ability: FloatArray, rooms: IntArray, n_rooms: int) -> RoomChanges:
    """Each room's changes from wrong to right against those of the whole exam.

    The count is negative binomial with the mean of its candidates' fifths and the exam's dispersion, so that
    people who change much are allowed for; the idea of Wollack, Cohen & Eckerly (2015), Educ. Psychol. Meas.
    75, 931–953. ``changes`` of shape (n, n_items); ``ability`` and ``rooms`` (places below ``n_rooms``) of
    shape (n,).
    """
    gained = np.sum(changes == Change.WRONG_TO_RIGHT, axis=1)
    mean = _usual(gained, ability)
    dispersion = _dispersion(gained, mean)
    count, expected = (_sum_by(rooms, values, n_rooms) for values in (gained, mean))
    return RoomChanges(
        n=np.bincount(rooms, minlength=n_rooms),
        wrong_right=np.rint(count).astype(np.int64),
        expected=expected,
        p=_count_tail(count, expected, dispersion),
        dispersion=dispersion,
    )


def _usual(gained: IntArray, ability: FloatArray) -> FloatArray:
    """The mean count of each person's fifth of ability, shape (n,)."""
    fifth = fifths(ability)
    sizes = np.maximum(np.bincount(fifth, minlength=FIFTHS), 1)
    return (_sum_by(fifth, gained, FIFTHS) / sizes)[fifth]


def _dispersion(counts: IntArray, mean: FloatArray) -> float:
    """Pearson's χ² per degree of freedom, 1 at least: McCullagh & Nelder (1989), ch. 6."""
    varied = mean > 0
    degrees = max(int(varied.sum()) - FIFTHS, 1)
    chi2 = float(((counts[varied] - mean[varied]) ** 2 / mean[varied]).sum())
    return max(1.0, chi2 / degrees)


def _count_tail(count: FloatArray, mean: FloatArray, dispersion: float) -> FloatArray:
    """P(X ≥ count) of a negative binomial X with this mean and ``dispersion`` times it as variance."""
    some = np.maximum(count, 1)
    if dispersion < _ALMOST_POISSON:
        return np.where(count > 0, pdtrc(some - 1, mean), 1.0)
    size = np.maximum(mean / (dispersion - 1), np.finfo(float).tiny)
    return np.where(count > 0, betainc(some, size, 1 - 1 / dispersion), 1.0)


def _chances(changes: IntArray, events: BoolArray, ability: FloatArray) -> FloatArray:
    """The chance of each change to end right, shape (n, n_items)."""
    persons, items = np.nonzero(events)
    spread = float(ability.std())
    z = (ability - ability.mean()) / spread if spread > 0 else np.zeros(len(ability))
    right = (changes[persons, items] == Change.WRONG_TO_RIGHT).astype(np.float64)
    terms = _logistic(right, z[persons], items, changes.shape[1])
    return expit(terms[0] + terms[1] * z[:, None] + terms[2:])


def _logistic(y: FloatArray, z: FloatArray, items: IntArray, n_items: int) -> FloatArray:
    """Common mean, slope, and each item's deviation, shape (2 + n_items,): the maximum of the posterior by
    Newton's method; a weak normal prior keeps the first two finite where all changes end alike."""
    terms = np.zeros(2 + n_items)
    prior = np.concatenate([[0.01, 0.01], np.ones(n_items)])
    for _ in range(_ITERATIONS):
        p = expit(terms[0] + terms[1] * z + terms[2:][items])
        gradient = _sums(y - p, z, items, n_items) - prior * terms
        step = np.linalg.solve(_information(p * (1 - p), z, items, n_items) + np.diag(prior), gradient)
        terms = terms + step
        if float(np.abs(step).max()) < _STEP:
            break
    return terms


def _sums(values: FloatArray, z: FloatArray, items: IntArray, n_items: int) -> FloatArray:
    """Sums of the values, of them times z, and by item."""
    return np.concatenate([[values.sum(), values @ z], _sum_by(items, values, n_items)])


def _information(w: FloatArray, z: FloatArray, items: IntArray, n_items: int) -> FloatArray:
    whole, sloped = _sums(w, z, items, n_items), _sums(w * z, z, items, n_items)
    found = np.diag(np.concatenate([[0.0, 0.0], whole[2:]]))
    found[0, :] = found[:, 0] = whole
    found[1, :] = found[:, 1] = sloped
    found[0, 1] = found[1, 0] = whole[1]
    return found


def _sum_by(places: IntArray, values: FloatArray | IntArray, n: int) -> FloatArray:
    """Sums of the values by place, shape (n,)."""
    return np.bincount(places, weights=values, minlength=n).astype(np.float64)

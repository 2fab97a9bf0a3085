"""Agreement of two answer sheets beyond what ability explains, for all pairs at once."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from scoring.arrays import FloatArray, IntArray
from scoring.errors import MeasurementError
from scoring.forensics.chances import NOT_ADMINISTERED, Chances, indicators
from scoring.forensics.compound_binomial import upper_tail

MAX_CANDIDATES = 3_000
"""Most candidates whose every pair is compared: 4.5 million pairs."""

MIN_N = 100
"""Fewer give no usable item parameters and groups: Zopluoglu (2013), APM 37, 93–95 (CopyDetect)."""

_BLOCK = 4_096
_CELLS = 4_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Omega:
    """Wollack's ω: arrays of shape (n, n), a row for each as the one who copies, a column as the source; the
    diagonal is NaN (``matches``: all items). ``p``: the chance of so large a ``z``."""

    matches: IntArray
    expected: FloatArray
    sd: FloatArray
    z: FloatArray
    p: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Binomial:
    """The generalized binomial test: arrays over all pairs, ``first`` < ``second`` their rows. ``common``:
    items both had; ``p``: the chance of so many matches or more."""

    first: IntArray
    second: IntArray
    common: IntArray
    matches: IntArray
    expected: FloatArray
    p: FloatArray


def omega(codes: IntArray, chances: Chances) -> Omega:
    """ω of every ordered pair: matches less those expected of the copier given the source's responses, by
    their standard deviation, against the normal distribution.

    ω = (m − Σ_i P_i) / √(Σ_i P_i (1 − P_i)), P_i the chance that the copier gives the source's response:
    Wollack (1997), APM 21, 307–320. ``codes`` of shape (n, n_items), −1 not administered, for which neither
    match nor chance counts. Raises MeasurementError with code ``too_many_candidates`` (``limit``).
    """
    _check_size(len(codes))
    given = indicators(codes, chances.first)
    own = _administered(codes, chances) * chances.p
    matches = np.rint(given @ given.T).astype(np.int64)
    expected = own @ given.T
    variance = np.maximum(expected - own**2 @ given.T, 0.0)
    np.fill_diagonal(expected, np.nan)
    sd = np.sqrt(variance)
    z = np.divide(matches - expected, sd, out=np.full(sd.shape, np.nan), where=sd > 0)
    return Omega(matches=matches, expected=expected, sd=sd, z=z, p=ndtr(-z))


def generalized_binomial(codes: IntArray, chances: Chances) -> Binomial:
    """The exact chance of so many matches or more between two who work alone, for every pair.

    A match on item i has the chance Σ_k P_ik(θ_1) P_ik(θ_2); the number of matches is compound binomial: van
    der Linden & Sotaridona (2006), J. Educ. Behav. Stat. 31, 283–304. ``codes`` of shape (n, n_items), −1 not
    administered. Raises MeasurementError with code ``too_many_candidates`` (``limit``).
    """
    _check_size(len(codes))
    first, second = np.triu_indices(len(codes), 1)
    given = indicators(codes, chances.first)
    had = (codes != NOT_ADMINISTERED).astype(np.float64)
    own = _administered(codes, chances) * chances.p
    expected, p = np.empty(len(first)), np.empty(len(first))
    matches = np.rint(given @ given.T).astype(np.int64)[first, second]
    # An item with typed answers has many responses: fewer pairs at once then.
    step = max(1, min(_BLOCK, _CELLS // own.shape[1]))
    for start in range(0, len(first), step):
        block = slice(start, start + step)
        match = np.add.reduceat(own[first[block]] * own[second[block]], chances.first[:-1], axis=1).T
        expected[block] = match.sum(axis=0)
        p[block] = upper_tail(match, matches[block])
    return Binomial(
        first=first,
        second=second,
        common=np.rint(had @ had.T).astype(np.int64)[first, second],
        matches=matches,
        expected=expected,
        p=p,
    )


def _administered(codes: IntArray, chances: Chances) -> FloatArray:
    """1 on the responses of items a person had, shape (n_persons, n_slots)."""
    return np.repeat((codes != NOT_ADMINISTERED).astype(np.float64), np.diff(chances.first), axis=1)


def _check_size(n: int) -> None:
    if n > MAX_CANDIDATES:
        raise MeasurementError("too_many_candidates", n=n, limit=MAX_CANDIDATES)

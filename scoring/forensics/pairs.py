"""The evidence on every pair of a room, and how many such pairs chance alone would give."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.forensics.chances import NOT_ADMINISTERED, Chances
from scoring.forensics.copying import generalized_binomial, omega
from scoring.forensics.identical_wrong import WrongGroups, k_indices
from scoring.forensics.seats import Seats, are_neighbours
from scoring.multiplicity import adjust


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Arrays over pairs, shape (n_pairs,). ``first`` and ``second``: the two persons' rows.

    ``common``: items both had; ``matches``: the same response; ``expected``: matches expected of two who work
    alone; ``p``: chance of so many or more (GBT). ``wrong_matches``: the same wrong response.
    ``omega_first``: Wollack's ω if the first copied from the second, ``omega_second`` the reverse, with their
    chances. ``k2_first``, ``s2_first`` …: the chances of K2 and S2 in the same two directions, NaN where
    items differ. ``neighbours``: sat side by side. ``q``: the false-discovery rate among pairs at least so
    surprising, in the family of neighbours or that of all others.
    """

    first: IntArray
    second: IntArray
    common: IntArray
    matches: IntArray
    expected: FloatArray
    p: FloatArray
    wrong_matches: IntArray
    omega_first: FloatArray
    omega_second: FloatArray
    omega_p_first: FloatArray
    omega_p_second: FloatArray
    k_first: FloatArray
    k_second: FloatArray
    k2_first: FloatArray
    k2_second: FloatArray
    s2_first: FloatArray
    s2_second: FloatArray
    neighbours: BoolArray
    q: FloatArray

    @property
    def n(self) -> int:
        """How many pairs."""
        return len(self.first)


@dataclass(frozen=True, kw_only=True, eq=False)
class Room:
    """Persons who could see each other. ``members`` of shape (n,): their rows among all; ``codes`` and
    ``right`` of shape (n, n_items); ``seats`` None where not known."""

    members: IntArray
    codes: IntArray
    right: BoolArray
    chances: Chances
    seats: Seats | None


def compare_room(room: Room, groups: WrongGroups | None, guess: float) -> Pairs:
    """Every pair of a room, ``q`` still NaN; ``groups`` None where people had different items.

    Raises MeasurementError with code ``too_many_candidates`` (``limit``).
    """
    binomial = generalized_binomial(room.codes, room.chances)
    copied = omega(room.codes, room.chances)
    forth, back = (binomial.first, binomial.second), (binomial.second, binomial.first)
    nothing = np.full(len(binomial.first), np.nan)
    k, k2, s2 = _k_indices(room, groups, guess)
    return Pairs(
        first=room.members[binomial.first],
        second=room.members[binomial.second],
        common=binomial.common,
        matches=binomial.matches,
        expected=binomial.expected,
        p=binomial.p,
        wrong_matches=_wrong_matches(room)[forth],
        omega_first=copied.z[forth],
        omega_second=copied.z[back],
        omega_p_first=copied.p[forth],
        omega_p_second=copied.p[back],
        k_first=k[forth],
        k_second=k[back],
        k2_first=k2[forth],
        k2_second=k2[back],
        s2_first=s2[forth],
        s2_second=s2[back],
        neighbours=np.zeros(len(nothing), dtype=np.bool_)
        if room.seats is None
        else are_neighbours(room.seats, *forth),
        q=nothing,
    )


def judge_pairs(rooms: Sequence[Pairs]) -> Pairs:
    """All rooms' pairs with the false-discovery rate of each: neighbours are a family of their own, for they
    are few and the likelier to have copied. Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57, 289–300."""
    joined = {name: np.concatenate([getattr(room, name) for room in rooms]) for name in _FIELDS}
    q = np.full(len(joined["p"]), np.nan)
    for family in (joined["neighbours"], ~joined["neighbours"]):
        if family.any():
            q[family] = adjust(joined["p"][family], method="bh")
    return Pairs(**{**joined, "q": q})


def strongest(pairs: Pairs, most: int) -> IntArray:
    """The places of the ``most`` most surprising pairs, by false-discovery rate, then chance, then rows."""
    return np.lexsort((pairs.second, pairs.first, pairs.p, pairs.q))[:most]


_SOURCES = 256
_FIELDS = tuple(field.name for field in fields(Pairs))


def _k_indices(room: Room, groups: WrongGroups | None, guess: float) -> tuple[FloatArray, ...]:
    """K, K2 and S2, each of shape (n, n), NaN without groups; some sources at a time, for there are many
    arrays on the way."""
    n = len(room.codes)
    k, k2, s2 = (np.full((n, n), np.nan) for _ in range(3))
    if groups is None:
        return k, k2, s2
    for start in range(0, n, _SOURCES):
        some = np.arange(start, min(start + _SOURCES, n))
        found = k_indices(room.codes, room.right, groups, guess, some)
        k[:, some], k2[:, some], s2[:, some] = found.k, found.k2, found.s2
    return k, k2, s2


def _wrong_matches(room: Room) -> IntArray:
    """The same wrong response, shape (n, n)."""
    found = np.zeros((len(room.codes), len(room.codes)), dtype=np.int64)
    wrong = np.where(room.right, NOT_ADMINISTERED, room.codes)
    for column in wrong.T:
        found += (column[:, None] == column) & (column != NOT_ADMINISTERED)
    return found

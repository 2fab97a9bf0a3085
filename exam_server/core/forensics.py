"""Looking into an exam's answers: who agrees with whom, who rushed, who changed what."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exam_server.core.evidence import (
    MAX_ROWS,
    RATE,
    ChangeEvidence,
    ChangeRow,
    Evidence,
    Limit,
    PairEvidence,
    PairRow,
    RapidEvidence,
    RapidItem,
    RapidRow,
    RoomRow,
)
from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.errors import MeasurementError
from scoring.forensics import changes, copying, rapid
from scoring.forensics.chances import option_chances, option_shares
from scoring.forensics.identical_wrong import WrongGroups, wrong_groups
from scoring.forensics.pairs import Pairs, Room, compare_room, judge_pairs, strongest
from scoring.forensics.seats import Seats, read_seats
from scoring.items import Item
from scoring.multiplicity import adjust
from scoring.options import fifths

_GUESS = 0.25
"""The chance to guess one of four options, which S2 asks for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheets:
    """What is looked into. ``persons``, ``rooms`` (places in ``room_names``) and ``seats`` are one per
    candidate. ``codes`` of shape (n, n_items): the response, −1 none to compare; ``categories`` of each
    item: the category of the model each response is in; ``right`` of shape (n, n_items). ``same_items``:
    whether all had all of them, so that −1 is an omitted answer, which is wrong. ``ability`` of shape
    (n,), on any scale. ``seconds`` on each item, NaN where not answered; ``changes`` of shape (n, n_prompts),
    as ``Change``; both None where not known."""

    persons: tuple[str, ...]
    rooms: IntArray
    room_names: tuple[str, ...]
    seats: tuple[str | None, ...]
    items: tuple[str, ...]
    codes: IntArray
    categories: tuple[IntArray, ...]
    right: BoolArray
    same_items: bool
    ability: FloatArray
    seconds: FloatArray | None
    changes: IntArray | None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Exam:
    """What every room's comparison takes from the whole exam."""

    models: Sequence[Item]
    shares: tuple[FloatArray, ...]
    fifth: IntArray
    seats: Seats
    groups: WrongGroups | None


def find_evidence(sheets: Sheets, models: Sequence[Item] | None) -> Evidence:
    """Everything worth looking into. ``models``: the items', on whose θ scale ``ability`` is; None where
    there are too few candidates for one.

    Raises MeasurementError with code ``too_many_candidates`` (``n``, ``limit``), or ``category_beyond_item``
    (``item``).
    """
    n = len(sheets.persons)
    pairs = None if models is None or n < copying.MIN_N else _pairs(sheets, models)
    rushed = _rapid(sheets) if n >= rapid.MIN_N else None
    changed = _changes(sheets)
    events = 0 if sheets.changes is None else int(_of_wrong(sheets.changes).sum())
    limits = [
        (pairs, True, Limit(code="forensics_pairs_need", n=n, least=copying.MIN_N)),
        (rushed, sheets.seconds is not None, Limit(code="forensics_times_need", n=n, least=rapid.MIN_N)),
        (
            changed,
            sheets.changes is not None,
            Limit(code="forensics_changes_need", n=events, least=changes.MIN_EVENTS),
        ),
    ]
    return Evidence(
        n=n,
        items=len(sheets.items),
        pairs=pairs,
        rapid=rushed,
        changes=changed,
        jumps=None,
        limits=tuple(limit for found, asked, limit in limits if asked and found is None),
    )


def _pairs(sheets: Sheets, models: Sequence[Item]) -> PairEvidence:
    """Every two of a room."""
    fifth = fifths(sheets.ability)
    first = np.cumsum([0, *(len(category) for category in sheets.categories)])
    exam = _Exam(
        models=models,
        shares=option_shares(list(sheets.codes.T), sheets.categories, fifth),
        fifth=fifth,
        seats=read_seats(sheets.seats),
        groups=wrong_groups(sheets.codes, sheets.right, first) if sheets.same_items else None,
    )
    rooms = [np.flatnonzero(sheets.rooms == room) for room in range(len(sheets.room_names))]
    most = max(map(len, rooms), default=0)
    if most > copying.MAX_CANDIDATES:
        raise MeasurementError("too_many_candidates", n=most, limit=copying.MAX_CANDIDATES)
    return _pair_evidence(sheets, judge_pairs([_compare(sheets, exam, members) for members in rooms]))


def _compare(sheets: Sheets, exam: _Exam, members: IntArray) -> Pairs:
    chances = option_chances(
        exam.models, sheets.ability[members], exam.fifth[members], exam.shares, sheets.categories
    )
    room = Room(
        members=members,
        codes=sheets.codes[members],
        right=sheets.right[members],
        chances=chances,
        seats=Seats(rows=exam.seats.rows[members], columns=exam.seats.columns[members]),
    )
    return compare_room(room, exam.groups, _GUESS)


def _pair_evidence(sheets: Sheets, pairs: Pairs) -> PairEvidence:
    return PairEvidence(
        pairs=pairs.n,
        neighbours=int(pairs.neighbours.sum()),
        rate=RATE,
        beyond=int((pairs.q <= RATE).sum()),
        rows=tuple(_pair_row(sheets, pairs, int(place)) for place in strongest(pairs, MAX_ROWS)),
    )


def _pair_row(sheets: Sheets, pairs: Pairs, place: int) -> PairRow:
    first, second = int(pairs.first[place]), int(pairs.second[place])
    return PairRow(
        room=sheets.room_names[sheets.rooms[first]],
        first=sheets.persons[first],
        second=sheets.persons[second],
        first_seat=sheets.seats[first],
        second_seat=sheets.seats[second],
        neighbours=bool(pairs.neighbours[place]),
        common=int(pairs.common[place]),
        matches=int(pairs.matches[place]),
        expected=float(pairs.expected[place]),
        wrong_matches=int(pairs.wrong_matches[place]),
        p=float(pairs.p[place]),
        q=float(pairs.q[place]),
        omega_first_from_second=_defined(pairs.omega_first[place]),
        omega_second_from_first=_defined(pairs.omega_second[place]),
        omega_p_first_from_second=_defined(pairs.omega_p_first[place]),
        omega_p_second_from_first=_defined(pairs.omega_p_second[place]),
        k_first_from_second=_defined(pairs.k_first[place]),
        k_second_from_first=_defined(pairs.k_second[place]),
        k2_first_from_second=_defined(pairs.k2_first[place]),
        k2_second_from_first=_defined(pairs.k2_second[place]),
        s2_first_from_second=_defined(pairs.s2_first[place]),
        s2_second_from_first=_defined(pairs.s2_second[place]),
    )


def _rapid(sheets: Sheets) -> RapidEvidence | None:
    if sheets.seconds is None:
        return None
    found = rapid.rapid_guessing(sheets.seconds, sheets.right)
    low = np.flatnonzero(found.effort < rapid.LOW_EFFORT)
    ranked = low[np.argsort(found.effort[low], kind="stable")]
    timed = np.sum(~np.isnan(sheets.seconds), axis=1)
    return RapidEvidence(
        limit=rapid.LOW_EFFORT,
        low=len(low),
        rows=tuple(
            RapidRow(
                room=sheets.room_names[sheets.rooms[row]],
                person=sheets.persons[row],
                timed=int(timed[row]),
                rapid=int(found.person_rapid[row]),
                rapid_right=int(found.person_right[row]),
                effort=float(found.effort[row]),
            )
            for row in ranked[:MAX_ROWS].tolist()
        ),
        items=tuple(
            RapidItem(
                item=name,
                threshold_s=_defined(found.thresholds[place]),
                rapid=int(found.counts[place]),
                right_rapid=_defined(found.right_rapid[place]),
                right_other=_defined(found.right_other[place]),
            )
            for place, name in enumerate(sheets.items)
        ),
    )


def _changes(sheets: Sheets) -> ChangeEvidence | None:
    if sheets.changes is None:
        return None
    people = changes.person_changes(sheets.changes, sheets.ability)
    if people is None:
        return None
    rooms = changes.room_changes(sheets.changes, sheets.ability, sheets.rooms, len(sheets.room_names))
    q, count_q, room_q = (adjust(p, method="bh") for p in (people.p, people.p_count, rooms.p))
    least = np.fmin(q, count_q)
    return ChangeEvidence(
        changes=int((sheets.changes > changes.Change.SAME).sum()),
        dispersion=rooms.dispersion,
        beyond=int((least <= RATE).sum()),
        rooms_beyond=int((room_q <= RATE).sum()),
        rate=RATE,
        rows=tuple(
            ChangeRow(
                room=sheets.room_names[sheets.rooms[row]],
                person=sheets.persons[row],
                wrong_right=int(people.wrong_right[row]),
                right_wrong=int(people.right_wrong[row]),
                wrong_wrong=int(people.wrong_wrong[row]),
                expected=float(people.expected[row]),
                p=_defined(people.p[row]),
                q=_defined(q[row]),
                usual=float(people.usual[row]),
                p_count=float(people.p_count[row]),
                q_count=float(count_q[row]),
            )
            for row in _smallest(least, people.p_count)
            if people.wrong_right[row]
        ),
        rooms=tuple(
            RoomRow(
                room=sheets.room_names[place],
                n=int(rooms.n[place]),
                wrong_right=int(rooms.wrong_right[place]),
                expected=float(rooms.expected[place]),
                p=float(rooms.p[place]),
                q=float(room_q[place]),
            )
            # A room alone is its own average.
            for place in (_smallest(rooms.p, -rooms.wrong_right) if len(rooms.p) > 1 else [])
        ),
    )


def _of_wrong(found: IntArray) -> BoolArray:
    """Where a wrong answer was changed."""
    return (found == changes.Change.WRONG_TO_RIGHT) | (found == changes.Change.WRONG_TO_WRONG)


def _smallest(p: FloatArray, then: FloatArray | IntArray) -> list[int]:
    """The places of the smallest chances, equal ones by ``then``."""
    return np.lexsort((then, p))[:MAX_ROWS].tolist()


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else float(value)

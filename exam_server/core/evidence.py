"""What in an exam's answers is worth looking into. Evidence, never a verdict: every number that led to a row
is in it, and how many such rows chance alone would give."""

import msgspec

RATE = 0.05
"""The false-discovery rate up to which a row counts as beyond chance."""

MAX_ROWS = 100
"""Most rows of a table."""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was not looked into: ``code`` says why, ``n`` there are where ``least`` are needed."""

    code: str
    n: int
    least: int


class PairRow(msgspec.Struct, frozen=True, kw_only=True):
    """Two sheets that agree. ``first`` and ``second`` are candidates. ``p``: chance of so many matches
    between two who work alone; ``q``: false-discovery rate of the pairs down to this one, in its family. The
    others, None where not defined, have a direction: ``first_from_second`` if the first copied. ``omega`` is
    Wollack's index, ``omega_p``, ``k``, ``k2`` and ``s2`` are chances."""

    room: str
    first: str
    second: str
    first_seat: str | None
    second_seat: str | None
    neighbours: bool
    common: int
    matches: int
    expected: float
    wrong_matches: int
    p: float
    q: float
    omega_first_from_second: float | None
    omega_second_from_first: float | None
    omega_p_first_from_second: float | None
    omega_p_second_from_first: float | None
    k_first_from_second: float | None
    k_second_from_first: float | None
    k2_first_from_second: float | None
    k2_second_from_first: float | None
    s2_first_from_second: float | None
    s2_second_from_first: float | None


class PairEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """``pairs`` compared, of which ``neighbours`` sat side by side; ``beyond``: how many have a
    false-discovery rate of ``rate`` or less. ``rows``: the most surprising."""

    pairs: int
    neighbours: int
    rate: float
    beyond: int
    rows: tuple[PairRow, ...]


class RapidRow(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate with many answers too fast to have been thought about. ``effort``: the share that was
    not."""

    room: str
    person: str
    timed: int
    rapid: int
    rapid_right: int
    effort: float


class RapidItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item's threshold, and how often rapid and other answers to it were right."""

    item: str
    threshold_s: float | None
    rapid: int
    right_rapid: float | None
    right_other: float | None


class RapidEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """``low``: how many candidates have an effort below ``limit``. ``rows``: the lowest of them."""

    limit: float
    low: int
    rows: tuple[RapidRow, ...]
    items: tuple[RapidItem, ...]


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate's changed answers. ``expected``: wrong to right, given which wrong answers were changed,
    with chance and false-discovery rate ``p`` and ``q`` of as many or more, None for who changed no wrong
    answer; ``usual``: wrong to right among equally able candidates, with ``p_count`` and ``q_count``."""

    room: str
    person: str
    wrong_right: int
    right_wrong: int
    wrong_wrong: int
    expected: float
    p: float | None
    q: float | None
    usual: float
    p_count: float
    q_count: float


class RoomRow(msgspec.Struct, frozen=True, kw_only=True):
    """A room's changes from wrong to right, and what its candidates would have on average."""

    room: str
    n: int
    wrong_right: int
    expected: float
    p: float
    q: float


class ChangeEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """``changes``: all changed answers; ``dispersion``: variance over mean of changes from wrong to right.
    ``beyond``: candidates with a false-discovery rate, of either kind, of ``rate`` or less; ``rooms_beyond``
    rooms. ``rows`` and ``rooms``: the most surprising."""

    changes: int
    dispersion: float
    beyond: int
    rooms_beyond: int
    rate: float
    rows: tuple[ChangeRow, ...]
    rooms: tuple[RoomRow, ...]


class JumpRow(msgspec.Struct, frozen=True, kw_only=True):
    """A centre's mean score on the 10-point scale against what the province's line expects of it.
    ``shrunken``: the difference as far as so few candidates let it be believed, with its standard error."""

    centre: str
    n_before: int
    n: int
    before: float
    after: float
    expected: float
    difference: float
    shrunken: float
    shrunken_se: float
    z: float
    p: float
    q: float


class JumpEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """``intercept`` and ``slope``: the line from before to after; ``spread``: standard deviation of true
    changes about it. ``left_out``: centres that were not there before, or now have fewer than two
    candidates."""

    centres: int
    left_out: int
    intercept: float
    slope: float
    spread: float
    rate: float
    beyond: int
    rows: tuple[JumpRow, ...]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Of ``n`` candidates and ``items`` items. A part is None where there was nothing to look into, or too
    little: ``limits`` say so."""

    n: int
    items: int
    pairs: PairEvidence | None
    rapid: RapidEvidence | None
    changes: ChangeEvidence | None
    jumps: JumpEvidence | None
    limits: tuple[Limit, ...]

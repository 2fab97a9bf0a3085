"""HTTP bodies of scoring runs, statistics, key corrections and sanctions. Scores and points are decimal text;
shares lie between 0 and 1; θ is the ability scale; what is not defined is None."""

from datetime import datetime
from typing import Literal

from exam_server.protocol.message import Body, Id
from exam_server.protocol.sitting import SittingState
from exam_server.protocol.staff import Bin, ItemUse, PartScore, Release, SanctionKind
from item_bank.kinds import Key

RunState = Literal["queued", "running", "done", "failed", "cancelled", "signed", "superseded"]
"""``done``: computed, waits for a second person; ``signed``: the exam's scores; ``superseded``: was signed,
until a later run was."""

ModelChoice = Literal["auto", "classical", "rasch", "2pl", "3pl"]
"""What is fitted: ``auto`` by the number of candidates; ``classical`` nothing."""

VoidRule = Literal["full_points", "leave_out"]
"""A void item: everybody has its points, or the paper is without it and still worth the whole scale."""


class NewRun(Body, frozen=True, kw_only=True):
    """POST /api/exams/{id}/runs. ``link_to``: a signed run of another exam that shares items, whose θ scale
    is taken over. Reply: ScoringRun."""

    model: ModelChoice = "auto"
    void_rule: VoidRule = "full_points"
    link_to: Id | None = None


class ScoringRun(Body, frozen=True, kw_only=True):
    """GET /api/runs/{id}, polled while ``queued`` or ``running``. ``stage`` is a catalogue key of section
    measurement, ``progress`` 0 to 1. ``error`` is a sentence. ``record_sha256`` is of the record: inputs'
    hashes, settings, library versions, results; the same inputs give the same. ``fitted_model``: what
    ``model`` came to, None where there is none; ``link_exam``: the exam of the run ``link_to``;
    ``link_made``: whether its scale was taken over. ``later_signed``: the number of the signed run where
    that is a later one, which an older run cannot replace. ``may_sign``: whether the caller may sign it
    now."""

    id: int
    exam_id: int
    exam: str
    number: int
    state: RunState
    stage: str
    progress: float
    model: ModelChoice
    void_rule: VoidRule
    link_to: int | None
    link_exam: str | None
    link_made: bool
    fitted_model: str | None
    key_changes: int
    sanctions: int
    n: int | None
    requested_by: str
    requested_at: datetime
    finished_at: datetime | None
    error: str | None
    record_sha256: str | None
    signed_by: str | None
    signed_at: datetime | None
    later_signed: int | None
    may_sign: bool


class Runs(Body, frozen=True, kw_only=True):
    """GET /api/exams/{id}/runs, newest first; a teacher sees the signed run alone. ``linkable``: signed runs
    of other exams that share items with this one. ``unfinished``: candidates who still sit or may; their
    scripts are not scored yet."""

    exam: str
    release: Release
    runs: tuple[ScoringRun, ...]
    linkable: tuple["LinkableRun", ...]
    unfinished: int


class LinkableRun(Body, frozen=True, kw_only=True):
    """A run whose scale may be taken over; ``shared`` items are in both."""

    id: int
    exam: str
    shared: int


class SignRun(Body, frozen=True, kw_only=True):
    """POST /api/runs/{id}/sign: by another member of the board than who started it. ``record_sha256``: what
    was read. Reply: ScoringRun. POST /api/runs/{id}/cancel has no body."""

    record_sha256: str


class Note(Body, frozen=True, kw_only=True):
    """Something to know before reading on: ``message`` is the sentence, ``code`` names it; ``attention`` when
    something should be done."""

    code: str
    attention: bool
    message: str


class ItemLine(Body, frozen=True, kw_only=True):
    """A row of the table of items. ``share`` full points with its 95 % bounds; ``difficulty`` mean share of
    the points; ``class_difficulty`` that of the caller's own classes. ``discrimination`` the corrected
    item–total correlation with bounds. ``a``, ``b``, ``c``: the model's; ``b`` the mean of the steps of a
    graded item. ``fit_p`` of S-X2. ``dif``: the worst ETS class over the groups compared. ``alpha_without``:
    reliability of the test without it. ``omitted``: share of empty answers."""

    item: int
    number: int
    part: str
    kind: str
    text: str
    points: str
    void: bool
    n: int
    difficulty: float | None
    class_difficulty: float | None
    share: float | None
    low: float | None
    high: float | None
    discrimination: float | None
    discrimination_low: float | None
    discrimination_high: float | None
    alpha_without: float | None
    omitted: float | None
    a: float | None
    b: float | None
    c: float | None
    fit_p: float | None
    rmsea: float | None
    infit: float | None
    outfit: float | None
    dif: Literal["A", "B", "C"] | None
    flags: tuple[Note, ...]


class Curve(Body, frozen=True, kw_only=True):
    """A function of θ at points that rise: ``x`` and ``y`` are equally long."""

    x: tuple[float, ...]
    y: tuple[float, ...]


class ModelFindings(Body, frozen=True, kw_only=True):
    """The model as a whole. ``information`` of the test; ``csem``: standard error of a score on the 10-point
    scale against that score; ``persons``: counts by θ in bins of 0.5 from −4 (the outer ones include what
    lies beyond). ``m2_rmsea`` and ``srmsr`` say how well the model fits."""

    model: str
    n: int
    converged: bool
    gradient_norm: float
    loglik: float
    marginal_reliability: float | None
    empirical_reliability: float | None
    m2: float | None
    m2_df: int | None
    m2_p: float | None
    m2_rmsea: float | None
    srmsr: float | None
    information: Curve
    csem: Curve
    persons: tuple[int, ...]
    dependent_pairs: tuple["ItemPair", ...]
    linked_to: str | None
    link_slope: float | None
    link_intercept: float | None
    link_slope_se: float | None
    link_intercept_se: float | None


class ItemPair(Body, frozen=True, kw_only=True):
    """Two items that hang together beyond ability: Yen's Q3."""

    first: int
    second: int
    q3: float


class TestAnalysis(Body, frozen=True, kw_only=True):
    """GET /api/runs/{id}/analysis. ``model`` None where too few candidates allow one; ``notes`` say so."""

    run: ScoringRun
    subject: str
    total_points: str
    n: int
    mean: str | None
    median: str | None
    sd: str | None
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    omega: float | None
    split_half: float | None
    sem: float | None
    distribution: tuple[Bin, ...]
    class_distribution: tuple[Bin, ...]
    model: ModelFindings | None
    items: tuple[ItemLine, ...]
    notes: tuple[Note, ...]


class Dot(Body, frozen=True, kw_only=True):
    """What candidates near a θ earned: mean share of the points with its 95 % bounds, from ``n`` of them."""

    x: float
    y: float
    low: float
    high: float
    n: int


class OptionLine(Body, frozen=True, kw_only=True):
    """One response: how many gave it, and its share in each fifth of the candidates from weakest to
    strongest. ``total_correlation`` of choosing it with the rest of the test."""

    label: str
    right: bool
    count: int
    fifths: tuple[float, ...]
    total_correlation: float | None


class GroupContrast(Body, frozen=True, kw_only=True):
    """DIF between two groups (Mantel–Haenszel): ``delta`` on the ETS scale, its class, p adjusted for all
    items."""

    reference: str
    focal: str
    n_reference: int
    n_focal: int
    delta: float | None
    delta_se: float | None
    category: Literal["A", "B", "C"] | None
    p: float | None


class ItemAnalysis(Body, frozen=True, kw_only=True):
    """GET /api/runs/{id}/items/{item}. ``curve``: mean share of the points by the model, ``curve_low`` and
    ``curve_high`` its 95 % band; all None without a model, when ``dots`` are by fifths of the score and ``x``
    is the mean score on the 10-point scale."""

    line: ItemLine
    previous: int | None
    next: int | None
    curve: Curve | None
    curve_low: Curve | None
    curve_high: Curve | None
    dots: tuple[Dot, ...]
    information: Curve | None
    options: tuple[OptionLine, ...]
    contrasts: tuple[GroupContrast, ...]
    history: tuple[ItemUse, ...]
    s_x2: float | None
    s_x2_df: int | None


class CandidateScore(Body, frozen=True, kw_only=True):
    """``score`` counts; ``raw_score`` is it before the sanction. ``low`` and ``high``: the score ± its
    standard error on the 10-point scale, None where neither a model nor the test as a whole says."""

    sitting: int
    number: str
    name: str
    class_name: str | None
    state: SittingState
    score: str | None
    raw_score: str | None
    parts: tuple[PartScore, ...]
    theta: float | None
    theta_se: float | None
    low: str | None
    high: str | None
    sanction: SanctionKind | None


class Scores(Body, frozen=True, kw_only=True):
    """GET /api/runs/{id}/scores?search=TEXT&page=N&sort=name|number|score|theta: by Vietnamese name unless
    said, scores and θ from the highest; ``page_size`` rows a page."""

    scores: tuple[CandidateScore, ...]
    total: int
    page_size: int


class KeyChange(Body, frozen=True, kw_only=True):
    """A correction of the key of an item in one exam. ``new_key`` None voids the item. The first person
    proposes, a second one makes it live; ``superseded`` by a later one of the same item."""

    id: int
    exam_id: int
    item: int
    number: int
    part: str
    text: str
    old_key: Key | None
    new_key: Key | None
    reason: str
    state: Literal["proposed", "live", "withdrawn", "rolled_back", "superseded"]
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    may_confirm: bool


class LiveKey(Body, frozen=True, kw_only=True):
    """The key that counts for an item in one exam instead of its own; None voids it."""

    item: int
    key: Key | None


class KeyChanges(Body, frozen=True, kw_only=True):
    """GET /api/exams/{id}/key-changes, newest first. ``live``: the corrections that count now, by item."""

    exam: str
    changes: tuple[KeyChange, ...]
    live: tuple[LiveKey, ...]


class NewKeyChange(Body, frozen=True, kw_only=True):
    """POST /api/exams/{id}/key-changes: ``key`` None voids the item. Reply: KeyChange. Then
    POST /api/key-changes/{id}/confirm (a second person), /withdraw, /rollback, each with KeyDecision."""

    item: Id
    key: Key | None
    reason: str


class KeyDecision(Body, frozen=True, kw_only=True):
    """Why it is done; recorded."""

    reason: str


class ScoreChange(Body, frozen=True, kw_only=True):
    """One candidate's score with the key as it is live, and with the shadow key."""

    sitting: int
    number: str
    name: str
    class_name: str | None
    before: str
    after: str
    difference: str


class DifferenceCount(Body, frozen=True, kw_only=True):
    """How many candidates' scores change by ``difference``: signed decimal text, never "0"."""

    difference: str
    count: int


class KeyPreview(Body, frozen=True, kw_only=True):
    """GET /api/key-changes/{id}/preview?page=N: what the change does. ``rows`` are those whose score changes,
    largest differences first, ``page_size`` a page; ``differences`` counts all of them, ascending."""

    change: KeyChange
    gains: int
    loses: int
    same: int
    mean_before: str | None
    mean_after: str | None
    differences: tuple[DifferenceCount, ...]
    rows: tuple[ScoreChange, ...]
    total: int
    page_size: int


class Sanction(Body, frozen=True, kw_only=True):
    """A sanction on a sitting: ``share`` of the raw score that is taken off."""

    id: int
    sitting: int
    number: str
    name: str
    kind: SanctionKind
    share: str
    reason: str
    recorded_by: str
    recorded_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None


class Sanctions(Body, frozen=True, kw_only=True):
    """GET /api/exams/{id}/sanctions. ``shares``: what each kind takes off, by the rules in force."""

    sanctions: tuple[Sanction, ...]
    shares: dict[SanctionKind, str]


class NewSanction(Body, frozen=True, kw_only=True):
    """POST /api/exams/{id}/sanctions: ``number`` is the candidate's. Reply: Sanction. POST
    /api/sanctions/{id}/revoke has KeyDecision."""

    number: str
    kind: SanctionKind
    reason: str

"""What the analysis of an exam found: free of language, and the same bytes for the same scripts.

Every number that is not exact is rounded to ``DIGITS`` significant digits, so that the last bits of a sum do
not make another record. None is what is not defined.
"""

from typing import Literal

import msgspec

from exam_server.core.parameter_file import ItemFigures

DIGITS = 6

Param = str | int | float
DifClass = Literal["A", "B", "C"]


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """Something to know: ``code`` names the sentence, ``params`` fill it; ``attention`` when something should
    be done."""

    code: str
    attention: bool = False
    params: dict[str, Param] = {}


class Points(msgspec.Struct, frozen=True, kw_only=True):
    """A function at points whose ``x`` rise."""

    x: tuple[float, ...]
    y: tuple[float, ...]


class BinCount(msgspec.Struct, frozen=True, kw_only=True):
    """Scores from ``low`` up to ``high``, which belongs to the last bin alone."""

    low: float
    high: float
    count: int


class DotFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Mean share of an item's points near ``x`` with its 95 % bounds, from ``n`` candidates."""

    x: float
    y: float
    low: float
    high: float
    n: float


class OptionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One response: how many gave it, its share in each fifth of the candidates from weakest to strongest,
    and the correlation of giving it with the rest of the test, with its 95 % bounds. "" is no answer."""

    label: str
    right: bool
    count: int
    fifths: tuple[float, ...]
    correlation: float | None
    low: float | None
    high: float | None


class ContrastFigures(msgspec.Struct, frozen=True, kw_only=True):
    """DIF of an item between two groups of ``split``: Mantel–Haenszel's Δ on the ETS scale, its class, and p
    adjusted for all items. ``favours``: the group for which the item is the easier."""

    split: str
    reference: str
    focal: str
    n_reference: int
    n_focal: int
    delta: float | None
    delta_se: float | None
    category: DifClass | None
    p: float | None
    favours: str | None


class ItemModelFigures(msgspec.Struct, frozen=True, kw_only=True):
    """An item in the model. ``category_of``: the model's category of each number of right prompts. ``b``: the
    mean of the steps of a graded item. The curves are mean shares of the points by θ, with a 95 % band of the
    parameters' errors."""

    parameters: ItemFigures
    category_of: tuple[int, ...]
    a_se: float | None
    b: float | None
    b_se: float | None
    curve: Points
    band_low: tuple[float, ...] | None
    band_high: tuple[float, ...] | None
    information: Points
    s_x2: float | None
    s_x2_df: int | None
    fit_p: float | None
    fit_p_adjusted: float | None
    rmsea: float | None
    infit: float | None
    outfit: float | None


class ItemFindings(msgspec.Struct, frozen=True, kw_only=True):
    """An item. ``difficulty`` is the mean share of its points, ``share`` that of candidates with all of them,
    with bounds; ``discrimination`` the correlation with the rest of the test, with bounds. ``dots`` are by θ
    where there is a model, else by the mean score of each fifth. ``category_counts``: candidates by right
    prompts."""

    item: int
    number: int
    part: str
    kind: str
    name: str
    points: str
    void: bool
    n: int
    difficulty: float | None = None
    difficulty_se: float | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    discrimination: float | None = None
    discrimination_low: float | None = None
    discrimination_high: float | None = None
    alpha_without: float | None = None
    omitted: float | None = None
    category_counts: tuple[int, ...] = ()
    options: tuple[OptionFigures, ...] = ()
    dots: tuple[DotFigures, ...] = ()
    model: ItemModelFigures | None = None
    dif: DifClass | None = None
    contrasts: tuple[ContrastFigures, ...] = ()
    flags: tuple[Remark, ...] = ()


class PairFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Two items, by their ids, and Yen's Q3; ``excess`` is it above the mean of all pairs."""

    first: int
    second: int
    q3: float
    excess: float


class LinkFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The scale taken over: θ* = slope · θ + intercept."""

    to: str
    shared: int
    slope: float
    intercept: float
    slope_se: float | None
    intercept_se: float | None


class NodeGrid(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes of θ on the scale before a link: ``count`` of them from −``limit`` to ``limit``, and the
    candidates' normal distribution."""

    count: int
    limit: float
    mean: float
    sd: float


class ModelFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The model as a whole. ``csem``: standard error of a score against that score, both on the scale of
    scores. ``persons``: counts by θ in bins of 0.5 from −4 to 4, the outer ones with what lies beyond."""

    model: str
    n: int
    converged: bool
    gradient_norm: float
    tolerance: float
    iterations: int
    loglik: float
    aic: float
    bic: float
    grid: NodeGrid
    marginal_reliability: float | None
    empirical_reliability: float | None
    m2: float | None
    m2_df: int | None
    m2_p: float | None
    m2_rmsea: float | None
    srmsr: float | None
    information: Points
    csem: Points
    persons: tuple[int, ...]
    dependent_pairs: tuple[PairFigures, ...]
    link: LinkFigures | None


class ClassFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One class: counts in the bins of the whole distribution, the sum of the scores, and for each item who
    had it and the sum of their shares of its points."""

    school: str
    name: str
    n: int
    counts: tuple[int, ...]
    score_sum: float
    item_n: tuple[int, ...]
    item_sum: tuple[float, ...]


class TestFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The scores as a whole, on the scale that ends at ``maximum``. Scores are decimal text."""

    maximum: str
    total_points: str
    mean: str | None
    median: str | None
    sd: str | None
    lowest: str | None
    highest: str | None
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    omega: float | None
    split_half: float | None
    sem: float | None
    distribution: tuple[BinCount, ...]


class ExamFindings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything. ``items`` in the order of the paper, void ones included, which have no figures."""

    n: int
    test: TestFigures
    model: ModelFigures | None
    items: tuple[ItemFindings, ...]
    classes: tuple[ClassFigures, ...]
    remarks: tuple[Remark, ...]


def rounded(value: float) -> float | None:
    """The number to ``DIGITS`` significant digits, None for what is not defined."""
    return float(f"{value:.{DIGITS}g}") + 0.0 if abs(value) < float("inf") else None


def rounded_all(values: "list[float] | tuple[float, ...]") -> tuple[float, ...]:
    """Each number to ``DIGITS`` significant digits; all of them are finite."""
    return tuple(float(f"{value:.{DIGITS}g}") + 0.0 for value in values)

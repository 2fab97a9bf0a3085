"""What can be said of a test without a model: for every number of candidates."""

from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from typing import TypedDict

import msgspec
import numpy as np

from exam_server.core.analysis.findings import (
    BinCount,
    ClassFigures,
    DotFigures,
    ItemFindings,
    OptionFigures,
    TestFigures,
    rounded,
    rounded_all,
)
from exam_server.core.analysis.options import option_figures
from exam_server.core.analysis.scored_test import Chosen, Scale, ScoredTest, TestItem
from scoring.arrays import FloatArray, IntArray
from scoring.classical import Z95, ItemStatistics, item_statistics, rest_share, totals_of
from scoring.options import FIFTHS, fifths
from scoring.reliability import MIN_N_OMEGA, Reliability, reliability

_CENT = Decimal("0.01")
_HALF_CENT = 0.005


def test_figures(test: ScoredTest, found: Reliability | None) -> TestFigures:
    """The scores as a whole."""
    scale, scores = test.scale, test.scores
    known = len(scores) > 0
    return TestFigures(
        maximum=plain(scale.maximum),
        total_points=plain(scale.total_points),
        mean=_score(scores.mean()) if known else None,
        median=_score(float(np.median(scores))) if known else None,
        sd=_score(scores.std(ddof=1)) if len(scores) > 1 else None,
        lowest=_score(scores.min()) if known else None,
        highest=_score(scores.max()) if known else None,
        **_reliability(found, scale),
        distribution=tuple(
            BinCount(low=low, high=high, count=int(count))
            for low, high, count in zip(scale.edges, scale.edges[1:], bin_counts(scores, scale), strict=False)
        ),
    )


def reliability_of(test: ScoredTest) -> Reliability | None:
    """Every coefficient of the test; None without two candidates and two items."""
    return reliability(test.points) if test.n > 1 and len(test.items) > 1 else None


def bin_counts(scores: FloatArray, scale: Scale) -> IntArray:
    """Scores in each bin of the scale, shape (n_bins,); the upper end belongs to the last."""
    edges = np.array(scale.edges)
    # A score that equals a low end is in that bin, whatever binary arithmetic makes of it.
    places = np.searchsorted(edges, scores + _HALF_CENT, side="right") - 1
    return np.bincount(np.clip(places, 0, len(edges) - 2), minlength=len(edges) - 1)


def item_findings(test: ScoredTest, found: Reliability | None) -> tuple[ItemFindings, ...]:
    """Classical findings of every item that is not void; there is at least one candidate and one item."""
    statistics = item_statistics(test.points, test.max_points)
    totals = totals_of(test.points, test.max_points)
    without = np.full(len(test.items), np.nan) if found is None else found.alpha_without
    place_of_fifth = fifths(test.scores)
    items: list[ItemFindings] = []
    for place, item in enumerate(test.items):
        rest = rest_share(totals, test.points[:, place], item.points)
        base = _item(test, statistics, place)
        items.append(
            msgspec.structs.replace(
                base,
                alpha_without=rounded(without[place]),
                dots=fifth_dots(test, place, place_of_fifth),
                **_answers(test.chosen[place], rest, base.n),
            )
        )
    return tuple(items)


def empty_item(item: TestItem, *, void: bool) -> ItemFindings:
    """An item of which nothing is known."""
    return ItemFindings(
        item=item.item,
        number=item.number,
        part=item.part,
        kind=item.kind,
        name=item.name,
        points=plain(item.points),
        void=void,
        n=0,
    )


def class_figures(test: ScoredTest) -> tuple[ClassFigures, ...]:
    """Each class by itself, in the order of their names' places."""
    order = np.argsort(test.classes, kind="stable")
    starts = np.searchsorted(test.classes[order], np.arange(len(test.class_names) + 1))
    return tuple(
        _class(test, place, order[starts[place] : starts[place + 1]])
        for place in range(len(test.class_names))
    )


def dot(x: float, counts: FloatArray | IntArray, shares: FloatArray) -> DotFigures:
    """The mean share of the points of counts by category, with Wilson's bounds for as many right and wrong
    answers as would have the same variance."""
    n = float(counts.sum())
    mean = min(1.0, float(counts @ shares) / n)
    variance = float(counts @ (shares - mean) ** 2) / n
    low, high = _wilson(mean, n * mean * (1 - mean) / variance if variance > 0 else n)
    figures = {"x": x, "y": mean, "low": low, "high": high, "n": n}
    return DotFigures(**{name: float(f"{value:.4g}") for name, value in figures.items()})


def fifth_dots(test: ScoredTest, place: int, place_of_fifth: IntArray) -> tuple[DotFigures, ...]:
    """Mean share of an item's points in each fifth of the candidates who had it, at the fifth's mean
    score."""
    had = test.right[:, place] >= 0
    shares, right, fifth = test.items[place].shares, test.right[had, place], place_of_fifth[had]
    table = np.bincount(fifth * len(shares) + right, minlength=FIFTHS * len(shares)).reshape(FIFTHS, -1)
    sums = np.bincount(fifth, weights=test.scores[had], minlength=FIFTHS)
    return tuple(
        dot(float(total / counts.sum()), counts, shares)
        for total, counts in zip(sums, table, strict=True)
        if counts.sum()
    )


def plain(value: float) -> str:
    """Points without needless zeros."""
    return f"{Decimal(f'{value:.6f}').normalize():f}"


def _item(test: ScoredTest, statistics: ItemStatistics, place: int) -> ItemFindings:
    item, column = test.items[place], test.right[:, place]
    return msgspec.structs.replace(
        empty_item(item, void=False),
        n=int(statistics.n[place]),
        difficulty=rounded(statistics.difficulty[place]),
        difficulty_se=rounded(statistics.difficulty_se[place]),
        share=rounded(statistics.full[place]),
        low=rounded(statistics.full_low[place]),
        high=rounded(statistics.full_high[place]),
        discrimination=rounded(statistics.discrimination[place]),
        discrimination_low=rounded(statistics.discrimination_low[place]),
        discrimination_high=rounded(statistics.discrimination_high[place]),
        category_counts=tuple(np.bincount(column[column >= 0], minlength=len(item.ladder)).tolist()),
    )


class _Answers(TypedDict):
    omitted: float | None
    options: tuple[OptionFigures, ...]


def _answers(chosen: Chosen | None, rest: FloatArray, n: int) -> _Answers:
    """What was chosen, where the responses themselves are known."""
    if chosen is None or n == 0:
        return {"omitted": None, "options": ()}
    given = chosen.codes[chosen.codes >= 0]
    return {
        "omitted": rounded(float(chosen.empty[given].sum()) / n),
        "options": option_figures(chosen, rest),
    }


class _Coefficients(TypedDict):
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    omega: float | None
    split_half: float | None
    sem: float | None


def _reliability(found: Reliability | None, scale: Scale) -> _Coefficients:
    """On the scale of scores. Omega is left out where its factor is not to be trusted."""
    alpha = None if found is None else found.alpha
    halves = None if found is None else found.halves
    firm = found is not None and found.n >= MIN_N_OMEGA and not found.heywood
    return {
        "alpha": None if alpha is None else rounded(alpha.value),
        "alpha_low": None if alpha is None else rounded(alpha.low),
        "alpha_high": None if alpha is None else rounded(alpha.high),
        "omega": _known(found.omega) if found is not None and firm else None,
        "split_half": None if halves is None else _known(halves.spearman_brown),
        "sem": None if found is None or found.sem is None else rounded(found.sem * scale.factor),
    }


def _class(test: ScoredTest, place: int, rows: IntArray) -> ClassFigures:
    school, name = test.class_names[place]
    shares = test.points[rows] / test.max_points
    return ClassFigures(
        school=school,
        name=name,
        n=len(rows),
        counts=tuple(bin_counts(test.scores[rows], test.scale).tolist()),
        score_sum=round(float(test.scores[rows].sum()), 2),
        item_n=tuple(np.sum(~np.isnan(shares), axis=0).tolist()),
        item_sum=rounded_all(np.nansum(shares, axis=0).tolist()),
    )


def _wilson(share: float, n: float) -> tuple[float, float]:
    """95 % bounds of a proportion; Wilson (1927), JASA 22, 209–212."""
    z2 = Z95**2
    centre, half = share + z2 / (2 * n), Z95 * sqrt(share * (1 - share) / n + z2 / (4 * n**2))
    return max(0.0, (centre - half) / (1 + z2 / n)), min(1.0, (centre + half) / (1 + z2 / n))


def _score(value: float) -> str:
    # A mean of hundredths has a binary tail: rounded away first, so that halves go up.
    return str(Decimal(f"{value:.8f}").quantize(_CENT, ROUND_HALF_UP))


def _known(value: float | None) -> float | None:
    return None if value is None else rounded(value)

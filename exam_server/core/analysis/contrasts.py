"""Whether an item is harder for one group than for another of the same ability."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from exam_server.core.analysis.findings import ContrastFigures, DifClass, ItemFindings, rounded
from exam_server.core.analysis.scored_test import ScoredTest, Split
from scoring.arrays import BoolArray, CodeArray, IntArray
from scoring.dif.categories import flagged
from scoring.dif.mantel_haenszel import MantelHaenszel, mantel_haenszel
from scoring.dif.purification import purified
from scoring.multiplicity import adjust
from scoring.responses import make_responses

FEWEST_FOCAL = 100
FEWEST_TOTAL = 400
"""Candidates in the smaller group and in both: below these Mantel–Haenszel misses large DIF more often than
not; Zwick (2012), ETS RR-12-08."""

MOST_GROUPS = 20
_GRAVEST: tuple[DifClass, ...] = ("C", "B", "A")
FEWEST_ITEMS = 5
"""Fewer items make no score to match candidates by."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pair:
    """Two groups of a split: candidates of either, ``focal`` those of the second."""

    split: str
    reference: str
    focal_name: str
    rows: IntArray
    focal: BoolArray


def with_contrasts(test: ScoredTest, items: Sequence[ItemFindings]) -> tuple[ItemFindings, ...]:
    """The items with what was found between groups that are large enough."""
    found: dict[int, list[ContrastFigures]] = defaultdict(list)
    for pair in (pair for split in test.splits for pair in _pairs(split)):
        for place, figures in _compared(test, pair):
            found[place].append(figures)
    return tuple(
        msgspec.structs.replace(item, contrasts=tuple(found[place]), dif=_worst(found[place]))
        for place, item in enumerate(items)
    )


def _pairs(split: Split) -> Iterator[_Pair]:
    """The largest group against every other."""
    sizes = np.bincount(split.places[split.places >= 0], minlength=len(split.names))
    if len(sizes) < 2 or len(sizes) > MOST_GROUPS:
        return
    reference = int(sizes.argmax())
    for focal in range(len(sizes)):
        smaller, both = min(sizes[focal], sizes[reference]), sizes[focal] + sizes[reference]
        if focal != reference and smaller >= FEWEST_FOCAL and both >= FEWEST_TOTAL:
            rows = np.flatnonzero((split.places == focal) | (split.places == reference))
            yield _Pair(
                split=split.name,
                reference=split.names[reference],
                focal_name=split.names[focal],
                rows=rows,
                focal=split.places[rows] == focal,
            )


def _compared(test: ScoredTest, pair: _Pair) -> Iterator[tuple[int, ContrastFigures]]:
    """Each item that varies, matched on the items that show no DIF."""
    codes = test.right[pair.rows]
    varies = [place for place in range(codes.shape[1]) if _varies(codes[:, place], pair.focal)]
    if len(varies) < FEWEST_ITEMS:
        return
    responses = make_responses(
        np.ascontiguousarray(codes[:, varies]),
        categories=np.array([len(test.items[place].ladder) for place in varies], dtype=np.int64),
    )

    def analysis(anchor: BoolArray) -> MantelHaenszel:
        return mantel_haenszel(responses, pair.focal, anchor)

    result = purified(analysis, lambda found: flagged(found.category), len(varies)).result
    adjusted = adjust(result.p, "bh")
    for column, place in enumerate(varies):
        had = codes[:, place] >= 0
        gain = result.delta[column] if np.isfinite(result.delta[column]) else result.mean_difference[column]
        yield (
            place,
            ContrastFigures(
                split=pair.split,
                reference=pair.reference,
                focal=pair.focal_name,
                n_reference=int(np.sum(had & ~pair.focal)),
                n_focal=int(np.sum(had & pair.focal)),
                delta=rounded(result.delta[column]),
                delta_se=rounded(result.delta_se[column]),
                category=result.category[column],
                p=rounded(adjusted[column]),
                favours=None if np.isnan(gain) else pair.focal_name if gain > 0 else pair.reference,
            ),
        )


def _varies(column: CodeArray, focal: BoolArray) -> bool:
    """Whether both groups had the item and not everybody gave the same."""
    had = column >= 0
    return bool((had & focal).any() and (had & ~focal).any() and np.ptp(column[had]) > 0)


def _worst(contrasts: Sequence[ContrastFigures]) -> DifClass | None:
    found = {each.category for each in contrasts}
    return next((category for category in _GRAVEST if category in found), None)

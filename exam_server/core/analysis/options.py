"""What candidates chose, and how able those were who chose it."""

import numpy as np

from exam_server.core.analysis.findings import OptionFigures, rounded, rounded_all
from exam_server.core.analysis.scored_test import Chosen, Labels
from scoring.arrays import FloatArray, IntArray
from scoring.options import OptionTable, option_table


def option_figures(chosen: Chosen, rest: FloatArray) -> tuple[OptionFigures, ...]:
    """Each label of an item in its order, then "" where someone left it empty. ``rest`` of shape
    (n_candidates,): what they earned in the rest of the test."""
    listed = [figures for labels in chosen.sets for figures in _set_figures(chosen, labels, rest)]
    omitted = Labels(labels=("",), right=(False,), place_of=chosen.empty.astype(np.int64))
    return (*listed, *(figures for figures in _set_figures(chosen, omitted, rest) if figures.count))


def _set_figures(chosen: Chosen, labels: Labels, rest: FloatArray) -> list[OptionFigures]:
    codes = np.where(chosen.codes >= 0, labels.place_of[chosen.codes], -1)
    table = option_table(codes, rest, len(labels.labels) + 1)
    counts = np.bincount(codes[codes >= 0], minlength=len(labels.labels) + 1)
    return [_option(labels, table, counts, place) for place in range(1, len(labels.labels) + 1)]


def _option(labels: Labels, table: OptionTable, counts: IntArray, place: int) -> OptionFigures:
    shares = table.shares[place]
    return OptionFigures(
        label=labels.labels[place - 1],
        right=labels.right[place - 1],
        count=int(counts[place]),
        # A short test may leave a fifth empty: then there is nothing to compare.
        fifths=() if np.isnan(shares).any() else rounded_all(shares.tolist()),
        correlation=rounded(table.correlation.r[place]),
        low=rounded(table.correlation.low[place]),
        high=rounded(table.correlation.high[place]),
    )

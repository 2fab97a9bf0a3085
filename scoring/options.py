"""Who chose what: each response of an item against the rest of the test, by fifths of ability."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray, IntArray, quotient
from scoring.classical import Correlations, fisher_bounds

FIFTHS = 5

_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class OptionTable:
    """Each response of one item; rows are codes, 0 the empty response.

    ``counts`` and ``shares`` of shape (n_codes, 5): from the weakest fifth of the candidates to the
    strongest, shares of the fifth, NaN where it is empty. ``sizes`` and ``mean_rest`` of shape (5,): how many
    are in each fifth, and their mean score on the rest. ``correlation``: of giving the response with the
    rest, arrays of shape (n_codes,).
    """

    counts: IntArray
    shares: FloatArray
    sizes: IntArray
    mean_rest: FloatArray
    correlation: Correlations


def option_table(codes: IntArray, rest: FloatArray, n_codes: int) -> OptionTable:
    """How the responses of one item go with the rest of the test.

    ``codes`` of shape (n_candidates,): −1 not administered, 0 empty, else a response, below ``n_codes``;
    ``rest`` of the same shape: the score without the item, on any scale; who has none (NaN) is left out.
    Equal scores are in one fifth, that of their mean rank, so that fifths of a short test differ in size. The
    correlation is the point-biserial, with Fisher's bounds. Raises ValueError when a code is out of range.
    """
    if len(codes) and (codes.min() < -1 or codes.max() >= n_codes):
        raise ValueError("a code lies beyond the responses")
    had = (codes >= 0) & ~np.isnan(rest)
    code, score = codes[had].astype(np.int64), rest[had]
    place = fifths(score)
    counts = np.bincount(code * FIFTHS + place, minlength=n_codes * FIFTHS).reshape(n_codes, FIFTHS)
    sizes = counts.sum(axis=0)
    return OptionTable(
        counts=counts,
        shares=quotient(counts, sizes),
        sizes=sizes,
        mean_rest=quotient(np.bincount(place, weights=score, minlength=FIFTHS), sizes),
        correlation=_correlations(code, score, n_codes),
    )


def fifths(scores: FloatArray) -> IntArray:
    """Each candidate's fifth, 0 the lowest to 4, shape (n_candidates,); equal scores share that of their mean
    rank."""
    ranked = np.sort(scores)
    values, first = np.unique(ranked, return_index=True)
    middle = (first + np.append(first[1:], len(ranked))) / 2
    fifth = np.minimum(FIFTHS * middle / max(len(ranked), 1), FIFTHS - 1).astype(np.int64)
    # The lowest score of each fifth above the first: sorting once and comparing beats ranking everyone.
    lowest = np.append(values, np.inf)[np.searchsorted(fifth, np.arange(1, FIFTHS))]
    return np.searchsorted(lowest, scores, side="right")


def _correlations(codes: IntArray, rest: FloatArray, n_codes: int) -> Correlations:
    """r = (M_k − M) √(p / (1 − p)) / s, with M_k the mean rest of those who gave k and p their share: Lord &
    Novick (1968), eq. 15.3.1."""
    n = len(codes)
    counts = np.bincount(codes, minlength=n_codes)
    away = rest - rest.mean() if n else rest
    sums = np.bincount(codes, weights=away, minlength=n_codes)
    spread = float(away @ away)
    varies = spread > _ROUNDING * float(rest @ rest)
    # Σ (1_k − p)(X − M) = Σ_k (X − M), and Σ (1_k − p)² = n p (1 − p).
    scale = np.sqrt(counts * (1 - counts / max(n, 1)) * spread) if varies else np.zeros(n_codes)
    r = np.clip(quotient(sums, scale), -1.0, 1.0)
    return fisher_bounds(r, np.full(n_codes, n))

"""Many tests at once."""

from typing import Literal

import numpy as np

from scoring.arrays import FloatArray

Method = Literal["bh", "holm"]
"""``bh`` bounds the share of false alarms among the alarms, ``holm`` the chance of any false alarm."""


def adjust(p: FloatArray, method: Method = "bh") -> FloatArray:
    """p values adjusted for there being many, same shape (n,); NaN stays and does not count.

    bh: min over j ≥ i of p_(j) n / j; Benjamini & Hochberg (1995), JRSS B 57, 289–300. holm: max over j ≤ i
    of p_(j) (n − j + 1); Holm (1979), Scand. J. Stat. 6, 65–70. At most 1.
    """
    known = np.flatnonzero(~np.isnan(p))
    ranked = known[np.argsort(p[known], kind="stable")]
    n = len(ranked)
    rank = np.arange(1, n + 1)
    if method == "bh":
        stepped = np.minimum.accumulate((p[ranked] * n / rank)[::-1])[::-1]
    else:
        stepped = np.maximum.accumulate(p[ranked] * (n - rank + 1))
    adjusted = np.full(len(p), np.nan)
    adjusted[ranked] = np.minimum(stepped, 1.0)
    return adjusted

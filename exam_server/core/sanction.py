"""Sanctions: what each kind takes off the raw score, by rules that are data."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from exam_server.core.scores import PER_MILLE
from exam_server.protocol.staff import SanctionKind
from scoring.arrays import IntArray


class SanctionRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``per_mille``: thousandths of the raw score that a sanction of the kind takes off; ``source``: where
    that is laid down."""

    source: str
    per_mille: dict[SanctionKind, int]


def read_rules(data: bytes) -> SanctionRules:
    """The rules of a JSON file. Raises ValueError when it is none, or a share lies outside 0 to 1000."""
    rules = msgspec.json.decode(data, type=SanctionRules)
    if not all(0 <= share <= PER_MILLE for share in rules.per_mille.values()):
        raise ValueError("a sanction takes off between nothing and everything")
    return rules


def shares_of(
    sittings: Sequence[int],
    sanctions: Mapping[int, SanctionKind],
    per_mille: Mapping[SanctionKind, int],
) -> IntArray:
    """What is taken off each sitting's raw score in thousandths, shape (n_sittings,)."""
    taken = [per_mille[sanctions[sitting]] if sitting in sanctions else 0 for sitting in sittings]
    return np.array(taken, dtype=np.int64)

"""An item as two: one that only the reference group had, one that only the focal group had."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray
from scoring.dif.matching import FOCAL, REFERENCE
from scoring.items import Model
from scoring.responses import MISSING, Responses, make_responses

_GROUPS = ("reference", "focal")


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """``columns``: for each item its column for the reference and for the focal group, the same where it was
    not split."""

    responses: Responses
    models: tuple[Model, ...]
    columns: tuple[tuple[int, int], ...]


def split(responses: Responses, focal: BoolArray, models: Sequence[Model], free: BoolArray) -> Split:
    """The two groups with the items ``free``, shape (n_items,), split: the other group's answers count as not
    administered, so that each group gets its own parameters, while the other items hold the scale."""
    groups = np.where(focal, FOCAL, REFERENCE)
    owners: list[tuple[int, int | None]] = []
    columns: list[tuple[int, int]] = []
    for place in range(responses.n_items):
        parts = (REFERENCE, FOCAL) if free[place] else (None,)
        columns.append((len(owners), len(owners) + len(parts) - 1))
        owners += [(place, part) for part in parts]
    codes = np.column_stack(
        [
            responses.codes[:, place]
            if part is None
            else np.where(groups == part, responses.codes[:, place], MISSING)
            for place, part in owners
        ]
    )
    places = [place for place, _ in owners]
    whole = make_responses(
        codes.astype(np.int8),
        names=tuple(_name(responses.names[place], part) for place, part in owners),
        categories=responses.categories[places],
        weights=responses.weights,
        groups=groups.astype(np.int64),
        group_names=_GROUPS,
    )
    return Split(responses=whole, models=tuple(models[place] for place in places), columns=tuple(columns))


def comparable(responses: Responses, focal: BoolArray) -> BoolArray:
    """Items of which both groups show every category, so that both have parameters; shape (n_items,)."""
    found = np.ones(responses.n_items, dtype=np.bool_)
    for members in (focal, ~focal):
        for place, categories in enumerate(responses.categories):
            column = responses.codes[members, place]
            seen = np.bincount(column[column >= 0], minlength=int(categories))
            found[place] &= bool((seen > 0).all())
    return found


def _name(name: str, part: int | None) -> str:
    return name if part is None else f"{name}@{_GROUPS[part]}"

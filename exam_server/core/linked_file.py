"""Two parameter files to be linked: their common items, what is known of their errors, the linked file."""

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from exam_server.core.covariance_rows import covariance_matrix, covariance_rows
from exam_server.core.parameter_file import (
    ErrorFigures,
    GroupFigures,
    ItemFigures,
    ParameterFile,
    item_figures,
)
from exam_server.errors import Invalid
from scoring.arrays import FloatArray
from scoring.calibrated import ItemErrors
from scoring.items import rescale
from scoring.linking.covariances import diagonal_covariance, labelled_covariance, rescaled_covariance

Pairs = Sequence[tuple[str, str]]

KnownErrors = Literal["covariance", "diagonal", "none"]
"""What a file tells of its parameters' errors: how they vary together, standard errors alone, nothing."""


def common_items(
    ours: ParameterFile, theirs: ParameterFile, pairs: Pairs | None, place: str
) -> tuple[list[ItemFigures], list[ItemFigures]]:
    """The items of each pair of names; without pairs those of the same name, in the order of ``ours``.

    Raises Invalid with code ``link_no_item`` (``item``, ``side``) or ``link_item_twice`` (``item``).
    """
    here, there = ({item.name: item for item in file.items} for file in (ours, theirs))
    named = [(name, name) for name in here if name in there] if pairs is None else pairs
    for side, (known, at) in enumerate(((here, 0), (there, 1)), start=1):
        absent = next((pair[at] for pair in named if pair[at] not in known), None)
        if absent is not None:
            raise Invalid("link_no_item", place=place, item=absent, column=side)
    targets = [other for _, other in named]
    twice = next((name for at, name in enumerate(targets) if name in targets[:at]), None)
    if twice is not None:
        raise Invalid("link_item_twice", place=place, item=twice)
    return [here[one] for one, _ in named], [there[other] for _, other in named]


def covariance_of(
    file: ParameterFile, items: Sequence[ItemFigures], place: str
) -> tuple[FloatArray | None, KnownErrors]:
    """The covariance of these items of the file in the order of ``linking.parameters``: the file's own; else
    out of the items' standard errors, as if nothing were correlated; else None.

    Raises Invalid with code ``parameters_covariance`` (``label``).
    """
    held = [item.item() for item in items]
    if file.covariance is not None:
        matrix = covariance_matrix(file.covariance, place)
        return labelled_covariance(held, tuple(file.covariance), matrix), "covariance"
    if all(item.se is None for item in items):
        return None, "none"
    errors = [None if item.se is None else _errors(item.se) for item in items]
    return diagonal_covariance(held, errors), "diagonal"


def linked_file(file: ParameterFile, slope: float, intercept: float, place: str) -> ParameterFile:
    """The file on the scale θ* = ``slope`` θ + ``intercept``. Standard errors are carried over as if the line
    were exact. A distribution of θ that is not normal keeps its mean and SD alone.

    Raises Invalid with code ``parameters_covariance`` (``label``).
    """
    return msgspec.structs.replace(
        file,
        items=tuple(_linked(item, slope, intercept) for item in file.items),
        groups=tuple(
            GroupFigures(name=group.name, mean=slope * group.mean + intercept, sd=slope * group.sd, n=group.n)
            for group in file.groups
        ),
        covariance=_linked_covariance(file, slope, intercept, place),
    )


def _linked_covariance(
    file: ParameterFile, slope: float, intercept: float, place: str
) -> dict[str, str] | None:
    # Linked 1PL items have slopes of their own, which the covariance of the common one cannot name.
    if file.covariance is None or any(item.model == "1pl" for item in file.items):
        return None
    matrix, labels = covariance_matrix(file.covariance, place), tuple(file.covariance)
    items = [item.item() for item in file.items]
    return covariance_rows(labels, rescaled_covariance(items, labels, matrix, slope, intercept))


def _linked(figures: ItemFigures, slope: float, intercept: float) -> ItemFigures:
    moved = item_figures(rescale(figures.item(), slope, intercept))
    se = None if figures.se is None else _linked_errors(figures, figures.se, slope, intercept)
    return msgspec.structs.replace(moved, se=se, lowest=figures.lowest)


def _linked_errors(figures: ItemFigures, se: ErrorFigures, slope: float, intercept: float) -> ErrorFigures:
    """With a* = a / A and d* = d − k a B / A: Var(d*) = Var(d) + (k B / A)² Var(a)."""
    steps = len(figures.intercepts)
    counts = np.arange(1, steps + 1) if figures.model in ("gpcm", "pcm") else np.ones(steps)
    by_category = counts * (se.a or 0.0) if se.category_slopes is None else np.array(se.category_slopes)
    own = np.zeros(steps) if se.intercepts is None else np.array(se.intercepts)
    moved = np.hypot(own, by_category * intercept / slope)
    return ErrorFigures(
        a=None if se.a is None else se.a / slope,
        intercepts=tuple(float(value) for value in moved),
        c=se.c,
        d_upper=se.d_upper,
        category_slopes=None if se.category_slopes is None else tuple(s / slope for s in se.category_slopes),
    )


def _errors(se: ErrorFigures) -> ItemErrors:
    return ItemErrors(
        slope=se.a,
        intercepts=None if se.intercepts is None else np.array(se.intercepts, dtype=np.float64),
        lower=se.c,
        upper=se.d_upper,
        lower_logit=None,
        upper_logit=None,
        category_slopes=None if se.category_slopes is None else np.array(se.category_slopes),
    )

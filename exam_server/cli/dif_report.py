"""What ``khaothi dif`` finds, method by method, as it prints it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from exam_server.cli.measuring import Step

if TYPE_CHECKING:
    from scoring.arrays import BoolArray, FloatArray
    from scoring.dif import Category, Contrast
    from scoring.responses import Responses

Method = Literal["mh", "logistic", "standardisation"]
Favours = Literal["focal", "reference"]


class ItemDif(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item; what the method does not give, or the data do not determine, is left out. ``p_adjusted`` for
    all items compared (Benjamini–Hochberg). ``matched_on``: whether it is in the matching score."""

    item: str
    category: Literal["A", "B", "C"] | None
    favours: Favours | None
    matched_on: bool
    chi2: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    alpha: float | None = None
    delta: float | None = None
    delta_se: float | None = None
    mean_difference: float | None = None
    log_odds: float | None = None
    log_odds_se: float | None = None
    delta_r2: float | None = None
    nonuniform_p: float | None = None
    difference: float | None = None


class ContrastDif(msgspec.Struct, frozen=True, kw_only=True):
    """A focal group against the reference group, None for all others. ``items`` by category and size, the
    largest first. ``settled``: whether the matching score stayed the same in the end."""

    focal: str
    reference: str | None
    n_focal: int
    n_reference: int
    rounds: int
    settled: bool
    items: tuple[ItemDif, ...]


class SmallGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group that is too small to compare."""

    group: str
    n: int


class DifReport(msgspec.Struct, frozen=True, kw_only=True):
    """What ``--json`` prints."""

    method: Method
    group: str
    purified: bool
    n: int
    contrasts: tuple[ContrastDif, ...]
    too_small: tuple[SmallGroup, ...]


def compared(
    responses: "Responses", group: str, method: Method, focal: str | None, tell: Step, *, purify: bool
) -> DifReport:
    """Compare the groups of column ``group``. Raises what ``check_items`` and ``contrasts`` raise."""
    from scoring.dif import check_items, contrasts

    check_items(responses)
    found = contrasts(responses, focal)
    results: list[ContrastDif] = []
    for place, contrast in enumerate(found.compared):
        tell("step_comparing", place / len(found.compared))
        results.append(_contrast(responses, contrast, method, purify=purify))
    return DifReport(
        method=method,
        group=group,
        purified=purify,
        n=responses.n_persons,
        contrasts=tuple(results),
        too_small=tuple(SmallGroup(group=one.focal, n=one.n_focal) for one in found.too_small),
    )


def _contrast(responses: "Responses", contrast: "Contrast", method: Method, *, purify: bool) -> ContrastDif:
    import numpy as np

    from scoring.dif import purified

    removed = {"C"} if method == "standardisation" else {"B", "C"}

    def analysis(anchor: "BoolArray") -> list[ItemDif]:
        return _ANALYSES[method](responses, contrast.members, anchor)

    def flags(rows: list[ItemDif]) -> "BoolArray":
        return np.array([row.category in removed for row in rows]) & purify

    found = purified(analysis, flags, responses.n_items)
    return ContrastDif(
        focal=contrast.focal,
        reference=contrast.reference,
        n_focal=contrast.n_focal,
        n_reference=contrast.n_reference,
        rounds=found.rounds,
        settled=found.settled,
        items=tuple(sorted(found.result, key=_rank)),
    )


def _mantel_haenszel(responses: "Responses", focal: "BoolArray", anchor: "BoolArray") -> list[ItemDif]:
    import numpy as np

    from scoring.dif import mantel_haenszel
    from scoring.multiplicity import adjust

    found = mantel_haenszel(responses, focal, anchor)
    effect = np.where(np.isfinite(found.delta), found.delta, found.mean_difference)
    figures = {
        "chi2": found.chi2,
        "p": found.p,
        "p_adjusted": adjust(found.p),
        "alpha": found.alpha,
        "delta": found.delta,
        "delta_se": found.delta_se,
        "mean_difference": found.mean_difference,
    }
    return _rows(responses, anchor, found.category, effect, figures)


def _logistic(responses: "Responses", focal: "BoolArray", anchor: "BoolArray") -> list[ItemDif]:
    import numpy as np

    from scoring.dif import logistic, standardisation
    from scoring.multiplicity import adjust

    found = logistic(responses, focal, anchor)
    # Log odds that grow without end have no estimate, but a direction.
    endless = standardisation(responses, focal, anchor).difference
    figures = {
        "chi2": found.chi2,
        "p": found.p,
        "p_adjusted": adjust(found.p),
        "log_odds": found.group,
        "log_odds_se": found.group_se,
        "delta_r2": found.delta_r2,
        "nonuniform_p": logistic(responses, focal, anchor, kind="nonuniform").p,
    }
    effect = np.where(np.isnan(found.group), endless, found.group)
    return _rows(responses, anchor, found.category, effect, figures)


def _standardisation(responses: "Responses", focal: "BoolArray", anchor: "BoolArray") -> list[ItemDif]:
    from scoring.dif import standardisation

    found = standardisation(responses, focal, anchor)
    return _rows(responses, anchor, found.category, found.difference, {"difference": found.difference})


def _rows(
    responses: "Responses",
    anchor: "BoolArray",
    categories: "Sequence[Category | None]",
    effect: "FloatArray",
    figures: "Mapping[str, FloatArray]",
) -> list[ItemDif]:
    """An item each; ``effect``, of shape (n_items,), has the sign of the group it favours."""
    return [
        ItemDif(
            item=name,
            category=categories[place],
            favours=_favours(effect[place]),
            matched_on=bool(anchor[place]),
            **{field: _known(values[place]) for field, values in figures.items()},
        )
        for place, name in enumerate(responses.names)
    ]


_ANALYSES = {"mh": _mantel_haenszel, "logistic": _logistic, "standardisation": _standardisation}


def _known(value: float) -> float | None:
    return float(value) if value == value and abs(value) != float("inf") else None


def _favours(effect: float) -> Favours | None:
    """Effects are those of the focal group."""
    if effect < 0:
        return "reference"
    return "focal" if effect > 0 else None


def _rank(row: ItemDif) -> tuple[int, float]:
    """C before B before A before what could not be compared, then by size."""
    letter = {"C": 0, "B": 1, "A": 2, None: 3}[row.category]
    return letter, -_size(row)


def _size(row: ItemDif) -> float:
    """In units of where C begins, so that items with and without Δ compare."""
    if row.delta is not None:
        return abs(row.delta) / 1.5
    sizes = (row.mean_difference, row.delta_r2, row.difference)
    return next((abs(size) / 0.25 for size in sizes if size is not None), 0.0)

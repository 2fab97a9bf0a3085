"""Which model the data allow, and the responses in the shape it takes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec
import numpy as np

from exam_server.core.analysis.findings import Param, Remark
from exam_server.core.analysis.scored_test import SCORED, ScoredTest, TestItem
from exam_server.protocol.measurement import ModelChoice
from scoring.arrays import IntArray
from scoring.items import Model
from scoring.responses import MISSING, Responses, make_responses

FEWEST_ITEMS = 3
"""With two items the slopes of a 2PL are not identified."""

FEWEST_CANDIDATES = 30
"""Below this no model is fitted whatever is asked for: a Rasch difficulty is known to within 1 logit with 95
% certainty; Linacre (1994), Rasch Measurement Transactions 7(4), 328."""


class Need(msgspec.Struct, frozen=True):
    """Candidates a model needs, and who says so."""

    n: int
    source: str


NEEDS: Mapping[ModelChoice, Need] = MappingProxyType(
    {
        "rasch": Need(100, "difficulties within half a logit, Linacre (1994), RMT 7(4), 328"),
        "2pl": Need(500, "Hulin, Lissak & Drasgow (1982), APM 6, 249–260; de Ayala (2009), ch. 5"),
        "3pl": Need(1000, "Lord (1968), EPM 28, 989–1020; Hulin, Lissak & Drasgow (1982), APM 6, 249–260"),
    }
)
"""From the least demanding up."""

_DICHOTOMOUS: Mapping[ModelChoice, Model] = MappingProxyType({"rasch": "rasch", "2pl": "2pl", "3pl": "2pl"})
_ORDERED: Mapping[ModelChoice, Model] = MappingProxyType({"rasch": "pcm", "2pl": "grm", "3pl": "grm"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Modelled:
    """What a model is fitted to. ``places``: the test's columns that are in; ``rows``: the candidates who had
    any of them; ``category_of``: for each item the model's category by the test's."""

    choice: ModelChoice
    places: tuple[int, ...]
    rows: IntArray
    category_of: tuple[tuple[int, ...], ...]
    responses: Responses
    models: tuple[Model, ...]
    remarks: tuple[Remark, ...]


def choose(test: ScoredTest, wanted: ModelChoice) -> tuple[ModelChoice, tuple[Remark, ...]]:
    """The model to fit, ``classical`` for none, and what is to be said of the choice."""
    if wanted == "classical":
        return "classical", ()
    n = typical_n(test)
    if len(test.items) < FEWEST_ITEMS:
        return "classical", (Remark(code="few_items_for_model", params={"least": FEWEST_ITEMS}),)
    if wanted == "auto":
        return _largest(test, n)
    if n < FEWEST_CANDIDATES:
        return "classical", (_needs(wanted, n, "model_refused"),)
    return wanted, () if n >= NEEDS[wanted].n else (_needs(wanted, n, "model_uncertain"),)


def typical_n(test: ScoredTest) -> int:
    """How many had an item: the median over the items."""
    had = (test.right != MISSING).sum(axis=0)
    return int(np.median(had)) if len(had) else 0


def prepare(test: ScoredTest, choice: ModelChoice) -> Modelled | None:
    """The responses for a model; None when too few items are left."""
    counts = [_counts(test, place) for place in range(len(test.items))]
    places = tuple(place for place, count in enumerate(counts) if np.count_nonzero(count) > 1)
    category_of = tuple(_category_of(counts[place]) for place in places)
    if len(places) < FEWEST_ITEMS:
        return None
    codes = np.full((test.n, len(places)), MISSING, dtype=np.int8)
    for column, place in enumerate(places):
        had = test.right[:, place] != MISSING
        codes[had, column] = np.array(category_of[column], dtype=np.int8)[test.right[had, place]]
    rows = np.flatnonzero((codes != MISSING).any(axis=1))
    categories = np.array([category[-1] + 1 for category in category_of], dtype=np.int64)
    items = [test.items[place] for place in places]
    return Modelled(
        choice=choice,
        places=places,
        rows=rows,
        category_of=category_of,
        responses=make_responses(
            codes[rows], names=tuple(item.name for item in items), categories=categories
        ),
        models=tuple(_model(choice, item, int(count)) for item, count in zip(items, categories, strict=True)),
        remarks=_left_out(test, places) + _collapsed(items, counts, places),
    )


def _largest(test: ScoredTest, n: int) -> tuple[ModelChoice, tuple[Remark, ...]]:
    """The most demanding model that the candidates are enough for."""
    guessed = any(item.kind == "single_choice" for item in test.items)
    fitting: list[ModelChoice] = [
        choice for choice, need in NEEDS.items() if n >= need.n and (choice != "3pl" or guessed)
    ]
    if fitting:
        return fitting[-1], ()
    return "classical", (_needs("rasch", n, "too_few_for_model"),)


def _needs(choice: ModelChoice, n: int, code: str) -> Remark:
    params: dict[str, Param] = {
        "n": n,
        "least": FEWEST_CANDIDATES,
        "needed": NEEDS[choice].n,
        "model": choice,
    }
    return Remark(code=code, attention=code == "model_uncertain", params=params)


def _counts(test: ScoredTest, place: int) -> IntArray:
    column = test.right[:, place]
    return np.bincount(column[column != MISSING], minlength=len(test.items[place].ladder))


def _category_of(counts: IntArray) -> tuple[int, ...]:
    """Categories that were reached, numbered from 0; one that nobody reached counts as the next below."""
    return tuple(np.maximum(np.cumsum(counts > 0) - 1, 0).tolist())


def _model(choice: ModelChoice, item: TestItem, categories: int) -> Model:
    if categories > 2:
        return _ORDERED[choice]
    guessed = item.kind in ("single_choice", SCORED)
    return "3pl" if choice == "3pl" and guessed else _DICHOTOMOUS[choice]


def _left_out(test: ScoredTest, places: tuple[int, ...]) -> tuple[Remark, ...]:
    return tuple(
        Remark(code="constant_item", params={"item": test.items[place].item})
        for place in range(len(test.items))
        if place not in places
    )


def _collapsed(items: list[TestItem], counts: list[IntArray], places: tuple[int, ...]) -> tuple[Remark, ...]:
    return tuple(
        Remark(code="collapsed", params={"item": item.item, "steps": int(np.sum(counts[place] == 0))})
        for place, item in zip(places, items, strict=True)
        if (counts[place] == 0).any()
    )

"""A test out of a file of responses, for the analysis."""

from collections.abc import Mapping

import numpy as np

from exam_server.core.analysis.scored_test import (
    SCORED,
    Chosen,
    Scale,
    ScoredTest,
    Split,
    TestItem,
    label_sets,
)
from exam_server.core.response_file import marked
from exam_server.core.response_table import ResponseTable
from scoring.arrays import FloatArray
from scoring.responses import MISSING, Responses

MOST_BINS = 41
PERCENT = 100.0
_PERCENT_BIN = 5


def from_responses(responses: Responses, split: str | None) -> ScoredTest:
    """Items of which nothing is known but their categories, each worth its category. ``split`` names the
    groups of the responses."""
    items = [
        _item(place, name, SCORED, 0, int(responses.categories[place]))
        for place, name in enumerate(responses.names)
    ]
    return _test(responses, items, (None,) * len(items), split)


def from_options(table: ResponseTable, key: Mapping[str, str], split: str | None) -> ScoredTest:
    """Items of which the chosen option is known, right where it is the key's. Raises KeyError when the key
    lacks an item."""
    responses = marked(table, key)
    columns = [[row[place] for row in table.rows] for place in range(len(table.names))]
    books = [_book(column, key[name]) for name, column in zip(table.names, columns, strict=True)]
    items = [
        _item(place, name, "single_choice", len(books[place]), 2) for place, name in enumerate(table.names)
    ]
    chosen = tuple(
        _chosen(column, book, key[name])
        for name, column, book in zip(table.names, columns, books, strict=True)
    )
    return _test(responses, items, chosen, split)


def _item(place: int, name: str, kind: str, options: int, categories: int) -> TestItem:
    return TestItem(
        item=place + 1,
        number=place + 1,
        part="",
        kind=kind,
        name=name,
        options=options,
        ladder=tuple(float(category) for category in range(categories)),
    )


def _book(column: list[str], key: str) -> list[str]:
    """The options there are: those chosen, and the key's though nobody chose it."""
    chosen = {cell for cell in column if cell}
    known = {cell.casefold() for cell in chosen}
    right = {option.strip() for option in key.split("/")}
    return sorted(chosen | {option for option in right if option.casefold() not in known})


def _chosen(column: list[str], book: list[str], key: str) -> Chosen:
    """An empty cell was not administered."""
    places = {cell: place for place, cell in enumerate(book)}
    right = {option.strip().casefold() for option in key.split("/")}
    tallies = [(cell,) for cell in book]
    return Chosen(
        codes=np.array([places[cell] if cell else MISSING for cell in column], dtype=np.int64),
        sets=label_sets(tallies, book, frozenset(cell for cell in book if cell.casefold() in right)),
        empty=np.zeros(len(book), dtype=np.bool_),
    )


def _test(
    responses: Responses, items: list[TestItem], chosen: tuple[Chosen | None, ...], split: str | None
) -> ScoredTest:
    had = responses.administered
    points = np.where(had, responses.codes, np.nan)
    most = np.array([item.points for item in items])
    scale = _scale(float(most.sum()), whole=bool(had.all()))
    possible = had @ most
    shares = np.divide(np.nansum(points, axis=1), possible, out=np.zeros(len(points)), where=possible > 0)
    return ScoredTest(
        order=tuple(item.item for item in items),
        items=tuple(items),
        void=(),
        right=responses.codes,
        points=points,
        chosen=chosen,
        scores=_rounded(shares * scale.maximum),
        scale=scale,
        splits=()
        if split is None
        else (Split(name=split, places=responses.groups, names=responses.group_names),),
        classes=np.full(responses.n_persons, -1, dtype=np.int64),
        class_names=(),
    )


def _scale(total: float, *, whole: bool) -> Scale:
    """Points where everybody had every item, else per cent of the points each could have."""
    if not whole:
        edges = tuple(float(edge) for edge in range(0, int(PERCENT) + 1, _PERCENT_BIN))
        return Scale(maximum=PERCENT, total_points=total, offset=0.0, factor=PERCENT / total, edges=edges)
    width = int(np.ceil((total + 1) / MOST_BINS))
    count = int(np.ceil((total + 1) / width))
    edges = tuple(width * place - 0.5 for place in range(count + 1))
    return Scale(maximum=total, total_points=total, offset=0.0, factor=1.0, edges=edges)


def _rounded(scores: FloatArray) -> FloatArray:
    # A share times its whole has a binary tail.
    return np.round(scores, 6)

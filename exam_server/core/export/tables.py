"""Findings as tables: a row per item, a row per figure of the test, a row per candidate."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO

import msgspec

from exam_server.catalogue import Language
from exam_server.catalogue.formats import format_number
from exam_server.core.analysis.findings import ExamFindings, ItemFindings, TestFigures

Cell = str | int | float | Decimal | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table of texts and numbers; None is an empty cell."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def as_csv(table: Table) -> bytes:
    """For programs: comma and point, texts as they are."""
    return _written(table.columns, ([_exact(cell) for cell in row] for row in table.rows), ",")


def as_spreadsheet(table: Table, lang: Language) -> bytes:
    """For spreadsheets: numbers as the language writes them, a mark that it is UTF-8, no text that could be a
    formula."""
    rows = ([_shown(cell, lang) for cell in row] for row in table.rows)
    return b"\xef\xbb\xbf" + _written(table.columns, rows, ";" if lang == "vi" else ",")


def safe_text(value: str) -> str:
    """A text that a spreadsheet program will not run as a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


_ITEM_FIELDS = (
    "item", "number", "part", "kind", "name", "points", "void", "n", "difficulty", "difficulty_se", "share",
    "low", "high", "discrimination", "discrimination_low", "discrimination_high", "alpha_without", "omitted",
    "dif",
)  # fmt: skip
_MODEL_FIELDS = (
    "a_se", "b", "b_se", "s_x2", "s_x2_df", "fit_p", "fit_p_adjusted", "rmsea", "infit", "outfit",
)  # fmt: skip
_PARAMETER_FIELDS = ("model", "a", "c")


def items_table(findings: ExamFindings) -> Table:
    """Every figure of every item; what lists hold is joined by spaces."""
    columns = (*_ITEM_FIELDS, *_PARAMETER_FIELDS, "intercepts", *_MODEL_FIELDS, "flags")
    return Table(columns=columns, rows=tuple(_item(item) for item in findings.items))


def test_table(findings: ExamFindings) -> Table:
    """A row for each figure of the test and of the model as a whole."""
    test = [(name, getattr(findings.test, name)) for name in _fields(TestFigures, "distribution")]
    model = findings.model
    fitted: list[tuple[str, Cell]] = []
    if model is not None:
        left_out = ("grid", "information", "csem", "persons", "dependent_pairs", "link")
        fitted = [(name, _cell(getattr(model, name))) for name in _fields(type(model), *left_out)]
        fitted += [("theta_mean", model.grid.mean), ("theta_sd", model.grid.sd)]
        fitted = [(f"model_{name}", value) for name, value in fitted]
    notes = [("remark", remark.code) for remark in findings.remarks]
    return Table(columns=("figure", "value"), rows=(("n", findings.n), *test, *fitted, *notes))


def _item(item: ItemFindings) -> tuple[Cell, ...]:
    model = item.model
    parameters = None if model is None else model.parameters
    intercepts = () if parameters is None else parameters.intercepts
    return (
        *(_cell(getattr(item, name)) for name in _ITEM_FIELDS),
        *(None if parameters is None else _cell(getattr(parameters, name)) for name in _PARAMETER_FIELDS),
        " ".join(map(repr, intercepts)),
        *(None if model is None else _cell(getattr(model, name)) for name in _MODEL_FIELDS),
        " ".join(flag.code for flag in item.flags),
    )


def _fields(kind: type[msgspec.Struct], *left_out: str) -> list[str]:
    return [name for name in kind.__struct_fields__ if name not in left_out]


def _cell(value: Cell) -> Cell:
    return str(value).lower() if isinstance(value, bool) else value


def _exact(cell: Cell) -> str:
    return "" if cell is None else repr(cell) if isinstance(cell, float) else str(cell)


def _shown(cell: Cell, lang: Language) -> str:
    if isinstance(cell, float | Decimal):
        return format_number(Decimal(str(cell)), lang)
    return "" if cell is None else safe_text(str(cell)) if isinstance(cell, str) else str(cell)


def _written(columns: Sequence[str], rows: Iterable[Sequence[str]], separator: str) -> bytes:
    out = StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()

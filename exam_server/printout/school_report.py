"""A school's results by class, for outside the school: no count so small that it tells of single pupils."""

from collections.abc import Sequence
from functools import partial
from html import escape
from itertools import pairwise

from exam_server.catalogue import Language, text
from exam_server.catalogue.formats import format_date
from exam_server.core.export.pupil import ExportHead
from exam_server.core.export.school import LEVELS, SchoolTable
from exam_server.core.export.suppression import SMALL
from exam_server.printout.numerals import DASH, number
from exam_server.printout.page import page, table

WITHHELD = "…"


def school_report(head: ExportHead, schools: Sequence[SchoolTable], lang: Language) -> str:
    """The page, a table for each school."""
    words = partial(text, lang, "measurement")
    about = [head.subject, "" if head.day is None else format_date(head.day, lang)]
    parts = [
        f'<p class="note">{escape(" · ".join(filter(None, about)))}</p>',
        *(_school(school, lang) for school in schools),
        f'<p class="note">{escape(words("school_note", small=f"< {SMALL}", withheld=WITHHELD))}</p>',
    ]
    return page(words("school_title", exam=head.exam), lang, parts)


def _school(school: SchoolTable, lang: Language) -> str:
    words = partial(text, lang, "measurement")
    heads = [words("school_class"), *_levels(lang), words("school_total"), words("school_mean")]
    names = [*(name or words("gradebook_no_class") for name in school.classes), words("school_all")]
    rows = [
        (name, *_cells(school, row), _mean(school, row, lang)) for row, name in enumerate(names)
    ]  # fmt: skip
    title = f"<h2>{escape(school.school)}</h2>" if school.school else ""
    return title + table(heads, rows)


def _levels(lang: Language) -> list[str]:
    """The name of each level with its bounds."""
    bounds = [number(str(low), 1, lang) for low in LEVELS]
    names = [text(lang, "measurement", "school_level", low=low, high=high) for low, high in pairwise(bounds)]
    return [*names, text(lang, "measurement", "school_level_last", low=bounds[-1])]


def _cells(school: SchoolTable, row: int) -> list[str]:
    table, hidden = school.table, {"small": f"< {SMALL}", "withheld": WITHHELD}
    kinds = [table.shown(row, column) for column in range(table.counts.shape[1])]
    return [
        str(table.counts[row, column]) if kind == "shown" else hidden[kind]
        for column, kind in enumerate(kinds)
    ]


def _mean(school: SchoolTable, row: int, lang: Language) -> str:
    mean = school.means[row]
    return DASH if mean is None else number(float(mean), 2, lang)

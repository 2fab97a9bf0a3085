"""The page around a report, and its tables."""

from collections.abc import Iterable, Sequence
from html import escape

from exam_server.catalogue import Language

_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 "Be Vietnam Pro", "Noto Sans", system-ui, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 820px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 25px; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 32px 0 8px; }
.verdict { border-left: 6px solid; padding: 8px 14px; margin: 16px 0; background: #f4f4f2; font-weight: 600; }
.good { border-color: #1f6f3f; } .bad { border-color: #b3261e; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin: 8px 0 16px; }
th, td { text-align: right; padding: 3px 8px; border-bottom: 1px solid #d4d4d0; vertical-align: top; }
th:first-child, td:first-child { text-align: left; } td { overflow-wrap: anywhere; }
td strong { white-space: nowrap; }
th { font-weight: 600; border-bottom-color: #1a1a1a; }
table.words td, table.words th { text-align: left; }
.ok { color: #1f6f3f; } .caution { color: #7d4a00; } .fail { color: #b3261e; }
.verdict strong { display: block; font-size: 40px; line-height: 1.2; }
svg { width: 100%; height: auto; margin: 10px 0; font-family: inherit; font-size: 12px; }
svg .title { font-size: 13px; font-weight: 600; } svg .tick { fill: #444; font-size: 11px; }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; } svg .label { font-weight: 600; }
svg .grid { stroke: #e2e2de; } svg .axis { stroke: #444; } svg .mark { stroke: #888; stroke-dasharray: 1 3; }
.note { color: #444; font-size: 13px; }
.pair { display: flex; flex-wrap: wrap; gap: 0 12px; } .pair > * { flex: 1 1 380px; min-width: 0; }
.pair svg { max-width: 404px; }
.wide { overflow-x: auto; } .wide table { font-size: 13px; }
.wide th, .wide td { white-space: nowrap; padding: 3px 6px; } .wide th { white-space: normal; }
.wide th:not(:first-child) { max-width: 90px; }
.wide .last { white-space: normal; text-align: left; min-width: 150px; }
h3 { font-size: 16px; margin: 26px 0 4px; }
ul.notes { padding-left: 20px; } ul.notes li { margin: 3px 0; } .attention { font-weight: 600; }
.next-page { break-before: page; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } svg, table, tr { break-inside: avoid; } }
"""


def page(title: str, lang: Language, parts: Iterable[str]) -> str:
    """The whole page: ``title`` is text, ``parts`` are HTML."""
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )


def wide_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of many figures that scrolls by itself; its last column is words."""
    head = _wide_row(columns, "th")
    body = "".join(_wide_row(row, "td") for row in rows)
    return f'<div class="wide"><table><thead>{head}</thead><tbody>{body}</tbody></table></div>'


def _wide_row(values: Sequence[str], tag: str) -> str:
    return f'<tr>{_cells(values[:-1], tag)}<{tag} class="last">{escape(values[-1])}</{tag}></tr>'


def table(columns: Sequence[str] | None, rows: Iterable[Sequence[str]], *, words: bool = False) -> str:
    """A table of texts under its ``columns``; figures stand to the right, unless they are ``words``."""
    head = "" if columns is None else f"<thead><tr>{_cells(columns, 'th')}</tr></thead>"
    body = "".join(f"<tr>{_cells(row, 'td')}</tr>" for row in rows)
    return f"<table{' class=words' if words else ''}>{head}<tbody>{body}</tbody></table>"


def _cells(values: Sequence[str], tag: str) -> str:
    return "".join(f"<{tag}>{escape(value)}</{tag}>" for value in values)

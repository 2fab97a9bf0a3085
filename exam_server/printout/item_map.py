"""Persons and items on one scale: a histogram above, the items' difficulties below."""

from collections.abc import Callable, Sequence
from html import escape

import msgspec

WIDTH = 760
_LEFT, _RIGHT, _TOP, _UPPER = 14, 14, 26, 150
_ROW = 15
_GLYPH = 6.6


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """An item where it stands on the scale."""

    x: float
    name: str


def item_map(
    title: str, counts: Sequence[int], edges: Sequence[float], items: Sequence[Placed], ends: tuple[str, str]
) -> str:
    """``counts`` of the persons between ``edges``, whose first and last are where the scale ends; ``ends``:
    the words for what is above and below the line."""
    low, high = edges[0], edges[-1]

    def place(value: float) -> float:
        return _LEFT + (min(high, max(low, value)) - low) / (high - low) * (WIDTH - _LEFT - _RIGHT)

    rows = _rows(items, place)
    height = _UPPER + 36 + _ROW * (2 + max((row for _, _, row in rows), default=0))
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">',
        f'<text class="title" x="0" y="14">{escape(title)}</text>',
        *_persons(counts, [place(edge) for edge in edges]),
        f'<line class="axis" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{_UPPER}" y2="{_UPPER}"/>',
        *(_tick(value, place(value)) for value in range(round(low), round(high) + 1)),
        f'<text class="tick" x="{_LEFT}" y="{_TOP + 12}">{escape(ends[0])}</text>',
        f'<text class="tick" x="{_LEFT}" y="{height - 4}">{escape(ends[1])}</text>',
        *(_item(name, x, row) for x, name, row in rows),
        "</svg>",
    ]
    return "\n".join(parts)


def _persons(counts: Sequence[int], places: Sequence[float]) -> list[str]:
    tallest = max([1, *counts])
    bars: list[str] = []
    for count, left, right in zip(counts, places, places[1:], strict=False):
        tall = count / tallest * (_UPPER - _TOP - 14)
        if count:
            bars.append(
                f'<rect x="{left + 0.5:.1f}" y="{_UPPER - tall:.1f}" width="{right - left - 1:.1f}" '
                f'height="{tall:.1f}" fill="#7c93b8"/><text class="tick middle" x="{(left + right) / 2:.1f}" '
                f'y="{_UPPER - tall - 3:.1f}">{count}</text>'
            )
    return bars


def _rows(items: Sequence[Placed], place: Callable[[float], float]) -> list[tuple[float, str, int]]:
    """Where each item's name stands: in the first row where it touches no other."""
    ends: list[float] = []
    placed: list[tuple[float, str, int]] = []
    for item in sorted(items, key=lambda item: (item.x, item.name)):
        half = _GLYPH * len(item.name) / 2 + 3
        x = min(WIDTH - half, max(half, place(item.x)))
        row = next((row for row, end in enumerate(ends) if end <= x - half), len(ends))
        ends[row : row + 1] = [x + half]
        placed.append((x, item.name, row))
    return placed


def _tick(value: int, x: float) -> str:
    shown = f"−{-value}" if value < 0 else str(value)
    return (
        f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{_UPPER}" y2="{_UPPER + 5}"/>'
        f'<text class="tick middle" x="{x:.1f}" y="{_UPPER + 17}">{shown}</text>'
    )


def _item(name: str, x: float, row: int) -> str:
    return f'<text class="middle" x="{x:.1f}" y="{_UPPER + 36 + _ROW * row}">{escape(name)}</text>'

"""Plots as SVG text: direct labels, units, readable in grey."""

import math
from collections.abc import Callable, Sequence
from html import escape

import msgspec

WIDTH, HEIGHT = 760, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 144, 26, 34
_BARE_RIGHT = 14
_SAMPLE = 20
_LINE_HEIGHT = 14

_INKS = (
    ("#0b3d91", "", 2.2),
    ("#a33b00", "7 3", 2.0),
    ("#1f6f3f", "2 3", 2.0),
    ("#555555", "10 3 2 3", 1.6),
    ("#7a1f6e", "4 2", 1.6),
)
"""Colour, dashes and width: each line differs from the others in grey too."""

Point = tuple[float, float]


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A line and the name that stands at its end, if it has one; ``dots``: its points alone. ``bounds``, as
    many as the points: an interval at each, drawn as a band beside a line and as a whisker through a dot."""

    label: str
    points: Sequence[Point]
    dots: bool = False
    bounds: Sequence[Point] = ()


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A bar of a histogram from ``low`` to ``high``; ``shown`` stands above it."""

    low: float
    high: float
    height: float
    shown: str


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened at ``x``."""

    x: float
    label: str


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """Title and unit of y; both axes' range; ``log`` for y by decades; how a number is written; ``gap`` in x
    beyond which a curve breaks; ``y_range`` unless it follows from what is drawn; ``width`` on the page."""

    title: str
    unit: str
    x_label: str
    x_range: tuple[float, float]
    number: Callable[[float], str]
    log: bool = False
    gap: float = math.inf
    y_range: Point | None = None
    width: int = WIDTH


def draw(frame: Frame, curves: Sequence[Curve], marks: Sequence[Mark]) -> str:
    """The plot, or nothing when there is nothing to draw."""
    shown = [curve for curve in curves if curve.points]
    if not shown:
        return ""
    values = [y for curve in shown for _, y in (*curve.points, *curve.bounds)]
    scale = _Scale(frame, values, labelled=any(curve.label for curve in shown))
    parts = [
        *_head(frame),
        *_axes(frame, scale),
        *(_band(curve, scale, place) for place, curve in enumerate(shown)),
        *(_mark(mark, scale) for mark in marks if frame.x_range[0] <= mark.x <= frame.x_range[1]),
        *(_curve(curve, scale, frame.gap, place) for place, curve in enumerate(shown)),
        *_labels(shown, scale),
        "</svg>",
    ]
    return "\n".join(parts)


def draw_bars(frame: Frame, bars: Sequence[Bar], marks: Sequence[Mark] = ()) -> str:
    """A histogram, or nothing without bars."""
    if not bars:
        return ""
    scale = _Scale(frame, [bar.height for bar in bars], labelled=False)
    parts = [
        *_head(frame),
        *_axes(frame, scale),
        *(_bar(bar, scale) for bar in bars if bar.height),
        *(_mark(mark, scale) for mark in marks if frame.x_range[0] <= mark.x <= frame.x_range[1]),
        "</svg>",
    ]
    return "\n".join(parts)


class _Scale:
    """From values to places on the paper."""

    def __init__(self, frame: Frame, values: Sequence[float], *, labelled: bool) -> None:
        self.low_x, high_x = frame.x_range
        self.span_x = max(1e-9, high_x - self.low_x)
        self.right = frame.width - (_RIGHT if labelled else _BARE_RIGHT)
        self.log = frame.log
        low, high = frame.y_range or (0, max(values) or 1)
        self.ticks = _decades(values) if frame.log else _ticks(low, high)
        self.low, self.high = self._flat(self.ticks[0]), self._flat(self.ticks[-1])

    def x(self, value: float) -> float:
        return _LEFT + (value - self.low_x) / self.span_x * (self.right - _LEFT)

    def y(self, value: float) -> float:
        share = (self._flat(value) - self.low) / max(1e-9, self.high - self.low)
        return HEIGHT - _BOTTOM - min(1.0, max(0.0, share)) * (HEIGHT - _BOTTOM - _TOP)

    def _flat(self, value: float) -> float:
        return math.log10(max(value, 1e-3)) if self.log else value


def _decades(values: Sequence[float]) -> list[float]:
    positive = [value for value in values if value > 0] or [1.0]
    low, high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    return [10.0**power for power in range(low, max(high, low + 1) + 1)]


def _ticks(low: float, high: float) -> list[float]:
    """Four to seven round numbers over the range."""
    span = max(high - low, 1e-9)
    raw = span / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * place for place in range(first, last + 1)]


def _axes(frame: Frame, scale: _Scale) -> list[str]:
    left, right, bottom = _LEFT, scale.right, HEIGHT - _BOTTOM
    parts: list[str] = []
    for tick in scale.ticks:
        y = scale.y(tick)
        parts.append(f'<line class="grid" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick end" x="{left - 6}" y="{y + 4:.1f}">{frame.number(tick)}</text>')
    for tick in _ticks(*frame.x_range):
        if frame.x_range[0] <= tick <= frame.x_range[1]:
            x = scale.x(tick)
            parts.append(f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 4}"/>')
            parts.append(
                f'<text class="tick middle" x="{x:.1f}" y="{bottom + 16}">{frame.number(tick)}</text>'
            )
    parts.append(f'<line class="axis" x1="{left}" x2="{right}" y1="{bottom}" y2="{bottom}"/>')
    parts.append(
        f'<text class="tick middle" x="{(left + right) / 2}" y="{HEIGHT - 3}">{escape(frame.x_label)}</text>'
    )
    return parts


def _head(frame: Frame) -> list[str]:
    unit = f", {escape(frame.unit)}" if frame.unit else ""
    return [
        f'<svg viewBox="0 0 {frame.width} {HEIGHT}" role="img" aria-label="{escape(frame.title)}">',
        f'<text class="title" x="0" y="14">{escape(frame.title)}{unit}</text>',
    ]


def _bar(bar: Bar, scale: _Scale) -> str:
    left, right, top, bottom = scale.x(bar.low), scale.x(bar.high), scale.y(bar.height), HEIGHT - _BOTTOM
    shown = (
        f'<text class="tick middle" x="{(left + right) / 2:.1f}" y="{top - 3:.1f}">{escape(bar.shown)}</text>'
        if bar.shown
        else ""
    )
    return (
        f'<rect x="{left + 0.5:.1f}" y="{top:.1f}" width="{max(0.5, right - left - 1):.1f}" '
        f'height="{bottom - top:.1f}" fill="#7c93b8"/>{shown}'
    )


def _band(curve: Curve, scale: _Scale, place: int) -> str:
    """The interval around a line, under everything else; a line through each dot."""
    if not curve.bounds:
        return ""
    colour = _INKS[place % len(_INKS)][0]
    ends = [
        (scale.x(x), scale.y(low), scale.y(high))
        for (x, _), (low, high) in zip(curve.points, curve.bounds, strict=True)
    ]
    if curve.dots:
        return "".join(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{colour}"/>'
            for x, low, high in ends
        )
    edge = [f"{x:.1f} {high:.1f}" for x, _, high in ends] + [f"{x:.1f} {low:.1f}" for x, low, _ in ends[::-1]]
    return f'<path d="M{"L".join(edge)}Z" fill="{colour}" fill-opacity="0.15"/>'


def _mark(mark: Mark, scale: _Scale) -> str:
    x = scale.x(mark.x)
    return (
        f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"/>'
        f'<text class="tick" x="{x + 3:.1f}" y="{_TOP + 9}">{escape(mark.label)}</text>'
    )


def _curve(curve: Curve, scale: _Scale, gap: float, place: int) -> str:
    colour, dashes, width = _INKS[place % len(_INKS)]
    if curve.dots:
        return _dots(curve.points, scale, colour, 3.0 if curve.bounds else 1.6)
    path: list[str] = []
    before = -math.inf
    for x, y in curve.points:
        path.append(f"{'M' if x - before > gap else 'L'}{scale.x(x):.1f} {scale.y(y):.1f}")
        before = x
    path[0] = "M" + path[0][1:]
    return (
        f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-dasharray="{dashes}"/>{_dots(_lonely(curve.points, gap), scale, colour)}'
    )


def _dots(points: Sequence[Point], scale: _Scale, colour: str, radius: float = 1.6) -> str:
    return "".join(
        f'<circle cx="{scale.x(x):.1f}" cy="{scale.y(y):.1f}" r="{radius}" fill="{colour}"/>'
        for x, y in points
    )


def _lonely(points: Sequence[Point], gap: float) -> list[Point]:
    """Points without a neighbour to be joined with: a path alone would not show them."""
    return [
        point
        for place, point in enumerate(points)
        if (place == 0 or point[0] - points[place - 1][0] > gap)
        and (place == len(points) - 1 or points[place + 1][0] - point[0] > gap)
    ]


def _labels(curves: Sequence[Curve], scale: _Scale) -> list[str]:
    """Each curve's name at its end, moved apart where they would touch."""
    wanted = sorted(
        (scale.y(curve.points[-1][1]), place) for place, curve in enumerate(curves) if curve.label
    )
    lowest = HEIGHT - _BOTTOM
    ends = [max(_TOP + 4.0, y) for y, _ in wanted]
    for place in range(1, len(ends)):
        ends[place] = max(ends[place], ends[place - 1] + _LINE_HEIGHT)
    for place in reversed(range(len(ends))):
        below = ends[place + 1] - _LINE_HEIGHT if place + 1 < len(ends) else lowest
        ends[place] = min(ends[place], below)
    return [
        _label(curves[place].label, end, place, scale) for end, (_, place) in zip(ends, wanted, strict=True)
    ]


def _label(text: str, y: float, place: int, scale: _Scale) -> str:
    """A piece of the line itself, then its name: it can be told from the others in grey."""
    colour, dashes, width = _INKS[place % len(_INKS)]
    x = scale.right + 8
    return (
        f'<line x1="{x}" x2="{x + _SAMPLE}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}" '
        f'stroke-width="{width}" stroke-dasharray="{dashes}"/>'
        f'<text class="label" x="{x + _SAMPLE + 5}" y="{y + 4:.1f}" fill="{colour}">{escape(text)}</text>'
    )

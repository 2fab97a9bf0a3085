"""The pictures of the sample papers, drawn at four times their size and reduced, for smooth lines."""

import io
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFont

_SCALE = 4
_INK = (25, 30, 40)
_GREY = (150, 156, 166)
_BLUE = (20, 86, 170)
_WHITE = (255, 255, 255)

Point = tuple[float, float]


class Drawing:
    """A white sheet; all lengths in CSS pixels of the finished picture."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._image = Image.new("RGB", (width * _SCALE, height * _SCALE), _WHITE)
        self._draw = ImageDraw.Draw(self._image)

    def line(self, points: Sequence[Point], ink: tuple[int, int, int] = _INK, width: float = 1.5) -> None:
        """A line through the points."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(scaled, fill=ink, width=round(width * _SCALE), joint="curve")

    def dashes(self, start: Point, end: Point, ink: tuple[int, int, int] = _GREY) -> None:
        """A broken line between two points."""
        steps = max(1, round(max(abs(end[0] - start[0]), abs(end[1] - start[1])) / 4))
        along = [
            (start[0] + (end[0] - start[0]) * n / steps, start[1] + (end[1] - start[1]) * n / steps)
            for n in range(steps + 1)
        ]
        for first, second in zip(along[::2], along[1::2], strict=False):
            self.line([first, second], ink, 1)

    def arrow(self, start: Point, end: Point, ink: tuple[int, int, int] = _INK, width: float = 1.5) -> None:
        """A line with a head at its end."""
        self.line([start, end], ink, width)
        length = max(1e-9, ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5)
        along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
        back = (end[0] - 8 * along[0], end[1] - 8 * along[1])
        head = [
            end,
            (back[0] - 3.5 * along[1], back[1] + 3.5 * along[0]),
            (back[0] + 3.5 * along[1], back[1] - 3.5 * along[0]),
        ]
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in head], fill=ink)

    def box(self, start: Point, end: Point, fill: tuple[int, int, int]) -> None:
        """A filled rectangle."""
        corners = [start[0] * _SCALE, start[1] * _SCALE, end[0] * _SCALE, end[1] * _SCALE]
        self._draw.rectangle(corners, fill=fill)

    def dot(self, place: Point) -> None:
        """A point of a graph."""
        x, y = place[0] * _SCALE, place[1] * _SCALE
        self._draw.ellipse(
            [x - 2.6 * _SCALE, y - 2.6 * _SCALE, x + 2.6 * _SCALE, y + 2.6 * _SCALE], fill=_BLUE
        )

    def label(self, place: Point, words: str, size: float = 14) -> None:
        """Words around a place; "∞", "-" and "+" are drawn, because the font at hand lacks or thins them."""
        font = ImageFont.load_default(size * _SCALE)
        widths = [self._width(character, font, size) for character in words]
        x = place[0] - sum(widths) / 2
        for character, width in zip(words, widths, strict=True):
            self._character((x, place[1]), character, width, size, font)
            x += width

    @staticmethod
    def _width(character: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, size: float) -> float:
        return (
            size
            if character == "∞"
            else size * 0.7
            if character in "-+"
            else font.getlength(character) / _SCALE
        )

    def _character(
        self,
        place: Point,
        character: str,
        width: float,
        size: float,
        font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    ) -> None:
        x, y = place
        middle = x + width / 2
        if character == "∞":
            for side in (-1, 1):
                self._ring((middle + side * size * 0.21, y), size * 0.22)
        elif character in "-+":
            self.line([(middle - size * 0.25, y), (middle + size * 0.25, y)], width=1.3)
            if character == "+":
                self.line([(middle, y - size * 0.25), (middle, y + size * 0.25)], width=1.3)
        else:
            self._draw.text((x * _SCALE, y * _SCALE), character, fill=_INK, font=font, anchor="lm")

    def _ring(self, center: Point, radius: float) -> None:
        corners = [(center[0] - radius) * _SCALE, (center[1] - radius) * _SCALE]
        corners += [(center[0] + radius) * _SCALE, (center[1] + radius) * _SCALE]
        self._draw.ellipse(corners, outline=_INK, width=round(1.4 * _SCALE))

    def png(self) -> bytes:
        """The finished picture."""
        buffer = io.BytesIO()
        reduced = self._image.resize((self._size[0] * 2, self._size[1] * 2), Image.Resampling.LANCZOS)
        reduced.quantize(64).save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


def graph(
    curve: Callable[[float], float], points: Sequence[Point], size: tuple[int, int] = (240, 240)
) -> bytes:
    """The graph of a function on [-2.4, 2.4] with its marked points, axes and dashed lines to them."""
    drawing = Drawing(*size)
    unit = size[0] / 6.4

    def place(x: float, y: float) -> Point:
        return size[0] / 2 + x * unit, size[1] * 0.57 - y * unit

    for x, y in points:
        drawing.dashes(place(x, 0), place(x, y))
        drawing.dashes(place(0, y), place(x, y))
    drawing.arrow(place(-3, 0), place(3, 0))
    drawing.arrow(place(0, -2.6), place(0, 3.5))
    steps = [-2.4 + 4.8 * n / 400 for n in range(401)]
    drawing.line([place(x, curve(x)) for x in steps if -2.4 <= curve(x) <= 3.4], _BLUE, 2.2)
    for x, y in points:
        drawing.dot(place(x, y))
        _mark(drawing, place, x, y)
    for words, spot in (("O", place(-0.25, -0.3)), ("x", place(2.9, -0.35)), ("y", place(0.3, 3.4))):
        drawing.label(spot, words)
    return drawing.png()


def _mark(drawing: Drawing, place: Callable[[float, float], Point], x: float, y: float) -> None:
    if x:
        drawing.label(place(x, -0.32 if y > 0 else 0.32), f"{x:g}", 13)
    drawing.label(place(0.32 if x < 0 or not x else -0.32, y + (0.0 if x else 0.1)), f"{y:g}", 13)


def variation_table(
    columns: Sequence[str], signs: Sequence[str], values: Sequence[tuple[str, float]]
) -> bytes:
    """A variation table: the columns of x, the signs of the derivative, values with heights from 0 to 1."""
    width, height = 420, 160
    drawing = Drawing(width, height)
    left, rows = 64, (6, 42, 78, height - 6)
    drawing.line([(6, rows[0]), (width - 6, rows[0]), (width - 6, rows[3]), (6, rows[3]), (6, rows[0])])
    for y in rows[1:3]:
        drawing.line([(6, y), (width - 6, y)])
    drawing.line([(left, rows[0]), (left, rows[3])])
    for words, top, bottom in (("x", 0, 1), ("f '(x)", 1, 2), ("f (x)", 2, 3)):
        drawing.label((35, (rows[top] + rows[bottom]) / 2), words)
    spots = [left + 26 + (width - left - 58) * n / (len(columns) - 1) for n in range(len(columns))]
    for x, words in zip(spots, columns, strict=True):
        drawing.label((x, 24), words)
    for n, sign in enumerate(signs):
        drawing.label((spots[0] + (spots[-1] - spots[0]) * (n + 1) / (len(signs) + 1), 60), sign)
    _arrows(
        drawing, spots, [(words, rows[3] - 16 - share * (rows[3] - rows[2] - 32)) for words, share in values]
    )
    return drawing.png()


def _arrows(drawing: Drawing, spots: Sequence[float], values: Sequence[tuple[str, float]]) -> None:
    placed = list(zip(spots, values, strict=True))
    for (x, (words, y)), following in zip(placed, [*placed[1:], None], strict=True):
        drawing.label((x, y), words)
        if following is not None:
            drawing.arrow(
                (x + 18, y + (following[1][1] - y) * 0.2),
                (following[0] - 20, y + (following[1][1] - y) * 0.8),
            )


def cut_square(size: int = 220) -> bytes:
    """A square sheet with four equal squares cut from its corners, labelled 12 cm and x."""
    drawing = Drawing(size + 12, size + 30)
    low, high, cut = 12.0, float(size - 8), 42.0
    drawing.box((low, low), (high, high), (221, 233, 246))
    for x in (low, high - cut):
        for y in (low, high - cut):
            drawing.box((x, y), (x + cut, y + cut), (240, 240, 240))
    drawing.line([(low, low), (high, low), (high, high), (low, high), (low, low)])
    for spot in (low + cut, high - cut):
        drawing.dashes((spot, low), (spot, high), _INK)
        drawing.dashes((low, spot), (high, spot), _INK)
    drawing.label((low + cut / 2, low + cut + 11), "x")
    drawing.label((low + cut + 11, low + cut / 2), "x")
    drawing.arrow(((low + high) / 2, high + 14), (low, high + 14), width=1)
    drawing.arrow(((low + high) / 2, high + 14), (high, high + 14), width=1)
    drawing.box(((low + high) / 2 - 26, high + 5), ((low + high) / 2 + 26, high + 23), _WHITE)
    drawing.label(((low + high) / 2, high + 14), "12 cm", 13)
    return drawing.png()

"""A chart drawn by the server, that needs no script: x in percent of the plot's width, y in pixels downwards.

So a chart is as wide as its place, and its texts keep their size.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil, floor, log10
from typing import Literal

from app.network.record import record
from app.render.cells import short

Anchor = Literal["start", "middle", "end"]
Pin = Literal["dot", "hollow", "up", "down"]
WIDE = 1000
"""Units of a plot's width that lines and areas are drawn in."""


@record
class Scale:
    """From a quantity to a place on an axis."""

    least: float
    most: float
    start: float
    """Place of the least."""
    end: float
    """Place of the most."""
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where a value stands; what lies beyond an end stands there."""
        low, high, at = (log10(each) if self.log else each for each in (self.least, self.most, value or self.least))
        share = min(max((at - low) / (high - low), 0), 1)
        return round(self.start + share * (self.end - self.start), 2)


@record
class Tick:
    at: float
    text: str


@record
class Label:
    """Words in the plot."""

    text: str
    x: float
    y: float
    anchor: Anchor = "start"
    look: str = ""
    """`hero` for a number in large, `faint`, or nothing."""
    dx: float = 0
    """Pixels to the right."""


@record
class Line:
    points: str
    dashed: bool = False


@record
class Bar:
    x: float
    width: float
    y: float
    height: float
    washed: bool = False


@record
class Point:
    kind: Pin
    x: float
    y: float


@record
class Mark:
    """What belongs together in a chart, and is lit together."""

    path: str
    """Empty where nothing lights it."""
    look: str
    """Branch, `ink`, `faint` or `other`."""
    areas: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    bars: tuple[Bar, ...] = ()
    points: tuple[Point, ...] = ()
    labels: tuple[Label, ...] = ()


@record
class Chart:
    height: int
    """Of the plot, pixels."""
    title: str
    """What y is."""
    below: str
    """What x is; empty where a control says it."""
    across: tuple[Tick, ...]
    """Ticks of x."""
    up: tuple[Tick, ...]
    """Ticks of y."""
    marks: tuple[Mark, ...]
    text: str
    """The chart in a sentence."""


def x_scale(least: float, most: float, log: bool = False) -> Scale:
    return Scale(least, most, 0, 100, log)


def y_scale(least: float, most: float, height: int, log: bool = False) -> Scale:
    return Scale(least, most, height, 0, log)


def line(x: Scale, y: Scale, points: Iterable[tuple[float, float]], dashed: bool = False) -> Line:
    """A line through points given as quantities."""
    return Line(corners(x, y, points), dashed)


def corners(x: Scale, y: Scale, points: Iterable[tuple[float, float]]) -> str:
    """Points given as quantities, as SVG wants them."""
    return " ".join(f"{x(a) * WIDE / 100:.1f},{y(b):.1f}" for a, b in points)


def round_ticks(most: float, about: int = 4) -> tuple[float, ...]:
    """From 0 to beyond the most, in steps of 1, 2 or 5 of a power of ten."""
    raw = most / about
    power = 10.0 ** floor(log10(raw))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= raw * 0.999)
    return tuple(step * at for at in range(ceil(most / step - 1e-9) + 1))


def decades(least: float, most: float, few: int = 6) -> tuple[float, ...]:
    """The powers of ten from one value to another; not more than a few."""
    powers = range(ceil(log10(least) - 1e-9), floor(log10(most) + 1e-9) + 1)
    return tuple(10.0**at for at in powers if at % max(1, ceil(len(powers) / few)) == 0)


def ticks(scale: Scale, values: Sequence[float]) -> tuple[Tick, ...]:
    return tuple(Tick(scale(value), re.sub(r"\.0+(?=\D|$)", "", short(value))) for value in values)


def stacked(x: float, width: float, scale: Scale, values: Sequence[float], washed: bool = False) -> tuple[Bar, ...]:
    """A bar for each value, each on top of those before it."""
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    return tuple(Bar(x, width, scale(high), round(scale(low) - scale(high), 2), washed) for low, high in pairwise(sums))


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def ten(exponent: int) -> str:
    """A power of ten: `10⁻⁶`; 1 for the first of them."""
    return f"10{str(exponent).translate(_RAISED)}" if exponent else str(1)


def power(value: float) -> str:
    """`0.098`, `313`, `7,482`, `2.4 · 10⁻⁷`: two or three digits, what is tiny or huge with a power of ten."""
    if 1e-3 <= value < 1e5 or value == 0:
        return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.3g}"
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits} · {ten(int(exponent))}"


def tens(least: float, most: float, few: int = 6) -> tuple[tuple[float, str], ...]:
    """Powers of ten around two values, with their texts: the first not above the least, the last not below the most."""
    low, high = floor(log10(least) + 1e-9), ceil(log10(most) - 1e-9)
    step = max(1, ceil((high - low) / few))
    high = low + max(1, ceil((high - low) / step)) * step
    return tuple((10.0**at, ten(at)) for at in range(low, high + 1, step))

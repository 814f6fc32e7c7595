"""A scale of numbers on paper: where it begins and ends, its ticks, its unit, and the steps of a slider on it."""

from math import ceil, floor, log10

from app.network.record import record
from app.render.cells import THIN

UNITS = (("G", 10**9), ("M", 10**6), ("K", 10**3), ("", 1))
"""Powers of 1000, with their letters."""
TICKS, STEPS = 6, 100
"""About how many ticks there are, and at least how many steps of a slider."""
ROOM = 0.06
"""What is left free at both ends, of what is shown."""


@record
class Scale:
    """A linear scale; `low`, `high` and `step` are whole numbers of the quantity itself."""

    low: int
    high: int
    step: int
    ticks: tuple[tuple[int, str], ...]
    """Value and text of each."""
    letter: str
    """Of the unit that its numbers are said in; empty for none."""
    size: int
    """Of that unit."""

    def plain(self, value: int) -> str:
        """In the scale's unit, as a slider wants it, to its step: `1.20`."""
        return f"{value / self.size:.{self.digits}f}"

    @property
    def digits(self) -> int:
        """Places after the point that a step has in the unit."""
        return max(0, len(str(self.size)) - len(str(self.step)))


def scale(least: int, most: int) -> Scale:
    """The scale on which numbers from `least` to `most` have some room at both ends."""
    spread = max(1, most - least or most)
    room = ceil(ROOM * spread)
    step = 10 ** max(0, floor(log10(max(1, spread // STEPS))))
    low = max(0, (least - room) // step * step)
    high = -(-(most + room) // step) * step
    letter, size = unit(high)
    apart = _round((high - low) / TICKS)
    first = -(-low // apart)
    ticks = tuple((at * apart, _tick(at * apart, letter, size)) for at in range(first, high // apart + 1))
    return Scale(low, high, step, ticks, letter, size)


def unit(value: int) -> tuple[str, int]:
    """The largest unit that a number has at least one of."""
    return next((letter, size) for letter, size in UNITS if value >= size or size == 1)


def in_full(value: int) -> str:
    """In its unit, with all its digits, and at least three of them: `1.20 G`, `1.2345 M`, `850`."""
    letter, size = unit(value)
    whole, rest = divmod(value, size)
    digits = len(str(size)) - 1
    places = f"{rest:0{digits}}".rstrip("0") if digits else ""
    places = places.ljust(max(0, 3 - len(str(whole))), "0") if digits else ""
    return f"{whole}{'.' if places else ''}{places}{THIN + letter if letter else ''}"


def _round(apart: float) -> int:
    """1, 2 or 5 times a power of ten, whole, nearest to it on a logarithmic scale."""
    power = int(10 ** max(0, floor(log10(max(1.0, apart)))))
    return min((each * power for each in (1, 2, 5, 10)), key=lambda each: abs(log10(each / max(1.0, apart))))


def _tick(value: int, letter: str, size: int) -> str:
    return f"{value / size:g}{THIN if letter else ''}{letter if value else ''}"

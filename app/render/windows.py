"""The windows of one layer, drawn: along one side, and in the plane."""

from typing import Literal

from app.network.record import record
from app.render.reason import SizeFormula

CELLS = 40
"""The longest side that is drawn cell by cell; a longer one is a bar, to scale."""
ROWS = 8
"""The most windows that are drawn one by one; of more, the first and the last three."""
AXIS = 80.0
"""Percent of the drawing's width that the side takes; the words about the last window stand beside it."""
TOP, PITCH, HEIGHT = 48, 27, 21
"""Of the rows of windows, in pixels."""

Fate = Literal["inside", "clipped", "dropped", "late"]
"""Of a window: it fits; it reaches outside and is kept, or dropped; it would start outside, and is dropped always."""
Label = Literal["in", "right", "left"]
Zone = Literal["padding", "input", "outside"]


@record
class Span:
    """What one window covers, in rows of the input: the first is 1, those of the padding lie outside 1 … n."""

    number: int
    first: int
    last: int
    fate: Fate
    rows: tuple[int, int] | None
    """First and last row of the input itself; none where it sees only padding."""
    padding: int
    """Rows of padding."""
    outside: int
    """Rows beyond the padding too."""


@record
class Cell:
    """A row of the input; positions are percent of the drawing's width."""

    x: float
    width: float
    zone: Zone
    number: int
    label: Literal["", "always", "wide"]
    """Whether its number is written, and where there is room for it."""


@record
class Stretch:
    """A part of the side: the input, its padding, or what lies beyond."""

    x: float
    width: float
    zone: Zone
    before: bool
    """Whether it lies before the input."""


@record
class WindowRow:
    """A window where it falls."""

    span: Span
    x: float
    width: float
    y: int
    label: Label
    label_x: float
    taps: tuple[float, ...]
    """Where the elements that a dilated window reads begin, each as wide as a cell; none where they touch."""


@record
class SideDrawn:
    """The windows along one side, with their texts in pixels and their places in percent."""

    formula: SizeFormula
    cells: tuple[Cell, ...]
    """None where the side is a bar."""
    stretches: tuple[Stretch, ...]
    rows: tuple[WindowRow, ...]
    tap_width: float
    hidden: int
    """Windows that are not drawn, between the first three and the last."""
    hidden_y: int
    height: int
    last: Span | None
    """The window that rounding decides about."""
    unread: int
    """Rows of the input at its end that no window reads."""


@record
class Axis:
    """One dimension of the plane, in units of the drawing."""

    n: int
    out: int
    begin: float
    """Of the input, after its padding."""
    side: float
    """Of the input."""
    padded: float
    """With its padding."""
    reached: float
    """With what the last window reaches beyond, too."""
    lines: tuple[float, ...]
    window: tuple[float, float]
    """Begin and length of one window."""
    clipped: tuple[float, float] | None
    """Likewise of the last window, where it reaches outside and is kept."""
    out_side: float
    out_lines: tuple[float, ...]
    out_cells: tuple[tuple[float, float], ...]
    """Begin and length of each output, where they are few; one stretch for all of them where they are many."""
    cell: tuple[float, float]
    """Begin and length of that window's output."""
    last_cell: tuple[float, float]
    """Likewise of the last output."""


@record
class Plane:
    """The same windows over height and width."""

    rows: Axis
    columns: Axis


BOX = 208.0
"""The longer side of input and of output, in units of the drawing."""
LARGEST_CELL = 44.0
LEAST = 5.0
"""A window is drawn no smaller, so that it can be seen."""


def span(formula: SizeFormula, number: int) -> Span:
    """The window of that number, from 1."""
    n = formula.n
    first = (number - 1) * formula.stride - formula.before + 1
    last = first + formula.dilation * (formula.kernel - 1)
    end = n + formula.after
    seen = (max(1, first), min(n, last))
    outside = max(0, last - max(end, first - 1))
    inside = max(0, seen[1] - seen[0] + 1)
    fate: Fate = "inside" if last <= end else "clipped"
    if number > formula.size:
        fate = "late" if first > n else "dropped"
    return Span(
        number, first, last, fate, seen if inside else None, last - first + 1 - inside - outside, outside
    )  # fmt: skip


def decided(formula: SizeFormula) -> Span | None:
    """The window that the rounding decides about: the last where it is kept, the next where it is dropped."""
    if formula.exact:
        return None
    last = span(formula, formula.size)
    if last.fate == "clipped":
        return last
    left = span(formula, formula.size + 1)
    return left if left.first <= formula.n + formula.after else None


def drawn(formula: SizeFormula) -> tuple[list[Span], int]:
    """The windows to draw or to list, and how many are left out after the third."""
    numbers = list(range(1, formula.size + 1))
    hidden = formula.size - 6 if formula.size > ROWS else 0
    if hidden:
        numbers = numbers[:3] + numbers[-3:]
    spans = [span(formula, number) for number in numbers]
    last = decided(formula)
    if last and last.number > formula.size:
        spans.append(last)
    return spans, hidden


def side(formula: SizeFormula) -> SideDrawn:
    """The drawing along one side."""
    spans, hidden = drawn(formula)
    begin, end = 1 - formula.before, formula.n + formula.after
    extent = max([end, *[each.last for each in spans]]) - begin + 1
    unit = AXIS / extent
    beyond = extent - (end - begin + 1)
    parts: list[tuple[Zone, int]] = [
        ("padding", formula.before), ("input", formula.n), ("padding", formula.after), ("outside", beyond)
    ]  # fmt: skip
    stretches, at = [], 0
    for index, (zone, length) in enumerate(parts):
        if length:
            stretches.append(Stretch(_r(at * unit), _r(length * unit), zone, index == 0))
        at += length
    in_cells = extent <= CELLS
    rows = []
    for index, each in enumerate(spans):
        line = index + (1 if hidden and index >= 3 else 0)
        rows.append(_row(formula, each, TOP + PITCH * line, begin, unit, in_cells))
    lines = len(spans) + (1 if hidden else 0)
    return SideDrawn(
        formula,
        _cells(formula, begin, extent, unit) if in_cells else (),
        tuple(stretches),
        tuple(rows),
        _r(unit),
        hidden,
        TOP + PITCH * 3,
        TOP + PITCH * lines + 12,
        decided(formula),
        max(0, formula.n - max(0, span(formula, formula.size).last)),
    )


def _row(formula: SizeFormula, each: Span, y: int, begin: int, unit: float, in_cells: bool) -> WindowRow:
    x, width = (each.first - begin) * unit, (each.last - each.first + 1) * unit
    taps: tuple[float, ...] = ()
    if in_cells and formula.dilation > 1:
        taps = tuple(_r(x + at * formula.dilation * unit) for at in range(formula.kernel))
    label: Label = "right" if x + width < 0.62 * AXIS else "left"
    if (width >= 0.19 * AXIS and not taps) or (x < 0.25 * AXIS and label == "left"):
        label = "in"
    at = {"in": x + width / 2, "right": x + width, "left": x}[label]
    return WindowRow(each, _r(x), _r(width), y, label, _r(at), taps)


def _cells(formula: SizeFormula, begin: int, extent: int, unit: float) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for at in range(extent):
        number = begin + at
        zone: Zone = "input" if 1 <= number <= formula.n else "outside"
        if zone == "outside" and number <= formula.n + formula.after:
            zone = "padding"
        step_wide, step = (1 if extent <= 24 else 2), (1 if extent <= 16 else 2 if extent <= 30 else 4)
        label: Literal["", "always", "wide"] = ""
        if zone == "input" and (number - 1) % step == 0:
            label = "always"
        elif zone == "input" and (number - 1) % step_wide == 0:
            label = "wide"
        cells.append(Cell(_r(at * unit), _r(unit), zone, number, label))
    return tuple(cells)


def plane(high: SizeFormula, wide: SizeFormula) -> Plane:
    """The drawing over height and width, both to one scale."""
    unit = BOX / max(_extent(high), _extent(wide))
    out_unit = min(LARGEST_CELL, BOX / max(high.size, wide.size))
    return Plane(_axis(high, unit, out_unit, 1), _axis(wide, unit, out_unit, 2))


def _extent(formula: SizeFormula) -> int:
    return max(formula.n + formula.after, span(formula, formula.size).last) + formula.before


def _axis(formula: SizeFormula, unit: float, out_unit: float, at: int) -> Axis:
    begin, index = 1 - formula.before, min(at, (formula.size - 1) // 2)
    last = span(formula, formula.size)
    cells = tuple((_r(cell * out_unit), _r(out_unit)) for cell in range(min(formula.size, CELLS)))

    def placed(each: Span) -> tuple[float, float]:
        return _seen((each.first - begin) * unit, (each.last - each.first + 1) * unit)

    return Axis(
        n=formula.n,
        out=formula.size,
        begin=_r(formula.before * unit),
        side=_r(formula.n * unit),
        padded=_r((formula.before + formula.n + formula.after) * unit),
        reached=_r(_extent(formula) * unit),
        lines=_lines(formula.n, unit, formula.before * unit),
        window=placed(span(formula, index + 1)),
        clipped=placed(last) if last.fate == "clipped" else None,
        out_side=_r(formula.size * out_unit),
        out_lines=_lines(formula.size, out_unit, 0),
        out_cells=cells if formula.size <= CELLS // 2 else ((0.0, _r(formula.size * out_unit)),),
        cell=_seen(index * out_unit, out_unit),
        last_cell=_seen((formula.size - 1) * out_unit, out_unit),
    )


def _lines(count: int, unit: float, begin: float) -> tuple[float, ...]:
    """Between the cells; between blocks of 2, 4, 8 … cells where they are too many."""
    step = 1
    while count / step > CELLS:
        step *= 2
    return tuple(_r(begin + at * unit) for at in range(step, count, step))


def _seen(begin: float, length: float) -> tuple[float, float]:
    """A stretch widened about its middle to what can be seen."""
    more = max(0.0, LEAST - length)
    return _r(max(0.0, begin - more / 2)), _r(length + more)


def _r(number: float) -> float:
    return round(number, 2)

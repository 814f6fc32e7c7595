"""One module as a drawing: where every block, arrow and square stands, and what is written beside it; in pixels.

A block is a tensor: its length is its channels, its end plane height × width. A square is a layer's multiply-adds.
Both sides, the module and its twin, share one scale of each.
"""

from collections.abc import Iterable, Sequence
from math import sqrt

from app.network.record import record
from app.network.spec import Shape
from app.render.cells import short, times
from app.render.module_text import BRANCHES, SEES, label, verdict
from app.render.modules import Branch, Detail, Twin
from app.render.prism import Prism, prism
from app.render.rows import Row
from app.words import say

LONGEST = 150
"""No block is longer."""
CHANNEL = 0.36
"""Length of a channel, unless the longest block would not fit."""
ROW = 124
"""Height of a branch's row; the page's own style holds it to that."""
AXIS = 48
"""Where in a row the arrows run."""
FAN = 40
"""Width of the arrows from the input to the branches."""
LARGEST, SMALLER = 100, 64
"""HalfDrawn of the largest square; the smaller one where a branch has three layers, which need the room."""


@record
class Square:
    """A layer's multiply-adds as an area."""

    path: str
    x: float
    y: float
    side: float
    title: str


@record
class Station:
    """A convolution or pool of a branch, with what it costs."""

    path: str
    label: str
    look: str
    column: int
    """0 for the first of its side."""
    prism: Prism
    lines: tuple[str, str, str]
    """The product, what it comes to (or nothing), and the parameters."""
    last: bool
    """Whether its output goes to the concatenation."""


@record
class Lane:
    """One branch on one side."""

    stations: tuple[Station, ...]
    passes: bool
    """Whether the input runs past the first column."""
    squares: tuple[Square, ...]
    width: float
    """Of all squares together."""
    height: float


@record
class Curve:
    """An arrow from the input to a branch."""

    path: str
    head: str
    """Points of its tip; empty where it runs on past the first column."""


@record
class HalfDrawn:
    """The module, or its twin: what the branches have in common."""

    kind: str
    title: str
    columns: int
    input: Prism
    shape: Shape
    height: int
    """Of all rows together."""
    curves: tuple[Curve, ...]
    concat: Prism
    sum: str
    channels: int
    macs: int
    params: int


@record
class Lanes:
    """One row of the drawing: a branch, here and in the twin."""

    name: str
    look: str
    sees: str
    verdict: str
    """What it saves against the twin; empty where there is no twin."""
    own: Lane | None
    twin: Lane | None


@record
class Drawing:
    """The whole drawing."""

    rows: tuple[Lanes, ...]
    own: HalfDrawn
    twin: HalfDrawn | None
    channel: str
    """Channels to a pixel of length, as text."""
    area: str
    """Multiply-adds to a pixel of area, as text; empty where nothing is multiplied."""
    dense: bool
    """Whether what is written must stand on short lines."""


def drawing(module: Detail, titles: tuple[str, str]) -> Drawing:
    """The drawing of a module; `titles` stand over it and over its twin."""
    sides: list[Twin] = [each for each in (module, module.twin) if each]
    longest = max(channels for side in sides for channels in _lengths(side))
    scale = min(CHANNEL, LONGEST / longest)
    most = max((row.macs for side in sides for branch in side.branches for row in branch.layers), default=0)
    deep = any(len(_shown(branch)) > 2 for side in sides for branch in side.branches)
    square = SMALLER if deep else LARGEST
    names = [name for name in BRANCHES if any(branch.name == name for side in sides for branch in side.branches)]
    lanes = [
        {branch.name: _lane(branch, _first(side), scale, square / sqrt(max(most, 1))) for branch in side.branches}
        for side in sides
    ]
    own, *other = [
        _side(side, title, names, mine, scale) for side, title, mine in zip(sides, titles, lanes, strict=False)
    ]
    rows = tuple(
        Lanes(
            say(BRANCHES[name]),
            name,
            say(SEES[name]),
            verdict(module, name),
            lanes[0].get(name),
            lanes[1].get(name) if other else None,
        )
        for name in names
    )
    area = short(most / square**2) if most else ""
    return Drawing(rows, own, other[0] if other else None, f"{1 / scale:.3g}", area, deep or _long(rows))


def _long(rows: Iterable[Lanes]) -> bool:
    """Whether a layer's two results are too long to stand beside each other."""
    lanes = [lane for row in rows for lane in (row.own, row.twin) if lane]
    return any(len("".join(station.lines[1:])) > 20 for lane in lanes for station in lane.stations if station.lines[1])


def _lengths(side: Twin) -> Iterable[int]:
    """Channels of every block that a side shows."""
    yield side.in_shape[0]
    yield side.out_shape[0]
    yield from (row.out_shape[0] for branch in side.branches for row in branch.layers)


def _first(side: Twin) -> int:
    """Column of a side's kernels: the second where something is reduced before them."""
    return int(side.kind == "reduced")


def _shown(branch: Branch) -> list[Row]:
    """The layers that are drawn."""
    return [row for row in branch.layers if row.kind in ("conv", "max_pool")]


def _lane(branch: Branch, kernels: int, scale: float, root: float) -> Lane:
    shown = _shown(branch)
    norms = {row.path: row.params for row in branch.layers if row.kind == "batch_norm"}
    first = 0 if len(shown) > 1 and (shown[0].path.endswith(".reduce") or branch.name == "pool") else kernels
    stations = tuple(
        _station(row, branch.name, first + at, row is shown[-1], scale, norms.get(f"{row.path}_bn", 0))
        for at, row in enumerate(shown)
    )
    sides = [(row, root * sqrt(row.macs)) for row in shown if row.macs]
    height = max((side for _, side in sides), default=0.0)
    squares, x = [], 0.0
    for row, side in sides:
        title = say("{layer}: {n} multiply-adds", layer=label(row), n=f"{row.macs:,}")
        squares.append(Square(row.path, round(x, 2), round(height - side, 2), round(side, 2), title))
        x += side + 3
    return Lane(stations, first == 1, tuple(squares), round(max(x - 3, 0), 2), round(height, 2))


def _station(row: Row, branch: str, column: int, last: bool, scale: float, norm: int) -> Station:
    channels, *size = row.out_shape
    look = branch if last or row.kind == "conv" else "other"
    return Station(
        row.path,
        label(row),
        look,
        column,
        prism(((look, channels),), size, scale),
        _lines(row, last, norm),
        last,
    )


def _lines(row: Row, last: bool, norm: int) -> tuple[str, str, str]:
    channels, *size = row.out_shape
    if row.kind == "max_pool" and last:
        return say("passes all {n} on", n=f"{channels:,}"), "", say("no weights, no arithmetic")
    if row.kind == "max_pool":
        kept = say("{n} channels, still {size}", n=f"{channels:,}", size=times(size))
        return say("no weights"), "", kept
    product = (row.formula.macs or "").partition(" = ")[0]
    params = (
        say("{n} + {norm} params", n=f"{row.params:,}", norm=f"{norm:,}")
        if norm
        else say("{n} params", n=f"{row.params:,}")
    )
    return product, short(row.macs), params


def _side(side: Twin, title: str, names: Sequence[str], lanes: dict[str, Lane], scale: float) -> HalfDrawn:
    branches, size = side.branches, side.in_shape[1:]
    height = ROW * len(names)
    return HalfDrawn(
        side.kind,
        title,
        1 + max(station.column for lane in lanes.values() for station in lane.stations),
        prism((("other", side.in_shape[0]),), size, scale),
        side.in_shape,
        height,
        tuple(
            _curve(height / 2, at * ROW + AXIS, lanes[name].passes) for at, name in enumerate(names) if name in lanes
        ),
        prism([(branch.name, branch.out_channels) for branch in branches], size, scale),
        " + ".join(f"{branch.out_channels:,}" for branch in branches),
        side.out_shape[0],
        side.totals.macs,
        side.totals.params,
    )


def _curve(start: float, end: float, runs_on: bool) -> Curve:
    stop = FAN if runs_on else FAN - 5
    # leaves level, climbs steeply, arrives level: the arrows of a fan share their climb and stay apart at both ends
    path = f"M2 {start:g}C16 {start:g} 8 {end:g} 26 {end:g}H{stop}"
    return Curve(path, "" if runs_on else f"{stop - 6},{end - 4:g} {stop},{end:g} {stop - 6},{end + 4:g}")

"""What a design space says in words and rows: how many variants fit, which of the front, and why channels sit where."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from app.network.analysis import Analysis
from app.network.cloud import Density, Survey, View
from app.network.record import record
from app.network.space import Axis, Grid, Sums
from app.network.spec import Spec
from app.network.variant import COLUMN_KEYS
from app.render.cells import short
from app.render.columns import varied
from app.render.modules import module_rows
from app.render.picture import QUANTITIES, Beaten
from app.render.scale import unit
from app.words import phrase, say, say_many, sentences

ROWS = 9
"""Of the front, in the table."""
WRAP = 28
"""Characters of a line on the card."""
HEADS = {
    "params": phrase("Params"),
    "macs": phrase("MACs"),
    "activations": phrase("Activations"),
    "peak_activations": phrase("Peak"),
}
"""Where there is little room."""
Budgets = Mapping[str, int]
"""The most that is allowed, by quantity."""
Address = Callable[[Sequence[str]], str]
"""Of the variant that has those values on the axes."""


def beaten(grid: Grid, found: Survey, address: Address) -> list[Beaten]:
    """The front, from the best across to the best upwards."""
    names = [varied(axis.key) for axis in grid.axes]
    places = np.unravel_index(found.front, grid.shape) if grid.axes else ()
    columns = [[axis.text(at) for at in column.tolist()] for axis, column in zip(grid.axes, places, strict=True)]
    points = list(zip(*columns, strict=True)) if columns else [()] * len(found.front)
    quantities = Sums._fields[: len(found.totals)]
    return [
        Beaten(
            dict(zip(quantities, totals, strict=True)),
            _wrapped([f"{name.text} {value}" for name, value in zip(names, values, strict=True)]),
            address(values),
            values,
        )
        for values, totals in zip(points, found.totals.T.tolist(), strict=True)
    ]


def _wrapped(parts: Sequence[str]) -> tuple[str, ...]:
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) < WRAP:
            lines[-1] += f" · {part}"
        else:
            lines.append(part)
    return tuple(lines)


def fitting(front: Sequence[Beaten], budgets: Budgets) -> list[Beaten]:
    """Those of the front that stay within all budgets, from the best upwards to the best across."""
    return [each for each in reversed(front) if all(each.totals[name] <= most for name, most in budgets.items())]


def some(front: Sequence[Beaten]) -> list[Beaten]:
    """As many of them as the table holds, the first and the last among them."""
    many = min(ROWS, len(front))
    return [front[round(at * (len(front) - 1) / max(1, many - 1))] for at in range(many)]


class Column:
    """A quantity in the table: one unit and as many places for all, chosen for the largest of them."""

    def __init__(self, quantity: str, values: Sequence[int]) -> None:
        most = max(values, default=0)
        self.quantity = quantity
        self.letter, self._size = unit(most)
        self._places = max(0, 3 - len(str(most // self._size))) if self.letter else 0

    def text(self, value: int) -> str:
        return f"{value / self._size:,.{self._places}f}"


def lead(name: str, spec: Spec, axes: Sequence[Axis], found: Survey, drawn: Density, budgets: Budgets) -> str:
    """How many variants there are, of what, and how many of them fit."""
    size = " × ".join(map(str, spec.input[1:] if spec.input[0] == 3 else spec.input))
    if any(axis.key == "input" for axis in axes):
        counted = say_many(
            "{n} variant of {name}, batch 1.", "{n} variants of {name}, batch 1.", found.possible, name=name
        )
    else:
        counted = say_many(
            "{n} variant of {name}, batch 1, {size}.", "{n} variants of {name}, batch 1, {size}.", found.possible,
            name=name, size=size,
        )  # fmt: skip
    if not budgets:
        return counted
    parts = [f"{short(most)} {say(QUANTITIES[quantity])}" for quantity, most in budgets.items()]
    allowed = parts[0]
    for part in parts[1:]:
        allowed = say("{some} and {last}", some=allowed, last=part)
    fits = say("{n} of them stay within {budget}.", n=f"{int(drawn.within.sum()):,}", budget=allowed)
    return sentences(counted, fits)


@record
class Late:
    """The finding that channels late in the network are cheap, with the two modules that show it."""

    early: str
    late: str
    kernel: str
    early_size: str
    late_size: str
    early_positions: int
    late_positions: int
    ratio: str


def late(
    view: View,
    axes: Sequence[Axis],
    analysis: Analysis,
    spec: Spec,
    chosen: Beaten | None,
    scaled: Mapping[str, int] | None,
) -> Late | None:
    """Whether the chosen variant says so: what varies early is at its least there, what varies late at its most.

    And it must have more parameters than the network that is scaled as a whole into the same budget.
    """
    goals = [(goal.quantity, goal.less) for goal in view]
    if goals != [("macs", True), ("params", False)] or not chosen or not scaled:
        return None
    sizes = {row.name: row.out_shape[1:] for row in module_rows(spec, analysis)}
    modules = {axis.key: COLUMN_KEYS[axis.key][0] for axis in axes if axis.key in COLUMN_KEYS}
    areas = {key: sizes[name][0] * sizes[name][1] for key, name in modules.items() if name in sizes}
    if not areas or min(areas.values()) == max(areas.values()):
        return None
    texts = dict(zip([axis.key for axis in axes], chosen.values, strict=True))
    ends = {axis.key: (axis.text(0), axis.text(axis.length - 1)) for axis in axes}
    early = [key for key, area in areas.items() if area == max(areas.values())]
    last = [key for key, area in areas.items() if area == min(areas.values())]
    if any(texts[key] != ends[key][0] for key in early) or any(texts[key] != ends[key][1] for key in last):
        return None
    if chosen.totals["params"] <= scaled["params"]:
        return None
    one, other = early[0], last[-1]
    return Late(
        early=modules[one],
        late=modules[other],
        kernel=varied(one).tail,
        early_size=" × ".join(map(str, sizes[modules[one]])),
        late_size=" × ".join(map(str, sizes[modules[other]])),
        early_positions=areas[one],
        late_positions=areas[other],
        ratio=f"{areas[one] / areas[other]:.3g}",
    )

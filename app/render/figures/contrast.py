"""Every module against its naive twin: multiply-adds or parameters, stacked by branch."""

from typing import Any, Literal

from app.network.analysis import Analysis, Layer
from app.network.variant import Variant
from app.render.cells import short
from app.render.figures.theme import Figure, axis, bars, labels, layout, stacked, ticks
from app.render.naive import all_naive
from app.words import say

Quantity = Literal["macs", "params"]


def contrast(chosen: Variant, analysis: Analysis, quantity: Quantity) -> Figure:
    """Two bars a module, naive (washed) over this network (solid), on one linear scale from 0.

    The naive network keeps the widths and the chain, so each of its modules reads all that the one before gives. Bars
    lie, so that what they come to stands at their ends, however narrow the page is and however many there are.
    """
    sides = ((True, by_branch(all_naive(chosen.spec), quantity)), (False, by_branch(analysis, quantity)))
    data: list[dict[str, Any]] = []
    names = list(sides[0][1])
    places: list[float] = []
    totals: list[int] = []
    for naive, modules in sides:
        who = say("naive") if naive else say("this network")
        offset = -0.42 if naive else 0.02
        pieces = [
            piece
            for at, (name, values) in enumerate(modules.items())
            for piece in stacked(values, at, f"{name}, {who}", naive)
        ]
        data.append(bars(pieces, horizontal=True, name=who, offset=offset, width=0.4))
        places += [at + offset + 0.2 for at in range(len(names))]
        totals += [sum(values.values()) for values in modules.values()]
    data.append(labels([f"\u00a0{short(total)}" for total in totals], totals, places, "middle right", 10.5))
    title = say("Multiply-adds") if quantity == "macs" else say("Parameters")
    modules_axis = axis(showgrid=False, range=[len(names) - 0.5, -0.5])
    frame = {
        "barmode": "overlay",
        "xaxis": axis(title, **ticks(max(totals, default=0))),
        "yaxis": modules_axis | {"tickvals": list(range(len(names))), "ticktext": names, "ticklabelstandoff": 4},
        "height": 48 + 27 * len(names),
        "margin": {"l": 32, "r": 48, "t": 4, "b": 40},
    }
    return Figure(data, layout(**frame))


def by_branch(analysis: Analysis, quantity: Quantity) -> dict[str, dict[str, int]]:
    """Sums by module and branch."""
    modules: dict[str, dict[str, int]] = {}
    for layer in analysis.layers:
        if layer.node.module and layer.node.branch:
            values = modules.setdefault(layer.node.module, {})
            values[layer.node.branch] = values.get(layer.node.branch, 0) + _value(layer, quantity)
    return modules


def _value(layer: Layer, quantity: Quantity) -> int:
    return layer.macs if quantity == "macs" else layer.params

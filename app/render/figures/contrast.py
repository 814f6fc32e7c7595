"""Every module against its naive twin: multiply-adds or parameters, stacked by branch."""

from typing import Any, Literal

from app.network.analysis import Analysis, Layer
from app.network.variant import Variant
from app.render.cells import short
from app.render.figures.theme import Figure, axis, bars, labels, layout, stacked
from app.render.naive import all_naive
from app.words import say

Quantity = Literal["macs", "params"]


def contrast(chosen: Variant, analysis: Analysis, quantity: Quantity) -> Figure:
    """Two bars a module, naive (washed) and this network (solid), on one linear scale from 0.

    The naive network keeps the widths and the chain, so each of its modules reads all that the one before gives.
    """
    sides = ((True, by_branch(all_naive(chosen.spec), quantity)), (False, by_branch(analysis, quantity)))
    data: list[dict[str, Any]] = []
    names = list(sides[0][1])
    totals: list[list[int]] = []
    for naive, modules in sides:
        who = say("naive") if naive else say("this network")
        offset = -0.38 if naive else 0.02
        pieces = [
            piece
            for at, (name, values) in enumerate(modules.items())
            for piece in stacked(values, at, f"{name}, {who}", naive)
        ]
        data.append(bars(pieces, name=who, offset=offset, width=0.36))
        totals.append([sum(values.values()) for values in modules.values()])
    pairs = list(zip(*totals, strict=True))
    tops = [max(pair) for pair in pairs]
    texts = [f"{short(theirs)}<br>{short(own)}" for theirs, own in pairs]
    data.append(labels(texts, list(range(len(names))), tops, "top center", 10.5))
    frame = {
        "barmode": "overlay",
        "xaxis": axis(showgrid=False, range=[-0.5, len(names) - 0.5], tickvals=list(range(len(names))), ticktext=names),
        "yaxis": axis(
            say("Multiply-adds") if quantity == "macs" else say("Parameters"),
            range=[0, max(tops, default=1) * 1.2],
            tickformat="~s",
            nticks=5,
        ),
        "height": 260,
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

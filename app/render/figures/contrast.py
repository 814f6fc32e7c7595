"""Every module against its naive twin: multiply-adds or parameters, stacked by branch."""

from typing import Any, Literal

from app.network.analysis import Analysis, Layer
from app.network.variant import Variant
from app.render.cells import short
from app.render.figures.theme import BRANCHES, Figure, axis, bar, branch_names, layout, note
from app.render.naive import all_naive
from app.words import say

Quantity = Literal["macs", "params"]


def contrast(chosen: Variant, analysis: Analysis, quantity: Quantity) -> Figure:
    """Two bars a module, naive (washed) and this network (solid), on one linear scale from 0.

    The naive network keeps the widths and the chain, so each of its modules reads all that the one before gives.
    """
    sides = ((True, by_branch(all_naive(chosen.spec), quantity)), (False, by_branch(analysis, quantity)))
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for naive, modules in sides:
        who = say("naive") if naive else say("this network")
        offset = -0.38 if naive else 0.02
        data += [
            bar(branch, naive)
            | {
                "x": list(modules),
                "y": [values.get(branch, 0) for values in modules.values()],
                "base": [_below(values, branch) for values in modules.values()],
                "offset": offset,
                "width": 0.36,
                "name": f"{who} {label}",
                "hovertemplate": f"%{{x}}, {who}, {label}: %{{y:,}}<extra></extra>",
            }
            for branch, label in branch_names().items()
        ]
        for at, values in enumerate(modules.values()):
            total = sum(values.values())
            notes.append(note(short(total), x=at + offset + 0.18, y=total, yanchor="bottom", font={"size": 10.5}))
    frame = {
        "barmode": "overlay",
        "annotations": notes,
        "xaxis": axis(type="category", showgrid=False),
        "yaxis": axis(
            say("Multiply-adds") if quantity == "macs" else say("Parameters"),
            rangemode="tozero",
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


def _below(values: dict[str, int], branch: str) -> int:
    """What the branches before it reach."""
    order = list(BRANCHES)
    return sum(values.get(other, 0) for other in order[: order.index(branch)])

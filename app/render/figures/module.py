"""One module against its twin: channels, parameters and multiply-adds by branch, naive above reduced."""

from typing import Any

from app.network.analysis import Analysis
from app.network.variant import Variant
from app.render.cells import short
from app.render.figures.theme import Bar, Figure, axis, bars, kind_names, labels, layout, stacked
from app.render.modules import Detail, Twin, detail
from app.words import phrase, say

PANELS = (("channels", phrase("Channels out")), ("params", phrase("Parameters")), ("macs", phrase("Multiply-adds")))
PITCH = 31
"""Height of a bar with its space, pixels."""


def module(chosen: Variant, analysis: Analysis, name: str) -> Figure:
    """Three panels with a bar for each of the twins, pieced by branch; each panel has its own scale from 0."""
    return twins(detail(chosen, analysis, name))


def twins(shown: Detail) -> Figure:
    """The same of a module that stands anywhere, with or without a twin; panels under each other, each named."""
    both: list[Twin] = [each for each in (shown, shown.twin) if each]
    both.sort(key=lambda twin: twin.kind, reverse=True)  # the first bar stands lowest: reduced, then naive above it
    data: list[dict[str, Any]] = []
    frame: dict[str, Any] = {}
    kinds, rows = [kind_names()[twin.kind] for twin in both], range(len(both))
    for at, (quantity, title) in enumerate(PANELS):
        suffix = "" if at == 0 else str(at + 1)
        totals = [sum(_values(twin, quantity).values()) for twin in both]
        frame[f"xaxis{suffix}"] = axis(
            anchor=f"y{suffix}", range=[0, max(totals) or 1], showticklabels=False, showgrid=False
        )
        frame[f"yaxis{suffix}"] = axis(
            anchor=f"x{suffix}",
            domain=[(2 - at) / 3, (3 - at) / 3],
            range=[-0.5, len(both) + 0.2],
            tickvals=list(rows),
            ticktext=kinds,
            ticklabelstandoff=4,
            showgrid=False,
        )
        pieces: list[Bar] = []
        for row, twin in enumerate(both):
            pieces += stacked(_values(twin, quantity), row, kinds[row], twin.kind == "naive")
        axes: dict[str, Any] = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        texts = [f"\u00a0{total:,}" if quantity == "channels" else f"\u00a0{short(total)}" for total in totals]
        data.append(bars(pieces, horizontal=True, name=say(title), width=0.72, **axes))
        places = ([*totals, 0], [*rows, len(both) - 0.3])
        data.append(labels([*texts, say(title)], *places, "middle right", **axes))
    height = round(3 * PITCH * (len(both) + 0.7)) + 4
    frame |= {"barmode": "overlay", "height": height, "margin": {"l": 60, "r": 52, "t": 0, "b": 4}}
    return Figure(data, layout(**frame))


def _values(twin: Twin, quantity: str) -> dict[str, int]:
    names = {"channels": "out_channels", "params": "params", "macs": "macs"}
    return {branch.name: getattr(branch, names[quantity]) for branch in twin.branches}

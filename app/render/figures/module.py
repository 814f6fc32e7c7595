"""One module against its twin: channels, parameters and multiply-adds by branch, naive above reduced."""

from typing import Any

from app.network.analysis import Analysis
from app.network.variant import Variant
from app.render.cells import short
from app.render.figures.theme import Bar, Figure, axis, bars, kind_names, labels, layout, stacked
from app.render.modules import Detail, Twin, detail
from app.words import phrase, say

PANELS = (("channels", phrase("Channels out")), ("params", phrase("Parameters")), ("macs", phrase("Multiply-adds")))
GAP = 0.06


def module(chosen: Variant, analysis: Analysis, name: str) -> Figure:
    """Three panels with a bar for each of the twins, stacked by branch; each panel has its own scale from 0."""
    return twins(detail(chosen, analysis, name))


def twins(shown: Detail) -> Figure:
    """The same of a module that stands anywhere, with or without a twin."""
    both: list[Twin] = [each for each in (shown, shown.twin) if each]
    both.sort(key=lambda twin: twin.kind, reverse=True)  # the first bar stands lowest: reduced, then naive above it
    data: list[dict[str, Any]] = []
    frame: dict[str, Any] = {}
    width, kinds = (1 - GAP * 2) / 3, kind_names()
    for at, (quantity, title) in enumerate(PANELS):
        suffix = "" if at == 0 else str(at + 1)
        left = at * (width + GAP)
        totals = [sum(_values(twin, quantity).values()) for twin in both]
        frame[f"xaxis{suffix}"] = axis(
            say(title),
            domain=[left, left + width],
            anchor=f"y{suffix}",
            range=[0, max(totals) * 1.28],
            tickformat="~s",
            nticks=5,
        )
        frame[f"yaxis{suffix}"] = axis(anchor=f"x{suffix}", showticklabels=at == 0, showgrid=False)
        pieces: list[Bar] = []
        for twin in both:
            pieces += stacked(_values(twin, quantity), kinds[twin.kind], kinds[twin.kind], twin.kind == "naive")
        axes: dict[str, Any] = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        texts = [f"\u00a0{total:,}" if quantity == "channels" else f"\u00a0{short(total)}" for total in totals]
        data.append(bars(pieces, horizontal=True, name=say(title), **axes))
        data.append(labels(texts, totals, [kinds[twin.kind] for twin in both], "middle right", **axes))
    frame |= {"barmode": "overlay", "height": 190, "margin": {"l": 60, "r": 8, "t": 8, "b": 44}}
    return Figure(data, layout(**frame))


def _values(twin: Twin, quantity: str) -> dict[str, int]:
    names = {"channels": "out_channels", "params": "params", "macs": "macs"}
    return {branch.name: getattr(branch, names[quantity]) for branch in twin.branches}

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
    """The same of a module that stands anywhere, with or without a twin; panels under each other, each named.

    Panels share one pair of axes, for Plotly needs as long for another as for twenty bars: a length is a share of its
    panel's longest bar, and `customdata` has the number itself.
    """
    both: list[Twin] = [each for each in (shown, shown.twin) if each]
    both.sort(key=lambda twin: twin.kind, reverse=True)  # the first bar stands lowest: reduced, then naive above it
    kinds, rows = [kind_names()[twin.kind] for twin in both], len(both) + 0.7  # of a panel: its bars and its name
    feet = [rows * at for at in reversed(range(len(PANELS)))]
    pieces: list[Bar] = []
    longest: list[int] = []
    words: list[tuple[str, float, float]] = []
    for foot, (quantity, title) in zip(feet, PANELS, strict=True):
        values = [_values(twin, quantity) for twin in both]
        totals = [sum(each.values()) for each in values]
        whole = max(totals) or 1
        for row, (twin, kind, total) in enumerate(zip(both, kinds, totals, strict=True), 1):
            pieces += stacked(values[row - 1], foot + row, kind, twin.kind == "naive")
            text = f"{total:,}" if quantity == "channels" else short(total)
            words.append((f"\u00a0{text}", total / whole, foot + row))
        longest += [whole] * (len(pieces) - len(longest))
        words.append((say(title), 0, foot + rows))
    drawn = bars(pieces, horizontal=True, width=0.72)
    drawn |= {"customdata": drawn["x"]} | {
        key: [round(each / whole, 6) for each, whole in zip(drawn[key], longest, strict=True)] for key in ("x", "base")
    }
    texts, x, y = zip(*words, strict=True)
    return Figure([drawn, labels(texts, x, y, "middle right")], layout(**_frame(kinds, feet, rows)))


def _frame(kinds: list[str], feet: list[float], rows: float) -> dict[str, Any]:
    return {
        "xaxis": axis(range=[0, 1], showticklabels=False, showgrid=False),
        "yaxis": axis(
            range=[0.5, len(feet) * rows + 0.5],
            tickvals=[foot + row for foot in feet for row in range(1, len(kinds) + 1)],
            ticktext=kinds * len(feet),
            ticklabelstandoff=4,
            showgrid=False,
        ),
        "barmode": "overlay",
        "height": round(len(feet) * PITCH * rows) + 4,
        "margin": {"l": 60, "r": 52, "t": 0, "b": 4},
    }


def _values(twin: Twin, quantity: str) -> dict[str, int]:
    names = {"channels": "out_channels", "params": "params", "macs": "macs"}
    return {branch.name: getattr(branch, names[quantity]) for branch in twin.branches}

"""The design space from two quantities: how many variants lie where, the front, and the variants that have names."""

from typing import Any

from app.render.cells import short
from app.render.figures.space_notes import card, labels, told
from app.render.figures.theme import INK, PAPER, Figure, axis, layout, note
from app.render.picture import QUANTITIES, Picture
from app.render.scale import Scale
from app.words import say

SHADES = 8
"""Steps from few variants in a cell to many: each twice as dark where there are four times as many."""
INSIDE, OUTSIDE = (0.12, 0.72), (0.14, 0.42)
"""How much ink the emptiest and the fullest cell have: within all budgets ink itself, beyond them ink-3."""


def space(it: Picture) -> Figure:
    """Cells as dark as they are full, a line for the front, marks with names, the chosen variant on a card."""
    data = [_cells(it, False), _cells(it, True), *_line(it), _named(it)]
    (across, up), (x, y) = it.view, it.scales
    names = [say(QUANTITIES[goal.quantity]) for goal in (across, up)]
    corner = {"xref": "paper", "yref": "paper", "font": {"size": 12, "color": INK, "weight": 600}}
    notes = [
        note(f"↑ {names[1]}", x=0, y=1, xanchor="left", xshift=-46, yshift=22, **corner),
        note(f"{names[0]} →", x=1, y=0, xanchor="right", yshift=-36, **corner),
        *labels(it, "wide"),
        *labels(it, "narrow"),
    ]
    if it.chosen:
        notes += card(it, it.chosen)
    frame: dict[str, Any] = {
        "xaxis": _axis(x),
        "yaxis": _axis(y),
        "annotations": notes,
        "margin": {"l": 46, "r": 2, "t": 28, "b": 48},
        "height": 636,
        "dragmode": "select",
        "newselection": {"line": {"color": INK, "width": 1.25, "dash": "solid"}},
    }
    if it.box:
        (x0, x1), (y0, y1) = it.box
        line = {"color": INK, "width": 1.25, "dash": "solid"}
        frame["selections"] = [{"type": "rect", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": line}]
    return Figure(data, layout(**frame))


def _axis(it: Scale) -> dict[str, Any]:
    values, texts = zip(*it.ticks, strict=True) if it.ticks else ((), ())
    return axis(range=[it.low, it.high], tickvals=list(values), ticktext=list(texts))


def _cells(it: Picture, within: bool) -> dict[str, Any]:
    """The variants within all budgets, or those beyond: shades by the root of their number."""
    counts = it.density.within if within else it.density.beyond
    most = max(1, int(it.density.within.max()), int(it.density.beyond.max()))
    rows, columns = counts.shape
    sides = [(high - low + 1) / many for (low, high), many in zip(it.ranges, (columns, rows), strict=True)]
    least_ink, most_ink = INSIDE if within else OUTSIDE
    shares = [round(least_ink + (most_ink - least_ink) * at / SHADES, 3) for at in range(SHADES + 1)]
    goals = [say(QUANTITIES[goal.quantity]) for goal in it.view]
    return {
        "type": "heatmap",
        "z": [[count or None for count in row] for row in counts.tolist()],
        "x0": it.ranges[0][0] + sides[0] / 2,
        "dx": sides[0],
        "y0": it.ranges[1][0] + sides[1] / 2,
        "dy": sides[1],
        "zmin": 0,
        "zmax": most,
        "showscale": False,
        "hoverongaps": False,
        "xgap": 1e-6,  # without any, Plotly writes a style into the page, which forbids that, and blurs the cells
        "colorscale": [[(at / SHADES) ** 2, _mixed(share)] for at, share in enumerate(shares)],
        "meta": {"density": "ink" if within else "ink-3", "shares": shares},
        "hovertemplate": say(
            "{n} variants about {x} {across}, {y} {up}",
            n="%{z:,}", x="%{x:.3s}", across=goals[0], y="%{y:.3s}", up=goals[1],
        )
        + "<extra></extra>",
    }  # fmt: skip


def _mixed(share: float) -> str:
    """Ink on paper; a page mixes its own."""
    ink, paper = (bytes.fromhex(colour[1:]) for colour in (INK, PAPER))
    return f"rgb({', '.join(str(round(b + share * (a - b))) for a, b in zip(ink, paper, strict=True))})"


def _line(it: Picture) -> list[dict[str, Any]]:
    """The front on a halo of paper."""
    x, y = ([each.totals[goal.quantity] for each in it.front] for goal in it.view)
    base = {"type": "scatter", "mode": "lines", "x": x, "y": y}
    halo = {"line": {"color": PAPER, "width": 6, "shape": "hv"}, "hoverinfo": "skip", "meta": {"line": "paper"}}
    line = {
        "line": {"color": INK, "width": 2.2, "shape": "hv"},
        "meta": {"line": "ink"},
        "text": ["<br>".join(told(it, each)) for each in it.front],
        "customdata": [each.address for each in it.front],
        "hovertemplate": "%{text}<extra></extra>",
    }
    return [base | halo, base | line]


def _named(it: Picture) -> dict[str, Any]:
    """The marks, all in one trace."""
    symbols = {"fit": "diamond"}
    fills = {"chosen": "ink"}
    colours = {"ink": INK, "paper": PAPER}
    marks = it.shown
    fill = [fills.get(each.look, "paper") for each in marks]
    edge = ["paper" if each.look == "chosen" else "ink" for each in marks]
    width = [3 if each.look == "yours" else 2 for each in marks]
    x, y = ([each.totals[goal.quantity] for each in marks] for goal in it.view)
    across, up = (say(QUANTITIES[goal.quantity]) for goal in it.view)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "text": [
            f"{each.name}<br>{short(b)} {up}<br>{short(a)} {across}" for each, a, b in zip(marks, x, y, strict=True)
        ],
        "customdata": [each.address for each in marks],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "size": [10 if each.look == "published" else 13 for each in marks],
            "symbol": [symbols.get(each.look, "circle") for each in marks],
            "color": [colours[each] for each in fill],
            "line": {"width": width, "color": [colours[each] for each in edge]},
            "opacity": 1,
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "cliponaxis": False,
        "meta": {"fills": fill, "edges": edge},
    }

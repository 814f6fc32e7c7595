"""The design space from two quantities: how many variants lie where, the front, and the variants that have names."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.network.cloud import Density, View
from app.network.record import record
from app.render.cells import short
from app.render.figures.labels import LINE, Frame, around, beside
from app.render.figures.theme import INK, INK_3, PAPER, Figure, axis, layout, note
from app.render.scale import Scale
from app.words import phrase, say

QUANTITIES = {
    "params": phrase("parameters"),
    "macs": phrase("multiply-adds"),
    "activations": phrase("activations"),
    "peak_activations": phrase("peak activations"),
}
"""In the middle of a sentence."""
SHADES = 8
"""Steps from few variants in a cell to many: each twice as dark where there are four times as many."""
INSIDE, OUTSIDE = (0.12, 0.72), (0.14, 0.42)
"""How much ink the emptiest and the fullest cell have: within all budgets ink itself, beyond them ink-3."""
PLOTS = {"wide": (640, 560), "narrow": (320, 560)}
"""Width and height, in pixels. A page shows notes of the name that suits it."""
CARD, BUDGET = 168, 56
"""Width of the chosen variant's card, and of a budget's label, in pixels."""


@record
class Mark:
    """A variant that has a name."""

    name: str
    look: str
    """`published`, `yours`, `fit` or `chosen`."""
    totals: Mapping[str, int]
    address: str
    """Of its explorer."""


@record
class Beaten:
    """Of the front: a variant that no other beats."""

    totals: Mapping[str, int]
    widths: tuple[str, ...]
    """What was varied and its value, in lines."""
    address: str
    values: tuple[str, ...]
    """On each axis."""


@record
class Picture:
    """All that is drawn."""

    view: View
    scales: tuple[Scale, Scale]
    ranges: tuple[tuple[int, int], tuple[int, int]]
    """What the cells cover."""
    density: Density
    front: Sequence[Beaten]
    marks: Sequence[Mark]
    chosen: Beaten | None
    """The one whose numbers are written out."""
    budgets: tuple[int | None, int | None]
    """The most that is allowed across and upwards: the page draws the lines, and their labels need room."""
    box: tuple[tuple[int, int], tuple[int, int]] | None
    """What is selected, across and upwards."""


def space(it: Picture) -> Figure:
    """Cells as dark as they are full, a line for the front, marks with names, the chosen variant on a card."""
    data = [_cells(it, False), _cells(it, True), *_line(it), _named(it)]
    (across, up), (x, y) = it.view, it.scales
    names = [say(QUANTITIES[goal.quantity]) for goal in (across, up)]
    corner = {"xref": "paper", "yref": "paper", "font": {"size": 12, "color": INK, "weight": 600}}
    notes = [
        note(f"↑ {names[1]}", x=0, y=1, xanchor="left", xshift=-46, yshift=22, **corner),
        note(f"{names[0]} →", x=1, y=0, xanchor="right", yshift=-36, **corner),
        *_labels(it, "wide"),
        *_labels(it, "narrow"),
    ]
    if it.chosen:
        notes += _card(it, it.chosen)
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
        "text": ["<br>".join(_told(it, each)) for each in it.front],
        "customdata": [each.address for each in it.front],
        "hovertemplate": "%{text}<extra></extra>",
    }
    return [base | halo, base | line]


def _told(it: Picture, each: Beaten) -> list[str]:
    """Its totals, those of the view first and the upper one before; then what was varied."""
    totals = [(goal.quantity, each.totals[goal.quantity]) for goal in reversed(it.view)]
    return [*[f"{short(value)} {say(QUANTITIES[name])}" for name, value in totals], *each.widths]


def _named(it: Picture) -> dict[str, Any]:
    """The marks, all in one trace."""
    symbols = {"fit": "diamond"}
    fills = {"chosen": "ink", "yours": "ink-3"}
    colours = {"ink": INK, "ink-3": INK_3, "paper": PAPER}
    marks = _shown(it)
    fill = [fills.get(each.look, "paper") for each in marks]
    edge = ["paper" if each.look == "chosen" else "ink" for each in marks]
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
            "size": [13 if each.look in ("chosen", "fit") else 10 for each in marks],
            "symbol": [symbols.get(each.look, "circle") for each in marks],
            "color": [colours[each] for each in fill],
            "line": {"width": 2, "color": [colours[each] for each in edge]},
            "opacity": 1,
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "cliponaxis": False,
        "meta": {"fills": fill, "edges": edge},
    }


def _shown(it: Picture) -> list[Mark]:
    """The marks that lie in the picture."""
    inside = zip(it.view, it.scales, strict=True)
    reach = [(goal.quantity, scale.low, scale.high) for goal, scale in inside]
    return [each for each in it.marks if all(low <= each.totals[name] <= high for name, low, high in reach)]


def _labels(it: Picture, room: str) -> list[dict[str, Any]]:
    """Names beside their marks, for a plot that is `wide` or `narrow`."""
    size, shown = PLOTS[room], _shown(it)
    spots = [_spot(it, each.totals, size) for each in shown]
    taken = [around(_spot(it, each.totals, size), 1) for each in it.front]
    places = beside([each.name for each in shown], spots, [*taken, *_budget_labels(it, size)], size[0])
    return [_label(it, shown[at], anchor, vertical) | {"name": room} for at, anchor, vertical in places]


def _label(it: Picture, mark: Mark, anchor: str, vertical: str) -> dict[str, Any]:
    across, up = (mark.totals[goal.quantity] for goal in it.view)
    shift = {"xshift": {"left": 10, "right": -10}.get(anchor, 0), "yshift": {"top": -8, "bottom": 8}.get(vertical, 0)}
    font = {"size": 11, "color": INK, "weight": 600, "shadow": PAPER}
    return note(mark.name, x=across, y=up, xanchor=anchor, yanchor=vertical, font=font, **shift)


def _budget_labels(it: Picture, size: tuple[int, int]) -> list[Frame]:
    """Where the page writes the budgets: right of the upright line at its foot, over the level line at its end."""
    goals = [goal.quantity for goal in it.view]
    ends = [scale.low if most is None else most for scale, most in zip(it.scales, it.budgets, strict=True)]
    x, y = _spot(it, dict(zip(goals, ends, strict=True)), size)
    return [(x, 0, x + BUDGET, 2 * LINE), (size[0] - BUDGET, y, size[0], y + LINE + 4)]


def _spot(it: Picture, totals: Mapping[str, int], size: tuple[int, int]) -> tuple[float, float]:
    """Where a variant lies, in pixels from the lower left corner."""
    x, y = (
        (totals[goal.quantity] - scale.low) / (scale.high - scale.low) * pixels
        for goal, scale, pixels in zip(it.view, it.scales, size, strict=True)
    )
    return x, y


def _card(it: Picture, chosen: Beaten) -> list[dict[str, Any]]:
    """The chosen variant's numbers in the corner that no variant can reach: what one wants most of both is there.

    A note has one weight, so the totals lie on the card as a note of their own.
    """
    (across, up), (x, y) = it.view, it.scales
    told = _told(it, chosen)
    left, low = across.less, up.less
    card = {
        "x": chosen.totals[across.quantity],
        "y": chosen.totals[up.quantity],
        "axref": "x",
        "ayref": "y",
        "ax": x.low + (x.high - x.low) * (0.02 if left else 0.98),
        "ay": y.low + (y.high - y.low) * (0.03 if low else 0.97),
        "xanchor": "left" if left else "right",
        "yanchor": "bottom" if low else "top",
        "align": "left",
        "width": CARD,
        "showarrow": True,
        "arrowhead": 0,
        "arrowwidth": 1,
        "standoff": 7,
        "borderpad": 10,
        "name": "wide",
    }
    lines = [" ", " ", *told[2:], say("Enter opens it")]
    look = {"arrowcolor": INK, "bgcolor": PAPER, "bordercolor": INK, "borderwidth": 1}
    blank = {"arrowcolor": "rgba(0,0,0,0)", "font": {"size": 11, "color": INK, "weight": 600}}
    bold = [*told[:2], *[" "] * (len(lines) - 2)]
    return [note("<br>".join(lines), **card, **look), note("<br>".join(bold), **card, **blank)]

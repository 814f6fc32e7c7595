"""Colours, type and axes that all figures share. In a page, the script replaces the colours by the page's tokens."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.network.record import record
from app.render.cells import THIN, short
from app.words import say

BRANCHES = {"one": "1×1", "three": "3×3", "five": "5×5", "pool": "pool"}
"""Branches in their fixed order, with their labels."""
FILL = {"one": "#1f55b5", "three": "#c98209", "five": "#8c2a5e", "pool": "#2b9c94", "other": "#d3d2cc"}
WASH = {"one": "#e6edf9", "three": "#faeed8", "five": "#f5e4ed", "pool": "#dcf1ef", "other": "#f0f0ec"}
FAMILY = "Inter, system-ui, sans-serif"
INK, INK_2, INK_3, LINE, PAPER = "#16171a", "#4a4c53", "#696b73", "#e4e3de", "#ffffff"
COLOURS = FILL | {f"{branch}-wash": colour for branch, colour in WASH.items()} | {"ink-3": INK_3}
"""Of a bar, by the page's token for it."""


def branch_names() -> dict[str, str]:
    """`BRANCHES` in the language of the request."""
    return BRANCHES | {"pool": say("pool")}


def kind_names() -> dict[str, str]:
    """Naive and reduced, in the language of the request."""
    return {"naive": say("naive"), "reduced": say("reduced")}


@record
class Figure:
    """A Plotly figure."""

    data: list[dict[str, Any]]
    """Traces; `meta` names the page's tokens for their colours: `fill`, `outline`, `ink`, `stroke`, `text`."""
    layout: dict[str, Any]
    """Plotly's layout."""


@record
class Bar:
    """One bar, or one piece of a stacked bar."""

    place: str | float
    """On the axis of categories, by name or number."""
    start: int
    end: int
    fill: str
    """A branch, `one-wash` for the naive module's, or `ink-3` for a sum."""
    text: str
    """What it says when it is pointed at."""


def bars(pieces: Sequence[Bar], *, horizontal: bool = False, **more: Any) -> dict[str, Any]:
    """All bars of a panel as one trace, for Plotly spends most of its time on traces, not on bars.

    What belongs to a naive module is a wash with an outline.
    """
    places, lengths = [each.place for each in pieces], [abs(each.end - each.start) for each in pieces]
    outlines = [each.fill.removesuffix("-wash") for each in pieces]
    widths = [int(each.fill.endswith("-wash")) for each in pieces]
    return {
        "type": "bar",
        "orientation": "h" if horizontal else "v",
        "x": lengths if horizontal else places,
        "y": places if horizontal else lengths,
        "base": [min(each.start, each.end) for each in pieces],
        "marker": {
            "color": [COLOURS[each.fill] for each in pieces],
            "line": {"color": [COLOURS[each] for each in outlines], "width": widths},
        },
        "meta": {"fill": [each.fill for each in pieces], "outline": outlines},
        "hovertext": [each.text for each in pieces],
        "hovertemplate": "%{hovertext}<extra></extra>",
    } | more


def stacked(values: Mapping[str, int], place: str | float, who: str, naive: bool) -> list[Bar]:
    """A bar of pieces, one for each branch that has a value, in their fixed order from 0.

    Args:
        values: by branch.
        place: on the axis of categories, by name or number.
        who: whose bar it is, in the visitor's language.
        naive: whether it is a naive module's.
    """
    pieces, start = [], 0
    for branch, label in branch_names().items():
        if branch in values:
            end = start + values[branch]
            text = f"{who}, {label}: {values[branch]:,}"
            pieces.append(Bar(place, start, end, f"{branch}-wash" if naive else branch, text))
            start = end
    return pieces


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis, with its name where it has one."""
    base = {
        "gridcolor": LINE,
        "gridwidth": 1,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickfont": {"size": 11},
        "automargin": False,
        "tickangle": 0,  # said, so that Plotly does not measure every label to find out
        "ticklabeloverflow": "allow",
        "fixedrange": True,
    }
    name = {"title": {"text": title, "standoff": 8, "font": {"size": 12, "color": INK}}} if title else {}
    return base | name | more


def ticks(most: int, room: float = 1.0, steps: int = 4) -> dict[str, Any]:
    """An axis from 0 to the most and some room beyond it, with at most so many round steps, said as everywhere."""
    decade = 10 ** max(len(str(most // steps)) - 1, 0)
    step = next(each for each in (decade, 2 * decade, 5 * decade, 10 * decade) if most < each * (steps + 1))
    at = list(range(0, most + 1, step))
    return {"range": [0, most * room or 1], "tickvals": at, "ticktext": [_round(each) for each in at]}


def _round(number: int) -> str:
    """`5 G`, not `5.00 G`."""
    digits, gap, unit = short(number).partition(THIN)
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + gap + unit


def layout(**more: Any) -> dict[str, Any]:
    """The frame of every figure."""
    base = {
        "font": {"family": FAMILY, "size": 12, "color": INK_2},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [FILL[branch] for branch in BRANCHES],
        "margin": {"l": 52, "r": 8, "t": 24, "b": 40},
        "bargap": 0.3,
        "barcornerradius": 0,
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": INK, "font": {"family": FAMILY, "size": 12.5, "color": INK}},
        "hovermode": "closest",
        "showlegend": False,
        "separators": ".,",
    }
    return base | more


def note(text: str, **more: Any) -> dict[str, Any]:
    """A label on the figure itself, in place of a legend."""
    return {"text": text, "showarrow": False, "font": {"size": 11, "color": INK}} | more


def labels(texts: Sequence[str], x: Sequence[Any], y: Sequence[Any], side: str, size: float = 11, **more: Any) -> Any:
    """Texts at points, as one trace: Plotly measures and draws every annotation twice.

    Args:
        texts: one for each point.
        x: where they stand.
        y: likewise.
        side: on which side of the point, as `top center`.
        size: of the type, pixels.
    """
    return {
        "type": "scatter",
        "mode": "text",
        "x": x,
        "y": y,
        "text": texts,
        "textposition": side,
        "textfont": {"size": size, "color": INK},
        "meta": {"text": "ink"},
        "hoverinfo": "skip",
        "cliponaxis": False,
    } | more

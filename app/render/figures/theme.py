"""Colours, type and axes that all figures share. In a page, the script replaces the colours by the page's tokens."""

from typing import Any

from app.network.record import record
from app.words import say

BRANCHES = {"one": "1×1", "three": "3×3", "five": "5×5", "pool": "pool"}
"""Branches in their fixed order, with their labels."""
FILL = {"one": "#1f55b5", "three": "#c98209", "five": "#8c2a5e", "pool": "#2b9c94", "other": "#d3d2cc"}
WASH = {"one": "#e6edf9", "three": "#faeed8", "five": "#f5e4ed", "pool": "#dcf1ef", "other": "#f0f0ec"}
INK, INK_2, INK_3, LINE, PAPER = "#16171a", "#4a4c53", "#696b73", "#e4e3de", "#ffffff"


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
    """Traces; `meta.branch` names the colour, `meta.naive` the washed one."""
    layout: dict[str, Any]
    """Plotly's layout."""


def bar(branch: str, naive: bool) -> dict[str, Any]:
    """The look of a branch's bar: solid, or for the naive module a wash with an outline."""
    fill = WASH[branch] if naive else FILL[branch]
    line = {"color": FILL[branch], "width": 1} if naive else {"width": 0}
    return {"type": "bar", "marker": {"color": fill, "line": line}, "meta": {"branch": branch, "naive": naive}}


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
        "fixedrange": True,
    }
    name = {"title": {"text": title, "standoff": 8, "font": {"size": 12, "color": INK}}} if title else {}
    return base | name | more


def layout(**more: Any) -> dict[str, Any]:
    """The frame of every figure."""
    base = {
        "font": {"family": "Inter, system-ui, sans-serif", "size": 12, "color": INK_2},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [FILL[branch] for branch in BRANCHES],
        "margin": {"l": 52, "r": 8, "t": 24, "b": 40},
        "bargap": 0.3,
        "barcornerradius": 0,
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": INK, "font": {"size": 12.5, "color": INK}},
        "hovermode": "closest",
        "showlegend": False,
        "separators": ".,",
    }
    return base | more


def note(text: str, **more: Any) -> dict[str, Any]:
    """A label on the figure itself, in place of a legend."""
    return {"text": text, "showarrow": False, "font": {"size": 11, "color": INK}} | more

"""How many channels leave each module, naive against this network."""

from app.network.analysis import Analysis
from app.network.variant import Variant
from app.render.figures.theme import INK, INK_3, PAPER, Figure, axis, layout
from app.render.modules import module_rows
from app.render.naive import all_naive
from app.words import say

CLOSE = 0.8
"""From this share of the naive channels on, this network’s name stands under its line, clear of the other."""


def channels(chosen: Variant, analysis: Analysis) -> Figure:
    """Two lines over the modules: without reductions the channels only grow."""
    modules = module_rows(chosen.spec, analysis)
    names = [module.name for module in modules]
    naive = [module.out_shape[0] for module in module_rows(chosen.spec, all_naive(chosen.spec))]
    own = [module.out_shape[0] for module in modules]
    close = bool(own) and own[-1] > CLOSE * naive[-1]
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers+text",
            "x": names,
            "y": values,
            "name": who,
            "line": {"color": colour, "width": 2, "dash": dash},
            "marker": {"size": 9, "color": colour, "line": {"width": 2, "color": PAPER}},
            "text": ["" for _ in values[1:]] + [f"{who} {value:,}\u00a0\u00a0" for value in values[-1:]],
            "textposition": where,
            "textfont": {"size": 11, "color": INK},
            "cliponaxis": False,
            "meta": {"ink": ink, "text": "ink"},
            "hovertemplate": say("{x}, {who}: {y} channels", x="%{x}", who=who, y="%{y:,}") + "<extra></extra>",
        }
        for who, values, colour, dash, ink, where in (
            (say("naive"), naive, INK_3, "6,4", "ink-3", "top left"),
            (say("this network"), own, INK, "solid", "ink", "bottom left" if close else "top left"),
        )
    ]
    frame = {
        "xaxis": axis(type="category", showgrid=False),
        "yaxis": axis(say("Channels out"), rangemode="tozero", tickformat=",d", nticks=5),
        "height": 260,
    }
    return Figure(data, layout(**frame))

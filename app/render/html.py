"""A figure to take home: one page that works without a network."""

import plotly.io

from app.render.figures.theme import Figure

CONFIG = {"displaylogo": False, "showSendToCloud": False, "responsive": True}


def to_html(figure: Figure, title: str) -> str:
    """A self-contained page with Plotly's own script in it."""
    layout = figure.layout | {"title": {"text": title}, "height": 460}
    layout["margin"] = layout["margin"] | {"t": 64}
    page = plotly.io.to_html(
        {"data": figure.data, "layout": layout},
        config=CONFIG,
        include_plotlyjs=True,
        full_html=True,
        validate=False,
        div_id="figure",
    )
    return str(page)

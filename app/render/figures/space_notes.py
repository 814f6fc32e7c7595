"""What is written on the picture of a design space: names beside marks, and the chosen variant's card."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from app.render.cells import short
from app.render.figures.labels import LINE, Frame, around, beside, meet
from app.render.figures.theme import INK, PAPER, note
from app.render.picture import QUANTITIES, Beaten, Mark, Picture
from app.words import say

PLOTS = {"wide": (640, 560), "narrow": (320, 560)}
"""Width and height, in pixels. A page shows notes of the name that suits it."""
CARD, PAD, EDGE, BUDGET = 168, 10, 13, 56
"""Width of the chosen variant's card, its padding, its way from the edge, and the width of a budget's label; pixels."""


def told(it: Picture, each: Beaten) -> list[str]:
    """Its totals, those of the view first and the upper one before; then what was varied."""
    totals = [(goal.quantity, each.totals[goal.quantity]) for goal in reversed(it.view)]
    return [*[f"{short(value)} {say(QUANTITIES[name])}" for name, value in totals], *each.widths]


def labels(it: Picture, room: str) -> list[dict[str, Any]]:
    """Names beside their marks, for a plot that is `wide` or `narrow`."""
    size, shown = PLOTS[room], it.shown
    spots = [_spot(it, each.totals, size) for each in shown]
    taken = [around(_spot(it, each.totals, size), 1) for each in it.front]
    if it.chosen and room == "wide":
        taken.append(_corner(it, len(told(it, it.chosen)) + 1)[1])
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


def _budget_lines(it: Picture, size: tuple[int, int]) -> list[Frame]:
    """Where the page draws the budgets."""
    (across, up), (wide, high) = it.budgets, size
    (x_goal, y_goal), (x_scale, y_scale) = it.view, it.scales
    x, y = _spot(it, {x_goal.quantity: across or x_scale.low, y_goal.quantity: up or y_scale.low}, size)
    upright = [] if across is None else [(x - 2, 0.0, x + 2, float(high))]
    return upright if up is None else [*upright, (0.0, y - 2, float(wide), y + 2)]


def _spot(it: Picture, totals: Mapping[str, int], size: tuple[int, int]) -> tuple[float, float]:
    """Where a variant lies, in pixels from the lower left corner."""
    x, y = (
        (totals[goal.quantity] - scale.low) / (scale.high - scale.low) * pixels
        for goal, scale, pixels in zip(it.view, it.scales, size, strict=True)
    )
    return x, y


def _corner(it: Picture, lines: int) -> tuple[tuple[bool, bool], Frame]:
    """Where the card lies, right or left and low or high, and its frame.

    The corner of what one wants is empty, unless the front or a budget reaches into it; then another may be.
    """
    size, wide, high = PLOTS["wide"], CARD + 2 * PAD, lines * LINE + 2 * PAD
    across, up = it.view
    totals = [each.totals for each in it.front] + [each.totals for each in it.shown]
    full = [*(around(_spot(it, each, size), 8) for each in totals), *_budget_lines(it, size)]
    found = []
    for right, low in product((not across.less, across.less), (up.less, not up.less)):
        left = size[0] - wide - EDGE if right else EDGE
        foot = EDGE if low else size[1] - high - EDGE
        frame = (left, foot, left + wide, foot + high)
        if not any(meet(frame, other) for other in full):
            return (right, low), frame
        found.append(((right, low), frame))
    return found[0]


def card(it: Picture, chosen: Beaten) -> list[dict[str, Any]]:
    """The chosen variant's numbers. A note has one weight, so the totals lie on the card as a note of their own."""
    (across, up), (x, y) = it.view, it.scales
    lines = [*told(it, chosen), say("Enter opens it")]
    (right, low), (left, foot, end, top) = _corner(it, len(lines))
    width, height = PLOTS["wide"]
    look: dict[str, Any] = {
        "x": chosen.totals[across.quantity],
        "y": chosen.totals[up.quantity],
        "axref": "x",
        "ayref": "y",
        "ax": x.low + (x.high - x.low) * (end if right else left) / width,
        "ay": y.low + (y.high - y.low) * (foot if low else top) / height,
        "xanchor": "right" if right else "left",
        "yanchor": "bottom" if low else "top",
        "align": "left",
        "width": CARD,
        "showarrow": True,
        "arrowhead": 0,
        "arrowwidth": 1,
        "standoff": 7,
        "borderpad": PAD,
        "name": "wide",
    }
    edge = {"arrowcolor": INK, "bgcolor": PAPER, "bordercolor": INK, "borderwidth": 1}
    blank = {"arrowcolor": "rgba(0,0,0,0)", "font": {"size": 11, "color": INK, "weight": 600}}
    plain, bold = [" ", " ", *lines[2:]], [*lines[:2], *[" "] * (len(lines) - 2)]
    return [note("<br>".join(plain), **look, **edge), note("<br>".join(bold), **look, **blank)]

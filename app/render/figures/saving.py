"""Where the saving comes from: from the naive network to this one, branch by branch, as a waterfall."""

from typing import Any

from app.network.analysis import Analysis
from app.network.variant import Variant
from app.render.cells import short, signed_short
from app.render.figures.contrast import by_branch
from app.render.figures.theme import BRANCHES, INK_3, Figure, axis, bar, branch_names, layout, note
from app.render.naive import all_naive
from app.words import say


def saving(chosen: Variant, analysis: Analysis) -> Figure:
    """Multiply-adds of all modules: naive, what each branch saves or adds, this network."""
    then, now = (_sums(each) for each in (all_naive(chosen.spec), analysis))
    names = branch_names()
    steps = [("", say("naive"), 0, sum(then.values()))]
    level = steps[0][3]
    for branch in BRANCHES:
        after = level - then[branch] + now[branch]
        steps.append((branch, names[branch], level, after))
        level = after
    steps.append(("", say("this network"), 0, level))
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for branch, label, start, end in steps:
        look = (
            bar(branch, False)
            if branch
            else bar("one", False) | {"marker": {"color": INK_3}, "meta": {"fill": "ink-3"}}
        )
        change = end - start
        text = signed_short(change) if branch else short(end)
        data.append(
            look
            | {
                "x": [label],
                "y": [abs(change)],
                "base": [min(start, end)],
                "name": label,
                "hovertemplate": f"{label}: {change:+,}".replace("-", "−") + "<extra></extra>",
            }
        )
        notes.append(note(text, x=label, y=max(start, end), yanchor="bottom", font={"size": 11}))
    frame = {
        "annotations": notes,
        "xaxis": axis(type="category", showgrid=False),
        "yaxis": axis(say("Multiply-adds"), rangemode="tozero", tickformat="~s", nticks=5),
        "height": 260,
    }
    return Figure(data, layout(**frame))


def _sums(analysis: Analysis) -> dict[str, int]:
    sums = dict.fromkeys(BRANCHES, 0)
    for values in by_branch(analysis, "macs").values():
        for branch, macs in values.items():
            sums[branch] += macs
    return sums

"""Where the saving comes from: from the naive network to this one, branch by branch, as a waterfall."""

from app.network.analysis import Analysis
from app.network.variant import Variant
from app.render.cells import short, signed_short
from app.render.figures.contrast import by_branch
from app.render.figures.theme import BRANCHES, Bar, Figure, axis, bars, branch_names, labels, layout, ticks
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
    pieces: list[Bar] = []
    texts: list[str] = []
    for branch, label, start, end in steps:
        change = end - start
        said = f"{label}: {change:+,}".replace("-", "−")
        pieces.append(Bar(label, start, end, branch or "ink-3", said))
        texts.append(signed_short(change) if branch else short(end))
    tops = [max(each.start, each.end) for each in pieces]
    words = labels(texts, [each.place for each in pieces], tops, "top center")
    frame = {
        "xaxis": axis(type="category", showgrid=False),
        "yaxis": axis(say("Multiply-adds"), **ticks(max(tops), 1.08)),
        "height": 260,
    }
    return Figure([bars(pieces), words], layout(**frame))


def _sums(analysis: Analysis) -> dict[str, int]:
    sums = dict.fromkeys(BRANCHES, 0)
    for values in by_branch(analysis, "macs").values():
        for branch, macs in values.items():
            sums[branch] += macs
    return sums

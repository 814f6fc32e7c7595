"""What the 1×1 reductions buy: every module naive beside itself, on one scale, under the map and with its x."""

from app.network.analysis import Analysis, Part
from app.network.record import record
from app.network.spec import Spec
from app.render.cells import THIN, short
from app.render.counting import OURS, Counting
from app.render.marks import NetworkMap
from app.render.module_marks import stepped
from app.render.modules import parts_of
from app.render.naive import all_naive
from app.words import say

TALLEST = 119
"""Height of the tallest bar, pixels."""
BRANCHES = ("one", "three", "five", "pool")


@record
class Block:
    """One branch's share of a bar; y downwards from the top of the tallest bar."""

    look: str
    group: str
    """What is marked together with it."""
    y: float
    height: float
    note: str = ""
    """What it comes to, in a sentence: of this network's branches."""


@record
class Pair:
    """A module naive and as it is."""

    name: str
    x: float
    """Of its middle, as in the map."""
    naive: tuple[Block, ...]
    own: tuple[Block, ...]
    naive_y: float
    """Top of the naive bar."""
    own_y: float
    naive_macs: int
    own_macs: int
    naive_channels: int
    own_channels: int


@record
class Hero:
    """The whole contrast."""

    pairs: tuple[Pair, ...]
    macs_ratio: str
    """How many times as many multiply-adds the naive network has."""
    naive_macs: str
    own_macs: str
    params_ratio: str
    naive_params: str
    own_params: str
    last: str
    """The last module."""
    naive_channels: int
    own_channels: int
    macs_word: str
    """What the ratio of multiply-adds is a ratio of, in words."""
    params_word: str
    what: str
    """What the bars are of."""
    bars: tuple[tuple[str, float, float], ...]
    """Both networks whole, for a narrow page, in pieces: naive or own with its look, x and width of 358 pixels."""


def hero(spec: Spec, analysis: Analysis, drawn: NetworkMap, own: Spec, counting: Counting = OURS) -> Hero:
    """The contrast of a network with the same network, all modules naive: widths and chain kept.

    The scale is that of the published network, `own`, as long as the bars stay within it: so nothing moves that did
    not change.
    """
    naive = counting(all_naive(spec))
    now, then = parts_of(analysis), parts_of(naive)
    places = {column.module: column.x + column.width / 2 for column in drawn.columns if column.module}
    most = max([part.macs for part in (*then.values(), *now.values())], default=1)
    published = max([part.macs for part in parts_of(counting(all_naive(own))).values()], default=1)
    scale = TALLEST / stepped(most, published)
    pairs = tuple(_pair(name, places[name], then[name], part, scale, counting.word) for name, part in now.items())
    a, b = analysis.totals, naive.totals
    last = pairs[-1] if pairs else None
    return Hero(
        pairs=pairs,
        macs_ratio=_ratio(b.macs, a.macs),
        naive_macs=short(b.macs),
        own_macs=short(a.macs),
        params_ratio=_ratio(b.params, a.params),
        naive_params=short(b.params),
        own_params=short(a.params),
        last=last.name if last else "",
        naive_channels=last.naive_channels if last else 0,
        own_channels=last.own_channels if last else 0,
        macs_word=_word(b.macs, a.macs, counting.word),
        params_word=_word(b.params, a.params, say("parameters")),
        what=counting.word,
        bars=(*_bars("naive", naive, b.macs), *_bars("own", analysis, max(a.macs, b.macs))),
    )


def _ratio(naive: int, own: int) -> str:
    """The larger over the smaller."""
    return f"{max(naive, own) / min(naive, own):.1f}"


def _word(naive: int, own: int, what: str) -> str:
    if own == naive:
        return say("as many {what}", what=what)
    return say("fewer {what}", what=what) if own < naive else say("more {what}", what=what)


def _pair(name: str, x: float, naive: Part, own: Part, scale: float, what: str) -> Pair:
    before, now = _by_branch(naive), _by_branch(own)
    params = {look: sum(layer.params for layer in own.layers if layer.node.branch == look) for look in now}
    notes = {
        look: say(
            "Together {params} parameters and {macs} {what}, {share} of {module}; naive {naive}.",
            params=f"{params[look]:,}",
            macs=short(macs),
            what=what,
            share=f"{100 * macs / own.macs:.2g}{THIN}%",
            module=name,
            naive=short(before.get(look, 0)),
        )
        for look, macs in now.items()
    }
    (then, top), (here, own_top) = _blocks(name, before, scale, {}), _blocks(name, now, scale, notes)
    return Pair(name, x, then, here, top, own_top, naive.macs, own.macs, naive.channels, own.channels)


def _blocks(
    module: str, branches: dict[str, int], scale: float, notes: dict[str, str]
) -> tuple[tuple[Block, ...], float]:
    y, blocks = float(TALLEST), []
    for look, macs in branches.items():
        y -= macs * scale
        group = f"inception_{module}.{look}"
        blocks.append(Block(look, group, round(y, 2), round(macs * scale, 2), notes.get(look, "")))
    return tuple(blocks), round(y, 2)


def _by_branch(part: Part) -> dict[str, int]:
    sums = dict.fromkeys(BRANCHES, 0)
    for layer in part.layers:
        if layer.node.branch:
            sums[layer.node.branch] += layer.macs
    return {branch: macs for branch, macs in sums.items() if macs}


def _bars(which: str, analysis: Analysis, most: int) -> list[tuple[str, float, float]]:
    """One bar in pieces: stem and head first, then the branches of all modules."""
    sums = dict.fromkeys(("other", *BRANCHES), 0)
    for part in analysis.parts:
        if not part.training:
            for layer in part.layers:
                sums[layer.node.branch or "other"] += layer.macs
    x, pieces = 0.0, []
    for look, macs in sums.items():
        width = 358 * macs / most
        pieces.append((f"{which} {look}", round(x, 2), round(width, 2)))
        x += width
    return pieces

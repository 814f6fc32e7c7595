"""Chapter: the 1×1 in front of the 5×5, what it saves, and where it no longer pays."""

from app.network import laws
from app.network.catalog import network
from app.network.record import record
from app.network.variant import OWN
from app.render.cells import short, times
from app.render.module_text import ratio
from app.render.prism import Prism, prism
from app.render.story.chapter import Chapter, Chosen, Drawn, Exercise, Slider, Slip, Step, Table, Try, Values
from app.render.story.chart import (
    Anchor,
    Chart,
    Label,
    Mark,
    Point,
    Scale,
    corners,
    line,
    round_ticks,
    ticks,
    x_scale,
    y_scale,
)
from app.render.story.paper import FIRST, branch, first, first_with, kernel
from app.words import Phrase, phrase, say

KEY = "reduce"
PAPER, IN_CHANNELS = OWN[FIRST], network("googlenet").spec.stem[-1]
USED = str(PAPER.five_reduce)
BREAK_EVEN = str(int(laws.paying_reduction((5, 5), IN_CHANNELS, PAPER.five)))
"""The last width that pays."""
HEIGHT = 300
LENGTH = 0.36
"""Pixels a channel."""
SIDE = 106
"""Side of the naive square, pixels."""
TOUCHED = 0.04
"""How near to the naive cost a cost is called equal."""


@record
class Picture:
    """The branch, with and without its 1×1."""

    chart: Chart
    blocks: tuple[tuple[str, str, Prism, str], ...]
    """Look, channels, block, and what it cost, of the input, the squeezed tensor and the output."""
    squares: tuple[float, float, float]
    """Sides, pixels: the 1×1, the 5×5 behind it, and the 5×5 alone."""


def _naive() -> int:
    twin = first().twin
    assert twin
    return branch(twin, "five").macs


def _limit(name: str = "five") -> float:
    part = branch(first(), name)
    return laws.paying_reduction(kernel(part), first().in_shape[0], part.out_channels)


def _verdict(macs: int) -> Phrase:
    naive = _naive()
    if abs(macs / naive - 1) < TOUCHED:
        return phrase("as much as without it")
    if macs < naive:
        return phrase("{n} times less", n=ratio(naive / macs))
    return phrase("{n} times as much as without it", n=ratio(macs / naive))


def _values(chosen: Chosen) -> Values:
    module, r = first(), chosen.whole(KEY)
    five, now = branch(module, "five"), branch(first_with(five_reduce=r), "five")
    assert module.twin
    channels, high, wide = module.in_shape
    area, out = kernel(five)[0] * kernel(five)[1], five.out_channels
    return {
        "kernel": times(kernel(five)),
        "channels": channels,
        "filters": out,
        "reads": f"{area * channels:,}",
        "size": times((high, wide)),
        "places": f"{high * wide:,}",
        "naive": short(_naive()),
        "r": r,
        "reads_now": f"{area * r:,}",
        "cost": short(now.macs),
        "verdict": _verdict(now.macs),
        "slope": f"{channels + area * out:,}",
        "used": PAPER.five_reduce,
        "used_three": PAPER.three_reduce,
        "limit": f"{_limit():.1f}",
        "limit_three": f"{_limit('three'):.1f}",
        "three_filters": branch(module, "three").out_channels,
        "three_area": kernel(branch(module, "three"))[0] ** 2,
        "pool_weights": f"{branch(module, 'pool').params - branch(module, 'pool').out_channels:,}",
        "together": module.out_shape[0],
        "whole": short(module.totals.macs),
        "naive_whole": short(module.twin.totals.macs),
        "whole_weights": f"{module.totals.params - sum(module.widths):,}",
        "naive_weights": f"{module.twin.totals.params - sum(module.twin.widths):,}",
        "together_naive": module.twin.out_shape[0],
    }


def _draw(chosen: Chosen) -> Drawn:
    module, r = first(), chosen.whole(KEY)
    channels, *size = module.in_shape
    now = branch(first_with(five_reduce=r), "five")
    squeeze, spread = (layer.macs for layer in now.layers if layer.macs)
    root = SIDE / _naive() ** 0.5
    out = now.out_channels
    return Drawn(
        Picture(
            _chart(r, now.macs),
            (
                ("other", str(channels), prism((("other", channels),), size, LENGTH), times(size)),
                ("five", str(r), prism((("five", r),), size, LENGTH), short(squeeze)),
                ("five", str(out), prism((("five", out),), size, LENGTH), short(spread)),
            ),
            (round(root * squeeze**0.5, 1), round(root * spread**0.5, 1), SIDE),
        ),
        say(
            "Module {module}, 5×5 branch, batch 1, {size} positions. Weights only; biases are not multiplied.",
            module=module.module,
            size=times(size),
        ),
        _table(r),
    )


def _table(r: int) -> Table:
    widths = sorted({1, PAPER.five_reduce, r, int(_limit()), int(_limit()) + 1, first().in_shape[0]})
    macs = [branch(first_with(five_reduce=width), "five").macs for width in widths]
    return Table(
        say("Multiply-adds of the 5×5 branch behind a 1×1 of that width; {naive} without one", naive=f"{_naive():,}"),
        (say("Width of the 1×1"), say("Multiply-adds"), say("of those without it")),
        tuple((str(width), f"{each:,}", f"{each / _naive():.2f}") for width, each in zip(widths, macs, strict=True)),
    )


def _chart(r: int, macs: int) -> Chart:
    channels, naive = first().in_shape[0], _naive()
    most = naive / _limit() * channels
    up = round_ticks(most, 3)
    x, y = x_scale(1, channels), y_scale(0, up[-1], HEIGHT)
    return Chart(
        HEIGHT,
        say("multiply-adds of the 5×5 branch of {module}", module=first().module),
        "",
        ticks(x, (1, *range(channels // 6, channels + 1, channels // 6))),
        ticks(y, up),
        (*_lines(x, y), *_here(x, y, r, macs)),
        say(
            "A line that rises with the width of the 1×1, from nothing to {most}, and crosses the naive cost of "
            "{naive}; at {r} it stands at {macs}.",
            most=short(most),
            naive=short(naive),
            r=r,
            macs=short(macs),
        ),
    )


def _lines(x: Scale, y: Scale) -> tuple[Mark, ...]:
    """What does not move: the naive cost, the reduced one, and where they meet."""
    channels, naive, limit = first().in_shape[0], _naive(), _limit()
    slope = naive / limit
    word = say("naive: 5×5 on all {n}, {macs}", n=channels, macs=short(naive))
    straight = Label(word, 1.5, y(naive) - 8)
    far = 0.62 * channels
    rising = Label(say("with a 1×1 in front"), x(far), y(slope * far) + 22)
    return (
        Mark("saved", "five", areas=(corners(x, y, ((1, naive), (limit, naive), (1, slope))),)),
        Mark("naive", "five", lines=(line(x, y, ((1, naive), (channels, naive)), True),), labels=(straight,)),
        Mark("reduced", "five", lines=(line(x, y, ((1, slope), (channels, slope * channels))),), labels=(rising,)),
        Mark(
            "limit",
            "five",
            points=(Point("hollow", x(limit), y(naive)),),
            labels=(Label(f"{limit:.1f}", x(limit), y(naive) + 20, dx=6),),
        ),
    )


def _here(x: Scale, y: Scale, r: int, macs: int) -> tuple[Mark, ...]:
    """Where the reader has put the width, and how far that is from the naive cost."""
    naive = _naive()
    apart, cheaper = abs(y(macs) - y(naive)) > 40, macs < naive
    side: Anchor = "start" if r < 0.7 * first().in_shape[0] else "end"
    dx = 10 if side == "start" else -10
    mark = Mark(
        "inception_3a.five.reduce",
        "five",
        lines=(line(x, y, ((r, 0), (r, macs))),),
        points=(Point("dot", x(r), y(macs)),),
        labels=(Label(short(macs), x(r), y(macs) + 18, side, dx=dx),),
    )
    if not (apart and cheaper):
        return (mark,)
    middle = (y(macs) + y(naive)) / 2
    gap = Mark(
        "",
        "ink",
        lines=(line(x, y, ((r, macs), (r, naive))),),
        points=(Point("up", x(r), y(naive) + 6), Point("down", x(r), y(macs) - 8)),
        labels=(
            Label(f"{ratio(naive / macs)}×", x(r), middle, side, "hero", dx),
            Label(say("cheaper"), x(r), middle + 18, side, "faint", dx),
        ),
    )
    return gap, mark


CHAPTER = Chapter(
    slug="reduction",
    title=phrase("Squeeze before you look"),
    question=phrase("When does a detour through a 1×1 convolution cost less than the straight way?"),
    steps=(
        Step(
            phrase(
                "A 5×5 kernel is greedy. In module 3a each of its {filters} filters reads {kernel} × {channels} = "
                "{reads} numbers, at every one of {size} = {places} positions. That is [{naive}](naive) "
                "multiply-adds, for one branch of one module."
            ),
            {KEY: USED},
        ),
        Step(
            phrase(
                "So squeeze first. A 1×1 convolution looks at one pixel and mixes its {channels} channels into fewer, "
                "here [{r}](inception_3a.five.reduce). The 5×5 then reads {reads_now} numbers instead of {reads}, and "
                "the branch costs *{cost}*, {verdict}. What leaves it has the same shape as before: {filters} channels "
                "of {size}."
            ),
            {KEY: USED},
        ),
        Step(
            phrase(
                "How far must you squeeze for it to pay? Both convolutions grow with the width `r` of the 1×1, so the "
                "cost is [a straight line](reduced), {places} · {slope} · `r`. It reaches the naive cost where `r = "
                "k²cn / (c + k²n)`, with a kernel of `k × k`, `c` channels in and `n` out: [here](limit) at {limit}. "
                "Below it every multiply-add of [the wedge](saved) is saved; above it you pay for the detour."
            ),
            {KEY: BREAK_EVEN},
        ),
        Step(
            phrase(
                "The pool’s 1×1 is another matter. It stands behind the pool, adds {pool_weights} weights and saves "
                "none of its own module’s: it is there because a pool cannot shrink its channels. With it {together} "
                "channels leave the module, without it {together_naive}, and the next module reads them all. The whole "
                "of 3a has {whole_weights} weights in place of {naive_weights}, and makes {whole} multiply-adds in "
                "place of {naive_whole}."
            ),
            {KEY: USED},
        ),
        Step(
            phrase(
                "Is anything lost? The 5×5 now reads [{r} mixtures](inception_3a.five.reduce) in place of {channels} "
                "channels. The ReLU behind the 1×1 makes the pair more than one large kernel in two factors, and the "
                "paper counts that as a second use of it. What the squeeze costs in accuracy no count can tell: Table "
                "1 gives the widths, not how they were found. Some notes call this module Inception V2; it is "
                "GoogLeNet’s own, and naive and reduced are the two halves of the paper’s Figure 2."
            ),
            {KEY: USED},
        ),
    ),
    controls=(Slider(KEY, phrase("width of the 1×1 reduce"), 1, IN_CHANNELS, PAPER.five_reduce, "five"),),
    template="reduction",
    draw=_draw,
    values=_values,
    exercise=Exercise(
        question=phrase(
            "The 3×3 branch of 3a reads the same {channels} channels and has {three_filters} filters. Below which "
            "width does a 1×1 in front of it save multiply-adds?"
        ),
        answer=lambda: _limit("three"),
        unit=phrase("channels"),
        reason=phrase(
            "{three_area} · {channels} · {three_filters} / ({channels} + {three_area} · {three_filters}) = "
            "{limit_three}. The paper uses {used_three}."
        ),
        hint=phrase("Put k² = {three_area}, c = {channels} and n = {three_filters} into k²cn / (c + k²n)."),
        slips=(
            Slip(_limit, phrase("That is the limit of the 5×5 branch. The 3×3 has another kernel and more filters.")),
            Slip(
                lambda: PAPER.three_reduce,
                phrase("That is the width which the paper uses. It could be larger and still pay."),
            ),
        ),
    ),
    tries=(
        Try(phrase("Module 3a with a 5×5 reduce of {r}"), "/networks/googlenet/modules/3a?3a.5x5_reduce={r}"),
        Try(phrase("The whole network with it"), "/?3a.5x5_reduce={r}"),
        Try(phrase("Any module, with any input"), "/module"),
    ),
    works=("googlenet",),
)

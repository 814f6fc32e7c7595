"""Chapter: the naive module, and what nine of them do."""

from collections.abc import Mapping, Sequence
from functools import cache

from app.network.analysis import Part
from app.network.record import record
from app.network.variant import OWN
from app.render.cells import short, times
from app.render.modules import ModuleRow, module_rows, parts_of
from app.render.prism import Prism, prism
from app.render.story.chapter import Chapter, Chosen, Drawn, Exercise, Slider, Slip, Step, Table, Try, Values, Words
from app.render.story.chart import Chart, Label, Mark, Tick, line, round_ticks, stacked, ticks, x_scale, y_scale
from app.render.story.paper import branch, first, published
from app.words import phrase, say

HEIGHT = 260
LONGEST = 440
"""Pixels of the longest block, and of a channel at most."""
CHANNEL = 0.36
BRANCHES = ("one", "three", "five", "pool")
QUANTITIES = {"channels": phrase("channels"), "params": phrase("parameters"), "macs": phrase("multiply-adds")}


@record
class Picture:
    """Nine modules, and one of them close up."""

    chart: Chart
    name: str
    before: Prism
    after: Prism
    channels: tuple[int, int]
    """In and out."""
    parts: tuple[tuple[str, int], ...]
    """Branch and channels of what comes out."""


@cache
def _modules(network: str) -> tuple[ModuleRow, ...]:
    chosen, analysis = published(network)
    return module_rows(chosen.spec, analysis)


@cache
def _shares(network: str, quantity: str) -> tuple[tuple[int, ...], ...]:
    """What each branch of each module has of a quantity."""
    _, analysis = published(network)
    return tuple(_of(part, quantity) for part in parts_of(analysis).values())


def _of(part: Part, quantity: str) -> tuple[int, ...]:
    sums = dict.fromkeys(BRANCHES, 0)
    for layer in part.layers:
        look = layer.node.branch
        if look and quantity == "channels":
            sums[look] = layer.channels  # the branch's last layer stays
        elif look:
            sums[look] += layer.params if quantity == "params" else layer.macs
    return tuple(sums.values())


def _values(chosen: Chosen) -> Values:
    naive, reduced = _modules("googlenet-naive"), _modules("googlenet")
    (start, high, wide), twin = first().in_shape, first().twin
    assert twin
    (_, whole), (_, whole_reduced) = published("googlenet-naive"), published()
    n = chosen.whole("modules")
    one, three, five, pool = _shares("googlenet-naive", "channels")[0]
    growth = twin.out_shape[0] / start
    last = naive[-1]
    return {
        "size": times((high, wide)),
        "in": start,
        "one": one,
        "three": three,
        "five": five,
        "pool": pool,
        "out": twin.out_shape[0],
        "kernel": times((1, 1, start)),
        "second": naive[1].name,
        "second_in": naive[1].in_shape[0],
        "second_out": naive[1].out_shape[0],
        "last": last.name,
        "last_out": f"{last.out_shape[0]:,}",
        "paper_out": f"{reduced[-1].out_shape[0]:,}",
        "modules_macs": short(sum(each.macs for each in naive)),
        "modules_params": short(sum(each.params for each in naive)),
        "ratio_macs": f"{whole.totals.macs / whole_reduced.totals.macs:.1f}",
        "ratio_params": f"{whole.totals.params / whole_reduced.totals.params:.1f}",
        "least": min(_adds(name) for name in OWN),
        "most": max(_adds(name) for name in OWN),
        "growth": f"{growth:.2f}",
        "in_proportion": f"{start * growth ** len(naive):,.0f}",
        "passed": f"{100 * _shares('googlenet-naive', 'channels')[-1][-1] / last.out_shape[0]:.0f}",
        "now": naive[n - 1].name,
        "now_out": f"{naive[n - 1].out_shape[0]:,}",
        "now_in": f"{naive[n - 1].in_shape[0]:,}",
        "added": _adds(last.name),
        "one_more": f"{_one_more():,}",
        "branches": branch(first(), "pool").out_channels,
    }


def _adds(name: str) -> int:
    """Channels that the convolutions of a naive module give."""
    widths = OWN[name]
    return widths.one + widths.three + widths.five


def _one_more() -> int:
    last = _modules("googlenet-naive")[-1]
    return last.out_shape[0] + _adds(last.name)


def _draw(chosen: Chosen) -> Drawn:
    quantity, n = chosen.word("count"), chosen.whole("modules")
    naive, reduced = _modules("googlenet-naive"), _modules("googlenet")
    here = naive[n - 1]
    shares = dict(zip(BRANCHES, _shares("googlenet-naive", "channels")[n - 1], strict=True))
    scale = min(CHANNEL, LONGEST / (here.in_shape[0] + here.out_shape[0]))
    rows = tuple(
        (
            a.name,
            *(f"{each:,}" for each in (a.out_shape[0], b.out_shape[0], a.params, b.params, a.macs, b.macs)),
        )
        for a, b in zip(naive, reduced, strict=True)
    )
    return Drawn(
        Picture(
            _chart(quantity, n),
            here.name,
            prism((("other", here.in_shape[0]),), here.in_shape[1:], scale),
            prism(tuple(shares.items()), here.out_shape[1:], scale),
            (here.in_shape[0], here.out_shape[0]),
            tuple(shares.items()),
        ),
        say("Widths of Table 1, every module naive, each reading all that the one before gives; batch 1, with biases."),
        Table(
            say("Each module naive, and as the paper has it"),
            (
                say("Module"), say("Channels out, naive"), say("paper"), say("Parameters, naive"), say("paper"),
                say("Multiply-adds, naive"), say("paper"),
            ),
            rows,
        ),
    )  # fmt: skip


def _chart(quantity: str, n: int) -> Chart:
    naive, paper = (_shares(network, quantity) for network in ("googlenet-naive", "googlenet"))
    names = [each.name for each in _modules("googlenet")]
    up = round_ticks(max(map(sum, naive)))
    x, y = x_scale(0, len(names)), y_scale(0, up[-1], HEIGHT)
    marks = [_columns(at, look, naive, x(1), n, up[-1]) for at, look in enumerate(BRANCHES)]
    ends = tuple(
        Label(_short(sum(values)), x(at + 0.5), y(sum(values)) - 6, "middle")
        for at, values in enumerate(naive)
        if at in (0, n - 1)
    )
    rules = tuple(line(x, y, ((at + 0.12, sum(values)), (at + 0.88, sum(values)))) for at, values in enumerate(paper))
    return Chart(
        HEIGHT,
        say("{what} of each module, naive", what=say(QUANTITIES[quantity])),
        "",
        tuple(Tick(x(at + 0.5), name) for at, name in enumerate(names)),
        ticks(y, up),
        (*marks, Mark("", "ink", labels=ends), Mark("paper", "ink", lines=rules)),
        say(
            "Nine bars that grow from {least} to {most}; the paper’s modules stay at or below {paper}.",
            least=_short(sum(naive[0])), most=_short(sum(naive[-1])), paper=_short(max(map(sum, paper))),
        ),
    )  # fmt: skip


def _short(value: int) -> str:
    return f"{value:,}" if value < 10_000 else short(value)


def _columns(at: int, look: str, naive: Sequence[Sequence[int]], pitch: float, n: int, most: float) -> Mark:
    """A branch's part of every column; of modules that are not stacked yet a wash."""
    y = y_scale(0, most, HEIGHT)
    bars = tuple(
        stacked(column * pitch + 0.12 * pitch, 0.76 * pitch, y, values, column >= n)[at]
        for column, values in enumerate(naive)
    )
    return Mark(look, look, bars=tuple(bar for bar in bars if bar.height))


def _stack(n: int, count: str = "channels") -> Mapping[str, str]:
    return {"modules": str(n), "count": count}


CHAPTER = Chapter(
    slug="naive",
    title=phrase("The naive module"),
    question=phrase("If you cannot choose between kernels, why not take them all?"),
    steps=(
        Step(
            phrase(
                "Is a pattern small or large? Before training nobody knows, so the module looks with several kernels "
                "at once: [1×1](one), [3×3](three) and [5×5](five), and a [3×3 max pool](pool) beside them. All four "
                "read the same map, {size} with {in} channels, all keep its size, and what they find is stacked along "
                "depth. No branch is ever switched off: the next layer’s weights decide how much each counts."
            ),
            _stack(1),
        ),
        Step(
            phrase(
                "In 3a the convolutions give {one}, {three} and {five} channels. A kernel called 1×1 is {kernel} in "
                "truth: it is small in the plane and reads every channel. Odd kernels have a middle, so their outputs "
                "stay aligned; that it is just these three, the paper says, is convenience rather than necessity. The "
                "pool has no weights and cannot choose, so [all {pool}](pool) pass. The sum is often left out: {one} + "
                "{three} + {five} + {pool} = *{out}*."
            ),
            _stack(1),
        ),
        Step(
            phrase(
                "Now put another on top. {second} reads those {second_in} channels and gives {second_out}, because its "
                "own [pool](pool) passes on all that came. What has entered the stack never leaves it: a naive module "
                "can add channels, but it cannot take one away."
            ),
            _stack(2),
        ),
        Step(
            phrase(
                "After nine of them {last_out} channels come out of {last}, where [the paper](paper) has {paper_out}; "
                "{passed} % of them were merely passed on. Each module adds its own {least} to {most} channels, so the "
                "number grows nearly along a line. Had the widths kept their proportion to the input, × {growth} each "
                "time as in 3a, {in_proportion} channels would leave the ninth."
            ),
            _stack(9),
        ),
        Step(
            phrase(
                "The cost grows faster than the channels, since every kernel reads them all: added up over the stack, "
                "with the square of its depth. Nine naive modules have {modules_params} parameters and make "
                "{modules_macs} multiply-adds; the whole network would need {ratio_params} times the parameters and "
                "{ratio_macs} times the multiply-adds of [the paper’s](paper). The idea is good, the bill is not. The "
                "next chapter pays less for the same looks."
            ),
            _stack(9, "macs"),
        ),
    ),
    controls=(
        Slider("modules", phrase("Modules stacked"), 1, len(OWN), 1),
        Words("count", phrase("Count"), QUANTITIES, "channels"),
    ),
    template="naive",
    draw=_draw,
    values=_values,
    exercise=Exercise(
        question=phrase(
            "Stack one more naive module with the widths of {last} on the ninth. How many channels leave it?"
        ),
        answer=_one_more,
        unit=phrase("channels"),
        reason=phrase("Its convolutions add {added}, its pool passes {last_out} on: {one_more} together."),
        hint=phrase("Add the three convolutions’ channels to all that come in."),
        slips=(
            Slip(lambda: _adds("5b"), phrase("Those are its convolutions alone. Its pool passes on all that came in.")),
        ),
        tolerance=0,
    ),
    tries=(
        Try(phrase("Module {now} of the naive network, branch by branch"), "/networks/googlenet-naive/modules/{now}"),
        Try(phrase("The whole naive network"), "/networks/googlenet-naive"),
        Try(phrase("Naive against the paper’s, layer by layer"), "/compare?left=googlenet-naive&right=googlenet"),
    ),
    works=("googlenet",),
)

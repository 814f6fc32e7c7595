"""Chapter: what came after, in one idea: a large kernel as several small ones. And the glossary."""

from collections.abc import Callable

from app.network import laws
from app.network.literature import FAMILY, TOP_5, WORKS, Successor, fact
from app.network.record import record
from app.render.cells import short
from app.render.story.chapter import Chapter, Chosen, Drawn, Exercise, Slider, Slip, Step, Table, Try, Values
from app.render.story.chart import (
    Anchor,
    Chart,
    Label,
    Mark,
    Point,
    Scale,
    Tick,
    line,
    round_ticks,
    ticks,
    x_scale,
    y_scale,
)
from app.render.story.glossary import GLOSSARY, Entry, entries
from app.render.story.paper import published
from app.words import phrase, say

HEIGHT = 220
LARGEST = 11
SIZES = tuple(range(3, LARGEST + 1, 2))
SEVEN = 7
SPOTS: dict[str, tuple[Anchor, float, float]] = {
    "whole": ("end", -8, -6),
    "stacked": ("start", 10, 4),
    "split": ("middle", 0, 20),
}
"""Where the numbers stand beside their points: anchor, pixels to the right, pixels down."""


@record
class Picture:
    chart: Chart
    family: tuple[tuple[str, ...], ...]
    """Name, year, parameters, multiply-adds, error."""
    glossary: tuple[Entry, ...]


def _whole(k: int) -> int:
    """Weights between two channels of a k × k kernel."""
    return laws.conv_weights((k, k), 1, 1, 1)


def _stacked(k: int) -> int:
    """Of as many 3 × 3 as see k × k."""
    return (k - 1) // 2 * _whole(3)


def _split(k: int) -> int:
    """Of a k × 1 and a 1 × k."""
    return laws.conv_weights((k, 1), 1, 1, 1) + laws.conv_weights((1, k), 1, 1, 1)


def _part(cost: int, k: int) -> str:
    return f"{100 * cost / _whole(k):.0f}"


def _of(name: str) -> Successor:
    return next(each for each in FAMILY if each.name.endswith(name))


def _macs(each: Successor) -> int:
    return each.macs * 100_000


def _values(chosen: Chosen) -> Values:
    k = chosen.whole("k")
    norm, third, fourth, x = (_of(name) for name in ("BN-Inception", "v3", "v4", "Xception"))
    ours = published()[1].totals.macs
    return {
        "k": k,
        "whole": _whole(k),
        "stacked": _stacked(k),
        "split": _split(k),
        "threes": (k - 1) // 2,
        "five": _whole(5),
        "five_ratio": f"{_whole(5) / _whole(3):.2f}",
        "five_saved": f"{100 - 100 * _stacked(5) / _whole(5):.0f}",
        "steps_before": fact("norm_steps_before"),
        "steps": fact("norm_steps"),
        "steps_10k": f"{100 * float(fact('norm_steps')):,.0f}",
        "steps_before_10k": f"{100 * float(fact('norm_steps_before')):,.0f}",
        "top_1": fact("norm_top1"),
        "norm_error": norm.top_5,
        "our_error": TOP_5[1, 1].text,
        "layers": fact("rethinking_layers"),
        "third_error": third.top_5,
        "third_times": f"{_macs(third) / ours:.1f}",
        "third_side": third.side,
        "four_error": fact("v4_ensemble"),
        "x_error": x.top_5,
        "x_params": short(x.params),
        "fourth_macs": short(_macs(fourth)),
        "seven": SEVEN,
        "seven_whole": _whole(SEVEN),
        "seven_stacked": _stacked(SEVEN),
        "seven_part": _part(_stacked(SEVEN), SEVEN),
        "seven_threes": (SEVEN - 1) // 2,
        "terms": len(GLOSSARY),
    }


def _draw(chosen: Chosen) -> Drawn:
    k = chosen.whole("k")
    rows = tuple((f"{size}×{size}", *(str(cost(size)) for cost in (_whole, _stacked, _split))) for size in SIZES)
    head = (say("Kernel"), say("whole"), say("as 3×3"), say("as k×1 and 1×k"))
    return Drawn(
        Picture(_chart(k), _family(), entries()),
        say("Weights between one channel in and one out, so multiply-adds at one place; a ReLU between costs none."),
        Table(say("What a kernel costs, whole and in parts"), head, rows),
    )


def _family() -> tuple[tuple[str, ...], ...]:
    ours = published()[1].totals
    first = ("GoogLeNet", WORKS["googlenet"].year, ours.params, ours.macs, TOP_5[1, 1].text)
    later = [(each.name, WORKS[each.work].year, each.params, _macs(each), each.top_5) for each in FAMILY]
    rows = [first, *later]
    return tuple((name, year, short(params), short(macs), error or "–") for name, year, params, macs, error in rows)


def _chart(k: int) -> Chart:
    up = round_ticks(_whole(LARGEST))
    x, y = x_scale(SIZES[0], LARGEST), y_scale(0, up[-1], HEIGHT)
    return Chart(
        HEIGHT,
        say("weights between two channels"),
        "",
        tuple(Tick(x(size), f"{size}×{size}") for size in SIZES),
        ticks(y, up),
        (
            _line(x, y, "whole", "five", k, _whole, say("k×k")),
            _line(x, y, "stacked", "three", k, _stacked, say("3×3, stacked")),
            _line(x, y, "split", "one", k, _split, say("k×1, 1×k")),
        ),
        say("Of {k} × {k}: {whole} whole, {stacked} as stacked 3×3, {split} as k×1 and 1×k.",
            k=k, whole=_whole(k), stacked=_stacked(k), split=_split(k)),
    )  # fmt: skip


def _line(x: Scale, y: Scale, path: str, look: str, k: int, cost: Callable[[int], int], name: str) -> Mark:
    end = Label(name, x(LARGEST - 1), y(cost(LARGEST - 1)) - 10, "end")
    anchor, aside, below = SPOTS[path]
    if k in (SIZES[0], LARGEST):
        anchor, aside, below = "start" if k == SIZES[0] else "end", 0, 20 if path == "split" else -10
    here = Label(str(cost(k)), x(k), y(cost(k)) + below, anchor, dx=aside)
    labels = (here,) if k >= LARGEST - 2 else (end, here)
    return Mark(
        path,
        look,
        lines=(line(x, y, [(size, cost(size)) for size in SIZES]),),
        points=(Point("dot", x(k), y(cost(k))),),
        labels=labels,
    )


def _sets(k: int) -> dict[str, str]:
    return {"k": str(k)}


CHAPTER = Chapter(
    slug="after",
    title=phrase("What came after"),
    question=phrase("Which of these ideas lasted, and what took the place of the others?"),
    steps=(
        Step(
            phrase(
                "A year later Ioffe and Szegedy, one of GoogLeNet’s authors, put batch norm into it. "
                "[It](bn-inception) reached {top_1} % after {steps} million steps in place of {steps_before} million, "
                "and one network on one crop missed {norm_error} % in place of {our_error} %. LRN and dropout went. So "
                "did the 5×5: a 5×5 [kernel](whole) costs {five_ratio} times a 3×3, and two [3×3 on top of each "
                "other](stacked) see as far."
            ),
            _sets(5),
        ),
        Step(
            phrase(
                "That is the idea which the third version made its own: take large kernels apart. Here a kernel of {k} "
                "× {k} has {whole} weights between two channels, {threes} of 3×3 have {stacked}, and a [column and a "
                "row](split) after each other only {split}. The parts can do less than the whole, but each may have a "
                "ReLU behind it, so they can do other things."
            ),
            _sets(7),
        ),
        Step(
            phrase(
                "[Inception-v3](inception-v3) grew to {layers} layers and images of {third_side} pixels, {third_times} "
                "times GoogLeNet’s multiply-adds as we count them, and missed {third_error} % on a single crop. Then "
                "came residual connections. [Inception-v4](inception-v4) and [Inception-ResNet](inception-resnet-v2) "
                "showed that they make such networks train faster, and four of them together missed {four_error} %."
            ),
            _sets(7),
        ),
        Step(
            phrase(
                "Others drew the line out. [Xception](xception) takes a module with as many branches as channels: a "
                "depthwise convolution and a 1×1, {x_params} parameters, {x_error} %. ResNeXt gave the pattern its "
                "name, split, transform, merge, with branches that are all alike. Hand-set widths like those of Table "
                "1 were left behind; 1×1 convolutions before costly ones and global average pooling are everywhere."
            ),
            _sets(9),
        ),
        Step(
            phrase(
                "Names, last. Inception v1 is [GoogLeNet](googlenet), its naive module only a drawing on the way to "
                "the reduced one. v2 is the batch norm network to some and an early stage of v3 to others; a note that "
                "calls the reduced module V2 means neither. The name honours LeNet, hence the capital L. Under the "
                "figure stand the family in numbers and {terms} terms of this story in both languages."
            ),
            _sets(5),
        ),
    ),
    controls=(Slider("k", phrase("Kernel k×k"), SIZES[0], LARGEST, 5, "five", step=2),),
    template="after",
    draw=_draw,
    values=_values,
    exercise=Exercise(
        question=phrase(
            "A convolution of {seven} × {seven} gives way to {seven_threes} of 3×3, with as many channels everywhere. "
            "What share of the multiply-adds is left?"
        ),
        answer=lambda: 100 * _stacked(SEVEN) / _whole(SEVEN),
        unit=phrase("%"),
        reason=phrase("{seven_stacked} of {seven_whole} weights at every place: {seven_part} %."),
        hint=phrase("Count the weights between two channels, before and after."),
        slips=(
            Slip(
                lambda: 100 - 100 * _stacked(SEVEN) / _whole(SEVEN),
                phrase("That is what is saved. The question is what is left."),
            ),
            Slip(
                lambda: 100 * _split(SEVEN) / _whole(SEVEN),
                phrase("That would be a column and a row. Here 3×3 kernels take its place."),
            ),
        ),
        tolerance=0.02,
    ),
    tries=(
        Try(phrase("GoogLeNet with two 3×3 in place of each 5×5"), "/?five=3x3x2"),
        Try(phrase("GoogLeNet with batch norm"), "/networks/googlenet-bn"),
        Try(phrase("Both against the paper’s"), "/compare?left=googlenet&right=googlenet-bn%3Ffive%3D3x3x2"),
    ),
    works=("googlenet", "batch-norm", "rethinking", "v4", "xception", "resnext"),
)

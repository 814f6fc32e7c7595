"""Chapter: why a network is not simply made deeper and wider."""

from itertools import pairwise

from app.network.literature import fact
from app.network.toy_chain import HEADS, LAYERS, gain, gradient, output
from app.render.story.chapter import Chapter, Chosen, Drawn, Exercise, Slider, Slip, Step, Table, Try, Values
from app.render.story.chart import (
    Chart,
    Label,
    Line,
    Mark,
    Point,
    Scale,
    Tick,
    corners,
    line,
    power,
    ten,
    x_scale,
    y_scale,
)
from app.render.story.paper import published
from app.words import phrase, say

HEIGHT = 300
LEAST, MOST = -7, 5
"""Powers of ten at the ends of the axis."""
WEIGHT, HEAD = "w", "h"
HALF, SLOPE = 0.5, 0.25
"""A chain that fades, and the steepest slope of a sigmoid."""


def _doubled() -> tuple[float, float]:
    """Parameters and multiply-adds of twice as wide a network, over the paper's."""
    one, two = published()[1].totals, published(width="2")[1].totals
    return two.params / one.params, two.macs / one.macs


def _alone(head: int = 1, weight: float | None = None) -> float:
    """How many times as large one head alone makes the first layer’s gradient where the chain fades."""
    return 1 + (float(fact("head_weight")) if weight is None else weight) * output(HALF, HEADS[head][1] - LAYERS)


def _times(ratio: float) -> str:
    """A ratio that is near one keeps a decimal: nothing is `1 times` as large."""
    return f"{ratio:.1f}" if ratio < 10 else power(ratio)


def _values(chosen: Chosen) -> Values:
    w, h = chosen.number(WEIGHT), chosen.number(HEAD)
    params, macs = _doubled()
    share = published()[1].totals.params
    return {
        "images": fact("images"),
        "images_10k": f"{100 * float(fact('images')):g}",
        "contest": fact("contest_year"),
        "classes": fact("classes"),
        "params": f"{params:.2f}",
        "macs": f"{macs:.2f}",
        "million": f"{share / 1e6:.1f}",
        "layers": LAYERS,
        "w": f"{w:g}",
        "h": f"{h:g}",
        "out": power(output(w)),
        "half": f"{HALF:g}",
        "half_out": power(output(HALF)),
        "more": f"{1 + HALF:g}",
        "more_out": power(output(1 + HALF)),
        "sigmoid": power(output(SLOPE)),
        "first": power(gradient(w, 1)),
        "first_heads": power(gradient(w, 1, h)),
        "gain": _times(gain(w, 1, h)),
        "gain_half": power(gain(HALF, 1, h)),
        "gain_one": _times(gain(1, 1, h)),
        "head_1": HEADS[0][0],
        "head_2": HEADS[1][0],
        "end_1": HEADS[0][1],
        "end_2": HEADS[1][1],
        "short_1": LAYERS - HEADS[0][1],
        "short_2": LAYERS - HEADS[1][1],
        "paper_h": fact("head_weight"),
        "answer": power(_alone()),
        "power_2": power(output(HALF, HEADS[1][1] - LAYERS)),
    }


def _draw(chosen: Chosen) -> Drawn:
    w, h = chosen.number(WEIGHT), chosen.number(HEAD)
    rows = tuple(
        (str(k), power(gradient(w, k)), power(gradient(w, k, h)), f"{gain(w, k, h):,.2f}") for k in range(LAYERS + 1)
    )
    head = (say("Layer"), say("without heads"), say("with heads"), say("with ÷ without"))
    return Drawn(
        _chart(w, h),
        say("A chain of scalar layers y = wx with the network’s depths: exact, and no more than a picture of it."),
        Table(
            say("Derivative of the loss by each layer’s output, w = {w}, h = {h}", w=f"{w:g}", h=f"{h:g}"), head, rows
        ),
    )


def _chart(w: float, h: float) -> Chart:
    x, y = x_scale(0, LAYERS), y_scale(10.0**LEAST, 10.0**MOST, HEIGHT, log=True)
    layers = range(LAYERS + 1)
    plain = [(k, gradient(w, k)) for k in layers]
    ends = (0, *[start for start, _ in HEADS], LAYERS)
    return Chart(
        HEIGHT,
        say("gradient of the loss by the output of each layer, log scale"),
        say("layer, from the input to the logits"),
        tuple(Tick(x(k), str(k)) for k in ends),
        tuple(Tick(y(10.0**at), ten(at)) for at in range(LEAST + 1, MOST + 1, 2)),
        (
            *[_exit(x, y, at, name) for at, (name, _) in zip(ends[1:3], _HEADS, strict=True)],
            Mark("chain", "faint", lines=(line(x, y, plain, True),),
                 labels=(Label(say("the chain alone"), x(2), _beside(y, w)),)),
            Mark("heads", "ink", lines=_stretches(x, y, w, h), points=(Point("dot", x(1), y(gradient(w, 1, h))),),
                 labels=(Label(say("with heads: {n}×", n=power(gain(w, 1, h))), x(1), y(gradient(w, 1, h)) - 12),)
                 if h else ()),
        ),
        say(
            "At the first layer the gradient is {plain} without heads and {heads} with them.",
            plain=power(gradient(w, 1)), heads=power(gradient(w, 1, h)),
        ),
    )  # fmt: skip


_HEADS = (("aux1", HEADS[0]), ("aux2", HEADS[1]))


def _beside(y: Scale, w: float) -> float:
    """Below the chain's line, and within the plot."""
    return min(y(gradient(w, 2)) + 20, HEIGHT - 6)


def _exit(x: Scale, y: Scale, at: int, name: str) -> Mark:
    """Where a head leaves the chain."""
    rule = line(x, y, ((at, 10.0**LEAST), (at, 10.0**MOST)), True)
    return Mark(name, "faint", lines=(rule,), labels=(Label(name, x(at), 10, dx=4),))


def _stretches(x: Scale, y: Scale, w: float, h: float) -> tuple[Line, ...]:
    """The gradient jumps where a head's path joins: one line from joint to joint."""
    joints = (-1, *[start for start, _ in HEADS], LAYERS)
    return tuple(
        Line(corners(x, y, [(k, gradient(w, k, h)) for k in range(before + 1, after + 1)]))
        for before, after in pairwise(joints)
    )


CHAPTER = Chapter(
    slug="depth",
    title=phrase("Why not simply bigger?"),
    question=phrase("What stands in the way of more layers and more filters?"),
    steps=(
        Step(
            phrase(
                "The surest way to a better network is a larger one, the paper says, and names two drawbacks. The "
                "first is *overfitting*: many parameters fit noise where labels are few. The contest has {images} "
                "million pictures, and telling two breeds of sled dog apart takes an expert for each label. The second "
                "is *compute*. It grows with the square of the width, since twice the filters read twice the channels, "
                "and where most weights end near zero it is wasted. GoogLeNet at double width would have {params} "
                "times its parameters and make {macs} times its multiply-adds."
            ),
            {WEIGHT: "0.9", HEAD: "0"},
        ),
        Step(
            phrase(
                "Depth has a trouble of its own, the *vanishing gradient*; the paper comes to it later, with its side "
                "exits. Take [{layers} layers](chain), as many as GoogLeNet stacks, and make each as simple as can be: "
                "`y = wx`. A signal comes out multiplied by `w` to the power of {layers}. At {half} that is "
                "{half_out}, at {more} it is {more_out}. A sigmoid’s slope is a quarter at most, so a chain of them "
                "passes on {sigmoid} of a change at best; a ReLU that is open passes on all of it."
            ),
            {WEIGHT: "0.9", HEAD: "0"},
        ),
        Step(
            phrase(
                "The [gradient](chain) runs the same chain backwards. With `w` = {w} the first layer gets {first} of "
                "what the last one gets. It fades or explodes exponentially with depth. (Gradient descent is another "
                "matter: it is what one then does with the gradient.) Better starting weights and batch norm keep each "
                "factor near one; in {contest} batch norm was still to come."
            ),
            {WEIGHT: "0.5", HEAD: "0"},
        ),
        Step(
            phrase(
                "GoogLeNet takes short cuts. [One head](aux1) leaves after layer {head_1}, [another](aux2) after "
                "layer {head_2}, each with a loss of its own, weighted {paper_h}. Their paths are {short_1} and "
                "{short_2} layers shorter, so they bring back what the chain took on them. With `w` = {w} and `h` = "
                "{h} the first layer’s gradient is [{gain} times](heads) as large; where nothing fades, at `w = 1`, "
                "{gain_one} times. A head helps as much as the chain attenuates, and no more."
            ),
            {WEIGHT: "0.5", HEAD: "0.3"},
        ),
    ),
    controls=(
        Slider(WEIGHT, phrase("w, weight of every layer"), 0.3, 1.6, 0.9, decimals=2, step=0.01),
        Slider(HEAD, phrase("h, weight of each head"), 0, 1, 0, decimals=2, step=0.05),
    ),
    template="plain",
    draw=_draw,
    values=_values,
    exercise=Exercise(
        question=phrase(
            "w is {half}, and the second head alone is at work, with a weight of {paper_h}. How many times as large is "
            "the gradient of the first layer with it as without it?"
        ),
        answer=_alone,
        unit=phrase("times"),
        reason=phrase(
            "Its path is {short_2} layers shorter, so it gains `1 / w` for each of those: {power_2}, times {paper_h}, "
            "and the main path itself: {answer}."
        ),
        hint=phrase(
            "The main path stays as it is; the head adds {paper_h} times what the layers that it skips would have "
            "taken."
        ),
        slips=(
            Slip(lambda: _alone() - 1, phrase("That is the head’s own part. The main path is still there.")),
            Slip(
                lambda: gain(HALF, 1, float(fact("head_weight"))),
                phrase("That is what both heads do together. Here the second is alone."),
            ),
            Slip(
                lambda: _alone(head=0),
                phrase("That is what the first head does alone. The second is nearer to the end."),
            ),
            Slip(
                lambda: _alone(weight=1),
                phrase("That is what a head of full weight would do. This one weighs {paper_h}."),
            ),
        ),
    ),
    tries=(
        Try(phrase("Real gradients of the whole network, in the lab"), "/lab?network=googlenet"),
        Try(phrase("GoogLeNet at double width"), "/?width=2"),
        Try(phrase("The network with its heads drawn"), "/?aux=on"),
    ),
    works=("googlenet", "he", "batch-norm"),
)

"""Chapter: the auxiliary classifiers: what they are, what they were meant for, and what is known of them."""

from functools import cache

from app.network.analysis import Layer
from app.network.literature import FACTS, fact
from app.network.ops import AvgPool, Conv, Linear
from app.network.record import record
from app.network.spec import AUX_HOSTS
from app.render.cells import times
from app.render.story.chapter import Chapter, Chosen, Drawn, Exercise, Slider, Slip, Step, Table, Try, Values, Words
from app.render.story.chart import Chart, power
from app.render.story.head_norms import FIRST, norms_chart, times_of
from app.render.story.measured import Part, measured, parts
from app.render.story.paper import published
from app.words import phrase, say

HEADS = {"both": (1, 1), "first": (1, 0), "second": (0, 1)}
"""Which heads’ losses count."""
LOSSES = (2.1, 3.4, 2.8)
"""Of the exercise: the main loss, and those of the heads."""
NAMES = {
    "both": phrase("both heads"),
    "first": phrase("the first head alone"),
    "second": phrase("the second head alone"),
}


@record
class Picture:
    chart: Chart
    layers: tuple[tuple[str, str, str], ...]
    """Of a head: what each layer is, its output, its parameters."""
    motives: tuple[str, ...]
    evidence: tuple[tuple[str, tuple[str, ...]], ...]
    """For, against, undecided."""


def _paper() -> float:
    return float(fact("head_weight"))


def _whole(first: float, second: float) -> float:
    """The sum that training lowers, of the exercise’s losses, for those weights of the heads."""
    main, one, two = LOSSES
    return main + first * one + second * two


def _parts(start: str, heads: str = "both", weight: float | None = None) -> dict[str, Part]:
    """Norms with those heads at that weight, the paper’s where none is named."""
    first, second = ((_paper() if weight is None else weight) * each for each in HEADS[heads])
    return parts(start, first, second)


def _chosen(chosen: Chosen) -> dict[str, Part]:
    return _parts(_start(chosen), chosen.word("heads"), chosen.number("weight"))


def _gain(start: str, heads: str = "both") -> float:
    return _parts(start, heads)[FIRST].gain


def _start(chosen: Chosen) -> str:
    return chosen.word("start") + ("-norm" if chosen.word("norm") == "batch" else "")


@cache
def _head() -> tuple[Layer, ...]:
    """The layers of the first head."""
    _, analysis = published(aux="on")
    return tuple(layer for layer in analysis.layers if layer.node.path.startswith("aux1."))


def _values(chosen: Chosen) -> Values:
    totals = published(aux="on")[1].totals
    pool, conv, wide, last = (
        layer for layer in _head() if isinstance(layer.node.op, AvgPool | Conv | Linear)
    )  # fmt: skip
    host_1, host_2 = AUX_HOSTS.values()
    first = _chosen(chosen)[FIRST]
    return {
        "host_1": host_1,
        "host_2": host_2,
        "window": times(pool.place.kernel or (), "×"),
        "small": times(pool.out_shape[1:]),
        "filters": conv.channels,
        "wide": f"{wide.channels:,}",
        "classes": f"{last.channels:,}",
        "weight": fact("head_weight"),
        "share": f"{100 * (totals.training_params - totals.params) / totals.training_params:.1f}",
        "macs_share": f"{100 * (totals.training_macs - totals.macs) / totals.training_macs:.2f}",
        "dropout": fact("head_dropout"),
        "main": LOSSES[0],
        "loss_1": LOSSES[1],
        "loss_2": LOSSES[2],
        "whole": f"{_whole(_paper(), _paper()):.2f}",
        "seeds": measured().settings["seeds"],
        "plain": power(first.without),
        "helped": power(first.helped),
        "gain": times_of(first.gain),
        "which": NAMES[chosen.word("heads")],
        "now": chosen.values["weight"],
        "second_alone": times_of(_gain("gaussian", "second")),
        "gaussian": times_of(_gain("gaussian")),
        "gaussian_plain": power(_parts("gaussian")[FIRST].without),
        "xavier": times_of(_gain("xavier")),
        "he": times_of(_gain("he")),
        "norm": times_of(_gain("gaussian-norm")),
        "minor": fact("minor"),
    }


def _draw(chosen: Chosen) -> Drawn:
    found = _chosen(chosen)
    rows = tuple((name, power(part.without), power(part.helped), f"{part.gain:,.2f}") for name, part in found.items())
    head = (say("Part"), say("without heads"), say("with heads"), say("with ÷ without"))
    layers = tuple(
        (_name(layer), times(layer.out_shape), f"{layer.params:,}" if layer.params else "")
        for layer in _head()
        if _name(layer)
    )
    return Drawn(
        Picture(
            norms_chart(found, _parts(_start(chosen), weight=1)),
            layers,
            tuple(say(each) for each in MOTIVES),
            tuple((say(name), tuple(say(each) for each in found)) for name, found in EVIDENCE.items()),
        ),
        say(
            "Our lab, torch {version}: noise of the image’s size, batch of {batch}, root mean square of {seeds} seeds, "
            "untrained weights, double precision; geometric mean over each part’s convolutions.",
            version=measured().torch,
            **{name: measured().settings[name] for name in ("batch", "seeds")},
        ),
        Table(say("L2 norm of the weights’ gradient, part by part"), head, rows),
    )


def _name(layer: Layer) -> str:
    """What a layer of a head is called; nothing for those that only follow one."""
    op = layer.node.op
    if isinstance(op, AvgPool):
        window = times(layer.place.kernel or (), "×")
        return say("average pool {window}, stride {stride}", window=window, stride=op.stride[0])
    if isinstance(op, Conv):
        return say("1×1 convolution")
    return say("fully connected") if isinstance(op, Linear) else ""


MOTIVES = (
    phrase("Features in the middle of the network should already tell classes apart."),
    phrase("More gradient should reach the lower layers."),
    phrase("Another loss should regularise."),
)
EVIDENCE = {
    phrase("For"): (
        phrase("Deeply-supervised nets, a study of the same months, put a loss on every hidden layer and gained on "
               "small data sets."),
        phrase("Wang and others found that side branches ease the training of deep plain networks on ImageNet."),
    ),
    phrase("Against"): (
        phrase("The paper’s own later version calls the effect minor, about {minor} %, and one head enough.",
               minor=FACTS["minor"].text),
        phrase("The third Inception paper saw no help early in training, found the lower head removable, and takes "
               "the heads for regularisers."),
        phrase("TF-slim’s version of this network has none."),
    ),
    phrase("Undecided"): (
        phrase("When torchvision took the network in, one reported that it would not train without the heads; its "
               "author doubted that, given batch norm."),
    ),
}  # fmt: skip


def _sets(start: str, norm: str = "none") -> dict[str, str]:
    return {"start": start, "norm": norm}


CHAPTER = Chapter(
    slug="heads",
    title=phrase("The auxiliary classifiers"),
    question=phrase("What are two more classifiers in the middle of a network good for?"),
    steps=(
        Step(
            phrase(
                "While it is trained, GoogLeNet has two side exits: [aux1](aux1) after {host_1} and [aux2](aux2) after "
                "{host_2}; some translations have the second in the wrong place. A head averages its map down to "
                "{small}, mixes it with {filters} 1×1 filters and decides with two fully connected layers, of {wide} "
                "outputs, {dropout} % of them dropped, and {classes}. Training lowers one sum: `loss = main + {weight} "
                "· aux1 + {weight} · aux2`."
            ),
            _sets("gaussian"),
        ),
        Step(
            phrase(
                "After training the heads are cut off. They hold {share} % of the parameters that are trained, make "
                "{macs_share} % of the multiply-adds, and have no part in any answer. It is sometimes said that they "
                "make hidden layers take part in the features; hidden layers always do. A head makes its layer predict "
                "the label directly."
            ),
            _sets("gaussian"),
        ),
        Step(
            phrase(
                "One of the paper’s motives is the gradient, and that can be measured at the start of training. Where "
                "all weights are drawn from a narrow Gaussian, the main loss alone brings conv1 [next to "
                "nothing](without): {gaussian_plain}. [With the heads](with) it is {gaussian} times as much, with the "
                "second alone {second_alone} times. Without them such a network would hardly begin to learn. Move the "
                "weight: here, with {which} at {now}, it is *{gain}* times."
            ),
            _sets("gaussian"),
        ),
        Step(
            phrase(
                "Start otherwise and the effect melts away. With the weights that Caffe draws the heads multiply "
                "[conv1’s gradient](with) by {xavier}, with those of He and others by {he}, with batch norm by {norm}. "
                "Above the [second head](aux2) nothing changes at all. Which start the authors used they do not say; "
                "from a remark in Caffe’s model we infer a Gaussian. If so, the heads cured an illness that better "
                "starts have since prevented."
            ),
            _sets("xavier"),
        ),
        Step(
            phrase(
                "A gradient is not yet a result. Motives and evidence stand apart below the figure: what the paper "
                "hoped for, and what others, and its authors, found later. Read them as what they are, runs of other "
                "networks with other starts. The question is not settled; of two heads Inception-v3 kept one, as a "
                "regulariser."
            ),
            _sets("xavier", "batch"),
        ),
    ),
    controls=(
        Slider("weight", phrase("Weight of a head’s loss"), 0, 1, _paper(), decimals=2, step=0.05),
        Words(
            "heads",
            phrase("Heads that count"),
            {"both": phrase("both"), "first": phrase("the first"), "second": phrase("the second")},
            "both",
        ),
        Words(
            "start",
            phrase("Initial weights"),
            {"gaussian": phrase("Gaussian"), "xavier": phrase("Caffe"), "he": phrase("He")},
            "gaussian",
        ),
        Words("norm", phrase("Normalisation"), {"none": phrase("LRN"), "batch": phrase("batch")}, "none"),
    ),
    template="heads",
    draw=_draw,
    values=_values,
    exercise=Exercise(
        question=phrase(
            "On a batch the main loss is {main}, that of aux1 {loss_1} and that of aux2 {loss_2}. Which loss does "
            "training lower?"
        ),
        answer=lambda: _whole(_paper(), _paper()),
        unit=None,
        reason=phrase(
            "{main} + {weight} · {loss_1} + {weight} · {loss_2} = {whole}. At inference the main loss is left."
        ),
        hint=phrase("Add {weight} times each head’s loss to the main one."),
        slips=(
            Slip(lambda: _whole(1, 1), phrase("That counts the heads in full. Each counts {weight}.")),
            Slip(
                lambda: _paper() * _whole(1, 1),
                phrase("That weighs the main loss too. It counts in full, and only the heads {weight}."),
            ),
            Slip(lambda: _whole(_paper(), 0), phrase("That leaves aux2 out.")),
            Slip(lambda: _whole(0, _paper()), phrase("That leaves aux1 out.")),
            Slip(lambda: _whole(0, 0), phrase("That is the main loss alone. In training the heads count too.")),
        ),
        tolerance=0.001,
    ),
    tries=(
        Try(phrase("The network with its heads, on the map"), "/?aux=on"),
        Try(phrase("Measure the gradients yourself, in the lab"), "/lab?network=googlenet&aux=on"),
        Try(phrase("TF-slim’s network, which has no heads"), "/networks/tf-slim"),
    ),
    works=("googlenet", "supervision", "wang", "rethinking", "he", "batch-norm", "caffe", "torchvision"),
)

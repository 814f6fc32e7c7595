"""Why a number is what it is, as people read it: the formula in its parts, each with its name, and a sentence."""

from collections.abc import Iterator

from app.network import laws
from app.network.analysis import Layer
from app.network.ops import (
    LRN,
    AdaptiveAvgPool,
    Add,
    AvgPool,
    BatchNorm,
    Concat,
    Conv,
    Dropout,
    Flatten,
    Linear,
    MaxPool,
    ReLU,
    Rounding,
    Softmax,
    Windowed,
)
from app.network.record import record
from app.render.counting import OURS, Counting
from app.render.derivation import size as size_text
from app.words import say, say_many


@record
class SizeFormula:
    """⌊(n − f + 2p)/s⌋ + 1 with its numbers, along one side."""

    n: int
    """Size of the input."""
    kernel: int
    stride: int
    before: int
    """Padding before the input."""
    after: int
    """Padding after the input."""
    dilation: int
    rounding: Rounding
    quotient: str
    """What is rounded, as decimal text."""
    exact: bool
    """Whether the quotient is whole, so that rounding does nothing."""
    dropped: bool
    """Whether the last window would start in the padding after the input and is left out."""
    size: int
    """The output's size; below 1 where the window does not fit."""
    text: str
    """The whole formula on one line."""


def size_formula(
    n: int, kernel: int, stride: int, before: int, after: int, dilation: int = 1, rounding: Rounding = "floor"
) -> SizeFormula:
    """The formula of one size."""
    room = n + before + after - dilation * (kernel - 1) - 1
    size = laws.output_size(n, kernel, stride, before, after, dilation, rounding)
    return SizeFormula(
        n, kernel, stride, before, after, dilation, rounding,
        quotient=decimal(room, stride),
        exact=room % stride == 0,
        dropped=rounding == "ceil" and -(-room // stride) + 1 > size,
        size=size,
        text=size_text(n, kernel, stride, before, after, dilation, rounding),
    )  # fmt: skip


def decimal(part: int, whole: int) -> str:
    """A fraction with at most two decimals, a true minus, and no decimals where it is whole."""
    return f"{part / whole:.2f}".rstrip("0").rstrip(".").replace("-", "−")


@record
class Term:
    """A number in a formula, with its name under it; or a sign, without."""

    text: str
    label: str = ""
    kernel: bool = False


@record
class Count:
    """A count's formula: its parts, and what they make."""

    label: str
    terms: tuple[Term, ...]
    result: str
    sentence: str


@record
class Reason:
    """Everything behind the numbers of one layer."""

    path: str
    look: str
    """Branch, or other."""
    sizes: tuple[tuple[str, SizeFormula], ...]
    """Label and formula: one where height and width agree."""
    size_sentence: str
    field: Count | None
    """How far it sees, of a window."""
    counts: tuple[Count, ...]
    """Parameters and multiply-adds, where there are any."""
    note: str
    """What there is to say of a layer without formulas, or nothing."""


def reason(layer: Layer, counting: Counting = OURS) -> Reason:
    """Why a layer's numbers are what they are; with another tool's way to count, what that counts too."""
    sizes = _sizes(layer)
    look = layer.node.branch or "other"
    counts = (*_counts(layer), *_told(layer, counting))
    return Reason(layer.node.path, look, sizes, _size_sentence(layer, sizes), _field(layer), counts, _note(layer))


def _field(layer: Layer) -> Count | None:
    """r + (f − 1)·d·j along a side; nothing where there is no window, or height and width see differently far."""
    op, (size, jump) = layer.node.op, (layer.place.field.size, layer.place.field.jump)
    if not isinstance(op, Windowed) or size[0] != size[1]:
        return None
    step, dilation = jump[0] // op.stride[0], op.dilation[0] if isinstance(op, Conv) else 1
    reach = (
        Term(f"({op.kernel[0]} − 1)", say("kernel"), kernel=True),
        Term("·"),
        Term(str(step), say("pixels a step")),
    )
    spread = (Term(str(dilation), say("dilation")), Term("·")) if dilation > 1 else ()
    before = size[0] - (op.kernel[0] - 1) * dilation * step
    sentence = say_many(
        "A step in its input is a pixel of the image.", "A step in its input is {n} pixels of the image.", step
    )
    terms = (Term(str(before), say("before it")), Term("+"), *spread, *reach)
    return Count(say("Receptive field"), terms, str(size[0]), sentence)


def _told(layer: Layer, counting: Counting) -> Iterator[Count]:
    if tool := counting.tool:
        found = counting.terms(layer)
        terms = [(Term("+"), Term(f"{each.value:,}", say(each.name))) for each in found]
        sentence = (
            say("It does not run in eval mode, so nothing is counted.")
            if layer.node.phase == "training"
            else say("What {tool} {version} counts here, in eval mode.", tool=tool.name, version=tool.version)
        )
        result = f"{sum(each.value for each in found):,}"
        yield Count(counting.head, tuple(part for pair in terms for part in pair)[1:], result, sentence)


def _sizes(layer: Layer) -> tuple[tuple[str, SizeFormula], ...]:
    op, place, before = layer.node.op, layer.place, layer.in_sizes[0]
    if place.sides is None or place.kernel is None or before is None:
        return ()
    stride = op.stride if isinstance(op, Windowed) else (1, 1)
    dilation = op.dilation if isinstance(op, Conv) else (1, 1)
    rounding = op.rounding if isinstance(op, MaxPool | AvgPool) and op.padding != "same" else "floor"
    pads = ((place.sides.top, place.sides.bottom), (place.sides.left, place.sides.right))
    height, width = (
        size_formula(before[at], place.kernel[at], stride[at], *pads[at], dilation[at], rounding) for at in (0, 1)
    )
    if height == width:
        return ((say("Height and width"), height),)
    return ((say("Height"), height), (say("Width"), width))


def _size_sentence(layer: Layer, sizes: tuple[tuple[str, SizeFormula], ...]) -> str:
    if not sizes:
        return ""
    it = sizes[0][1]
    if it.dropped:
        return say("Rounded up there would be one window more, but it would start in the padding and is dropped.")
    if not it.exact and it.rounding == "ceil":
        return say("{quotient} is rounded up: the last window reaches over the edge and is kept.", quotient=it.quotient)
    if not it.exact:
        return say("{quotient} is rounded down: what is left at the edge is not looked at.", quotient=it.quotient)
    if it.size == it.n and layer.node.module and it.before:
        return say("Padding {padding} keeps the size, so that the branches can be stacked.", padding=it.before)
    if it.size == it.n:
        return say("The size stays, whatever stands in the weights.")
    return say("The division is exact: nothing is rounded.")


def _counts(layer: Layer) -> Iterator[Count]:
    op, channels, out = layer.node.op, layer.in_channels[0], layer.channels
    if isinstance(op, Conv):
        yield from _conv(layer, op)
    elif isinstance(op, Linear):
        product = (Term(str(channels), say("in")), Term("·"), Term(str(out), say("out")))
        sentence = say("Every output reads every input, and has a bias of its own.")
        yield Count(
            say("Parameters"), (*product, Term("+"), Term(str(out), say("bias"))), f"{layer.params:,}", sentence
        )
        sentence = say("Every weight is used once; biases are no multiply-adds.")
        yield Count(say("Multiply-adds"), product, f"{layer.macs:,}", sentence)
    elif isinstance(op, BatchNorm):
        kinds = say("γ and β") if op.scale else say("β")
        terms = (Term(str(1 + op.scale), kinds), Term("·"), Term(str(out), say("channels")))
        sentence = say("Running means and variances are no parameters: nothing learns them by gradient.")
        yield Count(say("Parameters"), terms, f"{layer.params:,}", sentence)


def _conv(layer: Layer, op: Conv) -> Iterator[Count]:
    (kh, kw), channels, out = op.kernel, layer.in_channels[0], layer.channels
    each = str(channels) if op.groups == 1 else f"{channels}/{op.groups}"
    weights = [Term(f"{kh} · {kw}", say("kernel"), kernel=True), Term("·"), Term(each, say("in")), Term("·")]
    weights.append(Term(str(out), say("out")))
    bias = [Term("+"), Term(str(out), say("bias"))] if op.bias else []
    per = kh * kw * (channels // op.groups)
    sentence = _kernels(out, f"{per:,}", op.bias)
    yield Count(say("Parameters"), (*weights, *bias), f"{layer.params:,}", sentence)
    height, width = layer.place.size or (1, 1)
    product = Term(f"{kh} · {kw} · {each} · {out}", say("weights"), kernel=True)
    terms = (product, Term("×"), Term(f"{height} · {width}", say("positions")))
    sentence = say("Every weight is used once at each of the {height} × {width} positions.", height=height, width=width)
    yield Count(say("Multiply-adds"), terms, f"{layer.macs:,}", sentence)


def _kernels(n: int, weights: str, bias: bool) -> str:
    if bias:
        return say_many(
            "One kernel of {weights} weights, and a bias.",
            "Each of {n} kernels has {weights} weights and a bias.",
            n,
            weights=weights,
        )
    return say_many(
        "One kernel of {weights} weights, without a bias.",
        "Each of {n} kernels has {weights} weights and no bias.",
        n,
        weights=weights,
    )


def _note(layer: Layer) -> str:
    match layer.node.op:
        case ReLU():
            return say("max(0, x) for each element, written over its input: no weights, no multiply-adds, no memory.")
        case Dropout(p=p):
            return say("In training each element is dropped with probability {p}; at inference it does nothing.", p=p)
        case LRN(size=size):
            return say(
                "Divides each element by what {n} neighbouring channels hold. It has no weights and is not counted.",
                n=size,
            )
        case Concat():
            return say(
                "Stacks its inputs along the channels: {sum} = {channels}.",
                sum=" + ".join(map(str, layer.in_channels)),
                channels=layer.channels,
            )
        case Flatten():
            return say(
                "Writes {channels} × {positions} elements in one row.",
                channels=layer.in_channels[0],
                positions=layer.channels // layer.in_channels[0],
            )
        case Softmax():
            return say("Turns scores into shares that sum to 1: no weights.")
        case MaxPool() | AvgPool() | AdaptiveAvgPool():
            return say("A pool has no weights and no multiply-adds; channels pass through it one by one.")
        case Add():
            return say("Adds its inputs element by element.")
        case BatchNorm():
            return say("At inference it can become part of the convolution before it, so no multiply-adds are counted.")
        case Conv() | Linear():
            return ""

"""Sizes of the published network, and what the formula says of them; all from its analysis."""

from functools import cache
from typing import Literal

from app.network import laws
from app.network.analysis import Layer, analyse
from app.network.catalog import network
from app.network.ops import AvgPool, Conv, MaxPool, Pair, Rounding
from app.network.record import record
from app.render.reason import SizeFormula, decimal, size_formula
from app.words import Phrase, phrase

NAMES = {
    "conv1": phrase("conv1"),
    "pool1": phrase("pool1"),
    "pool2": phrase("pool2"),
    "inception_3a.five.conv": phrase("5×5 in 3a"),
    "pool3": phrase("pool3"),
    "pool4": phrase("pool4"),
    "aux1.pool": phrase("aux pool"),
}
"""The layers that the page shows, by path, in the order they run."""
SHORT = {"inception_3a.five.conv": phrase("3a 5×5")}
"""Names that are shorter elsewhere."""
HALVING = ("conv1", "pool1", "pool2", "pool3", "pool4")
"""Layers of stride 2."""


@record
class Known:
    """A layer of GoogLeNet, along one side."""

    path: str
    name: Phrase
    short: Phrase
    op: Literal["conv", "max_pool", "avg_pool"]
    formula: SizeFormula
    places: str
    """The quotient and 1: how many places a window has, before rounding, as decimal text."""


@record
class RoundedDown:
    """What becomes of the network where every pool rounds down."""

    published: tuple[int, ...]
    """Sides after each halving layer."""
    down: tuple[int, ...]
    window: Pair
    """Height and width of the published network's last pool."""
    fits: bool
    """Whether that pool still fits."""


def places(formula: SizeFormula) -> str:
    """The quotient and 1, before rounding."""
    return decimal(_room(formula) + formula.stride, formula.stride)


def _room(formula: SizeFormula) -> int:
    return formula.n + formula.before + formula.after - formula.dilation * (formula.kernel - 1) - 1


@cache
def known_sizes() -> tuple[Known, ...]:
    """The layers of `NAMES` as the published network has them."""
    layers = {layer.node.path: layer for layer in _layers("ceil")}
    return tuple(_known(path, name, layers[path]) for path, name in NAMES.items())


def _layers(rounding: Rounding) -> tuple[Layer, ...]:
    return analyse(network("googlenet").spec.model_copy(update={"aux": True, "rounding": rounding})).layers


def _known(path: str, name: Phrase, layer: Layer) -> Known:
    op, size, sides = layer.node.op, layer.in_sizes[0], layer.place.sides
    assert isinstance(op, Conv | MaxPool | AvgPool)
    assert size
    assert sides
    kind: Literal["conv", "max_pool", "avg_pool"] = (
        "conv" if isinstance(op, Conv) else "max_pool" if isinstance(op, MaxPool) else "avg_pool"
    )
    dilation = op.dilation[0] if isinstance(op, Conv) else 1
    rounding = "floor" if isinstance(op, Conv) else op.rounding
    formula = size_formula(size[0], op.kernel[0], op.stride[0], sides.top, sides.bottom, dilation, rounding)
    return Known(path, name, SHORT.get(path, name), kind, formula, places(formula))


@cache
def rounded_down() -> RoundedDown:
    """The chain of sides, as published and with every pool rounding down."""
    published, down = [{layer.node.path: layer.place for layer in _layers(way)} for way in ("ceil", "floor")]
    window = published["head.pool"].kernel
    sides, halved = [tuple(_side(places[path].size) for path in HALVING) for places in (published, down)]
    assert window
    return RoundedDown(sides, halved, window, laws.output_size(halved[-1], window[0], 1, 0, 0) >= 1)


def _side(size: Pair | None) -> int:
    assert size
    return size[0]


def latex(formula: SizeFormula) -> str:
    r"""The formula for a paper: `\left\lceil \frac{14 - 3 + 2 \cdot 0}{2} \right\rceil + 1 = 7`."""
    word = "floor" if formula.rounding == "floor" else "ceil"
    padding = f"2 \\cdot {formula.before}" if formula.before == formula.after else f"{formula.before} + {formula.after}"
    above = f"{formula.n} - {formula.kernel} + {padding}"
    if formula.dilation > 1:
        above = f"{formula.n} + {padding} - {formula.dilation} \\cdot ({formula.kernel} - 1) - 1"
    dropped = " - 1" if formula.dropped else ""
    fraction = f"\\frac{{{above}}}{{{formula.stride}}}"
    return f"\\left\\l{word} {fraction} \\right\\r{word} + 1{dropped} = {formula.size}"

"""The table of layers: one row a layer, every field with its unit, as the API gives it and the tables print it."""

from functools import lru_cache
from typing import NamedTuple

from app.network import laws
from app.network.analysis import Analysis, Layer, Part
from app.network.geometry import Geometry
from app.network.graph import Phase
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
    Op,
    Pair,
    ReLU,
    Rounding,
    Softmax,
)
from app.network.places import Field, Place
from app.network.record import record
from app.render.derivation import Formula, counts, sizes

KINDS: dict[type[Op], str] = {
    Conv: "conv",
    Linear: "linear",
    MaxPool: "max_pool",
    AvgPool: "avg_pool",
    AdaptiveAvgPool: "avg_pool",
    LRN: "lrn",
    BatchNorm: "batch_norm",
    ReLU: "relu",
    Dropout: "dropout",
    Concat: "concat",
    Add: "add",
    Flatten: "flatten",
    Softmax: "softmax",
}


@record
class Row:
    """A layer. Counts are exact integers for a batch of 1; sizes are in elements."""

    path: str
    """The one identity: row, DOM id, URL fragment and attribute of the torch module."""
    kind: str
    """conv, linear, max_pool, avg_pool, lrn, batch_norm, relu, dropout, concat, flatten, softmax or add."""
    module: str | None
    """Inception module it belongs to, as `3a`."""
    branch: str | None
    """Branch of the module: one, three, five or pool."""
    phase: Phase
    """`training` for the auxiliary heads, which are discarded at inference."""
    inputs: tuple[str, ...]
    """Paths of the layers that feed it; `input` is the network's input."""
    in_shapes: tuple[tuple[int, ...], ...]
    """[C, H, W] of each input, [N] once flat."""
    out_shape: tuple[int, ...]
    """[C, H, W], or [N] once flat."""
    kernel: Pair | None
    """[height, width] of the window."""
    stride: Pair | None
    """[height, width]."""
    padding: Pair | None
    """[height, width] of zeros on each side; null where the sides differ (SAME)."""
    groups: int | None
    """Of a convolution: 1 is dense, the number of input channels depthwise."""
    rounding: Rounding | None
    """How the size formula rounds."""
    params: int
    """Weights, biases, γ and β."""
    macs: int
    """Multiply-adds, bias excluded."""
    flops: int
    """2 × macs."""
    activations: int
    """Output elements; 0 for relu and dropout, which write over their input."""
    receptive_field: Field
    """What one output sees of the input, theoretical, in pixels."""
    formula: Formula
    """The substituted formulas behind the numbers."""


def rows(analysis: Analysis) -> list[Row]:
    """A row for each layer, in the order they run."""
    return [row for part in analysis.parts for row in part_rows(part)]


@lru_cache(maxsize=512)
def part_rows(part: Part) -> tuple[Row, ...]:
    """The rows of one link; most of a changed variant's are those of the variant before."""
    return tuple(map(_row, part.layers, _fixed(part.geometry)))


def _row(layer: Layer, fixed: "_Fixed") -> Row:
    name, (kernel, stride, padding, groups, rounding), size, field, positions, formula = fixed
    params, macs, channels = layer.params, layer.macs, layer.channels
    return Row(
        *name,
        layer.in_shapes,
        (channels, *size) if size else (channels,),
        kernel,
        stride,
        padding,
        groups,
        rounding,
        params,
        macs,
        laws.flops(macs),
        channels * positions,
        field,
        Formula(formula.height, formula.width, *counts(layer)) if params else formula,
    )


class _Fixed(NamedTuple):
    """What a row says that no width changes, made once for a geometry."""

    name: tuple[str, str, str | None, str | None, Phase, tuple[str, ...]]
    window: tuple[Pair | None, Pair | None, Pair | None, int | None, Rounding | None]
    """Kernel, stride, padding, groups, rounding."""
    size: Pair | None
    field: Field
    positions: int
    """0 where the layer writes over its input."""
    formula: Formula


@lru_cache(maxsize=1024)
def _fixed(geo: Geometry) -> list[_Fixed]:
    return [
        _Fixed(
            (node.path, KINDS[type(node.op)], node.module, node.branch, node.phase, node.inputs),
            (place.kernel, *_window(node.op, place)),
            place.size,
            place.field,
            0 if isinstance(node.op, ReLU | Dropout) else place.positions,
            Formula(*sizes(node.op, before[0], place), None, None),
        )
        for node, place, before in zip(geo.link.graph, geo.places, geo.sizes, strict=True)
    ]


def _window(op: Op, place: Place) -> tuple[Pair | None, Pair | None, int | None, Rounding | None]:
    """Stride, padding, groups, rounding."""
    match op:
        case Conv():  # SAME padding gives ⌈n/s⌉
            return op.stride, _pair(op.padding), op.groups, "ceil" if op.padding == "same" else "floor"
        case MaxPool() | AvgPool():
            return op.stride, _pair(op.padding), None, op.rounding
        case AdaptiveAvgPool() if place.kernel:
            return (1, 1), (0, 0), None, None
        case _:
            return None, None, None, None


def _pair(padding: object) -> Pair | None:
    match padding:
        case (int(height), int(width)):
            return height, width
        case _:
            return None

"""The paper's Table 1 for a variant, the printed cells beside the counted ones."""

from typing import Annotated

from pydantic import Field

from app.network.analysis import Analysis, Layer, analyse, cost
from app.network.catalog import NETWORKS
from app.network.ops import Conv, Linear, Pair
from app.network.record import record
from app.network.spec import Spec, Widths
from app.words import phrase


@record
class Printed:
    """What the paper prints in a row."""

    params: str
    """Column "params"."""
    ops: str
    """Column "ops", multiply-adds."""


@record
class TableRow:
    """A row of Table 1."""

    row: str
    """conv1, conv2, inception_3a … or linear."""
    type: str
    """convolution, inception or linear."""
    patch: Pair | None
    """[height, width] of the kernel; null for a module."""
    stride: Pair | None
    """[height, width]; null for a module."""
    out_shape: tuple[int, ...]
    """[C, H, W]."""
    depth: int
    """Layers with parameters on the longest path through the row."""
    widths: Widths | None
    """#1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj of a module."""
    params: int
    """Counted, with biases and norm."""
    weights: Annotated[int, Field(exclude=True)]
    """Counted without them, as the paper does; no part of the answer of `/table1`."""
    macs: int
    """Counted multiply-adds, bias excluded."""
    paper: Printed | None
    """Null for a row that the paper does not have."""
    remark: str | None
    """Why the printed cells differ from the counted ones, where they do."""


@record
class Table1:
    """The paper's Table 1 for a variant."""

    rows: tuple[TableRow, ...]
    """In network order: those with parameters."""


# Szegedy et al. 2014, arXiv 1409.4842, Table 1, columns "params" and "ops"
PAPER = {
    "conv1": Printed("2.7K", "34M"),
    "conv2": Printed("112K", "360M"),
    "inception_3a": Printed("159K", "128M"),
    "inception_3b": Printed("380K", "304M"),
    "inception_4a": Printed("364K", "73M"),
    "inception_4b": Printed("437K", "88M"),
    "inception_4c": Printed("463K", "100M"),
    "inception_4d": Printed("580K", "119M"),
    "inception_4e": Printed("840K", "170M"),
    "inception_5a": Printed("1072K", "54M"),
    "inception_5b": Printed("1388K", "71M"),
    "linear": Printed("1000K", "1M"),
}
_OLDER = phrase("The two printed cells agree with each other, so they look like an older set of widths (an inference).")
_LOW = phrase("The printed cell is a little low.")
REASONS = {
    "conv1": phrase(
        "A depthwise-separable 7×7 with multiplier 8 would give both printed cells: probably it was used (an "
        "inference, not a statement of the paper)."
    ),
    "inception_3a": _LOW,
    "inception_3b": phrase("The printed cell is a little high."),
    "inception_4a": _OLDER,
    "inception_4b": _LOW,
    "inception_4c": phrase(
        "The printed parameters are 6.9 % low, while the printed operations are right. No reason is known."
    ),
    "inception_4d": _LOW,
    "inception_4e": _LOW,
    "inception_5a": _OLDER,
    "inception_5b": _LOW,
}
"""Why a printed cell differs from the paper's own row, counted; the figures themselves are computed."""


SEPARABLE = 7 * 7 * 3 * 8 + 3 * 8 * 64
"""Weights of a depthwise-separable conv1 with multiplier 8, without biases."""


def table1(spec: Spec, analysis: Analysis) -> Table1:
    """The rows of Table 1 with parameters, of a variant."""
    widths = {f"inception_{module.name}": module.widths for module in spec.modules}
    return Table1(tuple(_row(name, layers, widths.get(name)) for name, layers in _groups(analysis).items()))


def _groups(analysis: Analysis) -> dict[str, list[Layer]]:
    """The layers of each row; pools, normalisations and auxiliary heads have none."""
    groups: dict[str, list[Layer]] = {}
    for layer in analysis.layers:
        name = layer.node.path.split(".")[0].removesuffix("_relu").removesuffix("_bn")
        if layer.node.module or name in ("conv1", "conv2", "head"):
            groups.setdefault("linear" if name == "head" else name, []).append(layer)
    return groups


def _row(name: str, layers: list[Layer], widths: Widths | None) -> TableRow:
    weighted = [layer for layer in layers if isinstance(layer.node.op, Conv | Linear)]
    total, weights = cost(layers), _weights(weighted)
    if widths:
        kind, patch, stride, last = "inception", None, None, layers[-1]
    else:
        kind, last = "linear" if name == "linear" else "convolution", weighted[-1]
        window = weighted[0] if name == "conv1" else last  # the depthwise layer, where conv1 is separable
        patch = window.place.kernel
        stride = window.node.op.stride if isinstance(window.node.op, Conv) else None
    return TableRow(
        name,
        kind,
        patch,
        stride,
        last.out_shape,
        _depth(layers),
        widths,
        total.params,
        weights,
        total.macs,
        PAPER.get(name),
        _remark(name, weights, total.macs),
    )


def _weights(layers: list[Layer]) -> int:
    """Without the biases, which the paper's table leaves out."""
    return sum(layer.params - layer.out_shape[0] * getattr(layer.node.op, "bias", True) for layer in layers)


def _remark(name: str, weights: int, macs: int) -> str | None:
    if name not in PAPER:
        return None
    counted = phrase(
        "{weights} weights ({kib} · 1024), {macs} M multiply-adds.",
        weights=f"{weights:,}",
        kib=f"{weights / 1024:,.1f}",
        macs=f"{macs / 1e6:,.1f}",
    )
    own = _groups(analyse(NETWORKS["googlenet"].spec))[name]
    if (weights, macs) == (_weights([layer for layer in own if layer.params]), cost(own).macs):
        return phrase("{counted} {reason}", counted=counted, reason=REASONS[name]) if name in REASONS else counted
    if name == "conv1" and weights == SEPARABLE:
        reason = phrase("Depthwise-separable with multiplier 8, which gives both printed cells.")
    else:
        reason = phrase("Not the paper's own row.")
    return phrase("{counted} {reason}", counted=counted, reason=reason)


def _depth(layers: list[Layer]) -> int:
    """Convolutions and linear layers on the longest path."""
    depth: dict[str, int] = {}
    for layer in layers:
        before = max((depth.get(path, 0) for path in layer.node.inputs), default=0)
        depth[layer.node.path] = before + isinstance(layer.node.op, Conv | Linear)
    return max(depth.values())

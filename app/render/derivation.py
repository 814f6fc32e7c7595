"""The reason of every number: its formula with the numbers in, as text."""

from functools import lru_cache

from app.network import laws
from app.network.analysis import Layer
from app.network.ops import AvgPool, BatchNorm, Conv, Linear, MaxPool, Op, Pair, Rounding, Windowed
from app.network.places import Place
from app.network.record import record


@record
class Formula:
    """The substituted formulas of a layer; null where there is none."""

    height: str | None
    """Output height: ⌊(h − f + 2p)/s⌋ + 1, rounded as the layer rounds."""
    width: str | None
    """Output width, likewise."""
    params: str | None
    """Parameters."""
    macs: str | None
    """Multiply-adds."""


def sizes(op: Op, before: Pair | None, place: Place) -> tuple[str | None, str | None]:
    """The formulas of a layer's height and width, from the (height, width) of its input."""
    if place.sides is None or place.kernel is None or before is None:
        return None, None
    (height, width), (kh, kw), sides = before, place.kernel, place.sides
    if isinstance(op, Windowed) and op.padding == "same":
        return _same(height, op.stride[0]), _same(width, op.stride[1])
    sh, sw = op.stride if isinstance(op, Windowed) else (1, 1)
    dh, dw = op.dilation if isinstance(op, Conv) else (1, 1)
    rounding = op.rounding if isinstance(op, MaxPool | AvgPool) else "floor"
    return (
        size(height, kh, sh, sides.top, sides.bottom, dh, rounding),
        size(width, kw, sw, sides.left, sides.right, dw, rounding),
    )


@lru_cache(maxsize=8192)
def size(
    n: int, kernel: int, stride: int, before: int, after: int, dilation: int = 1, rounding: Rounding = "floor"
) -> str:
    """The size formula with its numbers: `⌊(28 − 5 + 2·2)/1⌋ + 1 = 28`."""
    padding = f"2·{before}" if before == after else f"{before} + {after}"
    window = f"{n} − {kernel} + {padding}" if dilation == 1 else f"{n} + {padding} − {dilation}·({kernel} − 1) − 1"
    left, right = "⌊⌋" if rounding == "floor" else "⌈⌉"
    out = laws.output_size(n, kernel, stride, before, after, dilation, rounding)
    unclipped = -(-(n + before + after - dilation * (kernel - 1) - 1) // stride) + 1
    dropped = " − 1" if rounding == "ceil" and unclipped > out else ""
    return f"{left}({window})/{stride}{right} + 1{dropped} = {out}"


def _same(n: int, stride: int) -> str:
    return f"⌈{n}/{stride}⌉ = {-(-n // stride)}"


def counts(layer: Layer) -> tuple[str | None, str | None]:
    """The formulas of a layer's parameters and multiply-adds."""
    op, channels, out = layer.node.op, layer.in_channels[0], layer.channels
    match op:
        case Conv():
            return _conv(op.kernel, channels, out, op.groups, op.bias, layer.place.size, layer.params, layer.macs)
        case Linear():
            return f"{channels}·{out} + {out} = {layer.params:,}", f"{channels}·{out} = {layer.macs:,}"
        case BatchNorm():
            return f"{1 + op.scale}·{out} = {layer.params:,}", None
        case _:
            return None, None


@lru_cache(maxsize=8192)
def _conv(
    kernel: Pair, channels: int, out: int, groups: int, bias: bool, size: Pair | None, params: int, macs: int
) -> tuple[str, str]:
    (kh, kw), (height, width) = kernel, size or (1, 1)
    each = str(channels) if groups == 1 else f"({channels}/{groups})"
    weights = f"{kh}·{kw}·{each}·{out}"
    return f"{weights}{f' + {out}' if bias else ''} = {params:,}", f"{weights} × {height}·{width} = {macs:,}"

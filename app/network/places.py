"""Where each layer stands: its size, how it pads, what it sees. Widths change none of this."""

from typing import assert_never

from app.network import laws
from app.network.graph import Link, Node
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
    Pair,
    ReLU,
    Softmax,
    Windowed,
)
from app.network.record import record

ONE: Pair = (1, 1)


@record
class Sides:
    """Zeros around an input, as a layer really pads it."""

    top: int
    bottom: int
    left: int
    right: int


@record
class Field:
    """What one output sees of the network's input, in pixels, before any clipping at the border (theoretical)."""

    size: Pair
    """Height and width of the patch."""
    jump: Pair
    """Steps between the patches of neighbouring outputs."""


PIXEL = Field(ONE, ONE)
"""What a pixel of the network's own input sees."""


@record
class Place:
    """One layer's part of the geometry."""

    size: Pair | None
    """Height and width of the output; None once flat."""
    positions: int
    """height · width of the output, 1 once flat."""
    field: Field
    whole: Pair
    """Height and width of what all outputs together see."""
    kernel: Pair | None = None
    """Of the window, where the layer slides one; the whole input for the global average pool."""
    sides: Sides | None = None
    """How it pads, where it slides a window."""


class Vanished(Exception):
    """A layer without output; `chain` says what would help."""

    def __init__(self, path: str, size: Pair) -> None:
        self.path, self.size = path, size


def places(link: Link, size: Pair, seen: Field) -> tuple[Place, ...]:
    """The places of a link's nodes, in their order.

    Raises:
        Vanished: a layer would have no output.
    """
    whole = (laws.field_size(seen.size[0], seen.jump[0], size[0]), laws.field_size(seen.size[1], seen.jump[1], size[1]))
    found = {link.source: Place(size, size[0] * size[1], seen, whole)}
    for node in link.graph:
        found[node.path] = _place(node, [found[path] for path in node.inputs])
    return tuple(found.values())[1:]


def _place(node: Node, inputs: list[Place]) -> Place:
    op, x = node.op, inputs[0]
    match op:
        case Conv() | MaxPool() | AvgPool():
            return _slide(op, x, node)
        case ReLU() | BatchNorm() | Dropout() | LRN() | Softmax():
            return Place(x.size, x.positions, x.field, x.whole)
        case Concat() | Add():
            # merged branches are centred alike, so along each side the widest field holds the others
            size = _widest([end.field.size for end in inputs])
            return Place(x.size, x.positions, Field(size, x.field.jump), _widest([end.whole for end in inputs]))
        case AdaptiveAvgPool():
            return _adaptive(op.out, x)
        case Flatten():
            return Place(None, 1, x.field, x.whole)
        case Linear():
            return Place(None, 1, Field(x.whole, x.field.jump), x.whole)
        case _:
            assert_never(op)


def _slide(op: Windowed, x: Place, node: Node) -> Place:
    height, width = _image(x)
    (kh, kw), (sh, sw) = op.kernel, op.stride
    dh, dw = op.dilation if isinstance(op, Conv) else ONE
    rounding = "floor" if isinstance(op, Conv) or op.padding == "same" else op.rounding
    if op.padding == "same":
        sides = Sides(*laws.same_padding(height, kh, sh, dh), *laws.same_padding(width, kw, sw, dw))
    else:
        vertical, horizontal = op.padding
        top, bottom = (vertical, vertical) if isinstance(vertical, int) else vertical
        left, right = (horizontal, horizontal) if isinstance(horizontal, int) else horizontal
        sides = Sides(top, bottom, left, right)
    out_h = laws.output_size(height, kh, sh, sides.top, sides.bottom, dh, rounding)
    out_w = laws.output_size(width, kw, sw, sides.left, sides.right, dw, rounding)
    if out_h < 1 or out_w < 1:
        raise Vanished(node.path, (height, width))
    seen, jump = x.field.size, x.field.jump
    size = (laws.field_size(seen[0], jump[0], kh, dh), laws.field_size(seen[1], jump[1], kw, dw))
    jump = (jump[0] * sh, jump[1] * sw)
    whole = (size[0] + (out_h - 1) * jump[0], size[1] + (out_w - 1) * jump[1])
    return Place((out_h, out_w), out_h * out_w, Field(size, jump), whole, op.kernel, sides)


def _adaptive(out: Pair, x: Place) -> Place:
    """The receptive field is that of the widest window; all windows together see what the input sees."""
    height, width = _image(x)
    seen, jump = x.field.size, x.field.jump
    size = (
        laws.field_size(seen[0], jump[0], laws.adaptive_window(height, out[0])),
        laws.field_size(seen[1], jump[1], laws.adaptive_window(width, out[1])),
    )
    jump = (max(1, height // out[0]) * jump[0], max(1, width // out[1]) * jump[1])
    kernel, sides = ((height, width), Sides(0, 0, 0, 0)) if out == ONE else (None, None)
    return Place(out, out[0] * out[1], Field(size, jump), x.whole, kernel, sides)


def _widest(sizes: list[Pair]) -> Pair:
    return max([height for height, _ in sizes]), max([width for _, width in sizes])


def _image(x: Place) -> Pair:
    if x.size is None:
        raise ValueError("a window cannot slide over a flat input")
    return x.size

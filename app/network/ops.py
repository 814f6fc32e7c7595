"""The closed vocabulary of layers, and how they combine.

An op says what a layer does to its input, never where it stands or what it costs.

Pairs are (height, width). A new op must be taught to each `match` that ends in `assert_never`: the type checker finds
them.
"""

from collections.abc import Mapping
from typing import Literal

from app.network.record import record

Pair = tuple[int, int]
Rounding = Literal["floor", "ceil"]

Width = int | str
"""A number of outputs, or the name of one: the same graph serves every network that differs only in its widths."""

Padding = Pair | tuple[Pair, Pair] | Literal["same"]
"""Zeros per side: (height, width); ((top, bottom), (left, right)) where the sides differ; or "same", giving ⌈n/s⌉."""


@record
class Conv:
    """Convolution to `out` channels; depthwise where `groups` is the number of input channels."""

    out: Width
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = True


@record
class Linear:
    """Fully connected layer to `out` features, with bias."""

    out: Width


@record
class MaxPool:
    kernel: Pair
    stride: Pair
    padding: Padding = (0, 0)
    rounding: Rounding = "floor"


@record
class AvgPool:
    kernel: Pair
    stride: Pair
    padding: Padding = (0, 0)
    rounding: Rounding = "floor"


@record
class AdaptiveAvgPool:
    """Average pool to a given size, (1, 1) being the global one: output i averages ⌊i·n/out⌋ … ⌈(i + 1)·n/out⌉ − 1."""

    out: Pair


@record
class LRN:
    """Local response normalisation across `size` channels (Krizhevsky et al. 2012, §3.3)."""

    size: int = 5
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0


@record
class BatchNorm:
    """Batch normalisation; `scale` says whether it has a γ beside its β."""

    scale: bool = True
    eps: float = 1e-5


@record
class ReLU:
    pass


@record
class Dropout:
    """Drops each element with probability `p` in training."""

    p: float


@record
class Concat:
    """Stacks its inputs along the channels."""


@record
class Add:
    """Sums inputs of equal shape (a residual connection)."""


@record
class Flatten:
    pass


@record
class Softmax:
    pass


Windowed = Conv | MaxPool | AvgPool
"""Ops that slide a window of fixed size."""
Op = (
    Conv
    | Linear
    | MaxPool
    | AvgPool
    | AdaptiveAvgPool
    | LRN
    | BatchNorm
    | ReLU
    | Dropout
    | Concat
    | Add
    | Flatten
    | Softmax
)


def padded_by_hand(op: Op) -> bool:
    """Whether its sides may be padded unlike: torch's own layers cannot, so a pad of its own goes before them."""
    return isinstance(op, Windowed) and (op.padding == "same" or isinstance(op.padding[0], tuple))


@record
class Fork:
    """Branches that read the same input and are merged again; an empty branch passes its input through."""

    branches: "Mapping[str, Block]"
    merge: Concat | Add = Concat()


@record
class SideExit:
    """Layers that read the trunk in training and give nothing back to it: an auxiliary head."""

    block: "Block"


Block = Op | Fork | SideExit | Mapping[str, "Block"]
"""A layer, a fork, a side exit, or a chain of blocks by name, in the order they run; names join to paths with dots."""

"""All that a network's widths do not change: sizes, paddings, receptive fields, who frees whose memory.

Sizes depend on kernels and on the input, channels on widths; keeping the two apart lets every network of one skeleton,
and whole arrays of widths, share this half of the work.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, assert_never

from app.errors import SizeVanishes
from app.network import laws
from app.network.graph import Graph, Link, Node
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
MOST_INPUT = 1 << 14
"""Where the search for an input that fits gives up."""


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


Counted = Conv | BatchNorm | Concat | Flatten | Linear
"""Ops that change the number of channels or have parameters; the others pass on what comes, at no cost."""


class Step(NamedTuple):
    """A node that counts. An index is 0 for the graph's input and i + 1 for node i."""

    at: int
    op: Counted
    sources: tuple[int, ...]
    """For each input, the node that its number of channels comes from."""
    positions: int
    """Output positions; of a flatten, its input's."""


class Memory(NamedTuple):
    """A node that makes a tensor, and the tensors that nobody reads after it."""

    at: int
    positions: int
    frees: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """A link's places, in the order of its nodes, and what a count over them needs to know.

    Made once for a link and an input size, so compared by identity.
    """

    link: Link
    input: Pair
    places: tuple[Place, ...]
    sources: tuple[tuple[int, ...], ...]
    """Indices of each node's inputs."""
    sizes: tuple[tuple[Pair | None, ...], ...]
    """Height and width of each node's inputs; None once flat."""
    steps: tuple[Step, ...]
    channels_of: tuple[int, ...]
    """By index, the input or counted node whose number of channels it has."""
    memory: tuple[Memory, ...]


@lru_cache(maxsize=4096)
def survey(link: Link, size: Pair, seen: Field) -> Geometry:
    """The geometry of a link that reads an input of that height and width, which sees `seen` of the network's.

    Raises:
        Vanished: a layer would have no output.
    """
    places = _walk(link, size, seen)
    index = {link.source: 0} | {node.path: at for at, node in enumerate(link.graph, 1)}
    sources = tuple(tuple(index[path] for path in node.inputs) for node in link.graph)
    sizes = tuple(tuple(places[source - 1].size if source else size for source in each) for each in sources)
    steps, channels_of = _steps(link.graph, places, sources)
    memory = _memory(link.graph, places, sources)
    return Geometry(link, size, places, sources, sizes, steps, channels_of, memory)


def chain(links: tuple[Link, ...], size: Pair, seen: Field = PIXEL) -> Iterator[Geometry]:
    """The geometries of a chain of links, each where the one before ends.

    Raises:
        SizeVanishes: a layer would have no output; says which, and from which input size on the chain fits.
    """
    try:
        yield from _chain(links, size, seen)
    except Vanished as vanished:
        side = _smallest_side(links)
        allowed = f"height and width of at least {side}" if side else "no input is large enough"
        height, width = vanished.size
        received = str(size[0]) if size[0] == size[1] else f"{size[0]}x{size[1]}"
        raise SizeVanishes(vanished.path, f"{height} × {width}", "input", received, allowed) from None


def _chain(links: tuple[Link, ...], size: Pair, seen: Field) -> Iterator[Geometry]:
    for link in links:
        geo = survey(link, size, seen)
        yield geo
        end = geo.places[-1]
        if link.graph[0].phase == "inference" and end.size:
            size, seen = end.size, end.field


class Vanished(Exception):
    """A layer without output; `chain` says what would help."""

    def __init__(self, path: str, size: Pair) -> None:
        self.path, self.size = path, size


def _smallest_side(links: tuple[Link, ...]) -> int | None:
    """The smallest square input that fits; sizes grow with the input, so halving finds it."""

    def fits(side: int) -> bool:
        try:
            return all(True for _ in _chain(links, (side, side), PIXEL))
        except Vanished:
            return False

    low, high = 0, MOST_INPUT
    if not fits(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def _walk(link: Link, size: Pair, seen: Field) -> tuple[Place, ...]:
    whole = (laws.field_size(seen.size[0], seen.jump[0], size[0]), laws.field_size(seen.size[1], seen.jump[1], size[1]))
    places = {link.source: Place(size, size[0] * size[1], seen, whole)}
    for node in link.graph:
        places[node.path] = _place(node, [places[path] for path in node.inputs])
    return tuple(places.values())[1:]


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


def _steps(
    graph: Graph, places: tuple[Place, ...], sources: tuple[tuple[int, ...], ...]
) -> tuple[tuple[Step, ...], tuple[int, ...]]:
    steps: list[Step] = []
    channels_of = [0]
    for at, node in enumerate(graph, 1):
        first = sources[at - 1][0]
        match op := node.op:
            case Flatten():
                steps.append(Step(at, op, (channels_of[first],), places[first - 1].positions))
                channels_of.append(at)
            case Conv() | BatchNorm() | Concat() | Linear():
                of = tuple(channels_of[source] for source in sources[at - 1])
                steps.append(Step(at, op, of, places[at - 1].positions))
                channels_of.append(at)
            case ReLU() | MaxPool() | AvgPool() | AdaptiveAvgPool() | LRN() | Dropout() | Add() | Softmax():
                channels_of.append(channels_of[first])
            case _:
                assert_never(op)
    return tuple(steps), tuple(channels_of)


def _memory(graph: Graph, places: tuple[Place, ...], sources: tuple[tuple[int, ...], ...]) -> tuple[Memory, ...]:
    """A node that writes over its input goes on with the same tensor, freed after the last reader of either."""
    tensor = list(range(len(graph) + 1))
    last: dict[int, int] = {}
    makers: list[int] = []
    for at, node in enumerate(graph, 1):
        if isinstance(node.op, ReLU | Dropout):
            tensor[at] = tensor[sources[at - 1][0]]
        else:
            makers.append(at)
        for source in sources[at - 1]:
            last[tensor[source]] = at
    frees: dict[int, tuple[int, ...]] = {}
    for freed, at in last.items():
        frees[at] = (*frees.get(at, ()), freed)
    return tuple(Memory(at, places[at - 1].positions, frees.get(at, ())) for at in makers)

"""All that a network's widths do not change: sizes, paddings, receptive fields, who frees whose memory.

Sizes depend on kernels and on the input, channels on widths; keeping the two apart lets every network of one skeleton,
and whole arrays of widths, share this half of the work.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, assert_never

from app.errors import SizeVanishes
from app.network.graph import Graph, Link
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
)
from app.network.places import PIXEL, Field, Place, Vanished, places
from app.words import phrase

MOST_INPUT = 1 << 14
"""Where the search for an input that fits gives up."""

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
    found = places(link, size, seen)
    index = {link.source: 0} | {node.path: at for at, node in enumerate(link.graph, 1)}
    sources = tuple(tuple(index[path] for path in node.inputs) for node in link.graph)
    sizes = tuple(tuple(found[source - 1].size if source else size for source in each) for each in sources)
    steps, channels_of = _steps(link.graph, found, sources)
    memory = _memory(link.graph, found, sources)
    return Geometry(link, size, found, sources, sizes, steps, channels_of, memory)


def chain(links: tuple[Link, ...], size: Pair, seen: Field = PIXEL) -> Iterator[Geometry]:
    """The geometries of a chain of links, each where the one before ends.

    Raises:
        SizeVanishes: a layer would have no output; says which, and from which input size on the chain fits.
    """
    try:
        yield from _chain(links, size, seen)
    except Vanished as vanished:
        side = _smallest_side(links)
        allowed = phrase("no input is large enough")
        if side:
            allowed = phrase("height and width of at least {side}", side=side)
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

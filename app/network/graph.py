"""Blocks laid out as nodes in the order they run, each knowing who feeds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from app.errors import ExplorerError
from app.network.blueprint import blueprint
from app.network.ops import Add, Block, Concat, Conv, Fork, Linear, Op, SideExit
from app.network.record import record
from app.network.spec import Skeleton

INPUT = "input"
"""What the network's own input is called among the inputs of a node."""
Phase = Literal["inference", "training"]


@record
class Node:
    """A layer in its place. `path` is its one identity: row, DOM id, URL fragment and torch attribute."""

    path: str
    op: Op
    inputs: tuple[str, ...]
    module: str | None = None
    branch: str | None = None
    phase: Phase = "inference"


Graph = tuple[Node, ...]
"""Nodes in the order they run; each reads `INPUT` or nodes before it."""


class BadGraph(ExplorerError):
    """A graph that cannot be run; the message says which node and why."""


@lru_cache(maxsize=1024)
def build(net: Skeleton) -> Graph:
    """The graph of a network, its widths by name."""
    return lay(blueprint(net))


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A stretch of a network that reads one tensor and gives one on: the stem, a module, a pool, an auxiliary head.

    A network is a chain of these, and what one of them costs depends on nothing but its input and its own widths. Made
    once for a skeleton, so compared by identity.
    """

    graph: Graph
    source: str
    """Path of the tensor that it reads."""
    numbers: tuple[str, ...]
    """The widths that its layers call by name."""


@lru_cache(maxsize=1024)
def links(net: Skeleton) -> tuple[Link, ...]:
    """The chain of a network's links; those of one phase and module stand together."""
    found = []
    for _, nodes in groupby(build(net), key=lambda node: (node.module, node.phase)):
        found.append(_link(tuple(nodes)))
    return tuple(found)


def lay_link(block: Block, path: str = "", source: str = INPUT) -> Link:
    """Any block as a link on its own."""
    return _link(lay(block, path, source))


def _link(graph: Graph) -> Link:
    outs = [node.op.out for node in graph if isinstance(node.op, Conv | Linear)]
    names = tuple(dict.fromkeys(out for out in outs if isinstance(out, str)))
    return Link(graph, graph[0].inputs[0], names)


def lay(block: Block, path: str = "", source: str = INPUT) -> Graph:
    """The graph of any block that reads `source`; `path` goes before the names of its layers."""
    nodes: list[Node] = []
    _lay(nodes, block, source, path, _Place())
    return tuple(nodes)


@record
class _Place:
    module: str | None = None
    branch: str | None = None
    phase: Phase = "inference"


def _lay(nodes: list[Node], block: Block, source: str, path: str, place: _Place) -> str:
    """Appends the nodes of a block that reads `source`; returns the path of its output."""
    if isinstance(block, Fork):
        return _lay_fork(nodes, block, source, path, place)
    if isinstance(block, SideExit):
        _lay(nodes, block.block, source, path, _Place(phase="training"))
        return source
    if isinstance(block, Mapping):
        for name, part in block.items():
            source = _lay(nodes, part, source, f"{path}.{name}" if path else name, place)
        return source
    nodes.append(Node(path, block, (source,), place.module, place.branch, place.phase))
    return path


def _lay_fork(nodes: list[Node], fork: Fork, source: str, path: str, place: _Place) -> str:
    """The outermost fork of a path is a module, its branches the module's; forks within stay in their branch."""
    outermost = place.module is None
    module = path.removeprefix("inception_") if outermost else place.module
    ends = []
    for name, part in fork.branches.items():
        inner = _Place(module, name if outermost else place.branch, place.phase)
        ends.append(_lay(nodes, part, source, f"{path}.{name}", inner))
    end = f"{path}.{'add' if isinstance(fork.merge, Add) else 'concat'}"
    nodes.append(Node(end, fork.merge, tuple(ends), module, None if outermost else place.branch, place.phase))
    return end


def verify(graph: Graph) -> None:
    """Checks that the graph can be run in its order.

    Raises:
        BadGraph: a path stands twice, an input is missing or comes later, or a layer has too few or too many inputs.
    """
    seen = {INPUT}
    for node in graph:
        if node.path in seen:
            raise BadGraph(f"{node.path} stands twice")
        for source in node.inputs:
            if source not in seen:
                raise BadGraph(f"{node.path} reads {source}, which does not stand before it")
        if len(node.inputs) != 1 and not (node.inputs and isinstance(node.op, Concat | Add)):
            raise BadGraph(f"{node.path} has {len(node.inputs)} inputs, and its kind reads exactly one")
        seen.add(node.path)

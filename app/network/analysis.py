"""Geometry and widths in, shapes and costs out: link by link, one match for all that a counted layer adds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

from app.network import laws
from app.network.geometry import Geometry, chain
from app.network.graph import Link, Node, links
from app.network.ops import BatchNorm, Concat, Conv, Flatten, Linear, Pair
from app.network.places import PIXEL, Field, Place
from app.network.record import record
from app.network.spec import Shape, Spec


@record
class Layer:
    """A node with its quantities; counts are exact, for a batch of 1."""

    node: Node
    place: Place
    in_sizes: tuple[Pair | None, ...]
    """Height and width of each input; None once flat."""
    in_channels: tuple[int, ...]
    """Channels of each input, features once flat."""
    channels: int
    """Channels of the output, features once flat."""
    params: int
    """Weights, biases, γ and β."""
    macs: int
    """Multiply-adds of convolutions and linear layers, bias excluded."""

    @property
    def in_shapes(self) -> tuple[tuple[int, ...], ...]:
        """(C, H, W) of each input, or (N,) once flat."""
        if len(self.in_sizes) > 1:
            return tuple(map(_shape, self.in_channels, self.in_sizes))
        return (_shape(self.in_channels[0], self.in_sizes[0]),)

    @property
    def out_shape(self) -> tuple[int, ...]:
        """(C, H, W) of the output, or (N,) once flat."""
        return _shape(self.channels, self.place.size)

    @property
    def elements(self) -> int:
        """Elements of the output."""
        return self.channels * self.place.positions


def _shape(channels: int, size: Pair | None) -> tuple[int, ...]:
    return (channels, size[0], size[1]) if size else (channels,)


@record
class Totals:
    """Sums over a network, for a batch of 1."""

    params: int
    """Parameters of the inference network: weights, biases, batch norm's γ and β."""
    macs: int
    """Multiply-adds of the inference network's convolutions and linear layers, biases excluded."""
    flops: int
    """Floating-point operations: 2 × macs."""
    activations: int
    """Output elements of all inference layers but relu and dropout."""
    peak_activations: int
    """The most elements alive at once when the layers run in order."""
    training_params: int
    """Parameters with the auxiliary heads."""
    training_macs: int
    """Multiply-adds with the auxiliary heads."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One link of a network, counted. Made once for a geometry and its widths, so compared by identity."""

    geometry: Geometry
    channels: int
    """Channels that it gives on."""
    layers: tuple[Layer, ...]
    params: int
    macs: int
    activations: int
    """Output elements of its layers but relu and dropout."""
    peak: int
    """The most elements alive at once while it runs, its input included."""

    @property
    def training(self) -> bool:
        """Whether it is an auxiliary head, used in training only."""
        return self.layers[0].node.phase == "training"


@record
class Analysis:
    """A chain of links, counted, and the sums over them."""

    input: Shape
    parts: tuple[Part, ...]
    totals: Totals

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers in the order they run."""
        return tuple([layer for part in self.parts for layer in part.layers])


@record
class Cost:
    """What some layers cost together."""

    params: int
    macs: int


def cost(layers: Collection[Layer]) -> Cost:
    """The parameters and multiply-adds of some layers together."""
    return Cost(sum([layer.params for layer in layers]), sum([layer.macs for layer in layers]))


def analyse(spec: Spec) -> Analysis:
    """Every layer and total of a network.

    Raises:
        SizeVanishes: a layer would have no output; says which, and from which input size on the network fits.
    """
    return assemble(links(spec.skeleton), spec.input, spec.numbers)


def assemble(links: tuple[Link, ...], shape: Shape, numbers: Mapping[str, int], seen: Field = PIXEL) -> Analysis:
    """Every layer and total of a chain of links.

    Args:
        links: in the order they run.
        shape: channels, height, width of the input.
        numbers: the widths that the layers call by name.
        seen: receptive field of the input, where the chain is part of a larger network.

    Raises:
        SizeVanishes: as `analyse`.
    """
    channels, height, width = shape
    parts = []
    for geo in chain(links, (height, width), seen):
        part = _part(geo, channels, tuple([numbers[name] for name in geo.link.numbers]))
        parts.append(part)
        if not part.training:
            channels = part.channels
    return Analysis(shape, tuple(parts), _totals(parts))


@lru_cache(maxsize=512)
def _part(geo: Geometry, channels: int, widths: tuple[int, ...]) -> Part:
    outs, params, macs = count(geo, channels, dict(zip(geo.link.numbers, widths, strict=True)))
    in_channels = [
        (outs[sources[0]],) if len(sources) == 1 else tuple([outs[source] for source in sources])
        for sources in geo.sources
    ]
    layers = tuple(map(Layer, geo.link.graph, geo.places, geo.sizes, in_channels, outs[1:], params, macs))
    activations, alive = memory(geo, outs)
    return Part(geo, outs[-1], layers, sum(params), sum(macs), activations, max(alive, default=0))


def count(geo: Geometry, channels: int, numbers: Mapping[str, int]) -> tuple[list[int], list[int], list[int]]:
    """The half of an analysis that depends on widths; plain arithmetic, for integers or for arrays of them.

    Returns:
        Output channels (features once flat) by index, the input's first; parameters and multiply-adds by node.
    """
    outs = [channels] * len(geo.channels_of)
    params = [0] * len(geo.places)
    macs = params.copy()
    for at, op, sources, positions in geo.steps:
        match op:
            case Conv():
                out = numbers[op.out] if isinstance(op.out, str) else op.out
                weights = laws.conv_weights(op.kernel, outs[sources[0]], out, op.groups)
                params[at - 1] = laws.conv_params(weights, out, op.bias)
                macs[at - 1] = laws.conv_macs(weights, positions)
            case BatchNorm():
                out = outs[sources[0]]
                params[at - 1] = laws.batch_norm_params(out, op.scale)
            case Concat():
                out = sum([outs[source] for source in sources])
            case Flatten():
                out = outs[sources[0]] * positions
            case Linear():
                out = numbers[op.out] if isinstance(op.out, str) else op.out
                params[at - 1] = laws.linear_params(outs[sources[0]], out)
                macs[at - 1] = laws.linear_macs(outs[sources[0]], out)
            case _:
                assert_never(op)
        outs[at] = out
    return [outs[of] for of in geo.channels_of], params, macs


def memory(geo: Geometry, outs: Sequence[int]) -> tuple[int, list[int]]:
    """Activations, and the elements alive while each layer runs, its inputs and its output included.

    Only layers that make a tensor: relu and dropout write over their input. A tensor is freed after its last reader.
    """
    sizes = list(outs)
    sizes[0] = now = outs[0] * geo.input[0] * geo.input[1]
    activations = 0
    alive = []
    for at, positions, frees in geo.memory:
        # no += or -=: arrays would change in place, and with them what was appended
        size = sizes[at] = outs[at] * positions
        activations = activations + size
        now = now + size
        alive.append(now)
        for tensor in frees:
            now = now - sizes[tensor]
    return activations, alive


@lru_cache(maxsize=512)
def alive(part: Part) -> tuple[int, ...]:
    """Elements alive while each layer of a link runs; 0 for relu and dropout, which write over their input."""
    outs = [part.layers[0].in_channels[0], *[layer.channels for layer in part.layers]]
    found = dict(zip([step[0] for step in part.geometry.memory], memory(part.geometry, outs)[1], strict=True))
    return tuple([found.get(at, 0) for at in range(1, len(outs))])


def _totals(parts: Sequence[Part]) -> Totals:
    """Sums over the links; between two of them only the tensor that they share is alive."""
    network = [part for part in parts if not part.training]
    macs = sum([part.macs for part in network])
    return Totals(
        sum([part.params for part in network]),
        macs,
        laws.flops(macs),
        sum([part.activations for part in network]),
        max([part.peak for part in network]),
        sum([part.params for part in parts]),
        sum([part.macs for part in parts]),
    )

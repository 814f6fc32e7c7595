"""Geometry and widths in, shapes and costs out: one walk over the nodes, one match per node for all its quantities."""

from collections.abc import Collection, Mapping, Sequence
from typing import assert_never

from app.network import laws
from app.network.geometry import Geometry, Place, geometry
from app.network.graph import Node
from app.network.ops import BatchNorm, Concat, Conv, Flatten, Linear, Pair
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


@record
class Analysis:
    """A graph's layers in the order they run, and their sums."""

    geometry: Geometry
    input: Shape
    layers: tuple[Layer, ...]
    totals: Totals


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
    channels, height, width = spec.input
    return assemble(geometry(spec.skeleton, (height, width)), channels, spec.numbers)


def assemble(geo: Geometry, channels: int, numbers: Mapping[str, int]) -> Analysis:
    """Every layer and total of any graph.

    Args:
        geo: its geometry.
        channels: of its input.
        numbers: the widths that its layers call by name.
    """
    outs, params, macs = count(geo, channels, numbers)
    in_channels = [
        (outs[sources[0]],) if len(sources) == 1 else tuple([outs[source] for source in sources])
        for sources in geo.sources
    ]
    layers = tuple(map(Layer, geo.graph, geo.places, geo.sizes, in_channels, outs[1:], params, macs))
    return Analysis(geo, (channels, *geo.input), layers, _totals(geo, outs, params, macs))


def count(geo: Geometry, channels: int, numbers: Mapping[str, int]) -> tuple[list[int], list[int], list[int]]:
    """The half of an analysis that depends on widths; plain arithmetic, for integers or for arrays of them.

    Returns:
        Output channels (features once flat) by index, the input's first; parameters and multiply-adds by node.
    """
    outs = [channels] * len(geo.channels_of)
    params = [0] * len(geo.graph)
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

    Only layers of the inference network that make a tensor: relu and dropout write over their input. A tensor is freed
    after its last reader.
    """
    sizes = list(outs)
    sizes[0] = now = outs[0] * geo.input[0] * geo.input[1]
    activations = 0
    alive = []
    for at, positions, frees in geo.memory:
        size = sizes[at] = outs[at] * positions
        activations += size
        now += size
        alive.append(now)
        for tensor in frees:
            now -= sizes[tensor]
    return activations, alive


def _totals(geo: Geometry, outs: list[int], params: list[int], macs: list[int]) -> Totals:
    training_params, training_macs = sum(params), sum(macs)
    network_macs = training_macs - sum([macs[at] for at in geo.training])
    activations, alive = memory(geo, outs)
    return Totals(
        training_params - sum([params[at] for at in geo.training]),
        network_macs,
        laws.flops(network_macs),
        activations,
        max(alive),
        training_params,
        training_macs,
    )

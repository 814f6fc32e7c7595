"""What a run is told of the network before it starts: its layers in order, and the description that it executes."""

from fractions import Fraction

from app.lab.runs import TrainingSettings
from app.network import laws
from app.network.analysis import Analysis
from app.network.catalog import NETWORKS
from app.network.graph import INPUT
from app.network.ops import Linear, Softmax
from app.network.record import record
from app.network.spec import Module, Spec, Widths

DIGITS = 10
"""Classes of the data set that `training` uses."""


@record
class Planned:
    """A layer that the run will meet, as its worker gets it."""

    path: str
    module: str | None
    branch: str | None
    training: bool
    """Whether it belongs to an auxiliary head, which does not run in inference."""
    linear: bool
    """Whether it is fully connected."""
    macs: int
    """Multiply-adds, batch 1."""
    depth: int
    """Layers with parameters on the longest path to it, itself counted."""
    heads: tuple[str, ...]
    """The auxiliary heads whose loss reaches it."""


def plan(analysis: Analysis) -> tuple[Planned, ...]:
    """Every layer but the softmax, in the order they run."""
    layers = analysis.layers
    depth = {INPUT: 0}
    for layer in layers:
        depth[layer.node.path] = max([depth[source] for source in layer.node.inputs]) + (layer.params > 0)
    heads: dict[str, set[str]] = {}
    for layer in reversed(layers):
        reached = heads.setdefault(layer.node.path, set())
        if layer.node.phase == "training":
            reached.add(layer.node.path.split(".")[0])
        for source in layer.node.inputs:
            heads.setdefault(source, set()).update(reached)
    return tuple(
        Planned(
            path=layer.node.path,
            module=layer.node.module,
            branch=layer.node.branch,
            training=layer.node.phase == "training",
            linear=isinstance(layer.node.op, Linear),
            macs=layer.macs,
            depth=depth[layer.node.path],
            heads=tuple(sorted(heads[layer.node.path])),
        )
        for layer in layers
        if not isinstance(layer.node.op, Softmax)
    )


def with_heads(spec: Spec) -> Spec:
    """The network with its auxiliary heads attached, for runs that compare; TF-slim's has none to attach."""
    return spec if "aux" in NETWORKS[spec.network].fixed else spec.model_copy(update={"aux": True})


def reduced(spec: Spec, settings: TrainingSettings) -> Spec:
    """The network that `training` runs: every width of stem and modules multiplied, a small input, ten classes, and
    the auxiliary heads attached (their own widths stay, as everywhere)."""
    exact = Fraction(str(settings.width))

    def scaled(width: int) -> int:
        return laws.scaled_width(width, exact.numerator, exact.denominator)

    changes = {
        "input": (spec.input[0], settings.side, settings.side),
        "classes": DIGITS,
        "stem": tuple(map(scaled, spec.stem)),
        "modules": tuple(Module(each.name, Widths(*map(scaled, each.widths))) for each in spec.modules),
    }
    return with_heads(spec).model_copy(update=changes)

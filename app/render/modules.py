"""One Inception module on its own: its branches, what each costs, and its naive or reduced twin."""

from app.network.analysis import Analysis, Layer, Totals, assemble, cost
from app.network.blueprint import batch_norm, inception
from app.network.geometry import ONE, Field, survey
from app.network.graph import INPUT, lay
from app.network.record import record
from app.network.spec import Five, Kind, Norm, Realisation, Shape, Spec, Widths, column_keys
from app.network.variant import Variant, network_widths
from app.render.rows import Row, rows

FREE = "inception"
"""Path of a module that stands in no network."""


@record
class ModuleRow:
    """One module of a network."""

    name: str
    """As `3a`."""
    kind: Kind
    """naive where both reductions and the pool projection are 0, else reduced."""
    widths: Widths
    """#1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj."""
    in_shape: Shape
    """[C, H, W]."""
    out_shape: Shape
    """[C, H, W]."""
    params: int
    """Weights, biases, γ and β."""
    macs: int
    """Multiply-adds, bias excluded, batch 1."""


@record
class Branch:
    """One branch of a module."""

    name: str
    """one, three, five or pool."""
    out_channels: int
    """Channels that it gives to the concatenation."""
    layers: tuple[Row, ...]
    """In the order they run."""
    params: int
    """Weights, biases, γ and β."""
    macs: int
    """Multiply-adds, bias excluded, batch 1."""


@record
class Twin:
    """A module large: its branches and totals."""

    module: str | None
    """As `3a`; null for a module that stands in no network."""
    kind: Kind
    """naive where both reductions and the pool projection are 0, else reduced."""
    widths: Widths
    """#1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj."""
    in_shape: Shape
    """[C, H, W]."""
    out_shape: Shape
    """[C, H, W]."""
    branches: tuple[Branch, ...]
    """one, three, five, pool: those that are there."""
    totals: Totals
    """Of the module alone."""


@record
class Detail(Twin):
    """A module large, with its twin."""

    twin: Twin | None
    """The same module naive if it is reduced; if it is naive, reduced with the network's own widths, or null."""


@record
class Setting:
    """Where a module stands and how its layers are realised."""

    name: str | None
    path: str
    source: str
    shape: Shape
    seen: Field
    five: Five
    norm: Norm
    realisation: Realisation


def module_rows(spec: Spec, analysis: Analysis) -> tuple[ModuleRow, ...]:
    """The modules of a network, in the order they run."""
    layers: dict[str, list[Layer]] = {module.name: [] for module in spec.modules}
    for layer in analysis.layers:
        if layer.node.module:
            layers[layer.node.module].append(layer)
    found = []
    for module in spec.modules:
        mine = layers[module.name]
        total = cost(mine)
        in_shape, out_shape = _image(mine[0].in_shapes[0]), _image(mine[-1].out_shape)
        kind = module.widths.kind
        found.append(ModuleRow(module.name, kind, module.widths, in_shape, out_shape, total.params, total.macs))
    return tuple(found)


def detail(chosen: Variant, analysis: Analysis, name: str) -> Detail:
    """A module of a network, with its twin; the module must be there."""
    widths = next(module.widths for module in chosen.spec.modules if module.name == name)
    first = next(layer for layer in analysis.layers if layer.node.module == name)
    source = first.node.inputs[0]
    before = next((layer.place.field for layer in analysis.layers if layer.node.path == source), Field(ONE, ONE))
    spec = chosen.spec
    shape = _image(first.in_shapes[0])
    setting = Setting(name, f"inception_{name}", source, shape, before, spec.five, spec.norm, spec.realisation)
    other = widths.naive if widths.kind == "reduced" else network_widths(chosen, name)
    return _with_twin(setting, widths, other)


def free_standing(shape: Shape, widths: Widths, five: Five, norm: Norm) -> Detail:
    """A module that stands in no network, with its twin; a naive one has none."""
    setting = Setting(None, FREE, INPUT, shape, Field(ONE, ONE), five, norm, Realisation())
    return _with_twin(setting, widths, widths.naive if widths.kind == "reduced" else None)


def _with_twin(setting: Setting, widths: Widths, other: Widths | None) -> Detail:
    one = _alone(setting, widths)
    twin = _alone(setting, other) if other else None
    return Detail(one.module, one.kind, one.widths, one.in_shape, one.out_shape, one.branches, one.totals, twin)


def _alone(setting: Setting, widths: Widths) -> Twin:
    name = setting.name or FREE
    fork = inception(
        name, tuple(width > 0 for width in widths), setting.five, batch_norm(setting.norm, setting.realisation)
    )
    channels, height, width = setting.shape
    geo = survey(lay(fork, setting.path, setting.source), (height, width), setting.seen, setting.source)
    analysis = assemble(geo, channels, dict(zip(column_keys(name), widths, strict=True)))
    table = rows(analysis)
    branches = []
    for branch in fork.branches:
        mine = tuple(row for row in table if row.branch == branch)
        total = cost([layer for layer in analysis.layers if layer.node.branch == branch])
        branches.append(Branch(branch, mine[-1].out_shape[0], mine, total.params, total.macs))
    out_shape = _image(analysis.layers[-1].out_shape)
    return Twin(setting.name, widths.kind, widths, setting.shape, out_shape, tuple(branches), analysis.totals)


def _image(shape: tuple[int, ...]) -> Shape:
    channels, height, width = shape
    return channels, height, width

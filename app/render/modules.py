"""One Inception module on its own: its branches, what each costs, and its naive or reduced twin."""

from functools import lru_cache

from app.network.analysis import Analysis, Layer, Part, Totals, assemble, cost
from app.network.blueprint import batch_norm, inception
from app.network.graph import INPUT, Link, lay_link
from app.network.ops import BatchNorm
from app.network.places import PIXEL, Field
from app.network.record import record
from app.network.spec import Five, Kind, Module, Norm, Present, Realisation, Shape, Spec, Widths, column_keys
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


def module_rows(spec: Spec, analysis: Analysis) -> tuple[ModuleRow, ...]:
    """The modules of a network, in the order they run."""
    parts = parts_of(analysis)
    return tuple([_module_row(module, parts[module.name]) for module in spec.modules])


def _module_row(module: Module, part: Part) -> ModuleRow:
    first, last = part.layers[0], part.layers[-1]
    in_shape, out_shape = _image(first.in_shapes[0]), _image(last.out_shape)
    return ModuleRow(module.name, module.widths.kind, module.widths, in_shape, out_shape, part.params, part.macs)


def parts_of(analysis: Analysis) -> dict[str, Part]:
    """The modules of a network as they were counted, by name."""
    return {part.layers[0].node.module or "": part for part in analysis.parts if part.layers[0].node.module}


def detail(chosen: Variant, analysis: Analysis, name: str) -> Detail:
    """A module of a network, with its twin; the module must be there."""
    widths = next(module.widths for module in chosen.spec.modules if module.name == name)
    part = parts_of(analysis)[name]
    spec, source = chosen.spec, part.geometry.link.source
    before = next((layer.place.field for layer in analysis.layers if layer.node.path == source), PIXEL)
    shape, norm = _image(part.layers[0].in_shapes[0]), batch_norm(spec.norm, spec.realisation)

    def alone(widths: Widths) -> Twin:
        return _alone(name, _link(name, source, widths.present, spec.five, norm), shape, widths, before)

    other = widths.naive if widths.kind == "reduced" else network_widths(chosen, name)
    return _pair(alone(widths), alone(other) if other else None)


def free_standing(shape: Shape, widths: Widths, five: Five, norm: Norm) -> Detail:
    """A module that stands in no network, with its twin; a naive one has none."""

    def alone(widths: Widths) -> Twin:
        link = _link(None, INPUT, widths.present, five, batch_norm(norm, Realisation()))
        return _alone(None, link, shape, widths, PIXEL)

    return _pair(alone(widths), alone(widths.naive) if widths.kind == "reduced" else None)


@lru_cache(maxsize=1024)
def _link(name: str | None, source: str, present: Present, five: Five, norm: BatchNorm | None) -> Link:
    """Made once, since what is counted of a link is kept by its identity."""
    fork = inception(name or FREE, present, five, norm)
    return lay_link(fork, f"inception_{name}" if name else FREE, source)


def _pair(one: Twin, twin: Twin | None) -> Detail:
    return Detail(one.module, one.kind, one.widths, one.in_shape, one.out_shape, one.branches, one.totals, twin)


def _alone(name: str | None, link: Link, shape: Shape, widths: Widths, seen: Field) -> Twin:
    numbers = dict(zip(column_keys(name or FREE), widths, strict=True))
    analysis = assemble((link,), shape, numbers, seen)
    layers: dict[str, list[Layer]] = {}
    for layer in analysis.layers:
        if layer.node.branch:
            layers.setdefault(layer.node.branch, []).append(layer)
    table = rows(analysis)
    branches = []
    for branch, mine in layers.items():
        total = cost(mine)
        shown = tuple([row for row in table if row.branch == branch])
        branches.append(Branch(branch, mine[-1].channels, shown, total.params, total.macs))
    out_shape = _image(analysis.layers[-1].out_shape)
    return Twin(name, widths.kind, widths, shape, out_shape, tuple(branches), analysis.totals)


def _image(shape: tuple[int, ...]) -> Shape:
    channels, height, width = shape
    return channels, height, width

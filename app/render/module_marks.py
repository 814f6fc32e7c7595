"""A module on the map: fans, reductions, convolutions, and the stack that leaves it; drawn once for what it shows."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import ceil, log

from app.network.analysis import Layer, Part
from app.network.ops import Conv, MaxPool
from app.render.cells import times
from app.render.marks import Band, Bar, Drawn
from app.render.shading import levels, quantities

CENTRE = 118
"""Where the trunk runs."""
TALL, MIDDLE = 0.71, 146
"""Where the network runs downwards: how much shorter it is, and where the trunk runs."""
WIDE, NARROW, GAP = 12, 6, 3
PITCH, LEAVES = 76, 66
"""Width of a module, and where in it the tensor leaves."""


@lru_cache(maxsize=1024)
def branches(part: Part, start: float, trunk: float, scale: float, most: tuple[int, ...]) -> Drawn:
    """The branches of a module.

    Args:
        part: the module, counted.
        start: its left edge, pixels.
        trunk: height of the tensor that arrives, pixels.
        scale: pixels for a channel.
        most: the most of each quantity that bars are shaded by.
    """
    chains = _chains(part)
    shades = {path: levels(values, most) for path, values in quantities(part).items()}
    heights = {name: thickness(chain[-1].channels, scale) for name, chain in chains.items()}
    y = CENTRE - (sum(heights.values()) + GAP * (len(heights) - 1)) / 2
    stacked = CENTRE - thickness(part.channels, scale) / 2
    bars: list[Bar] = []
    bands: list[Band] = []
    for name, chain in chains.items():
        group, height = group_of(chain[-1]), heights[name]
        middle = y + height / 2
        inner: tuple[float, float, float] = (start, CENTRE, trunk)
        kernels = [layer for layer in chain if not layer.node.path.endswith(".reduce")]
        if chain[0] is not kernels[0]:
            reduced = thickness(chain[0].channels, scale)
            bands.append(quad(f"{name} fan", group, *inner, start + 20, middle, reduced))
            bars.append(bar(chain[0], name, start + 20, middle - reduced / 2, NARROW, reduced, shades))
            inner = (start + 26, middle, reduced)
        elif name in ("three", "five"):
            bands.append(quad(f"{name} fan", group, *inner, start + 38, middle, height))
            bars.append(_ghost(name, group, start + 20, middle, trunk))
            inner = (start + 38, middle, height)
        look = "widen" if inner[0] > start else "fan"
        bands.append(quad(f"{name} {look}", group, *inner, start + 38, middle, height))
        bars.extend(_side_by_side(kernels[-1:] if name == "pool" else kernels, name, start + 38, y, height, shades))
        bands.append(quad(f"{name} wedge", group, start + 50, middle, height, start + 60, stacked + height / 2, height))
        bars.append(bar(part.layers[-1], name, start + 60, stacked, NARROW, height, shades, group))
        y, stacked = y + height + GAP, stacked + height
    out = thickness(part.channels, scale)
    bands.insert(0, quad("trunk", "", start + LEAVES, CENTRE, out, start + PITCH, CENTRE, out))
    return Drawn(tuple(bars), tuple(bands))


def _chains(part: Part) -> dict[str, list[Layer]]:
    """The convolutions and pools of each branch, in the order that they run."""
    chains: dict[str, list[Layer]] = {}
    for layer in part.layers:
        if layer.node.branch and isinstance(layer.node.op, Conv | MaxPool):
            chains.setdefault(layer.node.branch, []).append(layer)
    return chains


def _ghost(name: str, group: str, x: float, middle: float, trunk: float) -> Bar:
    """What would be reduced, unseen: a reduction opens to it, and closes from it."""
    return Bar("", group, f"{name} ghost", x, round(middle - trunk / 2, 2), NARROW, round(trunk, 2), "", "")


def _side_by_side(
    layers: Sequence[Layer], look: str, x: float, y: float, height: float, shades: Mapping[str, str]
) -> Iterator[Bar]:
    """One kernel after the other, in the width of one."""
    width = (WIDE - 2 * (len(layers) - 1)) / len(layers)
    for at, layer in enumerate(layers):
        yield bar(layer, look, x + at * (width + 2), y, width, height, shades)


def bar(
    layer: Layer, look: str, x: float, y: float, width: float, height: float, shades: Mapping[str, str], group: str = ""
) -> Bar:
    """A layer's output; `shades` are the levels of its link's layers by path."""
    place = (x, round(y, 2), width, round(height, 2))
    return Bar(layer.node.path, group or group_of(layer), look, *place, title(layer), shades[layer.node.path])


def quad(look: str, group: str, x1: float, y1: float, height1: float, x2: float, y2: float, height2: float) -> Band:
    """A tensor between two edges, each by its middle and its height."""
    corners = ((x1, y1 - height1 / 2), (x2, y2 - height2 / 2), (x2, y2 + height2 / 2), (x1, y1 + height1 / 2))
    points = " ".join([f"{x:.5g},{y:.5g}" for x, y in corners])
    tall = " ".join([f"{y - CENTRE + MIDDLE:.4g},{x * TALL:.5g}" for x, y in corners])
    return Band(look, group, points, tall)


def stepped(now: float, own: float) -> float:
    """What a scale is made for: the network's own most, or as many steps of a quarter above it as are needed.

    So nothing moves that did not change, but where a bar outgrows its scale.
    """
    return own if now <= own else float(own * 1.25 ** ceil(log(now / own, 1.25)))


def thickness(channels: int, scale: float) -> float:
    """Of a bar, pixels."""
    return max(channels * scale, 1.0)


def group_of(layer: Layer) -> str:
    """What is marked together with a layer: its branch, or itself."""
    node = layer.node
    return f"inception_{node.module}.{node.branch}" if node.branch else node.path


def title(layer: Layer) -> str:
    """`inception_3a.five.conv: 32 × 28 × 28`."""
    return f"{layer.node.path}: {times(layer.out_shape)}"

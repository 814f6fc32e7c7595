"""The map of the network: where every bar, band and rule of its picture stands, to scale. Jinja draws it as SVG.

Height is channels, one scale for the whole map; a module reads from left to right as its tensors do. Positions of the
paper's parts are fixed, so that nothing moves that did not change.
"""

from collections.abc import Collection, Sequence

from app.network.analysis import Analysis, Layer, Part, cost
from app.network.catalog import NETWORKS
from app.network.ops import LRN, AdaptiveAvgPool, Conv, Linear
from app.network.spec import AUX_HOSTS, STAGES, Spec
from app.network.variant import MODULES, OWN
from app.render.cells import short, times
from app.render.counting import OURS, Counting
from app.render.marks import Band, Bar, Column, Drawn, Exit, NetworkMap, Rule, Slice, Stretch
from app.render.module_marks import (
    CENTRE,
    NARROW,
    PITCH,
    WIDE,
    bar,
    branches,
    group_of,
    quad,
    stepped,
    thickness,
    title,
)
from app.render.shading import Shading, levels, quantities
from app.words import say

TALLEST = 176
"""Height of the tallest stack of bars."""
SQUARE = 64
"""Side of the square that shows the input's size."""
POOL = 24
"""Width of a pool between stages."""
STEM_END = 234
STEM = {"conv1": 97, "conv1.depthwise": 86, "conv1.pointwise": 97, "pool1": 140, "lrn1": 153, "conv2.reduce": 164}
STEM |= {"conv2.conv": 182, "lrn2": 206, "pool2": 217}
"""Left edges of what stands in the stem."""
TRACK = 46
"""Height of the tallest bar in a cost track."""


def network_map(
    spec: Spec,
    analysis: Analysis,
    own: Analysis | None = None,
    changed: Collection[str] = (),
    counting: Counting = OURS,
) -> NetworkMap:
    """The picture of a network.

    Args:
        spec: its description.
        analysis: of that description.
        own: the published network that it varies; its costs are drawn as dashed lines where they differ.
        changed: the modules that the visitor set.
        counting: how both were counted.
    """
    drawing = _Drawing(analysis, own, changed, counting)
    parts = _modules(analysis)
    layers = {layer.node.path: layer for layer in analysis.layers}
    drawing.stem(layers)
    for stage in STAGES:
        if stage != STAGES[0]:
            drawing.between(layers[f"pool{int(stage) - 1}"])
        for name in [name for name in MODULES if name[0] == stage and (name in OWN or name in parts)]:
            drawing.module(name, parts.get(name), spec)
    drawing.head([layer for path, layer in layers.items() if path.startswith("head.")])
    return drawing.finish()


def _modules(analysis: Analysis) -> dict[str, Part]:
    return {name: part for part in analysis.parts if (name := part.layers[0].node.module)}


class _Drawing:
    """Draws from left to right; `x` is how far, `trunk` the channels that arrive there."""

    def __init__(self, analysis: Analysis, own: Analysis | None, changed: Collection[str], counting: Counting) -> None:
        inference = [part for part in analysis.parts if not part.training]
        self.counting = counting
        self.shading = Shading(inference, counting.word)
        ends = quantities(inference[0]) | quantities(inference[-1])  # stem and head; modules see to themselves
        self.shades = {path: levels(values, self.shading.most) for path, values in ends.items()}
        self.own, self.changed = _modules(own) if own else {}, changed
        before = [part for part in (own or analysis).parts if not part.training]
        self.scale = TALLEST / stepped(max(map(_stack, inference)), max(map(_stack, before)))
        self.most_macs = stepped(max([part.macs for part in inference]), max([part.macs for part in before]))
        self.most_params = stepped(max([part.params for part in inference]), max([part.params for part in before]))
        self.input = analysis.input
        self.totals = analysis.totals
        self.bars: list[Bar] = []
        self.bands: list[Band] = []
        self.drawn: dict[str, Drawn] = {}
        self.rules: list[Rule] = []
        self.columns: list[Column] = []
        self.exits: list[Exit] = []
        self.sizes: list[tuple[tuple[int, ...], float]] = [(analysis.input[1:], 0)]
        self.trunk, self.x, self.scores = analysis.input[0], 0.0, 0

    def stem(self, layers: dict[str, Layer]) -> None:
        """From the image to the first module, each layer in its place."""
        self._column("image", None, 0, SQUARE, ())
        for path, x in STEM.items():
            if layer := layers.get(path):
                if isinstance(layer.node.op, Conv):
                    narrow = path in ("conv2.reduce", "conv1.depthwise")
                    self._bar_in_trunk(layer, x, NARROW if narrow else WIDE)
                else:
                    self._rule(layer, x)
        self._flow(STEM_END)
        for name, x in (("conv1", 103), ("conv2", 176)):
            mine = [layer for path, layer in layers.items() if path.split(".")[0] == name]
            self._column(name, None, x - 19, 38, mine)
        for x in (STEM["pool1"], STEM["pool2"]):
            self._column("pool", None, x - 12, 24, ())

    def between(self, pool: Layer) -> None:
        """A pool between two stages."""
        self._rule(pool, self.x + POOL / 2)
        self._column("pool", None, self.x, POOL, ())
        self._flow(self.x + POOL)

    def module(self, name: str, part: Part | None, spec: Spec) -> None:
        """A module: fans, reductions, convolutions, and the stack that leaves it."""
        start, end = self.x, self.x + PITCH
        if part is None:
            self._flow(end)
        else:
            self.drawn[name] = branches(part, start, self._height(self.trunk), self.scale, self.shading.most)
            self.trunk, self.x = part.channels, end
        for head, host in AUX_HOSTS.items():
            if name == host and part and "aux" not in NETWORKS[spec.network].fixed:
                self.exits.append(Exit(head, end - 4, CENTRE - self._height(self.trunk) / 2, head in spec.aux_heads))
        self._column(name, name, start, PITCH, part.layers if part else (), self._mark(name, part))

    def head(self, layers: list[Layer]) -> None:
        """From the last module to the scores."""
        pooled = next((layer for layer in layers if isinstance(layer.node.op, AdaptiveAvgPool)), None)
        if pooled:
            self._rule(pooled, self.x + POOL / 2)
            self._column("pool", None, self.x, POOL, ())
        self._flow(self.x + POOL)
        scores = next(layer for layer in layers if isinstance(layer.node.op, Conv | Linear))
        self.scores = scores.channels
        height = min(self._height(self.scores), TALLEST)
        x, before = self.x + 42, self.trunk
        self._band("faded", self.x, self._height(before), x, height)
        self.bars.append(self._bar(scores, "other", x, CENTRE - height / 2, WIDE, height))
        self._column("linear", None, x - 13, 38, layers)
        self.x = x + WIDE + 13

    def finish(self) -> NetworkMap:
        """What was drawn, and the same in a sentence."""
        side = SQUARE / max(self.input[1:])
        ends = [x - 8 for _, x in self.sizes[1:]] + [self.x]
        sizes = [Stretch(times(size), x, end, size[0] * side) for (size, x), end in zip(self.sizes, ends, strict=True)]
        falling = ", ".join(times(size) for size, _ in self.sizes)
        modules = [column.name for column in self.columns if column.module and not column.off]
        text = say(
            "Sizes fall from {falling}. {n} Inception modules ({modules}); {macs} {what}, {params} parameters.",
            falling=falling,
            n=len(modules),
            modules=", ".join(modules),
            macs=short(self.totals.macs),
            what=self.counting.word,
            params=short(self.totals.params),
        )
        return NetworkMap(
            self.x, Drawn(tuple(self.bars), tuple(self.bands)), self.drawn, tuple(self.rules),
            tuple(self.columns), tuple(sizes), tuple(self.exits), self.shading.shades,
            self.counting.head, self.counting.word, text, self.scores,
        )  # fmt: skip

    def _bar_in_trunk(self, layer: Layer, x: float, width: float) -> None:
        height = self._height(layer.channels)
        taper = min(27.0, x - self.x)
        self._flow(x - taper)
        self._band("trunk", self.x, self._height(self.trunk), x, height)
        self.bars.append(self._bar(layer, "other", x, CENTRE - height / 2, width, height))
        self.trunk, self.x = layer.channels, x
        self._size(layer, x - taper)

    def _rule(self, layer: Layer, x: float) -> None:
        look = "lrn" if isinstance(layer.node.op, LRN) else "pool"
        half = self._height(self.trunk) / 2 + 5
        self.rules.append(Rule(layer.node.path, look, x, CENTRE - half, CENTRE + half, title(layer)))
        self._size(layer, x + POOL / 2)

    def _size(self, layer: Layer, x: float) -> None:
        size = layer.place.size
        if size and size != self.sizes[-1][0]:
            self.sizes.append((size, x))

    def _flow(self, end: float) -> None:
        """The trunk, unchanged, to there."""
        if end > self.x:
            height = self._height(self.trunk)
            self._band("trunk", self.x, height, end, height)
            self.x = end

    def _band(self, look: str, x1: float, height1: float, x2: float, height2: float) -> None:
        self.bands.append(quad(look, "", x1, CENTRE, height1, x2, CENTRE, height2))

    def _bar(self, layer: Layer, look: str, x: float, y: float, width: float, height: float) -> Bar:
        return bar(layer, look, x, y, width, height, self.shades)

    def _height(self, channels: int) -> float:
        return thickness(channels, self.scale)

    def _mark(self, name: str, part: Part | None) -> str:
        if name in self.changed:
            return "set"
        own = self.own.get(name)
        if not part or not own:
            return ""
        now, before = ((each.layers[0].in_shapes, each.channels, each.params, each.macs) for each in (part, own))
        return "follows" if now != before else ""

    def _column(
        self, name: str, module: str | None, x: float, width: float, layers: Sequence[Layer], mark: str = ""
    ) -> None:
        looks: dict[str, list[Layer]] = {}
        for layer in layers:
            looks.setdefault(layer.node.branch or "other", []).append(layer)
        slices = []
        for look, mine in looks.items():
            each = cost(mine)
            if each.macs or each.params:
                tall = (TRACK * each.macs / self.most_macs, TRACK * each.params / self.most_params)
                slices.append(Slice(look, group_of(mine[0]), *tall))
        total = cost(layers)
        texts = (short(total.macs), short(total.params)) if slices else ("", "")
        own = self.own.get(module) if module else None
        macs = TRACK * own.macs / self.most_macs if own and own.macs != total.macs else None
        params = TRACK * own.params / self.most_params if own and own.params != total.params else None
        off = module is not None and not layers
        self.columns.append(Column(name, module, x, width, tuple(slices), *texts, off, mark, macs, params))


def _stack(part: Part) -> int:
    """Channels of the tallest thing that a part draws."""
    ends: dict[str, int] = {}
    for layer in part.layers:
        if layer.node.branch:
            ends[layer.node.branch] = layer.channels
    return sum(ends.values()) or max(layer.channels for layer in part.layers if layer.place.size)

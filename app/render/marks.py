"""What the map of the network is made of; x and y in pixels, y downwards."""

from app.network.record import record


@record
class Bar:
    """A layer's output: its height is its channels."""

    path: str
    """Empty for the unseen place of a reduction that is left out."""
    group: str
    """What is marked together with it: the branch, as `inception_3a.five`, or the layer itself."""
    look: str
    """Branch, or other."""
    x: float
    y: float
    width: float
    height: float
    title: str
    levels: str
    """How much it costs of each quantity, 0 to 9, as classes: `m7` is dark where multiply-adds are shaded."""


@record
class Band:
    """A tensor on its way: a quadrilateral between two edges."""

    look: str
    group: str
    points: str
    tall: str
    """The same where the network runs downwards."""


@record
class Drawn:
    """A stretch of the network as bars and bands."""

    bars: tuple[Bar, ...]
    bands: tuple[Band, ...]


@record
class Rule:
    """A layer that changes size or scale, not channels: a line across the trunk."""

    path: str
    look: str
    """pool or lrn."""
    x: float
    y1: float
    y2: float
    title: str


@record
class Slice:
    """One branch's share in a cost track."""

    look: str
    group: str
    macs: float
    params: float


@record
class Column:
    """A part of the network with its name and what it costs."""

    name: str
    module: str | None
    x: float
    width: float
    slices: tuple[Slice, ...]
    macs: str
    """As text; empty for a part without."""
    params: str
    off: bool
    mark: str
    """`set` by the visitor, `follows` from that, or nothing."""
    own_macs: float | None
    """How tall the network's own bar is, where it is another."""
    own_params: float | None


@record
class Stretch:
    """A stretch of equal height and width."""

    label: str
    x: float
    end: float
    side: float
    """Of its square, to scale."""


@record
class Exit:
    """An auxiliary head."""

    name: str
    x: float
    top: float
    """Where the trunk's upper edge is."""
    on: bool


@record
class Shade:
    """A quantity that the bars can be shaded by."""

    key: str
    """The word that an address names it with."""
    letter: str
    """Of its levels among a bar's classes."""
    label: str
    most: str
    """How much the layer has that has most of it."""
    path: str
    """Of that layer."""


@record
class NetworkMap:
    """The whole picture."""

    width: float
    trunk: Drawn
    modules: dict[str, Drawn]
    """Those that are there, by name."""
    rules: tuple[Rule, ...]
    columns: tuple[Column, ...]
    sizes: tuple[Stretch, ...]
    exits: tuple[Exit, ...]
    shades: tuple[Shade, ...]
    head: str
    """What stands for multiply-adds, over a column."""
    word: str
    """The same in a sentence."""
    text: str
    """The picture in a sentence."""
    scores: int
    """How many come out at its end."""

    @property
    def drawn(self) -> tuple[Drawn, ...]:
        return (self.trunk, *self.modules.values())

    @property
    def bars(self) -> tuple[Bar, ...]:
        return tuple(bar for drawn in self.drawn for bar in drawn.bars if bar.path)

    @property
    def bands(self) -> tuple[Band, ...]:
        return tuple(band for drawn in self.drawn for band in drawn.bands)

"""Two maps of networks under each other: one scale, and one x for what both have. x and y in pixels, y downwards."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain

from app.network.record import record
from app.network.variant import MODULES
from app.render.marks import Band, Bar, Column, NetworkMap
from app.words import say, sentences

FLAT = 0.62
"""How much lower than the large map."""
HALF = 60
"""From the trunk's middle to the edge of a strip."""
TOP, NAMES, BOTTOM = 26, 28, 26
"""Heights of what stands above the upper strip, between the strips, below the lower one."""


@record
class Box:
    """A layer's output: its height is its channels."""

    path: str
    look: str
    """Branch, or other."""
    x: float
    y: float
    width: float
    height: float
    title: str
    changed: bool
    """Whether the other side draws it in another way, or not at all."""


@record
class Ribbon:
    """A tensor on its way."""

    look: str
    points: str


@record
class Cut:
    """A pool or an LRN: a line across the trunk."""

    look: str
    x: float
    y1: float
    y2: float
    title: str


@record
class SizeMark:
    """A stretch of equal height and width."""

    label: str
    x: float
    end: float


@record
class Way:
    """An auxiliary head's way out of the trunk."""

    name: str
    x: float
    top: float


@record
class Strip:
    """One side's map."""

    label: str
    middle: float
    """Where its trunk runs."""
    ceiling: float
    """Where its auxiliary heads end."""
    sizes_at: float
    """Where its sizes are written."""
    boxes: tuple[Box, ...]
    ribbons: tuple[Ribbon, ...]
    cuts: tuple[Cut, ...]
    sizes: tuple[SizeMark, ...]
    ways: tuple[Way, ...]
    missing: tuple[float, ...]
    """Where a module stands on the other side only: its middle."""
    text: str
    """The strip in a sentence."""


@record
class Name:
    """What a part is called, written once for both."""

    text: str
    x: float
    look: str
    """`module`, `part` or `pool`."""


@record
class SmallMap:
    """One or two strips, and the names of their parts."""

    width: float
    height: float
    names_at: float
    strips: tuple[Strip, ...]
    names: tuple[Name, ...]
    text: str
    """The whole picture in sentences."""


def small_map(maps: Sequence[tuple[str, NetworkMap]], changed: Collection[str] = ()) -> SmallMap:
    """One map, or two with the same x for what both have.

    Args:
        maps: each side's label and its map; two must be drawn to the same scale.
        changed: paths of the layers to outline.
    """
    columns = [_modules(map) for _, map in maps]
    all_modules = dict(chain.from_iterable(each.items() for each in reversed(columns)))
    strips: list[Strip] = []
    names: dict[tuple[str, float], Name] = {}
    for at, (label, map) in enumerate(maps):
        place = _placed(columns[at], all_modules)
        middle = TOP + HALF + at * (2 * HALF + NAMES)
        strips.append(_strip(label, map, middle, place, changed, all_modules, below=at == 1))
        names |= {(name.text, name.x): name for name in _names(map, place)}
    width = max(_placed(own, all_modules)(map.width) for own, (_, map) in zip(columns, maps, strict=True))
    height = TOP + len(maps) * 2 * HALF + NAMES + (BOTTOM if len(maps) > 1 else 0)
    text = sentences(*[say("{side}: {map}", side=strip.label, map=strip.text) for strip in strips])
    return SmallMap(width, height, TOP + 2 * HALF + 18, tuple(strips), tuple(names.values()), text)


def _modules(map: NetworkMap) -> dict[str, Column]:
    return {column.module: column for column in map.columns if column.module}


def _placed(own: Mapping[str, Column], both: Mapping[str, Column]) -> Callable[[float], float]:
    """Moves x to the right of every module that only the other side has a place for."""
    room = []
    for name in sorted(both.keys() - own.keys(), key=MODULES.index):
        before = [column.x + column.width for other, column in own.items() if other[0] == name[0]]
        room.append((max(before), both[name].width))
    return lambda x: x + sum(width for edge, width in room if x >= edge - 0.5)


def _strip(
    label: str,
    map: NetworkMap,
    middle: float,
    place: Callable[[float], float],
    changed: Collection[str],
    both: Mapping[str, Column],
    below: bool,
) -> Strip:
    centre = _centre(map.bands[0])

    def lower(y: float) -> float:
        return round(middle + (y - centre) * FLAT, 1)

    own = _modules(map)
    gone = [column for name, column in both.items() if name not in own or (own[name].off and not column.off)]
    return Strip(
        label=label,
        middle=middle,
        ceiling=middle - HALF + 6,
        sizes_at=middle + HALF + 20 if below else TOP - 14,
        boxes=tuple(_box(bar, place, lower, bar.path in changed) for bar in map.bars),
        ribbons=tuple(Ribbon(band.look, _moved(band, place, lower)) for band in map.bands),
        cuts=tuple(Cut(rule.look, place(rule.x), lower(rule.y1), lower(rule.y2), rule.title) for rule in map.rules),
        sizes=tuple(SizeMark(size.label, place(size.x), place(size.end)) for size in map.sizes),
        ways=tuple(Way(each.name, place(each.x), lower(each.top)) for each in map.exits if each.on),
        missing=tuple(column.x + column.width / 2 for column in gone),
        text=map.text,
    )


def _box(bar: Bar, place: Callable[[float], float], lower: Callable[[float], float], changed: bool) -> Box:
    height = max(1.0, round(bar.height * FLAT, 1))
    return Box(bar.path, bar.look, place(bar.x), lower(bar.y), bar.width, height, bar.title, changed)


def _corners(band: Band) -> list[tuple[float, float]]:
    pairs = [point.split(",") for point in band.points.split()]
    return [(float(x), float(y)) for x, y in pairs]


def _centre(trunk: Band) -> float:
    ys = [y for _, y in _corners(trunk)]
    return (min(ys) + max(ys)) / 2


def _moved(band: Band, place: Callable[[float], float], lower: Callable[[float], float]) -> str:
    return " ".join(f"{place(x):g},{lower(y):g}" for x, y in _corners(band))


def _names(map: NetworkMap, place: Callable[[float], float]) -> list[Name]:
    """Of all parts but the image, whose place is the side's own label."""
    return [
        Name(
            say("pool") if column.name == "pool" else column.name,
            place(column.x) + column.width / 2,
            "module" if column.module else "pool" if column.name == "pool" else "part",
        )
        for column in map.columns
        if column.name != "image"
    ]

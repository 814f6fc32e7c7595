"""Names beside marks: where each finds room."""

from collections.abc import Iterator, Sequence

CHARACTER, LINE = 6.4, 15
"""Room that a label takes, in pixels: each letter, and its height."""
Frame = tuple[float, float, float, float]
"""Left, lower, right and upper edge, in pixels from the lower left corner of the plot."""
Spot = tuple[float, float]


def beside(
    names: Sequence[str], spots: Sequence[Spot], taken: Sequence[Frame], width: float
) -> Iterator[tuple[int, str, str]]:
    """Where names may stand: right, left, below or above their marks, where nothing stands yet; else nowhere.

    Args:
        names: as they are written; an empty one needs no room.
        spots: of their marks.
        taken: what else stands there.
        width: of the plot, in pixels.

    Yields:
        The name's place in `names`, and how Plotly is to anchor it, horizontally and vertically.
    """
    full = [*taken, *(around(spot, 7) for spot in spots)]
    for at, (name, (x, y)) in enumerate(zip(names, spots, strict=True)):
        wide = sum(CHARACTER * (2 if character >= "\u2e80" else 1) for character in name)
        places = (
            ("left", "middle", x + 9, y - LINE / 2), ("right", "middle", x - 9 - wide, y - LINE / 2),
            ("center", "top", x - wide / 2, y - 9 - LINE), ("center", "bottom", x - wide / 2, y + 9),
        )  # fmt: skip
        for anchor, vertical, left, low in places if name else ():
            frame = (left, low, left + wide, low + LINE)
            if left >= 0 and frame[2] <= width and not any(meet(frame, other) for other in full):
                full.append(frame)
                yield at, anchor, vertical
                break


def around(spot: Spot, room: float) -> Frame:
    """A square frame."""
    x, y = spot
    return x - room, y - room, x + room, y + room


def meet(one: Frame, other: Frame) -> bool:
    """Whether two frames share a point."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

"""A tensor as a block in perspective: its length is its channels, its end plane height × width; in pixels."""

from collections.abc import Sequence

from app.network.record import record

TALL, DEEP = 34, 9
"""End plane of a square map: its height, and how far its side runs back."""
BOX = TALL + DEEP + 1


@record
class Face:
    """The front and the top of one stretch of a block."""

    look: str
    """Branch, or other."""
    front: str
    top: str


@record
class Prism:
    """A tensor; polygons as SVG points."""

    width: float
    height: float
    faces: tuple[Face, ...]
    look: str
    """Of its end plane."""
    end: str
    grid: str
    """Path of the pixels hinted at on the end plane."""


def prism(parts: Sequence[tuple[str, int]], size: Sequence[int], scale: float) -> Prism:
    """A block of stretches along its channels: each a look and its channels; `size` is height and width."""
    height, width = size
    tall = max(TALL * height / max(size), 3)
    deep = max(DEEP * width / max(size), 2)
    top = (BOX - tall - deep) / 2 + deep
    bottom = top + tall
    faces, x = [], 0.5
    for look, channels in parts:
        end = x + channels * scale
        faces.append(
            Face(
                look,
                _points((x, top), (end, top), (end, bottom), (x, bottom)),
                _points((x, top), (x + deep, top - deep), (end + deep, top - deep), (end, top)),
            )
        )
        x = end
    corners = ((x, top), (x + deep, top - deep), (x + deep, bottom - deep), (x, bottom))
    lines = [
        line
        for part in (0.25, 0.5, 0.75)
        for line in (
            f"M{x + deep * part:.2f} {top - deep * part:.2f}v{tall:.2f}",
            f"M{x:.2f} {top + tall * part:.2f}l{deep:.2f} {-deep:.2f}",
        )
    ]
    return Prism(round(x + deep + 0.5, 2), BOX, tuple(faces), parts[-1][0], _points(*corners), "".join(lines))


def _points(*corners: tuple[float, float]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in corners)

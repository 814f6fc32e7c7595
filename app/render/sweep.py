"""A grid as text, row by row: CSV (RFC 4180) or JSON, in pieces, so that no grid has to be whole in memory."""

import json
from collections.abc import Iterator

import numpy as np

from app.network.record import record
from app.network.space import Grid, Sums

AT_ONCE, PIECE = 1 << 17, 1 << 14
"""Points that are counted together, and rows that are written together."""
WALKS = 64
"""Walks through a network after which a reader who has left may stop us."""
Number = int | float


@record
class Sweep:
    """All combinations of the varied keys' values."""

    network: str
    """Id of the published network."""
    state: str
    """What all points share, as an address."""
    columns: tuple[str, ...]
    """What the numbers of a row are: the varied keys in the order of the `vary`s, then `params`, `macs`,
    `activations` and `peak_activations` as in an analysis, in units of 1."""
    rows: tuple[tuple[Number, ...], ...]
    """A row for each point that is a variant; the last key varies fastest."""
    skipped: int
    """How many points are none: beyond a limit, a size that vanishes, a reduction without its convolution."""


def columns(grid: Grid) -> list[str]:
    """The varied keys in their order, then the totals."""
    return [*[axis.key for axis in grid.axes], *Sums._fields]


def to_csv(grid: Grid) -> Iterator[bytes]:
    """A header line, and a line for each point that is a variant."""
    yield ",".join(columns(grid)).encode() + b"\r\n"
    for lines in _pieces(grid, ",".join(["%s"] * len(columns(grid))) + "\r\n"):
        yield "".join(lines).encode()


def to_json(grid: Grid, state: str) -> Iterator[bytes]:
    """A `Sweep`."""
    head = json.dumps({"network": grid.network.id, "state": state, "columns": columns(grid)}, separators=(",", ":"))
    yield head[:-1].encode() + b',"rows":['
    written = 0
    for rows in _pieces(grid, f"[{','.join(['%s'] * len(columns(grid)))}]"):
        yield (("," if written and rows else "") + ",".join(rows)).encode()
        written += len(rows)
    yield b'],"skipped":%d}' % (grid.points - written)


def _pieces(grid: Grid, row: str) -> Iterator[list[str]]:
    """The rows that `row` gives of axis texts and totals, some thousands at a time; none where counting takes long."""
    for box in grid.boxes(AT_ONCE):
        for walk, counted in enumerate(grid.counting(box)):  # noqa: B007
            if walk % WALKS == WALKS - 1:
                yield []
        sums = counted.sums.reshape(len(Sums._fields), -1)
        texts = [
            [axis.text(at) for at in range(part.start, part.stop)] for axis, part in zip(grid.axes, box, strict=True)
        ]
        possible = np.flatnonzero(counted.possible)
        for start in range(0, len(possible), PIECE):
            points = possible[start : start + PIECE]
            keys = np.unravel_index(points, counted.possible.shape) if texts else ()
            cells = [map(text.__getitem__, at.tolist()) for text, at in zip(texts, keys, strict=True)]
            yield list(map(row.__mod__, zip(*cells, *sums[:, points].tolist(), strict=True)))

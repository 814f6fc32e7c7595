"""A grid as text, row by row: CSV (RFC 4180) or JSON, in pieces, so that no grid has to be whole in memory."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from app.network.record import record
from app.network.space import Grid, Part, Sums

AT_ONCE, PIECE = 1 << 17, 1 << 14
"""Points that are counted together, and rows that are written together."""
Number = int | float
Report = Callable[[float], object]
"""Is told what is done, 0 to 1."""


def silent(share: float) -> None:
    """Tells nobody."""


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


def to_csv(grid: Grid, report: Report = silent) -> Iterator[bytes]:
    """A header line, and a line for each point that is a variant."""
    yield ",".join(columns(grid)).encode() + b"\r\n"
    for lines in _pieces(grid, ",".join(["%s"] * len(columns(grid))) + "\r\n", report):
        yield "".join(lines).encode()


def to_json(grid: Grid, state: str, report: Report = silent) -> Iterator[bytes]:
    """A `Sweep`."""
    head = json.dumps({"network": grid.network.id, "state": state, "columns": columns(grid)}, separators=(",", ":"))
    yield head[:-1].encode() + b',"rows":['
    written = 0
    for rows in _pieces(grid, f"[{','.join(['%s'] * len(columns(grid)))}]", report):
        yield (("," if written and rows else "") + ",".join(rows)).encode()
        written += len(rows)
    yield b'],"skipped":%d}' % (grid.points - written)


def rows(grid: Grid, part: Part) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The rows of a part, some thousands at a time: the axes' values as text, then the totals."""
    if part.counted is None:
        return
    sums = part.counted.sums.reshape(len(Sums._fields), -1)
    texts = [
        [axis.text(at) for at in range(span.start, span.stop)] for axis, span in zip(grid.axes, part.box, strict=True)
    ]
    possible = np.flatnonzero(part.counted.possible)
    for start in range(0, len(possible), PIECE):
        points = possible[start : start + PIECE]
        keys = np.unravel_index(points, part.counted.possible.shape) if texts else ()
        cells = [map(text.__getitem__, at.tolist()) for text, at in zip(texts, keys, strict=True)]
        yield zip(*cells, *sums[:, points].tolist(), strict=True)


def _pieces(grid: Grid, row: str, report: Report) -> Iterator[list[str]]:
    """Each row as `row` has it, some thousands at a time; none where counting takes long."""
    for part in grid.parts(AT_ONCE):
        report(part.share)
        yield []
        for each in rows(grid, part):
            yield list(map(row.__mod__, each))

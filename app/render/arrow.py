"""A grid for data frames: an Arrow stream of record batches, or a Parquet file of row groups, as they are made.

Both need the extra `arrow`. Columns are those of a `Sweep`, `width` as float64 and all others as int64. The schema's
metadata are `network`, `state` and `points`, of which those that have no row were skipped.
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.errors import Unavailable
from app.network.space import Axis, Grid, Part, Sums
from app.render.sweep import AT_ONCE, Report, silent
from app.words import phrase

if TYPE_CHECKING:  # an optional extra, slow to import
    from pyarrow import Schema


def to_arrow(grid: Grid, state: str, report: Report = silent) -> Iterator[bytes]:
    """The stream format of Arrow IPC, a record batch for some hundred thousand points.

    Raises:
        Unavailable: pyarrow is not installed.
    """
    schema, out = _schema(grid, state), _Out()
    from pyarrow.ipc import new_stream

    return _pieces(grid, schema, new_stream(out, schema), out, report)


def to_parquet(grid: Grid, state: str, report: Report = silent) -> Iterator[bytes]:
    """A Parquet file, a row group for some hundred thousand points.

    Raises:
        Unavailable: pyarrow is not installed.
    """
    schema, out = _schema(grid, state), _Out()
    from pyarrow.parquet import ParquetWriter

    return _pieces(grid, schema, ParquetWriter(out, schema, compression="zstd"), out, report)


def _schema(grid: Grid, state: str) -> "Schema":
    try:
        import pyarrow
    except ImportError:
        raise Unavailable(phrase("pyarrow is not installed here (the extra `arrow`)"), 3600) from None
    kept = {"network": grid.network.id, "state": state, "points": str(grid.points)}
    axes = [(axis.key, pyarrow.float64() if axis.key == "width" else pyarrow.int64()) for axis in grid.axes]
    return pyarrow.schema([*axes, *[(name, pyarrow.int64()) for name in Sums._fields]], kept)


class _Out(io.RawIOBase):
    """Where a writer writes, and what is taken from there as it comes."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._kept.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._kept = b"".join(self._kept), []
        return taken


def _pieces(grid: Grid, schema: "Schema", writer: Any, out: _Out, report: Report) -> Iterator[bytes]:
    from pyarrow import record_batch

    with writer:
        for part in grid.parts(AT_ONCE):
            report(part.share)
            arrays = _arrays(grid, part)
            if len(arrays[0]):
                writer.write_batch(record_batch(arrays, schema=schema))
            yield out.take()
    yield out.take()


def _arrays(grid: Grid, part: Part) -> list[NDArray[Any]]:
    """The columns of a part's rows; empty ones where it is still being counted."""
    if part.counted is None:
        return [np.empty(0)]
    points = np.flatnonzero(part.counted.possible)
    keys = np.unravel_index(points, part.counted.possible.shape) if grid.axes else ()
    axes = [_values(axis, span.start + at) for axis, span, at in zip(grid.axes, part.box, keys, strict=True)]
    return [*axes, *part.counted.sums.reshape(len(Sums._fields), -1)[:, points]]


def _values(axis: Axis, at: NDArray[np.int64]) -> NDArray[Any]:
    values = axis.start + axis.step * at
    return values / axis.unit if axis.key == "width" else values

"""Grids for data frames hold what the JSON holds, come in bounded pieces, and are refused where pyarrow is missing."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Unavailable
from app.network.space import Grid
from app.render.arrow import to_arrow, to_parquet
from app.render.sweep import AT_ONCE, to_json
from app.web.address import Limits
from app.web.sweep import read_sweep
from tests.strategies import addresses

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
ipc = pytest.importorskip("pyarrow.ipc")

AXES = st.lists(
    st.sampled_from(
        ("width:0.25:1.3:0.35", "width:3:5:1", "input:20:224:68", "classes:0:3:1", "4e.5x5:0:48:24", "3a.3x3:0:9:3")
    ),
    unique_by=lambda axis: axis.partition(":")[0],
    max_size=4,
)
MILLION = "vary=4e.5x5:1:1000:1&vary=3a.1x1:1:100:1&vary=classes:1:10:1"


def read_arrow(data: bytes) -> Any:
    return ipc.open_stream(data).read_all()


def read_parquet(data: bytes) -> Any:
    return parquet.read_table(io.BytesIO(data))


WAYS: tuple[tuple[Callable[[Grid, str], Iterator[bytes]], Callable[[bytes], Any]], ...] = (
    (to_arrow, read_arrow),
    (to_parquet, read_parquet),
)


@given(addresses(), AXES)
def test_both_hold_what_the_json_holds(address: tuple[str, dict[str, str]], axes: list[str]) -> None:
    network, values = address
    free = {key: value for key, value in values.items() if not any(axis.startswith(key[:2]) for axis in axes)}
    query = urlencode([*free.items(), *(("vary", axis) for axis in axes)])
    asked = read_sweep(network, query, Limits(), 1000)
    said = json.loads(b"".join(to_json(asked.grid, asked.state)))
    for write, read in WAYS:
        table = read(b"".join(write(asked.grid, asked.state)))
        assert table.column_names == said["columns"]
        for name in table.column_names:
            assert table.schema.field(name).type == (pyarrow.float64() if name == "width" else pyarrow.int64())
        assert [list(row) for row in zip(*table.to_pydict().values(), strict=True)] == said["rows"]
        kept = {name.decode(): text.decode() for name, text in table.schema.metadata.items()}
        assert (kept["network"], kept["state"]) == (said["network"], said["state"])
        assert int(kept["points"]) - table.num_rows == said["skipped"]


def million() -> Grid:
    return read_sweep("googlenet", MILLION, Limits(), 10**6).grid


@pytest.mark.parametrize("write", [to_arrow, to_parquet])
def test_a_large_grid_comes_in_pieces_as_large_as_its_parts(write: Callable[[Grid, str], Iterator[bytes]]) -> None:
    sizes = [len(piece) for piece in write(million(), "")]
    columns = 3 + 4
    assert len(sizes) > 8
    assert max(sizes) <= AT_ONCE * columns * 8 + 10_000


def test_a_large_grid_has_batches_and_row_groups_of_its_parts() -> None:
    batches = list(ipc.open_stream(b"".join(to_arrow(million(), ""))))
    groups = parquet.ParquetFile(io.BytesIO(b"".join(to_parquet(million(), "")))).metadata
    assert sum(batch.num_rows for batch in batches) == groups.num_rows == 10**6
    assert len(batches) == groups.num_row_groups > 7
    assert max(batch.num_rows for batch in batches) <= AT_ONCE


@pytest.mark.parametrize("write", [to_arrow, to_parquet])
def test_the_report_is_told_how_far_it_is(write: Callable[..., Iterator[bytes]]) -> None:
    told: list[float] = []
    list(write(million(), "", told.append))
    assert told == sorted(told)
    assert told[-1] == 1


@pytest.mark.parametrize("write", [to_arrow, to_parquet])
def test_without_pyarrow_it_is_refused_before_anything_is_written(
    write: Callable[[Grid, str], Iterator[bytes]],
) -> None:
    with patch.dict(sys.modules, {"pyarrow": None}), pytest.raises(Unavailable, match="pyarrow is not installed"):
        write(million(), "")

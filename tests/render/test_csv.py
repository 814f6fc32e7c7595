"""The table of layers as CSV, read back by Python's own reader."""

import csv
import io
from typing import Any

from hypothesis import given

from app.render.csv import to_csv
from app.render.rows import Row
from tests.examples import report_of
from tests.strategies import addresses, query


def shape(cell: str) -> tuple[int, ...]:
    return tuple(map(int, cell.split("x")))


def pair_or_none(cell: str) -> tuple[int, ...] | None:
    return shape(cell) if cell else None


def read_back(cells: dict[str, str]) -> dict[str, Any]:
    """A line's cells in the types of a row."""
    read: dict[str, Any] = dict(cells)
    for name in ("params", "macs", "flops", "activations"):
        read[name] = int(cells[name])
    for name in ("kernel", "stride", "padding"):
        read[name] = pair_or_none(cells[name])
    for name in ("module", "branch", "rounding", "formula_height", "formula_width", "formula_params", "formula_macs"):
        read[name] = cells[name] or None
    read["groups"] = int(cells["groups"]) if cells["groups"] else None
    read["inputs"] = tuple(cells["inputs"].split(" "))
    read["in_shapes"] = tuple(map(shape, cells["in_shapes"].split(" ")))
    for name in ("out_shape", "receptive_field", "jump"):
        read[name] = shape(cells[name])
    return read


def expected(row: Row) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in row.__dataclass_fields__}
    formula, field = plain.pop("formula"), plain.pop("receptive_field")
    plain |= {f"formula_{name}": getattr(formula, name) for name in ("height", "width", "params", "macs")}
    return plain | {"receptive_field": field.size, "jump": field.jump}


@given(addresses())
def test_every_field_of_every_row_reads_back(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    rows = report_of(network, query(values)).layers
    lines = list(csv.DictReader(io.StringIO(to_csv(rows), newline="")))
    assert [read_back(line) for line in lines] == [expected(row) for row in rows]


def test_lines_end_as_rfc_4180_says_and_the_first_names_the_columns() -> None:
    text = to_csv(report_of("googlenet").layers)
    lines = text.split("\r\n")
    assert lines[0].startswith("path,kind,module,branch,phase,inputs,in_shapes,out_shape,kernel,stride,padding,")
    assert lines[-1] == ""
    # a conv and its ReLU 57 times, 13 max pools, 2 LRNs, 9 concatenations, and the head's 5
    assert len(lines) == 1 + 2 * 57 + 13 + 2 + 9 + 5 + 1
    assert "\n" not in text.replace("\r\n", "")


def test_cells_with_a_comma_are_quoted() -> None:
    assert ',"7·7·3·64 + 64 = 9,472","7·7·3·64 × 112·112 = 118,013,952"\r\n' in to_csv(report_of("googlenet").layers)

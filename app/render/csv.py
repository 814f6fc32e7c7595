"""Tables as CSV (RFC 4180): a header line, CRLF, cells quoted where they need it."""

import csv
import io
from collections.abc import Iterable, Sequence

from app.network.ops import Pair
from app.render.rows import Row

COLUMNS = (
    "path", "kind", "module", "branch", "phase", "inputs", "in_shapes", "out_shape", "kernel", "stride", "padding",
    "groups", "rounding", "params", "macs", "flops", "activations", "receptive_field", "jump",
    "formula_height", "formula_width", "formula_params", "formula_macs",
)  # fmt: skip


def to_csv(rows: Iterable[Row]) -> str:
    """The table of layers: shapes and pairs as `64x112x112`, several inputs with a space between.

    Nothing stands where a field is null.
    """
    return lines(COLUMNS, map(_cells, rows))


def lines(header: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A table of any rows."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def _cells(row: Row) -> tuple[object, ...]:
    formula = row.formula
    return (
        row.path,
        row.kind,
        row.module,
        row.branch,
        row.phase,
        " ".join(row.inputs),
        " ".join(map(_by, row.in_shapes)),
        _by(row.out_shape),
        _by(row.kernel),
        _by(row.stride),
        _by(row.padding),
        row.groups,
        row.rounding,
        row.params,
        row.macs,
        row.flops,
        row.activations,
        _by(row.receptive_field.size),
        _by(row.receptive_field.jump),
        formula.height,
        formula.width,
        formula.params,
        formula.macs,
    )


def _by(shape: tuple[int, ...] | Pair | None) -> str:
    return "x".join(map(str, shape)) if shape else ""

"""The table of layers as CSV (RFC 4180): a header line, CRLF, cells quoted where they need it."""

import csv
import io
from collections.abc import Iterable

from app.network.ops import Pair
from app.render.rows import Row

COLUMNS = (
    "path", "kind", "module", "branch", "phase", "inputs", "in_shapes", "out_shape", "kernel", "stride", "padding",
    "groups", "rounding", "params", "macs", "flops", "activations", "receptive_field", "jump",
    "formula_height", "formula_width", "formula_params", "formula_macs",
)  # fmt: skip


def to_csv(rows: Iterable[Row]) -> str:
    """Shapes and pairs as `64x112x112`, several inputs with a space between, nothing where a field is null."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        formula = row.formula
        writer.writerow(
            (
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
        )
    return out.getvalue()


def _by(shape: tuple[int, ...] | Pair | None) -> str:
    return "x".join(map(str, shape)) if shape else ""

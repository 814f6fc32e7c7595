"""Two variants side by side: rows matched by path, every difference right minus left."""

from app.network.analysis import Totals
from app.network.record import record
from app.render.csv import lines
from app.render.report import Report
from app.render.rows import Row


@record
class Side:
    """Which variant stands on one side."""

    network: str
    """Id of the published network."""
    state: str
    """Its canonical query string."""


@record
class Pairing:
    """A layer of either side."""

    path: str
    """Of the layer on either side."""
    left: Row | None
    """The layer on the left; null where it has none."""
    right: Row | None
    """The layer on the right; null where it has none."""
    params_delta: int
    """Parameters, right − left, a missing layer counted as 0."""
    macs_delta: int
    """Multiply-adds, right − left, a missing layer counted as 0."""


@record
class TotalsPair:
    """The totals of both sides."""

    left: Totals
    """Of the left side."""
    right: Totals
    """Of the right side."""
    delta: Totals
    """Right − left, each."""


@record
class Comparison:
    """Two variants, layer by layer."""

    left: Side
    """The variant on the left."""
    right: Side
    """The variant on the right."""
    rows: tuple[Pairing, ...]
    """Layers of either side in the order they run."""
    totals: TotalsPair
    """Of both sides, and their difference."""


def compare(left: Report, right: Report) -> Comparison:
    """Matches the layers of two reports by path."""
    lefts = {row.path: row for row in left.layers}
    rights = {row.path: row for row in right.layers}
    pairs = tuple(_pair(path, lefts.get(path), rights.get(path)) for path in _merged(list(lefts), list(rights)))
    return Comparison(
        Side(left.network, left.state),
        Side(right.network, right.state),
        pairs,
        TotalsPair(left.totals, right.totals, _difference(left.totals, right.totals)),
    )


def to_csv(found: Comparison) -> str:
    """The rows of a comparison; nothing where a side has no such layer."""
    sides = [f"{side}_{what}" for side in ("left", "right") for what in ("params", "macs")]
    cells = (
        (pair.path, *_counts(pair.left), *_counts(pair.right), pair.params_delta, pair.macs_delta)
        for pair in found.rows
    )
    return lines(("path", *sides, "params_delta", "macs_delta"), cells)


def _counts(row: Row | None) -> tuple[int | None, int | None]:
    return (row.params, row.macs) if row else (None, None)


def _pair(path: str, left: Row | None, right: Row | None) -> Pairing:
    params = (right.params if right else 0) - (left.params if left else 0)
    macs = (right.macs if right else 0) - (left.macs if left else 0)
    return Pairing(path, left, right, params, macs)


def _merged(lefts: list[str], rights: list[str]) -> list[str]:
    """Both orders in one: what only one side has stands where it stands there."""
    shared = set(lefts) & set(rights)
    merged: list[str] = []
    at = 0
    for path in rights:
        if path in shared:
            end = lefts.index(path)
            merged += lefts[at:end]
            at = end + 1
        merged.append(path)
    return merged + lefts[at:]


def _difference(left: Totals, right: Totals) -> Totals:
    return Totals(
        params=right.params - left.params,
        macs=right.macs - left.macs,
        flops=right.flops - left.flops,
        activations=right.activations - left.activations,
        peak_activations=right.peak_activations - left.peak_activations,
        training_params=right.training_params - left.training_params,
        training_macs=right.training_macs - left.training_macs,
    )

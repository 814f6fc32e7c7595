"""What other tools report of a network, as a table of terms and as bars of what each counts beside the products."""

from app.network.conventions import (
    CONV,
    CONV_BIAS,
    GLOBAL_POOL,
    LINEAR,
    LINEAR_BIAS,
    LRN_AFFINE,
    LRN_AVERAGE,
    LRN_SQUARE,
    NORM,
    NORM_PARAMS,
    POOL,
    RELU,
    RELU_MODULE,
    ToolCount,
    ToolCounts,
)
from app.network.record import record
from app.words import phrase

FAMILIES = {
    "bias": phrase("biases"),
    "norm": phrase("batch norm"),
    "relu": phrase("ReLU"),
    "pools": phrase("pools"),
    "lrn": phrase("LRN"),
}
"""Terms that are drawn alike, and what they are called together."""
FAMILY: dict[str, str] = {
    CONV_BIAS: "bias",
    LINEAR_BIAS: "bias",
    NORM: "norm",
    NORM_PARAMS: "norm",
    RELU: "relu",
    RELU_MODULE: "relu",
    POOL: "pools",
    GLOBAL_POOL: "pools",
    LRN_SQUARE: "lrn",
    LRN_AVERAGE: "lrn",
    LRN_AFFINE: "lrn",
}
"""Of each term but the products of convolutions and linear layers, which every tool counts."""
TERMS = (CONV, LINEAR, *FAMILY)
"""In the order of the table."""


@record
class Piece:
    """A term that a tool counts beside the products, as a piece of its bar."""

    name: str
    value: int
    family: str
    start: float
    """Of the widest bar, in percent."""
    width: float
    """The same."""


@record
class Line:
    """One tool."""

    count: ToolCount
    ratio: float
    """What it reports for each of our multiply-adds."""
    extra: int
    """What it counts beside the products."""
    pieces: tuple[Piece, ...]


@record
class TermRow:
    """A term and what each tool gives it, none where it has no such term."""

    name: str
    family: str | None
    """None for a product."""
    values: tuple[int | None, ...]


def lines(counts: ToolCounts, macs: int) -> tuple[Line, ...]:
    """A line for each tool, for a network of that many multiply-adds."""
    widest = max(_extra(each) for each in counts.tools) or 1
    return tuple(
        Line(each, each.value / macs if macs else 0.0, _extra(each), _pieces(each, widest)) for each in counts.tools
    )


def _pieces(count: ToolCount, widest: int) -> tuple[Piece, ...]:
    pieces, start = [], 0
    for term in count.terms:
        if family := FAMILY.get(term.name):
            width = 100 * term.value / widest
            pieces.append(Piece(term.name, term.value, family, 100 * start / widest, width))
            start += term.value
    return tuple(pieces)


def term_rows(counts: ToolCounts) -> tuple[TermRow, ...]:
    """A row for each term that any tool has, the products first."""
    columns = [{term.name: term.value for term in each.terms} for each in counts.tools]
    rows = [TermRow(name, FAMILY.get(name), tuple(column.get(name) for column in columns)) for name in TERMS]
    return tuple(row for row in rows if any(row.values))


def _extra(count: ToolCount) -> int:
    return sum(term.value for term in count.terms if term.name in FAMILY)

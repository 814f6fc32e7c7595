"""What each command shows to people, as sentences and tables."""

from collections.abc import Iterable, Iterator

import numpy as np

from app.command.terminal import Column, Table
from app.network.analysis import Cost
from app.render.cells import signed, times
from app.render.compare import Comparison
from app.render.headline import headline
from app.render.rows import Row
from app.render.side_by_side import LABELS, balances, finding, lines, shares
from app.render.sweep import AT_ONCE, Report, columns, rows
from app.render.table import Line, table
from app.render.totals import totals
from app.web.described import Described
from app.web.fit import Widest
from app.web.sweep import Asked
from app.words import say, say_many

Block = str | Table
MOST_ROWS = 20
"""Of a sweep."""


def analysis(shown: Described, layers: bool) -> Iterator[Block]:
    """The parts and totals of a variant, each with its change from the published network.

    Args:
        shown: the variant.
        layers: whether to show every layer, and not only those of the modules that were chosen.
    """
    chosen, whole = shown.variant, shown.analysis.totals
    yield headline(chosen)
    yield say("{address}, input {shape}, batch 1", address=shown.address, shape=times(chosen.spec.input))
    yield Table(
        [
            Column(say("Layer"), number=False),
            Column(say("Kernel · stride · pad"), 4, number=False),
            Column(say("Output, C × H × W"), 3),
            *(Column(say("Parameters")), Column("±", 2), Column(say("Multiply-adds")), Column("±", 2)),
            Column(say("Share"), 5),
        ],
        [
            (
                *(line.path, line.window, line.shape, f"{line.params:,}", _change(line.params_delta)),
                *(f"{line.macs:,}", _change(line.macs_delta), line.share),
            )
            for line in _lines(shown, layers)
        ],
        (say("Total, inference"), "", "", f"{whole.params:,}", "", f"{whole.macs:,}", "", ""),
    )
    yield Table(
        [Column("", number=False), Column(""), Column("", 3), Column("", 2), Column("", 4, number=False)],
        [
            (cell.label, f"{cell.value:,}", _change(cell.delta), cell.percent, cell.note or cell.unit)
            for cell in totals(chosen, shown.analysis)
        ],
    )
    yield from map(say, chosen.warnings)


def _lines(shown: Described, layers: bool) -> Iterator[Line]:
    for group in table(shown.variant, shown.analysis):
        if group.head and not layers:
            yield group.head
        if group.open or layers:
            yield from [line for line in group.lines if layers or line.kind != "relu"]


def _change(delta: int) -> str:
    return signed(delta) if delta else ""


def sweep(asked: Asked, report: Report) -> Iterator[Block]:
    """The first points of a grid; all of them are counted."""
    grid, keys, possible = asked.grid, len(asked.grid.axes), 0
    body: list[tuple[str, ...]] = []
    for part in grid.parts(AT_ONCE):
        report(part.share)
        if part.counted is not None:
            possible += int(np.count_nonzero(part.counted.possible))
            for row in next(rows(grid, part), ()):
                if len(body) == MOST_ROWS:
                    break
                body.append((*row[:keys], *[f"{total:,}" for total in row[keys:]]))
    yield _address(grid.network.id, asked.state)
    yield Table([Column(name, int(at > keys + 1)) for at, name in enumerate(columns(grid))], body)
    if possible > len(body):
        yield say("{shown} of {all} rows; --csv gives all", shown=len(body), all=f"{possible:,}")
    if skipped := grid.points - possible:
        yield say_many("{n} point is no variant", "{n} points are no variants", skipped)


def fit(network: str, found: Widest) -> Iterator[Block]:
    """The widest variant, what it takes of each budget, and its totals."""
    yield say("The widest that fits: width {width}", width=found.width)
    yield _address(network, found.state)
    yield Table(
        [
            *(Column(say("Budget"), number=False), Column(say("Allowed")), Column(say("Used"))),
            *(Column(say("Left over")), Column("", 1, number=False)),
        ],
        [
            (
                say(LABELS[each.budget.removeprefix("max_")]),
                *(f"{number:,}" for number in (each.allowed, each.used, each.left)),
                say("binds") if each.binds else "",
            )
            for each in found.budgets
        ],
    )
    yield Table(
        [Column("", number=False), Column("")],
        [(say(label), f"{getattr(found.totals, name):,}") for name, label in LABELS.items()],
    )


def comparison(found: Comparison, layers: bool) -> Iterator[Block]:
    """Both sides' totals and parts; with `layers` each layer that differs."""
    left, right = (_address(side.network, side.state) for side in (found.left, found.right))
    yield finding(left, right, found.totals)
    yield say("Left {left}, right {right}; batch 1. Every difference is right − left.", left=left, right=right)
    yield Table(
        [
            *(Column("", number=False), Column(say("Left"), 2), Column(say("Right"), 2)),
            *(Column(say("Difference")), Column("", 1)),
        ],
        [
            (each.label, f"{each.left:,}", f"{each.right:,}", signed(each.delta), each.share)
            for each in balances(found.totals)
        ],
    )
    sides = (say("Left"), 3), (say("Right"), 3), (say("Difference"), 0)
    counts = [
        Column(f"{what}\n{side}", rank) for what in (say("Parameters"), say("Multiply-adds")) for side, rank in sides
    ]
    yield Table([Column(say("Layer") if layers else say("Part"), number=False), *counts], list(_pairs(found, layers)))


def _pairs(found: Comparison, layers: bool) -> Iterator[tuple[str, ...]]:
    """What each layer that differs, or each part, costs on both sides."""
    pairs: Iterable[tuple[str, Row | Cost | None, Row | Cost | None]]
    if layers:
        pairs = [(line.pair.path, line.pair.left, line.pair.right) for line in lines(found) if line.mark != "equal"]
    else:
        pairs = [(share.name, share.left, share.right) for share in shares(found)]
    for name, left, right in pairs:
        params = _sides(left.params if left else None, right.params if right else None)
        yield name, *params, *_sides(left.macs if left else None, right.macs if right else None)


def _sides(left: int | None, right: int | None) -> tuple[str, str, str]:
    """Both numbers and their difference; a side without any shows none."""
    shown, change = ["" if each is None else f"{each:,}" for each in (left, right)], (right or 0) - (left or 0)
    return shown[0], shown[1], _change(change)


def _address(network: str, state: str) -> str:
    return f"{network}?{state}" if state else network

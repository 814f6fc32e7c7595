"""Where width is cheap: what one more channel costs, as a heat map of columns and modules."""

from collections.abc import Sequence
from math import ceil, sqrt

from app.network.record import record
from app.network.sensitivity import Price
from app.network.spec import COLUMNS, Spec
from app.render import columns
from app.words import phrase, say

TITLES = {"params": phrase("Parameters"), "macs": phrase("Multiply-adds")}
LEVELS = 9


@record
class HeatCell:
    """One column of one module."""

    value: int
    level: int
    """How dark, 1 to 9, by the root of its share of the most."""


@record
class HeatRow:
    """One column in all modules."""

    label: str
    branch: str
    cells: tuple[HeatCell | None, ...]
    """None where the module has no such column."""


@record
class HeatMap:
    """One quantity."""

    quantity: str
    title: str
    modules: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    least: str
    """Where one more channel costs least, in words."""
    most: str


def heat_maps(spec: Spec, prices: Sequence[Price]) -> tuple[HeatMap, ...]:
    """Parameters and multiply-adds; none where there is no column."""
    return tuple(_heat_map(spec, prices, quantity) for quantity in TITLES) if prices else ()


def _heat_map(spec: Spec, prices: Sequence[Price], quantity: str) -> HeatMap:
    found = {(each.module, each.column): int(getattr(each, quantity)) for each in prices}
    most = max(1, *found.values())
    modules = tuple(module.name for module in spec.modules)
    rows = tuple(
        HeatRow(
            say(columns.COLUMNS[at]),
            columns.BRANCHES[at],
            tuple(_cell(found.get((module, column)), most) for module in modules),
        )
        for at, column in enumerate(COLUMNS)
    )
    return HeatMap(
        quantity, say(TITLES[quantity]), modules, rows,
        _named(min(found, key=lambda key: found[key])), _named(max(found, key=lambda key: found[key])),
    )  # fmt: skip


def _cell(value: int | None, most: int) -> HeatCell | None:
    return None if value is None else HeatCell(value, max(1, ceil(LEVELS * sqrt(value / most))))


def _named(key: tuple[str, str]) -> str:
    """`3a 5×5 reduce`."""
    module, column = key
    return f"{module} {say(columns.COLUMNS[COLUMNS.index(column)])}"

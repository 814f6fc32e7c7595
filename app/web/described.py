"""A variant at an address, and its analysis: the one way in, for the API, the pages and the command line."""

from collections.abc import Collection
from typing import cast

from app.errors import BadInput, NotFound, Problem
from app.network.analysis import Analysis, Totals, analyse
from app.network.catalog import network as published
from app.network.record import record
from app.network.space import MOST_FLOPS
from app.network.spec import Five, Norm
from app.network.variant import WORDS, Variant
from app.render.compare import Comparison, compare
from app.render.modules import Detail, detail, free_standing
from app.render.report import Report, report
from app.web import parameters
from app.web.address import (
    STATE_KEYS,
    Limits,
    guard,
    parse,
    parse_input,
    parse_reference,
    parse_widths,
    parse_word,
    read_query,
    state,
)
from app.words import phrase


@record
class Described:
    """A variant, its analysis and its canonical address."""

    variant: Variant
    analysis: Analysis
    state: str

    @property
    def network(self) -> str:
        return self.variant.network.id

    @property
    def address(self) -> str:
        """`id` or `id?state`."""
        return f"{self.network}?{self.state}" if self.state else self.network

    @property
    def report(self) -> Report:
        return report(self.variant, self.analysis, self.state)


def describe(chosen: Variant, received: str) -> Described:
    """The analysis of a variant.

    Raises:
        SizeVanishes: a layer would have no output.
        BadInput: its flops reach 2^53.
    """
    analysis = analyse(chosen.spec)
    refuse_beyond(analysis.totals, received)
    return Described(chosen, analysis, state(chosen))


def refuse_beyond(totals: Totals, received: str) -> None:
    """Raises BadInput where the flops reach 2^53."""
    if totals.flops >= MOST_FLOPS:
        allowed = phrase("fewer than 2^53 flops, this one has {flops}", flops=f"{totals.flops:,}")
        raise BadInput(Problem("state", received, allowed))


def module_of(described: Described, name: str) -> Detail:
    """One of its modules.

    Raises:
        NotFound: there is none of that name.
    """
    have = [each.name for each in described.variant.spec.modules]
    if name not in have:
        raise NotFound(phrase("module"), name, ", ".join(have) or phrase("none"))
    return detail(described.variant, described.analysis, name)


def read_free_module(query: str, limits: Limits) -> Detail:
    """The module that a query describes.

    Raises:
        BadInput: a value that cannot be.
    """
    values = read_query(query, {each.name for each in parameters.MODULE_DOOR})
    shape = guard("input", values.get("input", ""), lambda text: parse_input(text, limits))
    widths = guard("widths", values.get("widths", ""), lambda text: parse_widths(text, limits))
    five = guard("five", values.get("five", "5x5"), lambda text: parse_word(text, WORDS["five"]))
    norm = guard("norm", values.get("norm", "lrn"), lambda text: parse_word(text, WORDS["norm"]))
    module = free_standing(shape, widths, cast("Five", five), cast("Norm", norm))
    for each in (module, module.twin):
        if each:
            refuse_beyond(each.totals, query)
    return module


def read_described(id: str, query: str, limits: Limits, own: Collection[str] = ()) -> tuple[Described, dict[str, str]]:
    """The variant that an address describes, and the values of the door's own keys.

    Raises:
        BadInput, NotFound: as `parse`, `describe`; there is no such network.
    """
    network = published(id)
    values = read_query(query, STATE_KEYS.union(own))
    mine = {key: values.pop(key) for key in own if key in values}
    return describe(parse(network, values, limits), query), mine


def read_comparison(query: str, limits: Limits) -> Comparison:
    """The variants `left` and `right` of a query, side by side.

    Raises:
        BadInput, NotFound: as `parse_reference`, `describe`.
    """
    values = read_query(query, {each.name for each in parameters.COMPARE_DOOR})
    sides = []
    for field in ("left", "right"):
        text = values.get(field, "")
        sides.append(describe(parse_reference(field, text, limits), text).report)
    return compare(*sides)

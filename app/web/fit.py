"""What the address of a fit asks for, and the widest variant that answers it."""

from app.errors import BadInput, Problem
from app.network.analysis import Totals
from app.network.catalog import network as published
from app.network.fit import fit
from app.network.record import record
from app.network.variant import variant
from app.web import parameters
from app.web.address import STATE_KEYS, Limits, guard, parse_choices, parse_number, parse_word, read_query
from app.web.described import describe
from app.words import phrase

BUDGETS = {each.name: each.name.removeprefix("max_") for each in parameters.FIT_DOOR if each.name.startswith("max_")}
"""The total that each budget limits."""


@record
class Budget:
    """What there is of one quantity, and what is left of it."""

    budget: str
    """The parameter, as `max_params`."""
    allowed: int
    """Its value."""
    used: int
    """What the variant takes."""
    left: int
    """`allowed` − `used`."""
    binds: bool
    """Whether the next step up would break it."""


@record
class Widest:
    """The widest variant within the budgets."""

    width: float
    """The multiplier, a multiple of 1/1024."""
    state: str
    """The variant's canonical address, without a question mark."""
    totals: Totals
    """Sums over its layers."""
    budgets: tuple[Budget, ...]
    """Each that was given. None binds where the largest width of all fits."""


def read_fit(id: str, query: str, limits: Limits) -> Widest:
    """The widest variant within the budgets of a query.

    Raises:
        BadInput, NotFound: as `parse_choices`, `fit`; no budget; there is no such network.
    """
    network = published(id)
    values = read_query(query, STATE_KEYS.union(each.name for each in parameters.FIT_DOOR))
    own = {each.name: values.pop(each.name) for each in parameters.FIT_DOOR if each.name in values}
    choices = parse_choices(network, values, limits)
    budgets = {BUDGETS[name]: _budget(name, text) for name, text in own.items() if name in BUDGETS}
    if not budgets:
        raise BadInput(Problem("max_params", "", phrase("at least one of {names}", names=", ".join(BUDGETS))))
    multiple = guard("multiple", own.get("multiple", "1"), lambda text: parse_word(text, ("1", "8", "16")))
    free = own["free"].split(",") if "free" in own else ()
    found = fit(network, choices, budgets, free, int(multiple))
    described = describe(variant(network, found.choices), query)
    totals = described.analysis.totals
    used = {name: getattr(totals, name) for name in budgets}
    rows = tuple(
        Budget(f"max_{name}", most, used[name], most - used[name], name in found.binding)
        for name, most in budgets.items()
    )
    return Widest(float(found.width), described.state, totals, rows)


def _budget(name: str, text: str) -> int:
    return guard(name, text, lambda text: parse_number(text, 0, 10**18))

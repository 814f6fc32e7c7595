"""The published network and its parts, as chapters speak of them."""

from functools import cache

from app.network.analysis import Analysis, analyse
from app.network.catalog import network
from app.network.variant import OWN, Value, Variant, variant
from app.render.modules import Branch, Detail, Twin, detail, free_standing

FIRST = "3a"
"""The module that the story looks at closely."""


@cache
def published(name: str = "googlenet", **choices: Value) -> tuple[Variant, Analysis]:
    """A published network, or a variant of it."""
    chosen = variant(network(name), choices)
    return chosen, analyse(chosen.spec)


@cache
def first() -> Detail:
    """3a as the paper has it, with its naive twin."""
    return detail(*published(), FIRST)


def first_with(**widths: int) -> Detail:
    """3a with other widths, standing alone on the same input."""
    return free_standing(first().in_shape, OWN[FIRST]._replace(**widths), "5x5", "lrn")


def branch(module: Twin, name: str) -> Branch:
    return next(each for each in module.branches if each.name == name)


def kernel(part: Branch) -> tuple[int, int]:
    """Height and width of a branch's last window."""
    found = [layer.kernel for layer in part.layers if layer.kernel]
    return found[-1][0], found[-1][1]

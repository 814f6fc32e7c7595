"""How the explorer shows a variant, beside what its state says: what the map is shaded by, who counts."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from app.errors import BadInput, Problem
from app.network.conventions import TOOLS
from app.network.record import record
from app.render.shading import SHADES
from app.web.address import guard, parse_word

WORDS: Mapping[str, tuple[str, ...]] = {"shade": tuple(SHADES), "count": tuple(TOOLS)}
"""What an address may say, after its state."""


@record
class View:
    """As an address says it; empty for the branches' colours and the page's own multiply-adds."""

    shade: str = ""
    count: str = ""

    def of(self, address: str) -> str:
        """The address of an explorer that shows its variant so."""
        told = "&".join([f"{key}={value}" for key in WORDS if (value := getattr(self, key))])
        return f"{address}{'&' if '?' in address else '?'}{told}" if told else address


def view(values: Mapping[str, str]) -> tuple[View, tuple[Problem, ...]]:
    """What of a page's values is a view, and what of that was refused, and left out."""
    problems: list[Problem] = []
    kept: dict[str, Any] = {}
    for key, words in WORDS.items():
        value = values.get(key, "")
        try:
            kept[key] = value and guard(key, value, partial(parse_word, allowed=words))
        except BadInput as error:
            problems += error.problems
    return View(**kept), tuple(problems)

"""From a page's address to the variant that it shows: what cannot be is left out, and said."""

import re
from collections.abc import Collection, Mapping

from fastapi import Request

from app.errors import BadInput, Problem
from app.network.catalog import Network
from app.web.address import HOME, STATE_KEYS, parse, scan_query
from app.web.asked import limits_of
from app.web.described import Described, describe

IGNORED = re.compile(r"utm_.*|fbclid|gclid")
"""Keys that other sites hang on links; pages overlook them."""


def scan(query: str, known: Collection[str]) -> tuple[dict[str, str], list[Problem]]:
    """The values of a page's query, and what is wrong with it; keys that other sites hang on links are overlooked."""
    values, problems = scan_query(query, known)
    return values, [problem for problem in problems if not IGNORED.fullmatch(problem.field)][: BadInput.MOST]


def read(query: str, own: Collection[str] = ()) -> tuple[dict[str, str], list[Problem]]:
    """The same where the page has a state; `own` are the page's own keys beside it."""
    return scan(query, STATE_KEYS.union(own))


def nearest(request: Request, network: Network, values: Mapping[str, str]) -> tuple[Described, tuple[Problem, ...]]:
    """The variant without the values that were refused, and the reasons."""
    limits, left = limits_of(request), dict(values)
    problems: list[Problem] = []
    while True:
        try:
            return describe(parse(network, left, limits), request.url.query), tuple(problems)
        except BadInput as error:
            problems += error.problems
            bad = {problem.field for problem in error.problems}
            kept = {key: value for key, value in left.items() if key not in bad}
            left = kept if len(kept) < len(left) else {}


def url(network: str, state: str, below: str = "") -> str:
    """The address of a variant's page; `below` is a path under it, as `/modules/3a`."""
    query = f"?{state}" if state else ""
    return f"/networks/{network}{below}{query}" if network != HOME or below else f"/{query}"

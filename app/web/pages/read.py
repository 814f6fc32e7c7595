"""From a page's address to the variant that it shows: what cannot be is left out, and said."""

from collections.abc import Collection, Mapping

from fastapi import Request

from app.errors import BadInput, Problem
from app.network.catalog import Network
from app.web.address import HOME, IGNORED, STATE_KEYS, parse, scan_query
from app.web.asked import limits_of
from app.web.described import Described, describe


def read(query: str, own: Collection[str] = ()) -> tuple[dict[str, str], list[Problem]]:
    """The values of a page's query, and what is wrong with it; keys that other sites hang on links are overlooked.

    Args:
        query: of the address.
        own: keys of the page itself, beside those of the state.
    """
    values, problems = scan_query(query, STATE_KEYS.union(own))
    return values, [problem for problem in problems if not IGNORED.fullmatch(problem.field)][: BadInput.MOST]


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

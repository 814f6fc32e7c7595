"""The pages: the same addresses without /api/v1, as hypermedia that works without a script."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.errors import BadInput, Problem
from app.network.catalog import Network
from app.network.catalog import network as published
from app.web.address import IGNORED, STATE_KEYS, parse, scan_query
from app.web.described import Described, describe, limits_of
from app.web.explorer import explorer
from app.web.templates import page

pages = APIRouter(include_in_schema=False)
HOME = "googlenet"


@pages.get("/")
async def home(request: Request) -> HTMLResponse:
    """The explorer, with the paper's network."""
    return _explorer(request, published(HOME))


@pages.get("/networks/{id}")
async def network(request: Request, id: str) -> HTMLResponse:
    """The explorer, with any network."""
    return _explorer(request, published(id))


def _explorer(request: Request, network: Network) -> HTMLResponse:
    """The page of what the query describes; where it describes nothing, the nearest that it does, and why."""
    values, problems = _read(request.url.query)
    described, refused = _nearest(request, network, values)
    problems += refused
    answer = page(
        request, "pages/explorer.html", explorer(described, values, tuple(problems)), 422 if problems else 200
    )
    answer.headers["HX-Replace-Url"] = _url(described)
    return answer


def _read(query: str) -> tuple[dict[str, str], list[Problem]]:
    """The values of a page's query, and what is wrong with it; keys that other sites hang on links are overlooked."""
    values, problems = scan_query(query, STATE_KEYS)
    return values, [problem for problem in problems if not IGNORED.fullmatch(problem.field)][: BadInput.MOST]


def _nearest(request: Request, network: Network, values: Mapping[str, str]) -> tuple[Described, tuple[Problem, ...]]:
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


def _url(described: Described) -> str:
    query = f"?{described.state}" if described.state else ""
    return f"/networks/{described.network}{query}" if described.network != HOME else f"/{query}"

"""Why the counting tools disagree about a variant: what each reports, by which rule, as which sum."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.errors import Problem
from app.network.catalog import NETWORKS
from app.network.catalog import network as published
from app.network.conventions import TOOLS, counts, own_class
from app.network.record import record
from app.render.counts import FAMILIES, Line, TermRow, lines, term_rows
from app.render.side_by_side import called
from app.web.address import HOME
from app.web.pages.read import nearest, read, url
from app.web.pages.view import View
from app.web.templates import page, to

router = APIRouter()


@record
class Choice:
    """A published network to look at instead."""

    name: str
    address: str
    current: bool


@record
class CountsPage:
    """Everything on the page."""

    network: str
    query: str
    """`?state` of the variant, or nothing."""
    title: str
    variant: str
    """Address of the variant's own page."""
    address: str
    """Of this page, canonical."""
    problems: tuple[Problem, ...]
    choices: tuple[Choice, ...]
    own_class: bool
    """Whether the tools are given torchvision's own class."""
    macs: int
    lines: tuple[Line, ...]
    counted: tuple[str, ...]
    """Of each line, the explorer that counts so."""
    terms: tuple[TermRow, ...]
    families: tuple[tuple[str, str], ...]
    """Those that are drawn, and their names."""


@router.get("/counts")
async def show(request: Request) -> HTMLResponse:
    """What other tools report of the variant that the address names."""
    values, problems = read(request.url.query, ("network",))
    network = published(values.pop("network", "") or HOME)
    described, refused = nearest(request, network, values)
    found = counts(described.variant.spec, described.analysis)
    macs = described.analysis.totals.macs
    terms = term_rows(found)
    context = CountsPage(
        network=network.id,
        query=f"?{described.state}" if described.state else "",
        title=called(described.variant, described.state),
        variant=url(network.id, described.state),
        address=_address(network.id, described.state),
        problems=(*problems, *refused),
        choices=tuple(
            Choice(each.name, _address(each.id, ""), each.id == network.id and not described.state)
            for each in NETWORKS.values()
        ),
        own_class=own_class(described.variant.spec),
        macs=macs,
        lines=lines(found, macs),
        counted=tuple(View(count=key).of(url(network.id, described.state)) for key in TOOLS),
        terms=terms,
        families=tuple((key, name) for key, name in FAMILIES.items() if any(row.family == key for row in terms)),
    )
    answer = page(request, "pages/counts.html", context, 422 if context.problems else 200)
    if not context.problems:
        answer.headers["HX-Push-Url"] = to(context.address)
    return answer


def _address(network: str, state: str) -> str:
    return f"/counts?network={network}{f'&{state}' if state else ''}"

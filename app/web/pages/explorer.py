"""The explorer: a network with its form, its map, its costs and its layers."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.errors import NotFound, Problem
from app.network.analysis import analyse
from app.network.catalog import NETWORKS, Network
from app.network.catalog import network as published
from app.network.conventions import TOOLS, Tool
from app.network.record import record
from app.network.spec import Spec
from app.network.variant import MODULES
from app.render.close_up import CloseUp, close_up
from app.render.counting import Counting, counting
from app.render.figures import figure
from app.render.figures.theme import Figure
from app.render.headline import changes, headline
from app.render.hero import Hero, hero
from app.render.marks import NetworkMap
from app.render.modules import Detail, detail
from app.render.network_map import network_map
from app.render.table import Group, table
from app.render.table1 import table1
from app.render.totals import TotalCell, totals
from app.web.address import HOME, guard, parse_word
from app.web.described import Described
from app.web.pages.form import Form, form
from app.web.pages.read import nearest, read, url
from app.web.pages.view import WORDS, View, view
from app.web.templates import page, to
from app.words import phrase, say

router = APIRouter()


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """The explorer, with the paper's network."""
    return _explorer(request, published(HOME))


@router.get("/networks/{id}")
async def network(request: Request, id: str) -> HTMLResponse:
    """The explorer, with any network."""
    return _explorer(request, published(id))


@router.get("/networks/{id}/live/{width}/{module}")
async def live(request: Request, id: str, width: str, module: str) -> HTMLResponse:
    """The parts of the explorer that follow a slider, with the open module's card.

    A value that is refused is said in the card. That is a good answer to the script that asks: it keeps the rest of
    the page as it is, and a browser writes every other status to its console. `charts` names the figures in view.
    """
    guard("width", width, lambda text: parse_word(text, ("wide", "narrow")))
    if module not in MODULES:
        raise NotFound(phrase("module"), module, ", ".join(MODULES))
    described, values, problems = _asked(request, published(id), "charts")
    charts = list(dict.fromkeys(values.get("charts", "").split(",")))  # each once, however often it is named
    context = explorer(described, values, problems, Live(module, width == "narrow", charts))
    return page(request, "pages/live.html", context)


def _explorer(request: Request, network: Network) -> HTMLResponse:
    """The page of what the query describes; where it describes nothing, the nearest that it does, and why."""
    described, values, problems = _asked(request, network)
    context = explorer(described, values, problems)
    answer = page(request, "pages/explorer.html", context, 422 if problems else 200)
    if not problems:
        answer.headers["HX-Push-Url"] = to(context.address)  # the script makes it a replacement while one edit goes on
    return answer


def _asked(request: Request, network: Network, *own: str) -> tuple[Described, dict[str, str], tuple[Problem, ...]]:
    """The nearest variant to what a query describes, what was sent, and what of that was refused."""
    keys = (*WORDS, *own)
    values, problems = read(request.url.query, keys)
    mine = {key: values.pop(key) for key in keys if key in values}
    described, refused = nearest(request, network, values)
    return described, values | mine, (*problems, *refused, *view(mine)[1])


@record
class Alternative:
    """Another published network."""

    id: str
    title: str
    address: str
    current: bool


@record
class Whole:
    """What of the page does not follow a slider at once."""

    networks: tuple[Alternative, ...]
    tools: tuple[tuple[str, Tool], ...]
    """Who else may count, by the word of an address."""
    table: tuple[Group, ...]
    notes: dict[str, tuple[str, str]]
    """What the paper's Table 1 prints otherwise, and why, by path."""
    figures: tuple[tuple[str, str, str], ...]
    """Name, title and caption of each chart."""
    details: tuple[Detail, ...]
    """Each module that is there, with its twin."""


@record
class Live:
    """Which parts follow a slider."""

    module: str = ""
    """Whose card is open; empty for the whole page."""
    narrow: bool = False
    """Whether the parts are those of a narrow page."""
    charts: Sequence[str] = ()
    """Names of figures that follow too."""


WHOLE = Live()
"""No part alone."""


@record
class ExplorerPage:
    """The page, or the parts of it that follow a slider."""

    network: Network
    spec: Spec
    warnings: tuple[str, ...]
    title: str
    """What the visitor sees, in a sentence."""
    changes: int
    query: str
    """`?state`, or nothing."""
    view: View
    counting: Counting
    """What stands for multiply-adds."""
    address: str
    """Canonical, with the view."""
    totals: tuple[TotalCell, ...]
    form: Form
    map: NetworkMap
    hero: Hero
    close_up: CloseUp | None
    """Of the module that is open, where the page is narrow or not yet known to be wide."""
    problems: tuple[Problem, ...]
    """What was refused and has no field to be said beside; the page shows the network without it."""
    refused: bool
    open: str
    """The module whose card follows at once."""
    narrow: bool
    """Whether the parts are those of a narrow page."""
    charts: tuple[tuple[str, Figure], ...]
    """Of the parts, the figures that were asked for, by name."""
    whole: Whole | None
    """None where only the parts are asked for."""

    def why(self, path: str) -> str:
        """Address of a layer's reason, counted as the page counts."""
        return View(count=self.view.count).of(f"/networks/{self.network.id}/layers/{path}{self.query}")

    @property
    def shown(self) -> str:
        """What of the address is worth reading: its query, where it has one."""
        path, mark, query = self.address.partition("?")
        return mark + query or path


def explorer(
    described: Described,
    values: Mapping[str, str],
    problems: tuple[Problem, ...],
    live: Live = WHOLE,
) -> ExplorerPage:
    """The page of a variant, or parts of it; `values` were sent, and `problems` are what of them was refused."""
    variant = described.variant
    shown, _ = view(values)
    count = counting(shown.count, variant.spec)
    analysis, own = count(described.analysis), count(analyse(variant.network.spec))
    drawn = network_map(variant.spec, analysis, own, frozenset(variant.choices), count)
    follow = frozenset(column.name for column in drawn.columns if column.mark == "follows")
    fields = form(described, values, problems, follow, live.module)
    return ExplorerPage(
        network=variant.network,
        spec=variant.spec,
        warnings=variant.warnings,
        title=headline(variant),
        changes=changes(variant),
        query=f"?{described.state}" if described.state else "",
        view=shown,
        counting=count,
        address=shown.of(url(described.network, described.state)),
        totals=totals(variant, analysis, count),
        form=fields,
        map=drawn,
        hero=hero(variant.spec, analysis, drawn, variant.network.spec, count),
        close_up=None
        if live.module and not live.narrow
        else close_up(variant, analysis, live.module or fields.selected),
        problems=tuple(problem for problem in problems if problem.field not in fields.keys),
        refused=bool(problems),
        open=live.module,
        narrow=live.narrow,
        charts=tuple((name, found) for name in live.charts if (found := figure(variant, described.analysis, name))),
        whole=None if live.module else _whole(described, count),
    )


def alternatives(current: str, at: str) -> tuple[Alternative, ...]:
    """The published networks, each at an address that ends with its id."""
    return tuple(Alternative(each.id, say(each.title), at + each.id, each.id == current) for each in NETWORKS.values())


def _whole(described: Described, count: Counting) -> Whole:
    variant, analysis = described.variant, described.analysis
    return Whole(
        networks=alternatives(described.network, "/networks/"),
        tools=tuple(TOOLS.items()),
        table=table(variant, count(analysis), count),
        notes=_notes(described),
        figures=_figures(described),
        details=tuple(detail(variant, analysis, module.name) for module in variant.spec.modules),
    )


def _notes(described: Described) -> dict[str, tuple[str, str]]:
    """Only where the module or layer is the paper's own and the difference has a reason worth telling."""
    rows = {row.row: row for row in table1(described.variant.spec, described.analysis).rows}
    return {
        name: (say("Table 1 prints {params}", params=row.paper.params), say(row.remark))
        for name in ("conv1", "inception_4a", "inception_4c", "inception_5a")
        if (row := rows.get(name)) and row.paper and row.remark
    }


def _figures(described: Described) -> tuple[tuple[str, str, str], ...]:
    modules = [
        (
            f"module-{module.name}",
            say("Module {name}: naive against reduced", name=module.name),
            say("Channels, parameters and multiply-adds by branch; each panel has its own scale from 0."),
        )
        for module in described.variant.spec.modules
    ]
    if not modules:
        return ()
    return (
        *modules,
        (
            "saving",
            say("From naive to this network"),
            say("Modules alone, without stem and head: what each branch saves or adds, in turn."),
        ),
        ("channels", say("Channels growing"), say("Without projections every pool passes all channels on.")),
        ("params", say("Parameters of each module"), say("Outlined: every module naive. Solid: this network.")),
    )

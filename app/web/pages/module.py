"""The page of one module, large: in a network, with its form and its neighbours."""

from collections.abc import Iterable, Mapping

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.errors import BadInput, NotFound, Problem
from app.network.catalog import NETWORKS, Network
from app.network.catalog import network as published
from app.network.record import record
from app.network.spec import STAGES, Widths
from app.network.variant import OWN, Value, Variant, network_widths, variant
from app.render.headline import changes
from app.render.module_drawing import Drawing, drawing
from app.render.module_text import Reasons, derivations, side_titles, title
from app.render.modules import Detail, detail, module_rows, parts_of
from app.web.address import state
from app.web.described import Described, describe
from app.web.pages.fields import InputField, WidthField, said
from app.web.pages.form import module_fields
from app.web.pages.read import nearest, read, url
from app.web.templates import page, to
from app.words import phrase, say

router = APIRouter()


@record
class Way:
    """A link that leads to a variation or another place."""

    label: str
    address: str
    current: bool = False


@record
class Trial:
    """A change to try, and what it changes of this module's multiply-adds."""

    label: str
    address: str
    delta: int


@record
class Place:
    """Where in which network the module stands."""

    id: str
    """Of the network."""
    name: str
    """Of the network, short."""
    network: str
    """Its title."""
    address: str
    """Of the network's page."""
    reasons: str
    """The same, up to the path of a layer."""
    before: Way
    after: Way
    strip: tuple[tuple[Way, ...], ...]
    """All modules, stage by stage."""
    kinds: tuple[Way, ...]
    """Reduced, naive, off."""
    networks: tuple[Way, ...]
    figure: str
    """Of its Plotly figure, in the API; without query."""
    query: str


@record
class ModulePage:
    """Everything on the page."""

    module: Detail
    title: str
    drawing: Drawing
    reasons: tuple[Reasons, ...]
    place: Place | None
    """None for a module that stands in no network."""
    action: str
    others: tuple[InputField, ...]
    """What may be set beside the widths."""
    whole: InputField | None
    """All widths as one field, where they have no keys of their own, or where it holds a mistake."""
    widths: tuple[WidthField, ...]
    hidden: tuple[tuple[str, str], ...]
    """What of the state no field holds."""
    live: bool
    """Whether the page follows every stroke: not where an empty field would leave the module out."""
    trials: tuple[Trial, ...]
    reset: str
    """Address without any change; for an added module, that of the network without it."""
    changes: int | None
    """Of the network; None for a module that stands in none."""
    query: str
    """`?state`, or nothing."""
    address: str
    """Canonical."""
    json: str
    problems: tuple[Problem, ...]
    """What was refused and has no field to be said beside."""


@router.get("/networks/{id}/modules/{module}")
async def in_network(request: Request, id: str, module: str) -> HTMLResponse:
    """One module of a network."""
    network = published(id)
    values, problems = read(request.url.query)
    described, refused = nearest(request, network, values)
    problems += refused
    have = [each.name for each in described.variant.spec.modules]
    if module not in have:
        if module in values and any(problem.field == module for problem in problems):
            raise BadInput(*problems)  # without its own value this module is not there: nothing could be shown
        raise NotFound(phrase("module"), module, ", ".join(have) or phrase("none"))
    return answer(request, _page(described, module, values, problems))


def answer(request: Request, context: ModulePage) -> HTMLResponse:
    """The page; where something was refused, its address stays as it was sent."""
    faulty = bool(context.problems) or any(field.error for field in fields(context))
    part = "#module" if context.problems else "#panel"
    made = page(request, "pages/module.html", context, 422 if faulty else 200, part)
    if not faulty:
        made.headers["HX-Push-Url"] = to(context.address)
    return made


def fields(context: ModulePage) -> Iterable[InputField]:
    """All of the form."""
    return (*context.others, *([context.whole] if context.whole else []), *context.widths)


def _page(described: Described, name: str, values: Mapping[str, str], problems: list[Problem]) -> ModulePage:
    chosen = described.variant
    module = detail(chosen, described.analysis, name)
    row = next(row for row in module_rows(chosen.spec, described.analysis) if row.name == name)
    whole, widths = module_fields(name, row, described, values, said(problems))
    shown = {name} | {field.key for field in widths}
    below = f"/modules/{name}"
    kept = [part.partition("=")[::2] for part in described.state.split("&") if part]
    return ModulePage(
        module=module,
        title=title(module),
        drawing=drawing(module, side_titles(module, name in chosen.choices)),
        reasons=derivations(module),
        place=_place(described, name),
        action=url(described.network, "", below),
        others=(),
        whole=whole,
        widths=widths,
        hidden=tuple((key, value) for key, value in kept if key not in shown),
        live=bool(widths),
        trials=tuple(_trials(described, name, module)),
        reset=url(described.network, "", below if name in OWN else ""),
        changes=changes(chosen),
        query=f"?{described.state}" if described.state else "",
        address=url(described.network, described.state, below),
        json="/api/v1" + url(described.network, described.state, below),
        problems=tuple(problem for problem in problems if problem.field not in shown),
    )


def _widths(chosen: Variant, name: str) -> Widths:
    return next(module.widths for module in chosen.spec.modules if module.name == name)


def _with(chosen: Variant, changes: Mapping[str, Value | None], below: str) -> str:
    """The canonical address of the same variant with some keys set, or left out."""
    merged = {key: value for key, value in {**chosen.choices, **changes}.items() if value is not None}
    return url(chosen.network.id, state(variant(chosen.network, merged)), below)


def _place(described: Described, name: str) -> Place:
    chosen, network = described.variant, described.network
    here = url(network, described.state)
    there = [each.name for each in chosen.spec.modules]
    ways = [Way(each, url(network, described.state, f"/modules/{each}"), each == name) for each in there]
    paths = [layer.node.path for layer in described.analysis.layers]
    head = next(path for path in paths if path.startswith("head."))
    at = there.index(name)
    query = f"?{described.state}" if described.state else ""
    return Place(
        id=network,
        name=say(chosen.network.name),
        network=say(chosen.network.title),
        address=here,
        reasons=f"{here}#",
        before=ways[at - 1] if at else Way(say("Stem"), f"{here}#{paths[0]}"),
        after=ways[at + 1] if at + 1 < len(ways) else Way(say("Head"), f"{here}#{head}"),
        strip=tuple(tuple(way for way in ways if way.label[0] == stage) for stage in STAGES),
        kinds=tuple(_kinds(chosen, name)),
        networks=tuple(_networks(name, chosen.network)),
        figure=f"/api/v1/networks/{network}/figures/module-{name}",
        query=query,
    )


def _networks(name: str, current: Network) -> Iterable[Way]:
    """The same module in each published network; an added one stands in none of them."""
    below = f"/modules/{name}" if name in OWN else ""
    for net in NETWORKS.values():
        yield Way(say(net.title), url(net.id, "", below), net is current)


def _kinds(chosen: Variant, name: str) -> Iterable[Way]:
    """What the whole module may become; without it, the network's page is left."""
    widths, below = _widths(chosen, name), f"/modules/{name}"
    network = network_widths(chosen, name)
    if widths.kind == "reduced" or network:
        to_reduced = {} if widths.kind == "reduced" else {name: network}
        yield Way(say("Reduced"), _with(chosen, to_reduced, below), widths.kind == "reduced")
    yield Way(say("Naive"), _with(chosen, {name: widths.naive}, below), widths.kind == "naive")
    if name in OWN:
        yield Way(say("Off"), _with(chosen, {name: "off"}, ""))
    elif name[0] + chr(ord(name[1]) + 1) not in chosen.choices:  # only the last added one may go
        yield Way(say("Off"), _with(chosen, {name: None}, ""))


def ready_changes(widths: Widths, five: str) -> Iterable[tuple[str, Widths, str]]:
    """Ready changes of a module that change something of it: what they do, the widths, how the 5×5 is realised."""
    if widths.five and widths.five_reduce != 32:
        yield say("Set 5×5 reduce to {n}", n=32), widths._replace(five_reduce=32), five
    if widths.three_reduce:
        yield say("Drop the 3×3 reduce"), widths._replace(three_reduce=0), five
    if widths.five and five == "5x5":
        yield say("Two 3×3 in place of 5×5"), widths, "3x3x2"


def _trials(described: Described, name: str, module: Detail) -> Iterable[Trial]:
    chosen = described.variant
    for label, widths, five in ready_changes(module.widths, chosen.spec.five):
        changed: dict[str, Value] = {**chosen.choices, name: widths, "five": five}
        try:
            tried = describe(variant(chosen.network, changed), described.state)
        except BadInput:  # beyond what can be counted exactly
            continue
        delta = parts_of(tried.analysis)[name].macs - module.totals.macs
        yield Trial(label, url(described.network, tried.state, f"/modules/{name}"), delta)

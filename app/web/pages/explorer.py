"""The explorer: a network with its form, its map, its costs and its layers."""

from collections.abc import Mapping
from dataclasses import fields

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.errors import Problem, clip
from app.network.analysis import Totals, analyse
from app.network.catalog import NETWORKS, Network
from app.network.catalog import network as published
from app.network.record import record
from app.network.spec import Widths, column_keys
from app.network.variant import MODULES, OWN, WORDS, Value
from app.render.marks import NetworkMap
from app.render.modules import Detail, ModuleRow, detail, module_rows
from app.render.naive import all_naive
from app.render.network_map import network_map
from app.render.report import Report
from app.web.address import COLUMN_NAMES
from app.web.described import Described
from app.web.pages.read import HOME, nearest, read, url
from app.web.templates import page

router = APIRouter()


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """The explorer, with the paper's network."""
    return _explorer(request, published(HOME))


@router.get("/networks/{id}")
async def network(request: Request, id: str) -> HTMLResponse:
    """The explorer, with any network."""
    return _explorer(request, published(id))


def _explorer(request: Request, network: Network) -> HTMLResponse:
    """The page of what the query describes; where it describes nothing, the nearest that it does, and why."""
    values, problems = read(request.url.query)
    described, refused = nearest(request, network, values)
    problems += refused
    answer = page(
        request, "pages/explorer.html", explorer(described, values, tuple(problems)), 422 if problems else 200
    )
    answer.headers["HX-Replace-Url"] = url(described.network, described.state)
    return answer


@record
class InputField:
    """One field of the form. Empty, it leaves its key out, and the network's own value shows through."""

    key: str
    label: str
    value: str
    """What the visitor set, as it came; empty where nothing was."""
    own: str
    """What holds while it is empty."""
    options: tuple[str, ...]
    """Words to choose from; none for free text."""
    error: str
    """What is wrong with the value, or nothing."""


@record
class Card:
    """A module in the form."""

    name: str
    row: ModuleRow | None
    """None where the module is off."""
    fields: tuple[InputField, ...]
    changed: bool
    """Whether it has a key of its own in the canonical state."""
    links: tuple[tuple[str, str, bool], ...]
    """What the whole module may become: name, address, whether it is that."""


@record
class TotalCell:
    """One of the totals, with its change from the published network."""

    name: str
    label: str
    value: int
    delta: int


@record
class Alternative:
    """Another published network."""

    id: str
    title: str
    address: str
    current: bool


@record
class ExplorerPage:
    """Everything on the page."""

    report: Report
    summary: str
    title: str
    source: str
    query: str
    """`?state`, or nothing."""
    totals: tuple[TotalCell, ...]
    networks: tuple[Alternative, ...]
    cards: tuple[Card, ...]
    selected: str
    details: tuple[Detail, ...]
    """Each module that is there, with its twin."""
    fields: tuple[InputField, ...]
    naive: tuple[tuple[ModuleRow, ModuleRow], ...]
    """Each module beside itself where all modules are naive."""
    map: NetworkMap
    problems: tuple[Problem, ...]
    """What was refused and has no field to be said beside; the page shows the network without it."""


LABELS = {
    "params": "Parameters",
    "macs": "Multiply-adds",
    "flops": "FLOPs",
    "activations": "Activations",
    "peak_activations": "Peak activations",
    "training_params": "Parameters in training",
    "training_macs": "Multiply-adds in training",
}
WHOLE = {
    "input": "Input, [channels ×] height × width",
    "classes": "Classes",
    "modules": "Modules",
    "width": "Width ×",
    "stem": "Stem widths",
    "norm": "Normalisation",
    "five": "5×5 branch as",
    "rounding": "Pool rounding",
    "aux": "Auxiliary heads",
    "head": "Head",
}
"""The keys of the whole network, with their labels."""


def explorer(described: Described, values: Mapping[str, str], problems: tuple[Problem, ...]) -> ExplorerPage:
    """The page of a variant; `values` is what the visitor sent, `problems` what of it was refused."""
    variant, report = described.variant, described.report
    own = analyse(variant.network.spec).totals
    errors = {problem.field: f"{problem.allowed}, received {clip(problem.received)}" for problem in problems}
    cards = _cards(described, values, errors)
    whole = _whole(described, values, errors)
    shown = {field.key for field in (*whole, *(field for card in cards for field in card.fields))}
    faulty = [card.name for card in cards if card.name in errors or any(field.error for field in card.fields)]
    changed = [card.name for card in cards if card.changed]
    return ExplorerPage(
        report=report,
        summary=variant.network.summary,
        title=variant.network.title,
        source=variant.network.source,
        query=f"?{described.state}" if described.state else "",
        totals=tuple(_totals(report.totals, own)),
        networks=tuple(
            Alternative(net.id, net.title, f"/networks/{net.id}", net.id == described.network)
            for net in NETWORKS.values()
        ),
        cards=cards,
        selected=(faulty + changed + [cards[0].name])[0],
        details=tuple(detail(variant, described.analysis, module.name) for module in variant.spec.modules),
        fields=whole,
        naive=tuple(zip(report.modules, module_rows(variant.spec, all_naive(variant.spec)), strict=True)),
        map=network_map(variant.spec, described.analysis),
        problems=tuple(problem for problem in problems if problem.field not in shown),
    )


def _totals(totals: Totals, own: Totals) -> list[TotalCell]:
    names = [field.name for field in fields(totals)]
    return [TotalCell(n, LABELS[n], getattr(totals, n), getattr(totals, n) - getattr(own, n)) for n in names]


def _cards(described: Described, values: Mapping[str, str], errors: Mapping[str, str]) -> tuple[Card, ...]:
    choices = described.variant.choices
    rows = {row.name: row for row in described.report.modules}
    names = [name for name in MODULES if name in OWN or name in choices or name in values]
    return tuple(_card(name, rows.get(name), described, values, errors) for name in names)


def _card(
    name: str, row: ModuleRow | None, described: Described, values: Mapping[str, str], errors: Mapping[str, str]
) -> Card:
    choices = described.variant.choices
    chosen = choices.get(name)
    fields_: list[InputField] = []
    if name in errors or (name in values and name not in OWN):
        fields_.append(InputField(name, "Widths", values.get(name, ""), "", (), errors.get(name, "")))
    elif row and name in OWN:
        set_here = row.widths if isinstance(chosen, Widths) or chosen == "naive" else None
        for at, key in enumerate(column_keys(name)):
            value = values.get(key, str(set_here[at]) if set_here else "")
            fields_.append(InputField(key, COLUMN_NAMES[at], value, str(row.widths[at]), (), errors.get(key, "")))
    elif name in OWN:
        fields_.append(InputField(name, "Widths", "off", "", (), ""))
    kinds: list[tuple[str, Value | None, bool]] = [
        ("as the network", None, chosen is None),
        ("naive", "naive", bool(row and row.kind == "naive")),
        ("off", "off", row is None),
    ]
    if name not in OWN:  # only the last added one may go, as letters are added in order
        kinds = [] if name[0] + chr(ord(name[1]) + 1) in choices else [("remove", None, False)]
    links = tuple((label, _with(described, name, value), current) for label, value, current in kinds)
    return Card(name, row, tuple(fields_), name in choices, links)


def _with(described: Described, key: str, value: Value | None) -> str:
    """The address of the same variant with one module set to a word, or left to the network."""
    parts = [part for part in described.state.split("&") if part and part.partition("=")[0] != key]
    if value is not None:
        parts.append(f"{key}={value}")
    query = "&".join(parts)
    return f"/networks/{described.network}" + (f"?{query}" if query else "")


def _whole(described: Described, values: Mapping[str, str], errors: Mapping[str, str]) -> tuple[InputField, ...]:
    spec, fixed = described.variant.spec, described.variant.network.fixed
    now = {
        "input": "x".join(map(str, spec.input)),
        "classes": str(spec.classes),
        "modules": spec.follow.modules,
        "width": spec.follow.width,
        "stem": ",".join(map(str, spec.stem)),
        "norm": spec.norm,
        "five": spec.five,
        "rounding": spec.rounding,
        "aux": "on" if spec.aux else "off",
        "head": spec.head,
    }
    shown = dict(part.split("=", 1) for part in described.state.split("&") if part)
    return tuple(
        InputField(
            key,
            label,
            values.get(key, "") if key in errors else shown.get(key, ""),
            now[key],
            WORDS.get(key, ()),
            errors.get(key, ""),
        )
        for key, label in WHOLE.items()
        if key not in fixed
    )

"""Two variants side by side: what differs, where, by how much, and why."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.errors import BadInput, ExplorerError, NotFound, Problem
from app.network.catalog import NETWORKS
from app.network.record import record
from app.render.compare import Comparison, compare
from app.render.differences import Difference, differences
from app.render.network_map import network_map
from app.render.side_by_side import Balance, Line, Share, balances, called, finding, lines, outlined, shares
from app.render.small_map import SmallMap, small_map
from app.web.address import parse_reference
from app.web.asked import limits_of
from app.web.described import Described, describe
from app.web.pages.read import scan, url
from app.web.templates import page, to
from app.words import phrase, say

router = APIRouter()
SIDES = {"left": phrase("Left"), "right": phrase("Right")}
EXAMPLES = (
    (phrase("The paper against torchvision"), "googlenet", "torchvision?aux=off"),
    (phrase("Caffe against TF-slim"), "googlenet", "tf-slim"),
    (phrase("Naive against reduced"), "googlenet-naive", "googlenet"),
    (phrase("Dense against separable conv1"), "googlenet", "separable-stem"),
    (phrase("Half the width"), "googlenet", "googlenet?width=0.5"),
)
"""Pairs worth a look: what they show, left and right."""


@record
class SideField:
    """One side of the form."""

    name: str
    """`left` or `right`."""
    label: str
    value: str
    """As it came."""
    error: str
    """What is wrong with it, or nothing."""


@record
class Example:
    """A pair to look at."""

    label: str
    address: str
    current: bool


@record
class SideForm:
    """A variant that is shown."""

    label: str
    """Left or Right."""
    name: str
    """Short, with what the visitor changed."""
    address: str
    """`id` or `id?state`."""
    page: str
    """Of its explorer, in the visitor's language."""
    params: int
    macs: int


@record
class Pair:
    """What a page with two variants shows."""

    json: str
    """Address of the same in the API."""
    alone: bool
    """Whether the two describe one network."""
    balances: tuple[Balance, ...]
    shares: tuple[Share, ...]
    lines: tuple[Line, ...]
    equal: int
    """How many of the lines are equal."""
    minor: int
    """How many batch norms and ReLUs differ."""
    differences: tuple[Difference, ...]
    outlined: int
    """How many bars of the map are outlined."""


@record
class ComparePage:
    """Everything on the page."""

    title: str
    fields: tuple[SideField, ...]
    networks: tuple[tuple[str, str], ...]
    """Published ones: id and title."""
    examples: tuple[Example, ...]
    canonical: str
    swap: str
    """Address with the sides exchanged."""
    sides: tuple[SideForm, ...]
    """Those that can be shown."""
    map: SmallMap | None
    pair: Pair | None
    problems: tuple[Problem, ...]
    """What was refused and is no side."""


@router.get("/compare")
async def get_comparison(request: Request) -> HTMLResponse:
    """Two variants; a side that cannot be read keeps what was typed, and its reason."""
    values, problems = scan(request.url.query, SIDES)
    refused = {problem.field: BadInput(problem) for problem in problems if problem.field in SIDES}
    typed = values | {field: error.problems[0].received for field, error in refused.items()}
    found: dict[str, Described] = {}
    errors: dict[str, ExplorerError] = dict(refused)
    for field, value in values.items():
        try:
            found[field] = describe(parse_reference(field, value, limits_of(request)), value)
        except (BadInput, NotFound) as error:
            errors[field] = error
    others = tuple(problem for problem in problems if problem.field not in SIDES)
    status = 404 if any(isinstance(error, NotFound) for error in errors.values()) else 422 if errors or others else 200
    shown = _page(typed, found, errors, others)
    answer = page(request, "pages/compare.html", shown, status, "#main")
    if status == 200:
        answer.headers["HX-Push-Url"] = to(shown.canonical)
    return answer


def _page(
    typed: dict[str, str], found: dict[str, Described], errors: dict[str, ExplorerError], problems: tuple[Problem, ...]
) -> ComparePage:
    left, right = (found[side].address if side in found else typed.get(side, "") for side in SIDES)
    both = (found["left"], found["right"]) if len(found) == 2 else None
    comparison = compare(both[0].report, both[1].report) if both else None
    marked = outlined(comparison) if comparison else frozenset()
    names = [called(each.variant, each.state) for side in SIDES if (each := found.get(side))]
    return ComparePage(
        title=finding(names[0], names[1], comparison.totals) if comparison else say("Compare two networks"),
        fields=tuple(
            SideField(side, say(label), typed.get(side, ""), _reason(errors.get(side))) for side, label in SIDES.items()
        ),
        networks=tuple((net.id, say(net.title)) for net in NETWORKS.values()),
        examples=tuple(_examples(found, left, right)),
        canonical=_address(left, right),
        swap=_address(right, left),
        sides=tuple(_side(side, found[side]) for side in SIDES if side in found),
        map=_map(found, marked) if found else None,
        pair=_pair(both, comparison, len(marked)) if both and comparison else None,
        problems=problems,
    )


def _pair(both: tuple[Described, Described], comparison: Comparison, marked: int) -> Pair:
    left, right = both
    every = lines(comparison)
    return Pair(
        json=f"/api/v1{_address(left.address, right.address)}",
        alone=left.variant.spec == right.variant.spec,
        balances=balances(comparison.totals),
        shares=shares(comparison),
        lines=every,
        equal=sum(line.mark == "equal" for line in every),
        minor=sum(line.minor and line.mark != "equal" for line in every),
        differences=differences(left.variant, right.variant),
        outlined=marked,
    )


def _reason(error: ExplorerError | None) -> str:
    return "; ".join(map(say, error.sentences)) if error else ""


def _address(left: str, right: str) -> str:
    """Of the page; a side that is empty is left out."""
    sides = [f"{name}={quote(side, safe=',:')}" for name, side in (("left", left), ("right", right)) if side]
    return "/compare" + (f"?{'&'.join(sides)}" if sides else "")


def _examples(found: dict[str, Described], left: str, right: str) -> list[Example]:
    """Ready pairs, and each side that the visitor changed against its own published network."""
    pairs = [(say(label), one, other) for label, one, other in EXAMPLES]
    for each in found.values():
        if each.variant.choices.keys() - {"aux"} and all((each.network, each.address) != pair[1:] for pair in pairs):
            label = say("{name} against its own network", name=called(each.variant, each.state))
            pairs.append((label, each.network, each.address))
    return [Example(label, _address(one, other), (one, other) == (left, right)) for label, one, other in pairs]


def _side(side: str, shown: Described) -> SideForm:
    totals = shown.analysis.totals
    return SideForm(
        say(SIDES[side]),
        called(shown.variant, shown.state),
        shown.address,
        to(url(shown.network, shown.state)),
        totals.params,
        totals.macs,
    )


def _map(found: dict[str, Described], marked: frozenset[str]) -> SmallMap:
    """The maps of the sides that are there, to the scale of the larger one."""
    maps = []
    for side, shown in found.items():
        other = next((each.analysis for name, each in found.items() if name != side), None)
        maps.append((side, say(SIDES[side]), network_map(shown.variant.spec, shown.analysis, other)))
    return small_map([(label, map) for _, label, map in sorted(maps, key=lambda each: each[0])], marked)

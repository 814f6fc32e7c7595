"""Where a size comes from: the formula, alive, with the windows that it counts."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.errors import BadInput, Problem
from app.network.record import record
from app.render.reason import SizeFormula
from app.render.size_words import distrust, lead, note, rounded, unread
from app.render.sizes import Known, RoundedDown, known_sizes, latex, rounded_down
from app.render.windows import Plane, SideDrawn, Span, plane, side, span
from app.web.asked import settings_of
from app.web.pages.read import scan
from app.web.pages.size_form import (
    OPS,
    SizeForm,
    address,
    api_address,
    form,
    of_known,
    query,
    square,
)
from app.web.parameters import SIZE_DOOR
from app.web.size import IN_TOTAL, NUMBERS, Sliding, same, sliding
from app.web.templates import page, to
from app.words import say

router = APIRouter()
KEYS = frozenset({*[each.name for each in SIZE_DOOR], IN_TOTAL})
HOME, PADDED, THREE, UP = "pool4", "conv1", "pool1", "pool3"
"""GoogLeNet's layers that the page shows: where the address says nothing, and as examples."""


@router.get("/size")
async def size(request: Request) -> HTMLResponse:
    """One size, its formula and its windows."""
    values, problems = scan(request.url.query, KEYS)
    asked, refused = nearest(values, settings_of(request).max_input_side)
    problems += refused
    shown = size_page(asked, values, tuple(problems))
    answer = page(request, "pages/size.html", shown, 422 if problems else 200, "#panel")
    if not problems:  # while a value is refused, the address of the last picture stays
        answer.headers["HX-Push-Url"] = to(address(asked))
    return answer


def nearest(values: Mapping[str, str], most: int) -> tuple[Sliding, list[Problem]]:
    """The window without the values that were refused, and what is wrong with those that came."""
    home = of_known(_of(HOME))
    if not values:
        return home, []
    own = dict(part.split("=") for part in query(home).split("&"))
    left = dict(values)
    problems: list[Problem] = []
    while True:
        try:
            return sliding(left, most), problems
        except BadInput as error:
            wrong = error.problems[0]
        if wrong.received == values.get(wrong.field, ""):
            problems.append(wrong)
        changed = {key: value for key, value in left.items() if key != wrong.field}
        if wrong.field in ("op", "input", "kernel"):
            changed[wrong.field] = own[wrong.field]
        if wrong.field == IN_TOTAL and "padding" not in left and left[IN_TOTAL] != "0":
            changed[IN_TOTAL] = "0"
        left = changed if changed != left else _fallback(own, left)


def _fallback(own: Mapping[str, str], left: Mapping[str, str]) -> dict[str, str]:
    """The numbers of a window that fits, with the choices of the form as they are."""
    kept = {key: value for key, value in left.items() if key in ("op", "rounding")}
    numbers = {key: value for key, value in own.items() if key in NUMBERS}
    return {**numbers, **kept, **({IN_TOTAL: "0"} if IN_TOTAL in left else {})}


@record
class KnownRow:
    """A layer of GoogLeNet, in the table and among the chips."""

    known: Known
    name: str
    short: str
    """Its name on a chip."""
    address: str
    current: bool


@record
class Convention:
    """A way to pad and to round, with what it gives."""

    name: str
    text: str
    """Its formula."""
    formula: SizeFormula
    first: Span
    last: Span
    address: str
    current: bool


@record
class Along:
    """One dimension of the output."""

    name: str
    """Empty where both are alike."""
    formula: SizeFormula
    latex: str


@record
class Example:
    """A pool of GoogLeNet, and the same with its rounding the other way."""

    name: str
    up: SizeFormula
    down: SizeFormula
    up_address: str
    down_address: str


@record
class SizePage:
    """Everything on the page."""

    asked: Sliding
    lead: str
    branch: str
    """Class of the colour."""
    title: str
    """Of the op."""
    form: SizeForm
    along: tuple[Along, ...]
    side: SideDrawn
    plane: Plane
    note: str
    """What becomes of the last window."""
    unread: str
    rows: tuple[KnownRow, ...]
    down: RoundedDown
    distrust: str
    """What the doubtful formula gives."""
    example: Example
    conventions: tuple[Convention, ...]
    address: str
    json: str
    problems: tuple[Problem, ...]
    """What was refused and has no field to be said beside."""
    refused: bool
    """Whether something else was refused too, so that the page shows another window."""


def size_page(asked: Sliding, values: Mapping[str, str], problems: tuple[Problem, ...]) -> SizePage:
    """The page of a window; `values` is what the visitor sent, `problems` what of it was refused."""
    # four digits do not show that 1023.5 is rounded
    high, wide = asked.formulas
    here, conv, alike = address(asked), asked.op == "conv", high == wide
    rows = tuple(
        KnownRow(each, say(each.name), say(each.short), there, there == here) for each, there in _known_addresses()
    )
    drawing, fields = side(high), form(asked, values, problems)
    shown = {"op", "rounding", *[field.key for field in fields.fields]}
    beside = [problem for problem in problems if problem.field in shown]
    return SizePage(
        asked=asked,
        lead=lead(high, wide, conv, next((row.name for row in rows if row.current), "")),
        branch={1: "one", 3: "three", 5: "five"}.get(high.kernel, "other") if conv else "pool",
        title=say(OPS[asked.op]),
        form=fields,
        along=tuple(
            Along("" if alike else name, each, latex(each))
            for name, each in ((say("height"), high), (say("width"), wide))[: 1 if alike else 2]
        ),
        side=drawing,
        plane=plane(high, wide),
        note=note(drawing, conv),
        unread=unread(drawing),
        rows=rows,
        down=rounded_down(),
        distrust=_distrust(asked, high),
        example=_example(),
        conventions=_conventions(here),
        address=here,
        json=api_address(asked),
        problems=tuple(problem for problem in problems if problem not in beside),
        refused=bool(beside),
    )


def _known_addresses() -> list[tuple[Known, str]]:
    return [(each, address(of_known(each))) for each in known_sizes()]


def _of(path: str) -> Known:
    return next(each for each in known_sizes() if each.path == path)


def _distrust(asked: Sliding, high: SizeFormula) -> str:
    """Said of the window that is shown, or of conv1 where that one is not padded alike on both sides."""
    if asked.in_total or not high.before:
        return distrust(_of(PADDED).formula, say("GoogLeNet’s conv1"))
    return distrust(high, say("this window"))


def _example() -> Example:
    known = _of(UP)
    up, down = rounded(known.formula, "ceil"), rounded(known.formula, "floor")
    there = of_known(known)
    return Example(
        say(known.name), up, down, address(replace(there, rounding="ceil")), address(replace(there, rounding="floor"))
    )


def _conventions(here: str) -> tuple[Convention, ...]:
    """Three ways that give the same size, from windows that do not all fall on the same rows."""
    f = _of(THREE).formula
    window = (f.n, f.kernel, f.stride)
    ways = (
        (say("Caffe, torchvision"), square("max_pool", window, 0, rounding="ceil"), ""),
        (say("d2l.ai, many courses"), square("max_pool", window, 1), ""),
        (say("TF-slim: SAME"), same("max_pool", *window), f"⌈{f.n}/{f.stride}⌉ = {-(-f.n // f.stride)}"),
    )
    found = []
    for name, asked, text in ways:
        each, there = asked.formulas[0], address(asked)
        found.append(
            Convention(name, text or each.text, each, span(each, 1), span(each, each.size), there, there == here)
        )
    return tuple(found)

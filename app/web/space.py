"""The design space's doors: a grid of variants, the widest within a budget, and where width is cheap."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.errors import BadInput, Problem
from app.network.analysis import Totals
from app.network.catalog import Network
from app.network.catalog import network as published
from app.network.fit import fit
from app.network.record import record
from app.network.sensitivity import Price, sensitivity
from app.network.space import Axis, Grid
from app.network.variant import COLUMN_KEYS, KEYS, MODULES, Value, Variant, check, variant
from app.render.sweep import Sweep, to_csv, to_json
from app.web import parameters
from app.web.address import STATE_KEYS, guard, parse_choices, parse_number, parse_word, read_query, state
from app.web.described import FromAddress, NetworkId, describe, limits_of, settings_of
from app.web.problems import ProblemDetails
from app.web.stream import Streams, long_answer
from app.web.vary import parse_axes
from app.words import phrase

PROBLEM = {"model": ProblemDetails}
SHORT, QUICK = 10_000, 200
"""Points and walks up to which an answer is made whole, with its own tag, compressed; beyond, it is a stream."""
BUDGETS = {each.name: each.name.removeprefix("max_") for each in parameters.FIT_DOOR if each.name.startswith("max_")}
"""The total that each budget limits."""
_ORDER = {key: at for at, key in enumerate(KEYS)}


space = APIRouter(
    prefix="/api/v1",
    tags=["design space"],
    responses={
        404: PROBLEM | {"description": "No such network."},
        422: PROBLEM | {"description": "A value that cannot be; `errors` names each."},
    },
)


@record
class Budget:
    """What there is of one quantity, and what is left of it."""

    budget: str
    """The parameter, as `max_params`."""
    allowed: int
    """Its value."""
    used: int
    """What the variant takes."""
    left: int
    """`allowed` − `used`."""
    binds: bool
    """Whether the next step up would break it."""


@record
class Widest:
    """The widest variant within the budgets."""

    width: float
    """The multiplier, a multiple of 1/1024."""
    state: str
    """The variant's canonical address, without a question mark."""
    totals: Totals
    """Sums over its layers."""
    budgets: tuple[Budget, ...]
    """Each that was given. None binds where the largest width of all fits."""


@record
class Sensitivity:
    """What one more channel costs, column by column."""

    network: str
    """Id of the published network."""
    state: str
    """The variant's canonical address, without a question mark."""
    rows: tuple[Price, ...]
    """A row for every column above 0 and below its limit, in the order of the modules and of Table 1."""


@space.get(
    "/networks/{id}/sweep",
    openapi_extra=parameters.openapi((*parameters.STATE, *parameters.SWEEP_DOOR)),
    response_class=Response,
    responses={
        200: {"model": Sweep, "content": {"application/json": {}, "text/csv": {"schema": {"type": "string"}}}},
        503: PROBLEM | {"description": "As many long sweeps as may are under way."},
    },
)
async def get_sweep(id: NetworkId, request: Request) -> Response:
    """A grid of variants: all combinations of the varied keys' values, with their totals; long ones as a stream.

    Points that are no variants are left out and counted in `skipped`, and in the 1,000,000 that there may be.
    """
    settings, limits, network = settings_of(request), limits_of(request), published(id)
    values, varied = _read_varied(request.url.query)
    as_csv = guard("format", values.pop("format", "json"), lambda text: parse_word(text, ("json", "csv"))) == "csv"
    choices = parse_choices(network, values, limits)
    axes = parse_axes(varied, choices, limits, settings.max_sweep_points)
    if not axes:
        describe(variant(network, choices), request.url.query)
    shared = _shared(network, choices, axes)
    grid = await run_in_threadpool(Grid, network, choices, axes)
    pieces = to_csv(grid) if as_csv else to_json(grid, shared)
    media_type = "text/csv; charset=utf-8; header=present" if as_csv else "application/json"
    if grid.points > SHORT or grid.walks > QUICK:
        return long_answer(request, pieces, media_type, settings.cache_seconds)
    streams = request.app.state.streams
    assert isinstance(streams, Streams)
    return Response(await streams.whole(pieces), media_type=media_type)


@space.get("/networks/{id}/fit", openapi_extra=parameters.openapi((*parameters.STATE, *parameters.FIT_DOOR)))
async def get_fit(id: NetworkId, request: Request) -> Widest:
    """The largest `width`, a multiple of 1/1024 from 0.25 to 4, whose totals are within all budgets: at least one.

    A `width` in the state is overlooked. Exact: the next step up breaks the budget that binds.
    """
    network, query = published(id), request.url.query
    values = read_query(query, STATE_KEYS.union(each.name for each in parameters.FIT_DOOR))
    own = {each.name: values.pop(each.name) for each in parameters.FIT_DOOR if each.name in values}
    choices = parse_choices(network, values, limits_of(request))
    budgets = {BUDGETS[name]: _budget(name, text) for name, text in own.items() if name in BUDGETS}
    if not budgets:
        raise BadInput(Problem("max_params", "", phrase("at least one of {names}", names=", ".join(BUDGETS))))
    multiple = guard("multiple", own.get("multiple", "1"), lambda text: parse_word(text, ("1", "8", "16")))
    free = own["free"].split(",") if "free" in own else ()
    found = await run_in_threadpool(fit, network, choices, budgets, free, int(multiple))
    described = describe(variant(network, found.choices), query)
    totals = described.analysis.totals
    used = {name: getattr(totals, name) for name in budgets}
    rows = tuple(
        Budget(f"max_{name}", most, used[name], most - used[name], name in found.binding)
        for name, most in budgets.items()
    )
    return Widest(float(found.width), described.state, totals, rows)


@space.get("/networks/{id}/sensitivity", openapi_extra=parameters.openapi(parameters.STATE))
async def get_sensitivity(described: FromAddress, request: Request) -> Sensitivity:
    """What one more channel costs: the exact differences to the variants with one column one wider."""
    rows = await run_in_threadpool(sensitivity, described.variant.spec, settings_of(request).max_width)
    return Sensitivity(described.network, described.state, rows)


def _budget(name: str, text: str) -> int:
    return guard(name, text, lambda text: parse_number(text, 0, 10**18))


def _read_varied(query: str) -> tuple[dict[str, str], list[str]]:
    """The values of all keys but `vary`, and those of `vary`, which alone may stand several times."""
    pairs = parse_qsl(query, keep_blank_values=True)
    varied = [value for key, value in pairs if key == "vary" and value]
    others = urlencode([pair for pair in pairs if pair[0] != "vary"])
    return read_query(others, STATE_KEYS.union(each.name for each in parameters.SWEEP_DOOR)), varied


def _shared(network: Network, choices: Mapping[str, Value], axes: Sequence[Axis]) -> str:
    """What all points of a grid share, as an address that gives the same grid.

    Canonical but for what depends on a varied key: widths that are those of the network at one multiplier are not at
    another, and a column cannot stand as its module beside another column of it that varies.
    """
    check(network, choices)
    varied = {axis.key for axis in axes}
    modules = {COLUMN_KEYS[key][0] for key in varied if key in COLUMN_KEYS}
    kept = {
        key: value
        for key, value in choices.items()
        if ("width" in varied and (key in MODULES or key in COLUMN_KEYS or key == "stem"))
        or (key in COLUMN_KEYS and COLUMN_KEYS[key][0] in modules)
    }
    rest = variant(network, {key: value for key, value in choices.items() if key not in kept}).choices
    together = {**kept, **rest}
    ordered = sorted(together, key=lambda key: (_ORDER[key.partition(".")[0]], key))
    return state(Variant(network, {key: together[key] for key in ordered}, network.spec, ()))

"""The design space's doors: a grid of variants, the widest within a budget, and where width is cheap."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.network.record import record
from app.network.sensitivity import Price, sensitivity
from app.network.space import Grid
from app.render.sweep import Sweep
from app.web import parameters
from app.web.asked import FromAddress, NetworkId, limits_of, settings_of
from app.web.fit import Widest, read_fit
from app.web.problems import PROBLEM
from app.web.sweep import read_sweep
from app.web.transport.stream import Streams, long_answer

MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
CONTENT: dict[str, Any] = {
    "application/json": {},
    "text/csv": {"schema": {"type": "string"}},
    MEDIA_TYPES["parquet"]: {},
    MEDIA_TYPES["arrow"]: {},
}
SHORT, QUICK = 10_000, 200
"""Points and walks up to which an answer is made whole, with its own tag, compressed; beyond, it is a stream."""


space = APIRouter(
    prefix="/api/v1",
    tags=["design space"],
    responses={
        404: PROBLEM | {"description": "No such network."},
        422: PROBLEM | {"description": "A value that cannot be; `errors` names each."},
    },
)


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
        200: {"model": Sweep, "content": CONTENT},
        503: PROBLEM | {"description": "As many long sweeps as may are under way, or pyarrow is not installed."},
    },
)
async def get_sweep(id: NetworkId, request: Request) -> Response:
    """A grid of variants: all combinations of the varied keys' values, with their totals; long ones as a stream.

    Points that are no variants are left out and counted in `skipped`, and in the 1,000,000 that there may be.
    """
    most = settings_of(request).max_sweep_points
    asked = await run_in_threadpool(read_sweep, id, request.url.query, limits_of(request), most)
    pieces = await run_in_threadpool(asked.pieces)  # pyarrow may have to be imported first
    return await sweep_answer(request, asked.grid, pieces, asked.format)


async def sweep_answer(request: Request, grid: Grid, pieces: Iterator[bytes], format: str) -> Response:
    """A grid in one piece where it is short, and else as a stream."""
    if grid.points > SHORT or grid.walks > QUICK:
        return long_answer(request, pieces, MEDIA_TYPES[format], settings_of(request).cache_seconds)
    streams = request.app.state.streams
    assert isinstance(streams, Streams)
    return Response(await streams.whole(pieces), media_type=MEDIA_TYPES[format])


@space.get("/networks/{id}/fit", openapi_extra=parameters.openapi((*parameters.STATE, *parameters.FIT_DOOR)))
async def get_fit(id: NetworkId, request: Request) -> Widest:
    """The largest `width`, a multiple of 1/1024 from 0.25 to 4, whose totals are within all budgets: at least one.

    A `width` in the state is overlooked. Exact: the next step up breaks the budget that binds.
    """
    return await run_in_threadpool(read_fit, id, request.url.query, limits_of(request))


@space.get("/networks/{id}/sensitivity", openapi_extra=parameters.openapi(parameters.STATE))
async def get_sensitivity(described: FromAddress, request: Request) -> Sensitivity:
    """What one more channel costs: the exact differences to the variants with one column one wider."""
    rows = await run_in_threadpool(sensitivity, described.variant.spec, settings_of(request).max_width)
    return Sensitivity(described.network, described.state, rows)

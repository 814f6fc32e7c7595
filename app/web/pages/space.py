"""The design space: a cloud of variants, those that no other beats, what fits into a budget, and what width costs."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import RedirectResponse, Response

from app.errors import BadInput, NotFound
from app.network.cloud import finished, nearest
from app.render.figures.space import space as drawn
from app.render.sweep import to_csv
from app.web.address import guard
from app.web.asked import settings_of
from app.web.clouds import clouds_of, counted, is_long, progress
from app.web.pages.space_page import picture, space_page
from app.web.pages.space_read import FIELD, Asked, address, read, spot
from app.web.space import sweep_answer
from app.web.templates import page, to
from app.web.transport.stream import Stream, Streams
from app.words import phrase

router = APIRouter()


@router.get("/space")
async def show(request: Request) -> Response:
    """The design space around a variant; with `at` the explorer of the variant that lies nearest there."""
    asked, typed = read(request)
    if "at" in typed.values:
        return RedirectResponse(to(await _nearest(request, asked, typed.values["at"])), 303)
    if not typed.problems and FIELD in request.url.query:  # from a form without a script
        return RedirectResponse(to(address(asked)), 303)
    plan = asked.plan
    known = clouds_of(request).known(plan)
    if not known and (not is_long(plan.grid()) or typed.values.get("counted") == "now"):
        known = await counted(request, plan)
    context = space_page(asked, typed, known, settings_of(request).max_width)
    answer = page(request, "pages/space.html", context, 422 if typed.problems else 200, "#panel")
    if context.waiting:  # the same address says more once it is counted
        answer.headers["Cache-Control"] = "no-store"
    if not typed.problems:
        answer.headers["HX-Push-Url"] = to(context.address)
    return answer


@router.get("/space/figure")
async def figure(request: Request) -> JSONResponse:
    """The picture of a space, as Plotly reads it."""
    asked = _strictly(request)
    cloud = await counted(request, asked.plan)
    if not cloud.survey.possible:
        raise NotFound(phrase("figure"), "space", phrase("none"))
    found = drawn(picture(asked, cloud))
    return JSONResponse({"data": found.data, "layout": found.layout})


@router.get("/space.csv")
async def csv(request: Request) -> Response:
    """The variants that are selected; without a selection those within the budgets."""
    asked = _strictly(request)
    bounds = asked.box or {name: (0, most) for name, most in asked.budgets.items()}
    grid = asked.plan.grid(bounds)
    return await sweep_answer(request, grid, to_csv(grid), "csv")


@router.get("/space/progress")
async def tell(request: Request) -> Response:
    """How far the counting of a space is, as server-sent events; who leaves stops it."""
    streams = request.app.state.streams
    assert isinstance(streams, Streams)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Stream(streams, progress(clouds_of(request), _strictly(request).plan), "text/event-stream", headers)


async def _nearest(request: Request, asked: Asked, at: str) -> str:
    """The address of the variant that lies nearest to a place in the picture."""
    place, plan = guard("at", at, spot), asked.plan
    cloud = await counted(request, plan)
    streams = request.app.state.streams
    assert isinstance(streams, Streams)
    found = await streams.run(lambda: finished(nearest(plan.grid(), plan.view, cloud.survey.ranges, place)))
    if found is None:
        raise NotFound(phrase("variant"), at, phrase("none"))
    values = []
    for axis in reversed(asked.axes):
        found, index = divmod(found, axis.length)
        values.append(axis.text(index))
    return asked.point(values[::-1])


def _strictly(request: Request) -> Asked:
    """Raises BadInput where anything is wrong with the address."""
    asked, typed = read(request)
    if typed.problems:
        raise BadInput(*typed.problems)
    return asked

"""Doors at the root: whether the server lives, and the API's own page."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse, JSONResponse

from app.errors import Unavailable
from app.network.record import record
from app.web.openapi import description
from app.web.problems import PROBLEM
from app.web.templates import page
from app.web.transport.metrics import CONTENT_TYPE
from app.words import phrase

root = APIRouter()


@record
class Health:
    """Alive."""

    status: str
    """`ok`."""


@root.get("/healthz", tags=["server"])
async def health(response: Response) -> Health:
    """Whether the server answers; does no work."""
    response.headers["Cache-Control"] = "no-store"
    return Health("ok")


@root.get("/readyz", tags=["server"], responses={503: PROBLEM | {"description": "The server is stopping."}})
async def ready(request: Request, response: Response) -> Health:
    """Whether more requests should be sent here."""
    if not request.app.state.ready:
        raise Unavailable(phrase("the server is stopping"))
    response.headers["Cache-Control"] = "no-store"
    return Health("ok")


@root.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """What the server counts of itself, for Prometheus; a proxy should not pass it on."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


@root.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> Response:
    document: dict[str, Any] = description(request.app)
    return JSONResponse(document)


@root.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """Swagger UI, its files served from here."""
    return page(request, "pages/docs.html")

"""Doors at the root: whether the server lives, and the API's own page."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse, JSONResponse

from app.network.record import record
from app.web.openapi import description
from app.web.templates import page

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


@root.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> Response:
    document: dict[str, Any] = description(request.app)
    return JSONResponse(document)


@root.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """Swagger UI, its files served from here."""
    return page(request, "pages/docs.html")

"""A layer on a page of its own: why its numbers are what they are."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.errors import NotFound
from app.network.record import record
from app.render.headline import headline
from app.render.reason import Reason, reason
from app.render.rows import Row
from app.web.asked import FromAddress
from app.web.templates import page
from app.words import phrase

router = APIRouter()


@record
class LayerPage:
    """Everything on the page."""

    network: str
    query: str
    """`?state`, or nothing."""
    title: str
    row: Row
    why: Reason
    readers: tuple[str, ...]
    """Paths of the layers that it feeds."""


@router.get("/networks/{id}/layers/{path}")
async def layer(request: Request, described: FromAddress, path: str) -> HTMLResponse:
    """The reason of every number of a layer."""
    found = next((layer for layer in described.analysis.layers if layer.node.path == path), None)
    rows = described.report.layers
    if found is None:
        raise NotFound(phrase("layer"), path, ", ".join(row.path for row in rows))
    row = next(row for row in rows if row.path == path)
    readers = tuple(each.path for each in rows if path in each.inputs)
    query = f"?{described.state}" if described.state else ""
    context = LayerPage(described.network, query, headline(described.variant), row, reason(found), readers)
    return page(request, "pages/layer.html", context)

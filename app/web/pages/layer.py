"""A layer on a page of its own: why its numbers are what they are."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.errors import BadInput, NotFound
from app.network.record import record
from app.render.counting import counting
from app.render.headline import headline
from app.render.reason import Reason, reason
from app.render.rows import Row
from app.web.asked import NetworkId, limits_of
from app.web.described import read_described
from app.web.pages.view import View, view
from app.web.templates import page
from app.words import phrase

router = APIRouter()


@record
class LayerPage:
    """Everything on the page."""

    network: str
    query: str
    """`?state`, or nothing."""
    view: View
    title: str
    row: Row
    why: Reason
    readers: tuple[str, ...]
    """Paths of the layers that it feeds."""

    def beside(self, path: str) -> str:
        """Address of another layer, counted alike."""
        return self.view.of(f"/networks/{self.network}/layers/{path}{self.query}")

    @property
    def explorer(self) -> str:
        """Address of the explorer that has this row, counted alike."""
        return self.view.of(f"/networks/{self.network}{self.query}") + f"#{self.row.path}"


@router.get("/networks/{id}/layers/{path}")
async def layer(request: Request, id: NetworkId, path: str) -> HTMLResponse:
    """The reason of every number of a layer; with `count`, what that tool counts of it too."""
    described, own = read_described(id, request.url.query, limits_of(request), {"count"})
    shown, problems = view(own)
    if problems:
        raise BadInput(*problems)
    found = next((layer for layer in described.analysis.layers if layer.node.path == path), None)
    rows = described.report.layers
    if found is None:
        raise NotFound(phrase("layer"), path, ", ".join(row.path for row in rows))
    row = next(row for row in rows if row.path == path)
    readers = tuple(each.path for each in rows if path in each.inputs)
    query = f"?{described.state}" if described.state else ""
    why = reason(found, counting(shown.count, described.variant.spec))
    context = LayerPage(described.network, query, shown, headline(described.variant), row, why, readers)
    return page(request, "pages/layer.html", context)

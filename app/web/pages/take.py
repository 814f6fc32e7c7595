"""What a visitor takes home as a page or a picture: the printed code, the map as a file."""

from fastapi import APIRouter, Request
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from starlette.responses import HTMLResponse, Response

from app.network.record import record
from app.render.headline import headline
from app.render.marks import NetworkMap
from app.render.network_map import network_map
from app.render.pytorch import to_pytorch
from app.web.asked import FromAddress
from app.web.templates import ENVIRONMENT, page

router = APIRouter()


@record
class CodePage:
    """Everything on the page."""

    network: str
    query: str
    """`?state`, or nothing."""
    title: str
    code: str
    """The printed module, as HTML with a class for each kind of word."""


@record
class Picture:
    """The map on its own."""

    map: NetworkMap
    title: str
    changes: int


@router.get("/networks/{id}/code")
async def code(request: Request, described: FromAddress) -> HTMLResponse:
    """The PyTorch code of a variant, highlighted."""
    text = to_pytorch(described.variant.spec, described.analysis, described.address)
    html = highlight(text, PythonLexer(), HtmlFormatter(nowrap=True))
    query = f"?{described.state}" if described.state else ""
    return page(request, "pages/code.html", CodePage(described.network, query, headline(described.variant), html))


@router.get("/networks/{id}/map.svg")
async def map_svg(described: FromAddress) -> Response:
    """The map of the network as a picture of its own."""
    drawn = network_map(described.variant.spec, described.analysis)
    picture = Picture(drawn, headline(described.variant), 0)
    return Response(ENVIRONMENT.get_template("pages/map.svg").render(it=picture, map=drawn), media_type="image/svg+xml")

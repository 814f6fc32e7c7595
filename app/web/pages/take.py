"""What a visitor takes home as a page or a picture: the printed code, the map as a file."""

from fastapi import APIRouter, Request
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from starlette.responses import HTMLResponse, Response

from app.network.record import record
from app.render.headline import headline
from app.render.marks import NetworkMap
from app.render.module_drawing import Drawing, drawing
from app.render.module_text import side_titles, title
from app.render.network_map import network_map
from app.render.pytorch import to_pytorch
from app.web.address import Limits
from app.web.asked import FromAddress, settings_of
from app.web.described import module_of, read_free_module
from app.web.templates import ENVIRONMENT, page
from app.words import say

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


@record
class ModulePicture:
    """The drawing of a module on its own."""

    title: str
    subtitle: str
    drawing: Drawing


@router.get("/networks/{id}/map.svg")
async def map_svg(described: FromAddress) -> Response:
    """The map of the network as a picture of its own."""
    drawn = network_map(described.variant.spec, described.analysis)
    return _svg("map.svg", it=Picture(drawn, headline(described.variant), 0), map=drawn)


@router.get("/networks/{id}/modules/{module}/drawing.svg")
async def drawing_svg(described: FromAddress, module: str) -> Response:
    """The drawing of a module, with its twin, as a picture of its own."""
    shown = module_of(described, module)
    where = say("Module {module} of {network}", module=module, network=headline(described.variant))
    titles = side_titles(shown, module in described.variant.choices)
    return _svg("module.svg", it=ModulePicture(title(shown), where, drawing(shown, titles)))


@router.get("/module.svg")
async def free_module_svg(request: Request) -> Response:
    """The same of a module that stands in no network."""
    shown = read_free_module(request.url.query, Limits.of_module(settings_of(request)))
    return _svg("module.svg", it=ModulePicture(title(shown), "", drawing(shown, side_titles(shown, True))))


def _svg(name: str, **shown: object) -> Response:
    return Response(ENVIRONMENT.get_template(f"pages/{name}").render(**shown), media_type="image/svg+xml")

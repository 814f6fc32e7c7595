"""The JSON API's doors: routes return data; what they share stands in `http`, `described` and `parameters`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from app.errors import NotFound
from app.lab.verify import Verification
from app.network.analysis import Totals, analyse
from app.network.catalog import NETWORKS
from app.network.conventions import ToolCounts, counts
from app.network.record import record
from app.network.spec import Spec
from app.render.compare import Comparison
from app.render.csv import to_csv
from app.render.figures import figure, names
from app.render.figures.theme import Figure
from app.render.html import to_html
from app.render.latex import to_latex
from app.render.markdown import to_markdown
from app.render.modules import Detail
from app.render.pytorch import to_pytorch
from app.render.report import Report
from app.render.rows import rows
from app.render.table1 import Table1, table1
from app.web import parameters
from app.web.address import Limits, parse_spec, read_query
from app.web.asked import FromAddress, NetworkId, limits_of, no_parameters, settings_of
from app.web.body import read_body
from app.web.described import Described, describe, module_of, read_comparison, read_free_module
from app.web.jobs import verified
from app.web.onnx import onnx_file
from app.web.problems import PROBLEM
from app.web.size import Size, size
from app.words import phrase

_STATE = parameters.openapi(parameters.STATE)
_ONNX = parameters.openapi((*parameters.STATE, parameters.WEIGHTS))
ModuleName = Annotated[str, Path(description="A module of the variant.", examples=["3a"])]
FigureName = Annotated[str, Path(description="A name from the list of figures.", examples=["macs"])]


def _text(media_type: str) -> dict[str, Any]:
    """A route whose answer is text of that type."""
    content = {media_type: {"schema": {"type": "string"}}}
    return {"response_class": Response, "responses": {200: {"content": content, "description": "The text."}}}


_BYTES: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {"application/octet-stream": {}}, "description": "The file."}},
}
"""A route whose answer is no text."""


api = APIRouter(
    prefix="/api/v1",
    responses={
        404: PROBLEM | {"description": "No such network, module or figure."},
        422: PROBLEM | {"description": "A value that cannot be; `errors` names each."},
    },
)


@record
class Listed:
    """A published network."""

    id: str
    """As addresses name it."""
    title: str
    """For people."""
    summary: str
    """What it is, in a sentence or two."""
    totals: Totals
    """As published, without any choice."""


@record
class Networks:
    """All published networks."""

    networks: tuple[Listed, ...]
    """In the order they are shown."""


@record
class FigureNames:
    """The figures that there are of a variant."""

    figures: tuple[str, ...]
    """Names, as `/figures/{name}` takes them."""


@api.get("/networks", tags=["networks"], dependencies=[Depends(no_parameters)])
async def list_networks() -> Networks:
    """The published networks, each with its totals."""
    return Networks(
        tuple(Listed(net.id, net.title, net.summary, analyse(net.spec).totals) for net in NETWORKS.values())
    )


@api.get("/networks/{id}", tags=["networks"], openapi_extra=_STATE)
async def get_analysis(described: FromAddress) -> Report:
    """Every layer of a variant: shapes, parameters, multiply-adds, receptive field, and the formula behind each."""
    return described.report


@api.get("/networks/{id}/layers.csv", tags=["tables"], openapi_extra=_STATE, **_text("text/csv"))
async def get_csv(described: FromAddress) -> Response:
    """The layers as CSV (RFC 4180), a column for each field."""
    return _download(
        to_csv(rows(described.analysis)), "text/csv; charset=utf-8; header=present", described.network, "csv"
    )


@api.get("/networks/{id}/layers.md", tags=["tables"], openapi_extra=_STATE, **_text("text/markdown"))
async def get_markdown(described: FromAddress) -> Response:
    """The layers as a Markdown table."""
    return _download(to_markdown(described.report), "text/markdown; charset=utf-8", described.network, "md")


@api.get("/networks/{id}/layers.tex", tags=["tables"], openapi_extra=_STATE, **_text("application/x-tex"))
async def get_latex(described: FromAddress) -> Response:
    """The layers as a LaTeX table (booktabs, longtable)."""
    return _download(to_latex(described.report), "application/x-tex; charset=utf-8", described.network, "tex")


@api.get("/networks/{id}/model.py", tags=["code"], openapi_extra=_STATE, **_text("text/x-python"))
async def get_model(described: FromAddress) -> Response:
    """Runnable PyTorch code that imports only torch; its class `GoogLeNet` needs no arguments."""
    text = to_pytorch(described.variant.spec, described.analysis, described.address)
    return _download(text, "text/x-python; charset=utf-8", described.network, "py")


@api.get("/networks/{id}/model.onnx", tags=["code"], openapi_extra=_ONNX, **_BYTES)
async def get_onnx(id: NetworkId, request: Request) -> Response:
    """An ONNX model: its nodes and tensors have the paths of the layers, the first axis of every shape is the batch.

    It gives the logits, their softmax, and the logits of the auxiliary heads where the variant has them. Without
    `weights` its weights are zeros that take no room.
    """
    return await onnx_file(request, id)


@api.get("/networks/{id}/spec.json", tags=["code"], openapi_extra=_STATE)
async def get_spec(described: FromAddress) -> Spec:
    """The description itself, as `POST /analysis` takes it."""
    return described.variant.spec


@api.get("/networks/{id}/modules/{module}", tags=["modules"], openapi_extra=_STATE)
async def get_module(described: FromAddress, module: ModuleName) -> Detail:
    """One module: its branches, layers and totals, with its naive or reduced twin."""
    return module_of(described, module)


@api.get("/module", tags=["modules"], openapi_extra=parameters.openapi(parameters.MODULE_DOOR))
async def get_free_module(request: Request) -> Detail:
    """The same for a module that stands in no network."""
    return read_free_module(request.url.query, Limits.of_module(settings_of(request)))


@api.get("/size", tags=["modules"], openapi_extra=parameters.openapi(parameters.SIZE_DOOR))
async def get_size(request: Request) -> Size:
    """One output size by the formula ⌊(w − f + 2p)/s⌋ + 1, in elements."""
    values = read_query(request.url.query, {each.name for each in parameters.SIZE_DOOR})
    return size(values, settings_of(request).max_input_side)


@api.get("/compare", tags=["networks"], openapi_extra=parameters.openapi(parameters.COMPARE_DOOR))
async def get_comparison(request: Request) -> Comparison:
    """Two variants: rows matched by path, every difference right − left."""
    return read_comparison(request.url.query, limits_of(request))


@api.get("/networks/{id}/table1", tags=["tables"], openapi_extra=_STATE)
async def get_table1(described: FromAddress) -> Table1:
    """The paper's Table 1 for a variant, printed cells beside counted ones."""
    return table1(described.variant.spec, described.analysis)


@api.get("/networks/{id}/counts", tags=["tables"], openapi_extra=_STATE)
async def get_counts(described: FromAddress) -> ToolCounts:
    """What other tools report for a variant in eval mode, to the digit, each as a sum of named terms.

    Each is taken to be given the printed `model.py`; torchvision's own class where that builds the same network.
    """
    return counts(described.variant.spec, described.analysis)


@api.get(
    "/networks/{id}/verify",
    tags=["lab"],
    openapi_extra=_STATE,
    responses={503: PROBLEM | {"description": "torch is not installed, or the run could not be finished."}},
)
async def get_verification(described: FromAddress, request: Request, response: Response) -> Verification:
    """The real torch module, built from the printed code and run, against the analysis."""
    response.headers["Cache-Control"] = "no-store"
    return await verified(request, described)


@api.get("/networks/{id}/figures", tags=["figures"], openapi_extra=_STATE)
async def list_figures(described: FromAddress) -> FigureNames:
    """The names of a variant's figures."""
    return FigureNames(names(described.variant))


@api.get(
    "/networks/{id}/figures/{name}.html",
    tags=["figures"],
    openapi_extra=_STATE,
    **_text("text/html"),
)
def get_figure_page(described: FromAddress, name: FigureName) -> Response:
    """A figure as a self-contained page to take home (about 5 MB)."""
    page = to_html(_figure(described, name), f"{described.address}: {name}")
    return _download(page, "text/html; charset=utf-8", f"{described.network}-{name}", "html")


@api.get("/networks/{id}/figures/{name}", tags=["figures"], openapi_extra=_STATE)
async def get_figure(described: FromAddress, name: FigureName) -> Figure:
    """A figure as Plotly JSON."""
    return _figure(described, name)


@api.post(
    "/analysis",
    tags=["networks"],
    dependencies=[Depends(no_parameters)],
    responses={
        413: PROBLEM | {"description": "A body over 1,000,000 bytes."},
        415: PROBLEM | {"description": "A body that is not JSON by its content type."},
        503: PROBLEM | {"description": "As many large bodies as may are on their way."},
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Spec"}}},
        }
    },
)
async def post_analysis(request: Request) -> Report:
    """The analysis of a description, as `/spec.json` gives it."""
    chosen = parse_spec(await read_body(request, Spec), limits_of(request))
    return describe(chosen, "body").report


def _figure(described: Described, name: str) -> Figure:
    found = figure(described.variant, described.analysis, name)
    if found is None:
        raise NotFound(phrase("figure"), name, ", ".join(names(described.variant)))
    return found


def _download(content: str, media_type: str, name: str, ending: str) -> Response:
    """A file: shown by name where it is saved."""
    disposition = "attachment" if ending == "html" else "inline"
    headers = {"Content-Disposition": f'{disposition}; filename="{name}.{ending}"'}
    return Response(content, media_type=media_type, headers=headers)

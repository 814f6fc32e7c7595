"""Pages from templates: undefined names fail, everything is escaped."""

from pathlib import Path

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from app.network.record import record
from app.render import cells

ROOT = Path(__file__).parents[2]
"""Folder of the whole project: templates and static files stand beside the package."""

ENVIRONMENT = Environment(
    loader=FileSystemLoader(ROOT / "templates"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters |= {
    "short": cells.short,
    "signed": cells.signed,
    "times": cells.times,
    "window": cells.window,
    "commas": "{:,}".format,
    "percent": cells.percent,
    "seen": cells.one_or_two,
}


@record
class Nothing:
    """The context of a page that shows no data."""


def page(request: Request, name: str, context: object = Nothing(), status: int = 200) -> HTMLResponse:
    """The template of that name; `it` is its context, a dataclass."""
    text = ENVIRONMENT.get_template(name).render(it=context, path=request.url.path)
    return HTMLResponse(text, status)

"""Pages from templates: undefined names fail, everything is escaped."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from app.network.record import record
from app.render import cells
from app.web.address import HOME
from app.web.transport.files import digest
from app.words import LANGUAGES, Language, gap, language, phrase, say, say_many, sentences

ROOT = Path(__file__).parents[2]
"""Folder of the whole project: templates and static files stand beside the package."""
STATIC = digest(ROOT / "static")
"""The version of the static files that pages ask for."""

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
    "signed_short": cells.signed_short,
    "times": cells.times,
    "window": cells.window,
    "commas": "{:,}".format,
    "percent": cells.percent,
    "seen": cells.one_or_two,
}


def to(path: str) -> str:
    """The address of a page in the language of the request."""
    return in_language(language.get(), path)


PAGES = {
    "/": phrase("Explore"), "/compare": phrase("Compare"), "/space": phrase("Space"), "/size": phrase("Size"),
    "/lab": phrase("Lab"), "/learn": phrase("Learn"), "/docs": phrase("API"),
}  # fmt: skip
"""Those of the navigation, by their addresses."""


def pages(here: str, variant: str) -> list[tuple[str, str, bool]]:
    """Address and name of each page of the navigation, and whether it is this one or above it.

    Args:
        here: path of this page.
        variant: the one that is on this page, as `id?state`: pages that show one then show it. Empty where none is.
    """
    network, _, state = variant.partition("?")
    sides = {"left": network if state else HOME, "right": variant}
    own = {
        "/": f"/networks/{variant}",
        "/compare": "/compare" if here == "/compare" else f"/compare?{urlencode(sides, safe=',:')}",
        **{page: f"{page}?network={variant.replace('?', '&')}" for page in ("/space", "/lab")},
    }
    return [
        (
            own.get(address, address) if variant not in ("", HOME) else address,
            say(name),
            here == address or here.startswith("/networks/" if address == "/" else f"{address}/"),
        )
        for address, name in PAGES.items()
    ]


def once(shown: object, how: str, caller: Callable[[], str]) -> str:
    """A block about something shown, printed again only where that is another than last time."""
    key = f"{how} {language.get()}"
    last = _PRINTED.get(key)
    if last and (last[0] is shown or last[0] == shown):
        return last[1]
    text = caller()
    _PRINTED[key] = (shown, text)
    return text


_PRINTED: dict[str, tuple[object, str]] = {}
"""By kind of block and language: as many as there are kinds; most of a changed network is that of the one before."""


def others(path: str) -> list[tuple[str, str, str]]:
    """Code, own name and address of the same page in each other language."""
    return [(code, name, in_language(code, path)) for code, name in LANGUAGES.items() if code != language.get()]


def in_language(code: Language, path: str) -> str:
    return path if code == "en" else f"/{code}{path}"


ENVIRONMENT.globals |= {
    "static": f"/static/{STATIC}",
    "_": say,
    "many": say_many,
    "to": to,
    "language": language.get,
    "others": others,
    "once": once,
    "gap": gap,
    "pages": pages,
    "sentences": sentences,
}


@record
class Nothing:
    """The context of a page that shows no data."""


def page(request: Request, name: str, context: object = Nothing(), status: int = 200, part: str = "") -> HTMLResponse:
    """The template of that name; `it` is its context, a dataclass.

    Args:
        request: that is answered.
        name: of the template.
        context: what it shows.
        status: of the answer.
        part: selector of the part that says what was refused, where the status says that something was. A script
            that asks is given that part as a good answer, since a browser writes every other one to its console.
    """
    url = request.url
    path, query = f"/{url.path.lstrip('/')}", url.query  # with two slashes a link to it would leave for another site
    address = getattr(context, "address", f"{path}?{query}" if query else path)
    origin = f"{url.scheme}://{url.netloc}"  # search engines want a whole address
    text = ENVIRONMENT.get_template(name).render(it=context, path=path, address=address, origin=origin)
    if status == 200 or not part or "hx-request" not in request.headers:
        return HTMLResponse(text, status)
    taken = {"HX-Retarget": part, "HX-Reselect": part, "HX-Reswap": "outerMorph", "Cache-Control": "no-store"}
    return HTMLResponse(text, headers=taken)

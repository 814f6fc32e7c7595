"""Domain errors as HTTP: one status each, problem+json (RFC 9457) for programs, a page for people."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from http import HTTPStatus

from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.errors import BadInput, Busy, ExplorerError, NotFound, Problem, Unavailable, clip
from app.network.record import record
from app.web.templates import page
from app.words import phrase, say

MEDIA_TYPE = "application/problem+json"
_MOST = 8192
"""Characters of a value that comes back: as many as an address has room for, and not all of a body."""
TITLES = {
    400: phrase("Bad Request"),
    403: phrase("Forbidden"),
    404: phrase("Not Found"),
    405: phrase("Method Not Allowed"),
    408: phrase("Request Timeout"),
    413: phrase("Request Entity Too Large"),
    414: phrase("Request-URI Too Long"),
    415: phrase("Unsupported Media Type"),
    422: phrase("Unprocessable Entity"),
    429: phrase("Too Many Requests"),
    500: phrase("Internal Server Error"),
    503: phrase("Service Unavailable"),
}
"""Statuses in words (RFC 9110, §15)."""


@record
class ProblemDetails:
    """An error (RFC 9457)."""

    type: str
    """`about:blank`: the status says it all."""
    title: str
    """The status in words."""
    status: int
    """The HTTP status."""
    detail: str
    """What is wrong, as a sentence."""
    errors: list[Problem]
    """Each thing that is wrong: its field, what came, what is allowed."""


PROBLEM = {"model": ProblemDetails}
"""An error, in the description of a route."""


def problem(
    status: int,
    detail: str,
    errors: Iterable[Problem] = (),
    headers: dict[str, str] | None = None,
    request: Request | None = None,
) -> Response:
    """An error as an answer that no cache keeps, in the visitor's language; where a browser asks for a page, a page."""
    said = [Problem(clip(each.field), clip(each.received, _MOST), say(each.allowed)) for each in errors]
    details = ProblemDetails(
        "about:blank", say(TITLES.get(status, HTTPStatus(status).phrase)), status, say(detail), said
    )
    kept = {"Cache-Control": "no-store", "Vary": "Accept"} | (headers or {})
    if request and not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", ""):
        answer = page(request, "pages/problem.html", details, status)
        answer.headers.update(kept)
        return answer
    content = json.dumps(asdict(details), ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(content, status, kept, MEDIA_TYPE)


def status_of(error: ExplorerError) -> tuple[int, list[Problem], dict[str, str]]:
    """Status, problems and headers of a domain error."""
    match error:
        case BadInput():
            return 422, list(error.problems), {}
        case NotFound():
            return 404, [error.problem], {}
        case Busy():
            return 429, [], {"Retry-After": str(error.retry_after)}
        case Unavailable():
            return 503, [], {"Retry-After": str(error.retry_after)}
        case _:
            return 500, [], {}


async def answer_error(request: Request, error: Exception) -> Response:
    """A domain error."""
    assert isinstance(error, ExplorerError)
    status, errors, headers = status_of(error)
    return problem(status, "; ".join(map(say, error.sentences)), errors, headers, request)


async def answer_http(request: Request, error: Exception) -> Response:
    """What the framework refuses: no such address, method or media type, a body too large."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = allowed = _methods(request) or headers.get("Allow", "")
        detail = say("{method} is not allowed here; {allowed} is", method=request.method, allowed=allowed)
    elif error.status_code == HTTPStatus.NOT_FOUND:
        detail = say("there is nothing at {path}", path=request.url.path)
    else:
        detail = str(error.detail)
    return problem(error.status_code, detail, headers=headers, request=request)


def _methods(request: Request) -> str:
    """What the address takes: a route each, of which the framework names the first one's only."""
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.methods and route.path_regex.match(request.scope["path"]):
            found |= route.methods
    return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set())))

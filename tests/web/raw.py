"""Requests byte for byte, as no well-behaved client sends them, and what every answer to one is held to."""

import asyncio
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from httpx2 import Request, Response
from starlette.types import ASGIApp, Message, Scope

from tests.web.doors import check_problem, check_security
from tests.web.markup import parse

REFUSALS = (400, 403, 404, 405, 413, 414, 415, 422, 429, 503)


def ask(
    app: ASGIApp,
    method: str,
    address: str | bytes,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
) -> Response:
    """Gives the application an address and headers as they are, and its answer, still encoded.

    An error that nothing turns into an answer is raised.
    """
    raw = address.encode() if isinstance(address, str) else address
    sent: list[Message] = []
    incoming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if incoming:
            return incoming.pop()
        await asyncio.Event().wait()  # the visitor stays, and has nothing more to send
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    async def run() -> None:
        await app(_scope(method, raw, headers), receive, send)

    asyncio.run(run())
    start, *parts = sent
    content = b"".join(part.get("body", b"") for part in parts)
    carried = [(name, value) for name, value in start["headers"] if name != b"content-encoding"]
    return Response(start["status"], headers=carried, content=content, request=Request(method, "http://127.0.0.1/"))


def _scope(method: str, address: bytes, headers: Iterable[tuple[str, str]]) -> Scope:
    path, _, query = address.partition(b"?")
    return {
        "type": "http",
        "method": method,
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "headers": [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 50000),
        "scheme": "http",
        "extensions": {},
        "state": {},
    }


def check(answer: Response, asked: object) -> None:
    """No crash, nothing of the client's among the headers, and every refusal as the contract words it."""
    assert answer.status_code < 500 or answer.status_code == 503, asked
    check_security(answer)
    _check_headers(answer.headers, asked)
    if answer.status_code in (429, 503):
        assert int(answer.headers["retry-after"]) > 0, asked
    media = answer.headers.get("content-type", "")
    if answer.status_code >= 400 and "text/html" not in media and answer.content:
        assert answer.status_code in REFUSALS, asked
        check_problem(answer, answer.status_code)
    if "content-encoding" not in answer.headers and media.startswith("text/html") and answer.content.startswith(b"<!"):
        check_markup(answer.content.decode(), asked)


def _check_headers(headers: Mapping[str, str], asked: object) -> None:
    for name, value in headers.items():
        assert name.lower() != "x-evil", asked
        assert not {"\r", "\n", "\0"} & set(value), asked


def check_markup(page: str, asked: object) -> None:
    """A page is as its templates have it: well formed, and without any element or attribute that came from outside."""
    for element in parse(page).all():
        assert element.name != "evil-x", asked
        assert not any(name.startswith("on") for name in element.attributes), asked
        assert element.name != "script" or "src" in element.attributes, asked
        for name in ("href", "src", "action", "formaction"):
            assert not element.attributes.get(name, "").lower().startswith(("javascript:", "data:text", "//")), asked

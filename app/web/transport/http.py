"""What every answer shares: security headers, ETag, compression, HEAD, CORS, limits on the address. Pure ASGI."""

import asyncio
import logging
import re
from collections.abc import Hashable
from contextlib import nullcontext
from functools import partial
from secrets import token_hex
from time import perf_counter
from typing import cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.problems import problem
from app.web.transport.answers import Answer, Answers, Asked, page_control, tag_of
from app.web.transport.encoding import wish
from app.web.transport.log import requests
from app.web.transport.metrics import Metrics
from app.web.transport.sending import PIECE, Sending, in_pieces
from app.web.transport.turns import Turns
from app.words import PREFIX, Language, language, phrase

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_API = "/api/"
_NO_WORK = ("/healthz", "/readyz")
"""Answered at once, whatever else there is to do."""
_NOT_HELD = nullcontext()
_ID, _GOOD_ID = b"x-request-id", re.compile(r"[\w.-]{1,64}", re.ASCII)


class Http:
    """Wraps the application; as middleware, `around` it."""

    def __init__(self, settings: Settings, answers: Answers, metrics: Metrics) -> None:
        self._settings, self._answers, self._metrics = settings, answers, metrics
        self._sending = Sending(settings.sending_mb * 10**6)
        self._turns = Turns()

    def around(self, app: ASGIApp) -> "Http":
        """Itself, with what it wraps."""
        self._app = app
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif not await self.gave(scope, send):
            since = perf_counter()
            asked, key = _asked(scope, self._settings.log_requests)
            status = await self._make(scope, receive, asked, key, send)
            self._log(scope, asked, status, since)

    async def gave(self, scope: Scope, send: Send) -> bool:
        """Whether the answer to a request was kept, and was given."""
        since = perf_counter()
        asked, key = _asked(scope, self._settings.log_requests)
        kept = self._answers.get(key)
        if kept is None or scope["method"] not in ("GET", "HEAD"):
            return False
        self._metrics.kept += 1
        self._log(scope, asked, await self._give(kept, key, asked, send), since)
        return True

    async def _make(self, scope: Scope, receive: Receive, asked: Asked, key: Hashable, send: Send) -> int:
        """Has the application answer, and gives the status."""
        since = perf_counter()
        scope = _in_language(scope)
        answer = _Answer(scope, asked, send, self._settings)
        # a HEAD is a GET without its body; ranges are not offered, and a request for one may be overlooked
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        inner = {**scope, "method": "GET" if asked.head else scope["method"], "headers": headers}
        if refusal := self._refusal(scope):
            await refusal(scope, receive, answer.send)
        else:
            await self._ask(inner, receive, answer)
        if answer.whole and not self._sending.fits(answer.whole):
            slow = phrase("answers of {most} MB are on their way already", most=self._settings.sending_mb)
            await _later(slow, scope)(scope, receive, answer.send)
        if answer.whole:
            await self._give(answer.whole, key if answer.storable else None, asked, send)
        self._metrics.made(inner, answer.status, since)
        return answer.status

    async def _ask(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        most = self._settings.request_seconds
        try:
            async with asyncio.timeout(most) as answer.limit:
                if scope["path"] not in _NO_WORK:
                    await self._turns.wait()
                await self._app(scope, receive, answer.send)
        except asyncio.CancelledError:  # the server stops, and the time for requests in flight is over
            if answer.started:
                raise
            await _later(phrase("the server is stopping"), scope)(scope, receive, answer.send)
        except ClientDisconnect:  # nobody is there to hear an answer
            answer.status = 499
        except Exception:
            if answer.started:
                raise
            if answer.limit.expired():
                await _later(phrase("the answer took more than {most:g} s", most=most), scope)(
                    scope, receive, answer.send
                )
                return
            # a defect of ours: told to the log, not to the visitor
            id = token_hex(8)
            logging.getLogger(__name__).exception(
                "%s %s", scope["method"], scope["path"], extra={"request_id": id, "path": scope["path"]}
            )
            detail = phrase("this should not happen; the fault is on our side, and noted as {id}", id=id)
            crashed = problem(500, detail, request=Request(scope))
            await crashed(scope, receive, answer.send)

    async def _give(self, answer: Answer, key: Hashable | None, asked: Asked, send: Send) -> int:
        large = answer.size > PIECE
        with self._sending.held(answer) if large else _NOT_HELD:
            form = answer.form(asked)
            if form is None:
                form = await answer.make(asked)
                if key is not None:  # kept before a slow client has taken it
                    self._answers.put(key, answer)
            return await form.give(asked, partial(in_pieces, send) if large else send)

    def _log(self, scope: Scope, asked: Asked, status: int, since: float) -> None:
        if not self._settings.log_requests:
            return
        said = {
            "request_id": dict(asked.more)[_ID].decode(),
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "ms": round((perf_counter() - since) * 1000, 2),
        }
        requests.info("%s %s %s", scope["method"], scope["path"], status, extra=said)

    def _refusal(self, scope: Scope) -> Response | None:
        """The answer to a request that goes no further."""
        most = self._settings.max_url_bytes
        query = scope["query_string"]
        length = len(scope.get("raw_path") or scope["path"].encode()) + (len(query) + 1 if query else 0)
        if length > most:
            return problem(
                414, phrase("the address has {length:,} bytes; at most {most:,} are allowed", length=length, most=most)
            )
        if not query.isascii():  # uvicorn's parser refuses it too; not every server's does
            return problem(400, phrase("the address has bytes beyond ASCII; they are written percent-encoded"))
        headers = Headers(scope=scope)
        hosts = len(headers.getlist("host"))
        if hosts > 1 or (not hosts and scope.get("http_version") == "1.1"):  # RFC 9112 §3.2
            return problem(400, phrase("a request names one host"))
        if scope["method"] == "OPTIONS" and scope["path"].startswith(_API) and "origin" in headers:
            allowed = {"Access-Control-Allow-Methods": "GET, HEAD", "Access-Control-Allow-Headers": "If-None-Match"}
            return Response(status_code=204, headers=allowed | {"Access-Control-Max-Age": "86400"})
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and _from_elsewhere(headers):
            return problem(403, phrase("another site's page may read here, and not send"))
        return None


def _later(why: str, scope: Scope) -> Response:
    """Asks to come again."""
    return problem(503, why, headers={"Retry-After": "5"}, request=Request(scope))


def _in_language(scope: Scope) -> Scope:
    """The request with its language set, and taken off its path: every address has its twin under `/zh`."""
    found = PREFIX.match(scope["path"])
    language.set(cast("Language", found[1]) if found else "en")
    return {**scope, "path": scope["path"][found.end() :] or "/"} if found else scope


def _from_elsewhere(headers: Headers) -> bool:
    """Whether a page of another site sent this: browsers say so, and programs need not."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host")


def _asked(scope: Scope, named: bool) -> tuple[Asked, Hashable]:
    """In which form an answer is wanted, and the key under which it is kept: its address, as a page prints it too.

    None where it names no host, or more than one: that is not kept.

    Args:
        scope: of the request.
        named: whether the request has an id: its own, or a new one; its answer repeats it.
    """
    found: dict[bytes, list[str]] = {b"accept-encoding": [], b"if-none-match": [], b"host": [], _ID: []}
    for name, value in scope["headers"]:
        if name in found:
            found[name].append(value.decode("latin-1"))
    encodings, known, host, ids = found.values()
    more: tuple[tuple[bytes, bytes], ...] = ()
    if named:
        id = ids[0] if ids and _GOOD_ID.fullmatch(ids[0]) else token_hex(8)
        more = ((_ID, id.encode()),)
    asked = Asked(scope["method"] == "HEAD", ",".join(known), wish(encodings), more)
    key = (scope["path"], scope["query_string"], scope.get("scheme"), *host)
    return asked, key if len(host) == 1 else None


class _Answer:
    """One answer on its way out: what comes whole waits here, a stream passes through."""

    def __init__(self, scope: Scope, asked: Asked, send: Send, settings: Settings) -> None:
        self._send, self._settings, self._asked = send, settings, asked
        self._reads, self._path = scope["method"] in ("GET", "HEAD"), scope["path"]
        self._secure = scope.get("scheme") == "https"
        self._start: Message | None = None
        self.status = 500
        self.limit = asyncio.timeout(None)
        """On the time until it begins; what goes on for longer has a limit of its own."""
        self.started = False
        """Whether something of it has gone out, or it is there whole."""
        self.whole: Answer | None = None
        self.storable = False
        """Whether the same address has the same answer tomorrow."""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            await self._body(message)
        else:
            await self._send(message)

    async def _body(self, message: Message) -> None:
        first = self._start is not None
        if self._start is not None:
            start, self._start = self._start, None
            self.started, self.status = True, start["status"]
            headers = MutableHeaders(scope=start)
            self._dress(headers)
            if not message.get("more_body", False) and "etag" not in headers:  # a file has seen to both
                self._finish(start, headers, message.get("body", b""))
                return
            self.limit.reschedule(None)
            await self._send({**start, "headers": [*start["headers"], *self._asked.more]})
        if not self._asked.head:
            await in_pieces(self._send, message)
        elif first:  # and last: nobody who asks for the head alone waits for a stream to end
            await self._send({"type": "http.response.body"})

    def _dress(self, headers: MutableHeaders) -> None:
        for name, value in SECURITY.items():
            headers.setdefault(name, value)
        if self._secure:  # says nothing elsewhere (RFC 6797 §7.2)
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        api = self._path.startswith(_API)
        headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if api else "same-origin")
        if "accept-ranges" in headers:  # a file: no ranges are served, and its own ETag says whether it changed
            del headers["accept-ranges"]
        if api:
            headers.setdefault("Access-Control-Allow-Origin", "*")
            headers.setdefault("Access-Control-Expose-Headers", "ETag, Location, Retry-After")

    def _finish(self, start: Message, headers: MutableHeaders, body: bytes) -> None:
        """Gives a body that came whole its tag, so that no route can forget it."""
        self.storable = self._reads and start["status"] == 200 and "no-store" not in headers.get("cache-control", "")
        if self.storable:
            headers["ETag"] = tag_of(body)
            api = self._path.startswith(_API)
            kept = f"public, max-age={self._settings.cache_seconds}" if api else page_control(self._settings)
            headers.setdefault("Cache-Control", kept)
        self.whole = Answer(start, body, "/live/" in self._path)

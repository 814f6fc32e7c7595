"""What every answer shares: security headers, ETag, compression, HEAD, CORS, limits on the address. Pure ASGI."""

import asyncio
import hashlib
import logging
import re
from collections.abc import MutableMapping
from typing import Any, cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.encoding import FAST, GOOD, compressed, least, mark, offered
from app.web.problems import problem
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
_TAG = re.compile(r'(?:W/)?("[^"]*")')
_API = "/api/"


class Http:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = _in_language(scope)
        answer = _Answer(scope, send, self._settings.cache_seconds)
        if refusal := self._refusal(scope):
            await refusal(scope, receive, answer.send)
        else:
            # a HEAD is a GET without its body; ranges are not offered, and a request for one may be overlooked
            headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            inner = {**scope, "method": method, "headers": headers}
            try:
                await self._app(inner, receive, answer.send)
            except asyncio.CancelledError:  # the server stops, and the time for requests in flight is over
                if answer.started:
                    raise
                stopping = problem(
                    503, phrase("the server is stopping"), headers={"Retry-After": "5"}, request=Request(inner)
                )
                await stopping(inner, receive, answer.send)
            except Exception:  # a defect of ours: told to the log, not to the visitor
                if answer.started:
                    raise
                logging.getLogger(__name__).exception("%s %s", method, scope["path"])
                crashed = problem(
                    500, phrase("this should not happen; the fault is on our side"), request=Request(inner)
                )
                await crashed(inner, receive, answer.send)

    def _refusal(self, scope: Scope) -> Response | None:
        """The answer to a request that goes no further."""
        most = self._settings.max_url_bytes
        query = scope["query_string"]
        length = len(scope.get("raw_path") or scope["path"].encode()) + (len(query) + 1 if query else 0)
        if length > most:
            return problem(
                414, phrase("the address has {length:,} bytes; at most {most:,} are allowed", length=length, most=most)
            )
        headers = Headers(scope=scope)
        if scope["method"] == "OPTIONS" and scope["path"].startswith(_API) and "origin" in headers:
            allowed = {"Access-Control-Allow-Methods": "GET, HEAD", "Access-Control-Allow-Headers": "If-None-Match"}
            return Response(status_code=204, headers=allowed | {"Access-Control-Max-Age": "86400"})
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and _from_elsewhere(headers):
            return problem(403, phrase("another site's page may read here, and not send"))
        return None


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


class _Answer:
    """One answer on its way out.

    A body that comes whole is given its ETag and compressed here, so that no route can forget it; a stream passes
    through.
    """

    def __init__(self, scope: Scope, send: Send, cache_seconds: int) -> None:
        self._send, self._cache_seconds = send, cache_seconds
        self._method, self._api = scope["method"], scope["path"].startswith(_API)
        headers = Headers(scope=scope)
        self._asked = ",".join(headers.getlist("if-none-match"))
        self._least = least(headers.getlist("accept-encoding"))
        self._level = FAST if "/live/" in scope["path"] else GOOD
        self._start: MutableMapping[str, Any] | None = None
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            await self._body(message)
        else:
            await self._send(message)

    async def _body(self, message: Message) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        first = self._start is not None
        if self._start is not None:
            start, self._start = self._start, None
            headers = MutableHeaders(scope=start)
            self._dress(headers)
            if not more and "etag" not in headers:  # a file has seen to both
                body = await self._whole(start, headers, body)
            self.started = True
            await self._send(start)
        if self._method != "HEAD":
            await self._send({**message, "body": body})
        elif first:  # and last: nobody who asks for the head alone waits for a stream to end
            await self._send({"type": "http.response.body"})

    def _dress(self, headers: MutableHeaders) -> None:
        for name, value in SECURITY.items():
            headers.setdefault(name, value)
        headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if self._api else "same-origin")
        if "accept-ranges" in headers:  # a file: no ranges are served, and its own ETag says whether it changed
            del headers["accept-ranges"]
            headers.setdefault("Cache-Control", "public, no-cache")
        if self._api:
            headers.setdefault("Access-Control-Allow-Origin", "*")
            headers.setdefault("Access-Control-Expose-Headers", "ETag, Location, Retry-After")

    async def _whole(self, start: MutableMapping[str, Any], headers: MutableHeaders, body: bytes) -> bytes:
        """What is sent of a body that came whole: nothing where the visitor has it already."""
        storable = start["status"] == 200 and "no-store" not in headers.get("cache-control", "")
        if storable and self._method in ("GET", "HEAD"):
            headers["ETag"] = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
            headers.setdefault(
                "Cache-Control", f"public, max-age={self._cache_seconds}" if self._api else "public, no-cache"
            )
        smaller = offered(headers) and len(body) >= self._least
        if smaller:
            mark(headers)
        if knows(self._asked, headers.get("etag")):
            start["status"] = 304
            for name in ("content-length", "content-type", "content-encoding"):
                del headers[name]
            return b""
        if smaller:
            body = await compressed(body, self._level)
            headers["Content-Length"] = str(len(body))
        return body


def knows(asked: str, tag: str | None) -> bool:
    """Whether an `If-None-Match` names that tag."""
    return tag is not None and (asked.strip() == "*" or tag in _TAG.findall(asked))

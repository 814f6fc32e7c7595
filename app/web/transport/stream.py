"""Long answers piece by piece: made beside the event loop, so many at once, so long, and for nobody who has left."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.errors import Unavailable
from app.settings import Settings
from app.web.transport.answers import knows
from app.words import phrase

T = TypeVar("T")
_PATIENCE = 10
"""Seconds that a client may let a piece wait and keep its place though others want it."""


class Place:
    """One of the long answers that may be under way."""

    limit: asyncio.Timeout
    """On its time."""
    since: float | None = None
    """When its client was given what it has not taken yet, as the event loop tells time."""


class Streams:
    """The threads that make pieces, and how many long answers there may be at once."""

    def __init__(self, settings: Settings) -> None:
        self._seconds, self._most = settings.sweep_seconds, settings.sweeps_running
        self._taken: set[Place] = set()
        self._threads = ThreadPoolExecutor(self._most, "sweep")

    @property
    def running(self) -> int:
        return len(self._taken)

    async def whole(self, pieces: Iterator[bytes]) -> bytes:
        """A short answer: all pieces at once; others wait for their turn and are not refused."""
        return await self.run(lambda: b"".join(pieces))

    async def run(self, work: Callable[[], T]) -> T:
        """Anything short."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def each(self, pieces: Iterator[bytes], place: Place) -> AsyncIterator[bytes]:
        """One piece after the other; the next is made when this one is sent. Empty ones only give time to stop."""
        loop = asyncio.get_running_loop()
        while (piece := await loop.run_in_executor(self._threads, next, pieces, None)) is not None:
            if piece:
                place.since = loop.time()
                yield piece
                place.since = None

    @asynccontextmanager
    async def long(self) -> AsyncIterator[Place]:
        """What a long answer is made in.

        Raises:
            Unavailable: as many as may are under way.
            TimeoutError: its time is over, or its client is slow and others wait.
        """
        if self.running >= self._most:
            self._make_room()
        place = Place()
        self._taken.add(place)
        try:
            async with asyncio.timeout(self._seconds) as place.limit:
                yield place
        finally:
            self._taken.discard(place)

    def _make_room(self) -> None:
        """Ends the answer whose client has taken nothing for longest, if that is long."""
        now = asyncio.get_running_loop().time()
        slowest = min(self._taken, key=lambda place: place.since or now)
        if now - (slowest.since or now) < _PATIENCE:
            raise Unavailable(phrase("{most} sweeps are under way", most=self._most), 5)
        slowest.limit.reschedule(now)
        self._taken.discard(slowest)

    def close(self) -> None:
        """Makes no piece more of what is under way; an application that is started again has threads again."""
        ended, self._threads = self._threads, ThreadPoolExecutor(self._most, "sweep")
        ended.shutdown(wait=False, cancel_futures=True)


class Stream(StreamingResponse):
    """A long answer; it ends with its last piece, with the visitor, or cut off when its time is over."""

    def __init__(self, streams: Streams, pieces: Iterator[bytes], media_type: str, headers: Mapping[str, str]) -> None:
        super().__init__((), 200, headers, media_type)
        self._streams, self._pieces = streams, pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(TimeoutError):  # an answer without its end: the server hangs up, and the client knows
            async with self._streams.long() as place:
                self.body_iterator = self._streams.each(self._pieces, place)
                await super().__call__(scope, receive, send)


def long_answer(request: Request, pieces: Iterator[bytes], media_type: str, cache_seconds: int) -> Response:
    """A stream that caches may keep, or 304 where the visitor has it.

    Its tag cannot be that of a body which nobody has seen yet: it is that of all that decides the body, which are the
    address, the settings, and this program's own text.
    """
    streams = request.app.state.streams
    assert isinstance(streams, Streams)
    asked = f"{request.url.path}?{request.url.query}\n{request.app.state.settings!r}".encode()
    tag = f'"{hashlib.blake2b(asked, digest_size=16, key=_own_text()).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={cache_seconds}", "X-Accel-Buffering": "no"}
    if knows(",".join(request.headers.getlist("if-none-match")), tag):
        return Response(status_code=304, headers=headers)
    return Stream(streams, pieces, media_type, headers)


@cache
def _own_text() -> bytes:
    """A digest of this program's code, and of the release of pyarrow, which stands in what it writes."""
    texts = [file.read_bytes() for file in sorted(Path(__file__).parents[2].rglob("*.py"))]
    with suppress(PackageNotFoundError):
        texts.append(version("pyarrow").encode())
    return hashlib.blake2b(b"".join(texts), digest_size=16).digest()

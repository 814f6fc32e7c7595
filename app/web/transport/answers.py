"""Answers that are pure functions of their address: made once, compressed once a coding, kept while there is room."""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Hashable

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from app.network.record import record
from app.settings import Settings
from app.web.transport.encoding import FAST, GOOD, LARGE, Wish, compress, mark, offered

_TAG = re.compile(r'(?:W/)?("[^"]*")')
_BESIDE = ("content-length", "content-type", "content-encoding")
"""What an answer without its body does not say (RFC 9110 §15.4.5)."""


@record
class Asked:
    """What of a request decides in which form it is answered."""

    head: bool
    known: str
    """Its `If-None-Match`."""
    wish: Wish
    more: tuple[tuple[bytes, bytes], ...] = ()
    """Headers that its answer has beside its own."""


def tag_of(body: bytes) -> str:
    """A strong ETag; of the good digests the one that processors have an instruction for."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def knows(known: str, tag: str | None) -> bool:
    """Whether an `If-None-Match` names that tag."""
    return tag is not None and bool(known) and (known.strip() == "*" or tag in _TAG.findall(known))


def page_control(settings: Settings) -> str:
    """The `Cache-Control` of pages and files: a browser asks each time, a cache that many share once in a while."""
    return f"public, max-age=0, s-maxage={settings.page_cache_seconds}"


@record
class Form:
    """An answer in one coding."""

    start: Message
    unchanged: Message
    """Its start for whom already has it."""
    body: Message
    tag: str | None

    async def give(self, asked: Asked, send: Send) -> int:
        """Sends it: the head alone to whom asks for no more, and no body to whom has it. Gives the status."""
        same = knows(asked.known, self.tag)
        said = self.unchanged if same else self.start
        await send({**said, "headers": [*said["headers"], *asked.more]} if asked.more else said)
        await send({"type": "http.response.body"} if same or asked.head else self.body)
        status: int = said["status"]
        return status


class Answer:
    """One whole answer, in each of its forms.

    Args:
        start: its status and headers.
        body: as it is.
        quick: whether it is asked for thirty times a second.
    """

    def __init__(self, start: Message, body: bytes, quick: bool) -> None:
        self._start, self._body, self._effort = start, body, FAST if quick else GOOD
        self._codable = offered(MutableHeaders(scope=start))
        self._forms: dict[str, Form] = {}
        self.size = len(body) + 2000
        """Of what is kept, bytes."""

    def form(self, asked: Asked) -> Form | None:
        """The form that is asked for, if it was before."""
        return self._forms.get(self._coding(asked))

    async def make(self, asked: Asked) -> Form:
        """The form that is asked for, for the first time."""
        coding = self._coding(asked)
        form = await self._made(coding)
        if coding not in self._forms:  # nor made for another meanwhile
            self._forms[coding] = form
            self.size += 2000 + (len(form.body["body"]) if coding else 0)
        return form

    def _coding(self, asked: Asked) -> str:
        return asked.wish.of(len(self._body)) if self._codable else ""

    async def _made(self, coding: str) -> Form:
        body = self._body
        start = {**self._start, "headers": list(self._start["headers"])}
        headers = MutableHeaders(scope=start)
        if coding:
            mark(headers, coding)
            if len(body) >= LARGE:
                body = await asyncio.to_thread(compress, body, coding, self._effort)
            else:
                body = compress(body, coding, self._effort)
            headers["Content-Length"] = str(len(body))
        unchanged = {
            **start,
            "status": 304,
            "headers": [each for each in start["headers"] if each[0].decode() not in _BESIDE],
        }
        return Form(start, unchanged, {"type": "http.response.body", "body": body}, headers.get("etag"))


class Answers:
    """The latest answers, as many as there is room for.

    Args:
        room: bytes.
    """

    def __init__(self, room: int) -> None:
        self._room, self.used = room, 0
        self._kept: OrderedDict[Hashable, tuple[Answer, int]] = OrderedDict()

    def get(self, key: Hashable) -> Answer | None:
        """The answer with that key, if it is still there."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keeps an answer, or counts anew what it takes by now; what was not asked for longest makes room.

        One that would take an eighth of the room is not kept.
        """
        if key in self._kept:
            self.used -= self._kept.pop(key)[1]
        size = answer.size + len(repr(key))  # an address may be longer than what it says
        if size > self._room // 8:
            return
        self.used += size
        self._kept[key] = answer, size
        while self.used > self._room:
            _, (_, size) = self._kept.popitem(last=False)
            self.used -= size

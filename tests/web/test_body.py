"""Bodies that come slowly: the large ones are kept in memory, so only some may be on their way."""

import asyncio

import pytest
from fastapi import FastAPI
from starlette.types import Message, Scope

from app.network.catalog import NETWORKS
from app.web.body import MOST_SETTINGS, _Large

SPEC = NETWORKS["googlenet"].spec.model_dump_json().encode()
SCOPE: Scope = {
    "type": "http", "method": "POST", "path": "/api/v1/analysis", "query_string": b"",
    "headers": [(b"host", b"x"), (b"content-type", b"application/json")],
}  # fmt: skip


class Sender:
    """Sends a description with so much space behind it, the end of it when it is told to."""

    def __init__(self, app: FastAPI, space: int) -> None:
        self.half, self.go = asyncio.Event(), asyncio.Event()
        self._parts = [SPEC + b" " * space, b" "]
        self._sent: list[Message] = []
        self._task = asyncio.create_task(app(dict(SCOPE), self._receive, self._send))

    async def _receive(self) -> Message:
        if len(self._parts) == 1:
            self.half.set()
            await self.go.wait()
        return {"type": "http.request", "body": self._parts.pop(0), "more_body": bool(self._parts)}

    async def _send(self, message: Message) -> None:
        self._sent.append(message)

    async def ended(self) -> Message:
        """The start of the answer."""
        self.go.set()
        await self._task
        return self._sent[0]


def test_as_many_large_bodies_come_at_once_as_may(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Large, "MOST", 1)

    async def come() -> list[Message]:
        first, small = Sender(app, MOST_SETTINGS), Sender(app, 0)
        await first.half.wait()
        second = Sender(app, MOST_SETTINGS)
        answers = [await small.ended(), await second.ended(), await first.ended()]
        return [*answers, await Sender(app, MOST_SETTINGS).ended()]

    answers = asyncio.run(come())
    assert [answer["status"] for answer in answers] == [200, 503, 200, 200]
    assert dict(answers[1]["headers"])[b"retry-after"] == b"5"
    assert _Large.coming == 0

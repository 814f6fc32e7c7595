"""Long answers: as many at once as may, so long, for nobody who has left, and none kept by who takes nothing."""

import asyncio
from collections.abc import Callable
from itertools import repeat
from unittest.mock import patch

import pytest
from fastapi import FastAPI
from starlette.types import Message, Scope

from app.main import create_app
from app.settings import Settings
from tests.gate import an_hour_later
from tests.web.doors import NETWORK

SWEEP = f"{NETWORK}/sweep"
LONG = "vary=4e.5x5:1:110:1&vary=3a.1x1:1:100:1"


def test_more_long_sweeps_than_may_run_are_refused_and_short_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Settings(sweeps_running=1, warm_lab=False))
    stuck = asyncio.Event()

    async def takes_nothing(message: Message) -> None:
        if message["type"] == "http.response.body":
            stuck.set()
            await asyncio.Event().wait()

    async def status(query: str) -> int:
        sent: list[Message] = []

        async def take(message: Message) -> None:
            sent.append(message)

        await app(scope(query), stays, take)
        assert (sent[0]["status"] == 503) == (b"retry-after" in dict(sent[0]["headers"]))
        return int(sent[0]["status"])

    async def crowd() -> list[int]:
        slow = asyncio.create_task(app(scope(LONG), stays, takes_nothing))
        await stuck.wait()
        found = [await status(LONG), await status("vary=width:1:2:0.1")]
        monkeypatch.setattr("app.web.transport.stream._PATIENCE", 0)  # one whose client takes nothing gives way
        found.append(await status(LONG))
        await slow
        return found

    assert asyncio.run(crowd()) == [503, 200, 200]
    assert app.state.streams.running == 0


def scope(query: str) -> Scope:
    return {"type": "http", "method": "GET", "path": SWEEP, "query_string": query.encode(), "headers": []}


async def stays() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def ask(app: FastAPI, then: Callable[[asyncio.Event], None]) -> list[Message]:
    """A long sweep whose pieces never end; what happens when some have come may have the visitor gone."""
    sent: list[Message] = []
    gone = asyncio.Event()

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if len(sent) == 3:
            then(gone)

    with patch("app.web.sweep.to_json", lambda *_: repeat(b"[]")):
        asyncio.run(app(scope(LONG), receive, send))
    return sent


def test_a_visitor_who_leaves_stops_the_work() -> None:
    app = create_app(Settings(warm_lab=False))
    assert len(ask(app, asyncio.Event.set)) >= 3
    assert app.state.streams.running == 0


def test_an_answer_that_takes_too_long_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Settings(warm_lab=False))
    assert ask(app, lambda _: an_hour_later(monkeypatch))[-1].get(
        "more_body"
    )  # its end is missing, so no client takes it for whole
    assert app.state.streams.running == 0

"""Many answers that take work, asked for at once: the event loop has time for others in between."""

import asyncio
from unittest.mock import patch

import pytest
from fastapi import FastAPI

from app.web.transport.turns import Turns
from tests.gate import Clock
from tests.web.raw import ask


@pytest.mark.parametrize(("seconds", "order"), [(1.0, [0, "other", 1, 2]), (0.001, [0, 1, 2, "other"])])
def test_what_takes_long_lets_others_through_and_what_does_not_goes_on(
    seconds: float, order: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, turns, log = Clock(), Turns(), list[object]()
    monkeypatch.setattr("app.web.transport.turns.perf_counter", clock)

    async def make(number: int) -> None:
        await turns.wait()
        log.append(number)
        clock.now += seconds
        if number == 0:
            asyncio.get_running_loop().call_soon(log.append, "other")

    async def come() -> None:
        await asyncio.gather(*map(make, range(3)))
        await asyncio.sleep(0)

    asyncio.run(come())
    assert log == order


def test_a_loop_that_ended_in_the_middle_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, turns = Clock(), Turns()
    monkeypatch.setattr("app.web.transport.turns.perf_counter", clock)
    with patch("asyncio.get_running_loop"):  # whose next round does not come
        asyncio.run(turns.wait())
    clock.now = 1.0
    asyncio.run(asyncio.wait_for(turns.wait(), 60))


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_whether_the_server_lives_is_answered_whoever_waits(
    app: FastAPI, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Turns, "wait", None)
    assert ask(app, "GET", address, [("Host", "x")]).status_code == 200

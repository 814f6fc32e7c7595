"""Many answers that take work, asked for at once: the event loop has time for others in between."""

import asyncio
from unittest.mock import patch

import pytest
from fastapi import FastAPI

from app.web.transport.turns import Turns
from tests.web.raw import ask


def test_one_answer_is_made_in_a_round_and_others_get_through_between() -> None:
    turns, log = Turns(), list[object]()

    async def make(number: int) -> None:
        await turns.wait()
        log.append(number)
        asyncio.get_running_loop().call_soon(log.append, "other")

    async def come() -> None:
        made = [asyncio.create_task(make(number)) for number in range(4)]
        await asyncio.sleep(0)
        made[2].cancel()  # its client has left
        await asyncio.gather(*made, return_exceptions=True)
        await make(4)
        await asyncio.sleep(0)

    asyncio.run(come())
    assert log == [0, "other", 1, "other", 3, "other", 4, "other"]


def test_a_loop_that_ended_in_the_middle_keeps_nobody_waiting() -> None:
    turns, loop = Turns(), asyncio.new_event_loop()
    with patch("asyncio.get_running_loop", lambda: loop), pytest.raises(StopIteration):
        turns.wait().send(None)  # it has had its turn, and the loop's next round does not come
    asyncio.run(asyncio.wait_for(turns.wait(), 60))
    loop.close()


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_whether_the_server_lives_is_answered_whoever_waits(
    app: FastAPI, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Turns, "wait", None)
    assert ask(app, "GET", address, [("Host", "x")]).status_code == 200

"""Answers on their way: when they begin, in which pieces they go out, and how much of them waits for slow clients."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from httpx2 import Response as Heard
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.transport.answers import Answer, Answers
from app.web.transport.http import Http
from app.web.transport.metrics import Metrics
from app.web.transport.sending import PIECE, Sending, in_pieces
from tests.gate import an_hour_later
from tests.web.doors import check_problem, check_security
from tests.web.raw import ask

Door = Callable[[Request], Awaitable[Response]]


def serving(door: Door, **limits: float) -> Http:
    """An application of one door."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = await door(Request(scope, receive))
        await answer(scope, receive, send)

    answers = Answers(0)
    return Http(Settings.model_validate(limits), answers, Metrics(answers)).around(app)


def asked(app: ASGIApp) -> Heard:
    return ask(app, "GET", "/api/v1/x")


async def never(_: Request) -> Response:
    await asyncio.Event().wait()
    raise AssertionError


def test_an_answer_that_does_not_begin_in_time_is_put_off() -> None:
    answer = asked(serving(never, request_seconds=0.01))
    assert "0.01 s" in check_problem(answer, 503)["detail"]
    assert int(answer.headers["retry-after"]) > 0
    check_security(answer)


def test_one_that_has_begun_may_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def parts() -> AsyncIterator[str]:
        yield "now, "
        an_hour_later(monkeypatch)
        await asyncio.sleep(0.01)
        yield "and later"

    async def door(_: Request) -> Response:
        return StreamingResponse(parts())

    assert asked(serving(door)).text == "now, and later"


def test_a_door_whose_own_time_runs_out_by_a_defect_is_no_late_answer() -> None:
    async def door(_: Request) -> Response:
        raise TimeoutError

    check_problem(asked(serving(door)), 500)


@given(st.integers(0, 3 * PIECE), st.booleans())
def test_pieces_are_of_limited_size_and_together_the_whole(size: int, more: bool) -> None:
    body, sent = (bytes(range(251)) * (size // 251 + 1))[:size], list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(in_pieces(send, {"type": "http.response.body", "body": body, "more_body": more}))
    assert b"".join(each["body"] for each in sent) == body
    assert all(0 < len(each["body"]) <= PIECE for each in sent) or not size
    assert [each["more_body"] for each in sent] == [True] * (len(sent) - 1) + [more]


def test_what_has_no_body_goes_as_it_is() -> None:
    sent = list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    start: Message = {"type": "http.response.start", "status": 200, "headers": []}
    asyncio.run(in_pieces(send, start))
    assert sent == [start]


def made(size: int) -> Answer:
    return Answer({"type": "http.response.start", "status": 200, "headers": []}, b"x" * size, False)


def test_an_answer_takes_its_room_once_for_all_who_are_sent_it() -> None:
    sending, first, second, small = Sending(5 * PIECE), made(3 * PIECE), made(3 * PIECE), made(PIECE // 2)
    assert sending.fits(made(9 * PIECE))  # larger than all the room, and alone
    with sending.held(first):
        with sending.held(first):
            assert sending.fits(made(PIECE + 1))
            assert not sending.fits(second)
            assert sending.fits(small)
        assert not sending.fits(second)
    assert sending.fits(second)


def test_where_slow_clients_keep_too_much_large_answers_are_put_off() -> None:
    async def door(request: Request) -> Response:
        return PlainTextResponse(request.url.query * 10**6)

    app = serving(door, sending_mb=1)

    async def both() -> list[Message]:
        stuck, sent = asyncio.Event(), list[Message]()

        async def takes_nothing(message: Message) -> None:
            if message["type"] == "http.response.body":
                stuck.set()
                await asyncio.Event().wait()

        async def takes_all(message: Message) -> None:
            sent.append(message)

        slow = asyncio.create_task(app(scope(b"ab"), nothing, takes_nothing))
        await stuck.wait()
        for query in (b"cd", b""):
            await app(scope(query), nothing, takes_all)
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        await app(scope(b"cd"), nothing, takes_all)
        return sent

    starts = [each for each in asyncio.run(both()) if each["type"] == "http.response.start"]
    assert [each["status"] for each in starts] == [503, 200, 200]
    assert dict(starts[0]["headers"])[b"retry-after"] == b"5"


def scope(query: bytes) -> Scope:
    return {"type": "http", "method": "GET", "path": "/api/v1/x", "query_string": query, "headers": []}


async def nothing() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("size", [PIECE, 5 * PIECE])
def test_a_large_answer_has_the_length_that_it_says(size: int) -> None:
    async def door(_: Request) -> Response:
        return PlainTextResponse("x" * size)

    answer = asked(serving(door))
    assert (int(answer.headers["content-length"]), len(answer.content)) == (size, size)

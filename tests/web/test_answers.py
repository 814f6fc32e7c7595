"""Answers that are kept: made once for an address, in every form the same, and never more than there is room for."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from app.settings import Settings
from app.web.transport.answers import Answer, Answers, Asked
from app.web.transport.encoding import Wish
from app.web.transport.http import Http
from app.web.transport.metrics import Metrics

ROOM = 10**5


class Made:
    """An application that counts what it is asked to make."""

    def __init__(self) -> None:
        self.count = 0
        paths = ("/", "/zh", "/zh/", "/other", "/fails", "/moment", "/stream")
        app = Starlette(routes=[Route(path, self.make, methods=["GET", "POST"]) for path in paths])
        answers = Answers(10**6)
        self.app = Http(Settings(), answers, Metrics(answers)).around(app)
        self.client = TestClient(self.app)

    async def make(self, request: Request) -> Response:
        self.count += 1
        text = f"{request.url}: " + "x" * 2000
        if request.url.path == "/stream":
            return StreamingResponse(self.parts(text))
        headers = {"Cache-Control": "no-store"} if request.url.path == "/moment" else {}
        return PlainTextResponse(text, 422 if request.url.path == "/fails" else 200, headers)

    async def parts(self, text: str) -> AsyncIterator[str]:
        yield text
        yield text


@pytest.fixture
def made() -> Made:
    return Made()


def test_an_address_is_made_once_whatever_form_it_is_wanted_in(made: Made) -> None:
    whole = made.client.get("/?a=1", headers={"Accept-Encoding": "identity"})
    for _ in range(2):
        for coding in ("identity", "gzip", "br", "gzip, br;q=0.5"):
            asked = {"Accept-Encoding": coding}
            answer = made.client.get("/?a=1", headers=asked)
            assert answer.text == whole.text
            headed = made.client.head("/?a=1", headers=asked)
            assert (headed.headers, headed.content) == (answer.headers, b"")
            unchanged = made.client.get("/?a=1", headers=asked | {"If-None-Match": answer.headers["etag"]})
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            assert unchanged.headers["etag"] == answer.headers["etag"]
    assert made.count == 1


def test_a_head_keeps_what_a_get_will_send(made: Made) -> None:
    assert made.client.head("/").content == b""
    assert "xxx" in made.client.get("/").text
    assert made.count == 1


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/?a=2", {}),
        ("/other?a=1", {}),
        ("/?a=1&b=1", {}),
        ("/?a=1", {"Host": "elsewhere.example"}),
        ("/zh/?a=1", {}),
    ],
    ids=str,
)
def test_another_address_is_another_answer(made: Made, path: str, headers: dict[str, str]) -> None:
    first, other = made.client.get("/?a=1"), made.client.get(path, headers=headers)
    assert made.count == 2
    assert (other.text == first.text) is path.startswith("/zh")  # this one says nothing in any language
    assert made.client.get("/?a=1").text == first.text
    assert made.count == 2


@pytest.mark.parametrize("path", ["/fails", "/moment", "/stream"])
def test_what_is_no_function_of_its_address_is_made_again(made: Made, path: str) -> None:
    for count in (1, 2, 3):
        made.client.get(path)
        assert made.count == count


def test_what_is_sent_is_heard_each_time_and_not_answered_to_who_reads(made: Made) -> None:
    made.client.post("/")
    made.client.post("/")
    assert made.count == 2
    made.client.get("/")
    made.client.post("/")
    assert made.count == 4


def answer(size: int) -> Answer:
    start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}
    return Answer(start, b"x" * size, quick=True)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, ROOM // 4), st.sampled_from(["", "gzip", "br"]))))
def test_what_is_kept_never_takes_more_than_there_is_room_for(asked: list[tuple[int, int, str]]) -> None:
    kept = Answers(ROOM)
    for key, size, coding in asked:
        found = kept.get(key) or answer(size)
        asyncio.run(found.make(Asked(head=False, known="", wish=Wish(coding))))
        kept.put(key, found)
        assert kept.get(key) is (found if found.size + len(str(key)) <= ROOM // 8 else None)
        assert sum(each.size for each in map(kept.get, range(31)) if each) <= ROOM


def test_what_was_not_asked_for_longest_makes_room() -> None:
    kept = Answers(ROOM)
    for key in range(12):
        kept.put(key, answer(ROOM // 12 - 2010))
        kept.get(0)
    kept.put(12, answer(ROOM // 12 - 2010))
    assert kept.get(1) is None
    assert all(kept.get(key) for key in (0, *range(2, 13)))


def test_an_address_takes_room_too() -> None:
    kept = Answers(ROOM)
    for number in range(100):
        kept.put(("/", b"0" * 5000, number), answer(100))
    assert 0 < sum(kept.get(("/", b"0" * 5000, number)) is not None for number in range(100)) <= ROOM // 5000


def test_an_answer_is_kept_before_a_slow_client_has_taken_it(made: Made) -> None:
    scope = {
        "type": "http", "method": "GET", "scheme": "http", "path": "/other", "query_string": b"",
        "headers": [(b"host", b"testserver")],
    }  # fmt: skip

    async def send_nothing() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def take_nothing(_: Message) -> None:
        await asyncio.Event().wait()

    async def come() -> None:
        slow = asyncio.create_task(made.app(scope, send_nothing, take_nothing))
        while not made.count:
            await asyncio.sleep(0)
        await asyncio.to_thread(made.client.get, "/other")
        slow.cancel()

    asyncio.run(come())
    assert made.count == 1

"""A proxy and two servers: what is kept is not asked for again, no visitor sees one die, and a job is found."""

import itertools
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPResponse
from urllib.request import urlopen

import httpx2
import pytest

from tests.fleet import NGINX, Fleet, fleet
from tests.gate import Gate
from tests.serving import Server, serving, wait_for
from tests.web.doors import API, CACHED, NETWORK, UNCACHED, check_problem
from tests.web.test_jobs_served import events

pytestmark = [pytest.mark.slow, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]
CODINGS = ("identity", "gzip", "br")
SAME_HOST = {"Host": "explorer.example"}
"""Pages print it."""
UNSEEN = itertools.count(32)
"""Sides of inputs that nobody has asked for."""


@pytest.fixture(scope="module")
def many() -> Iterator[Fleet]:
    with fleet(EXPLORER_PAGE_CACHE_SECONDS="3600") as running:
        yield running


@contextmanager
def asking(url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=url, timeout=60) as client:
        yield client


@contextmanager
def frozen(servers: tuple[Server, ...]) -> Iterator[None]:
    """For as long, they can do nothing."""
    for server in servers:
        server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for server in servers:
            server.process.send_signal(signal.SIGCONT)


def said(answer: httpx2.Response) -> tuple[object, ...]:
    """All of it but when."""
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, headers, answer.content


def test_either_server_says_the_same_to_the_byte(many: Fleet) -> None:
    one, other = (web.url for web in many.webs)
    with asking(one) as first, asking(other) as second:
        for address, coding in itertools.product(CACHED, CODINGS):
            headers = SAME_HOST | {"Accept-Encoding": coding}
            got = said(first.get(address, headers=headers))
            assert got[0] == 200
            assert got == said(second.get(address, headers=headers)), (address, coding)


def test_what_is_kept_is_given_while_no_server_can_do_anything(many: Fleet) -> None:
    asked = [(address, coding) for address in CACHED for coding in CODINGS]
    with asking(many.url) as client:

        def get(address: str, coding: str, **more: str) -> httpx2.Response:
            return client.get(address, headers={"Accept-Encoding": coding} | more)

        before = {each: get(*each) for each in asked}
        with frozen(many.webs):
            for each, known in before.items():
                again = get(*each)
                assert again.headers["cache-status"] == "nginx; hit", each
                same = {
                    name: value for name, value in known.headers.items() if name not in ("cache-status", "x-request-id")
                }
                assert same.items() <= again.headers.items()  # the date too: that of its making
                assert again.content == known.content
                unchanged = get(*each, **{"If-None-Match": known.headers["etag"]})
                assert (unchanged.status_code, unchanged.content) == (304, b"")
            assert client.head(NETWORK).status_code == 200


def test_what_is_of_the_moment_is_asked_for_each_time(many: Fleet) -> None:
    with asking(many.url) as client:
        for address in UNCACHED:
            for _ in range(2):
                assert client.get(address).headers.get("cache-status") != "nginx; hit", address


def test_what_is_large_drives_nothing_out(many: Fleet) -> None:
    with asking(many.url) as client:
        for _ in range(2):
            answer = client.get(f"{NETWORK}/model.onnx?weights=1")
            assert len(answer.content) > 10**7
            assert answer.headers["cache-status"] == "nginx; fwd=miss"


def test_however_it_is_spelled_what_is_accepted_makes_three_variants(many: Fleet) -> None:
    spellings = {
        "": "", "identity": "", "gzip": "gzip", "br": "br", "gzip, deflate, br": "br", "gzip, deflate, br, zstd": "br",
        "BR;q=1.0, GZIP;q=0.8": "br", "gzip;q=0.5": "gzip", "x-gzip": "gzip", "br;q=0, gzip": "gzip",
        "br ; q=0.000,gzip ; q=0.001": "gzip", "deflate": "", "broken, gzipped": "", "gzip;q=0": "", "*": "",
        "deflate,\tbr": "br",
    }  # fmt: skip
    address = f"{NETWORK}?input={next(UNSEEN)}"
    with asking(many.url) as client:
        for spelling, coding in spellings.items():
            answer = client.get(address, headers={"Accept-Encoding": spelling})
            assert answer.headers.get("content-encoding", "") == coding, spelling
            assert answer.headers["vary"] == "Accept-Encoding"
    key = f" {address}\n".encode()  # behind a head of binary numbers, in which there may be a line's end
    assert sum(key in file.read_bytes()[:2000] for file in (many.folder / "cache").rglob("?" * 32)) == 3


def test_many_who_ask_at_once_for_what_is_not_there_are_given_one_answer(many: Fleet) -> None:
    def once(address: str) -> bool:
        answers = list(pool.map(lambda _: client.get(address), range(64)))
        assert {answer.status_code for answer in answers} == {200}
        dates = {answer.headers["date"] for answer in answers}
        return len(dates) == [answer.headers["cache-status"] for answer in answers].count("nginx; fwd=miss") == 1

    with asking(many.url) as client, ThreadPoolExecutor(16) as pool:  # a stalled server is waited for a second only
        assert any(once(f"{NETWORK}?input={next(UNSEEN)}") for _ in range(5))


def test_a_page_knows_the_address_that_its_visitor_sees(many: Fleet) -> None:
    with asking(many.url) as client:
        secure = client.get("/size", headers=SAME_HOST | {"X-Forwarded-Proto": "https"}).text
        plain = client.get("/size", headers=SAME_HOST).text
    assert 'href="https://explorer.example/size?' in secure
    assert 'href="http://explorer.example/size?' in plain


@pytest.mark.parametrize(
    "address", ["/metrics", "/zh/metrics", "/%6detrics", "//metrics", "/a/../metrics", "/metrics?x"]
)
def test_what_a_server_counts_of_itself_is_not_for_visitors(many: Fleet, address: str) -> None:
    # not by httpx, which would tidy the address
    asked = ["curl", "--silent", "--path-as-is", "--include", many.url + address]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout.startswith("HTTP/1.1 404")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GARBAGE", 400),
        (b"GET / HTTP/1.1", 400),
        (b"GET / HTTP/3.0\r\nHost: x", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd", 400),
        (b"GET /metrics HTTP/1.1\r\nHost: x", 404),
        (b"GET /refused HTTP/1.1\r\nHost: x", 404),
        (b"TRACE / HTTP/1.1\r\nHost: x", 405),
        (b"POST /api/v1/analysis HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000", 413),
        (b"GET /%b HTTP/1.1\r\nHost: x" % (b"x" * 20_000), 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: %b" % (b"x" * 20_000), 431),
    ],
    ids=itertools.count(),
)
def test_what_the_proxy_refuses_by_itself_is_worded_as_all_errors_are(
    many: Fleet, request_: bytes, status: int
) -> None:
    host, port = many.url.removeprefix("http://").split(":")
    with closing(socket.create_connection((host, int(port)), timeout=60)) as connection:
        connection.sendall(request_ + b"\r\n\r\n")
        with closing(HTTPResponse(connection)) as answer:
            answer.begin()
            got = httpx2.Response(
                answer.status,
                headers=answer.getheaders(),
                content=answer.read(),
                request=httpx2.Request("GET", many.url),
            )
    check_problem(got, status)
    assert got.headers.get("allow") == ("GET, HEAD" if status == 405 else None)
    assert "retry-after" not in got.headers


def test_no_visitor_sees_a_server_die() -> None:
    sides = list(itertools.islice(UNSEEN, 600))
    with fleet() as running, asking(running.url) as client, ThreadPoolExecutor(16) as pool:

        def get(side: int) -> bytes | None:
            """A good answer; None where it was cut off."""
            try:
                answer = client.get(f"{NETWORK}?input={side}")
            except httpx2.RemoteProtocolError:
                return None
            assert answer.status_code == 200
            return answer.content

        answers = pool.map(get, sides)
        first = list(itertools.islice(answers, 200))
        running.webs[1].process.kill()
        got = [*first, *answers]
        # the one whose head had gone out at that very moment: nobody can take that back
        assert got.count(None) <= 1
        with asking(running.webs[0].url) as direct:
            for side, content in zip(sides, got, strict=True):
                assert content in (None, direct.get(f"{NETWORK}?input={side}").content)


def test_what_is_old_is_shown_while_no_server_answers_and_what_is_new_once_one_does() -> None:
    brief = {"EXPLORER_PAGE_CACHE_SECONDS": "1", "EXPLORER_CACHE_SECONDS": "1"}
    addresses = ("/size", NETWORK)
    with fleet(**brief) as running, asking(running.url) as client:
        before = {address: client.get(address) for address in addresses}
        assert {answer.headers["cache-status"] for answer in before.values()} == {"nginx; fwd=miss"}
        for web in running.webs:
            web.process.kill()
            web.process.wait()
        for address, known in before.items():
            wait_for(partial(stale, client, address))  # it may be shown unasked for a second
            old = client.get(address)
            assert (old.status_code, old.content, made(old)) == (200, known.content, made(known))
        refused = client.get("/compare")
        check_problem(refused, 503)
        assert refused.headers["cache-control"] == "no-store"
        assert int(refused.headers["retry-after"]) > 0

        def renewed(address: str) -> bool:
            answer = client.get(address)
            assert (answer.status_code, answer.content) == (200, before[address].content)
            return made(answer) >= made(refused) and not stale(client, address)

        with serving("--port", running.webs[0].url.rpartition(":")[2], EXPLORER_WARM_LAB="false", **brief):
            for address in addresses:
                wait_for(partial(renewed, address))
            wait_for(lambda: client.get("/compare").status_code == 200)


def stale(client: httpx2.Client, address: str) -> bool:
    """Whether the proxy shows what is older than it may be."""
    return client.get(address).headers["cache-status"] == "nginx; hit; detail=stale"


def made(answer: httpx2.Response) -> float:
    """When, seconds."""
    return parsedate_to_datetime(answer.headers["date"]).timestamp()


def test_a_job_is_found_whoever_asks(gate: Gate) -> None:
    with fleet("tests.fake_lab", GATE=gate.path) as running, asking(running.url) as client:
        ids = [client.post(f"{NETWORK}/training").json()["id"] for _ in range(4)]
        assert sorted(id.partition(".")[0] for id in ids) == ["web1", "web1", "web2", "web2"]
        for id in ids * 3:
            assert client.get(f"{API}/jobs/{id}").json()["id"] == id
            assert f"/jobs/{id}/events" in client.get(f"/zh/lab?network=googlenet&training={id}").text
        with urlopen(f"{running.url}{API}/jobs/{ids[0]}/events", timeout=60) as stream:
            half = next(event for event in events(stream) if event["progress"] == 0.5)
            assert half["status"] == "running"  # told at once, for the gate is shut
        for id in ids:
            again = client.post(f"/lab/latency?network=googlenet&training={id}", data={"runs": ""})
            more = re.findall(r"(?:latency|training)=(web[12])\.", again.headers["location"])
            assert more == [id.partition(".")[0]] * 2
            assert client.delete(f"{API}/jobs/{id}").json()["status"] in ("cancelled", "running", "queued")


def test_a_job_of_a_server_that_died_is_no_job_any_more(gate: Gate) -> None:
    with fleet("tests.fake_lab", GATE=gate.path) as running, asking(running.url) as client:
        ids = [client.post(f"{NETWORK}/latency").json()["id"] for _ in range(2)]
        lost = next(id for id in ids if id.startswith("web2."))
        running.webs[1].process.kill()
        running.webs[1].process.wait()
        for _ in range(4):
            assert client.get(f"{API}/jobs/{lost}").status_code == 404
            assert client.get(f"/lab?network=googlenet&latency={lost}").status_code == 200
            assert client.post(f"{NETWORK}/latency").status_code in (202, 429)

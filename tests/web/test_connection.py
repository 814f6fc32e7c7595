"""Requests as they arrive at a real server: slow, endless, too many, no HTTP at all."""

import json
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from app.network.catalog import NETWORKS
from tests.serving import Server, serving, wait_for

LIMITS = {
    "EXPLORER_HEAD_SECONDS": "90",
    "EXPLORER_BODY_SECONDS": "90",
    "EXPLORER_SEND_SECONDS": "0.5",
    "EXPLORER_WARM_LAB": "false",
    "EXPLORER_LOG_JSON": "true",
    "EXPLORER_LOG_REQUESTS": "true",
    "EXPLORER_TRUSTED_PROXIES": "127.0.0.1",
}
POST = b"POST /api/v1/analysis HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(**LIMITS) as started:
        yield started


@pytest.fixture(scope="module")
def hurried() -> Iterator[Server]:
    """One that waits for nobody; a busy machine may be too slow for it as well."""
    with serving(**LIMITS | {"EXPLORER_HEAD_SECONDS": "0.5", "EXPLORER_BODY_SECONDS": "0.5"}) as started:
        yield started


def connect(server: Server, come_from: str = "127.0.0.1") -> socket.socket:
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), 60, (come_from, 0))


def heard(connection: socket.socket) -> bytes:
    """All that comes until the other side hangs up."""
    said = b""
    try:
        while piece := connection.recv(65536):
            said += piece
    except ConnectionResetError:  # it hung up on what was still being sent
        pass
    return said


def say(connection: socket.socket, data: bytes) -> None:
    """As much of it as the other side hears before it hangs up."""
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(data)


def told(server: Server, part: bytes) -> bytes:
    """What is said to who sends only that: once more where nothing is, for it may have come too late."""
    for _ in range(5):
        with closing(connect(server)) as connection:
            say(connection, part)
            if said := heard(connection):
                return said
    return b""


def check(said: bytes, status: int) -> str:
    """A refusal as all are; gives its detail."""
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), said[:200]
    lines = {line.partition(b":")[0].decode().lower() for line in head.splitlines()[1:]}
    assert {"content-type", "content-security-policy", "x-content-type-options", "connection"} <= lines
    problem = json.loads(body)
    assert problem["status"] == status
    return str(problem["detail"])


def test_who_says_nothing_is_hung_up_on(hurried: Server) -> None:
    with closing(connect(hurried)) as connection:
        assert heard(connection) == b""


@pytest.mark.parametrize("part", [b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: "])
def test_a_head_that_does_not_end_is_not_waited_for(hurried: Server, part: bytes) -> None:
    assert "0.5 s" in check(told(hurried, part), 408)


def test_a_request_is_not_answered_by_what_is_wrong_with_the_next_one(hurried: Server) -> None:
    first = b"GET /api/v1/networks/googlenet/verify HTTP/1.1\r\nHost: x\r\n\r\n"  # torch takes longer than a head may
    for more in (b"GET / HT", b"no HTTP\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000):
        with closing(connect(hurried)) as connection:
            say(connection, first + more)
            assert heard(connection) == b""


def trickle(connection: socket.socket) -> None:
    """Sends a head that never ends."""
    connection.sendall(b"GET / HTTP/1.1\r\nX: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def test_a_head_that_comes_byte_by_byte_is_not_waited_for_either(hurried: Server) -> None:
    with closing(connect(hurried)) as connection, pytest.raises((BrokenPipeError, ConnectionResetError)):
        trickle(connection)


def test_a_body_that_does_not_come_is_not_waited_for(hurried: Server) -> None:
    assert "0.5 s" in check(told(hurried, POST + b"{"), 408)


def test_who_is_answered_before_its_body_came_is_hung_up_on(server: Server) -> None:
    with closing(connect(server)) as connection:
        connection.sendall(POST.replace(b"POST", b"GET") + b"{")
        assert heard(connection).startswith(b"HTTP/1.1 405")


@pytest.mark.parametrize("padding", [0, 40_000, 900_000])
def test_a_body_that_comes_with_its_head_is_none_of_it(server: Server, padding: int) -> None:
    body = NETWORKS["googlenet"].spec.model_dump_json().encode() + b" " * padding
    with closing(connect(server)) as connection:
        connection.sendall(POST.replace(b"Length: 100", b"Length: %d\r\nConnection: close" % len(body)) + body)
        assert heard(connection).startswith(b"HTTP/1.1 200")


def test_a_head_may_be_as_long_as_the_limit_says_whatever_comes_after_it(server: Server) -> None:
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: "
    for beyond, status in ((0, 200), (1, 431)):
        fill = b"x" * (32_768 - len(head) - 4 + beyond)
        with closing(connect(server)) as connection:
            connection.sendall(head + fill + b"\r\n\r\n")
            assert heard(connection).startswith(b"HTTP/1.1 %d" % status)


def test_requests_that_are_sent_ahead_are_answered_in_their_order(server: Server) -> None:
    wanted = [b"/healthz", b"/nowhere", b"/readyz"] * 10
    with closing(connect(server)) as connection:
        heads = [b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path for path in wanted[:-1]]
        connection.sendall(b"".join(heads) + b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        got = re.findall(rb"HTTP/1\.1 (\d+)", heard(connection))
    assert got == [b"404" if path == b"/nowhere" else b"200" for path in wanted[:-1]] + [b"404"]


def test_who_sends_too_many_ahead_is_hung_up_on(server: Server) -> None:
    with closing(connect(server)) as connection:
        say(connection, b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n" * 2000)
        assert heard(connection).count(b"HTTP/1.1 404") < 2000


@pytest.mark.parametrize("hosts", [b"", b"Host: a\r\nHost: b\r\n"])
def test_a_request_names_one_host(server: Server, hosts: bytes) -> None:
    for version, status in ((b"1.0", 400 if hosts else 200), (b"1.1", 400)):
        with closing(connect(server)) as connection:
            connection.sendall(b"GET /size HTTP/%b\r\nConnection: close\r\n%b\r\n" % (version, hosts))
            assert heard(connection).startswith(b"HTTP/1.1 %d" % status)


@pytest.mark.slow
def test_memory_that_large_answers_took_is_given_back() -> None:
    with serving(EXPLORER_WARM_LAB="false") as started, ExitStack() as open_ones:
        before = memory(started)
        slow = [open_ones.enter_context(closing(connect(started))) for _ in range(60)]
        for side, each in enumerate(slow, 64):  # 5 MB each
            address = b"/api/v1/networks/googlenet/figures/macs.html?input=%d" % side
            each.sendall(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % address)
        assert all(each.recv(12).startswith(b"HTTP/1.1") for each in slow)
        open_ones.close()
        wait_for(lambda: memory(started) < before + 150)


@pytest.mark.slow
def test_what_comes_behind_a_body_takes_no_memory() -> None:
    head = b"POST /api/v1/analysis HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with serving(EXPLORER_WARM_LAB="false") as started, closing(connect(started)) as connection:
        before = memory(started)
        behind = b"".join(b"x-filler-%d: %d\r\n" % (at, at) for at in range(400_000))
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + behind + b"\r\n")
        assert connection.recv(12) == b"HTTP/1.1 422"
        assert memory(started) < before + 30


def memory(server: Server) -> float:
    """Resident, MB."""
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_who_does_not_take_an_answer_is_hung_up_on(server: Server) -> None:
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", int(server.url.rpartition(":")[2])))
        connection.settimeout(60)
        connection.sendall(b"GET /api/v1/networks/googlenet/figures/macs.html HTTP/1.1\r\nHost: x\r\n\r\n")
        head = b""
        while not (length := re.search(rb"content-length: (\d+)\r", head)):
            head += connection.recv(4096)
        wait_for(lambda: not listens(connection))
        assert len(heard(connection)) < int(length[1])


def listens(connection: socket.socket) -> bool:
    """Whether the other side, on this machine, still has the connection (proc(5), /proc/net/tcp)."""
    here, there = (f":{address[1]:04X}" for address in (connection.getsockname(), connection.getpeername()))
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return any(each[1].endswith(there) and each[2].endswith(here) and each[3] == "01" for each in lines)


def test_a_head_without_an_end_is_refused(server: Server) -> None:
    with closing(connect(server)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        for _ in range(100):
            say(connection, b"X-Filler: " + b"x" * 1000 + b"\r\n")
        said = heard(connection)
        assert not said or "32,768" in check(said, 431)  # what it said may be lost when it hangs up


@pytest.mark.parametrize("address", [b"/?" + b"x" * 70_000, b"/?" + b"x" * 9_000, b"/" + b"x" * 70_000])
def test_an_address_without_an_end_is_refused(server: Server, address: bytes) -> None:
    with closing(connect(server)) as connection:
        say(connection, b"GET " + address + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        said = heard(connection)
        assert said.startswith((b"HTTP/1.1 414", b"HTTP/1.1 431"))
        assert b'"status": 4' in said


@pytest.mark.parametrize(
    "said", [b"hello\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9\r\n\r\n"]
)
def test_what_is_no_http_is_refused_as_all_else(server: Server, said: bytes) -> None:
    with closing(connect(server)) as connection:
        connection.sendall(said)
        check(heard(connection), 400)


def test_a_slow_client_does_not_stop_others(server: Server) -> None:
    with ExitStack() as slow:
        for _ in range(10):
            slow.enter_context(closing(connect(server))).sendall(b"GET / HT")
        for _ in range(20):
            with urlopen(f"{server.url}/healthz") as answer:
                assert answer.status == 200


def ask(server: Server, *lines: str) -> str:
    with closing(connect(server)) as connection:
        say(connection, "\r\n".join(["GET /counts HTTP/1.1", "Host: x", "Connection: close", *lines, "", ""]).encode())
        return heard(connection).partition(b"\r\n\r\n")[0].decode().lower()


def test_behind_a_trusted_proxy_with_tls_browsers_are_told_to_stay_there(server: Server) -> None:
    assert "strict-transport-security" not in ask(server)
    assert "strict-transport-security: max-age=" in ask(server, "X-Forwarded-Proto: https")


def test_nobody_learns_what_serves(server: Server) -> None:
    assert "\nserver:" not in ask(server)


def test_a_request_has_an_id_which_the_log_repeats_and_no_address_of_a_visitor(server: Server) -> None:
    assert "x-request-id: my-own.1" in ask(server, "X-Request-ID: my-own.1")
    assert "x-request-id: b{d" not in ask(server, "X-Request-ID: b{d")
    wait_for(lambda: '"my-own.1"' in server.log.read_text().rpartition("\n")[0])  # once it has been answered
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    [mine] = [line for line in lines if line.get("request_id") == "my-own.1"]
    assert (mine["method"], mine["path"], mine["status"], mine["level"]) == ("GET", "/counts", 200, "info")
    assert mine["ms"] >= 0
    assert "127.0.0.1" not in json.dumps(lines)

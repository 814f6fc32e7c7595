"""The process: it starts without torch, says where it listens, and leaves nothing behind however it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.serving import ROOT, Server, serving, wait_for

VERIFY = "/api/v1/networks/googlenet/verify"
COLD = {"EXPLORER_WARM_LAB": "false", "EXPLORER_VERIFY_SECONDS": "300"}
"""The process that runs torch starts with the first run, so that a test sees it start, and is not in a hurry."""


def read(server: Server, path: str) -> Any:
    with urlopen(server.url + path, timeout=60) as answer:
        return json.load(answer)


def refused(*arguments: str) -> str:
    """The only line that a start with those arguments writes before it ends with an error."""
    ended = subprocess.run(
        [sys.executable, "-m", "app", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode > 0
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    return line


def test_the_web_floor_runs_without_torch() -> None:
    code = "import app.main, sys; app.main.create_app(); print(sorted({'torch', 'onnx'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_it_answers_where_it_says_it_listens() -> None:
    with serving() as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert read(server, "/healthz") == {"status": "ok"}
        assert read(server, "/api/v1/size?op=conv&input=28&kernel=5")["size"] == 24
        assert server.stop() == 0
        wait_for(lambda: not server.members)  # multiprocessing's own helper ends a moment after the server
        assert server.log.read_text() == ""


def test_an_address_of_the_sixth_version_is_printed_as_urls_have_it() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving("--host", "::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert read(server, "/healthz") == {"status": "ok"}


def test_a_port_in_use_ends_the_start_with_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"127.0.0.1:{port}" in refused("--port", str(port))


@pytest.mark.parametrize(
    "arguments", [("--port", "70000"), ("--port", "-1"), ("--host", "no such host", "--port", "0")]
)
def test_an_impossible_address_ends_the_start_with_one_line(arguments: tuple[str, ...]) -> None:
    assert "cannot listen on" in refused(*arguments)


def asked(server: Server, path: str, pool: ThreadPoolExecutor) -> "Future[Any]":
    """A request that is under way: the process that works on it has started."""
    future = pool.submit(read, server, path)
    wait_for(lambda: bool(server.workers) or future.done())
    assert not future.done()
    return future


def test_control_c_is_a_good_end_too() -> None:
    with serving(**COLD) as server:
        assert read(server, "/healthz") == {"status": "ok"}
        assert server.stop(signal.SIGINT) == 0
        wait_for(lambda: not server.members)
        assert server.log.read_text() == ""


def test_a_request_in_flight_is_finished_before_the_end() -> None:
    # the contract's 10 s may be short for torch's first run where other tests keep the machine busy
    with serving(**COLD, EXPLORER_SHUTDOWN_SECONDS="100") as server, ThreadPoolExecutor() as pool:
        future = asked(server, VERIFY, pool)
        assert server.stop() == 0
        assert future.result()["agrees"] is True
        wait_for(lambda: not server.members)


def test_a_request_that_takes_longer_than_it_may_does_not_keep_it() -> None:
    with serving(**COLD, EXPLORER_SHUTDOWN_SECONDS="1") as server, ThreadPoolExecutor() as pool:
        future = asked(server, VERIFY, pool)
        for worker in server.workers:
            os.kill(worker, signal.SIGSTOP)  # its work will not be done in this second
        assert server.stop() == 0
        refused = future.exception()
        assert isinstance(refused, HTTPError)
        assert refused.code == 503
        assert refused.headers["Retry-After"]
        wait_for(lambda: not server.members)


def test_no_process_stays_after_a_run_and_one_that_was_killed() -> None:
    with serving(**COLD) as server:
        assert read(server, VERIFY)["agrees"] is True
        assert server.workers
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        wait_for(lambda: not server.members)


def test_the_lab_is_warm_before_anybody_asks_and_gone_at_the_end() -> None:
    with serving() as server:
        wait_for(lambda: bool(server.workers))
        assert read(server, "/healthz") == {"status": "ok"}
        assert server.stop() == 0
        wait_for(lambda: not server.members)
        assert "Traceback" not in server.log.read_text()

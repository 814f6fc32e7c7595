"""Jobs of a real server: they are told as they move, and none outlives it, however it ends."""

import json
import signal
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.gate import Gate
from tests.serving import Server, serving, wait_for
from tests.web.doors import NETWORK


def ask(server: Server, method: str, address: str) -> Any:
    with urlopen(Request(server.url + address, method=method), timeout=60) as answer:
        return json.load(answer)


def start(server: Server, kind: str) -> str:
    return f"/api/v1/jobs/{ask(server, 'POST', f'{NETWORK}/{kind}')['id']}"


def listen(server: Server, job: str) -> HTTPResponse:
    answer = urlopen(f"{server.url}{job}/events", timeout=60)
    assert isinstance(answer, HTTPResponse)
    return answer


def events(stream: HTTPResponse) -> Iterator[Any]:
    """What they say, as they come."""
    for line in stream:
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


@pytest.fixture
def server(gate: Gate) -> Iterator[Server]:
    with serving(program="tests.fake_lab", GATE=gate.path, EXPLORER_WARM_LAB="false") as running:
        yield running
        assert "Traceback" not in running.log.read_text()


def test_events_come_when_something_happens_and_not_at_the_end(server: Server, gate: Gate) -> None:
    job = start(server, "training")
    with closing(listen(server, job)) as stream:
        said = events(stream)
        half = next(event for event in said if event["progress"] == 0.5)
        assert (half["status"], half["result"]) == ("running", None)
        gate.open()
        *_, last = said
    assert last["status"] == "done"
    assert last == ask(server, "GET", job)


def test_a_job_whose_events_nobody_reads_any_more_goes_on(server: Server, gate: Gate) -> None:
    job = start(server, "training")
    with closing(listen(server, job)) as stream:
        assert next(events(stream))["status"] in ("queued", "running")
    gate.open()
    wait_for(lambda: ask(server, "GET", job)["status"] == "done")


def test_a_cancelled_jobs_process_is_gone_and_the_next_job_works(server: Server) -> None:
    job = start(server, "gradients")
    wait_for(lambda: ask(server, "GET", job)["status"] == "running")
    (worker,) = server.workers
    assert ask(server, "DELETE", job)["status"] == "cancelled"
    wait_for(lambda: worker not in server.workers)
    job = start(server, "latency")
    wait_for(lambda: ask(server, "GET", job)["status"] == "done")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_stops_ends_its_jobs_and_tells_who_listens(server: Server, how: signal.Signals) -> None:
    jobs = [start(server, "gradients") for _ in range(3)]
    wait_for(lambda: len(server.workers) == 2)
    with closing(listen(server, jobs[0])) as running, closing(listen(server, jobs[2])) as waiting:
        server.process.send_signal(how)
        assert server.process.wait(timeout=10) == 0
        for stream in (running, waiting):
            *_, last = events(stream)
            assert (last["status"], last["message"]) == ("failed", "the server is stopping")
    wait_for(lambda: not server.members)


def test_no_job_outlives_a_server_that_is_killed(server: Server) -> None:
    job = start(server, "gradients")
    wait_for(lambda: ask(server, "GET", job)["status"] == "running")
    assert server.workers
    assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    wait_for(lambda: not server.members)


def test_a_fifth_job_of_one_address_is_refused_with_a_time(server: Server) -> None:
    for _ in range(4):
        start(server, "gradients")
    with pytest.raises(HTTPError) as refused:
        start(server, "gradients")
    with refused.value as answer:
        assert answer.code == 429
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Content-Type"] == "application/problem+json"

"""What is told of a job as it moves: what changed, to as many as may follow, until its end."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.lab.jobs import Job, Jobs
from app.settings import Settings
from tests.gate import Gate
from tests.serving import wait_for
from tests.web.doors import JOB, check_problem
from tests.web.labs import events, pretend, start


@pytest.fixture
def job(visitor: TestClient, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a run that stands at the gate."""
    pretend(monkeypatch, gate.path)
    started = start(visitor)
    gate.wait()
    wait_for(lambda: visitor.get(started).json()["status"] == "running")
    return started


def test_events_tell_what_happens_and_end_with_the_job(visitor: TestClient, gate: Gate, job: str) -> None:
    with ThreadPoolExecutor() as pool:
        stream = pool.submit(visitor.get, f"{job}/events")
        gate.open()
        heard = events(stream.result())
    assert [event["status"] for event in heard][-1] == "done"
    assert heard[-1] == visitor.get(job).json()
    assert stream.result().headers["cache-control"] == "no-store"


def test_events_of_what_has_ended_are_one(client: TestClient) -> None:
    assert events(client.get(f"{JOB}/events")) == [client.get(JOB).json()]


def test_an_event_has_what_is_known_so_far_where_that_has_changed(
    visitor: TestClient, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for(lambda: visitor.get(job).json()["partial"] is not None)
    half = visitor.app.state.jobs.find(job.rpartition("/")[2])  # type: ignore[attr-defined]
    other = replace(half, partial=replace(half.partial))
    told = (
        replace(half, partial=None), replace(half, partial=None, progress=0.4), half, replace(half, progress=0.6),
        other, replace(other, message="still"), replace(other, status="cancelled"),
    )  # fmt: skip

    async def follow(*_: object) -> AsyncIterator[Job]:
        for each in told:
            yield each

    monkeypatch.setattr(Jobs, "follow", follow)
    heard = events(visitor.get(f"{job}/events"))
    assert ["partial" in event for event in heard] == [True, True, True, False, True, False, True]
    assert [event.get("partial") is None for event in heard] == [True, True, False, True, False, True, False]
    assert [(event["progress"], event["message"]) for event in heard] == [
        (each.progress, each.message) for each in told
    ]


@pytest.mark.parametrize(("limit", "others"), [("jobs_followers", 429), ("jobs_followers_per_client", 200)])
def test_as_many_follow_jobs_as_may_in_all_and_of_one_address(
    lab: FastAPI, visitor: TestClient, gate: Gate, job: str, limit: str, others: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab.state.jobs, "_limits", Settings.model_construct().model_copy(update={limit: 1}))
    another = TestClient(lab, client=("203.0.113.9", 50000))
    with ThreadPoolExecutor() as pool, ExitStack() as opened:
        opened.callback(gate.open)
        stream = pool.submit(visitor.get, f"{job}/events")
        wait_for(lambda: lab.state.jobs.followers == 1)
        refused = visitor.get(f"{job}/events")
        check_problem(refused, 429)
        assert int(refused.headers["retry-after"]) > 0
        assert another.head(f"{job}/events").status_code == others
        assert visitor.get(job).status_code == 200
    assert events(stream.result())[-1]["status"] == "done"
    assert len(events(visitor.get(f"{job}/events"))) == 1


def test_who_asks_for_the_head_of_the_events_waits_for_no_job(visitor: TestClient, gate: Gate, job: str) -> None:
    with ThreadPoolExecutor() as pool, ExitStack() as opened:
        opened.callback(gate.open)
        answer = pool.submit(visitor.head, f"{job}/events").result(timeout=90)
        assert visitor.get(job).json()["status"] == "running"
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.content == b""

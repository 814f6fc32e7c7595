"""A sweep as a job at its door: without torch, in a real process, with progress, result and early end."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.serving import wait_for
from tests.web.doors import API, NETWORK, check_problem, read
from tests.web.labs import ended, events, start
from tests.web.test_schema import schema

SWEEP = f"{NETWORK}/sweep"
SHORT = "vary=4e.5x5:32:256:32&vary=width:0.5:1:0.25"
ENDLESS = "vary=width:0.25:4:0.001&vary=input:30:2000:1"
"""Seven million points, and two thousand walks."""


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    """On a server that has no torch."""
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    made = create_app(Settings(warm_lab=False))
    yield made
    made.state.jobs.close()


@pytest.fixture
def visitor(app: FastAPI) -> TestClient:
    return TestClient(app)


def test_it_counts_what_the_sweep_itself_has(visitor: TestClient) -> None:
    job = start(visitor, f"{SWEEP}?{SHORT}&aux=on", json={"max_macs": 1_500_000_000})
    body = ended(visitor, job)
    assert (body["kind"], body["status"], body["progress"]) == ("sweep", "done", 1.0)
    found = body["result"]
    every = read(visitor, found["sweep"])
    assert (found["network"], found["state"]) == (every["network"], every["state"]) == ("googlenet", "aux=on")
    assert found["columns"] == every["columns"][:4]
    assert found["points"] == len(every["rows"]) + every["skipped"]
    fitting = [row[:4] for row in every["rows"] if row[3] <= 1_500_000_000]
    assert found["fitting"] == len(fitting)
    assert all(row in fitting for row in found["rows"])
    assert found["rows"][-1][2] == max(row[2] for row in fitting)
    assert found["settings"]["across"] == "macs:less"
    assert visitor.get(f"{job}/rows.csv").text.splitlines()[0] == ",".join(found["columns"])
    assert events(visitor.get(f"{job}/events")) == [body]
    check_problem(visitor.get(f"{job}/figures/loss"), 404)
    schema[f"{API}/jobs/{{job}}"]["GET"].validate_response(visitor.get(job))


def test_more_than_one_answer_may_have_can_be_counted_and_has_no_address() -> None:
    app = create_app(Settings(warm_lab=False, max_sweep_points=10, max_job_points=24))
    visitor = TestClient(app)
    check_problem(visitor.get(f"{SWEEP}?{SHORT}"), 422)
    found = ended(visitor, start(visitor, f"{SWEEP}?{SHORT}"))["result"]
    assert (found["points"], found["fitting"], found["sweep"]) == (24, 24, None)
    body = check_problem(visitor.post(f"{SWEEP}?{SHORT}&vary=classes:1:2:1"), 422)
    assert "at most 24 points" in body["detail"]
    app.state.jobs.close()


def test_it_is_told_how_far_it_is_and_can_be_cancelled(visitor: TestClient) -> None:
    job = start(visitor, f"{SWEEP}?{ENDLESS}")
    wait_for(lambda: visitor.get(job).json()["progress"] > 0)
    body = visitor.get(job).json()
    assert body["status"] == "running"
    assert body["message"].endswith(" of 7,393,221 points")
    assert visitor.delete(job).json()["status"] == "cancelled"
    assert ended(visitor, start(visitor, f"{SWEEP}?{SHORT}"))["status"] == "done"


@pytest.mark.parametrize(
    ("query", "body", "fields"),
    [
        ("vary=width:2:1:1", {}, ["vary"]),
        ("format=csv", {}, ["format"]),
        ("classes=0&x=1", {}, ["x"]),
        ("", {"up": "macs:more"}, ["up"]),
        ("", {"across": "width:more", "most": 0}, ["across", "most"]),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    visitor: TestClient, query: str, body: dict[str, object], fields: list[str]
) -> None:
    problem = check_problem(visitor.post(f"{SWEEP}?{query}", json=body), 422)
    assert [error["field"] for error in problem["errors"]] == fields


def test_a_network_that_is_none_and_a_body_that_is_none(visitor: TestClient) -> None:
    check_problem(visitor.post(SWEEP.replace("googlenet", "alexnet")), 404)
    check_problem(visitor.post(SWEEP, content=b"most=7"), 415)
    check_problem(visitor.post(SWEEP, content=b" " * 1_000_001), 413)


def test_the_door_does_what_its_description_says(visitor: TestClient) -> None:
    door = schema[f"{API}/networks/{{id}}/sweep"]["POST"]
    for answer in (visitor.post(f"{SWEEP}?{SHORT}"), visitor.post(f"{SWEEP}?x=1"), visitor.post(SWEEP, content=b"x")):
        door.validate_response(answer)

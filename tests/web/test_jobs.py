"""The jobs' doors: start, state, events and end of runs that tests can hold where they like."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from app.lab.kinds import KINDS
from tests.gate import Clock, Gate
from tests.serving import alive, wait_for
from tests.web.doors import API, NETWORK, STARTS, check_problem, check_security
from tests.web.labs import TRAINING, ended, pretend, start
from tests.web.test_schema import schema

JSON = {"Content-Type": "application/json"}


def test_a_start_is_accepted_and_says_where_the_job_is(visitor: TestClient) -> None:
    answer = visitor.post(f"{TRAINING}?input=64")
    body = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == f"{API}/jobs/{body['id']}"
    assert answer.headers["cache-control"] == "no-store"
    check_security(answer)
    assert set(body) == {"id", "kind", "status", "progress", "message", "result", "partial"}
    assert body["kind"] == "training"
    assert body["status"] in ("queued", "running")
    assert body["result"] is None


def test_a_job_moves_with_its_reports_and_ends_with_its_result(
    visitor: TestClient, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, gate.path)
    job = start(visitor)
    wait_for(lambda: visitor.get(job).json()["progress"] == 0.5)
    body = visitor.get(job).json()
    assert (body["status"], body["progress"], body["message"]) == ("running", 0.5, "step 1 of 2")
    assert [row["step"] for row in body["partial"]["rows"]] == [0]
    gate.open()
    body = ended(visitor, job)
    assert (body["status"], body["progress"], body["partial"]) == ("done", 1.0, None)
    assert [row["step"] for row in body["result"]["rows"]] == [0, 1]
    assert body["result"]["settings"]["steps"] == 120


def test_a_job_speaks_the_language_of_who_asks(visitor: TestClient) -> None:
    job = start(visitor)
    english, chinese = ended(visitor, job), visitor.get(f"/zh{job}").json()
    assert english["message"] == "done"
    assert re.fullmatch("[\u4e00-\u9fff]+", chinese["message"])


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_chosen_comes_with_the_variant_to_each_kind(
    visitor: TestClient, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[tuple[Any, ...]] = []

    def arguments(*given: Any) -> tuple[object, ...]:
        called.append(given)
        return ()

    monkeypatch.setitem(KINDS, kind, replace(KINDS[kind], task="tests.lab.fakes:trained", arguments=arguments))
    settings = KINDS[kind].settings
    sent: tuple[dict[str, Any], ...] = ({}, {"content": b""}, {"json": {}}, {"json": {"batch": 7}})
    for more in sent:
        assert ended(visitor, start(visitor, f"{NETWORK}/{kind}?input=64", **more))["status"] == "done"
    assert [given[2] for given in called] == [*[settings()] * 3, settings.model_validate({"batch": 7})]
    for chosen, address, _ in called:
        assert address == "googlenet?input=64"
        assert chosen.spec.input == (3, 64, 64)


@pytest.mark.parametrize("address", STARTS.values())
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"batch": 0}', "batch"),
        ('{"batch": "many"}', "batch"),
        ('{"colour": "red"}', "colour"),
        ("[]", "body"),
        ("null", "body"),
        ("{", "body"),
        ("\xff", "body"),
        (f'{{"batch": {"9" * 5000}}}', "body"),
        (f'{{"batch": {"9" * 500}}}', "batch"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(visitor: TestClient, address: str, body: str, field: str) -> None:
    problem = check_problem(visitor.post(address, content=body.encode("latin-1"), headers=JSON), 422)
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize("address", STARTS.values())
def test_a_body_that_is_too_long_or_no_json_is_refused(visitor: TestClient, address: str) -> None:
    check_problem(visitor.post(address, content=b" " * 1_000_001, headers=JSON), 413)
    check_problem(visitor.post(address, content=b"batch=7"), 415)


@pytest.mark.parametrize("address", STARTS.values())
def test_a_state_that_cannot_be_starts_nothing(visitor: TestClient, address: str) -> None:
    problem = check_problem(visitor.post(f"{address}?classes=0"), 422)
    assert [error["field"] for error in problem["errors"]] == ["classes"]
    check_problem(visitor.post(address.replace("googlenet", "alexnet")), 404)


@pytest.mark.parametrize("address", STARTS.values())
def test_without_torch_nothing_starts(client: TestClient, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    answer = client.post(address)
    assert "torch" in check_problem(answer, 503)["detail"]
    assert int(answer.headers["retry-after"]) > 0


def test_a_client_has_four_at_once_and_all_have_ten(lab: FastAPI, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, gate.path)
    one, two, three = (TestClient(lab, client=(f"192.0.2.{n}", 50000)) for n in range(3))
    jobs = [start(one) for _ in range(4)]
    for visitor, room in ((two, 4), (three, 2)):
        refused = one.post(TRAINING)
        assert "your jobs" in check_problem(refused, 429)["detail"]
        assert int(refused.headers["retry-after"]) > 0
        jobs += [start(visitor) for _ in range(room)]
    refused = three.post(TRAINING)
    assert "10 jobs" in check_problem(refused, 429)["detail"]
    assert int(refused.headers["retry-after"]) > 0
    states = [three.get(job).json()["status"] for job in jobs]
    assert states.count("running") <= 2
    assert states.count("done") == 0
    gate.open()
    assert {ended(one, job)["status"] for job in jobs} == {"done"}
    assert ended(three, start(three))["status"] == "done"


def test_cancelling_ends_the_work(visitor: TestClient, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, gate.path)
    job = start(visitor)
    pid = gate.wait()
    answer = visitor.delete(job)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == visitor.get(job).json()
    assert (answer.json()["status"], answer.json()["result"]) == ("cancelled", None)
    wait_for(lambda: not alive(pid))
    assert visitor.delete(job).json() == answer.json()  # again is no mistake


def test_a_job_is_known_for_an_hour_after_its_end(visitor: TestClient, clock: Clock) -> None:
    job = start(visitor)
    ended(visitor, job)
    clock.now = 3599
    assert visitor.get(job).status_code == 200
    clock.now = 3600
    ask: Callable[[str], Response]
    for ask, address in ((visitor.get, job), (visitor.get, f"{job}/events"), (visitor.delete, job)):
        body = check_problem(ask(address), 404)
        assert "60 minutes" in body["detail"]
        assert [error["field"] for error in body["errors"]] == ["job"]


@pytest.mark.parametrize("name", ["nothing", "%00", "%ff", "x" * 500, "Zm9yIGV4YW1wbGUhIQ"])
def test_a_job_that_never_was_is_not_found(client: TestClient, name: str) -> None:
    for address in (f"{API}/jobs/{name}", f"{API}/jobs/{name}/events"):
        check_problem(client.get(address), 404)


def test_the_doors_do_what_their_description_says(
    visitor: TestClient, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, gate.path)
    doors = schema[f"{API}/networks/{{id}}/training"]["POST"], schema[f"{API}/jobs/{{job}}"]
    with ExitStack() as opened:
        opened.callback(gate.open)
        answers = [visitor.post(TRAINING) for _ in range(5)]
        for answer in (*answers, visitor.post(f"{TRAINING}?x=1"), visitor.post(TRAINING, content=b"x")):
            doors[0].validate_response(answer)
        job = answers[0].headers["location"]
        gate.wait()
        doors[1]["GET"].validate_response(visitor.get(job))
        doors[1]["DELETE"].validate_response(visitor.delete(job))
    last = answers[3].headers["location"]
    ended(visitor, last)
    doors[1]["GET"].validate_response(visitor.get(last))

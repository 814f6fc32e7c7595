"""Runs that tests can hold where they like, at the jobs' doors."""

import json
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from app.lab.kinds import KINDS
from tests.serving import wait_for
from tests.web.doors import NETWORK

TRAINING = f"{NETWORK}/training"


def pretend(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    """Makes the training a fake that gets those arguments."""
    fake = replace(KINDS["training"], task="tests.lab.fakes:trained", arguments=lambda *_: arguments)
    monkeypatch.setitem(KINDS, "training", fake)


def start(visitor: TestClient, address: str = TRAINING, **more: Any) -> str:
    """The address of a new job."""
    answer = visitor.post(address, **more)
    assert answer.status_code == 202, answer.text
    return answer.headers["location"]


def ended(visitor: TestClient, job: str) -> Any:
    wait_for(lambda: visitor.get(job).json()["status"] not in ("queued", "running"))
    return visitor.get(job).json()


def events(answer: Response) -> list[Any]:
    """What the events of a stream say."""
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.endswith("\n\n")
    return [json.loads(event.removeprefix("data: ")) for event in answer.text.removesuffix("\n\n").split("\n\n")]

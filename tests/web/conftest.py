"""The application in this process."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.lab.jobs import Jobs
from app.lab.process import Process
from app.lab.workers import Workers
from app.main import create_app
from app.settings import Settings
from tests.gate import Clock
from tests.serving import wait_for
from tests.web.doors import JOB
from tests.web.labs import pretend


@pytest.fixture(scope="session")
def app() -> Iterator[FastAPI]:
    """With the contract's own limits, whatever the environment says, and a job that has ended.

    Torch starts only where a test needs it, and has time on a busy machine.
    """
    made = create_app(Settings.model_construct(warm_lab=False, verify_seconds=300))
    jobs = made.state.jobs
    with patch("secrets.token_urlsafe", lambda *_: Path(JOB).name), patch("app.lab.process.Process.ready"):
        job = jobs.start("the tests", "training", "tests.lab.fakes:trained", ())
    wait_for(lambda: jobs.find(job.id).ended)
    yield made
    jobs.close()


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """Asks it; an error that nothing turns into an answer fails the test."""
    with TestClient(app, follow_redirects=False) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lab(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    """An application whose training is a fake, and which needs no torch."""
    settings = Settings.model_construct(warm_lab=False)
    app = create_app(settings)
    monkeypatch.setattr(Process, "ready", lambda *_: None)
    app.state.jobs = Jobs(Workers([Process(60, 1024) for _ in range(2)], 1), settings, clock)
    pretend(monkeypatch)
    yield app
    app.state.jobs.close()


@pytest.fixture
def visitor(lab: FastAPI) -> TestClient:
    return TestClient(lab)

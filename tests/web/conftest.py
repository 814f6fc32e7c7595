"""The application in this process."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """With the contract's own limits, whatever the environment says.

    Torch starts only where a test needs it, and has time on a busy machine.
    """
    return create_app(Settings.model_construct(warm_lab=False, verify_seconds=300))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """Asks it; an error that nothing turns into an answer fails the test."""
    with TestClient(app, follow_redirects=False) as running:
        yield running

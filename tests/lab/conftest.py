"""What the lab's tests share."""

import importlib.util
from types import SimpleNamespace

import pytest

from tests.gate import Clock


@pytest.fixture
def torch_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests whose runs do not need it."""
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: find("os" if name == "torch" else name, *more))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What the limits of runs are measured by: it stands still, however long the machine takes."""
    made = Clock()
    monkeypatch.setattr("app.lab.process.time", SimpleNamespace(monotonic=made))
    return made

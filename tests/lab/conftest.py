"""What the lab's tests share."""

import importlib.util

import pytest


@pytest.fixture
def torch_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests whose runs do not need it."""
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: find("os" if name == "torch" else name, *more))

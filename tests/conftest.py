"""What every test shares: Hypothesis times nothing, since a busy machine is no defect."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.gate import Gate

# 40 random variants a test keep the whole suite under two minutes on one core; every run draws new ones
settings.register_profile("house", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """Shut; open at the end at the latest."""
    made = Gate(tmp_path / "gate")
    yield made
    made.close()

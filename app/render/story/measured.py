"""Gradients at the start of training, as the lab measured them once: with the auxiliary heads and without."""

import json
from functools import cache
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from app.network.record import record

STARTS = {
    "gaussian": ("googlenet", "gaussian"),
    "xavier": ("googlenet", "xavier"),
    "he": ("googlenet", "he"),
    "gaussian-norm": ("googlenet-bn", "gaussian"),
    "xavier-norm": ("googlenet-bn", "xavier"),
    "he-norm": ("googlenet-bn", "he"),
}
"""What was measured: network and initial weights."""
MEASURED = Path(__file__).with_name("measured.json")
"""What the lab found; `tests/lab/test_story_measured.py` writes it, and measures again."""


@record
class Measured:
    """What one program found with one torch."""

    torch: str
    """Its version."""
    settings: dict[str, Any]
    """Of the lab's `GradientSettings`, the same for every start."""
    starts: dict[str, dict[str, tuple[float, float]]]
    """Norms without the heads and with them, by start and path."""


@cache
def measured() -> Measured:
    return Measured(**json.loads(MEASURED.read_text()))


@cache
def parts(start: str) -> dict[str, tuple[float, float]]:
    """Geometric means over the convolutions of each part: the gradient's norm without the heads and with them."""
    rows: dict[str, list[tuple[float, float]]] = {}
    for path, norms in measured().starts[start].items():
        rows.setdefault(path.split(".")[0].removeprefix("inception_"), []).append((norms[0], norms[1]))
    return {
        part: (geometric_mean([plain for plain, _ in each]), geometric_mean([helped for _, helped in each]))
        for part, each in rows.items()
    }

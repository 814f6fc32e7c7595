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
    starts: dict[str, dict[str, tuple[float, float, float]]]
    """By start and path: norms without the heads and with them, and the mean over the seeds of their ratio."""


@cache
def measured() -> Measured:
    return Measured(**json.loads(MEASURED.read_text()))


@record
class Part:
    """Geometric means over a part's convolutions."""

    without: float
    """Norm of the gradient of the main loss alone."""
    helped: float
    """Of the whole loss, the heads' in it."""
    gain: float
    """The second over the first."""


@cache
def parts(start: str) -> dict[str, Part]:
    """What was measured, part by part in the order of depth."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for path, found in measured().starts[start].items():
        rows.setdefault(path.split(".")[0].removeprefix("inception_"), []).append(found)
    return {name: Part(*map(geometric_mean, zip(*each, strict=True))) for name, each in rows.items()}

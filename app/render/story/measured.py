"""Gradients at the start of training, as the lab measured them once, for any weight of the auxiliary heads.

A loss is a sum, and so is its gradient: g + v·g₁ + w·g₂. From the inner products of g, g₁ and g₂ follows its norm.
"""

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import combinations_with_replacement
from math import sqrt
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


PAIRS = tuple(combinations_with_replacement(range(3), 2))
"""Which gradients are multiplied, in the order of the products: 0 is the main loss’s, 1 and 2 the heads’."""


@record
class Measured:
    """What one program found with one torch."""

    torch: str
    """Its version."""
    settings: dict[str, Any]
    """Of the lab's `GradientSettings`, the same for every start."""
    starts: dict[str, dict[str, tuple[float, ...]]]
    """By start and path: the inner products of a convolution's weight gradients, means over the seeds."""


@cache
def measured() -> Measured:
    return Measured(**json.loads(MEASURED.read_text()))


def norm(products: Sequence[float], first: float, second: float) -> float:
    """L2 norm of the gradient of loss + first · aux1 + second · aux2; root mean square over the seeds."""
    loss = (1.0, first, second)
    terms = zip(PAIRS, products, strict=True)
    return sqrt(max(0.0, sum([(1 if a == b else 2) * loss[a] * loss[b] * value for (a, b), value in terms])))


@record
class Part:
    """Geometric means over a part's convolutions."""

    without: float
    """Norm of the gradient of the main loss alone."""
    helped: float
    """Of the whole loss, the heads' in it."""

    @property
    def gain(self) -> float:
        """The second over the first."""
        return self.helped / self.without


@lru_cache(maxsize=256)
def parts(start: str, first: float, second: float) -> dict[str, Part]:
    """What was measured, part by part in the order of depth, for those weights of the heads."""
    rows: dict[str, list[tuple[float, float]]] = {}
    for path, products in measured().starts[start].items():
        part = path.split(".")[0].removeprefix("inception_")
        rows.setdefault(part, []).append((norm(products, 0, 0), norm(products, first, second)))
    return {name: Part(*map(geometric_mean, zip(*each, strict=True))) for name, each in rows.items()}

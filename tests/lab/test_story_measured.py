"""The gradients that the story shows, measured again: the same program, seeds and settings give the same numbers.

`python -m tests.lab.test_story_measured` measures all of them and writes them down.
"""

import json
from collections.abc import Callable
from functools import partial
from itertools import combinations_with_replacement
from math import sqrt
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from torch import Tensor

from app.lab.gradients import THREADS, forward, gradients
from app.lab.kinds import KINDS
from app.lab.module import threads
from app.lab.runs import GradientSettings
from app.network.catalog import network
from app.network.variant import variant
from app.render.story import measured
from app.render.story.measured import PAIRS, norm

SETTINGS = GradientSettings(seeds=3, batch=4, input="noise", precision="float64")


def arranged(start: str, run: Callable[..., Any], **changes: Any) -> Callable[..., Any]:
    """A run of the lab with all that it needs but its last arguments."""
    network_id, initialisation = measured.STARTS[start]
    settings = SETTINGS.model_copy(update={"initialisation": initialisation, **changes})
    found = KINDS["gradients"].arguments(variant(network(network_id), {}), network_id, settings)
    return partial(run, *cast("tuple[Any, ...]", found))


def measure(start: str, seeds: int = SETTINGS.seeds) -> dict[str, list[float]]:
    """Inner products of the gradients of the main loss and of each head's, by path: means over the seeds."""
    sums: dict[str, list[float]] = {}
    with threads(THREADS), torch.random.fork_rng(devices=[]):
        for seed in range(seeds):
            made = arranged(start, forward)(seed)
            each = list(made.weights.values())
            losses = (made.loss, *made.heads)
            found = [torch.autograd.grad(loss, each, retain_graph=True, allow_unused=True) for loss in losses]
            for path, *mine in zip(made.weights, *found, strict=True):
                products = [_product(one, other) for one, other in combinations_with_replacement(mine, 2)]
                sums[path] = [have + more / seeds for have, more in zip(sums.get(path, [0] * 6), products, strict=True)]
    return {
        path: [float(f"{value:.4g}") for value in products]
        for path, products in sums.items()
        if products[0] and not path.endswith("linear")
    }


def _product(one: Tensor | None, other: Tensor | None) -> float:
    """0 where a loss does not reach."""
    return 0.0 if one is None or other is None else float((one * other).sum())


@pytest.mark.slow
@pytest.mark.parametrize("start", list(measured.STARTS))
def test_the_story_shows_what_the_lab_measures(start: str) -> None:
    told = json.loads(Path(measured.MEASURED).read_text())
    assert told["settings"] == SETTINGS.model_dump(include={"seeds", "batch", "input", "precision"})
    again = measure(start)
    assert list(again) == list(told["starts"][start])
    for path, products in told["starts"][start].items():
        assert len(products) == len(PAIRS)
        for heads in ((0, 0), (0.3, 0.3), (1, 0), (0, 1)):
            assert norm(products, *heads) == pytest.approx(norm(again[path], *heads), rel=0.02), (path, heads)


@pytest.mark.slow
def test_what_is_worked_out_from_the_products_is_what_the_lab_says_of_the_whole_loss() -> None:
    products = measure("xavier", seeds=1)
    said = arranged("xavier", gradients, seeds=1, head_weight=0.7)(lambda *_: None)
    rows = {row.path: row for row in said.rows if row.without_aux is not None}
    assert list(rows) == list(products)
    for path, row in rows.items():
        assert norm(products[path], 0, 0) == pytest.approx(row.without_aux, rel=1e-3)
        assert norm(products[path], 0.7, 0.7) == pytest.approx(row.with_aux, rel=1e-2)


def test_a_norm_is_that_of_the_sum() -> None:
    main, first, second = (3.0, 0.0), (1.0, 2.0), (0.0, -4.0)
    products = [a * c + b * d for (a, b), (c, d) in combinations_with_replacement((main, first, second), 2)]
    assert norm(products, 0.5, 0.25) == pytest.approx(sqrt(3.5**2 + 0.0**2))


def record() -> None:
    kept = SETTINGS.model_dump(include={"seeds", "batch", "input", "precision"})
    starts = {start: measure(start) for start in measured.STARTS}
    found = {"torch": torch.__version__.partition("+")[0], "settings": kept, "starts": starts}
    Path(measured.MEASURED).write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    record()

"""The gradients that the story shows, measured again: the same program, seeds and settings give the same numbers.

`python -m tests.lab.test_story_measured` measures all of them and writes them down.
"""

import json
from pathlib import Path
from typing import Any, cast

import pytest
import torch

from app.lab.gradients import gradients
from app.lab.kinds import KINDS
from app.lab.runs import Gradients, GradientSettings
from app.network.catalog import network
from app.network.variant import variant
from app.render.story import measured

SETTINGS = GradientSettings(seeds=3, batch=4, input="noise", precision="float64")


def measure(start: str, **changes: Any) -> Gradients:
    network_id, initialisation = measured.STARTS[start]
    settings = SETTINGS.model_copy(update={"initialisation": initialisation, **changes})
    source, shape, layers, used = KINDS["gradients"].arguments(variant(network(network_id), {}), network_id, settings)
    return gradients(cast("Any", source), cast("Any", shape), cast("Any", layers), cast("Any", used), _silent)


def _silent(_progress: float, _message: str, _partial: object = None, /) -> None:
    """Nobody waits."""


def rows(found: Gradients) -> dict[str, list[float]]:
    """Norms without and with the heads and their ratio, of every convolution that the main loss reaches."""
    return {
        row.path: [float(f"{value:.4g}") for value in (row.without_aux, row.with_aux, row.gain) if value is not None]
        for row in found.rows
        if row.without_aux is not None
    }


@pytest.mark.slow
@pytest.mark.parametrize("start", list(measured.STARTS))
def test_the_story_shows_what_the_lab_measures(start: str) -> None:
    told = json.loads(Path(measured.MEASURED).read_text())
    assert told["settings"] == SETTINGS.model_dump(include={"seeds", "batch", "input", "precision", "head_weight"})
    again = rows(measure(start))
    assert list(again) == list(told["starts"][start])
    for path, norms in told["starts"][start].items():
        assert again[path] == pytest.approx(norms, rel=0.02), path


def record() -> None:
    kept = SETTINGS.model_dump(include={"seeds", "batch", "input", "precision", "head_weight"})
    starts = {start: rows(measure(start)) for start in measured.STARTS}
    found = {"torch": torch.__version__.partition("+")[0], "settings": kept, "starts": starts}
    Path(measured.MEASURED).write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    record()

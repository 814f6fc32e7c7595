"""What a job's function is given: the texts of the right networks, and their layers."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.errors import BadInput
from app.lab.kinds import KINDS
from app.lab.process import Process
from app.lab.runs import Gradients, Latency, LatencySettings, Training, TrainingSettings
from app.lab.workers import Workers
from app.network.analysis import analyse
from app.render.pytorch import to_pytorch
from app.settings import Settings
from tests.examples import variant_of


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """With a job's own memory."""
    made = Workers([Process(300, Settings.model_construct().job_memory_mb)], 1)
    yield made
    made.close()


def call_of(kind: str, network: str = "googlenet", query: str = "", **settings: object) -> tuple[object, ...]:
    chosen = KINDS[kind]
    return chosen.arguments(variant_of(network, query), "a test's", chosen.settings.model_validate(settings))


def printed(network: str = "googlenet", query: str = "") -> str:
    spec = variant_of(network, query).spec
    return to_pytorch(spec, analyse(spec), "a test's")


@pytest.mark.parametrize(
    ("network", "query", "twin"),
    [
        ("googlenet", "", "modules=naive"),
        ("googlenet", "4a=naive&aux=on", "modules=naive"),
        ("googlenet-naive", "", "modules=reduced"),
        ("googlenet", "modules=naive&width=0.5", "modules=reduced&width=0.5"),
        ("googlenet", "modules=naive&3c=naive:1,2,3", "3c=naive:1,2,3"),  # what was added has no reduced widths
    ],
)
def test_latency_runs_the_inference_network_beside_its_twin(network: str, query: str, twin: str) -> None:
    source, shape, layers, settings, other = call_of("latency", network, query)
    assert source == printed(network, query.replace("&aux=on", ""))
    assert other == printed(network, twin)
    assert shape == (3, 224, 224)
    assert not any(layer.path.startswith("aux") for layer in layers)  # type: ignore[attr-defined]
    assert settings == LatencySettings()


def test_there_is_no_twin_where_none_is_asked_for_or_can_be() -> None:
    assert call_of("latency", twin=False)[-1] is None
    none = "&".join(f"{name}=off" for name in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"))
    assert call_of("latency", query=none)[-1] is None


def test_gradients_are_of_the_network_with_its_heads() -> None:
    source, _, layers, settings = call_of("gradients", query="4a=off", seeds=2)
    assert source == printed(query="4a=off&aux=on")
    assert any(layer.path.startswith("aux2") for layer in layers)  # type: ignore[attr-defined]
    assert settings.seeds == 2  # type: ignore[attr-defined]


def test_training_is_of_the_reduced_network() -> None:
    source, shape, _, settings = call_of("training", "torchvision", "input=2x99x99", side=48, width=0.5)
    assert source == printed("torchvision", "width=0.5&input=2x48x48&classes=10&aux=on")
    assert shape == (2, 48, 48)
    assert settings == TrainingSettings(side=48, width=0.5)


def test_images_too_small_for_the_network_are_refused_by_the_name_of_their_setting() -> None:
    with pytest.raises(BadInput) as refused:
        call_of("training", side=15)
    (problem,) = refused.value.problems
    assert (problem.field, problem.received) == ("side", "15")
    assert "at least" in problem.allowed


@pytest.mark.parametrize(
    ("kind", "settings", "result"),
    [
        ("latency", {"runs": 3, "warm_up": 1}, Latency),
        ("gradients", {"seeds": 1, "batch": 2}, Gradients),
        ("training", {"steps": 1, "width": 0.0625, "batch": 2}, Training),
    ],
)
def test_the_real_run_of_each_kind_takes_its_call_within_a_jobs_limits(
    workers: Workers, kind: str, settings: dict[str, Any], result: type
) -> None:
    pytest.importorskip("torch")
    shares: list[float] = []
    call = call_of(kind, query="width=0.25&input=96", **settings)
    future = workers.submit(KINDS[kind].task, call, lambda share, *_: shares.append(share))
    assert isinstance(future.result(), result)
    assert shares == sorted(shares)
    assert shares[-1] > 0

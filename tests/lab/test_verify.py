"""The analysis against the running module: they agree, and where one of them is wrong it is said."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.errors import Unavailable
from app.lab.process import Process
from app.lab.verify import Verification, verify
from app.lab.workers import Workers
from app.network.analysis import Analysis, Layer, analyse
from app.network.spec import Spec
from tests.examples import variant_of

pytest.importorskip("torch")
COUNTED = {
    "googlenet": (6_998_552, 1_582_671_872),
    "googlenet-naive": (97_526_008, 12_568_061_056),
    "googlenet-bn": (7_005_832, 1_582_671_872),
    "torchvision": (13_004_888, 1_506_748_416),
    "tf-slim": (6_617_624, 1_498_376_192),
    "separable-stem": (6_991_856, 1_498_677_248),
}
"""What a real model has, auxiliary heads included: reference/facts.md."""
MOST = ",".join(["4096"] * 6)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    started = Workers([Process(120, 1024)], 8)
    yield started
    started.close()


def verified(workers: Workers, spec: Spec, analysis: Analysis) -> Verification:
    return asyncio.run(verify(workers, spec, analysis, "a test's"))


@pytest.mark.parametrize("network", COUNTED)
def test_a_published_network_agrees(workers: Workers, network: str) -> None:
    spec = variant_of(network).spec
    analysis = analyse(spec)
    found = verified(workers, spec, analysis)
    assert found.agrees
    assert [row.path for row in found.rows] == [layer.node.path for layer in analysis.layers[:-1]]
    assert sum(row.params.torch for row in found.rows) == COUNTED[network][0]
    assert sum(row.macs.torch for row in found.rows) == COUNTED[network][1]
    assert found.torch_version[0].isdigit()


@pytest.mark.parametrize(
    ("network", "query"),
    [
        ("googlenet", "aux=on&4a=off"),
        ("googlenet", "aux=on&norm=none&five=3x3x2&rounding=floor&head=flatten&input=2x97x131"),
        ("googlenet", "modules=naive&width=0.25&3a=64,96,128,16,32,32"),
        ("googlenet", "3a=0,0,0,0,0,0&3b=0,0,1,0,0,0&4a=1,0,0,0,0,0&5b=0,0,0,1,1,0"),
        ("googlenet", "&".join(f"{name}=off" for name in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"))),
        ("googlenet", f"input=2048&classes=100000&head=flatten&5b={MOST}"),
        ("googlenet", "input=1x31x2048&classes=1&stem=1,1,1"),
        ("torchvision", "3c=64,96,128,16,32,32&4f=naive:1,2,3&4g=0,0,0,0,0,7&input=15&aux=off"),
        ("tf-slim", "input=1x1&five=5x5&norm=lrn"),
        ("separable-stem", "input=5x64x64&norm=batch&stem=3,2,1"),
    ],
)
def test_a_variant_at_the_edges_agrees(workers: Workers, network: str, query: str) -> None:
    spec = variant_of(network, query).spec
    assert verified(workers, spec, analyse(spec)).agrees


def changed(analysis: Analysis, path: str, **values: int) -> Analysis:
    """The analysis with one layer's numbers replaced."""
    assert path in {layer.node.path for layer in analysis.layers}

    def other(layer: Layer) -> Layer:
        return replace(layer, **values) if layer.node.path == path else layer  # type: ignore[arg-type]

    parts = tuple(replace(part, layers=tuple(map(other, part.layers))) for part in analysis.parts)
    return replace(analysis, parts=parts)


@pytest.mark.parametrize(
    ("path", "quantity", "value"),
    [
        ("conv2.conv", "params", 1),
        ("inception_4e.five.conv", "macs", 1),
        ("pool2", "channels", 191),
        ("pool1", "params", 1),
    ],
)
def test_a_wrong_number_is_found_in_its_row(workers: Workers, path: str, quantity: str, value: int) -> None:
    spec = variant_of().spec
    found = verified(workers, spec, changed(analyse(spec), path, **{quantity: value}))
    assert not found.agrees
    (wrong,) = [
        row for row in found.rows if any(both.analysis != both.torch for both in (row.shape, row.params, row.macs))
    ]
    assert wrong.path == path


def test_parameters_that_no_row_has_are_found(workers: Workers) -> None:
    spec = variant_of().spec
    analysis = analyse(spec)
    totals = replace(analysis.totals, training_params=analysis.totals.training_params + 1)
    assert not verified(workers, spec, replace(analysis, totals=totals)).agrees


def test_the_analysis_of_another_size_does_not_agree(workers: Workers) -> None:
    spec = variant_of().spec
    other = analyse(variant_of(query="input=256").spec)
    found = verified(workers, spec, other)
    assert not found.agrees
    assert found.rows[0].shape.analysis != found.rows[0].shape.torch


def test_a_run_that_needs_more_than_its_time_is_unavailable() -> None:
    spec = variant_of().spec
    hurried = Workers([Process(0.05, 1024)], 8)
    with pytest.raises(Unavailable):
        verified(hurried, spec, analyse(spec))
    hurried.close()

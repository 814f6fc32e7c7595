"""Counts against the published ones, against each other, and against liveness worked out by brute force."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from app.network.analysis import Analysis, Layer, analyse, count
from app.network.graph import INPUT
from app.network.ops import Concat, Conv, Dropout, Linear, ReLU
from tests.examples import analysis_of, layers_of, variant_of
from tests.published import TABLE_1, WIDTHS
from tests.strategies import addresses, query


@pytest.mark.parametrize(
    ("network", "query", "params", "macs"),
    [
        ("googlenet", "", 6_998_552, 1_582_671_872),
        ("googlenet", "aux=on", 6_998_552, 1_582_671_872),
        ("googlenet-bn", "", 7_005_832, 1_582_671_872),
        ("googlenet", "norm=batch", 7_005_832, 1_582_671_872),
        ("torchvision", "", 6_624_904, 1_498_376_192),
        ("torchvision", "aux=off", 6_624_904, 1_498_376_192),
        ("tf-slim", "", 6_617_624, 1_498_376_192),
        ("googlenet-naive", "", 97_526_008, 12_568_061_056),
        ("googlenet", "modules=naive", 97_526_008, 12_568_061_056),
        ("separable-stem", "", 6_983_576 + 7_280 + 1_000, 1_498_677_248),
    ],
)
def test_inference_totals_are_the_published_ones(network: str, query: str, params: int, macs: int) -> None:
    totals = analysis_of(network, query).totals
    assert (totals.params, totals.macs, totals.flops) == (params, macs, 2 * macs)


@pytest.mark.parametrize(
    ("network", "query", "params", "macs"),
    [
        ("googlenet", "", 6_998_552, 1_582_671_872),
        ("googlenet", "aux=on", 13_378_280, 1_591_044_096),
        ("torchvision", "", 13_004_888, 1_506_748_416),
        ("torchvision", "aux=off", 6_624_904, 1_498_376_192),
    ],
)
def test_training_totals_are_the_published_ones(network: str, query: str, params: int, macs: int) -> None:
    totals = analysis_of(network, query).totals
    assert (totals.training_params, totals.training_macs) == (params, macs)


def weights(analysis: Analysis) -> int:
    """Parameters of convs and linear layers without their biases."""
    return sum(
        layer.params - layer.out_shape[0] * getattr(layer.node.op, "bias", True)
        for layer in analysis.layers
        if isinstance(layer.node.op, Conv | Linear)
    )


@pytest.mark.parametrize(("network", "expected"), [("googlenet", 6_990_272), ("separable-stem", 6_983_576)])
def test_weights_alone_are_the_published_ones(network: str, expected: int) -> None:
    assert weights(analysis_of(network)) == expected


@pytest.mark.parametrize("module", WIDTHS)
def test_each_module_costs_what_table_1_counts(module: str) -> None:
    mine = [layer for layer in analysis_of().layers if layer.node.module == module]
    row = TABLE_1[f"inception_{module}"]
    assert sum(layer.params for layer in mine) == row["computed_params_with_bias"]
    assert sum(layer.macs for layer in mine) == row["computed_macs"]


def test_the_columns_of_the_modules_sum_to_the_published_ones() -> None:
    modules = variant_of().spec.modules
    columns = [sum(column) for column in zip(*(module.widths for module in modules), strict=True)]
    assert columns == [1680, 1216, 2320, 256, 752, 736]
    biased = [layer for layer in analysis_of().layers if isinstance(layer.node.op, Conv)]
    assert sum(layer.out_shape[0] for layer in biased) == 7_280


def test_naive_modules_pass_on_ever_more_channels() -> None:
    layers = analysis_of("googlenet-naive").layers
    assert [layer.out_shape[0] for layer in layers if isinstance(layer.node.op, Concat)] == [
        416, 832, 1280, 1728, 2176, 2640, 3344, 4048, 4944,
    ]  # fmt: skip


def test_the_naive_network_costs_fourteen_and_eight_times_as_much() -> None:
    naive, reduced = analysis_of("googlenet-naive").totals, analysis_of("googlenet").totals
    assert round(naive.params / reduced.params, 1) == 13.9
    assert round(naive.macs / reduced.macs, 1) == 7.9


@pytest.mark.parametrize("module", WIDTHS)
def test_a_naive_module_is_never_cheaper_than_the_papers_own(module: str) -> None:
    naive, reduced = analysis_of("googlenet", f"{module}=naive").totals, analysis_of("googlenet").totals
    assert naive.params > reduced.params
    assert naive.macs > reduced.macs


def test_the_heads_are_half_the_parameters_in_training_and_none_at_inference() -> None:
    totals = analysis_of("googlenet", "aux=on").totals
    assert round((totals.training_params - totals.params) / totals.training_params, 3) == 0.477
    assert round((totals.training_macs - totals.macs) / totals.training_macs, 4) == 0.0053


def test_flattening_makes_the_classifier_fifty_times_as_large() -> None:
    assert layers_of("googlenet")["head.linear"].params == 1_024_000 + 1_000
    assert layers_of("googlenet", "head=flatten")["head.linear"].params == 50_176_000 + 1_000


@given(addresses())
def test_rows_sum_to_the_totals(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    found = analysis_of(network, query(values))
    totals = found.totals
    inference = [layer for layer in found.layers if layer.node.phase == "inference"]
    assert sum(layer.params for layer in found.layers) == totals.training_params
    assert sum(layer.macs for layer in found.layers) == totals.training_macs
    assert sum(layer.params for layer in inference) == totals.params
    assert sum(layer.macs for layer in inference) == totals.macs
    kept = [layer for layer in inference if not isinstance(layer.node.op, ReLU | Dropout)]
    assert sum(int(np.prod(layer.out_shape)) for layer in kept) == totals.activations


def peak_by_brute_force(found: Analysis) -> int:
    """At each layer, every tensor that has been made and will still be read, summed afresh."""
    order = [layer for layer in found.layers if layer.node.phase == "inference"]
    tensor = {INPUT: INPUT}
    size = {INPUT: int(np.prod(found.input))}
    born, read = {INPUT: -1}, {INPUT: -1}
    for at, layer in enumerate(order):
        path = layer.node.path
        for source in layer.node.inputs:
            read[tensor[source]] = at
        in_place = isinstance(layer.node.op, ReLU | Dropout)
        tensor[path] = tensor[layer.node.inputs[0]] if in_place else path
        if not in_place:
            size[path] = int(np.prod(layer.out_shape))
            born[path] = read[path] = at
    return max(sum(size[t] for t in size if born[t] <= at <= read[t]) for at in range(len(order)))


@given(addresses())
def test_the_peak_is_the_most_that_is_alive_at_once(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    found = analysis_of(network, query(values))
    assert found.totals.peak_activations == peak_by_brute_force(found)


def test_the_papers_peak_is_lrn2_and_its_copy() -> None:
    totals = analysis_of("googlenet").totals
    assert totals.peak_activations == 2 * 192 * 56 * 56  # conv1's maps and pool1's are freed by then


@pytest.mark.parametrize("network", ["googlenet", "torchvision", "tf-slim", "separable-stem"])
def test_arrays_of_widths_are_counted_as_each_of_them(network: str) -> None:
    pairs = [(1, 8), (100, 96), (640, 7)]
    specs = [variant_of(network, f"4e=2,{width},3,4,5,6&classes={classes}").spec for width, classes in pairs]
    numbers: dict[str, Any] = dict(specs[0].numbers)
    numbers |= {key: np.array([spec.numbers[key] for spec in specs]) for key in ("4e.3x3_reduce", "classes")}
    params, macs = 0, 0
    for part in analyse(specs[0]).parts:
        before: Any = part.layers[0].in_channels[0]
        counts = count(part.geometry, before, numbers)
        params, macs = params + sum(counts[1]), macs + sum(counts[2])
    each = [analyse(spec).totals for spec in specs]
    assert np.array_equal(params, [totals.training_params for totals in each])
    assert np.array_equal(macs, [totals.training_macs for totals in each])


def elements(layer: Layer) -> int:
    return int(np.prod(layer.out_shape))


@given(addresses())
def test_a_layer_knows_its_elements_and_what_comes_in(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    found = analysis_of(network, query(values))
    shapes: dict[str, tuple[int, ...]] = {INPUT: found.input}
    for layer in found.layers:
        assert layer.in_shapes == tuple(shapes[path] for path in layer.node.inputs)
        assert layer.elements == elements(layer)
        shapes[layer.node.path] = layer.out_shape

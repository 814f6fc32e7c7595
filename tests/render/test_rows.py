"""The rows of a network as the contract words them."""

import math
from typing import get_args

from hypothesis import given

from app.network.ops import Op
from app.render.rows import KINDS, Row
from tests.examples import report_of
from tests.strategies import addresses, query

CONTRACT_KINDS = {
    *("conv", "linear", "max_pool", "avg_pool", "lrn", "batch_norm", "relu", "dropout", "concat", "flatten", "softmax"),
    "add",
}


def row(network: str, path: str, query: str = "") -> Row:
    return next(row for row in report_of(network, query).layers if row.path == path)


def test_every_op_has_a_kind_of_the_contract() -> None:
    assert set(KINDS) == set(get_args(Op))
    assert set(KINDS.values()) == CONTRACT_KINDS


@given(addresses())
def test_rows_sum_to_the_totals(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    report = report_of(network, query(values))
    inference = [row for row in report.layers if row.phase == "inference"]
    for name in ("params", "macs", "flops", "activations"):
        assert sum(getattr(row, name) for row in inference) == getattr(report.totals, name), name
    assert sum(row.params for row in report.layers) == report.totals.training_params
    assert sum(row.macs for row in report.layers) == report.totals.training_macs


@given(addresses())
def test_modules_and_the_rest_sum_to_the_whole(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    report = report_of(network, query(values))
    rest = [row for row in report.layers if row.module is None and row.phase == "inference"]
    for name in ("params", "macs"):
        parts = sum(getattr(part, name) for part in [*report.modules, *rest])
        assert parts == getattr(report.totals, name), name


@given(addresses())
def test_rows_are_a_graph_whose_shapes_fit(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    report = report_of(network, query(values))
    shapes: dict[str, tuple[int, ...]] = {"input": report.input}
    for row in report.layers:
        assert row.in_shapes == tuple(shapes[path] for path in row.inputs), row.path
        assert row.path not in shapes
        shapes[row.path] = row.out_shape
    assert report.layers[-1].out_shape == (report.spec.classes,)


@given(addresses())
def test_a_row_says_what_its_kind_has(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    for row in report_of(network, query(values)).layers:
        assert row.kind in CONTRACT_KINDS
        assert row.flops == 2 * row.macs
        assert row.activations == (0 if row.kind in ("relu", "dropout") else math.prod(row.out_shape))
        assert (row.groups is not None) == (row.kind == "conv")
        assert (row.stride is None) == (row.kernel is None)
        assert (row.module is None) == (not row.path.startswith("inception_"))
        assert (row.branch is None) == (row.module is None or row.kind == "concat")
        assert (row.phase == "training") == row.path.startswith("aux")
        assert bool(row.macs) == (row.kind in ("conv", "linear"))
        assert bool(row.params) == (row.kind in ("conv", "linear", "batch_norm"))


def test_a_window_has_its_kernel_stride_padding_and_rounding() -> None:
    conv, pool = row("googlenet", "inception_3a.five.conv"), row("googlenet", "pool1", "rounding=floor")
    assert (conv.kernel, conv.stride, conv.padding, conv.groups, conv.rounding) == ((5, 5), (1, 1), (2, 2), 1, "floor")
    assert (pool.kernel, pool.stride, pool.padding, pool.groups, pool.rounding) == (
        (3, 3),
        (2, 2),
        (0, 0),
        None,
        "floor",
    )


def test_a_depthwise_convolution_has_as_many_groups_as_channels() -> None:
    assert row("separable-stem", "conv1.depthwise", "input=5x224x224").groups == 5
    assert row("separable-stem", "conv1.depthwise", "input=5x224x224").out_shape == (40, 112, 112)


def test_same_padding_differs_by_side_and_so_is_null() -> None:
    conv = row("tf-slim", "conv1")
    assert (conv.stride, conv.padding, conv.rounding) == ((2, 2), None, "ceil")
    assert row("tf-slim", "pool4").padding is None
    assert row("tf-slim", "inception_3a.five.conv").padding == (1, 1)


def test_the_global_pool_is_one_window_and_an_adaptive_one_has_none() -> None:
    one, adaptive = row("googlenet", "head.pool", "input=224x320"), row("torchvision", "aux1.pool")
    assert (one.kind, one.kernel, one.stride, one.padding) == ("avg_pool", (7, 10), (1, 1), (0, 0))
    assert (adaptive.kind, adaptive.kernel, adaptive.stride, adaptive.padding) == ("avg_pool", None, None, None)
    aux = row("googlenet", "aux1.pool", "aux=on")
    assert (aux.kernel, aux.stride, aux.rounding, aux.out_shape) == ((5, 5), (3, 3), "ceil", (512, 4, 4))


def test_a_module_is_a_row_of_its_own() -> None:
    report = report_of("googlenet", "3a=naive&4b=off&5c=0,2,3,0,0,0")
    assert [module.name for module in report.modules] == ["3a", "3b", "4a", "4c", "4d", "4e", "5a", "5b", "5c"]
    first, last = report.modules[0], report.modules[-1]
    assert (first.kind, first.in_shape, first.out_shape) == ("naive", (192, 28, 28), (416, 28, 28))
    assert tuple(first.widths) == (64, 0, 128, 0, 32, 0)
    assert (first.params, first.macs) == (387_072 + 224, 303_464_448)
    assert (last.kind, last.in_shape, last.out_shape) == ("reduced", (1024, 7, 7), (3 + 1024, 7, 7))

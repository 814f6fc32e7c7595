"""The PyTorch text that a visitor downloads, run on torch's meta device, against the analysis of the same variant."""

import ast
from typing import Any
from unittest.mock import patch

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from app.errors import SizeVanishes
from app.network.catalog import NETWORKS
from app.render.pytorch import to_pytorch
from app.render.report import Report
from app.render.rows import Row
from tests.examples import analysis_of, report_of, variant_of
from tests.strategies import addresses, query, states

Calls = dict[str, tuple[Tensor, Tensor]]
"""By path, what a submodule was given and what it returned."""


def text_of(network: str, query: str) -> str:
    return to_pytorch(variant_of(network, query).spec, analysis_of(network, query), f"{network}?{query}")


def model_of(network: str, query: str, device: str = "meta") -> nn.Module:
    """The printed class, made without arguments, in eval mode."""
    names: dict[str, Any] = {}
    exec(compile(text_of(network, query), "model.py", "exec"), names)
    with torch.device(device):
        model: nn.Module = names[names["__all__"][0]]()
    return model.eval()


def quick_norm(norm: nn.BatchNorm2d, x: Tensor) -> Tensor:
    """What batch norm does to a shape: on the meta device torch's own takes 6 ms a layer."""
    assert x.shape[1] == norm.num_features
    return torch.empty_like(x)


def run(model: nn.Module, shape: tuple[int, ...], training: bool = False) -> tuple[Any, Calls]:
    """Runs it once, hooked at every submodule. Only the root is told to train: batch norm keeps still."""
    calls: Calls = {}

    def note(path: str, given: tuple[Tensor, ...], out: Any) -> None:
        assert path not in calls, f"{path} runs twice"
        calls[path] = given[0], out

    hooks = [
        part.register_forward_hook(lambda _, given, out, path=path: note(path, given, out))
        for path, part in model.named_modules()
    ]
    model.training = training
    with torch.no_grad():
        result = model(torch.zeros(1, *shape, device="meta"))
    for hook in hooks:
        hook.remove()
    return result, calls


def multiply_adds(part: nn.Module, out: Tensor) -> int:
    """Each weight of a conv once at each position of its output, each of a linear layer once."""
    match part:
        case nn.Conv2d():
            return part.weight.numel() * out.shape[2] * out.shape[3]
        case nn.Linear():
            return part.weight.numel()
        case _:
            return 0


def called(rows: list[Row]) -> list[Row]:
    """The rows that are submodules; the concatenations are calls within one, and the softmax is left out."""
    return [row for row in rows if row.kind not in ("concat", "softmax")]


def outputs_by_row(report: Report, calls: Calls) -> dict[str, Tensor]:
    return {
        row.path: calls[row.path.removesuffix(".concat") if row.kind == "concat" else row.path][1]
        for row in report.layers
        if row.kind != "softmax"
    }


def concatenated(row: Row, calls: Calls) -> list[Tensor]:
    """What the branches of a module gave, in the order of its concatenation."""
    branches = [f"inception_{row.module}.{branch}" for branch in ("one", "three", "five", "pool")]
    return [calls[path][1] for path in branches if path in calls]


@pytest.mark.parametrize("network", NETWORKS)
@given(data=st.data())
@settings(max_examples=50)
def test_every_row_is_what_torch_runs(network: str, data: st.DataObject) -> None:
    state = query(data.draw(states(network)))
    report, model = report_of(network, state), model_of(network, state)
    with patch.object(nn.BatchNorm2d, "forward", quick_norm):
        _, calls = run(model, report.input, training=True)
    outputs = outputs_by_row(report, calls)
    for row in report.layers[:-1]:
        assert row.out_shape == tuple(outputs[row.path].shape[1:]), row.path
        read = concatenated(row, calls) if row.kind == "concat" else [calls[row.path][0]]
        if row.kernel and not row.padding:
            continue  # padded by hand, so that the layer reads a copy
        assert row.in_shapes == tuple(tuple(one.shape[1:]) for one in read), row.path
        fed = dict(zip(row.inputs, read, strict=True))
        assert all(one is outputs[path] for path, one in fed.items() if path != "input"), row.path
    for row in called(report.layers):
        part = model.get_submodule(row.path)
        assert row.params == sum(parameter.numel() for parameter in part.parameters()), row.path
        assert row.macs == multiply_adds(part, outputs[row.path]), row.path


@given(addresses())
@settings(max_examples=25)
def test_torch_has_no_parameter_and_no_layer_without_a_row(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    report, model = report_of(network, query(values)), model_of(network, query(values))
    leaves = [path for path, part in model.named_modules() if not list(part.children())]
    assert sorted(leaves) == sorted(row.path for row in called(report.layers))
    assert sum(parameter.numel() for parameter in model.parameters()) == report.totals.training_params


@given(addresses())
@settings(max_examples=25)
def test_torchs_own_counter_agrees_on_every_row(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    report, model = report_of(network, query(values)), model_of(network, query(values))
    with FlopCounterMode(display=False) as counter:
        run(model, report.input, training=True)
    flops = {path.partition(".")[2]: sum(by_op.values()) for path, by_op in counter.get_flop_counts().items()}
    assert {row.path: row.flops for row in report.layers if row.flops} == {
        row.path: flops[row.path] for row in report.layers if flops.get(row.path)
    }
    assert counter.get_total_flops() == 2 * report.totals.training_macs


@given(addresses())
@settings(max_examples=25)
def test_it_gives_the_logits_and_in_training_those_of_the_heads_too(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    report, model = report_of(network, query(values)), model_of(network, query(values))
    with patch.object(nn.BatchNorm2d, "forward", quick_norm):
        logits, calls = run(model, report.input)
        trained, _ = run(model, report.input, training=True)
    assert tuple(logits.shape) == (1, report.spec.classes)
    training = {row.path for row in report.layers if row.phase == "training"}
    assert training.isdisjoint(calls)
    heads = trained if training else (trained,)
    assert [tuple(each.shape) for each in heads] == [(1, report.spec.classes)] * (1 + len(report.spec.aux_heads))


@pytest.mark.parametrize("network", NETWORKS)
def test_a_real_run_gives_finite_logits(network: str) -> None:
    torch.manual_seed(0)
    model = model_of(network, "input=64&width=0.25&classes=7&3c=1,2,3,4,5,6&4a=naive&5a=0,2,3,0,0,0", "cpu")
    with torch.no_grad():
        logits = model(torch.rand(2, 3, 64, 64))
    assert logits.shape == (2, 7)
    assert torch.isfinite(logits).all()


@pytest.mark.parametrize(
    ("network", "drop", "eps", "lrn"),
    [
        ("googlenet", 0.4, None, (5, 1e-4, 0.75)),  # the paper's 40 %; Caffe's local_size, alpha, beta
        ("googlenet-bn", 0.4, 1e-5, None),
        ("torchvision", 0.2, 1e-3, None),
        ("tf-slim", 0.2, 1e-3, None),
        ("separable-stem", 0.4, None, (5, 1e-4, 0.75)),
    ],
)
def test_what_no_count_sees_is_as_published(
    network: str, drop: float, eps: float | None, lrn: tuple[int, float, float] | None
) -> None:
    parts = list(model_of(network, "" if network == "tf-slim" else "aux=on").modules())
    drops = {part.p for part in parts if isinstance(part, nn.Dropout)}
    assert drops == ({drop} if network == "tf-slim" else {drop, 0.7})
    assert {part.eps for part in parts if isinstance(part, nn.BatchNorm2d)} == ({eps} if eps else set())
    norms = {(part.size, part.alpha, part.beta) for part in parts if isinstance(part, nn.LocalResponseNorm)}
    assert norms == ({lrn} if lrn else set())


def test_same_padding_puts_the_odd_zero_after_as_tensorflow_does() -> None:
    # 224 → 112 with a 7×7 at stride 2 takes 5 zeros, 225 → 113 takes 6
    assert "self.conv1(nn.functional.pad(x, (3, 3, 2, 3)))" in text_of("tf-slim", "input=224x225")
    assert "self.conv1(nn.functional.pad(x, (2, 3, 3, 3)))" in text_of("tf-slim", "input=225x224")
    # a max pool must not see the zeros
    assert 'self.pool1(nn.functional.pad(x, (0, 1, 0, 1), value=float("-inf")))' in text_of("tf-slim", "")


@pytest.mark.parametrize(
    ("network", "query", "side"),
    [
        ("torchvision", "", 15),
        ("torchvision", "rounding=floor", 45),
        ("googlenet", "", 31),
        ("googlenet", "rounding=floor", 61),
        ("googlenet", "aux=on", 47),
    ],
)
def test_torch_refuses_one_pixel_less_than_we_do(network: str, query: str, side: int) -> None:
    with pytest.raises(SizeVanishes):
        analysis_of(network, f"{query}&input={side - 1}")
    model = model_of(network, f"{query}&input={side}")
    run(model, (3, side, side), training=True)
    with pytest.raises(RuntimeError):
        run(model, (3, side - 1, side - 1), training=True)


NODES = {
    *("Module", "Expr", "Constant", "Import", "ImportFrom", "alias", "Assign", "Name", "Attribute", "Load", "Store"),
    *(
        "List",
        "Tuple",
        "FunctionDef",
        "ClassDef",
        "arguments",
        "arg",
        "Return",
        "Call",
        "keyword",
        "For",
        "If",
        "IfExp",
    ),
    *("Compare", "Eq", "JoinedStr", "FormattedValue", "GeneratorExp", "comprehension"),
}
"""Kinds of syntax that the text may use: no operator, no exception, nothing clever."""
BUILTINS = {"__name__", "super", "float", "print", "sum", "tuple"}


@given(addresses())
def test_the_text_imports_only_torch_and_says_nothing_else(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    tree = ast.parse(text_of(network, query(values)))
    walked = list(ast.walk(tree))
    assert {type(node).__name__ for node in walked} <= NODES
    imports = [ast.unparse(node) for node in walked if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports == ["import torch", "from torch import nn"]
    made = {node.name for node in walked if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    made |= {node.arg for node in walked if isinstance(node, ast.arg)} | {"torch", "nn"}
    made |= {node.id for node in walked if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    assert {node.id for node in walked if isinstance(node, ast.Name)} - made <= BUILTINS
    hidden = {node.attr for node in walked if isinstance(node, ast.Attribute) and node.attr.startswith("_")}
    assert hidden == {"__init__"}


@given(addresses())
def test_the_text_says_its_address_and_its_totals(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    said = ast.get_docstring(ast.parse(text_of(network, query(values)))) or ""
    totals = analysis_of(network, query(values)).totals
    assert f"{network}?{query(values)}" in said
    assert f"{totals.params:,} parameters and {totals.macs:,} multiply-adds" in said

"""The ONNX file against ONNX's own checker and shape inference, for every network and random variants."""

import hashlib
import subprocess
import sys
from collections import Counter
from math import prod

import onnx
import pytest
from hypothesis import assume, given, settings
from onnx import ModelProto, checker, numpy_helper, shape_inference

from app.network.analysis import Analysis
from app.network.catalog import NETWORKS
from app.network.ops import LRN, AvgPool, Block, MaxPool
from app.render.onnx import to_onnx
from app.render.rows import rows
from tests.examples import analysis_of, counted
from tests.serving import ROOT
from tests.strategies import addresses, query

OPERATORS = {
    "conv": {"Conv"},
    "linear": {"Gemm"},
    "max_pool": {"MaxPool"},
    "avg_pool": {"AveragePool", "GlobalAveragePool", "Einsum"},
    "lrn": {"LRN"},
    "batch_norm": {"BatchNormalization"},
    "relu": {"Relu"},
    "dropout": {"Dropout"},
    "concat": {"Concat"},
    "flatten": {"Flatten"},
    "softmax": {"Softmax"},
}


def model_of(analysis: Analysis, seed: int | None = None) -> ModelProto:
    return onnx.load_from_string(to_onnx(analysis, "network?state", seed))


def inferred(model: ModelProto) -> dict[str, list[int | str]]:
    """Shapes by tensor, from ONNX alone: what the file itself says of them is taken out."""
    bare = ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    for output in bare.graph.output:
        output.type.tensor_type.ClearField("shape")
    graph = shape_inference.infer_shapes(bare, check_type=True, strict_mode=True, data_prop=True).graph
    return {
        value.name: [each.dim_value or each.dim_param for each in value.type.tensor_type.shape.dim]
        for value in (*graph.value_info, *graph.output)
    }


def check(analysis: Analysis, model: ModelProto) -> None:
    """Everything that holds with weights and without."""
    checker.check_model(model, full_check=True)
    shapes = inferred(model)
    nodes = [node for node in model.graph.node if node.op_type != "Constant"]
    for row, node in zip(rows(analysis), nodes, strict=True):
        assert node.name == row.path
        assert node.op_type in OPERATORS[row.kind]
        assert tuple(node.input[: len(row.inputs)]) == row.inputs
        assert list(node.output) == [row.path]
        assert shapes[row.path] == ["batch", *row.out_shape], row.path
    said = {value.name for value in (*model.graph.value_info, *model.graph.output)}
    assert said == {node.name for node in nodes}


def sizes(model: ModelProto) -> dict[str, int]:
    """Elements of every tensor of weights, by name."""
    zeros = {
        node.output[0]: prod(node.attribute[0].sparse_tensor.dims)
        for node in model.graph.node
        if node.op_type == "Constant"
    }
    return zeros | {each.name: prod(each.dims) for each in model.graph.initializer}


def check_counts(analysis: Analysis, model: ModelProto) -> None:
    elements = sizes(model)
    counts: Counter[str] = Counter()
    for name, size in elements.items():
        path, _, kind = name.rpartition(".")
        if kind in ("weight", "bias"):
            counts[path] += size
    assert counts == {row.path: row.params for row in rows(analysis) if row.params}


@pytest.mark.parametrize("state", ["", "input=225x97", "input=1x64x331"])
@pytest.mark.parametrize("network", NETWORKS)
def test_a_published_network_is_accepted_and_every_row_inferred(network: str, state: str) -> None:
    analysis = analysis_of(network, state)
    model = model_of(analysis)
    check(analysis, model)
    check_counts(analysis, model)
    assert model.ByteSize() < 100_000


@given(addresses())
@settings(max_examples=100)
def test_a_variant_is_accepted_and_every_row_inferred(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    analysis = analysis_of(network, query(values))
    model = model_of(analysis)
    check(analysis, model)
    check_counts(analysis, model)


@given(addresses())
@settings(max_examples=10)
def test_so_is_one_with_weights(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    analysis = analysis_of(network, query(values))
    assume(analysis.totals.training_params < 8_000_000)
    model = model_of(analysis, seed=1)
    check(analysis, model)
    check_counts(analysis, model)
    assert not [node for node in model.graph.node if node.op_type == "Constant"]


@pytest.mark.parametrize("pool", [MaxPool((1, 1), (2, 2), rounding="ceil"), AvgPool((2, 2), (3, 3), (1, 1), "ceil")])
def test_a_window_that_would_start_in_the_right_padding_is_dropped(pool: Block) -> None:
    # torch: ⌈(6 − 1)/2⌉ + 1 = 4 and ⌈(7 + 2 − 2)/3⌉ + 1 = 4, the fourth of each outside
    analysis = counted({"pool": pool}, (3, 6 if isinstance(pool, MaxPool) else 7, 8))
    assert analysis.layers[0].out_shape[1] == 3
    check(analysis, model_of(analysis))


def test_logits_come_first_then_their_softmax_then_the_heads() -> None:
    def outputs(network: str, state: str) -> list[str]:
        return [output.name for output in model_of(analysis_of(network, state)).graph.output]

    assert outputs("googlenet", "") == ["head.linear", "head.softmax"]
    assert outputs("googlenet", "aux=on") == ["head.linear", "head.softmax", "aux1.linear", "aux2.linear"]
    assert outputs("googlenet", "aux=on&4a=off") == ["head.linear", "head.softmax", "aux2.linear"]
    assert outputs("tf-slim", "") == ["head.flatten", "head.softmax"]


def test_the_image_is_the_only_input_and_has_any_batch() -> None:
    (image,) = model_of(analysis_of("googlenet", "input=1x97x131")).graph.input
    assert image.name == "input"
    assert [each.dim_value or each.dim_param for each in image.type.tensor_type.shape.dim] == ["batch", 1, 97, 131]


def test_a_node_says_what_it_costs() -> None:
    said = {node.name: node.doc_string for node in model_of(analysis_of()).graph.node}
    # 7·7·3·64 + 64, and times 112²: reference numbers of every GoogLeNet
    assert said["conv1"] == "9,472 parameters, 118,013,952 multiply-adds"
    assert said["pool1"] == ""


def test_the_file_says_which_variant_it_is_and_that_nobody_trained_it() -> None:
    without, drawn = model_of(analysis_of()), model_of(analysis_of("googlenet", "width=0.25"), seed=5)
    assert without.graph.name == "network?state"
    assert "network?state. 6,998,552 parameters and 1,582,671,872 multiply-adds" in without.doc_string
    assert "zeros" in without.doc_string
    assert "random (seed 5); nobody trained them" in drawn.doc_string


SMALL = "width=0.25&classes=10&input=64"


def test_one_seed_gives_the_same_bytes_in_any_process() -> None:
    here = to_onnx(analysis_of("torchvision", SMALL), "torchvision", 3)
    code = (
        "import hashlib; from app.render.onnx import to_onnx; from tests.examples import analysis_of;"
        f"print(hashlib.sha256(to_onnx(analysis_of('torchvision', '{SMALL}'), 'torchvision', 3)).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_a_tensor_depends_on_the_seed_its_name_and_its_shape_alone() -> None:
    def tensors(state: str, seed: int) -> dict[str, bytes]:
        found = model_of(analysis_of("googlenet", state), seed).graph.initializer
        return {each.name: numpy_helper.to_array(each).tobytes() for each in found if not each.name.endswith("ratio")}

    alone, beside, other = tensors(SMALL, 3), tensors(f"{SMALL}&aux=on&5b=off", 3), tensors(SMALL, 4)
    kept = {name for name in alone if not name.startswith(("inception_5b", "head"))}
    assert {name: beside[name] for name in kept} == {name: alone[name] for name in kept}
    assert set(alone.values()).isdisjoint(other.values())
    assert len(set(alone.values())) == len(alone)


def test_an_even_number_of_channels_is_no_lrn_of_onnx() -> None:
    # torch takes the odd neighbour before, ONNX after; the paper's and Caffe's LRN span 5
    with pytest.raises(AssertionError, match="even"):
        to_onnx(counted({"lrn": LRN(size=4)}, (8, 3, 3)), "")

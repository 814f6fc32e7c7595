"""The ONNX file, run by onnxruntime, against torch: whole networks with the same weights, and each operator alone."""

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from app.lab.module import load
from app.network.analysis import Analysis
from app.network.catalog import NETWORKS
from app.network.ops import (
    LRN,
    AdaptiveAvgPool,
    Add,
    AvgPool,
    BatchNorm,
    Block,
    Concat,
    Conv,
    Dropout,
    Flatten,
    Fork,
    Linear,
    MaxPool,
    ReLU,
    Softmax,
)
from app.network.spec import Shape
from app.render.onnx import to_onnx
from app.render.pytorch import to_pytorch
from tests.examples import analysis_of, counted, variant_of
from tests.strategies import addresses, query

Floats = NDArray[np.float32]
WHOLE, ALONE = 1e-3, 1e-5
"""Errors that rounding may add up to: through a whole network, in one operator."""
TRAINED = ("weight", "bias", "running_mean", "running_var")


def run(file: bytes, images: Floats) -> dict[str, Floats]:
    """What onnxruntime gives for each output, by name."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {"input": images}), strict=True))


def weights_of(file: bytes) -> dict[str, Tensor]:
    initializers = onnx.load_from_string(file).graph.initializer
    return {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in initializers}


def images_of(shape: tuple[int, ...]) -> Floats:
    """Noise twice: a whisper that biases count in, and of the range of pixels, where LRN does."""
    noise = np.random.default_rng(0).standard_normal((2, *shape)).astype(np.float32)
    return noise * np.array([1, 100], np.float32).reshape(2, 1, 1, 1)


def error(mine: Floats, theirs: Tensor) -> float:
    """The largest difference, in parts of the largest value of the same image."""
    assert mine.shape == theirs.shape
    pairs = zip(mine, theirs.numpy(), strict=True)
    return max(float(np.abs(one - other).max() / max(np.abs(other).max(), 1e-3)) for one, other in pairs)


def module_of(network: str, state: str, analysis: Analysis, file: bytes) -> nn.Module:
    """The printed class with the file's weights: it has exactly these tensors, of exactly these shapes."""
    module = load(to_pytorch(variant_of(network, state).spec, analysis, network), "meta")
    weights = {name: each for name, each in weights_of(file).items() if name.rpartition(".")[2] in TRAINED}
    steps = {name: torch.tensor(0) for name in module.state_dict() if name.endswith("num_batches_tracked")}
    module.load_state_dict(weights | steps, strict=True, assign=True)
    return module


def run_torch(module: nn.Module, images: Floats) -> tuple[tuple[Tensor, ...], dict[str, Tensor]]:
    """Its logits, those of its heads, and what each submodule gave."""
    given: dict[str, Tensor] = {}

    def note(path: str, out: Any) -> None:
        given[path] = out.clone() if isinstance(out, Tensor) else out  # a ReLU writes over what it reads

    for path, part in module.named_modules():
        part.register_forward_hook(lambda _, __, out, path=path: note(path, out))
    module.training = True  # of the root alone: it runs the heads, and its layers stay as at inference
    with torch.no_grad():
        logits = module(torch.from_numpy(images))
    return logits if isinstance(logits, tuple) else (logits,), given


@pytest.mark.parametrize("state", ["input=96&classes=20", "input=75x101&classes=20", "input=4x61x64&classes=1"])
@pytest.mark.parametrize("network", NETWORKS)
def test_a_published_network_gives_torchs_logits(network: str, state: str) -> None:
    state += "" if "aux" in NETWORKS[network].fixed else "&aux=on"
    analysis = analysis_of(network, state)
    file, images = to_onnx(analysis, network, seed=7), images_of(analysis.input)
    first, softmax, *heads = run(file, images).values()
    theirs, _ = run_torch(module_of(network, state, analysis, file), images)
    for mine, other in zip((first, *heads), theirs, strict=True):
        assert error(mine, other) < WHOLE
        assert np.isfinite(mine).all()
        assert np.ptp(mine) > 0
    assert np.allclose(softmax, torch.softmax(torch.from_numpy(first), 1), atol=1e-6)
    assert not np.allclose(first[0], first[1])


@given(addresses(st.integers(61, 90)))
@settings(max_examples=25)
def test_every_row_of_a_variant_gives_torchs_numbers(address: tuple[str, dict[str, str]]) -> None:
    network, state = address[0], query(address[1])
    analysis = analysis_of(network, state)
    assume(analysis.totals.training_params < 12_000_000)
    file, images = to_onnx(analysis, network, seed=7), images_of(analysis.input)
    model = onnx.load_from_string(file)
    model.graph.output.extend(model.graph.value_info)
    mine = run(model.SerializeToString(), images)
    _, theirs = run_torch(module_of(network, state, analysis, file), images)
    for layer in analysis.layers[:-1]:
        path = layer.node.path
        assert error(mine[path], theirs[path.removesuffix(".concat")]) < WHOLE, path


@pytest.mark.parametrize("network", NETWORKS)
def test_the_file_without_weights_runs_and_knows_nothing(network: str) -> None:
    analysis = analysis_of(network, "input=64&classes=8&width=0.25")
    given = run(to_onnx(analysis, network), images_of(analysis.input))
    assert {path for path, values in given.items() if values.any()} == {"head.softmax"}
    assert (given["head.softmax"] == 1 / 8).all()


def padded(x: Tensor, value: float) -> Tensor:
    """One row below, two columns on the left."""
    return functional.pad(x, (2, 0, 0, 1), value=value)


MINUS = float("-inf")
SPLIT = ((0, 1), (2, 0))
CASES: dict[str, tuple[Block, Shape, Any]] = {
    # a window that would start in the right padding is dropped
    "max ceil drops": (MaxPool((1, 1), (2, 2), rounding="ceil"), (3, 6, 8), nn.MaxPool2d(1, 2, ceil_mode=True)),
    "max ceil pads": (
        MaxPool((3, 2), (2, 3), (1, 1), "ceil"), (3, 8, 9), nn.MaxPool2d((3, 2), (2, 3), 1, ceil_mode=True),
    ),
    "max ceil drops a padded one": (
        MaxPool((2, 2), (3, 3), (1, 1), "ceil"), (3, 7, 8), nn.MaxPool2d(2, 3, 1, ceil_mode=True),
    ),
    "max split": (MaxPool((4, 4), (2, 2), SPLIT), (3, 9, 8), lambda x: functional.max_pool2d(padded(x, MINUS), 4, 2)),
    # TensorFlow: 3×3 at stride 2 takes a zero after where the size is even, one on both sides where it is odd
    "max same": (
        MaxPool((3, 3), (2, 2), "same", "ceil"), (2, 8, 9),
        lambda x: functional.max_pool2d(functional.pad(x, (1, 1, 0, 1), value=MINUS), 3, 2),
    ),
    "average floor": (AvgPool((3, 3), (2, 2), (1, 1)), (3, 8, 7), nn.AvgPool2d(3, 2, 1)),
    "average ceil": (AvgPool((5, 5), (3, 3), rounding="ceil"), (3, 14, 6), nn.AvgPool2d(5, 3, ceil_mode=True)),
    "average ceil pads": (
        AvgPool((3, 3), (2, 2), (1, 1), "ceil"), (3, 8, 6), nn.AvgPool2d(3, 2, 1, ceil_mode=True),
    ),
    "average split": (AvgPool((4, 4), (2, 2), SPLIT), (3, 9, 8), lambda x: functional.avg_pool2d(padded(x, 0), 4, 2)),
    "global": (AdaptiveAvgPool((1, 1)), (3, 7, 5), nn.AdaptiveAvgPool2d(1)),
    "adaptive": (AdaptiveAvgPool((4, 4)), (3, 14, 15), nn.AdaptiveAvgPool2d(4)),
    "adaptive that grows": (AdaptiveAvgPool((4, 3)), (3, 2, 7), nn.AdaptiveAvgPool2d((4, 3))),
    "lrn": (LRN(5, 0.7, 0.6, 2.0), (9, 3, 4), nn.LocalResponseNorm(5, 0.7, 0.6, 2.0)),
    "lrn of few": (LRN(5, 0.7), (2, 3, 4), nn.LocalResponseNorm(5, 0.7, 0.75, 1.0)),
    "dropout": (Dropout(0.7), (3, 4, 5), nn.Identity()),
    "add": (
        Fork({"same": {}, "positive": {"relu": ReLU()}, "pool": {"pool": MaxPool((3, 3), (1, 1), (1, 1))}}, Add()),
        (3, 6, 5), lambda x: x + x.relu() + functional.max_pool2d(x, 3, 1, 1),
    ),
    "concat": (
        Fork({"same": {}, "positive": {"relu": ReLU()}}, Concat()), (3, 6, 5), lambda x: torch.cat([x, x.relu()], 1),
    ),
    "softmax": (
        {"relu": ReLU(), "flatten": Flatten(), "softmax": Softmax()}, (4, 2, 3),
        lambda x: x.relu().flatten(1).softmax(1),
    ),
}  # fmt: skip
"""A block, the shape of its input, and torch's own."""


@pytest.mark.parametrize("name", CASES)
def test_an_operator_gives_torchs_numbers(name: str) -> None:
    block, shape, theirs = CASES[name]
    analysis = counted({"x": block}, shape)
    images = images_of(shape)
    *_, mine = run(to_onnx(analysis, name, seed=1), images).values()
    assert error(mine, theirs(torch.from_numpy(images))) < ALONE
    assert mine.shape[1:] == analysis.layers[-1].out_shape


CONV = Conv(6, (3, 2), (2, 1), SPLIT, (1, 2), groups=2)
WEIGHTED: dict[str, tuple[Block, Shape, Any]] = {
    "conv": (
        CONV, (4, 9, 8),
        lambda x, w: functional.conv2d(padded(x, 0), w("weight"), w("bias"), (2, 1), 0, (1, 2), 2),
    ),
    "depthwise same": (
        Conv(8, (7, 7), (2, 2), "same", groups=4, bias=False), (4, 16, 15),
        lambda x, w: functional.conv2d(functional.pad(x, (3, 3, 2, 3)), w("weight"), None, 2, groups=4),
    ),
    "linear": (
        {"relu": ReLU(), "flat": Flatten(), "y": Linear(7)}, (4, 3, 2),
        lambda x, w: functional.linear(x.relu().flatten(1), w("y.weight"), w("y.bias")),
    ),
    "batch norm": (
        BatchNorm(eps=0.01), (5, 3, 2),
        lambda x, w: functional.batch_norm(x, w("running_mean"), w("running_var"), w("weight"), w("bias"), eps=0.01),
    ),
    "batch norm without a scale": (
        BatchNorm(scale=False, eps=0.01), (5, 3, 2),
        lambda x, w: functional.batch_norm(x, w("running_mean"), w("running_var"), None, w("bias"), eps=0.01),
    ),
}  # fmt: skip
"""The same for those with weights, which are asked for by name."""


@pytest.mark.parametrize("name", WEIGHTED)
def test_an_operator_with_weights_gives_torchs_numbers(name: str) -> None:
    block, shape, theirs = WEIGHTED[name]
    analysis = counted({"x": block}, shape)
    file, images = to_onnx(analysis, name, seed=1), images_of(shape)
    (mine,) = run(file, images).values()
    weights = weights_of(file)
    assert error(mine, theirs(torch.from_numpy(images), lambda part: weights[f"x.{part}"])) < ALONE
    assert mine.shape[1:] == analysis.layers[-1].out_shape

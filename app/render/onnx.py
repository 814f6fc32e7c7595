"""A variant as an ONNX model: a node for each layer, called by its path, and so is its output. Made without torch.

Imported by the first request for a file: onnx and NumPy take a fifth of a second to load, and 19 MB.
"""

from math import prod, sqrt
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from app.network.analysis import Analysis, Layer
from app.network.graph import INPUT
from app.network.ops import (
    LRN,
    AdaptiveAvgPool,
    Add,
    AvgPool,
    BatchNorm,
    Concat,
    Conv,
    Dropout,
    Flatten,
    Linear,
    MaxPool,
    ReLU,
    Softmax,
    Windowed,
)
from app.network.record import record

OPSET = 22
"""The first in which a last window that would start in the right padding is dropped, as torch does it."""
IR = 10
"""Version of the file format that onnx 1.17 and onnxruntime 1.20 brought with that opset."""
BATCH = "batch"
"""Length of every tensor's first axis: any number of images."""

Floats = NDArray[np.float32]


@record
class Parameter:
    """A tensor that training would find, and the range that its numbers are drawn from, all alike likely."""

    name: str
    """As in torch's `state_dict`."""
    shape: tuple[int, ...]
    low: float
    high: float


def to_onnx(analysis: Analysis, address: str, seed: int | None = None) -> bytes:
    """The file of a model: `input` [batch, C, H, W] in; the logits out, their softmax, and the auxiliary heads' logits.

    Without a seed the weights are zeros, stored as sparse constants: 10 kB a module. Netron draws the same picture then
    as with weights: each tensor, with its shape, inside the node that reads it. As inputs of the graph, which
    onnx.checker accepts too, they would be a hundred boxes around it; tensors without data it refuses. onnxruntime
    runs sparse constants; a tool that does not know them (onnx's reference evaluator) takes a file with a seed.

    Args:
        analysis: of the variant.
        address: says which variant it is.
        seed: of random weights, float32; a tensor's depend on nothing but the seed, its name and its shape.
    """
    layers = analysis.layers
    parameters = [parameter for layer in layers for parameter in _parameters(layer)]
    constants = {name: values for layer in layers for name, values in _constants(layer).items()}
    outputs = _outputs(layers)
    graph = helper.make_graph(
        [*([_zeros(each) for each in parameters] if seed is None else []), *map(_node, layers)],
        address,
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, (BATCH, *analysis.input))],
        [_value(layer) for layer in outputs],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
        value_info=[_value(layer) for layer in layers if layer not in outputs],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR,
        producer_name="Inception Explorer",
        doc_string=_words(analysis, address, seed),
    )
    if seed is not None:
        for parameter in parameters:  # into the model itself: a second copy of all of them would be too much
            model.graph.initializer.append(numpy_helper.from_array(_draw(parameter, seed), parameter.name))
    file: bytes = model.SerializeToString(deterministic=True)
    return file


def _words(analysis: Analysis, address: str, seed: int | None) -> str:
    totals = analysis.totals
    weights = "zeros that take no room" if seed is None else f"random (seed {seed})"
    return (
        f"GoogLeNet (Szegedy et al. 2014, arXiv 1409.4842), as the Inception Explorer describes it: {address}. "
        f"{totals.params:,} parameters and {totals.macs:,} multiply-adds at inference. "
        f"The weights are {weights}; nobody trained them."
    )


def _outputs(layers: tuple[Layer, ...]) -> list[Layer]:
    """Layers whose output nobody reads but a softmax; those of the auxiliary heads last."""
    read = {path for layer in layers if not isinstance(layer.node.op, Softmax) for path in layer.node.inputs}
    return sorted([layer for layer in layers if layer.node.path not in read], key=lambda layer: layer.node.phase)


def _value(layer: Layer) -> ValueInfoProto:
    return helper.make_tensor_value_info(layer.node.path, TensorProto.FLOAT, (BATCH, *layer.out_shape))


def _node(layer: Layer) -> NodeProto:
    operator, attributes = _operator(layer)
    inputs = [*layer.node.inputs, *_constants(layer), *[parameter.name for parameter in _parameters(layer)]]
    counts = ((layer.params, "parameters"), (layer.macs, "multiply-adds"))
    said = ", ".join(f"{count:,} {what}" for count, what in counts if count)
    return helper.make_node(operator, inputs, [layer.node.path], layer.node.path, said or None, **attributes)


def _operator(layer: Layer) -> tuple[str, dict[str, Any]]:
    """What ONNX calls a layer, and its attributes."""
    op = layer.node.op
    match op:
        case Conv():
            return "Conv", _window(layer, op) | {"dilations": op.dilation, "group": op.groups}
        case Linear():
            return "Gemm", {"transB": 1}
        case MaxPool():
            return "MaxPool", _window(layer, op) | {"ceil_mode": _ceil(op)}
        case AvgPool():
            return "AveragePool", _window(layer, op) | {"ceil_mode": _ceil(op), "count_include_pad": 1}
        case AdaptiveAvgPool(out=(1, 1)):
            return "GlobalAveragePool", {}
        case AdaptiveAvgPool():  # ONNX has none, but each output is a weighted sum of rows and of columns
            return "Einsum", {"equation": "nchw,ih,jw->ncij"}
        case LRN():
            assert op.size % 2, "of an even number of channels, ONNX takes the odd one after and torch before"
            return "LRN", {"size": op.size, "alpha": op.alpha, "beta": op.beta, "bias": op.k}
        case BatchNorm():
            return "BatchNormalization", {"epsilon": op.eps}
        case ReLU():
            return "Relu", {}
        case Dropout():  # passes its input on, unless a runtime is told to train
            return "Dropout", {}
        case Concat():
            return "Concat", {"axis": 1}
        case Add():
            return "Sum", {}
        case Flatten():
            return "Flatten", {"axis": 1}
        case Softmax():
            return "Softmax", {"axis": 1}
        case _:
            assert_never(op)


def _window(layer: Layer, op: Windowed) -> dict[str, Any]:
    """Kernel, stride, and the zeros that the layer really has on each side, SAME padding or not."""
    sides = layer.place.sides
    assert sides is not None
    return {"kernel_shape": op.kernel, "strides": op.stride, "pads": (sides.top, sides.left, sides.bottom, sides.right)}


def _ceil(op: MaxPool | AvgPool) -> int:
    return int(op.rounding == "ceil" and op.padding != "same")


def _parameters(layer: Layer) -> list[Parameter]:
    """In the order that the operator reads them.

    He's range of weights keeps the scale of what comes in; the others stand apart from the 0 and 1 that they start at.
    """
    op, path, channels = layer.node.op, layer.node.path, layer.channels
    match op:
        case Conv() | Linear():
            read = (layer.in_channels[0] // op.groups, *op.kernel) if isinstance(op, Conv) else layer.in_channels
            far, near = sqrt(6 / prod(read)), sqrt(1 / prod(read))
            weight = Parameter(f"{path}.weight", (channels, *read), -far, far)
            bias = Parameter(f"{path}.bias", (channels,), -near, near)
            return [weight, bias] if isinstance(op, Linear) or op.bias else [weight]
        case BatchNorm():
            ranges = {"weight": (0.5, 1.5), "bias": (-0.5, 0.5), "running_mean": (-0.5, 0.5), "running_var": (0.5, 1.5)}
            names = list(ranges)[0 if op.scale else 1 :]
            return [Parameter(f"{path}.{name}", (channels,), *ranges[name]) for name in names]
        case _:
            return []


def _constants(layer: Layer) -> dict[str, Floats]:
    """Numbers that an operator reads and nobody trains, by name, in the order that it reads them."""
    match layer.node.op:
        case BatchNorm(scale=False):
            return {f"ones.{layer.channels}": np.ones(layer.channels, np.float32)}
        case Dropout(p=p):
            return {f"{layer.node.path}.ratio": np.array(p, np.float32)}
        case AdaptiveAvgPool(out=(rows, columns)) if (rows, columns) != (1, 1):
            (size,) = layer.in_sizes
            assert size is not None
            return {
                f"{layer.node.path}.rows": _averages(size[0], rows),
                f"{layer.node.path}.columns": _averages(size[1], columns),
            }
        case _:
            return {}


def _averages(size: int, out: int) -> Floats:
    """The matrix [out, size] whose row i averages elements ⌊i·n/out⌋ … ⌈(i + 1)·n/out⌉ − 1."""
    matrix = np.zeros((out, size), np.float32)
    for i, row in enumerate(matrix):
        window = slice(i * size // out, -(-(i + 1) * size // out))
        row[window] = 1 / len(row[window])
    return matrix


def _zeros(parameter: Parameter) -> NodeProto:
    """A constant of zeros, as a sparse tensor with one of them, because Netron stumbles over one with none."""
    value, where = (
        helper.make_tensor("", TensorProto.FLOAT, [1], [0]),
        helper.make_tensor("", TensorProto.INT64, [1], [0]),
    )
    tensor = helper.make_sparse_tensor(value, where, parameter.shape)
    return helper.make_node("Constant", [], [parameter.name], parameter.name, sparse_value=tensor)


def _draw(parameter: Parameter, seed: int) -> Floats:
    numbers = np.random.default_rng([seed, *parameter.name.encode()]).random(parameter.shape, np.float32)
    return numbers * np.float32(parameter.high - parameter.low) + np.float32(parameter.low)

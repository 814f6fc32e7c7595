"""How other tools count: what each would report of a network in eval mode, as sums of named terms, layer by layer.

Each rule was read in the tool’s source; `tests/oracle/test_tools.py` holds it to the tool’s own answer, to the unit.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import assert_never

from app.network.analysis import Analysis, Layer, Part
from app.network.catalog import NETWORKS
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
    padded_by_hand,
)
from app.network.record import record
from app.network.spec import Spec
from app.words import phrase


@record
class CountedTerm:
    """A part of what a tool reports."""

    name: str
    """What it counts."""
    value: int
    """In the tool's own unit."""


@record
class ToolCount:
    """What a tool reports of a network, for a batch of 1."""

    tool: str
    """Its name, and its backend where it has several."""
    version: str
    """With which the rule was checked."""
    quantity: str
    """The tool's own word for what it counts."""
    value: int
    """What it reports, before it rounds for print."""
    rule: str
    """In a sentence."""
    terms: tuple[CountedTerm, ...]
    """They sum to the value; those that are zero are left out."""


@record
class ToolCounts:
    """What other tools report of one network."""

    tools: tuple[ToolCount, ...]
    """One for each tool, backend and quantity."""


CONV = phrase("convolutions")
LINEAR = phrase("linear layers")
CONV_BIAS = phrase("biases of convolutions")
LINEAR_BIAS = phrase("biases of linear layers")
NORM = phrase("batch norm")
NORM_PARAMS = phrase("batch norm’s parameters")
RELU = phrase("ReLU")
RELU_MODULE = phrase("ReLU, once more as a module")
POOL = phrase("pools")
GLOBAL_POOL = phrase("global average pool")
LRN_SQUARE = phrase("LRN: squares")
LRN_AVERAGE = phrase("LRN: average over channels")
LRN_AFFINE = phrase("LRN: times α, plus k")


@dataclass(frozen=True, slots=True, eq=False)
class Tool:
    """A tool and what it counts. There is one of each, so it is compared by identity."""

    name: str
    version: str
    quantity: str
    rule: str
    counts: Mapping[str, tuple[str, int]]
    """By term: what is counted, and how often."""


def _times(factor: int, *terms: str) -> dict[str, tuple[str, int]]:
    """Terms that count what they are called by."""
    return {term: (term, factor) for term in terms}


# What a term counts where several tools count it differently
_NORM_ELEMENTS = "batch-norm elements"
_NORM_STEPS = "batch-norm elements, twice where there is a γ"
_GLOBAL_INPUTS = "inputs of global average pools"
_GLOBAL_STEPS = "inputs and outputs of global average pools"
_AVERAGES = "outputs of average pools"

_PRODUCTS = _times(1, CONV, LINEAR)
_LRN = _times(1, LRN_SQUARE, LRN_AVERAGE, LRN_AFFINE)
TOOLS = {
    "torch": Tool(
        "torch FlopCounterMode",
        "2.13.0",
        "total flops",
        phrase("Two for each multiply-add of convolutions and linear layers; nothing else."),
        _times(2, CONV, LINEAR),
    ),
    "torchinfo": Tool(
        "torchinfo",
        "1.8.0",
        "Total mult-adds",
        phrase(
            "Every parameter as often as it is used: weights and biases of convolutions at each output position, those "
            "of linear layers and of batch norm once."
        ),
        _PRODUCTS | _times(1, CONV_BIAS, LINEAR_BIAS, NORM_PARAMS),
    ),
    "fvcore": Tool(
        "fvcore",
        "0.1.5.post20221221",
        "flops",
        phrase(
            "One for each multiply-add; two for each element of batch norm (one without γ), one for each input element "
            "of an adaptive average pool."
        ),
        _PRODUCTS | {NORM: (_NORM_STEPS, 1), GLOBAL_POOL: (_GLOBAL_INPUTS, 1)},
    ),
    "ptflops": Tool(
        "ptflops (pytorch)",
        "0.7.5",
        "MACs",
        phrase(
            "One for each multiply-add and for each bias at each output; two for each element of batch norm; pools and "
            "ReLU count their elements once as a function and once more where they are a module; LRN counts the "
            "operations it is made of, without the power and the division."
        ),
        _PRODUCTS
        | _times(1, CONV_BIAS, LINEAR_BIAS)
        | {NORM: (_NORM_ELEMENTS, 2)}
        | _times(1, RELU, RELU_MODULE)
        | {POOL: (POOL, 2), GLOBAL_POOL: (_GLOBAL_INPUTS, 2)}
        | _LRN,
    ),
    "ptflops-aten": Tool(
        "ptflops (aten)",
        "0.7.5",
        "MACs",
        phrase("One for each multiply-add of convolutions and linear layers, and one for each bias at each output."),
        _PRODUCTS | _times(1, CONV_BIAS, LINEAR_BIAS),
    ),
    "calflops-macs": Tool(
        "calflops",
        "0.3.2",
        "MACs",
        phrase("The multiply-adds of convolutions and linear layers, and nothing else."),
        _PRODUCTS,
    ),
    "calflops": Tool(
        "calflops",
        "0.3.2",
        "FLOPs",
        phrase(
            "Two for each multiply-add; one for each bias of a convolution at each output; two for each element of "
            "batch norm (one without γ); one for each element that ReLU or a pool reads; LRN counts the operations it "
            "is made of, without the power and the division."
        ),
        _times(2, CONV, LINEAR)
        | _times(1, CONV_BIAS)
        | {NORM: (_NORM_STEPS, 1)}
        | _times(1, RELU, POOL)
        | {GLOBAL_POOL: (_GLOBAL_INPUTS, 1)}
        | _LRN,
    ),
    "thop": Tool(
        "thop",
        "0.1.1.post2209072238",
        "MACs",
        phrase(
            "One for each multiply-add; four for each element of batch norm; of an adaptive average pool the window’s "
            "size and one more for each output, of a plain average pool its outputs."
        ),
        _PRODUCTS | {NORM: (_NORM_ELEMENTS, 4), POOL: (_AVERAGES, 1), GLOBAL_POOL: (_GLOBAL_STEPS, 1)},
    ),
}
"""By the word that an address names them with."""


def counts(spec: Spec, analysis: Analysis) -> ToolCounts:
    """What each tool reports when it is given the printed PyTorch code, or torchvision's own class where that fits."""
    return count([layer for part in analysis.parts if not part.training for layer in part.layers], own_class(spec))


def own_class(spec: Spec) -> bool:
    """Whether torchvision's own class builds this network: its `torchvision`, with other classes or input sides.

    Auxiliary heads make no difference: in eval mode they do not run.
    """
    theirs = NETWORKS["torchvision"].spec
    changes = {"classes": spec.classes, "input": (theirs.input[0], *spec.input[1:]), "aux": spec.aux}
    theirs = theirs.model_copy(update=changes)
    return (spec.described, spec.realisation) == (theirs.described, theirs.realisation)


def count(layers: Collection[Layer], functional_relu: bool = False) -> ToolCounts:
    """What each tool reports when these layers run.

    Args:
        layers: all that runs; softmax is not among the tools' work, since the printed code gives logits.
        functional_relu: whether ReLU is called as a function, as torchvision does, or stands as a module.
    """
    found: Counter[str] = Counter()
    for layer in layers:
        found.update(_amounts(layer))
    if functional_relu:
        del found[RELU_MODULE]
    return ToolCounts(tuple(_count(tool, found) for tool in TOOLS.values()))


def recounted(analysis: Analysis, tool: Tool, functional_relu: bool) -> Analysis:
    """The same network, with what a tool counts of each layer in the place of its multiply-adds.

    Auxiliary heads do not run: there is nothing to count. The formulas behind the numbers stay those of multiply-adds.
    """
    parts = tuple([_recounted(part, tool, functional_relu) for part in analysis.parts])
    macs = sum([part.macs for part in parts])
    return replace(analysis, parts=parts, totals=replace(analysis.totals, macs=macs, training_macs=macs))


@lru_cache(maxsize=512)
def _recounted(part: Part, tool: Tool, functional_relu: bool) -> Part:
    macs = [sum([term.value for term in terms_of(layer, tool, functional_relu)]) for layer in part.layers]
    layers = tuple([replace(layer, macs=each) for layer, each in zip(part.layers, macs, strict=True)])
    return replace(part, layers=layers, macs=sum(macs))


def terms_of(layer: Layer, tool: Tool, functional_relu: bool) -> tuple[CountedTerm, ...]:
    """What a tool counts of one layer; nothing of an auxiliary head, which does not run."""
    found = {} if layer.node.phase == "training" else _amounts(layer)
    if functional_relu:
        found.pop(RELU_MODULE, None)
    return _terms(tool, found)


def _count(tool: Tool, found: Mapping[str, int]) -> ToolCount:
    terms = _terms(tool, found)
    value = sum(term.value for term in terms)
    return ToolCount(tool.name, tool.version, tool.quantity, value, tool.rule, terms)


def _terms(tool: Tool, found: Mapping[str, int]) -> tuple[CountedTerm, ...]:
    return tuple([CountedTerm(name, n * found[what]) for name, (what, n) in tool.counts.items() if found.get(what)])


def _amounts(layer: Layer) -> dict[str, int]:
    """Of one layer, all that any tool counts."""
    elements = layer.elements
    match op := layer.node.op:
        case Conv():
            return {CONV: layer.macs, CONV_BIAS: elements * op.bias}
        case Linear():
            return {LINEAR: layer.macs, LINEAR_BIAS: elements}
        case BatchNorm():
            return {_NORM_ELEMENTS: elements, _NORM_STEPS: elements * (1 + op.scale), NORM_PARAMS: layer.params}
        case ReLU():
            return {RELU: elements, RELU_MODULE: elements}
        case MaxPool():
            return {POOL: _inputs(layer)}
        case AvgPool():
            return {POOL: _inputs(layer), _AVERAGES: elements}
        case AdaptiveAvgPool():
            return {_GLOBAL_INPUTS: _inputs(layer), _GLOBAL_STEPS: _inputs(layer) + elements}
        case LRN():
            padded = elements + (op.size - 1) * layer.place.positions
            return {LRN_SQUARE: elements, LRN_AVERAGE: padded, LRN_AFFINE: 2 * elements}
        case Dropout() | Concat() | Add() | Flatten() | Softmax():
            return {}
        case _:
            assert_never(op)


def _inputs(layer: Layer) -> int:
    """Elements that a pool reads, with the zeros of a pad that goes before it."""
    size, sides = layer.in_sizes[0], layer.place.sides
    assert size is not None
    height, width = size
    if sides and padded_by_hand(layer.node.op):
        height, width = height + sides.top + sides.bottom, width + sides.left + sides.right
    return layer.in_channels[0] * height * width

"""A variant as PyTorch code: runnable, imports only torch, its submodules named by the paths of the layers."""

from collections.abc import Iterable

from app.network.analysis import Analysis, Layer
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
    Op,
    Pair,
    ReLU,
    Softmax,
    Windowed,
    padded_by_hand,
)
from app.network.spec import AUX_HOSTS, COLUMNS, Present, Spec
from app.render.cells import times

ARGUMENTS = ("one", "three_reduce", "three", "five_reduce", "five", "pool_proj")
"""What the printed code calls a module's columns."""
INDENT = " " * 4


def to_pytorch(spec: Spec, analysis: Analysis, address: str) -> str:
    """The text of a module that offers the class `GoogLeNet`; `address` says which variant it is."""
    layers = [layer for layer in analysis.layers if not isinstance(layer.node.op, Softmax)]
    names = _class_names(spec)
    parts = [_head(spec, analysis, address), _CHAIN]
    if any(isinstance(layer.node.op, BatchNorm) and not layer.node.op.scale for layer in layers):
        parts.append(_SHIFT)
    for present, name in names.items():
        example = next(module for module in spec.modules if module.widths.present == present)
        parts.append(_module_class(name, present, [each for each in layers if each.node.module == example.name]))
    parts += [_network_class(spec, layers, names), _main(spec)]
    return "\n\n\n".join(part.strip("\n") for part in parts) + "\n"


def _head(spec: Spec, analysis: Analysis, address: str) -> str:
    totals = analysis.totals
    return f'''"""GoogLeNet (Szegedy et al. 2014, arXiv 1409.4842), as the Inception Explorer describes it: {address}

{totals.params:,} parameters and {totals.macs:,} multiply-adds at inference, for one {times(spec.input)} image.
Submodules carry the names of the explorer's layers; comments give channels × height × width.
"""

import torch
from torch import nn

__all__ = ["GoogLeNet"]'''


_CHAIN = '''
def chain(**layers):
    """Layers in the order they run, by name."""
    sequence = nn.Sequential()
    for name, layer in layers.items():
        sequence.add_module(name, layer)
    return sequence
'''

_SHIFT = '''
def shift_norm(channels, eps):
    """Batch norm with a shift and no scale, as TF-slim has it."""
    norm = nn.BatchNorm2d(channels, eps=eps)
    norm.register_parameter("weight", None)
    return norm
'''


def _main(spec: Spec) -> str:
    shape = ", ".join(map(str, (1, *spec.input)))
    return f"""
if __name__ == "__main__":
    model = GoogLeNet().eval()
    print(f"{{sum(parameter.numel() for parameter in model.parameters()):,}} parameters")
    print(tuple(model(torch.zeros({shape})).shape))
"""


def _class_names(spec: Spec) -> dict[Present, str]:
    """A class for each set of columns that a module of this network has."""
    names: dict[Present, str] = {}
    for module in spec.modules:
        present = module.widths.present
        if present not in names:
            naive = present == (True, False, True, False, True, False)
            first = "NaiveInception" if naive else "Inception"
            taken = first in names.values() or not (naive or all(present))
            names[present] = f"Inception{len(names) + 1}" if taken else first
    return names


def _module_class(name: str, present: Present, layers: list[Layer]) -> str:
    arguments = ["channels", *[name for name, there in zip(ARGUMENTS, present, strict=True) if there]]
    branches: dict[str, list[Layer]] = {}
    for layer in layers:
        if layer.node.branch:
            branches.setdefault(layer.node.branch, []).append(layer)
    lines = [
        f"class {name}(nn.Module):",
        f'{INDENT}"""Looks at the same input through several windows, stacked along the channels (Figure 2)."""',
        "",
        f"{INDENT}def __init__(self, {', '.join(arguments)}):",
        f"{INDENT * 2}super().__init__()",
    ]
    outs: dict[str, str] = {}
    for branch, chain in branches.items():
        parts = []
        for layer in chain:
            cin = outs.get(layer.node.inputs[0], "channels")
            out = outs[layer.node.path] = _argument(layer.node.op) or cin
            parts.append((layer.node.path.split(".")[-1], _code(layer, cin, out)))
        lines += _chain(branch, parts)
    looks = ", ".join(f"self.{branch}(x)" for branch in branches)
    lines += ["", f"{INDENT}def forward(self, x):", f"{INDENT * 2}return torch.cat([{looks}], dim=1)"]
    return "\n".join(lines)


def _argument(op: Op) -> str | None:
    if isinstance(op, Conv) and isinstance(op.out, str):
        return ARGUMENTS[COLUMNS.index(op.out.split(".")[1])]
    return None


def _chain(name: str, parts: Iterable[tuple[str, str]]) -> list[str]:
    inner = [f"{INDENT * 3}{part}={code}," for part, code in parts]
    return [f"{INDENT * 2}self.{name} = chain(", *inner, f"{INDENT * 2})"]


def _network_class(spec: Spec, layers: list[Layer], names: dict[Present, str]) -> str:
    modules = {f"inception_{module.name}": module for module in spec.modules}
    groups: dict[str, list[Layer]] = {}
    for layer in layers:
        groups.setdefault(layer.node.path.split(".")[0], []).append(layer)
    init, forward = [], []
    for name, group in groups.items():
        first, last = group[0], group[-1]
        shape = f"  # {times(last.out_shape)}"
        if name in modules:
            widths = [first.in_shapes[0][0], *[width for width in modules[name].widths if width]]
            init.append(
                f"{INDENT * 2}self.{name} = {names[modules[name].widths.present]}({', '.join(map(str, widths))})"
            )
        elif first.node.path == name:
            init.append(f"{INDENT * 2}self.{name} = {_code(first)}")
        else:
            init += _chain(name, [(layer.node.path.split(".")[1], _code(layer)) for layer in group])
        if name in AUX_HOSTS:
            forward.append(f"{INDENT * 2}{name} = self.{name}(x) if self.training else None{shape}")
        else:
            forward.append(f"{INDENT * 2}x = self.{name}({_padded(first)}){shape}")
    heads = ", ".join(spec.aux_heads)
    returned = f"(x, {heads}) if self.training else x" if heads else "x"
    logits = f"the logits, and in training those of {heads} too" if heads else "the logits"
    return "\n".join(
        [
            "class GoogLeNet(nn.Module):",
            f'{INDENT}"""Takes images of {times(spec.input)}, gives {logits}."""',
            "",
            f"{INDENT}def __init__(self):",
            f"{INDENT * 2}super().__init__()",
            *init,
            "",
            f"{INDENT}def forward(self, x):",
            *forward,
            f"{INDENT * 2}return {returned}",
        ]
    )


def _padded(layer: Layer) -> str:
    """The input of a layer, padded by hand where its sides differ: torch's own layers pad both sides alike."""
    op, sides = layer.node.op, layer.place.sides
    if sides is None or not padded_by_hand(op):
        return "x"
    value = ', value=float("-inf")' if isinstance(op, MaxPool) else ""
    return f"nn.functional.pad(x, ({sides.left}, {sides.right}, {sides.top}, {sides.bottom}){value})"


def _code(layer: Layer, channels: str = "", out: str = "") -> str:
    """The constructor of a layer; channels and outputs by name where they are given, else by number."""
    op = layer.node.op
    cin = channels or str(layer.in_shapes[0][0])
    out = out or str(layer.out_shape[0])
    match op:
        case Conv():
            groups = f", groups={op.groups}" if op.groups > 1 else ""
            bias = "" if op.bias else ", bias=False"
            dilation = f", dilation={_one_or_two(op.dilation)}" if op.dilation != (1, 1) else ""
            return f"nn.Conv2d({cin}, {out}, {_one_or_two(op.kernel)}{_slide(layer)}{dilation}{groups}{bias})"
        case Linear():
            return f"nn.Linear({cin}, {out})"
        case MaxPool() | AvgPool():
            name = "MaxPool2d" if isinstance(op, MaxPool) else "AvgPool2d"
            ceil = ", ceil_mode=True" if op.rounding == "ceil" and op.padding != "same" else ""
            return f"nn.{name}({_one_or_two(op.kernel)}{_slide(layer)}{ceil})"
        case AdaptiveAvgPool():
            return f"nn.AdaptiveAvgPool2d({_one_or_two(op.out)})"
        case LRN():
            return f"nn.LocalResponseNorm({op.size}, alpha={op.alpha}, beta={op.beta}, k={op.k})"
        case BatchNorm():
            eps = "" if op.eps == 1e-5 else f", eps={op.eps}"
            return f"nn.BatchNorm2d({cin}{eps})" if op.scale else f"shift_norm({cin}, eps={op.eps})"
        case ReLU():
            return "nn.ReLU(inplace=True)"
        case Dropout():
            return f"nn.Dropout({op.p})"
        case Flatten():
            return "nn.Flatten()"
        case Concat() | Add() | Softmax():
            raise ValueError(f"{layer.node.path} is no submodule")


def _slide(layer: Layer) -> str:
    """Stride and padding, where they are not what torch takes anyway: 1 for convolutions, the kernel for pools."""
    op = layer.node.op
    assert isinstance(op, Windowed)
    usual = (1, 1) if isinstance(op, Conv) else op.kernel
    stride = f", stride={_one_or_two(op.stride)}" if op.stride != usual else ""
    if padded_by_hand(op) or op.padding == (0, 0):
        return stride
    sides = layer.place.sides
    assert sides is not None
    return f"{stride}, padding={_one_or_two((sides.top, sides.left))}"


def _one_or_two(pair: Pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else str(pair)

"""Receptive fields against the pixels that torch's own gradient reaches.

The printed network runs with weights of 1, average pools in place of max pools, and nothing that hides a pixel: then an
output depends on exactly the pixels it sees. One channel everywhere; the input is long in one direction, so that no
field in the middle meets a border there.
"""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from app.render.pytorch import to_pytorch
from app.render.rows import Row
from tests.examples import analysis_of, report_of, variant_of
from tests.strategies import OWN

LONG, SHORT = 832, 64
"""832 = 26 · 32: the widest field, 715 pixels, and its neighbour's lie within."""
REDUCED = "&".join(f"{name}=1,1,1,1,1,1" for name in OWN)
NAIVE = "modules=naive&" + "&".join(f"{name}=naive:1,1,1" for name in OWN)
NETWORKS = [
    ("googlenet", REDUCED),
    ("googlenet", f"{REDUCED}&rounding=floor&five=3x3x2"),
    ("googlenet-naive", NAIVE),
    ("googlenet-bn", REDUCED),
    ("torchvision", REDUCED),
    ("tf-slim", REDUCED),
    ("separable-stem", REDUCED),
]
IDS = ["googlenet", "floor", "naive", "bn", "torchvision", "tf-slim", "separable"]


def see_through(module: nn.Module) -> None:
    """Makes every output depend on each pixel that it sees, positively."""
    for name, part in list(module.named_children()):
        match part:
            case nn.MaxPool2d():
                pool = nn.AvgPool2d(part.kernel_size, part.stride, part.padding, part.ceil_mode)
                setattr(module, name, pool)
            case nn.ReLU() | nn.LocalResponseNorm() | nn.Dropout() | nn.BatchNorm2d():
                setattr(module, name, nn.Identity())
            case _:
                see_through(part)


def outputs_of(network: str, query: str, shape: tuple[int, int]) -> tuple[list[Row], Tensor, dict[str, Tensor]]:
    """Rows, input and outputs by path; a batch of two, one for an output and one for its neighbour."""
    query = f"{query}&stem=1,1,1&classes=1&input=1x{shape[0]}x{shape[1]}"
    text = to_pytorch(variant_of(network, query).spec, analysis_of(network, query), "")
    # padding by hand fills with −∞ before a max pool; an average takes zeros
    names: dict[str, Any] = {}
    exec(compile(text.replace(', value=float("-inf")', ""), "model.py", "exec"), names)
    model: nn.Module = names["GoogLeNet"]().double().eval()
    see_through(model)
    outputs: dict[str, Tensor] = {}
    for path, part in model.named_modules():
        part.register_forward_hook(lambda _, __, out, path=path: outputs.update({path: out}))
    for parameter in model.parameters():
        nn.init.ones_(parameter)
    image = torch.ones(2, 1, *shape, dtype=torch.float64, requires_grad=True)
    model(image)
    return report_of(network, query).layers, image, outputs


def reached(output: Tensor, image: Tensor, axis: int) -> tuple[int, int]:
    """How many pixels the middle output reaches along an axis, and how far on those of the next output start."""
    middle = [(side - 1) // 2 for side in output.shape[2:]]
    after = [at + (dimension == axis) for dimension, at in enumerate(middle)]
    chosen = output[0, :, middle[0], middle[1]].sum() + output[1, :, after[0], after[1]].sum()
    (gradient,) = torch.autograd.grad(chosen, image, retain_graph=True)
    lines = [torch.nonzero(one[0].sum(1 - axis)).flatten() for one in gradient]
    first, last, start = int(lines[0].min()), int(lines[0].max()), int(lines[1].min())
    assert first > 0, "clipped at the border"
    assert int(lines[1].max()) < image.shape[2 + axis] - 1, "clipped at the border"
    return last - first + 1, start - first


@pytest.mark.parametrize("axis", [0, 1], ids=["height", "width"])
@pytest.mark.parametrize(("network", "query"), NETWORKS, ids=IDS)
def test_a_field_is_what_the_gradient_reaches(network: str, query: str, axis: int) -> None:
    rows, image, outputs = outputs_of(network, query, (LONG, SHORT) if axis == 0 else (SHORT, LONG))
    kinds = ("conv", "max_pool", "concat")
    sliding = [row for row in rows if row.kind in kinds and row.phase == "inference" and row.path != "head.conv"]
    assert len(sliding) > 50
    for row in sliding:
        output = outputs[row.path.removesuffix(".concat")]
        field = row.receptive_field
        assert (field.size[axis], field.jump[axis]) == reached(output, image, axis), row.path


def test_the_classifier_reaches_every_pixel() -> None:
    rows, image, outputs = outputs_of("googlenet", f"{REDUCED}&head=flatten", (LONG, SHORT))
    (gradient,) = torch.autograd.grad(outputs["head.linear"].sum(), image)
    assert bool((gradient > 0).all())
    size, jump = next(row.receptive_field.size for row in rows if row.path == "head.linear"), 32
    assert size == (715 + (LONG // jump - 1) * jump, 715 + (SHORT // jump - 1) * jump)

"""What the story claims of convolutions, pools and averages, done in torch."""

from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, max_pool2d, pad, relu

from app.network.literature import FACTS
from tests.oracle.test_torch import model_of


def noise(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_a_score_is_the_mean_of_the_scores_at_every_place() -> None:
    torch.manual_seed(0)
    model = model_of("googlenet", "", "cpu").double()
    averaged: list[Tensor] = []
    model.get_submodule("head.pool").register_forward_hook(lambda _, inputs, __: averaged.append(inputs[0]))
    with torch.no_grad():
        scores = model(noise(1, 3, 224, 224))
        (last,) = averaged
        assert last.shape == (1, 1024, 7, 7)
        places = model.get_submodule("head.linear")(last.movedim(1, -1)).flatten(1, 2)
    assert places.shape == (1, 49, 1000)
    assert not torch.allclose(places[:, 0], scores)
    torch.testing.assert_close(places.mean(1), scores)


def test_same_padding_sets_its_windows_where_caffe_does_and_a_row_on_both_sides_does_not() -> None:
    x = noise(1, 2, 112, 112)
    caffe = max_pool2d(x, 3, 2, ceil_mode=True)
    same = max_pool2d(pad(x, (0, 1, 0, 1), value=-torch.inf), 3, 2)
    courses = max_pool2d(x, 3, 2, padding=1)
    assert caffe.shape == same.shape == courses.shape == (1, 2, 56, 56)
    assert torch.equal(caffe, same)
    assert not torch.equal(caffe, courses)
    rolled = max_pool2d(pad(x, (1, 0, 1, 0), value=-torch.inf), 3, 2)
    assert torch.equal(courses, rolled)  # its windows begin a row and a column earlier


def test_without_its_relu_a_reduction_is_one_large_kernel_in_two_factors() -> None:
    x, squeeze, spread = noise(1, 12, 9, 9), noise(3, 12, 1, 1), noise(8, 3, 5, 5)
    whole = torch.einsum("orhw,ri->oihw", spread, squeeze[:, :, 0, 0])
    torch.testing.assert_close(conv2d(conv2d(x, squeeze), spread, padding=2), conv2d(x, whole, padding=2))
    assert torch.linalg.matrix_rank(whole.permute(0, 2, 3, 1).reshape(-1, 12)) == 3
    bent = conv2d(relu(conv2d(x, squeeze)), spread, padding=2)
    assert not torch.allclose(bent, conv2d(x, whole, padding=2))


@pytest.mark.parametrize("kernels", [[(5, 5)], [(3, 3), (3, 3)], [(5, 1), (1, 5)]])
def test_small_kernels_on_top_of_each_other_see_as_far_as_a_large_one(kernels: list[tuple[int, int]]) -> None:
    x = torch.zeros(1, 1, 11, 11, dtype=torch.float64, requires_grad=True)
    out = x
    for kernel in kernels:
        out = conv2d(out, torch.ones(1, 1, *kernel, dtype=torch.float64), padding=(kernel[0] // 2, kernel[1] // 2))
    (seen,) = torch.autograd.grad(out[0, 0, 5, 5], x)
    rows, columns = (seen[0, 0] != 0).nonzero(as_tuple=True)
    assert [int(each) for side in (rows, columns) for each in (side.min(), side.max())] == [3, 7, 3, 7]


def stack(*widths: int) -> list[nn.Module]:
    """3×3 convolutions of those widths, on an image."""
    return [nn.Conv2d(a, b, 3) for a, b in zip((3, *widths), widths, strict=False)]


def alexnet() -> list[nn.Module]:
    """Two halves, on two cards, that meet in the third convolution."""
    return [
        nn.Conv2d(3, 96, 11),
        nn.Conv2d(96, 256, 5, groups=2),
        nn.Conv2d(256, 384, 3),
        nn.Conv2d(384, 384, 3, groups=2),
        nn.Conv2d(384, 256, 3, groups=2),
    ]


def linear(*widths: int) -> list[nn.Module]:
    return [nn.Linear(a, b) for a, b in pairwise(widths)]


@pytest.mark.parametrize("name", ["alexnet", "vgg"])
def test_the_fully_connected_layers_of_the_others_are_counted_from_their_layers(name: str) -> None:
    with torch.device("meta"):
        convolutions: list[nn.Module] = (
            alexnet() if name == "alexnet" else stack(64, 64, 128, 128, *[256] * 3, *[512] * 6)
        )
        connected = linear(256 * 6 * 6 if name == "alexnet" else 512 * 7 * 7, 4096, 4096, 1000)
    theirs = [
        sum(each.numel() for layer in layers for each in layer.parameters()) for layers in (convolutions, connected)
    ]
    assert theirs[1] == FACTS[f"{name}_linear"].value
    assert sum(theirs) == FACTS[f"{name}_params"].value

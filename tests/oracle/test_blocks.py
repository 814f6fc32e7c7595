"""Blocks of later networks, described with today's vocabulary, against torch modules written by hand."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from app.network.ops import Add, AvgPool, BatchNorm, Block, Conv, Flatten, Fork, Linear, MaxPool, Padding, ReLU
from tests.examples import counted

NORM = BatchNorm(eps=1e-3)


def conv(out: int, high: int, wide: int) -> dict[str, Block]:
    """Convolution of any kernel that keeps the size, batch norm, ReLU: Inception-v3's unit."""
    return {"conv": Conv(out, (high, wide), padding=(high // 2, wide // 2), bias=False), "bn": NORM, "relu": ReLU()}


class Unit(nn.Sequential):
    """The same in torch."""

    def __init__(self, channels: int, out: int, high: int, wide: int) -> None:
        same = (high // 2, wide // 2)
        super().__init__(
            nn.Conv2d(channels, out, (high, wide), padding=same, bias=False), nn.BatchNorm2d(out, eps=1e-3), nn.ReLU()
        )


class InceptionC(nn.Module):
    """torchvision's InceptionC (Szegedy et al. 2015, Figure 6): 7×7 as 1×7 and 7×1."""

    def __init__(self, channels: int, c7: int) -> None:
        super().__init__()
        self.one = Unit(channels, 192, 1, 1)
        self.seven = nn.Sequential(Unit(channels, c7, 1, 1), Unit(c7, c7, 1, 7), Unit(c7, 192, 7, 1))
        self.twice = nn.Sequential(
            Unit(channels, c7, 1, 1), Unit(c7, c7, 7, 1), Unit(c7, c7, 1, 7), Unit(c7, c7, 7, 1), Unit(c7, 192, 1, 7)
        )
        self.pool = nn.Sequential(nn.AvgPool2d(3, 1, 1), Unit(channels, 192, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.one(x), self.seven(x), self.twice(x), self.pool(x)], 1)


INCEPTION_C: Block = {
    "mixed": Fork(
        {
            "one": conv(192, 1, 1),
            "seven": {"a": conv(128, 1, 1), "b": conv(128, 1, 7), "c": conv(192, 7, 1)},
            "double": {
                "a": conv(128, 1, 1), "b": conv(128, 7, 1), "c": conv(128, 1, 7), "d": conv(128, 7, 1),
                "e": conv(192, 1, 7),
            },
            "pool": {"pool": AvgPool((3, 3), (1, 1), (1, 1)), "proj": conv(192, 1, 1)},
        }
    )
}  # fmt: skip


class InceptionE(nn.Module):
    """torchvision's InceptionE (Figure 7): branches whose last convolution forks into 1×3 and 3×1."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.one = Unit(channels, 320, 1, 1)
        self.three = Unit(channels, 384, 1, 1)
        self.twice = nn.Sequential(Unit(channels, 448, 1, 1), Unit(448, 384, 3, 3))
        self.ends = nn.ModuleList(Unit(384, 384, high, wide) for high, wide in [(1, 3), (3, 1)] * 2)
        self.pool = nn.Sequential(nn.AvgPool2d(3, 1, 1), Unit(channels, 192, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        three, twice = self.three(x), self.twice(x)
        a, b, c, d = self.ends
        return torch.cat([self.one(x), a(three), b(three), c(twice), d(twice), self.pool(x)], 1)


def both_ways() -> Block:
    return Fork({"wide": conv(384, 1, 3), "high": conv(384, 3, 1)})


INCEPTION_E: Block = {
    "mixed": Fork(
        {
            "one": conv(320, 1, 1),
            "three": {"a": conv(384, 1, 1), "ends": both_ways()},
            "double": {"a": conv(448, 1, 1), "b": conv(384, 3, 3), "ends": both_ways()},
            "pool": {"pool": AvgPool((3, 3), (1, 1), (1, 1)), "proj": conv(192, 1, 1)},
        }
    )
}


class Residual(nn.Module):
    """A bottleneck that adds its input (He et al. 2015)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(Unit(channels, 24, 1, 1), Unit(24, 24, 3, 3), nn.Conv2d(24, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        added: Tensor = x + self.body(x)
        return added


RESIDUAL: Block = {
    "block": Fork({"body": {"a": conv(24, 1, 1), "b": conv(24, 3, 3), "c": Conv(96, (1, 1))}, "skip": {}}, Add())
}


def separable(channels: int) -> nn.Module:
    """Xception's unit: one 3×3 a channel, then a 1×1 (Chollet 2016)."""
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False), nn.Conv2d(channels, 48, 1, bias=False)
    )


SEPARABLE: Block = {
    "depthwise": Conv(32, (3, 3), padding=(1, 1), groups=32, bias=False),
    "pointwise": Conv(48, (1, 1), bias=False),
}


def strided(padding: tuple[int, int, int, int]) -> nn.Module:
    """Unequal sides, padded by hand (left, right, top, bottom), then a strided window and a pool, then a classifier."""
    return nn.Sequential(
        nn.ZeroPad2d(padding), nn.Conv2d(8, 12, (5, 3), (2, 3)), nn.ZeroPad2d((0, 1, 0, 1)), nn.MaxPool2d(3, 2),
        nn.Flatten(), nn.LazyLinear(5),
    )  # fmt: skip


def strided_block(padding: Padding) -> Block:
    return {
        "conv": Conv(12, (5, 3), (2, 3), padding), "pool": MaxPool((3, 3), (2, 2), ((0, 1), (0, 1))),
        "flatten": Flatten(), "linear": Linear(5),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("block", "build", "shape", "out"),
    [
        (INCEPTION_C, lambda: InceptionC(768, 128), (768, 17, 17), (768, 17, 17)),
        (INCEPTION_E, lambda: InceptionE(1280), (1280, 8, 8), (2048, 8, 8)),
        (RESIDUAL, lambda: Residual(96), (96, 14, 10), (96, 14, 10)),
        (SEPARABLE, lambda: separable(32), (32, 19, 21), (48, 19, 21)),
        (strided_block(((1, 3), (0, 2))), lambda: strided((0, 2, 1, 3)), (8, 22, 27), (5,)),
        # SAME: 22 → 11 takes 3 zeros (1, 2), 28 → 10 takes 2 (1, 1)
        (strided_block("same"), lambda: strided((1, 1, 1, 2)), (8, 22, 28), (5,)),
    ],
    ids=["inception-c", "inception-e", "residual", "separable", "unequal sides", "same"],
)
def test_a_block_is_counted_as_torch_counts_it(
    block: Block, build: Callable[[], nn.Module], shape: tuple[int, int, int], out: tuple[int, ...]
) -> None:
    module = build()
    with torch.no_grad():
        module(torch.zeros(2, *shape))  # gives the lazy layer its size
        with FlopCounterMode(display=False) as counter:
            theirs = module.eval()(torch.zeros(1, *shape))
    found = counted(block, shape)
    assert found.layers[-1].out_shape == tuple(theirs.shape[1:]) == out
    assert found.totals.params == sum(parameter.numel() for parameter in module.parameters())
    assert found.totals.flops == counter.get_total_flops()


@pytest.mark.parametrize(
    ("block", "channels", "field"),
    [
        (INCEPTION_C, 768, (13, 13)),  # 7×1 twice and 1×7 twice
        (INCEPTION_E, 1280, (5, 5)),  # 3×3, then 1×3 beside 3×1
        (RESIDUAL, 96, (3, 3)),
    ],
    ids=["inception-c", "inception-e", "residual"],
)
def test_a_block_sees_what_its_widest_branch_sees(block: Block, channels: int, field: tuple[int, int]) -> None:
    assert counted(block, (channels, 17, 17)).layers[-1].place.field.size == field


def test_a_convolution_that_forks_again_names_each_end() -> None:
    paths = {layer.node.path: layer for layer in counted(INCEPTION_E, (1280, 8, 8)).layers}
    inner = paths["mixed.double.ends.concat"]
    assert inner.node.inputs == ("mixed.double.ends.wide.relu", "mixed.double.ends.high.relu")
    assert (inner.node.module, inner.node.branch, inner.out_shape) == ("mixed", "double", (768, 8, 8))
    assert paths["mixed.double.ends.wide.conv"].node.inputs == ("mixed.double.b.relu",)

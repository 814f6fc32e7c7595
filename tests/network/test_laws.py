"""Each law against torch's own layers, and on arrays as on integers."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from app.network import laws

SIZES = st.integers(1, 60)
KERNELS = st.integers(1, 9)
STRIDES = st.integers(1, 5)
DILATIONS = st.integers(1, 4)


def torch_size(run: Callable[[], Tensor]) -> int:
    """The height that torch gives, 0 where it refuses."""
    try:
        return run().shape[2]
    except RuntimeError:
        return 0


def column(size: int) -> Tensor:
    return torch.zeros(1, 1, size, 1)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "rounding", "expected"),
    [
        (28, 5, 1, 2, "floor", 28),  # why the 5×5 branch is padded by 2
        (224, 7, 2, 3, "floor", 112),  # conv1
        (112, 3, 2, 0, "ceil", 56),  # pool1, as Caffe and torchvision
        (112, 3, 2, 0, "floor", 55),
        (112, 3, 2, 1, "floor", 56),  # pool1, as d2l.ai
        (14, 2, 2, 0, "ceil", 7),  # torchvision's pool4
        (14, 5, 3, 0, "ceil", 4),  # the auxiliary heads' pool
    ],
)
def test_published_sizes(size: int, kernel: int, stride: int, padding: int, rounding: Any, expected: int) -> None:
    assert laws.output_size(size, kernel, stride, padding, padding, 1, rounding) == expected


@given(SIZES, KERNELS, STRIDES, st.integers(0, 6), DILATIONS)
def test_a_convolution_has_torchs_size_or_none(n: int, kernel: int, stride: int, padding: int, dilation: int) -> None:
    weight = torch.zeros(1, 1, kernel, 1)
    theirs = torch_size(lambda: functional.conv2d(column(n), weight, None, (stride, 1), (padding, 0), (dilation, 1)))
    assert max(0, laws.output_size(n, kernel, stride, padding, padding, dilation)) == theirs


@given(SIZES, KERNELS, STRIDES, st.integers(0, 4), DILATIONS, st.booleans())
def test_a_max_pool_has_torchs_size_or_none(
    n: int, kernel: int, stride: int, pad: int, dilation: int, up: bool
) -> None:
    padding = min(pad, kernel // 2)
    ours = laws.output_size(n, kernel, stride, padding, padding, dilation, "ceil" if up else "floor")
    theirs = torch_size(
        lambda: functional.max_pool2d(column(n), (kernel, 1), (stride, 1), (padding, 0), (dilation, 1), up)
    )
    assert max(0, ours) == theirs


@given(SIZES, KERNELS, STRIDES, st.integers(0, 4), st.booleans())
def test_an_average_pool_has_torchs_size_or_none(n: int, kernel: int, stride: int, pad: int, up: bool) -> None:
    padding = min(pad, kernel // 2)
    ours = laws.output_size(n, kernel, stride, padding, padding, 1, "ceil" if up else "floor")
    theirs = torch_size(lambda: functional.avg_pool2d(column(n), (kernel, 1), (stride, 1), (padding, 0), up))
    assert max(0, ours) == theirs


@given(SIZES, KERNELS, STRIDES, st.integers(0, 6), st.integers(0, 6))
def test_sides_may_be_padded_unequally(n: int, kernel: int, stride: int, before: int, after: int) -> None:
    padded = functional.pad(column(n), (0, 0, before, after))
    theirs = torch_size(lambda: functional.conv2d(padded, torch.zeros(1, 1, kernel, 1), None, (stride, 1)))
    assert max(0, laws.output_size(n, kernel, stride, before, after)) == theirs


@given(SIZES, KERNELS, STRIDES, DILATIONS)
def test_same_padding_gives_the_size_over_the_stride_rounded_up(
    n: int, kernel: int, stride: int, dilation: int
) -> None:
    before, after = laws.same_padding(n, kernel, stride, dilation)
    padded = functional.pad(column(n), (0, 0, before, after))
    weight = torch.zeros(1, 1, kernel, 1)
    assert functional.conv2d(padded, weight, None, (stride, 1), 0, (dilation, 1)).shape[2] == -(-n // stride)
    assert 0 <= before <= after <= before + 1


def test_a_window_smaller_than_its_stride_needs_no_padding() -> None:
    assert laws.same_padding(6, 1, 2) == (0, 0)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")  # torch would rather have odd ones
@given(SIZES, KERNELS, DILATIONS)
def test_same_padding_at_stride_1_is_torchs(n: int, kernel: int, dilation: int) -> None:
    line, weight = torch.arange(1.0, n + 1)[None, None], torch.arange(1.0, kernel + 1)[None, None]
    padded = functional.pad(line, laws.same_padding(n, kernel, 1, dilation))
    theirs = functional.conv1d(line, weight, padding="same", dilation=dilation)
    assert torch.equal(functional.conv1d(padded, weight, dilation=dilation), theirs)


@given(SIZES, st.integers(1, 12))
def test_the_adaptive_window_is_the_widest_that_torch_averages(n: int, out: int) -> None:
    seen = functional.adaptive_avg_pool1d(torch.eye(n)[None], out)[0] > 0  # column j: which inputs output j reads
    assert laws.adaptive_window(n, out) == int(seen.sum(0).max())


@given(KERNELS, KERNELS, st.integers(1, 4), st.integers(1, 6), st.integers(1, 6), st.booleans(), st.integers(9, 14))
def test_a_convolution_counts_as_torch_counts_it(
    high: int, wide: int, groups: int, per_group: int, outs: int, bias: bool, side: int
) -> None:
    channels, out = groups * per_group, groups * outs
    layer = nn.Conv2d(channels, out, (high, wide), groups=groups, bias=bias, device="meta")
    with FlopCounterMode(display=False) as counter:
        shape = layer(torch.empty(1, channels, side, side, device="meta")).shape
    weights = laws.conv_weights((high, wide), channels, out, groups)
    assert laws.conv_params(weights, out, bias) == sum(p.numel() for p in layer.parameters())
    assert laws.flops(laws.conv_macs(weights, shape[2] * shape[3])) == counter.get_total_flops()


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_a_linear_layer_counts_as_torch_counts_it(features: int, out: int) -> None:
    layer = nn.Linear(features, out, device="meta")
    with FlopCounterMode(display=False) as counter:
        layer(torch.empty(1, features, device="meta"))
    assert laws.linear_params(features, out) == sum(p.numel() for p in layer.parameters())
    assert laws.flops(laws.linear_macs(features, out)) == counter.get_total_flops()


def test_batch_norm_has_a_shift_and_perhaps_a_scale_for_each_channel() -> None:
    layer = nn.BatchNorm2d(37)
    assert laws.batch_norm_params(37, scale=True) == sum(p.numel() for p in layer.parameters())
    assert laws.batch_norm_params(37, scale=False) == layer.bias.numel()


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)), max_size=3))
def test_the_receptive_field_is_what_torchs_gradient_reaches(windows: list[tuple[int, int, int]]) -> None:
    line = torch.ones(1, 1, 170, requires_grad=True)
    x, size, jump = line, 1, 1
    for kernel, stride, dilation in windows:
        x = functional.conv1d(x, torch.ones(1, 1, kernel), stride=stride, dilation=dilation)
        size, jump = laws.field_size(size, jump, kernel, dilation), jump * stride
    (reached,) = torch.autograd.grad(x[0, 0, 0], line)
    assert int(reached[0, 0].nonzero().max()) + 1 == size


@given(st.integers(1, 4096), st.decimals("0.25", "4", places=6))
def test_a_scaled_width_rounds_half_up_exactly(width: int, multiplier: Decimal) -> None:
    exact = Fraction(multiplier)
    rounded = int((width * multiplier).quantize(Decimal(1), ROUND_HALF_UP))
    assert laws.scaled_width(width, exact.numerator, exact.denominator) == max(1, rounded)


@pytest.mark.parametrize(
    ("width", "multiplier", "expected"),
    [(16, "0.25", 4), (2, "0.25", 1), (1, "0.25", 1), (0, "4", 0), (5, "0.5", 3), (25, "0.58", 15), (50, "0.29", 15)],
)
def test_scaled_widths_by_hand(width: int, multiplier: str, expected: int) -> None:
    exact = Fraction(multiplier)  # 50 · 0.29 is 14.5; in floating point it is 14.499999999999998
    assert laws.scaled_width(width, exact.numerator, exact.denominator) == expected


ARRAY_LAWS: dict[str, tuple[Callable[..., Any], int]] = {
    "output_size": (laws.output_size, 6),
    "output_size, ceil": (lambda n, f, s, top, bottom, d: laws.output_size(n, f, s, top, bottom, d, "ceil"), 6),
    "same_padding": (laws.same_padding, 4),
    "adaptive_window": (lambda size: laws.adaptive_window(size, 4), 1),
    "conv_weights": (lambda h, w, per, out, g: laws.conv_weights((h, w), per * g, out, g), 5),
    "conv_params": (lambda weights, out: laws.conv_params(weights, out, True), 2),
    "conv_macs": (laws.conv_macs, 2),
    "linear_params": (laws.linear_params, 2),
    "linear_macs": (laws.linear_macs, 2),
    "batch_norm_params": (lambda channels: laws.batch_norm_params(channels, True), 1),
    "flops": (laws.flops, 1),
    "field_size": (laws.field_size, 4),
    "scaled_width": (laws.scaled_width, 3),
}


@pytest.mark.parametrize("name", ARRAY_LAWS)
def test_a_law_works_on_arrays_as_on_each_of_their_numbers(name: str) -> None:
    law, arguments = ARRAY_LAWS[name]
    arrays = np.random.default_rng(7).integers(1, 40, (arguments, 200))
    each = [law(*map(int, numbers)) for numbers in arrays.T]
    assert np.array_equal(np.transpose(law(*arrays)), each)


def test_scaled_widths_keep_0_in_arrays_too() -> None:
    law: Any = laws.scaled_width
    assert list(law(np.array([0, 1, 2, 3]), 1, 4)) == [0, 1, 1, 1]

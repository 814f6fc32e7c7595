"""The laws: one pure function per quantity, its formula in the docstring.

Plain arithmetic without branches on values, so that integers describe one layer and NumPy arrays of integers many at
once. Sizes, kernels, strides and paddings are along one dimension; counts are exact.
"""

from app.network.ops import Pair, Rounding


def output_size(
    size: int, kernel: int, stride: int, before: int, after: int, dilation: int = 1, rounding: Rounding = "floor"
) -> int:
    """Output size of a sliding window: ⌊(w + p₁ + p₂ − d·(f − 1) − 1)/s⌋ + 1, below 1 where the window does not fit.

    With p on both sides and d = 1 this is ⌊(w − f + 2p)/s⌋ + 1. With `rounding` "ceil" the quotient is rounded up and
    a last window that would start in the padding after the input is dropped (PyTorch, `pooling_output_shape`).
    """
    room = size + before + after - dilation * (kernel - 1) - 1
    if rounding == "floor":
        return room // stride + 1
    out = -(-room // stride) + 1
    return out - ((out - 1) * stride >= size + before)


def same_padding(size: int, kernel: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """Zeros (before, after) that give ⌈w/s⌉ outputs, the odd one after (TensorFlow's "SAME")."""
    total = (-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size
    total = total * (total > 0)
    return total // 2, total - total // 2


def adaptive_window(size: int, out: int) -> int:
    """Widest window of an adaptive pool: max over i of ⌈(i + 1)·w/out⌉ − ⌊i·w/out⌋ (PyTorch)."""
    widest = 0
    for i in range(out):
        window = -(-(i + 1) * size // out) - i * size // out
        widest = widest + (window - widest) * (window > widest)
    return widest


def conv_weights(kernel: Pair, channels: int, out: int, groups: int) -> int:
    """Weights of a convolution: k·k·Cin/groups·Cout."""
    return kernel[0] * kernel[1] * (channels // groups) * out


def conv_params(weights: int, out: int, bias: bool) -> int:
    """Parameters of a convolution: its weights, and Cout biases where it has them."""
    return weights + out * bias


def conv_macs(weights: int, positions: int) -> int:
    """Multiply-adds of a convolution, bias excluded: every weight once at each of the h·w output positions."""
    return weights * positions


def paying_reduction(kernel: Pair, channels: int, out: int) -> float:
    """Width below which a 1×1 in front of a k×k convolution saves multiply-adds: k·k·Cin·Cout/(Cin + k·k·Cout).

    With r filters the two cost r·(Cin + k·k·Cout) at a position, the k×k alone k·k·Cin·Cout.
    """
    area = kernel[0] * kernel[1]
    return area * channels * out / (channels + area * out)


def linear_params(features: int, out: int) -> int:
    """Parameters of a fully connected layer: in·out weights and out biases."""
    return features * out + out


def linear_macs(features: int, out: int) -> int:
    """Multiply-adds of a fully connected layer, bias excluded: in·out."""
    return features * out


def batch_norm_params(channels: int, scale: bool) -> int:
    """Parameters of a batch normalisation: β, and γ where it has one, for each channel (no running statistics)."""
    return channels * (1 + scale)


def flops(macs: int) -> int:
    """Floating-point operations: a multiply-add is a multiplication and an addition."""
    return 2 * macs


def field_size(size: int, jump: int, kernel: int, dilation: int = 1) -> int:
    """Receptive field after a window: r + (f − 1)·d·j, in input pixels (Araujo et al., Distill 2019)."""
    return size + (kernel - 1) * dilation * jump


def scaled_width(width: int, multiplier_numerator: int, multiplier_denominator: int) -> int:
    """A width times m = numerator/denominator: max(1, ⌊w·m + ½⌋), and 0 stays 0; exact, no floating point."""
    rounded = (2 * width * multiplier_numerator + multiplier_denominator) // (2 * multiplier_denominator)
    return (rounded + (rounded == 0)) * (width > 0)

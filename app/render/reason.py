"""Why a number is what it is, as people read it: the formula in its parts, each with its name, and a sentence."""

from app.network import laws
from app.network.ops import Rounding
from app.network.record import record
from app.render.derivation import size as size_text


@record
class SizeFormula:
    """⌊(n − f + 2p)/s⌋ + 1 with its numbers, along one side."""

    n: int
    """Size of the input."""
    kernel: int
    stride: int
    before: int
    """Padding before the input."""
    after: int
    """Padding after the input."""
    dilation: int
    rounding: Rounding
    quotient: str
    """What is rounded, as decimal text."""
    exact: bool
    """Whether the quotient is whole, so that rounding does nothing."""
    dropped: bool
    """Whether the last window would start in the padding after the input and is left out."""
    size: int
    """The output's size; below 1 where the window does not fit."""
    text: str
    """The whole formula on one line."""


def size_formula(
    n: int, kernel: int, stride: int, before: int, after: int, dilation: int = 1, rounding: Rounding = "floor"
) -> SizeFormula:
    """The formula of one size."""
    room = n + before + after - dilation * (kernel - 1) - 1
    size = laws.output_size(n, kernel, stride, before, after, dilation, rounding)
    return SizeFormula(
        n, kernel, stride, before, after, dilation, rounding,
        quotient=f"{room / stride:.4g}",
        exact=room % stride == 0,
        dropped=rounding == "ceil" and -(-room // stride) + 1 > size,
        size=size,
        text=size_text(n, kernel, stride, before, after, dilation, rounding),
    )  # fmt: skip

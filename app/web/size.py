"""One size by the formula: the door `/size` of the API, and what the page of that name reads."""

from collections.abc import Mapping

from app.errors import BadInput, Problem
from app.network import laws
from app.network.ops import Pair, Rounding
from app.network.record import record
from app.network.variant import WORDS
from app.render.reason import SizeFormula, size_formula
from app.web.address import Refused, guard, parse_number, parse_word
from app.words import phrase

OPS = ("conv", "max_pool", "avg_pool")
NUMBERS = {"input": 1, "kernel": 1, "stride": 1, "padding": 0, "dilation": 1}
"""Parameters that are a number, or height × width, with the least that each may be."""
LEFT_OUT = {"stride": "1", "padding": "0", "dilation": "1"}
"""What holds where a parameter is left out."""
IN_TOTAL = "padding_total"
"""The page's other way to give the padding: of both sides together, an odd one after the input."""


@record
class Size:
    """An output size."""

    size: int | list[int]
    """In elements; [height, width] where a parameter was given so."""
    formula: str
    """The formula with its numbers."""


@record
class Sliding:
    """A window and what it slides over; pairs are (height, width)."""

    op: str
    input: Pair
    kernel: Pair
    stride: Pair
    before: Pair
    """Padding above and to the left."""
    after: Pair
    """Padding below and to the right."""
    dilation: Pair
    rounding: Rounding
    in_total: bool
    """Whether the padding was given for both sides together."""

    @property
    def formulas(self) -> tuple[SizeFormula, SizeFormula]:
        """Of the output's height and of its width."""
        return self._along(0), self._along(1)

    def _along(self, at: int) -> SizeFormula:
        return size_formula(
            self.input[at], self.kernel[at], self.stride[at], self.before[at], self.after[at], self.dilation[at],
            self.rounding,
        )  # fmt: skip


def size(values: Mapping[str, str], most: int) -> Size:
    """The output size that those values give, along one or two dimensions.

    Raises:
        BadInput: as `sliding`.
    """
    high, wide = sliding(values, most).formulas
    if any("x" in values.get(key, "") for key in NUMBERS):
        return Size([high.size, wide.size], f"height: {high.text}; width: {wide.text}")
    return Size(high.size, high.text)


def sliding(values: Mapping[str, str], most: int) -> Sliding:
    """The window that those values describe.

    Args:
        values: the door's parameters, as text.
        most: the largest input; no window, step or padding is larger either.

    Raises:
        BadInput: a value that cannot be, one that this op does not have, or a window that does not fit.
    """
    op = guard("op", values.get("op", ""), lambda text: parse_word(text, OPS))
    refused = {"conv": "rounding", "avg_pool": "dilation", "max_pool": ""}[op]
    if refused in values:
        raise BadInput(Problem(refused, values[refused], phrase("left out: {op} takes none", op=op)))
    word = guard("rounding", values.get("rounding", "floor"), lambda text: parse_word(text, WORDS["rounding"]))
    rounding: Rounding = "ceil" if word == "ceil" else "floor"
    read = {key: _pair(values, key, LEFT_OUT.get(key), least, most) for key, least in NUMBERS.items()}
    in_total = IN_TOTAL in values
    before = after = read["padding"]
    if in_total:
        if "padding" in values:
            raise BadInput(Problem(IN_TOTAL, values[IN_TOTAL], phrase("left out beside padding")))
        height, width = _pair(values, IN_TOTAL, None, 0, 2 * most)
        before, after = (height // 2, width // 2), (height - height // 2, width - width // 2)
    if op != "conv" and any(pad > window // 2 for pad, window in zip(after, read["kernel"], strict=True)):
        allowed = phrase("at most half the kernel, in a pool")
        if in_total:
            allowed = phrase("at most half the kernel on either side, in a pool")
        raise BadInput(
            Problem(IN_TOTAL if in_total else "padding", values[IN_TOTAL if in_total else "padding"], allowed)
        )
    found = Sliding(
        op, read["input"], read["kernel"], read["stride"], before, after, read["dilation"], rounding, in_total
    )
    _refuse_misfit(found, values["input"], most)
    return found


def _refuse_misfit(asked: Sliding, received: str, most: int) -> None:
    for side in asked.formulas:
        if side.size < 1:
            need = least_input(side.kernel, side.stride, side.before + side.after, side.dilation, side.rounding)
            allowed = phrase("at least {need}, so that the window fits", need=need)
            if need > most:
                allowed = phrase("no input up to {most} fits it", most=most)
            raise BadInput(Problem("input", received, allowed))


def least_input(kernel: int, stride: int, padding: int, dilation: int, rounding: Rounding) -> int:
    """The smallest input that a window fits: d·(f − 1) + 1 − 2p, and s − 1 less where sizes round up.

    Args:
        padding: of both sides together, 2p.
    """
    spared = stride - 1 if rounding == "ceil" else 0
    return max(1, dilation * (kernel - 1) + 1 - padding - spared)


def same(op: str, n: int, kernel: int, stride: int) -> Sliding:
    """A square window under TensorFlow's SAME padding, which gives ⌈n/s⌉ outputs."""
    before, after = laws.same_padding(n, kernel, stride)
    pads = ((before, before), (after, after))
    return Sliding(op, (n, n), (kernel, kernel), (stride, stride), *pads, (1, 1), "floor", True)


def _pair(values: Mapping[str, str], key: str, default: str | None, least: int, most: int) -> Pair:
    value = values.get(key, default)
    if value is None:
        raise BadInput(
            Problem(key, "", phrase("{least} to {most}, or height × width as 28x28", least=least, most=most))
        )

    def read(text: str) -> Pair:
        parts = text.split("x")
        if len(parts) > 2:
            raise Refused(phrase("{least} to {most}, or height × width as 28x28", least=least, most=most))
        return parse_number(parts[0], least, most), parse_number(parts[-1], least, most)

    return guard(key, value, read)

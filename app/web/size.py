"""One size by the formula: the door `/size`."""

from collections.abc import Mapping

from app.errors import BadInput, Problem
from app.network import laws
from app.network.ops import Pair, Rounding
from app.network.record import record
from app.network.variant import WORDS
from app.render.derivation import size as formula
from app.web.address import Refused, guard, parse_number, parse_word
from app.words import phrase

OPS = ("conv", "max_pool", "avg_pool")


@record
class Size:
    """An output size."""

    size: int | list[int]
    """In elements; [height, width] where a parameter was given so."""
    formula: str
    """The formula with its numbers."""


def size(values: Mapping[str, str], most: int) -> Size:
    """The output size that those values give, along one or two dimensions.

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
    least = {"input": 1, "kernel": 1, "stride": 1, "padding": 0, "dilation": 1}
    default = {"stride": "1", "padding": "0", "dilation": "1"}
    read = {key: _pair(values, key, default.get(key), low, most) for key, low in least.items()}
    if op != "conv" and any(pad > window // 2 for pad, window in zip(read["padding"], read["kernel"], strict=True)):
        raise BadInput(Problem("padding", values["padding"], phrase("at most half the kernel, in a pool")))
    outs, texts = [], []
    for n, kernel, stride, padding, dilation in zip(*(read[key] for key in least), strict=True):
        out = laws.output_size(n, kernel, stride, padding, padding, dilation, rounding)
        if out < 1:
            need = least_input(kernel, stride, padding, dilation, rounding)
            allowed = phrase("at least {need}, so that the window fits", need=need)
            if need > most:
                allowed = phrase("no input up to {most} fits it", most=most)
            raise BadInput(Problem("input", values["input"], allowed))
        outs.append(out)
        texts.append(formula(n, kernel, stride, padding, padding, dilation, rounding))
    if any("x" in values.get(key, "") for key in least):
        return Size(outs, f"height: {texts[0]}; width: {texts[1]}")
    return Size(outs[0], texts[0])


def least_input(kernel: int, stride: int, padding: int, dilation: int, rounding: Rounding) -> int:
    """The smallest input that a window fits: d·(f − 1) + 1 − 2p, and s − 1 less where sizes round up."""
    spared = stride - 1 if rounding == "ceil" else 0
    return max(1, dilation * (kernel - 1) + 1 - 2 * padding - spared)


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

"""The form of the page `/size`, and the addresses that it leads to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from app.errors import Problem
from app.network.ops import Pair
from app.network.record import record
from app.render.cells import one_or_two
from app.render.sizes import Known
from app.web.size import IN_TOTAL, LEFT_OUT, NUMBERS, Sliding, least_input
from app.words import phrase, say

OPS = {"conv": phrase("conv"), "max_pool": phrase("max pool"), "avg_pool": phrase("average pool")}
LABELS = {
    "input": phrase("Input"),
    "kernel": phrase("Kernel"),
    "stride": phrase("Stride"),
    "padding": phrase("Padding"),
    "dilation": phrase("Dilation"),
}
REACH = {"input": 256, "kernel": 11, "stride": 8, "padding": 8, "dilation": 4}
"""Where each slider ends; the field beside it takes more."""


@record
class Choice:
    """A link: its label, where it leads, whether it is already so."""

    label: str
    address: str
    current: bool


@record
class NumberField:
    """A number, as a slider and as a field."""

    key: str
    """Of the address."""
    name: str
    """Of the number: `padding`, however it is given."""
    label: str
    value: str
    error: str
    slider: int
    least: int
    reach: int
    enabled: bool


@record
class SizeForm:
    op: str
    ops: tuple[Choice, ...]
    op_error: str
    fields: tuple[NumberField, ...]
    counting: tuple[Choice, ...]
    """Padding per side, or in total."""
    rounding: str
    """`floor` or `ceil`."""
    rounding_error: str
    rounds: bool
    """Whether the op has a choice of rounding."""


def form(asked: Sliding, values: Mapping[str, str], problems: tuple[Problem, ...]) -> SizeForm:
    """The form that shows a window; what was refused stays as it was typed."""
    errors: dict[str, str] = {}
    for problem in problems:
        errors.setdefault(problem.field, say(problem.sentence if problem.received else problem.allowed))
    return SizeForm(
        op=asked.op,
        ops=tuple(Choice(say(label), address(as_op(asked, op)), asked.op == op) for op, label in OPS.items()),
        op_error=errors.get("op", ""),
        fields=tuple(_field(name, asked, values, errors) for name in NUMBERS),
        counting=(
            Choice(say("per side"), address(as_counted(asked, False)), not asked.in_total),
            Choice(say("in total"), address(as_counted(asked, True)), asked.in_total),
        ),
        rounding=asked.rounding,
        rounding_error=errors.get("rounding", ""),
        rounds=asked.op != "conv",
    )


def _field(name: str, asked: Sliding, values: Mapping[str, str], errors: Mapping[str, str]) -> NumberField:
    key = IN_TOTAL if name == "padding" and asked.in_total else name
    pair, reach = _number(asked, name), REACH[name]
    if name == "padding":
        if asked.op != "conv":
            reach = min(asked.kernel) // 2
        reach *= 1 + asked.in_total
    value = values.get(key, "") if errors and (key in values or key in errors) else written(pair)
    first = value.partition("x")[0]
    return NumberField(
        key=key,
        name=name,
        label=say(LABELS[name]),
        value=value,
        error=errors.get(key, ""),
        slider=min(int(first), reach) if first.isascii() and first.isdigit() and len(first) < 6 else pair[0],
        least=NUMBERS[name],
        reach=reach,
        enabled=name != "dilation" or asked.op != "avg_pool",
    )


def _number(asked: Sliding, name: str) -> Pair:
    if name == "padding":
        return padding(asked)
    pair: Pair = getattr(asked, name)
    return pair


def padding(asked: Sliding) -> Pair:
    """Padding along height and width, counted as it was given: per side, or in total."""
    if not asked.in_total:
        return asked.before
    return asked.before[0] + asked.after[0], asked.before[1] + asked.after[1]


def written(pair: Pair) -> str:
    """As an address writes it: `3`, or `3x5` where height and width differ."""
    return one_or_two(pair).replace("×", "x")


def as_op(asked: Sliding, op: str) -> Sliding:
    """The same window for another op, with what that op does not have, or not so much of, left out."""
    changed = replace(asked, op=op)
    if op == "conv":
        return fitting(replace(changed, rounding="floor"))
    half = (asked.kernel[0] // 2, asked.kernel[1] // 2)
    before = (min(asked.before[0], half[0]), min(asked.before[1], half[1]))
    after = (min(asked.after[0], half[0]), min(asked.after[1], half[1]))
    changed = replace(changed, before=before, after=after)
    return fitting(replace(changed, dilation=(1, 1)) if op == "avg_pool" else changed)


def as_counted(asked: Sliding, in_total: bool) -> Sliding:
    """The same window with its padding counted the other way; per side an odd one loses its half."""
    return fitting(replace(asked, in_total=in_total, after=asked.after if in_total else asked.before))


def fitting(asked: Sliding) -> Sliding:
    """The same window over an input that is large enough for it."""
    high, wide = (
        f.n if f.size > 0 else least_input(f.kernel, f.stride, f.before + f.after, f.dilation, f.rounding)
        for f in asked.formulas
    )
    return replace(asked, input=(high, wide))


def of_known(known: Known) -> Sliding:
    """A layer of the published network, as the page describes it."""
    f = known.formula
    return square(known.op, (f.n, f.kernel, f.stride), f.before, f.dilation, f.rounding)


def square(
    op: str,
    window: tuple[int, int, int],
    padding: int,
    dilation: int = 1,
    rounding: Literal["floor", "ceil"] = "floor",
) -> Sliding:
    """A window that is the same along height and width.

    Args:
        window: input, kernel, stride.
        padding: per side.
    """
    n, kernel, stride = window
    pad = (padding, padding)
    return Sliding(
        op, (n, n), (kernel, kernel), (stride, stride), pad, pad, (dilation, dilation), rounding, False
    )  # fmt: skip


def query(asked: Sliding) -> str:
    """The canonical query: what differs from what holds when it is left out."""
    parts = [f"op={asked.op}"]
    for name in NUMBERS:
        value = written(_number(asked, name))
        if name == "padding" and asked.in_total:
            parts.append(f"{IN_TOTAL}={value}")
        elif value != LEFT_OUT.get(name):
            parts.append(f"{name}={value}")
    if asked.rounding == "ceil":
        parts.append("rounding=ceil")
    return "&".join(parts)


def address(asked: Sliding) -> str:
    """The canonical address of the page, in English."""
    return f"/size?{query(asked)}"


def api_address(asked: Sliding) -> str:
    """The same numbers at the API's door; nothing where the padding is odd, which it cannot say."""
    return f"/api/v1/size?{query(as_counted(asked, False))}" if asked.before == asked.after else ""

"""What the page of sizes finds in one window, in sentences made from its numbers."""

from dataclasses import replace

from app.network import laws
from app.render.reason import SizeFormula, size_formula
from app.render.sizes import places
from app.render.windows import SideDrawn
from app.words import say, say_many


def rounded(formula: SizeFormula, way: str) -> SizeFormula:
    """The same window with its quotient rounded up ("ceil") or down ("floor")."""
    return size_formula(
        formula.n, formula.kernel, formula.stride, formula.before, formula.after, formula.dilation,
        "ceil" if way == "ceil" else "floor",
    )  # fmt: skip


def lead(high: SizeFormula, wide: SizeFormula, conv: bool, name: str) -> str:
    """What this case shows.

    Args:
        high, wide: the formulas of height and width.
        conv: whether it is a convolution, which has no choice of rounding.
        name: of the GoogLeNet layer that it is, or nothing.
    """
    if replace(high, quotient="") != replace(wide, quotient=""):
        return say(
            "{height} × {width} becomes {out_height} × {out_width}: each side has its own formula.",
            height=high.n, width=wide.n, out_height=high.size, out_width=wide.size,
        )  # fmt: skip
    if not high.exact and conv:
        return _of_conv(high, name)
    if not high.exact:
        return _of_pool(high, name)
    if high.n == high.size:
        return _kept(high)
    return say("{n} becomes {out}, and nothing is left to round.", n=high.n, out=high.size)


def _kept(high: SizeFormula) -> str:
    reach = high.dilation * (high.kernel - 1)
    if high.stride > 1 or not reach:
        return say("{n} stays {n}: the window takes one row at a time.", n=high.n)
    return say_many(
        "{size} stays {size}: {n} row of padding makes up for what the window of {kernel} takes.",
        "{size} stays {size}: {n} rows of padding make up for what the window of {kernel} takes.",
        reach, size=high.n, kernel=high.kernel,
    )  # fmt: skip


def _of_conv(high: SizeFormula, name: str) -> str:
    parts = {"n": high.n, "out": high.size, "places": places(high)}
    if name:
        return say("GoogLeNet’s {name} finds {places} places on {n} and rounds down to {out}.", name=name, **parts)
    return say("A convolution rounds down: {n} gives {places} places, so it becomes {out}.", **parts)


def _of_pool(high: SizeFormula, name: str) -> str:
    up, down = rounded(high, "ceil").size, rounded(high, "floor").size
    if up == down:
        return say(
            "{n} becomes {out} either way: rounding up adds a window that would start outside, and it is dropped.",
            n=high.n, out=high.size,
        )  # fmt: skip
    if name:
        return say(
            "GoogLeNet’s {name} is the case where rounding decides: {n} becomes {up}, or {down}.",
            name=name, n=high.n, up=up, down=down,
        )  # fmt: skip
    return say("Here rounding decides: {n} becomes {up} rounded up, {down} rounded down.", n=high.n, up=up, down=down)


def note(drawing: SideDrawn, conv: bool) -> str:
    """What becomes of the last window."""
    last, high = drawing.last, drawing.formula
    if high.exact:
        if high.after:
            return say("The last window ends with the padding, so there is nothing to round.")
        return say("The last window ends with the last row, so there is nothing to round.")
    if last is None:
        return say("The next window would start beyond the padding.")
    if last.fate == "late":
        return say(
            "Window {number} would start after the last row. Caffe and PyTorch drop it, even where they round up.",
            number=last.number,
        )
    if last.fate == "clipped":
        return say_many(
            "Window {number} reaches {n} row outside: rounding up keeps it, rounding down drops it.",
            "Window {number} reaches {n} rows outside: rounding up keeps it, rounding down drops it.",
            last.outside, number=last.number,
        )  # fmt: skip
    if conv:
        return say_many(
            "Window {number} would reach {n} row outside, and a convolution drops it.",
            "Window {number} would reach {n} rows outside, and a convolution drops it.",
            last.outside, number=last.number,
        )  # fmt: skip
    return say_many(
        "Window {number} would reach {n} row outside: rounding down drops it, rounding up would keep it.",
        "Window {number} would reach {n} rows outside: rounding down drops it, rounding up would keep it.",
        last.outside, number=last.number,
    )  # fmt: skip


def unread(drawing: SideDrawn) -> str:
    """Which rows no window reads; nothing where all are read."""
    if not drawing.unread:
        return ""
    return say_many(
        "The last row is read by no window.", "The last {n} rows are read by no window.", drawing.unread
    )  # fmt: skip


def distrust(formula: SizeFormula, name: str) -> str:
    """What (w − f + p)/s + 1 gives for a window that has padding."""
    wrong = laws.output_size(
        formula.n, formula.kernel, formula.stride, formula.before, 0, formula.dilation, formula.rounding
    )
    if wrong < 1:
        return say("For {name} it finds no place at all, in place of {out}.", name=name, out=formula.size)
    if wrong == formula.size:
        return say("For {name} rounding hides the difference: both give {out}.", name=name, out=formula.size)
    return say("For {name} it gives {wrong} in place of {out}.", name=name, wrong=wrong, out=formula.size)

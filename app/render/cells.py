"""Numbers and shapes as people read them, and the cells of a printed table of layers."""

from collections.abc import Sequence

from app.network.analysis import Totals
from app.render.rows import Row

HEADER = ["Layer", "Kind", "Kernel · stride · pad", "Output", "Parameters", "Multiply-adds"]
THIN = "\u202f"
"""Thin no-break space, between a number and its unit."""


def cells(row: Row) -> list[str]:
    """One line under `HEADER`; numbers exact, with commas."""
    return [row.path, row.kind, window(row), times(row.out_shape), f"{row.params:,}", f"{row.macs:,}"]


def total(totals: Totals) -> list[str]:
    """The last line under `HEADER`: the inference network's sums."""
    return ["Total, inference", "", "", "", f"{totals.params:,}", f"{totals.macs:,}"]


def window(row: Row) -> str:
    """`5×5 · 1 · 2`: kernel, stride, padding; one number where height and width agree, `same` for SAME padding."""
    if row.kernel is None or row.stride is None:
        return ""
    padding = "same" if row.padding is None else one_or_two(row.padding)
    return f"{times(row.kernel, '×')} · {one_or_two(row.stride)} · {padding}"


def one_or_two(pair: Sequence[int]) -> str:
    """`2`, or `2×1` where height and width differ."""
    return str(pair[0]) if pair[0] == pair[1] else times(pair, "×")


def times(shape: Sequence[int], sign: str = " × ") -> str:
    """`64 × 112 × 112`."""
    return sign.join(map(str, shape))


def short(number: float) -> str:
    """Three significant digits with K, M or G (powers of 1000): `6.87 M`; exact below 1000."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("K", 1e3)):
        if abs(number) >= 0.9995 * size:
            value = number / size
            digits = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
            return f"{value:.{digits}f}{THIN}{unit}"
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:.3g}"


def signed(number: int) -> str:
    """With its sign and commas, a true minus: `+18,816`, `−130,048`, `0`."""
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{abs(number):,}"


def signed_short(number: int) -> str:
    """`short` with its sign: `−33.9 K`."""
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{short(abs(number))}"


def percent(part: float, whole: float) -> str:
    """`7.5 %`, `0 %` for nothing."""
    return f"{100 * part / whole:.1f}{THIN}%" if part and whole else f"0{THIN}%"

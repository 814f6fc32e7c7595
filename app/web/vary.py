"""`vary=KEY:START:STOP:STEP`: the axes of a sweep, read as strictly as the state beside them."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from math import prod

from app.errors import BadInput, Problem
from app.network.space import Axis
from app.network.variant import COLUMN_KEYS
from app.web.address import Limits, Refused, guard
from app.words import phrase

MOST_DIGITS = 15
"""Of START, STOP and STEP, counted to the last place that any of them has after the point."""
NUMBER = r"[0-9]+(?:\.[0-9]+)?"
PATTERN = rf"([^:]+):({NUMBER}):({NUMBER}):({NUMBER})"
_FORM = re.compile(PATTERN)


def parse_axes(varied: Sequence[str], beside: Mapping[str, object], limits: Limits, most: int) -> list[Axis]:
    """The axes of a grid of at most that many points.

    Args:
        varied: the values of `vary`, in their order.
        beside: the keys of the state.
        limits: values beyond them are impossible, and no error.
        most: points.

    Raises:
        BadInput: one that is no axis, a key that stands twice or beside what sets it already, too many points.
    """
    axes: list[Axis] = []
    for text in varied:
        read = partial(_axis, taken=[axis.key for axis in axes], beside=beside, limits=limits)
        axes.append(guard("vary", text, read))
        if (points := prod(axis.length for axis in axes)) > most:
            allowed = phrase("a grid of at most {most:,} points, this one has {points:,}", most=most, points=points)
            raise BadInput(Problem("vary", text, allowed))
    return axes


def _axis(text: str, taken: Sequence[str], beside: Mapping[str, object], limits: Limits) -> Axis:
    match = _FORM.fullmatch(text)
    key = match[1] if match else ""
    if not match or not (key in ("width", "input", "classes") or key in COLUMN_KEYS):
        raise Refused(phrase("KEY:START:STOP:STEP, KEY being width, input, classes or a column as 4e.5x5"))
    if key in taken:
        raise Refused(phrase("each key at most once"))
    if key in beside:
        raise Refused(phrase("a key that the state leaves out"))
    if key in COLUMN_KEYS and (module := COLUMN_KEYS[key][0]) in beside:
        raise Refused(phrase("not beside {name}, which sets the whole module", name=module))
    start, stop, step, digits = _whole(match[2], match[3], match[4])
    if digits and key != "width":
        raise Refused(phrase("whole numbers; only width has places after the point"))
    if start > stop or step == 0:
        raise Refused(phrase("START at most STOP, and STEP above 0"))
    ends: dict[str, tuple[Fraction | int, int]] = {
        "width": (Fraction(1, 4), 4),
        "input": (1, limits.input_side),
        "classes": (1, limits.classes),
    }
    least, most = ends.get(key, (0, limits.width))
    return Axis(key, start, step, (stop - start) // step + 1, Fraction(least), Fraction(most), digits)


def _whole(*texts: str) -> tuple[int, int, int, int]:
    """Three decimals as whole numbers of their smallest common place, and how many places that is after the point."""
    parts = [text.partition(".") for text in texts]
    digits = max(len(after.rstrip("0")) for _, _, after in parts)
    if any(len(before.lstrip("0")) + digits > MOST_DIGITS for before, _, _ in parts):
        raise Refused(phrase("numbers of at most {most} digits", most=MOST_DIGITS))
    start, stop, step = (
        int((before + after.ljust(digits, "0")[:digits]).lstrip("0") or "0") for before, _, after in parts
    )
    return start, stop, step, digits

"""The fields that forms are made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import ceil

from app.errors import Problem
from app.network.record import record
from app.network.spec import Shape, Widths
from app.network.variant import COLUMN_KEYS
from app.render.columns import BRANCHES, COLUMNS
from app.web.address import COLUMN_NAMES
from app.words import phrase, say

CHOICES = {
    "reduced": phrase("reduced"),
    "naive": phrase("naive"),
    "lrn": phrase("LRN"),
    "batch": phrase("batch"),
    "none": phrase("none"),
    "5x5": phrase("5×5"),
    "3x3": phrase("3×3"),
    "3x3x2": phrase("3×3 ×2"),
    "ceil": phrase("up"),
    "floor": phrase("down"),
    "on": phrase("on"),
    "off": phrase("off"),
    "gap": phrase("average"),
    "flatten": phrase("flatten"),
}
"""Words that may be chosen."""
INPUT = {"channels": phrase("channels"), "height": phrase("height"), "width": phrase("width")}
"""The numbers of an input, in their order."""


@record
class Part:
    """One number of a value that has several."""

    key: str
    label: str
    value: str
    """Empty where the visitor set none of them."""
    own: str
    """What holds while it is empty."""


@record
class InputField:
    """One field. Empty, it leaves its key out, and what holds without it shows through."""

    key: str
    label: str
    value: str
    """What the visitor set, as it came; empty where nothing was."""
    own: str
    """What holds while it is empty."""
    error: str
    """What is wrong with the value, or nothing."""
    set: bool
    """Whether the visitor's value makes a difference."""
    options: tuple[tuple[str, str], ...] = ()
    """Words to choose from, with their labels; none for a number."""
    parts: tuple[Part, ...] = ()
    """The numbers of its value, which a script joins; none where there is one, or it cannot be taken apart."""
    mark: str = ""
    """What stands between them in an address."""


@record
class WidthField(InputField):
    """A width of a module, as a slider and a number."""

    branch: str = ""
    path: str = ""
    """Of the layer that it sets."""
    now: int = 0
    """Where its slider stands: at the width that the picture shows, or as near as it gets to one that was refused."""
    published: int | None = None
    """The network's own, None for an added module."""
    repair: str = ""
    """Of what is wrong: the key of the reduction that 0 would put right, or nothing."""
    most: int = 0
    """Where the slider ends."""


def parts(key: str, names: Mapping[str, str], value: str, own: Sequence[int], mark: str) -> tuple[Part, ...]:
    """A field for each number of a value; none where it has more of them, or fewer.

    Args:
        key: of the whole value.
        names: of its numbers; the field of each has the key `stem.conv1`.
        value: as the visitor sent it; empty where nothing was sent.
        own: the numbers that hold without it.
        mark: that stands between them.
    """
    numbers = value.split(mark) if value else [""] * len(own)
    if len(numbers) != len(own):
        return ()
    fields = zip(names.items(), numbers, own, strict=True)
    return tuple(Part(f"{key}.{name}", say(label), number, str(usual)) for (name, label), number, usual in fields)


def input_parts(value: str, own: Shape) -> tuple[Part, ...]:
    """Height and width, and before them the channels where the value has them."""
    value = f"{value}x{value}" if value and "x" not in value else value
    count = 3 if value.count("x") == 2 else 2
    return parts("input", dict(list(INPUT.items())[-count:]), value, own[-count:], "x")


def said(problems: Iterable[Problem]) -> dict[str, str]:
    """What is wrong with each field, named, in the visitor's language: `4e #5×5: 0 to 4096, received 4097`."""
    return {each.field: say(replace(each, field=_name(each.field)).sentence) for each in problems}


def _name(key: str) -> str:
    """A key as the paper's Table 1 calls its column, where it is one of a module."""
    module, at = COLUMN_KEYS.get(key, ("", 0))
    return f"{module} {COLUMN_NAMES[at]}" if module else key


def width_fields(
    columns: tuple[tuple[str, str], ...],
    widths: Widths,
    published: Widths | None,
    like: Widths,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    written: bool,
) -> tuple[WidthField, ...]:
    """A slider for each column of a module.

    Args:
        columns: key of each, and the path of the layer that it sets.
        widths: that the picture shows.
        published: the network's own; None where there are none.
        like: widths that say how far the sliders reach: half as far again as the widest.
        values: what the visitor sent.
        errors: what is wrong with it, by key.
        written: whether the fields hold the widths, rather than show what holds without them.
    """
    most = max(32, 32 * ceil(1.5 * max(like) / 32))
    return tuple(
        WidthField(
            key=key,
            label=say(COLUMNS[at]),
            value=values.get(key, "") if key in errors else str(widths[at]) if written else "",
            own=str(widths[at]),
            error=errors.get(key, ""),
            set=published is not None and widths[at] != published[at],
            branch=BRANCHES[at],
            path=path,
            now=_near(values.get(key, ""), most, widths[at]) if key in errors else widths[at],
            published=published[at] if published else None,
            repair=_repair([key for key, _ in columns], at, values) if key in errors else "",
            most=most,
        )
        for at, (key, path) in enumerate(columns)
    )


def _repair(keys: Sequence[str], at: int, values: Mapping[str, str]) -> str:
    """Which reduction would have to be 0, where a column was refused because its convolution is."""
    if at in (0, 5):
        return ""
    reduce = at if at in (1, 3) else at - 1
    sent = values.get(keys[reduce + 1])
    return keys[reduce] if sent and not sent.strip("0") else ""


def _near(sent: str, most: int, otherwise: int) -> int:
    """The place on a slider from 0 to `most` that is nearest to what was sent, where that is a number."""
    digits = sent.lstrip("0")[: len(str(most)) + 1]  # whatever its length: more than `most` is the end
    return min(int(digits or 0), most) if sent.isascii() and sent.isdigit() else otherwise

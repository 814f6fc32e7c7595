"""What the page of two variants says: a finding, the totals, what each part costs, and the layers that differ."""

from collections.abc import Sequence
from dataclasses import fields
from math import floor, log10

from app.network.analysis import Cost
from app.network.record import record
from app.network.variant import Variant
from app.render.cells import THIN, times, window
from app.render.compare import Comparison, Pairing, TotalsPair
from app.render.headline import WORDS, changes
from app.render.rows import Row
from app.words import phrase, say, say_many

LABELS = {
    "params": phrase("Parameters"),
    "macs": phrase("Multiply-adds"),
    "flops": phrase("FLOPs"),
    "activations": phrase("Activations"),
    "peak_activations": phrase("Peak activations"),
    "training_params": phrase("Parameters in training"),
}
LONGEST = 128
"""Of the bars, in pixels."""
COUNTED = ("conv", "linear")
"""Kinds of layers that have multiply-adds."""
SHORT_STATE = 28
"""Characters of a state that a title still holds."""


@record
class Balance:
    """One total on both sides."""

    name: str
    label: str
    left: int
    right: int
    delta: int
    share: str
    """Of the left, with its sign; empty where nothing changed."""


@record
class Slice:
    """One branch's share of a bar; x and width in pixels."""

    look: str
    x: float
    width: float


@record
class Share:
    """A part of the network on both sides; a side is None where it has no such part."""

    name: str
    training: bool
    left: Cost | None
    right: Cost | None
    delta: Cost
    macs: tuple[tuple[Slice, ...], tuple[Slice, ...]]
    """Bars of both sides, to one scale."""
    params: tuple[tuple[Slice, ...], tuple[Slice, ...]]


@record
class Line:
    """A layer of either side, as the table shows it."""

    pair: Pairing
    mark: str
    """`set` where the layer itself is another, `follows` where only what it reads is, `equal`."""
    only: str
    """`left` or `right` where the other side has none."""
    look: str
    training: bool
    minor: bool
    """Whether it is a batch norm or a ReLU: there are as many as convolutions, and they say little."""
    window: tuple[str, str]
    shape: tuple[str, str]


def called(side: Variant, state: str) -> str:
    """`GoogLeNet (batch norm)`: short enough for the middle of a sentence. Heads for training do not count."""
    name = say(side.network.name)
    kept = [(key, value) for key, value in side.choices.items() if key != "aux"]
    if not kept:
        return name
    if len(kept) == 1 and kept[0] in WORDS:
        key, value = kept[0]
        return say("{name} ({what})", name=name, what=say(WORDS[key, str(value)]))
    if len(state) <= SHORT_STATE:
        return say("{name} ({what})", name=name, what=state)
    return say_many("{name} ({n} change)", "{name} ({n} changes)", changes(side), name=name)


def finding(left: str, right: str, totals: TotalsPair) -> str:
    """Which side has more, as a sentence: `X has 5.3 % fewer parameters and 5.3 % fewer multiply-adds than Y`."""
    if left == right:
        left, right = say("the left side"), say("The right side")
    old, new, delta = totals.left, totals.right, totals.delta
    said = {"left": left, "right": right}
    if delta.params >= old.params and delta.macs >= old.macs:
        said |= {"params": _times(new.params, old.params), "macs": _times(new.macs, old.macs)}
        return say("{right} has {params} times the parameters and {macs} times the multiply-adds of {left}", **said)
    said |= {"params": _percent(delta.params, old.params), "macs": _percent(delta.macs, old.macs)}
    match _sign(delta.params), _sign(delta.macs):
        case -1, -1:
            return say("{right} has {params} fewer parameters and {macs} fewer multiply-adds than {left}", **said)
        case -1, 0:
            return say("{right} has {params} fewer parameters than {left} and as many multiply-adds", **said)
        case -1, _:
            return say("{right} has {params} fewer parameters and {macs} more multiply-adds than {left}", **said)
        case 0, -1:
            return say("{right} has {macs} fewer multiply-adds than {left} and as many parameters", **said)
        case 0, 0:
            return say("{right} has as many parameters and multiply-adds as {left}", **said)
        case 0, _:
            return say("{right} has {macs} more multiply-adds than {left} and as many parameters", **said)
        case _, -1:
            return say("{right} has {params} more parameters and {macs} fewer multiply-adds than {left}", **said)
        case _, 0:
            return say("{right} has {params} more parameters than {left} and as many multiply-adds", **said)
        case _:
            return say("{right} has {params} more parameters and {macs} more multiply-adds than {left}", **said)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _times(new: int, old: int) -> str:
    ratio = new / old
    return f"{ratio:.1f}" if ratio < 100 else f"{ratio:,.0f}"


def _percent(delta: int, base: int) -> str:
    """`5.3 %`; at least one digit that is not 0."""
    value = 100 * abs(delta) / base
    if not value:
        return f"0{THIN}%"
    if value < 0.001:
        return f"<0.001{THIN}%"
    return f"{value:,.{max(1, -floor(log10(value)))}f}{THIN}%"


def balances(totals: TotalsPair) -> tuple[Balance, ...]:
    """The totals that are compared, in the order they are shown."""
    return tuple(
        Balance(name, say(label), *_three(totals, name), _signed(*_three(totals, name)))
        for name, label in LABELS.items()
    )


def _three(totals: TotalsPair, name: str) -> tuple[int, int, int]:
    left, right, delta = (getattr(getattr(totals, side.name), name) for side in fields(totals))
    return left, right, delta


def _signed(left: int, right: int, delta: int) -> str:
    if not delta:
        return ""
    if not left:
        return "+" if right else ""
    return f"{'+' if delta > 0 else '−'}{_percent(delta, left)}"


def shares(comparison: Comparison) -> tuple[Share, ...]:
    """The parts of the network that cost anything on either side, those for training last; bars to one scale."""
    parts: dict[str, list[Pairing]] = {}
    for pair in comparison.rows:
        row = _either(pair)
        parts.setdefault(row.module or _part(row.path), []).append(pair)
    lefts = {name: [pair.left for pair in pairs if pair.left] for name, pairs in parts.items()}
    rights = {name: [pair.right for pair in pairs if pair.right] for name, pairs in parts.items()}
    all_rows = [*lefts.values(), *rights.values()]
    macs, params = (max(sum(getattr(row, what) for row in rows) for rows in all_rows) for what in ("macs", "params"))
    found = [
        Share(
            name,
            _either(pairs[0]).phase == "training",
            _cost(lefts[name]),
            _cost(rights[name]),
            Cost(sum(pair.params_delta for pair in pairs), sum(pair.macs_delta for pair in pairs)),
            (_bar(lefts[name], "macs", macs), _bar(rights[name], "macs", macs)),
            (_bar(lefts[name], "params", params), _bar(rights[name], "params", params)),
        )
        for name, pairs in parts.items()
        if any(row.params or row.macs for row in (*lefts[name], *rights[name]))
    ]
    return tuple(sorted(found, key=lambda share: share.training))


def _part(path: str) -> str:
    """`conv1` of `conv1_bn` and `conv1.depthwise`."""
    return path.partition(".")[0].removesuffix("_bn").removesuffix("_relu")


def _cost(rows: Sequence[Row]) -> Cost | None:
    return Cost(sum(row.params for row in rows), sum(row.macs for row in rows)) if rows else None


def _bar(rows: Sequence[Row], what: str, most: int) -> tuple[Slice, ...]:
    looks: dict[str, int] = {}
    for row in rows:
        look = row.branch or "other"
        looks[look] = looks.get(look, 0) + getattr(row, what)
    slices, x = [], 0.0
    for look, value in looks.items():
        if value:
            width = LONGEST * value / most
            slices.append(Slice(look, round(x, 2), round(width, 2)))
            x += width
    return tuple(slices)


def lines(comparison: Comparison) -> tuple[Line, ...]:
    """Every layer of either side but the ReLUs that are equal."""
    every = [_line(pair) for pair in comparison.rows]
    return tuple(line for line in every if line.mark != "equal" or _either(line.pair).kind != "relu")


def outlined(comparison: Comparison) -> frozenset[str]:
    """Paths of the layers that a map draws in another way: other channels or another kernel, or on one side only."""
    counted = [pair for pair in comparison.rows if _either(pair).kind in COUNTED]
    return frozenset(pair.path for pair in counted if _redrawn(pair.left, pair.right))


def _redrawn(left: Row | None, right: Row | None) -> bool:
    return not left or not right or (left.out_shape[0], left.kernel) != (right.out_shape[0], right.kernel)


def _line(pair: Pairing) -> Line:
    row, left, right = _either(pair), pair.left, pair.right
    only = "" if left and right else "left" if left else "right"
    rounded = bool(left and right and left.rounding != right.rounding and "pool" in row.kind)
    return Line(
        pair,
        _mark(pair),
        only,
        row.branch or "other",
        row.phase == "training",
        row.kind in ("batch_norm", "relu"),
        (_window(left, rounded), _window(right, rounded)),
        (times(left.out_shape) if left else "", times(right.out_shape) if right else ""),
    )


def _window(row: Row | None, rounded: bool) -> str:
    if not row:
        return ""
    if rounded and row.rounding == "ceil":
        return say("{window}, up", window=window(row))
    if rounded and row.rounding == "floor":
        return say("{window}, down", window=window(row))
    return window(row)


def _mark(pair: Pairing) -> str:
    left, right = pair.left, pair.right
    if not left or not right or _own(left) != _own(right):
        return "set"
    return "equal" if _whole(left) == _whole(right) else "follows"


def _own(row: Row) -> tuple[object, ...]:
    """What a layer is, whatever it reads."""
    if row.kind in COUNTED:
        return row.kind, row.kernel, row.stride, row.padding, row.groups == 1, row.out_shape[0], _biases(row)
    if row.kind == "avg_pool" and not row.rounding:  # over whatever is left: its kernel follows
        return (row.kind,)
    return row.kind, row.kernel, row.stride, row.padding, row.rounding, row.params // row.out_shape[0]


def _biases(row: Row) -> int:
    positions = row.out_shape[1] * row.out_shape[2] if len(row.out_shape) == 3 else 1
    return row.params - row.macs // positions


def _whole(row: Row) -> tuple[object, ...]:
    return row.in_shapes, row.out_shape, row.params, row.macs


def _either(pair: Pairing) -> Row:
    row = pair.right or pair.left
    assert row
    return row

"""One module in words: what it found, what each branch sees and saves, and the derivation of every number."""

import re
from typing import NamedTuple

from app.network.record import record
from app.network.spec import Shape
from app.render.cells import short, times, window
from app.render.modules import Branch, Detail, Twin
from app.render.rows import Row
from app.words import phrase, say

BRANCHES = {"one": phrase("1×1"), "three": phrase("3×3"), "five": phrase("5×5"), "pool": phrase("pool")}
"""What the branches are called, in the order they stand."""
SEES = {
    "one": phrase("one pixel at a time"),
    "three": phrase("small patterns"),
    "five": phrase("larger patterns"),
    "pool": phrase("the strongest nearby"),
}
"""What each looks at."""
LOOKS = (
    phrase("One look at the same input"),
    phrase("Two looks at the same input"),
    phrase("Three looks at the same input"),
    phrase("Four looks at the same input"),
)
KINDS = {"reduced": phrase("Reduced"), "naive": phrase("Naive")}
NOTICED = 1.05
"""A smaller ratio is no finding."""
_ROUNDED = re.compile(r"(?P<before>.*)(?P<bracket>[⌊⌈])(?P<inside>.*)[⌋⌉](?P<after>.*)")


def title(module: Detail) -> str:
    """What the numbers of a module say, as a sentence."""
    looks, macs = LOOKS[len(module.branches) - 1], module.totals.macs
    if not macs:
        return say("{looks}, without any arithmetic", looks=looks)
    other = module.twin.totals.macs if module.twin else 0
    fewer, more = other / macs, macs / other if other else 0
    if module.kind == "reduced":
        if fewer >= NOTICED:
            return say("{looks}, {ratio}× cheaper for squeezing first", looks=looks, ratio=ratio(fewer))
        if more >= NOTICED:
            return say("{looks}; squeezing first costs {ratio}× as much here", looks=looks, ratio=ratio(more))
        return say("{looks}; squeezing first changes little here", looks=looks) if other else say(looks)
    if more >= NOTICED:
        return say("{looks}; without squeezing first it costs {ratio}× as much", looks=looks, ratio=ratio(more))
    return say("{looks}, without squeezing first", looks=looks)


def ratio(value: float) -> str:
    """`2.4`, `12`."""
    return f"{value:,.1f}" if value < 9.95 else f"{value:,.0f}"


def side_titles(module: Detail, changed: bool) -> tuple[str, str]:
    """What stands over the module and over its twin; `changed` says that the visitor set widths of it."""
    if module.module is None or changed:
        own = say("Reduced") if module.kind == "reduced" else say("Naive")
    elif module.kind == "reduced":
        own = say("Reduced, as this network has it")
    else:
        own = say("Naive, as this network has it")
    other = say("Naive twin, same kernel widths") if module.kind == "reduced" else say("Reduced twin, the paper’s way")
    return own, other


def verdict(module: Detail, name: str) -> str:
    """What a branch saves against the same branch of the twin; empty where there is no twin."""
    if module.twin is None:
        return ""
    own, other = _branch(module, name), _branch(module.twin, name)
    if own is None:
        return say("only in the twin")
    if other is None:
        return say("only here")
    mine, theirs = own.macs, other.macs
    if mine == theirs:
        return say("no difference")
    if mine and theirs >= NOTICED * mine:
        return say("{ratio}× cheaper", ratio=ratio(theirs / mine))
    if theirs and mine >= NOTICED * theirs:
        return say("{ratio}× as much", ratio=ratio(mine / theirs))
    return say("{n} more", n=short(mine - theirs)) if mine > theirs else say("{n} fewer", n=short(theirs - mine))


def _branch(side: Twin, name: str) -> Branch | None:
    return next((branch for branch in side.branches if branch.name == name), None)


def label(row: Row) -> str:
    """What a layer of a branch is called: `1×1 reduce, 96`."""
    last = row.path.rpartition(".")[2]
    kernel = times(row.kernel, "×") if row.kernel else ""
    channels = f"{row.out_shape[0]:,}"
    if row.kind == "max_pool":
        return say("max pool {kernel}", kernel=kernel)
    if row.kind == "batch_norm":
        return say("batch norm")
    if last == "reduce":
        return say("{kernel} reduce, {n}", kernel=kernel, n=channels)
    if last == "proj":
        return say("{kernel} projection, {n}", kernel=kernel, n=channels)
    return say("{kernel}, {n}", kernel=kernel, n=channels)


class SizeText(NamedTuple):
    """The formula of a side, around what is rounded: the brackets are drawn, no font here has them."""

    name: str
    before: str
    rounding: str
    inside: str
    after: str


@record
class Step:
    """A layer with the reasons of its numbers."""

    path: str
    label: str
    window: str
    """Kernel, stride, padding."""
    out_shape: Shape
    sizes: tuple[SizeText, ...]
    """One where height and width share it."""
    params: int
    params_formula: str
    """Empty where there is none."""
    macs: int
    macs_formula: str


@record
class Derivation:
    """A branch of the module or of its twin, layer by layer."""

    kind: str
    twin: bool
    channels: int
    steps: tuple[Step, ...]
    params: int
    macs: int


@record
class Reasons:
    """A branch here and in the twin."""

    name: str
    look: str
    sides: tuple[Derivation, ...]


def derivations(module: Detail) -> tuple[Reasons, ...]:
    """Every number of a module with its formula, branch by branch, its twin's beside it; ReLUs cost nothing."""
    sides: tuple[Twin, ...] = tuple(each for each in (module, module.twin) if each)
    found = []
    for name, said in BRANCHES.items():
        both = [(side, branch) for side in sides if (branch := _branch(side, name))]
        if both:
            tables = tuple(
                Derivation(
                    say(KINDS[side.kind]),
                    side is not module,
                    branch.out_channels,
                    tuple(_step(row) for row in branch.layers if row.kind != "relu"),
                    branch.params,
                    branch.macs,
                )
                for side, branch in both
            )
            found.append(Reasons(say(said), name, tables))
    return tuple(found)


def _step(row: Row) -> Step:
    channels, height, width = row.out_shape
    formula = row.formula
    if formula.height == formula.width:
        sizes = [_size(say("height and width"), formula.height)]
    else:
        sizes = [_size(say("height"), formula.height), _size(say("width"), formula.width)]
    return Step(
        row.path,
        label(row),
        window(row),
        (channels, height, width),
        tuple(size for size in sizes if size),
        row.params,
        (formula.params or "").partition(" = ")[0],
        row.macs,
        (formula.macs or "").partition(" = ")[0],
    )


def _size(name: str, text: str | None) -> SizeText | None:
    found = _ROUNDED.fullmatch(text or "")
    if not found:
        return None
    rounding = "floor" if found["bracket"] == "⌊" else "ceil"
    return SizeText(name, found["before"], rounding, found["inside"], found["after"])

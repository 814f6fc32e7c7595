"""What a visitor changed of a network, as the sentence over its page."""

from collections.abc import Iterator

from app.network.spec import Widths
from app.network.variant import OWN, Value, Variant, own_widths
from app.words import Phrase, phrase, say, say_many

NUMBERS = (phrase("one"), phrase("two"), phrase("three"), phrase("four"), phrase("five"), phrase("six"))
WORDS: dict[tuple[str, str], Phrase] = {
    ("modules", "naive"): phrase("all modules naive"),
    ("modules", "reduced"): phrase("all modules reduced"),
    ("norm", "lrn"): phrase("LRN and biases"),
    ("norm", "batch"): phrase("batch norm"),
    ("norm", "none"): phrase("no normalisation"),
    ("five", "5x5"): phrase("true 5×5 kernels"),
    ("five", "3x3"): phrase("3×3 in place of 5×5"),
    ("five", "3x3x2"): phrase("two 3×3 in place of 5×5"),
    ("rounding", "ceil"): phrase("pools that round up"),
    ("rounding", "floor"): phrase("pools that round down"),
    ("aux", "on"): phrase("auxiliary heads on"),
    ("aux", "off"): phrase("auxiliary heads off"),
    ("head", "gap"): phrase("global average pooling"),
    ("head", "flatten"): phrase("flatten before the classifier"),
}


def headline(chosen: Variant) -> str:
    """`GoogLeNet, two widths of 4e changed`; with more than two changes their number."""
    name = say(chosen.network.name)
    told = [each for key, value in chosen.choices.items() if key != "aux" for each in _told(chosen, key, value)]
    if not chosen.choices:
        return say("{name}, layer by layer", name=name)
    told = told or [say(WORDS["aux", str(chosen.choices["aux"])])]
    if len(told) == 1:
        return say("{name}, {what}", name=name, what=told[0])
    if len(told) == 2:
        return say("{name}, {what} and {also}", name=name, what=told[0], also=told[1])
    return say_many("{name}, {n} change", "{name}, {n} changes", changes(chosen), name=name)


def changes(chosen: Variant) -> int:
    """How many things the visitor set: each width of a module that is not its network's own, and each other key."""
    return sum(_columns(chosen, key, value) or 1 for key, value in chosen.choices.items())


def _columns(chosen: Variant, module: str, value: Value) -> int:
    own = own_widths(chosen, module)
    if own is None or not isinstance(value, Widths):
        return 0
    return sum(now != before for now, before in zip(value, own, strict=True))


def _told(chosen: Variant, key: str, value: Value) -> Iterator[str]:
    if key == "input":
        assert isinstance(value, tuple)
        yield say("input {size}", size=" × ".join(map(str, value[1:] if value[0] == 3 else value)))
    elif key == "classes":
        yield say("{n} classes", n=f"{value:,}")
    elif key == "width":
        yield say("widths × {factor}", factor=str(value))
    elif key == "stem":
        yield say("stem changed")
    elif (key, value) in WORDS:
        yield say(WORDS[key, str(value)])
    else:
        yield _module(chosen, key, value)


def _module(chosen: Variant, name: str, value: Value) -> str:
    if value == "off":
        return say("{module} left out", module=name)
    if name not in OWN:
        return say("{module} added", module=name)
    columns = _columns(chosen, name, value)
    if not columns or (isinstance(value, Widths) and value.kind == "naive"):
        return say("{module} naive", module=name)
    if columns == 1:
        return say("one width of {module} changed", module=name)
    return say("{number} widths of {module} changed", number=say(NUMBERS[columns - 1]), module=name)

"""What a visitor may change of a published network: choices by key, the network they describe, their canonical form."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from app.errors import BadInput, Problem
from app.network import laws
from app.network.catalog import TABLE_1, Network
from app.network.record import record
from app.network.spec import AUX_HOSTS, COLUMNS, STAGES, STEM, Follow, Kind, Module, Spec, Widths, column_keys
from app.words import phrase

OWN = {row.name: row.widths for row in TABLE_1}
"""The paper's modules and their widths."""
LETTERS = "abcdefghij"
"""Modules of a stage, in order: ten at most."""
MODULES = tuple(stage + letter for stage in STAGES for letter in LETTERS)
"""Every module that a network may have, in the order they run."""
COLUMN_KEYS = {key: (name, at) for name in OWN for at, key in enumerate(column_keys(name))}
"""The module and the column that a key such as `4e.5x5` sets."""
WORDS = {
    "modules": ("naive", "reduced"),
    "norm": ("lrn", "batch", "none"),
    "five": ("5x5", "3x3", "3x3x2"),
    "rounding": ("ceil", "floor"),
    "aux": ("on", "off"),
    "head": ("gap", "flatten"),
}
"""Keys whose values are words."""
KEYS = ("input", "classes", *MODULES, "modules", "width", "stem", "norm", "five", "rounding", "aux", "head")
"""Every state key but the columns, in the order of the canonical form."""

Value = int | str | tuple[int, ...]
"""A parsed value: a number, numbers, `Widths` or "naive" or "off" for a module, a word."""
Choices = Mapping[str, Value]
_ORDER = {key: at for at, key in enumerate(KEYS)}


@record
class Variant:
    """A network as a visitor described it."""

    network: Network
    choices: dict[str, Value]
    """In canonical form and order."""
    spec: Spec
    warnings: tuple[str, ...]


def variant(network: Network, choices: Choices) -> Variant:
    """The network that those choices describe.

    Raises:
        BadInput: choices that contradict each other, or that this network does not have.
    """
    check(network, choices)
    whole = _whole_modules(network, choices)
    kept = _canonical(network, whole)
    return Variant(network, kept, _describe(network, kept), _warnings(network, whole))


def choices_of(network: Network, spec: Spec) -> dict[str, Value]:
    """The choices that describe a spec: the inverse of `variant`.

    Raises:
        BadInput: the spec differs from its network in what no choice can change, or its modules are out of order.
    """
    if spec.realisation != network.spec.realisation:
        allowed = phrase("as {network} has it: {realisation}", network=network.id, realisation=network.spec.realisation)
        raise BadInput(Problem("realisation", str(spec.realisation), allowed))
    names = [module.name for module in spec.modules]
    if names != [name for name in MODULES if name in names]:
        raise BadInput(Problem("modules", ", ".join(names), phrase("names 3a to 5j, each once, in the order they run")))
    widths = {module.name: module.widths for module in spec.modules}
    followed = _followed(spec.follow.modules, spec.follow.width)
    choices: dict[str, Value] = {"input": spec.input, "classes": spec.classes}
    for name in MODULES:
        if widths.get(name) != followed.get(name):
            choices[name] = widths.get(name, "off")
    choices |= {"modules": spec.follow.modules, "width": spec.follow.width}
    if spec.stem != _followed_stem(network, spec.follow.width):
        choices["stem"] = spec.stem
    choices |= {"norm": spec.norm, "five": spec.five, "head": spec.head}
    choices |= {"rounding": spec.rounding, "aux": "on" if spec.aux else "off"}
    base = network.spec
    own: dict[str, Value] = {"rounding": base.rounding, "aux": "on" if base.aux else "off", "head": base.head}
    return {key: value for key, value in choices.items() if key not in network.fixed or value != own[key]}


def own_widths(chosen: Variant, module: str) -> Widths | None:
    """The widths that a module has without a key of its own; None for an added module."""
    follow = chosen.spec.follow
    return _followed(follow.modules, follow.width).get(module)


def network_widths(chosen: Variant, module: str) -> Widths | None:
    """The reduced widths that the network itself gives a module, its `width` applied; None for an added module."""
    return _followed("reduced", chosen.spec.follow.width).get(module)


def network_stem(chosen: Variant) -> tuple[int, ...]:
    """The widths that the network itself gives the stem, its `width` applied."""
    return _followed_stem(chosen.network, chosen.spec.follow.width)


def reduce_problem(widths: Widths) -> tuple[int, str] | None:
    """A reduction without the convolution that it serves: its column, and what is allowed there."""
    for at in (1, 3):
        if widths[at] and not widths[at + 1]:
            column = COLUMNS[at + 1].replace("x", "×")
            return at, phrase("0, because #{column} is 0 and removes the branch", column=column)
    return None


def describe(network: Network, choices: Choices) -> Spec:
    """The description alone, of choices that `check` lets pass; they need not be in canonical form.

    Raises:
        BadInput: single columns that leave a reduction without the convolution that it serves.
    """
    return _describe(network, _whole_modules(network, choices))


def followers(choices: Choices) -> list[str]:
    """The numbers of a spec that follow `width`: those that no choice sets; the word `naive` sets none."""
    names = list(STEM) if "stem" not in choices else []
    columns = [key for key, (name, _) in COLUMN_KEYS.items() if choices.get(name, "naive") == "naive"]
    return names + [key for key in columns if key not in choices]


def check(network: Network, choices: Choices) -> None:
    """Raises BadInput where choices cannot stand beside each other, or this network does not have them."""
    fixed = sorted(network.fixed & set(choices), key=_ORDER.__getitem__)
    problems = [
        Problem(key, text(choices[key]), phrase("{network} has no such key", network=network.id)) for key in fixed
    ]
    for key, (name, _) in COLUMN_KEYS.items():
        if key in choices and name in choices:
            problems.append(
                Problem(key, text(choices[key]), phrase("not beside {name}, which sets the whole module", name=name))
            )
    problems += [
        Problem(
            name, text(choices[name]), phrase("only after {name}, as letters are added in order", name=_before(name))
        )
        for name in MODULES
        if name in choices and not _may_stand(name, choices)
    ]
    if problems:
        raise BadInput(*problems)


def _before(name: str) -> str:
    return name[0] + chr(ord(name[1]) - 1)


def _may_stand(name: str, choices: Choices) -> bool:
    """An added module stands only after the paper's own or one that is added too."""
    return name in OWN or _before(name) in OWN or _before(name) in choices


def _whole_modules(network: Network, choices: Choices) -> dict[str, Value]:
    """Single columns written out as their module, the other columns as the network has them."""
    whole = {key: value for key, value in choices.items() if key not in COLUMN_KEYS}
    columns = {key: value for key, value in choices.items() if key in COLUMN_KEYS}
    followed = _followed(*_follow(network, choices))
    modules: dict[str, list[int]] = {}
    for key, value in columns.items():
        name, at = COLUMN_KEYS[key]
        assert isinstance(value, int)
        modules.setdefault(name, list(followed[name]))[at] = value
    for name, columns_of in modules.items():
        widths = whole[name] = Widths(*columns_of)
        if problem := reduce_problem(widths):
            at, allowed = problem
            reduce, kernel = column_keys(name)[at : at + 2]
            if reduce not in columns:
                raise BadInput(Problem(kernel, "0", phrase("above 0, or 0 beside {reduce}=0", reduce=reduce)))
            raise BadInput(Problem(reduce, str(widths[at]), allowed))
    return whole


def _canonical(network: Network, choices: Choices) -> dict[str, Value]:
    """Without the choices that change nothing, tried in the order of the keys, again until none is left."""
    kept = _shortest(network, {key: choices[key] for key in sorted(choices, key=_ORDER.__getitem__)})
    described = _describe(network, kept).described
    while True:
        before = len(kept)
        for key in tuple(kept):
            without = {other: value for other, value in kept.items() if other != key}
            if _describe(network, without).described == described:
                kept = without
        if len(kept) == before:
            return _shortest(network, kept)


def _shortest(network: Network, choices: Choices) -> dict[str, Value]:
    """The word `naive` for naive widths that the module has in this network anyway."""
    followed = _followed(*_follow(network, choices))
    return {
        key: "naive" if isinstance(value, Widths) and key in OWN and value == followed[key].naive else value
        for key, value in choices.items()
    }


def _describe(network: Network, choices: Choices) -> Spec:
    base = network.spec
    kind, width = _follow(network, choices)
    followed = _followed(kind, width)
    modules = []
    for name in MODULES:
        chosen = choices.get(name, followed.get(name, "off"))
        if chosen != "off":
            widths = followed[name].naive if chosen == "naive" else chosen
            assert isinstance(widths, Widths)
            modules.append(_module(name, widths))
    names = {module.name for module in modules}
    aux = choices["aux"] == "on" if "aux" in choices else base.aux
    return base.model_copy(
        update={
            "input": choices.get("input", base.input),
            "classes": choices.get("classes", base.classes),
            "stem": choices.get("stem", _followed_stem(network, width)),
            "modules": tuple(modules),
            "norm": choices.get("norm", base.norm),
            # a choice about layers that are not there describes nothing
            "five": choices.get("five", base.five) if any(module.widths.five for module in modules) else base.five,
            "rounding": choices.get("rounding", base.rounding),
            "aux": aux if names & set(AUX_HOSTS.values()) else base.aux,
            "head": choices.get("head", base.head),
            "follow": Follow(modules=kind, width=width),
        }
    )


def _warnings(network: Network, choices: Choices) -> tuple[str, ...]:
    asked = choices["aux"] == "on" if "aux" in choices else network.spec.aux
    missing = [(head, host) for head, host in AUX_HOSTS.items() if choices.get(host) == "off"]
    return tuple(_left_out(head, host) for head, host in missing) if asked else ()


def _left_out(head: str, host: str) -> str:
    return phrase("{head} is left out, because module {host} is off", head=head, host=host)


def _follow(network: Network, choices: Choices) -> tuple[Kind, str]:
    kind: Kind = "naive" if choices.get("modules", network.spec.follow.modules) == "naive" else "reduced"
    return kind, str(choices.get("width", "1"))


@lru_cache(maxsize=256)
def _followed(kind: Kind, width: str) -> Mapping[str, Widths]:
    """What the paper's modules are without a choice of their own."""
    scaled = {name: Widths(*_scaled(widths, width)) for name, widths in OWN.items()}
    return scaled if kind == "reduced" else {name: widths.naive for name, widths in scaled.items()}


def _followed_stem(network: Network, width: str) -> tuple[int, ...]:
    return _scaled(network.spec.stem, width)


def _scaled(widths: tuple[int, ...], width: str) -> tuple[int, ...]:
    multiplier = Fraction(Decimal(width))  # a Decimal reads any number of digits, a Fraction 4,300
    return tuple(laws.scaled_width(each, multiplier.numerator, multiplier.denominator) for each in widths)


@lru_cache(maxsize=8192)
def _module(name: str, widths: Widths) -> Module:
    return Module(name=name, widths=widths)


def text(value: Value) -> str:
    """A value as an address writes it, before any shortening."""
    if isinstance(value, Widths) and value.kind == "naive":
        return f"naive:{value.one},{value.three},{value.five}"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)

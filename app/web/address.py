"""State as a query string: strict reading into choices, and the canonical form back. Contract §1."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar
from urllib.parse import parse_qsl

from app.errors import BadInput, Problem
from app.network.catalog import Network
from app.network.catalog import network as published
from app.network.record import record
from app.network.spec import Shape, Spec, Widths
from app.network.variant import (
    COLUMN_KEYS,
    KEYS,
    MODULES,
    OWN,
    WORDS,
    Value,
    Variant,
    choices_of,
    reduce_problem,
    text,
    variant,
)
from app.settings import Settings
from app.words import Phrase, phrase

T = TypeVar("T")
HOME = "googlenet"
"""The network of addresses that name none."""
STATE_KEYS = frozenset({*KEYS, *COLUMN_KEYS})
COLUMN_NAMES = ("#1×1", "#3×3 reduce", "#3×3", "#5×5 reduce", "#5×5", "pool proj")
_DIGITS = re.compile(r"[0-9]+")
_DECIMAL = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_MOST_DIGITS = 8192
"""Of a multiplier. No usual address has room for more, a description that is sent has; exact arithmetic with a million
digits takes minutes."""
_SIDE_BY_SIDE = re.compile(r"[0-9]+(x[0-9]+){0,2}")


@record
class Limits:
    """The ranges that values are held to."""

    input_side: int = 2048
    input_channels: int = 1024
    classes: int = 100_000
    width: int = 4096

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(settings.max_input_side, settings.max_input_channels, settings.max_classes, settings.max_width)

    @classmethod
    def of_module(cls, settings: Settings) -> "Limits":
        """For a free-standing module, whose input may have more channels."""
        return cls(settings.max_input_side, settings.max_module_channels, settings.max_classes, settings.max_width)


def read_query(query: str, known: Collection[str]) -> dict[str, str]:
    """The values of a query string by key; empty ones count as left out.

    Raises:
        BadInput: a key that is not known, or a key that stands twice.
    """
    values, problems = scan_query(query, known)
    if problems:
        raise BadInput(*problems)
    return values


def scan_query(query: str, known: Collection[str]) -> tuple[dict[str, str], list[Problem]]:
    """The values that can be read, and what is wrong with the others."""
    values: dict[str, str] = {}
    problems = []
    twice = set()
    allowed = ""  # worked out once, however many keys are not known
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key not in known:
            allowed = allowed or _listed(known)
            problems.append(Problem(key, value, allowed))
        elif value and key in values:
            twice.add(key)
            problems.append(Problem(key, value, phrase("each key at most once")))
        elif value:
            values[key] = value
    return {key: value for key, value in values.items() if key not in twice}, problems


def _listed(known: Collection[str]) -> str:
    """Keys for a message; the many modules and columns by their pattern."""
    if not known:
        return phrase("left out: there are none here")
    own = [key for key in known if key not in MODULES and key not in COLUMN_KEYS]
    modules = ["3a … 5j", "3a.1x1 … 5b.pool_proj"] if len(own) < len(known) else []
    keys = sorted(own, key=lambda key: (KEYS.index(key) if key in KEYS else -1, key)) + modules
    return phrase("one of the keys {keys}", keys=", ".join(keys))


def parse(network: Network, values: Mapping[str, str], limits: Limits) -> Variant:
    """The variant that those values describe.

    Raises:
        BadInput: values that cannot be, or cannot stand beside each other.
    """
    return variant(network, parse_choices(network, values, limits))


def parse_choices(network: Network, values: Mapping[str, str], limits: Limits) -> dict[str, Value]:
    """Each value for itself.

    Raises:
        BadInput: values that cannot be.
    """
    choices: dict[str, Value] = {}
    problems = []
    for key, value in values.items():
        try:
            choices[key] = parse_value(key, value, limits, network.spec.input[0])
        except Refused as refused:
            problems.append(Problem(key, value, refused.allowed))
    if problems:
        raise BadInput(*problems)
    return choices


def parse_spec(spec: Spec, limits: Limits) -> Variant:
    """The variant that a description describes, held to the same limits as an address.

    Raises:
        BadInput: as `parse`.
        NotFound: its network is none of the published ones.
    """
    network = published(spec.network)
    width = guard("width", spec.follow.width, _multiplier)  # at its shortest: the others follow it
    followed = spec.model_copy(update={"follow": replace(spec.follow, width=width)})
    return parse(network, {key: text_of(key, value) for key, value in choices_of(network, followed).items()}, limits)


def parse_reference(field: str, value: str, limits: Limits) -> Variant:
    """A variant written as `id` or `id?state`.

    Raises:
        BadInput, NotFound: as `parse`; there is no such network.
    """
    name, _, query = value.partition("?")
    if not name:
        raise BadInput(Problem(field, value, phrase("a network, as googlenet?aux=on")))
    return parse(published(name), read_query(query, STATE_KEYS), limits)


def state(chosen: Variant) -> str:
    """The canonical query string, without a leading question mark."""
    return "&".join(f"{key}={_shortest(key, value, chosen.network)}" for key, value in chosen.choices.items())


def _shortest(key: str, value: Value, network: Network) -> str:
    if key != "input":
        return text(value)
    assert isinstance(value, tuple)
    channels, height, width = value
    if channels != network.spec.input[0]:
        return text_of(key, value)
    return str(height) if height == width else f"{height}x{width}"


def text_of(key: str, value: Value) -> str:
    """A value as an address may write it."""
    return "x".join(map(str, value)) if key == "input" and isinstance(value, tuple) else text(value)


class Refused(Exception):
    """A value that cannot be; only its reader knows which field it stood in."""

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed


def parse_value(key: str, value: str, limits: Limits, channels: int = 3) -> Value:
    """One value of a state key; raises `Refused` with what is allowed."""
    if key in WORDS:
        return parse_word(value, WORDS[key])
    if key in MODULES:
        return _module(key, value, limits)
    if key in COLUMN_KEYS:
        return parse_number(value, 0, limits.width)
    if key == "input":
        return parse_input(value, limits, channels)
    if key == "classes":
        return parse_number(value, 1, limits.classes)
    if key == "width":
        return _multiplier(value)
    return _numbers(value, ("conv1", "conv2 reduce", "conv2"), 1, limits.width)


def parse_input(value: str, limits: Limits, channels: int = 3) -> Shape:
    """`224`, `224x320` or `3x224x320`; raises `Refused`."""
    allowed = phrase(
        "height × width of 1 to {side}, as 224 or 224x320, or with 1 to {channels} channels, as 3x224x320",
        side=limits.input_side,
        channels=limits.input_channels,
    )
    most = limits.input_channels
    if not _SIDE_BY_SIDE.fullmatch(value):
        raise Refused(allowed)
    numbers = [_int(part) for part in value.split("x")]
    *given, height, width = numbers if len(numbers) > 1 else numbers * 2
    shape = (given[0] if given else channels, height, width)
    if not (1 <= shape[0] <= most and all(1 <= each <= limits.input_side for each in shape[1:])):
        raise Refused(allowed)
    return shape


def _module(key: str, value: str, limits: Limits) -> Value:
    if key in OWN and value in ("naive", "off"):
        return value
    return parse_widths(value, limits, words=key in OWN)


def parse_widths(value: str, limits: Limits, words: bool = False) -> Widths:
    """Six widths, or `naive:` and three, or with `words` the words too; raises `Refused`."""
    numbers = value.removeprefix("naive:")
    if numbers != value:
        one, three, five = _numbers(numbers, COLUMN_NAMES[::2], 0, limits.width)
        return Widths(one, 0, three, 0, five, 0)
    instead = phrase("naive:64,128,32, naive or off") if words else phrase("naive:64,128,32")
    widths = Widths(*_numbers(value, COLUMN_NAMES, 0, limits.width, instead))
    if problem := reduce_problem(widths):
        column, allowed = problem
        raise Refused(phrase("{name}: {allowed}", name=COLUMN_NAMES[column], allowed=allowed))
    return widths


def _numbers(
    value: str, names: tuple[str, ...], least: int, most: int, instead: Phrase | None = None
) -> tuple[int, ...]:
    parts = value.split(",")
    if len(parts) != len(names) or not all(_DIGITS.fullmatch(part) for part in parts):
        said = phrase(
            "{n} widths of {least} to {most} ({names})", n=len(names), least=least, most=most, names=", ".join(names)
        )
        raise Refused(phrase("{this}, or {that}", this=said, that=instead) if instead else said)
    for name, part in zip(names, parts, strict=True):
        if not least <= _int(part) <= most:
            raise Refused(phrase("{name}: {least} to {most}", name=name, least=least, most=most))
    return tuple(map(_int, parts))


def parse_word(value: str, allowed: tuple[str, ...]) -> str:
    """One of some words; raises `Refused`."""
    if value not in allowed:
        raise Refused(phrase("{some} or {last}", some=", ".join(allowed[:-1]), last=allowed[-1]))
    return value


def parse_number(value: str, least: int, most: int) -> int:
    """Plain digits within a range; raises `Refused`."""
    if not _DIGITS.fullmatch(value) or not least <= _int(value) <= most:
        raise Refused(phrase("{least} to {most}", least=least, most=most))
    return _int(value)


def _int(digits: str) -> int:
    """Plain digits as a number; Python refuses to read thousands of them, and no limit here has more than 19."""
    significant = digits.lstrip("0") or "0"
    return int(significant) if len(significant) <= 19 else 10**19


def _multiplier(value: str) -> str:
    match = _DECIMAL.fullmatch(value)
    whole, fraction = (match[1].lstrip("0") or "0", (match[2] or "").rstrip("0")) if match else ("0", "")
    shortest = f"{whole}.{fraction}" if fraction else whole
    if len(shortest) > _MOST_DIGITS:
        raise Refused(phrase("numbers of at most {most} digits", most=_MOST_DIGITS))
    if not match or not Decimal("0.25") <= Decimal(shortest) <= 4:
        raise Refused(phrase("0.25 to 4, as 0.5"))
    return shortest


def guard(field: str, value: str, read: Callable[[str], T]) -> T:
    """Reads one value, naming its field where it is refused.

    Raises:
        BadInput: the value cannot be.
    """
    try:
        return read(value)
    except Refused as refused:
        raise BadInput(Problem(field, value, refused.allowed)) from None

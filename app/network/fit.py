"""The widest variant within a budget: all multiples of 1/1024 at once, so the next step up is known to break it."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import reduce
from operator import and_
from typing import Any

import numpy as np

from app.errors import BadInput, Problem
from app.network import laws
from app.network.catalog import Network
from app.network.record import record
from app.network.space import MOST_FLOPS, walk
from app.network.spec import STEM, Spec, Widths, column_keys
from app.network.variant import Choices, Value, check, describe, followers
from app.words import phrase

UNIT = 1024
"""Widths are tried in steps of 1/1024."""
LEAST, MOST = UNIT // 4, UNIT * 4


@record
class Fit:
    """The widest that fits."""

    width: Fraction
    choices: dict[str, Value]
    """Of the variant, `width` or the widths themselves in it."""
    binding: tuple[str, ...]
    """The budgets that one step more would break, by quantity; none at the largest width of all."""


def fit(
    network: Network, choices: Choices, budgets: Mapping[str, int], free: Collection[str] = (), multiple: int = 1
) -> Fit:
    """The largest multiplier whose totals are within all budgets; counts never fall when it grows.

    Args:
        network: the published network.
        choices: the state; its `width` is overlooked.
        budgets: the most that is allowed, by quantity, as `Sums` names them.
        free: the modules that may change, all others and the stem staying as they are; empty for all that follow.
        multiple: widths are rounded to multiples of it, at least one.

    Raises:
        BadInput: choices that cannot be; budgets that even a width of 0.25 breaks.
    """
    check(network, choices)
    if free:
        choices = _with(choices, _held(describe(network, choices), free))
    choices = {key: value for key, value in choices.items() if key != "width"}
    spec, names = describe(network, choices), followers(choices)

    def numbers(steps: Any) -> dict[str, Any]:
        found: dict[str, Any] = spec.numbers
        for name in names:
            found[name] = _rounded(laws.scaled_width(found[name], steps, UNIT), multiple)
        return found

    _refuse_too_small(walk(spec, spec.input, numbers(LEAST))._asdict(), budgets)
    sums = walk(spec, spec.input, numbers(np.arange(LEAST, MOST + 1)))._asdict()
    within = {name: np.broadcast_to(sums[name] <= most, MOST + 1 - LEAST) for name, most in budgets.items()}
    possible = reduce(and_, within.values(), laws.flops(sums["macs"]) < MOST_FLOPS)
    best = int(np.flatnonzero(possible)[-1])
    binding = tuple(name for name, fits in within.items() if best + 1 < len(fits) and not fits[best + 1])
    width = Fraction(LEAST + best, UNIT)
    if multiple == 1:
        return Fit(width, {**choices, "width": decimal(width)}, binding)
    return Fit(width, _with(choices, _written(spec, numbers(LEAST + best), names)), binding)


def decimal(width: Fraction) -> str:
    """A multiple of 1/1024 as an address writes it: ten places after the point say it exactly."""
    return f"{width.numerator * (10**10 // width.denominator) / 10**10:.10f}".rstrip("0").rstrip(".")


def _rounded(width: Any, multiple: int) -> Any:
    """To the nearest multiple, the larger of two; at least one, and no channels stay none."""
    nearest = (width + multiple // 2) // multiple * multiple
    return (nearest + multiple * (nearest == 0)) * (width > 0)


def _with(choices: Choices, set_whole: Choices) -> dict[str, Value]:
    """With some modules set, and therefore none of their columns."""
    return {key: value for key, value in choices.items() if key.partition(".")[0] not in set_whole} | dict(set_whole)


def _held(spec: Spec, free: Collection[str]) -> dict[str, Value]:
    """The widths of all that may not change, as choices."""
    names = [module.name for module in spec.modules]
    for name in free:
        if name not in names:
            raise BadInput(Problem("free", name, phrase("modules of the variant: {names}", names=", ".join(names))))
    held: dict[str, Value] = {"stem": spec.stem}
    return held | {module.name: module.widths for module in spec.modules if module.name not in free}


def _written(spec: Spec, numbers: Mapping[str, int], names: Collection[str]) -> dict[str, Value]:
    """The widths themselves, of all that follows the multiplier."""
    found: dict[str, Value] = {"stem": tuple(numbers[name] for name in STEM)} if STEM[0] in names else {}
    for module in spec.modules:
        columns = column_keys(module.name)
        if set(columns) & set(names):
            found[module.name] = Widths(*[numbers[name] for name in columns])
    return found


def _refuse_too_small(least: Mapping[str, int], budgets: Mapping[str, int]) -> None:
    if problems := [
        Problem(f"max_{name}", str(most), phrase("at least {least:,}, which width 0.25 takes", least=least[name]))
        for name, most in budgets.items()
        if least[name] > most
    ]:
        raise BadInput(*problems)
    if laws.flops(least["macs"]) >= MOST_FLOPS:
        allowed = phrase("fewer than 2^53 flops, this one has {flops}", flops=f"{laws.flops(least['macs']):,}")
        raise BadInput(Problem("state", "width 0.25", allowed))

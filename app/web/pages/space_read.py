"""The address of the page `/space`: a variant, what varies, what is drawn, the budgets, and what is selected."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Request

from app.errors import BadInput, Problem
from app.network.catalog import network as published
from app.network.cloud import Goal
from app.network.record import record
from app.network.space import Axis, Grid, Sums
from app.network.spec import column_keys
from app.network.variant import COLUMN_KEYS, Value, Variant
from app.render.scale import UNITS
from app.web.address import HOME, STATE_KEYS, Refused, guard, parse_word, text_of
from app.web.asked import limits_of, settings_of
from app.web.clouds import Plan
from app.web.described import Described
from app.web.pages.read import nearest, scan, url
from app.web.vary import parse_axes
from app.words import phrase

QUANTITIES = Sums._fields
BUDGETS = {f"max_{name}": name for name in QUANTITIES}
BOX = {f"in_{name}": name for name in QUANTITIES}
"""Keys of what is selected: `FROM:TO` of a quantity."""
GOALS = {f"{name}:{end}": Goal(name, end == "less") for name in QUANTITIES for end in ("less", "more")}
VIEW = {"across": "macs:less", "up": "params:more"}
"""What is drawn where the address does not say."""
OWN = ("network", *VIEW, *BUDGETS, *BOX, "counted", "at")
FIELD = "vary."
"""The form has a field for each axis, named by its key: `vary.4e.5x5=32:192:40` is `vary=4e.5x5:32:192:40`."""
EXAMPLE = (
    "width:0.6:1.2:0.1", "3b.3x3:64:384:40", "4b.3x3:96:416:80", "4e.3x3:128:512:64", "4e.5x5:32:192:40",
    "5a.3x3:128:640:64", "5b.3x3:128:640:64",
)  # fmt: skip
EXAMPLE_BUDGETS = {"max_macs": "1200000000", "max_params": "6500000"}
"""What the page shows where the address names no axis; budgets only near what the visitor's own variant takes."""
MOST = 10**18
_AMOUNT = re.compile(r"([0-9]+)(?:\.([0-9]+))?\s*([KMG]?)")


@record
class Asked:
    """What a page is asked for."""

    described: Described
    """The visitor's own variant."""
    axes: tuple[Axis, ...]
    view: tuple[Goal, Goal]
    budgets: dict[str, int]
    box: dict[str, tuple[int, int]]
    """What is selected; empty where nothing is."""

    @property
    def point(self) -> Callable[[Sequence[str]], str]:
        """Gives the address of the variant that has such values on the axes."""
        keys = [axis.key for axis in self.axes]
        shared = {key: text_of(key, value) for key, value in beside(self.described.variant, keys).items()}

        def point(values: Sequence[str]) -> str:
            choices = shared | dict(zip(keys, values, strict=True))
            return url(self.described.network, "&".join(f"{key}={value}" for key, value in choices.items()))

        return point

    @property
    def plan(self) -> Plan:
        return Plan(
            self.described.network,
            tuple(sorted(beside(self.described.variant, [axis.key for axis in self.axes]).items())),
            self.axes,
            self.view,
            tuple((name, (0, most)) for name, most in self.budgets.items()),
            tuple(self.box.items()),
        )


@record
class Typed:
    """What came, as it came, for the fields that show it."""

    axes: dict[str, str]
    """`START:STOP:STEP` by key."""
    values: dict[str, str]
    problems: tuple[Problem, ...]


def beside(chosen: Variant, varied: Iterable[str]) -> dict[str, Value]:
    """The choices of a variant beside axes: where one column of a module varies, the others are set one by one."""
    choices = dict(chosen.choices)
    modules = {module.name: module.widths for module in chosen.spec.modules}
    for name in {COLUMN_KEYS[key][0] for key in varied if key in COLUMN_KEYS}:
        if name in choices and choices[name] != "off":
            del choices[name]
            choices |= dict(zip(column_keys(name), modules[name], strict=True))
    return {key: value for key, value in choices.items() if key not in set(varied)}


def read(request: Request) -> tuple[Asked, Typed]:
    """What the query asks for, without what was refused of it."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    varied = [value for key, value in pairs if key == "vary" and value]
    varied += [f"{key.removeprefix(FIELD)}:{value}" for key, value in pairs if key.startswith(FIELD) and value]
    others = urlencode([pair for pair in pairs if pair[0] != "vary" and not pair[0].startswith(FIELD)])
    values, problems = scan(others, STATE_KEYS.union(OWN))
    own = {key: values.pop(key) for key in OWN if key in values}
    described, refused = nearest(request, published(own.get("network", HOME)), values)
    problems += refused
    axes = _axes(request, described, [re.sub(r"\s", "", each) for each in varied or EXAMPLE], problems)
    if not varied and not BUDGETS.keys() & own.keys():
        totals = described.analysis.totals
        own |= {
            key: text for key, text in EXAMPLE_BUDGETS.items() if 0.5 < getattr(totals, BUDGETS[key]) / int(text) < 2
        }
    view = _view(own, problems)
    limits = {BUDGETS[key]: value for key, value in _numbers(own, BUDGETS, amount, problems).items()}
    drawn = [goal.quantity for goal in view]
    budgets = {name: limits[name] for name in (*drawn, *QUANTITIES) if name in limits}
    box = {BOX[key]: value for key, value in _numbers(own, BOX, _span, problems).items()}
    asked = Asked(described, axes, view, budgets, box)
    typed = dict(each.partition(":")[::2] for each in varied)
    return asked, Typed(typed, own, tuple(problems[: BadInput.MOST]))


def _axes(request: Request, described: Described, varied: Sequence[str], problems: list[Problem]) -> tuple[Axis, ...]:
    """Those that can be."""
    off = {key: value for key, value in described.variant.choices.items() if value == "off"}
    limits, most = limits_of(request), settings_of(request).max_sweep_points

    def possible(texts: Sequence[str]) -> list[Axis]:
        axes = parse_axes(texts, off, limits, most)
        Grid(described.variant.network, beside(described.variant, [axis.key for axis in axes]), axes)
        return axes

    with suppress(BadInput):
        return tuple(possible(varied))
    kept: list[str] = []
    for text in varied:
        if len(problems) >= BadInput.MOST:  # no more are told
            break
        try:
            possible([*kept, text])
        except BadInput as error:
            problems += [] if varied == [*EXAMPLE] else error.problems
        else:
            kept.append(text)
    return tuple(possible(kept))


def _numbers(own: Mapping[str, str], keys: Iterable[str], parse: Any, problems: list[Problem]) -> dict[str, Any]:
    found = {}
    for key in keys:
        if key in own:
            try:
                found[key] = guard(key, own[key], parse)
            except BadInput as error:
                problems += error.problems
    return found


def amount(text: str) -> int:
    """`1200000000`, `1.2 G`; what is less than one is left off. Raises `Refused`."""
    match = _AMOUNT.fullmatch(text.strip())
    if match and len(text) <= 40:
        size = dict(UNITS)[match[3]]
        places = match[2] or ""
        found: int = int(match[1] + places) * size // 10 ** len(places)
        if found <= MOST:
            return found
    raise Refused(phrase("a number of 0 to 10^18, as 6500000 or 6.5 M"))


def spot(text: str) -> tuple[int, int]:
    """`X:Y`, a place in the picture; what is behind a point is left off. Raises `Refused`."""
    match = re.fullmatch(r"([0-9]{1,18})(?:\.[0-9]*)?:([0-9]{1,18})(?:\.[0-9]*)?", text)
    if not match:
        raise Refused(phrase("ACROSS:UP, as 1500000000:6500000"))
    return int(match[1]), int(match[2])


def _span(text: str) -> tuple[int, int]:
    low, colon, high = text.partition(":")
    if not colon or amount(low) > amount(high):
        raise Refused(phrase("FROM:TO, as 6 M:6.5 M"))
    return amount(low), amount(high)


def _view(own: Mapping[str, str], problems: list[Problem]) -> tuple[Goal, Goal]:
    asked = VIEW | {key: own[key] for key in VIEW if key in own}
    try:
        across, up = (GOALS[guard(key, asked[key], lambda text: parse_word(text, tuple(GOALS)))] for key in VIEW)
    except BadInput as error:
        problems += error.problems
        return GOALS[VIEW["across"]], GOALS[VIEW["up"]]
    if across.quantity != up.quantity:
        return across, up
    if "up" in own:
        problems.append(Problem("up", own["up"], phrase("another quantity than across")))
    other = VIEW["across"] if across.quantity == "params" else VIEW["up"]
    return across, GOALS[other]


def address(asked: Asked, path: str = "/space", **more: str) -> str:
    """The canonical address; `path` may be one that answers the same question otherwise."""
    own = [("across", goal_text(asked.view[0])), ("up", goal_text(asked.view[1]))]
    pairs = [
        *[("vary", axis_text(axis)) for axis in asked.axes],
        *[(key, text) for key, text in own if text != VIEW[key]],
        *[(f"max_{name}", str(most)) for name, most in asked.budgets.items()],
        *[(f"in_{name}", f"{low}:{high}") for name, (low, high) in asked.box.items()],
        *more.items(),
    ]
    state = f"&{asked.described.state}" if asked.described.state else ""
    query = urlencode(pairs, safe=":")
    return f"{path}?network={asked.described.network}{state}{f'&{query}' if query else ''}"


def axis_text(axis: Axis) -> str:
    """`4e.5x5:32:192:40`, at its shortest."""
    step = replace(axis, start=axis.step).text(0)
    return ":".join((axis.key, axis.text(0), axis.text(axis.length - 1), step))


def goal_text(goal: Goal) -> str:
    return f"{goal.quantity}:{'less' if goal.less else 'more'}"


def without(asked: Asked, key: str) -> Asked:
    """The same with one axis less."""
    return replace(asked, axes=tuple(axis for axis in asked.axes if axis.key != key))

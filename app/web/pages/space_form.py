"""The form of the page `/space`: a field for each axis and each budget, what may be drawn, what may vary besides."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from app.network.cloud import Goal
from app.network.record import record
from app.network.space import Axis
from app.network.spec import COLUMNS, column_keys
from app.network.variant import COLUMN_KEYS
from app.render.columns import BRANCHES, LAYERS, WHOLE, varied
from app.render.network_map import network_map
from app.render.picture import QUANTITIES
from app.render.scale import Scale, in_full
from app.render.small_map import SmallMap, small_map
from app.web.pages.fields import said
from app.web.pages.space_read import FIELD, GOALS, Asked, Typed, address, axis_text, without
from app.words import phrase, say

LABELS = {
    "params": phrase("Parameters"),
    "macs": phrase("Multiply-adds"),
    "activations": phrase("Activations"),
    "peak_activations": phrase("Peak activations"),
}
ORDER = (*WHOLE, *COLUMN_KEYS)
"""In which the axes stand that are picked."""
NEW = 32
"""Channels that a column begins with where the variant has none."""


@record
class AxisField:
    """One axis."""

    key: str
    """Of its field."""
    label: str
    branch: str
    value: str
    """`START : STOP : STEP`."""
    many: int
    """How many values it has; 0 where it was refused."""
    error: str
    remove: str
    """Address without it; empty where it is the only one."""


@record
class BudgetField:
    """One budget, as a slider and as a field."""

    key: str
    label: str
    value: str
    """As text; empty where there is none."""
    error: str
    now: str
    """Where the slider stands, in the unit of its scale."""
    low: str
    high: str
    step: str
    unit: str
    side: str
    """`across` or `up` where it is drawn, or nothing."""
    shown: str
    """What stands beside its line."""


@record
class Select:
    """What is drawn along one side."""

    key: str
    label: str
    options: tuple[tuple[str, str, bool], ...]
    """Value, label, and whether it is so."""
    error: str


@record
class Pick:
    """Something that may vary: a link that makes it so, or no more so."""

    label: str
    name: str
    """Its label where it stands alone."""
    branch: str
    address: str
    """Empty where it cannot change."""
    current: bool


@record
class Picker:
    """All that may vary."""

    map: SmallMap
    bars: dict[str, Pick]
    """By the path of the layer that is drawn."""
    whole: tuple[Pick, ...]
    modules: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Pick | None, ...]], ...]
    """By column, then by module; None where the module is left out."""


@record
class SpaceForm:
    """All fields."""

    hidden: tuple[tuple[str, str], ...]
    """Keys and values of the variant."""
    axes: tuple[AxisField, ...]
    budgets: tuple[BudgetField, ...]
    selects: tuple[Select, ...]
    boxes: tuple[tuple[str, str, str, str], ...]
    """Key, label, value and error of what is selected, across and upwards."""


def form(asked: Asked, typed: Typed, scales: Mapping[str, Scale]) -> SpaceForm:
    """The form; `scales` are those of the quantities that are drawn."""
    errors = said(each for each in typed.problems if each.field != "vary")
    wrong = {each.received.partition(":")[0]: each for each in typed.problems if each.field == "vary"}
    state = [part.partition("=")[::2] for part in asked.described.state.split("&") if part]
    shown = dict.fromkeys([*[goal.quantity for goal in asked.view], *asked.budgets])
    return SpaceForm(
        hidden=(("network", asked.described.network), *state),
        axes=tuple(_axis_fields(asked, typed, {key: said([each])["vary"] for key, each in wrong.items()})),
        budgets=tuple(_budget(asked, name, typed, errors, scales) for name in shown),
        selects=tuple(_select(asked, at, key, errors) for at, key in enumerate(("across", "up"))),
        boxes=tuple(_box(asked, goal.quantity, typed, errors) for goal in asked.view),
    )


def _axis_fields(asked: Asked, typed: Typed, errors: Mapping[str, str]) -> Iterable[AxisField]:
    good = {axis.key: axis for axis in asked.axes}
    for key in dict.fromkeys([*typed.axes, *good]):
        axis, text = good.get(key), typed.axes.get(key, "")
        if axis:
            text = axis_text(axis).partition(":")[2]
        elif key not in errors:
            continue
        known = key in ORDER
        name = varied(key) if known else None
        yield AxisField(
            FIELD + key,
            name.text if name else key,
            name.branch if name else "trunk",
            text.replace(":", " : "),
            axis.length if axis else 0,
            errors.get(key, ""),
            address(without(asked, key)) if len(good) > 1 or not axis else "",
        )


def _budget(
    asked: Asked, name: str, typed: Typed, errors: Mapping[str, str], scales: Mapping[str, Scale]
) -> BudgetField:
    key, most, scale = f"max_{name}", asked.budgets.get(name), scales.get(name)
    sides = {goal.quantity: side for goal, side in zip(asked.view, ("across", "up"), strict=True)}
    at = scale.high if scale and most is None else min(max(most or 0, scale.low), scale.high) if scale else 0
    return BudgetField(
        key=key,
        label=say(LABELS[name]),
        value=typed.values.get(key, "") if key in errors else "" if most is None else in_full(most),
        error=errors.get(key, ""),
        now=scale.plain(at) if scale else "",
        low=scale.plain(scale.low) if scale else "",
        high=scale.plain(scale.high) if scale else "",
        step=scale.plain(scale.step) if scale else "",
        unit=scale.letter if scale else "",
        side=sides.get(name, ""),
        shown="" if most is None else in_full(most),
    )


def _select(asked: Asked, at: int, key: str, errors: Mapping[str, str]) -> Select:
    """The other side's quantity is not to be had here."""
    other = asked.view[1 - at].quantity
    return Select(
        key,
        say("Up") if at else say("Across"),
        tuple((text, _end(goal), goal == asked.view[at]) for text, goal in GOALS.items() if goal.quantity != other),
        errors.get(key, ""),
    )


def _end(goal: Goal) -> str:
    name = say(QUANTITIES[goal.quantity])
    return say("{quantity}, less", quantity=name) if goal.less else say("{quantity}, more", quantity=name)


def _box(asked: Asked, name: str, typed: Typed, errors: Mapping[str, str]) -> tuple[str, str, str, str]:
    key = f"in_{name}"
    reach = asked.box.get(name)
    value = typed.values.get(key, "") if key in errors else " : ".join(map(in_full, reach)) if reach else ""
    return key, say(LABELS[name]), value, errors.get(key, "")


def picker(asked: Asked) -> Picker:
    """What may vary, on the map and in a table."""
    described = asked.described
    spec = described.variant.spec
    drawn = network_map(spec, described.analysis)
    modules = {module.name: module.widths for module in spec.modules}
    picks = {key: _pick(asked, key, modules[name][at]) for key, (name, at) in COLUMN_KEYS.items() if name in modules}
    names = tuple(name for name in dict.fromkeys(name for name, _ in COLUMN_KEYS.values()) if name in modules)
    return Picker(
        map=small_map([("", drawn)]),
        bars={
            f"inception_{name}.{LAYERS[at]}": picks[key] for key, (name, at) in COLUMN_KEYS.items() if name in modules
        },
        whole=tuple(_pick(asked, key, now) for key, now in _whole(asked).items()),
        modules=names,
        rows=tuple(
            (varied(f"3a.{column}").tail, tuple(picks[column_keys(name)[at]] for name in names))
            for at, column in enumerate(COLUMNS)
        ),
    )


def _whole(asked: Asked) -> dict[str, int]:
    spec = asked.described.variant.spec
    square = spec.input[1] == spec.input[2]
    return {"width": 1, **({"input": spec.input[1]} if square else {}), "classes": spec.classes}


def _pick(asked: Asked, key: str, now: int) -> Pick:
    name, keys = varied(key), [axis.key for axis in asked.axes]
    chosen = key in keys
    if chosen:
        there = address(without(asked, key)) if len(keys) > 1 else ""
    else:
        axes = sorted((*asked.axes, _around(key, now)), key=lambda axis: ORDER.index(axis.key))
        there = address(replace(asked, axes=tuple(axes)))
    branch = BRANCHES[COLUMN_KEYS[key][1]] if key in COLUMN_KEYS else "trunk"
    return Pick(name.tail if name.path else name.head, name.text, branch, there, chosen)


def _around(key: str, now: int) -> Axis:
    """A few values from half to twice of what is, which is among them."""
    if key == "width":
        return Axis(key, 50, 25, 5, Fraction(1, 4), Fraction(4), 2)
    half = max(1, (now or NEW) // 2)
    first = (now or NEW) - half if now != 1 else 1
    return Axis(key, first, half, 3 if key == "input" else 4, Fraction(0), Fraction(1))

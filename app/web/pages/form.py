"""The form of the explorer: what may be set, what holds while it is not, what was refused."""

from collections.abc import Mapping

from app.errors import Problem
from app.network.record import record
from app.network.spec import STEM, Widths, column_keys
from app.network.variant import (
    LETTERS,
    MODULES,
    OWN,
    WORDS,
    Value,
    Variant,
    network_stem,
    network_widths,
    own_widths,
    text,
)
from app.render.columns import LAYERS
from app.render.modules import ModuleRow, module_rows
from app.web.described import Described
from app.web.pages.fields import CHOICES, InputField, Part, WidthField, input_parts, parts, said, width_fields
from app.web.pages.read import url
from app.words import phrase, say

WHOLE = {
    "input": phrase("Input"),
    "classes": phrase("Classes"),
    "width": phrase("Width ×"),
    "stem": phrase("Stem"),
    "modules": phrase("Modules"),
    "norm": phrase("Norm"),
    "five": phrase("5×5 as"),
    "rounding": phrase("Pool rounding"),
    "aux": phrase("Aux heads"),
    "head": phrase("Head"),
}
"""Keys of the whole network, in the order of the form."""
MARKS = {"input": "x", "stem": ","}
"""What stands between the numbers of a value, where it has several."""


@record
class Step:
    """A link that changes one thing: its label, where it leads, whether it is already so."""

    label: str
    address: str
    current: bool


@record
class Card:
    """A module in the form."""

    name: str
    row: ModuleRow | None
    """None where the module is off."""
    whole: InputField | None
    """The whole module as one field: of an added one, which has no keys for its columns, or of one that was refused."""
    widths: tuple[WidthField, ...]
    mark: str
    """`set`, `follows` or nothing."""
    kinds: tuple[Step, ...]
    """Reduced, naive, off."""
    reset: str
    """Address without this module's changes; empty where there are none."""

    @property
    def faulty(self) -> bool:
        return bool((self.whole and self.whole.error) or any(field.error for field in self.widths))


@record
class Form:
    """All fields, and what links beside them lead to."""

    cards: tuple[Card, ...]
    selected: str
    whole: tuple[InputField, ...]
    add: tuple[Step, ...]
    """A module more, for each stage that has room."""
    keys: frozenset[str]
    """Of the fields that are shown."""


def form(
    described: Described,
    values: Mapping[str, str],
    problems: tuple[Problem, ...],
    follow: frozenset[str],
    only: str = "",
) -> Form:
    """The form of a variant.

    Args:
        described: what the page shows.
        values: what the visitor sent.
        problems: what of it was refused.
        follow: modules whose numbers differ from the network's own though nobody set them.
        only: the one module whose fields are asked for; all, where it is empty.
    """
    errors = said(problems)
    choices = described.variant.choices
    names = [name for name in MODULES if name in OWN or name in choices or name in values]
    rows = {row.name: row for row in module_rows(described.variant.spec, described.analysis)}
    cards = tuple(
        _card(name, rows.get(name), described, values, errors, name in follow, only in ("", name)) for name in names
    )
    whole = _whole(described, values, errors)
    chosen = [card.name for card in cards if card.faulty] + [card.name for card in cards if card.mark == "set"]
    keys = {field.key for field in whole} | {field.key for card in cards for field in card.widths}
    keys |= {card.whole.key for card in cards if card.whole}
    return Form(cards, (chosen or [cards[0].name])[0], whole, _additions(described), frozenset(keys))


def _card(
    name: str,
    row: ModuleRow | None,
    described: Described,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    follows: bool,
    fields: bool,
) -> Card:
    choices = described.variant.choices
    whole, widths = module_fields(name, row if fields else None, described, values, errors)
    mark = "set" if name in choices else "follows" if follows else ""
    reset = change(described, name, None) if name in choices and name in OWN else ""
    return Card(name, row, whole, widths, mark, _kinds(name, row, described) if fields else (), reset)


def module_fields(
    name: str, row: ModuleRow | None, described: Described, values: Mapping[str, str], errors: Mapping[str, str]
) -> tuple[InputField | None, tuple[WidthField, ...]]:
    """The fields of one module: its whole value where that has to be one field, and its columns."""
    choices, whole = described.variant.choices, None
    if name in errors or name not in OWN:
        value = text(choices[name]) if name in choices and name not in errors else values.get(name, "")
        whole = InputField(name, say("Widths"), value, "", errors.get(name, ""), True)
    return whole, _widths(name, row, described, values, errors) if row and name not in errors else ()


def _widths(
    name: str, row: ModuleRow, described: Described, values: Mapping[str, str], errors: Mapping[str, str]
) -> tuple[WidthField, ...]:
    chosen = described.variant.choices.get(name)
    like = network_widths(described.variant, name) or network_widths(described.variant, _last_own(name)) or row.widths
    return width_fields(
        tuple(zip(column_keys(name), (f"inception_{name}.{layer}" for layer in LAYERS), strict=True)),
        row.widths,
        own_widths(described.variant, name),
        like,
        values,
        errors,
        written=isinstance(chosen, Widths) or chosen == "naive",
    )


def _last_own(name: str) -> str:
    """The paper's last module of the same stage."""
    return max(own for own in OWN if own[0] == name[0])


def _kinds(name: str, row: ModuleRow | None, described: Described) -> tuple[Step, ...]:
    if name not in OWN:
        later = name[0] + LETTERS[LETTERS.index(name[1]) + 1] if name[1] != LETTERS[-1] else ""
        removable = later not in described.variant.choices
        return (Step(say("Remove"), change(described, name, None), False),) if removable else ()
    reduced, naive = network_widths(described.variant, name), row.widths.naive if row else None
    own = own_widths(described.variant, name)
    kind = row.kind if row else "off"
    return (
        Step(say("Reduced"), change(described, name, None if own == reduced else reduced), kind == "reduced"),
        Step(say("Naive"), change(described, name, naive or "naive"), kind == "naive"),
        Step(say("Off"), change(described, name, "off"), kind == "off"),
    )


def change(described: Described, key: str, value: Value | None) -> str:
    """The address of the same variant with one key set, or left out; not in its shortest spelling."""
    parts = [part for part in described.state.split("&") if part and part.partition("=")[0] != key]
    if value is not None:
        parts.append(f"{key}={text(value)}")
    return url(described.network, "&".join(parts))


def _additions(described: Described) -> tuple[Step, ...]:
    """For each stage, its next module, with the widths of the one before."""
    names = {module.name: module.widths for module in described.variant.spec.modules}
    found = []
    for stage in "345":
        taken = [name for name in MODULES if name[0] == stage and (name in OWN or name in names)]
        if len(taken) < len(LETTERS):
            name, before = stage + LETTERS[len(taken)], taken[-1]
            widths = names.get(before) or network_widths(described.variant, before)
            if widths:
                found.append(Step(name, change(described, name, widths), False))
    return tuple(found)


def _whole(described: Described, values: Mapping[str, str], errors: Mapping[str, str]) -> tuple[InputField, ...]:
    spec, fixed = described.variant.spec, described.variant.network.fixed
    sides = spec.input[1:] if spec.input[0] == described.variant.network.spec.input[0] else spec.input
    now = {
        "input": str(sides[0]) if len(sides) == 2 and sides[0] == sides[1] else "x".join(map(str, sides)),
        "classes": str(spec.classes),
        "modules": spec.follow.modules,
        "width": spec.follow.width,
        "stem": ",".join(map(str, spec.stem)),
        "norm": spec.norm,
        "five": spec.five,
        "rounding": spec.rounding,
        "aux": "on" if spec.aux else "off",
        "head": spec.head,
    }
    shown = dict(part.split("=", 1) for part in described.state.split("&") if part)
    shown |= {key: values.get(key, "") for key in errors}
    return tuple(
        InputField(
            key=key,
            label=say(label),
            value=shown.get(key, ""),
            own=now[key],
            error=errors.get(key, ""),
            set=key in described.variant.choices,
            options=tuple((word, say(CHOICES[word])) for word in WORDS.get(key, ())),
            parts=_parts(key, shown.get(key, ""), described.variant),
            mark=MARKS.get(key, ""),
        )
        for key, label in WHOLE.items()
        if key not in fixed
    )


def _parts(key: str, value: str, chosen: Variant) -> tuple[Part, ...]:
    if key == "input":
        return input_parts(value, chosen.network.spec.input)
    names = {name: name.replace("_", " ") for name in STEM}
    return parts(key, names, value, network_stem(chosen), MARKS[key]) if key == "stem" else ()

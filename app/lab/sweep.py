"""A sweep as a job: how many of a large grid's variants fit, and those of them that no other beats. Needs no torch."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.lab.runs import Report, Settings
from app.network.catalog import network as published
from app.network.cloud import Goal, Steps, Survey, survey
from app.network.record import record
from app.network.space import Axis, Grid, Sums
from app.network.variant import Choices
from app.words import phrase

Wish = Literal[
    "params:less", "params:more", "macs:less", "macs:more", "activations:less", "activations:more",
    "peak_activations:less", "peak_activations:more",
]  # fmt: skip
"""A quantity, and which end of it is wanted."""
Number = int | float
TASK = "app.lab.sweep:sweep"


def _budget(what: str) -> int | None:
    """A field of `SweepSettings`."""
    budget: int | None = Field(None, ge=0, le=10**18, description=f"Most {what}; variants beyond are left out")
    return budget


class SweepSettings(Settings):
    """What to look for in a grid."""

    across: Wish = Field("macs:less", description="A quantity, and which end of it is wanted")
    up: Wish = Field(
        "params:more", validate_default=True, description="Another quantity, and which end of it is wanted"
    )
    max_params: int | None = _budget("parameters")
    max_macs: int | None = _budget("multiply-adds")
    max_activations: int | None = _budget("activations, elements")
    max_peak_activations: int | None = _budget("activations alive at once, elements")
    most: int = Field(1000, ge=2, le=10_000, description="Rows of the answer; a longer front is thinned out evenly")

    @property
    def view(self) -> tuple[Goal, Goal]:
        """What is wanted of the two quantities."""
        return _goal(self.across), _goal(self.up)

    @property
    def bounds(self) -> dict[str, tuple[int, int]]:
        """The budgets, by quantity."""
        budgets = {name: getattr(self, f"max_{name}") for name in Sums._fields}
        return {name: (0, most) for name, most in budgets.items() if most is not None}

    @field_validator("up")
    @classmethod
    def _another(cls, up: str, known: ValidationInfo) -> str:
        if _goal(up).quantity == _goal(known.data.get("across", ":")).quantity:
            raise PydanticCustomError("same", "another quantity than across")
        return up


def _goal(wish: str) -> Goal:
    quantity, _, end = wish.partition(":")
    return Goal(quantity, end == "less")


@record
class Swept:
    """A grid of variants, counted: how many there are, and the front, which are those that no other beats.

    None has at least as much of what is wanted of both quantities, and more of one.
    """

    network: str
    """Id of the published network."""
    state: str
    """What all points share, as an address."""
    columns: tuple[str, ...]
    """What the numbers of a row are: the varied keys, then `params` and `macs`; `activations` and `peak_activations`
    too where they are wanted or have a budget."""
    rows: tuple[tuple[Number, ...], ...]
    """The front, the best of the quantity `across` first; of variants with equal quantities the first of the grid."""
    front: int
    """How many variants it has; where there are more than rows, these are some of them, evenly, and both ends."""
    fitting: int
    """How many of the points are variants, and within all budgets."""
    points: int
    """How many combinations there are."""
    sweep: str | None
    """Address of all rows, without regard to budgets; null where they are more than one answer may have."""
    settings: SweepSettings
    """As they were asked for."""


def sweep(
    network: str,
    choices: Choices,
    axes: Sequence[Axis],
    state: str,
    address: str | None,
    settings: SweepSettings,
    report: Report,
) -> Swept:
    """Counts a grid, some hundred thousand points at a time.

    Args:
        network: id of the published network.
        choices: those that are the same for all points.
        axes: what varies.
        state: the choices as an address.
        address: of all rows, if they can be asked for.
        settings: what is looked for.
        report: is told how far it is.
    """
    grid = Grid(published(network), choices, axes, settings.bounds)
    found = _told(survey(grid, settings.view), grid.points, report)
    size = len(found.front)
    some = np.unique(np.linspace(0, size - 1, min(size, settings.most)).round().astype(np.int64))
    keys = np.unravel_index(found.front[some], grid.shape) if axes else ()
    values = [[_number(axis.text(each)) for each in at.tolist()] for axis, at in zip(axes, keys, strict=True)]
    return Swept(
        network,
        state,
        (*[axis.key for axis in axes], *Sums._fields[: len(found.totals)]),
        tuple(zip(*values, *found.totals[:, some].tolist(), strict=True)),
        size,
        found.possible,
        grid.points,
        address,
        settings,
    )


def _told(steps: Steps[Survey], points: int, report: Report) -> Survey:
    """The result of all steps, each of which is reported."""
    while True:
        try:
            share = next(steps)
        except StopIteration as end:
            found: Survey = end.value
            return found
        report(share, phrase("{done} of {points} points", done=f"{round(share * points):,}", points=f"{points:,}"))


def _number(text: str) -> Number:
    return float(text) if "." in text else int(text)

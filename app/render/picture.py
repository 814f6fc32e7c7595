"""What the picture of a design space is made of."""

from collections.abc import Mapping, Sequence

from app.network.cloud import Density, View
from app.network.record import record
from app.render.scale import Scale
from app.words import phrase

QUANTITIES = {
    "params": phrase("parameters"),
    "macs": phrase("multiply-adds"),
    "activations": phrase("activations"),
    "peak_activations": phrase("peak activations"),
}
"""In the middle of a sentence."""


@record
class Mark:
    """A variant that has a name."""

    name: str
    look: str
    """`published`, `yours`, `fit` or `chosen`."""
    totals: Mapping[str, int]
    address: str
    """Of its explorer."""


@record
class Beaten:
    """Of the front: a variant that no other beats."""

    totals: Mapping[str, int]
    widths: tuple[str, ...]
    """What was varied and its value, in lines."""
    address: str
    values: tuple[str, ...]
    """On each axis."""


@record
class Picture:
    """All that is drawn."""

    view: View
    scales: tuple[Scale, Scale]
    ranges: tuple[tuple[int, int], tuple[int, int]]
    """What the cells cover."""
    density: Density
    front: Sequence[Beaten]
    marks: Sequence[Mark]
    chosen: Beaten | None
    """The one whose numbers are written out."""
    budgets: tuple[int | None, int | None]
    """The most that is allowed across and upwards: the page draws the lines, and their labels need room."""
    box: tuple[tuple[int, int], tuple[int, int]] | None
    """What is selected, across and upwards."""

    @property
    def shown(self) -> list[Mark]:
        """The marks that lie in the picture."""
        reach = [(goal.quantity, scale) for goal, scale in zip(self.view, self.scales, strict=True)]
        return [
            each for each in self.marks if all(scale.low <= each.totals[name] <= scale.high for name, scale in reach)
        ]

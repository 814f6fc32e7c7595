"""What may vary, by name: the six columns of a module, in Table 1's order, and the keys of the whole network."""

from app.network.record import record
from app.network.variant import COLUMN_KEYS
from app.words import phrase, say

BRANCHES = ("one", "three", "three", "five", "five", "pool")
"""Branch of each column of a module."""
LAYERS = ("one.conv", "three.reduce", "three.conv", "five.reduce", "five.conv", "pool.proj")
"""Layer that each column sets."""
COLUMNS = (phrase("1×1"), phrase("3×3 reduce"), phrase("3×3"), phrase("5×5 reduce"), phrase("5×5"), phrase("pool proj"))
WHOLE = {
    "width": (phrase("width"), phrase("×")),
    "input": (phrase("input"), phrase("pixels")),
    "classes": (phrase("classes"), phrase("outputs")),
}
"""What else varies, and what its numbers are."""


@record
class Varied:
    """What an axis of a design space is called."""

    head: str
    """The module, or the key of the whole network."""
    tail: str
    """The column, or the unit."""
    branch: str
    """Class of its colour."""
    path: str
    """The layer that it sets; empty where it sets many."""

    @property
    def text(self) -> str:
        return f"{self.head} {self.tail}" if self.path else self.head


def varied(key: str) -> Varied:
    """The name of `width`, `input`, `classes` or a column such as `4e.5x5`."""
    if key in WHOLE:
        head, unit = WHOLE[key]
        return Varied(say(head), say(unit), "trunk", "")
    module, at = COLUMN_KEYS[key]
    return Varied(module, say(COLUMNS[at]), BRANCHES[at], f"inception_{module}.{LAYERS[at]}")

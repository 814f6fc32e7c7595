"""What the fully connected layers of four networks have of all their parameters."""

from app.network.analysis import Analysis, Layer
from app.network.literature import FACTS
from app.network.ops import Linear
from app.network.record import record
from app.render.cells import short
from app.render.story.paper import published
from app.words import phrase, say

NAMES = {
    "alexnet": phrase("AlexNet"),
    "vgg": phrase("VGG-16"),
    "gap": phrase("GoogLeNet"),
    "flatten": phrase("GoogLeNet, flattened"),
}
"""By path in the figure; the last two also by the word for the head."""


@record
class Connected:
    """A network, as a bar whose first part is its fully connected layers."""

    path: str
    name: str
    first: float
    """Percent of the longest bar."""
    rest: float
    """The same."""
    text: str
    share: str
    """Percent."""


def linear(analysis: Analysis) -> Layer:
    """The layer that makes classes of features."""
    return next(layer for layer in analysis.layers if isinstance(layer.node.op, Linear))


def connected() -> tuple[Connected, ...]:
    """Two networks from before, GoogLeNet, and GoogLeNet without its average; names in the request's language."""
    counted = {
        name: (round(FACTS[f"{name}_linear"].value), round(FACTS[f"{name}_params"].value))
        for name in ("alexnet", "vgg")
    }
    for head in ("gap", "flatten"):
        analysis = published(head=head)[1]
        counted[head] = (linear(analysis).params, analysis.totals.params)
    most = max(whole for _, whole in counted.values())
    return tuple(
        Connected(
            path,
            say(NAMES[path]),
            round(100 * part / most, 2),
            round(100 * (whole - part) / most, 2),
            say("{part} of {whole}", part=short(part), whole=short(whole)),
            f"{100 * part / whole:.0f}",
        )
        for path, (part, whole) in counted.items()
    )

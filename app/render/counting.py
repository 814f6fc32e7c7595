"""What stands for multiply-adds on a page: its own count, or that of another tool, in that tool's own word."""

from app.network.analysis import Analysis, Layer
from app.network.conventions import TOOLS, CountedTerm, Tool, own_class, recounted, terms_of
from app.network.record import record
from app.network.spec import Spec
from app.words import say


@record
class Counting:
    """A way to count, the same for a network and for what it is held against."""

    tool: Tool | None = None
    """None where the page counts its own multiply-adds."""
    functional_relu: bool = False
    """Whether ReLU is called as a function, as torchvision's own class does."""

    def __call__(self, analysis: Analysis) -> Analysis:
        """The network, counted so."""
        return recounted(analysis, self.tool, self.functional_relu) if self.tool else analysis

    def terms(self, layer: Layer) -> tuple[CountedTerm, ...]:
        """What another tool's number of a layer is made of; nothing where the page counts its own."""
        return terms_of(layer, self.tool, self.functional_relu) if self.tool else ()

    @property
    def total(self) -> str:
        """What the sum over the network is called."""
        return self.tool.quantity if self.tool else say("Multiply-adds")

    @property
    def head(self) -> str:
        """What a layer's number is called, over a column."""
        return self._part if self.tool else say("Multiply-adds")

    @property
    def word(self) -> str:
        """The same in the middle of a sentence."""
        return self._part if self.tool else say("multiply-adds")

    @property
    def _part(self) -> str:
        assert self.tool
        return self.tool.quantity[6:] if self.tool.quantity.lower().startswith("total ") else self.tool.quantity


OURS = Counting()


def counting(key: str, spec: Spec) -> Counting:
    """The way that an address names for a network: the page's own where it names none."""
    return Counting(TOOLS[key], own_class(spec)) if key else OURS

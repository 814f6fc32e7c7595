"""What a description may say: a network of the GoogLeNet family as data that reads like the paper's Table 1."""

from functools import lru_cache
from itertools import chain
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, FailFast

from app.network.record import record

Shape = tuple[int, int, int]
"""Channels, height, width."""
Kind = Literal["naive", "reduced"]
Norm = Literal["lrn", "batch", "none"]
Five = Literal["5x5", "3x3", "3x3x2"]
Head = Literal["gap", "flatten"]

STAGES = "345"
AUX_HOSTS = {"aux1": "4a", "aux2": "4d"}
"""Which module each auxiliary head reads (paper, §5)."""


class Widths(NamedTuple):
    """Output channels of a module's convolutions, in the columns of Table 1; 0 leaves that convolution out."""

    one: int
    three_reduce: int
    three: int
    five_reduce: int
    five: int
    pool_proj: int

    @property
    def kind(self) -> Kind:
        return "reduced" if self.three_reduce or self.five_reduce or self.pool_proj else "naive"

    @property
    def present(self) -> "Present":
        """Which of the columns are there."""
        return tuple(map(bool, self))

    @property
    def naive(self) -> "Widths":
        """The same branches without reductions, the pool passing its input through."""
        return Widths(self.one, 0, self.three, 0, self.five, 0)


STEM = ("conv1", "conv2_reduce", "conv2")
"""What the widths of the stem are called."""
COLUMNS = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj")
"""What the columns of `Widths` are called in an address."""


Present = tuple[bool, ...]


@lru_cache(maxsize=256)
def column_keys(module: str) -> tuple[str, ...]:
    """A module's columns as an address names them: `4e.5x5`."""
    return tuple(f"{module}.{column}" for column in COLUMNS)


@record
class Module:
    """One row "inception (3a)" of Table 1."""

    name: str
    """Stage and letter, as `3a`."""
    widths: Widths
    """#1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj."""


@record
class Realisation:
    """What Table 1 leaves open and each published network settles in its own way."""

    conv1: Literal["dense", "separable"] = "dense"
    """A dense 7×7, or a depthwise 7×7 with multiplier 8 and a 1×1."""
    pool4: Literal[2, 3] = 3
    """Side of the max pool before 5a."""
    padding: Literal["explicit", "same"] = "explicit"
    """Of the strided layers: as printed, or TensorFlow's SAME."""
    batch_norm_scale: bool = True
    """Whether batch normalisation has a γ."""
    batch_norm_eps: float = 1e-5
    """Added to the variance in batch normalisation."""
    dropout: float = 0.4
    """Probability before the classifier."""
    aux_pool: Literal["5x5/3", "adaptive 4x4"] = "5x5/3"
    """Average pool of the auxiliary heads."""
    classifier: Literal["linear", "conv"] = "linear"
    """A fully connected layer, or a 1×1 convolution with bias."""


@record
class Follow:
    """What a module or stem without widths of its own follows."""

    modules: Kind = "reduced"
    """Whether the modules of Table 1 are naive or reduced."""
    width: str = "1"
    """Multiplier of their widths, as decimal text."""


@lru_cache(maxsize=1024)
def _number_names(modules: tuple[str, ...]) -> tuple[str, ...]:
    return ("classes", *STEM, *chain.from_iterable(map(column_keys, modules)))


class Spec(BaseModel):
    """A whole network: enough to build its graph, and nothing that could be computed from the rest."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    network: str
    """Id of the published network that it varies."""
    input: Shape
    """Channels, height, width of the image."""
    classes: int
    """Outputs of each classifier."""
    stem: tuple[int, int, int]
    """Widths of conv1, conv2 reduce, conv2."""
    modules: Annotated[tuple[Module, ...], FailFast()]
    """In the order they run."""
    norm: Norm = "lrn"
    """Normalisation: LRN after pool1 and conv2, batch norm after every convolution, or none."""
    five: Five = "5x5"
    """How the 5×5 branch is realised."""
    rounding: Literal["ceil", "floor"] = "ceil"
    """Of the stride-2 max pools."""
    aux: bool = False
    """Auxiliary heads after 4a and 4d, used in training."""
    head: Head = "gap"
    """Global average pooling, or flatten, before the classifier."""
    realisation: Realisation = Realisation()
    """Fixed by the network."""
    follow: Follow = Follow()
    """What widths without a choice of their own follow."""

    @property
    def described(self) -> tuple[object, ...]:
        """All that makes the network, without `follow`, which only says how its widths were chosen."""
        return (
            self.input, self.classes, self.stem, self.modules, self.norm, self.five, self.rounding, self.aux, self.head
        )  # fmt: skip

    @property
    def skeleton(self) -> "Skeleton":
        """What decides which layers there are and how they are connected."""
        return Skeleton(
            tuple([(module.name, module.widths.present) for module in self.modules]),
            self.norm,
            self.five,
            self.rounding,
            self.aux_heads,
            self.head,
            self.realisation,
            self.input[0] if self.realisation.conv1 == "separable" else 0,
        )

    @property
    def numbers(self) -> dict[str, int]:
        """Every width by the name that the graph's layers call it: a state key and, for a module, its column."""
        names = _number_names(tuple([module.name for module in self.modules]))
        widths = chain.from_iterable([module.widths for module in self.modules])
        return dict(zip(names, (self.classes, *self.stem, *widths), strict=True))

    @property
    def aux_heads(self) -> tuple[str, ...]:
        """Auxiliary heads that exist: asked for, and their module is there."""
        names = {module.name for module in self.modules} if self.aux else set()
        return tuple(head for head, host in AUX_HOSTS.items() if host in names)


@record
class Skeleton:
    """A description without its numbers: networks that share it share their graph."""

    modules: tuple[tuple[str, Present], ...]
    """Names, and which of the six columns are there."""
    norm: Norm
    five: Five
    rounding: Literal["ceil", "floor"]
    aux_heads: tuple[str, ...]
    head: Head
    realisation: Realisation
    depthwise_channels: int
    """Channels of the input where conv1 is depthwise, else 0."""

"""The real runs as their callers see them: what may be asked for, and what comes back. Imports no torch."""

from typing import Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field

from app.network.record import record

Range = tuple[float, float]
"""Least and most."""
Initialisation = Literal["gaussian", "xavier", "glorot", "he"]


class Report(Protocol):
    """Called by a run as its work is done. It may raise to end the run, which lets every error through."""

    def __call__(self, progress: float, message: str, partial: object = None, /) -> None:
        """Progress from 0 to 1, what is being done, and what is known so far, where that can be shown."""


class Settings(BaseModel):
    """What every run has in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Start(Settings):
    """How a network begins, and how much its auxiliary heads weigh."""

    initialisation: Initialisation = Field(
        "xavier",
        description="Of every weight: `gaussian` N(0, 0.01²); `xavier` uniform with variance 1/fan-in, as Caffe's "
        "GoogLeNet has it; `glorot` uniform with variance 2/(fan-in + fan-out); `he` N(0, 2/fan-in)",
    )
    conv_bias: float | None = Field(
        None,
        ge=-1,
        le=1,
        allow_inf_nan=False,
        description="Initial bias of every convolution, where it has one; null takes 0.2, as Caffe, with `xavier` and "
        "`glorot`, and 0 else. Fully connected layers begin with 0",
    )
    head_weight: float = Field(
        0.3, ge=0, le=10, allow_inf_nan=False, description="Weight of each auxiliary head's loss (paper: 0.3)"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="First seed: of weights, data, labels and dropout")

    @property
    def filled(self) -> Self:
        """The same, with the bias that it takes where none is chosen."""
        usual = 0.2 if self.initialisation in ("xavier", "glorot") else 0.0
        return self.model_copy(update={"conv_bias": usual}) if self.conv_bias is None else self


class GradientSettings(Start):
    """What to measure gradients with."""

    seeds: int = Field(3, ge=1, le=20, description="How many seeds, from `seed` on")
    batch: int = Field(4, ge=2, le=32, description="Images in the batch")
    input: Literal["noise", "china", "flower"] = Field(
        "noise",
        description="Images: N(0, 1) noise, or random crops of one of scikit-learn's two photographs, scaled to mean 0 "
        "and variance 1; labels are random",
    )
    precision: Literal["float32", "float64"] = Field("float64", description="Of weights, images and gradients")


@record
class GradientRow:
    """The weight gradient of one layer at initialisation, with and without the auxiliary heads' losses."""

    path: str
    """Of the layer, and of the torch submodule."""
    depth: int
    """Layers with parameters on the longest path to it, itself counted."""
    heads: tuple[str, ...]
    """Auxiliary heads whose loss reaches it; where none does, both norms are equal."""
    with_aux: float | None
    """L2 norm for loss + w·aux1 + w·aux2, the mean over the seeds; null where torch gave no finite number."""
    without_aux: float | None
    """L2 norm for the loss alone; null in the heads' own layers, which it does not reach."""
    with_aux_range: Range | None
    """Least and most over the seeds."""
    without_aux_range: Range | None
    """Least and most over the seeds."""
    gain: float | None
    """with_aux / without_aux, the mean over the seeds; null where one is missing or the latter is 0."""
    gain_range: Range | None
    """Least and most over the seeds."""
    with_aux_to_weight: float | None
    """L2 norm of the gradient over the L2 norm of the weights, the mean over the seeds."""
    without_aux_to_weight: float | None
    """The same for the loss alone."""


@record
class Gradients:
    """Gradients at initialisation, with and without the auxiliary heads: same weights, images and dropout."""

    rows: tuple[GradientRow, ...]
    """Every convolution, in network order."""
    linear: tuple[GradientRow, ...]
    """Every fully connected layer."""
    heads: tuple[str, ...]
    """The auxiliary heads that were attached; empty where the network has none."""
    seeds: tuple[int, ...]
    """Every seed that was used."""
    settings: GradientSettings
    """As they were used, the bias filled in."""
    threads: int
    """CPU threads, as used."""
    torch_version: str
    """Which torch ran it."""


class LatencySettings(Settings):
    """What to time the network with."""

    batch: int = Field(1, ge=1, le=64, description="Images in the batch")
    threads: int = Field(1, ge=1, le=64, description="CPU threads; at most as many as the server has CPUs")
    runs: int = Field(12, ge=3, le=200, description="Timed rounds; each runs the network with and without hooks")
    warm_up: int = Field(2, ge=1, le=20, description="Rounds before them, not counted")
    twin: bool = Field(True, description="Time the naive or reduced twin in the same rounds, where there is one")
    device: Literal["cpu", "cuda"] = Field("cpu", description="Where to run; `cuda` fails where there is none")


@record
class LayerTime:
    """How long one layer takes."""

    path: str
    """Of the layer, and of the torch submodule."""
    ms: float
    """Median over the runs with hooks, milliseconds for the whole batch."""
    macs: int
    """Multiply-adds, batch 1."""
    gmacs_per_s: float | None
    """Multiply-adds of the whole batch reached, 10⁹ a second; null for a layer without any."""


@record
class BranchTime:
    """How long one branch of a module takes: the sum of its layers, as torch runs branches one after the other."""

    module: str
    """Its module, as `3a`."""
    branch: str
    """`one`, `three`, `five` or `pool`."""
    ms: float
    """Sum of its layers' medians, milliseconds for the whole batch."""
    macs: int
    """Multiply-adds, batch 1."""
    gmacs_per_s: float | None
    """Multiply-adds of the whole batch reached, 10⁹ a second; null for a branch without any."""


@record
class Reconciled:
    """The layers' times against the whole: hooked_ms = median_ms + overhead_ms = layers_ms + between_ms + rest_ms."""

    hooked_ms: float
    """The whole with hooks on every layer, median."""
    overhead_ms: float
    """What the hooks add to the median without; below 0 where the machine's noise is larger than they are."""
    layers_ms: float
    """The layers' medians, summed."""
    between_ms: float
    """Time of a run that is in no layer, median: Python between them, and padding by hand."""
    rest_ms: float
    """What is left because medians do not add: a layer that other work interrupts in one run is not in its median."""


@record
class TwinTime:
    """The same network with naive modules where it has reduced ones, or the other way round."""

    median_ms: float
    """Median of its runs, milliseconds for the whole batch."""
    runs_ms: tuple[float, ...]
    """In the order they ran, each after the run of the same place."""
    ratio: float
    """The twin's time over the network's own in the same round, the median."""
    ratio_range: Range
    """Least and most over the rounds."""


@record
class Latency:
    """How long inference takes, as a whole and by layer; milliseconds for the whole batch."""

    median_ms: float
    """Median of the runs without hooks, milliseconds for the whole batch."""
    spread_ms: Range
    """First and third quartile."""
    runs_ms: tuple[float, ...]
    """Every run without hooks, in order."""
    rows: tuple[LayerTime, ...]
    """Every layer of the inference network but the softmax, in the order they run."""
    branches: tuple[BranchTime, ...]
    """Every branch of every module, in network order."""
    reconciled: Reconciled
    """How the layers' times add up to the whole."""
    twin: TwinTime | None
    """The naive or reduced twin in the same rounds; null where there is none or none was asked for."""
    settings: LatencySettings
    """As they were asked for."""
    threads: int
    """As used."""
    batch: int
    """Images in the batch."""
    device: str
    """`cpu` or `cuda`."""
    device_name: str
    """What the machine calls it."""
    torch_version: str
    """Which torch ran it."""


class TrainingSettings(Start):
    """What to train, and how."""

    initialisation: Initialisation = Field("he", description="As for gradients; `he` learns soonest in so few steps")
    width: float = Field(
        0.25, ge=0.0625, le=1, allow_inf_nan=False, description="Multiplier of every width of stem and modules"
    )
    side: int = Field(64, ge=15, le=128, description="Height and width that the 8 × 8 digits are enlarged to, pixels")
    steps: int = Field(120, ge=1, le=2000, description="Batches to learn from, on each side")
    batch: int = Field(32, ge=2, le=128, description="Images in a batch")
    every: int = Field(10, ge=1, le=500, description="Steps between two tests on the held-out images")
    optimiser: Literal["adam", "sgd"] = Field("adam", description="Adam, or SGD with momentum 0.9")
    learning_rate: float = Field(0.001, gt=0, le=1, allow_inf_nan=False, description="Constant learning rate")


@record
class TrainingRow:
    """Both networks after some steps, on the held-out images; null where a loss is no finite number any more."""

    step: int
    """Batches learnt from; 0 is the network before training."""
    loss_with_aux: float | None
    """Cross-entropy of the network's own classifier, trained with the auxiliary heads."""
    loss_without_aux: float | None
    """The same, trained without."""
    accuracy_with_aux: float
    """Share of the images that it names rightly, 0 to 1."""
    accuracy_without_aux: float
    """The same, trained without."""
    batch_loss_with_aux: float | None
    """Mean of the network's own loss over the batches since the row before, dropout on; null at step 0."""
    batch_loss_without_aux: float | None
    """The same, trained without."""


@record
class Training:
    """The same small network trained twice, with and without the auxiliary heads' losses; all else is the same."""

    rows: tuple[TrainingRow, ...]
    """Before the first step, and after every so many."""
    heads: tuple[str, ...]
    """The auxiliary heads that were attached; empty where the network has none and both sides are one."""
    images: int
    """To learn from: scikit-learn's digits, 8 × 8."""
    held_out: int
    """Images kept apart for the test."""
    settings: TrainingSettings
    """As they were used, the bias filled in."""
    threads: int
    """CPU threads, as used."""
    torch_version: str
    """Which torch ran it."""

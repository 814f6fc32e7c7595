"""The analysis against torch: the printed text is run, and every layer's shape, parameters and MACs compared."""

import time
from typing import TYPE_CHECKING

from app.lab.workers import Workers
from app.network.analysis import Analysis
from app.network.ops import Softmax
from app.network.record import record
from app.network.spec import Spec
from app.render.pytorch import to_pytorch

if TYPE_CHECKING:  # importing it for real would import torch
    from app.lab.module import Measured


@record
class Shapes:
    """A shape from both sides, without the batch."""

    analysis: tuple[int, ...]
    """What this program says."""
    torch: tuple[int, ...]
    """What the running module says."""


@record
class Counts:
    """A count from both sides."""

    analysis: int
    """What this program says."""
    torch: int
    """What the running module says."""


@record
class Verified:
    """One layer from both sides."""

    path: str
    """Of the layer, and of the torch submodule."""
    shape: Shapes
    """Of the output, without the batch."""
    params: Counts
    """Weights, biases, γ and β."""
    macs: Counts
    """Multiply-adds, bias excluded."""


@record
class Verification:
    """The analysis of a variant held against the real torch module."""

    agrees: bool
    """Whether every number is the same on both sides, and the module has no other parameters."""
    rows: tuple[Verified, ...]
    """Every layer but the softmax."""
    torch_version: str
    """Which torch said so."""
    seconds: float
    """How long it took, waiting included."""


async def verify(workers: Workers, spec: Spec, analysis: Analysis, address: str) -> Verification:
    """Builds and runs the printed text in a process of its own and compares it with the analysis.

    Raises:
        Unavailable: torch is not installed, or the run could not be finished.
    """
    started = time.perf_counter()
    layers = [layer for layer in analysis.layers if not isinstance(layer.node.op, Softmax)]
    paths = tuple(layer.node.path for layer in layers)
    source = to_pytorch(spec, analysis, address)
    measured: list[Measured]
    measured, params, version = await workers.run("app.lab.module:measure", source, spec.input, paths)
    rows = tuple(
        Verified(
            layer.node.path,
            Shapes(layer.out_shape, each.shape),
            Counts(layer.params, each.params),
            Counts(layer.macs, each.macs),
        )
        for layer, each in zip(layers, measured, strict=True)
    )
    agrees = params == analysis.totals.training_params and all(
        pair.analysis == pair.torch for row in rows for pair in (row.shape, row.params, row.macs)
    )
    return Verification(agrees, rows, version, round(time.perf_counter() - started, 3))

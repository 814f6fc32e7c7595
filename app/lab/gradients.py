"""The vanishing gradient, measured: one real backward pass with the auxiliary heads' losses and one without."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from math import isfinite

import torch
from torch import Generator, Tensor
from torch.nn.functional import cross_entropy

from app.lab.images import crops, noise
from app.lab.module import load, threads
from app.lab.plan import Planned
from app.lab.runs import GradientRow, Gradients, GradientSettings, Range, Report
from app.lab.weights import initialise
from app.network.record import record
from app.words import phrase

THREADS = 1
"""Sums then have one order, and a seed one result."""


@record
class Pass:
    """A network at its start, run once on a batch of its own."""

    loss: Tensor
    """Of the main classifier."""
    heads: tuple[Tensor, ...]
    """Losses of the auxiliary heads, unweighted."""
    weights: dict[str, Tensor]
    """Of every convolution and fully connected layer, by path."""


@record
class Norms:
    """L2 norms of one layer, for one seed."""

    weight: float | None
    with_aux: float | None
    without_aux: float | None
    """None where the loss does not reach: in the heads' own layers."""


def gradients(
    source: str, shape: tuple[int, ...], layers: tuple[Planned, ...], settings: GradientSettings, report: Report
) -> Gradients:
    """The weight gradients of a network at its start, for loss + w·(aux1 + aux2) and for the loss alone.

    Both come from one forward pass, so that weights, images, labels and dropout are the same on both sides.

    Args:
        source: what `app.render.pytorch` prints, the auxiliary heads in it.
        shape: channels, height, width of the image.
        layers: all of the network's, in order.
        settings: what to measure with.
        report: called after each pass, with the means over the seeds so far.
    """
    seeds = range(settings.seed, settings.seed + settings.seeds)
    found: list[dict[str, Norms]] = []
    known = None
    with threads(THREADS), torch.random.fork_rng(devices=[]):
        for at, seed in enumerate(seeds):
            tell = partial(_tell, report, at, len(seeds), known)
            found.append(_norms(source, shape, layers, settings, seed, tell))
            known = _summary(layers, found, settings)
            _tell(report, at, len(seeds), known, 1)
    return _summary(layers, found, settings)


def _tell(report: Report, at: int, count: int, known: Gradients | None, share: float) -> None:
    """Reports that a share of the work for one of the seeds is done."""
    report((at + share) / count, phrase("seed {at} of {count}", at=at + 1, count=count), known)


def _norms(
    source: str,
    shape: tuple[int, ...],
    layers: tuple[Planned, ...],
    settings: GradientSettings,
    seed: int,
    tell: Callable[[float], None],
) -> dict[str, Norms]:
    """Of every convolution and fully connected layer by path, for one seed."""
    tell(0)
    made = forward(source, shape, layers, settings, seed)
    tell(1 / 3)
    each = list(made.weights.values())
    alone = _norms_of(torch.autograd.grad(made.loss, each, retain_graph=True, allow_unused=True))
    tell(2 / 3)
    helped = _norms_of(torch.autograd.grad(made.loss + settings.head_weight * sum(made.heads), each))
    return dict(zip(made.weights, map(Norms, _norms_of(each), helped, alone), strict=True))


def forward(
    source: str, shape: tuple[int, ...], layers: tuple[Planned, ...], settings: GradientSettings, seed: int
) -> Pass:
    """Draws weights, images, labels and dropout from a seed, and runs the network."""
    dtype = getattr(torch, settings.precision)
    torch.manual_seed(seed)
    module = load(source, "cpu").train()
    initialise(module, settings.filled)
    module.to(dtype)
    draws = Generator().manual_seed(seed)
    images = (
        noise(settings.batch, shape, draws)
        if settings.input == "noise"
        else crops(settings.input, settings.batch, shape, draws)
    )
    outputs = module(images.to(dtype))
    main, *heads = outputs if isinstance(outputs, tuple) else (outputs,)
    labels = torch.randint(main.shape[1], (settings.batch,), generator=draws)
    return Pass(
        cross_entropy(main, labels),
        tuple(cross_entropy(head, labels) for head in heads),
        {layer.path: module.get_parameter(f"{layer.path}.weight") for layer in layers if layer.macs},
    )


def _norms_of(tensors: Iterable[Tensor | None]) -> list[float | None]:
    """In float64: the square of 1e-20 is 0 in float32."""
    return [None if tensor is None else float(tensor.detach().double().norm()) for tensor in tensors]


def _summary(layers: tuple[Planned, ...], found: Sequence[dict[str, Norms]], settings: GradientSettings) -> Gradients:
    rows = {layer: _row(layer, [norms[layer.path] for norms in found]) for layer in layers if layer.macs}
    return Gradients(
        rows=tuple(row for layer, row in rows.items() if not layer.linear),
        linear=tuple(row for layer, row in rows.items() if layer.linear),
        heads=tuple(sorted({head for layer in layers for head in layer.heads})),
        seeds=tuple(range(settings.seed, settings.seed + len(found))),
        settings=settings.filled,
        threads=THREADS,
        torch_version=torch.__version__,
    )


def _row(layer: Planned, seeds: list[Norms]) -> GradientRow:
    helped = [norms.with_aux for norms in seeds]
    alone = [norms.without_aux for norms in seeds]
    gains = [_ratio(norms.with_aux, norms.without_aux) for norms in seeds]
    return GradientRow(
        path=layer.path,
        depth=layer.depth,
        heads=layer.heads,
        with_aux=_mean(helped),
        without_aux=_mean(alone),
        with_aux_range=_range(helped),
        without_aux_range=_range(alone),
        gain=_mean(gains),
        gain_range=_range(gains),
        with_aux_to_weight=_mean([_ratio(norms.with_aux, norms.weight) for norms in seeds]),
        without_aux_to_weight=_mean([_ratio(norms.without_aux, norms.weight) for norms in seeds]),
    )


def _ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _finite(values: Sequence[float | None]) -> list[float]:
    """The numbers, or none of them where one is missing or no finite number."""
    found = [value for value in values if value is not None and isfinite(value)]
    return found if len(found) == len(values) else []


def _mean(values: Sequence[float | None]) -> float | None:
    found = _finite(values)
    return sum(found) / len(found) if found else None


def _range(values: Sequence[float | None]) -> Range | None:
    found = _finite(values)
    return (min(found), max(found)) if found else None

"""How long inference really takes: the whole, every layer by hooks, and the naive or reduced twin beside it."""

import platform
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from app.errors import Unavailable
from app.lab.module import CONCAT, load, threads
from app.lab.plan import Planned
from app.lab.runs import BranchTime, Latency, LatencySettings, LayerTime, Reconciled, Report, TwinTime
from app.network.record import record
from app.words import phrase

Mark = Callable[[], Any]
"""Notes the time on the device."""
Spans = dict[str, tuple[Any, Any]]
"""By path, the marks at which a layer began and ended."""


@record
class Round:
    """What one round took, ms."""

    whole: float
    twin: float | None
    hooked: float
    """The whole again, with hooks."""
    layers: dict[str, float]
    """By path, of the run with hooks."""


def latency(
    source: str,
    shape: tuple[int, ...],
    layers: tuple[Planned, ...],
    settings: LatencySettings,
    twin: str | None,
    report: Report,
) -> Latency:
    """Times the network in inference, its weights random. Whole, twin and layers are timed in turn, round by round.

    Args:
        source: what `app.render.pytorch` prints.
        shape: channels, height, width of the image.
        layers: all of the network's, in order.
        settings: what to time with.
        twin: the text of the same network with naive or reduced modules, for the same images; None for none.
        report: called after each round.

    Raises:
        Unavailable: CUDA is asked for and not there.
    """
    if settings.device == "cuda" and not torch.cuda.is_available():
        raise Unavailable(phrase("this server has no CUDA device: choose cpu"), 3600)
    layers = tuple(layer for layer in layers if not layer.training)
    rounds: list[Round] = []
    count = settings.warm_up + settings.runs
    with threads(settings.threads) as used, torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(0)
        images = torch.randn(settings.batch, *shape, device=settings.device)
        module = load(source, settings.device)
        other = load(twin, settings.device) if twin else None
        for at in range(count):
            report(at / count, phrase("round {at} of {count}", at=at + 1, count=count))
            whole, theirs = _timed(module, images), _timed(other, images) if other else None
            rounds.append(Round(whole, theirs, *_layered(module, layers, images)))
    report(1.0, phrase("round {at} of {count}", at=count, count=count))
    return _summary(layers, settings, used, rounds[settings.warm_up :])


def _timed(module: nn.Module, images: Tensor) -> float:
    """One run, in ms."""
    mark, ms = _clock(images)
    begun = mark()
    module(images)
    return ms(begun, mark())


def _layered(module: nn.Module, layers: Sequence[Planned], images: Tensor) -> tuple[float, dict[str, float]]:
    """One run with hooks: the whole and each layer by path, in ms."""
    mark, ms = _clock(images)
    with _hooks(module, layers, mark) as spans:
        begun = mark()
        module(images)
        ended = mark()
    total = ms(begun, ended)
    return total, {layer.path: ms(*spans[layer.path]) for layer in layers}


def _clock(images: Tensor) -> tuple[Mark, Callable[[Any, Any], float]]:
    """Marks moments on the device that holds the images, and gives the ms between two of them."""
    if not images.is_cuda:
        return time.perf_counter, lambda begun, ended: (ended - begun) * 1000

    def mark() -> Any:
        event: Any = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record()
        return event

    def ms(begun: Any, ended: Any) -> float:
        ended.synchronize()
        return float(begun.elapsed_time(ended))

    torch.cuda.synchronize()
    return mark, ms


@contextmanager
def _hooks(module: nn.Module, layers: Sequence[Planned], mark: Mark) -> Iterator[Spans]:
    """Notes when each layer begins and ends; a concatenation begins where the last branch ends."""
    spans: Spans = {}
    begun: dict[str, Any] = {}
    last: list[Any] = [None]

    def before(path: str) -> Callable[..., None]:
        def hook(*_: object) -> None:
            begun[path] = mark()

        return hook

    def after(path: str) -> Callable[..., None]:
        def hook(*_: object) -> None:
            ended = mark()
            spans[path] = begun.get(path, last[0]), ended
            last[0] = ended

        return hook

    handles: list[RemovableHandle] = []
    for path in [layer.path for layer in layers]:
        found = module.get_submodule(path.removesuffix(CONCAT))
        if not path.endswith(CONCAT):
            handles.append(found.register_forward_pre_hook(before(path)))
        handles.append(found.register_forward_hook(after(path)))
    try:
        yield spans
    finally:
        for handle in handles:
            handle.remove()


def _summary(
    layers: Sequence[Planned],
    settings: LatencySettings,
    used: int,
    rounds: Sequence[Round],
) -> Latency:
    batch, whole = settings.batch, [each.whole for each in rounds]
    ms = {layer.path: median([each.layers[layer.path] for each in rounds]) for layer in layers}
    rows = [LayerTime(each.path, ms[each.path], each.macs, _rate(each.macs, batch, ms[each.path])) for each in layers]
    first, _, third = quantiles(whole, n=4, method="inclusive")
    whole_ms, hooked_ms, layers_ms = median(whole), median([each.hooked for each in rounds]), sum(ms.values())
    between_ms = median([each.hooked - sum(each.layers.values()) for each in rounds])
    return Latency(
        median_ms=whole_ms,
        spread_ms=(first, third),
        runs_ms=tuple(whole),
        rows=tuple(rows),
        branches=_branches(layers, ms, batch),
        reconciled=Reconciled(
            hooked_ms, hooked_ms - whole_ms, layers_ms, between_ms, hooked_ms - layers_ms - between_ms
        ),
        twin=_twin(rounds),
        settings=settings,
        threads=used,
        batch=batch,
        device=settings.device,
        device_name=_name(settings.device),
        torch_version=torch.__version__,
    )


def _branches(layers: Sequence[Planned], ms: dict[str, float], batch: int) -> tuple[BranchTime, ...]:
    members: dict[tuple[str, str], list[Planned]] = {}
    for layer in layers:
        if layer.module and layer.branch:
            members.setdefault((layer.module, layer.branch), []).append(layer)
    found = []
    for (module, branch), group in members.items():
        took, macs = sum(ms[each.path] for each in group), sum(each.macs for each in group)
        found.append(BranchTime(module, branch, took, macs, _rate(macs, batch, took)))
    return tuple(found)


def _rate(macs: int, batch: int, ms: float) -> float | None:
    return macs * batch / ms / 1e6 if macs and ms else None


def _twin(rounds: Sequence[Round]) -> TwinTime | None:
    pairs = [(each.twin, each.whole) for each in rounds if each.twin is not None]
    if not pairs:
        return None
    times, ratios = [theirs for theirs, _ in pairs], [theirs / ours for theirs, ours in pairs]
    return TwinTime(median(times), tuple(times), median(ratios), (min(ratios), max(ratios)))


def _name(device: str) -> str:
    if device == "cuda":
        return str(torch.cuda.get_device_name())
    known = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*: (.+)", known.read_text()) if known.exists() else None
    return named[1] if named else platform.processor() or platform.machine()

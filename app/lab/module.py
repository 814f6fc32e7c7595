"""The printed PyTorch text as a running module. Imported only where torch may be: in the lab's own processes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from app.network.record import record

CONCAT = ".concat"


@record
class Measured:
    """What torch says of one layer."""

    path: str
    shape: tuple[int, ...]
    """Of the output, without the batch."""
    params: int
    macs: int
    """Half of what FlopCounterMode counts."""


def load(source: str, device: str) -> nn.Module:
    """The class that the text offers, built; its weights are real only where the device is."""
    namespace: dict[str, Any] = {"__name__": "printed"}
    exec(compile(source, "model.py", "exec"), namespace)
    with torch.device(device):
        module = namespace["GoogLeNet"]().eval()
    assert isinstance(module, nn.Module)
    return module


@contextmanager
def threads(wanted: int) -> Iterator[int]:
    """Gives torch that many CPU threads, at most one for each CPU, and gives back what it had; yields how many."""
    before = torch.get_num_threads()
    torch.set_num_threads(min(wanted, os.cpu_count() or 1))
    try:
        yield torch.get_num_threads()
    finally:
        torch.set_num_threads(before)


def warm() -> None:
    """Makes torch load what it loads late: the first run on the meta device takes seconds."""
    with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False):
        nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(), nn.LocalResponseNorm(1), nn.MaxPool2d(1))(torch.empty(1, 1, 1, 1))


def measure(source: str, shape: tuple[int, ...], paths: tuple[str, ...]) -> tuple[list[Measured], int, str]:
    """Runs the text once on the meta device, auxiliary heads included, and reads off every layer.

    Args:
        source: what `app.render.pytorch` prints.
        shape: channels, height, width of the image.
        paths: the layers to report; a concatenation is read off the module that ends with it.

    Returns:
        What torch says of each layer, all of the module's parameters, and the version of torch.

    Raises:
        AttributeError: the module has no layer of that path.
    """
    module = load(source, "meta")
    module.training = True  # of the whole, so that it gives its auxiliary logits; its layers stay as at inference
    shapes: dict[str, tuple[int, ...]] = {}
    layers = {path: module.get_submodule(path.removesuffix(CONCAT)) for path in paths}
    for path, layer in layers.items():
        layer.register_forward_hook(_reader(path, shapes))
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(torch.empty((1, *shape), device="meta"))
    counts = counter.get_flop_counts()
    root = type(module).__name__
    found = []
    for path, layer in layers.items():
        merges = path.endswith(CONCAT)
        params = 0 if merges else sum(parameter.numel() for parameter in layer.parameters())
        flops = 0 if merges else sum(counts.get(f"{root}.{path}", {}).values())
        found.append(Measured(path, shapes[path], params, flops // 2))
    return found, sum(parameter.numel() for parameter in module.parameters()), torch.__version__


def _reader(path: str, shapes: dict[str, tuple[int, ...]]) -> Any:
    def read(_module: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        shapes[path] = tuple(output.shape[1:])

    return read

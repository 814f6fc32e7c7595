"""One network, counted by us and by others, in one run on one thread: `make bench`.

Every tool gets GoogLeNet as our own printed PyTorch code builds it, in eval mode, on the meta device where the tool
runs there, which is in its favour: nothing is multiplied. Times are medians; read the ratios, machines differ.
"""

import gc
import logging
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial

import fvcore.nn
import thop
import torch
import torchinfo
from pydantic import TypeAdapter
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from app.lab.module import load
from app.network.analysis import analyse
from app.network.catalog import NETWORKS
from app.network.spec import Module, Spec, Widths
from app.network.variant import Variant
from app.render.pytorch import to_pytorch
from app.render.report import Report, report

PAPER = NETWORKS["googlenet"]
SOURCE = to_pytorch(PAPER.spec, analyse(PAPER.spec), PAPER.id)
SHAPE = (1, *PAPER.spec.input)
ANSWER = TypeAdapter(Report)
ROUNDS, CALLS = 9, 100
FRESH = ", with building"

Model = nn.Module
Tool = Callable[[Model, torch.Tensor], object]
Run = tuple[str, Callable[[], object], int]
"""Name, what is timed, calls in a round."""


def flop_counter(model: Model, image: torch.Tensor) -> object:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(image)
    return counter.get_total_flops()


TOOLS: dict[str, tuple[str, Tool]] = {
    "torch FlopCounterMode": ("meta", flop_counter),
    "torchinfo": ("cpu", lambda model, image: torchinfo.summary(model, input_data=image, verbose=0)),
    "fvcore": ("cpu", lambda model, image: fvcore.nn.FlopCountAnalysis(model, image).total()),
    "thop": ("meta", lambda model, image: thop.profile(model, inputs=(image,), verbose=False)),
}


def main() -> None:
    """Measures and prints the table."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    random.seed(0)
    runs = [*others(), *ours()]
    times: dict[str, list[float]] = {name: [] for name, _, _ in runs}
    gc.collect()
    gc.freeze()
    for round_ in range(ROUNDS + 1):  # in turn, so that a machine that slows down slows all of them; the first warms up
        for name, run, calls in runs:
            started = time.perf_counter()
            for _ in range(calls):
                run()
            if round_:
                times[name].append((time.perf_counter() - started) / calls)
    medians = {name: statistics.median(found) for name, found in times.items()}
    built = min(medians[name] for name, _, _ in others() if not name.endswith(FRESH))
    print(f"Python {sys.version.split()[0]}, torch {torch.__version__}, one thread; medians of {ROUNDS} rounds in turn")
    print(f"{'':48}{'ms':>10}{'the fastest tool takes':>26}")
    for name, seconds in medians.items():
        print(f"{name:48}{seconds * 1e3:10.3f}{built / seconds:14.1f} × as long")


def others() -> list[Run]:
    """The tools, each on a model built beforehand, and with its building."""
    runs: list[Run] = []
    for name, (device, tool) in TOOLS.items():
        image = torch.zeros(SHAPE, device=device)
        runs += [
            (f"{name} ({device})", partial(tool, load(SOURCE, device), image), 1),
            (f"{name} ({device}){FRESH}", partial(_with_building, tool, device, image), 1),
        ]
    return runs


def ours() -> list[Run]:
    """Ours on the same network, on one with another width each time, and on networks with all widths new."""
    total = CALLS * (ROUNDS + 1)
    paper = PAPER.spec
    edited = [[_random(paper, "4e") for _ in range(total)] for _ in range(2)]
    unseen = [[_random(paper) for _ in range(total)] for _ in range(2)]
    return [
        ("rows and totals, the same network", partial(analyse, paper), CALLS),
        ("rows and totals, one module new", _each(analyse, edited[0]), CALLS),
        ("rows and totals, all widths new", _each(analyse, unseen[0]), CALLS),
        ("JSON, the same network", partial(json_bytes, paper), CALLS),
        ("JSON, one module new", _each(json_bytes, edited[1]), CALLS),
        ("JSON, all widths new", _each(json_bytes, unseen[1]), CALLS),
    ]


def json_bytes(spec: Spec) -> bytes:
    """What the API answers of a description."""
    return ANSWER.dump_json(report(Variant(PAPER, {}, spec, ()), analyse(spec), ""))


def _with_building(tool: Tool, device: str, image: torch.Tensor) -> object:
    return tool(load(SOURCE, device), image)


def _each(run: Callable[[Spec], object], specs: list[Spec]) -> Callable[[], object]:
    following = iter(specs)
    return lambda: run(next(following))


def _random(spec: Spec, only: str = "") -> Spec:
    """The same network with new widths in one module or in all of them."""
    modules = tuple(
        Module(name=module.name, widths=Widths(*(random.randint(1, 512) for _ in module.widths)))
        if only in ("", module.name)
        else module
        for module in spec.modules
    )
    return spec.model_copy(update={"modules": modules})


if __name__ == "__main__":
    main()

"""One network, counted by us and by others, in one run on one thread: `make bench`.

Every tool gets GoogLeNet as our own printed PyTorch code builds it, in eval mode, on the meta device where the tool runs
there, which is in its favour: nothing is multiplied. Times are medians; read the ratios, machines differ.
"""

import gc
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from itertools import cycle

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
from app.network.variant import choices_of, variant
from app.render.pytorch import to_pytorch
from app.render.report import Report, report

PAPER = NETWORKS["googlenet"]
SOURCE = to_pytorch(PAPER.spec, analyse(PAPER.spec), PAPER.id)
SHAPE = (1, *PAPER.spec.input)
ANSWER = TypeAdapter(Report)
UNSEEN = 400
"""Variants that no cache of ours has seen, in a round."""

Model = nn.Module
Tool = Callable[[Model, torch.Tensor], object]


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
    gc.collect()
    gc.freeze()
    print(f"Python {sys.version.split()[0]}, torch {torch.__version__}, one thread; milliseconds, medians")
    tools = {}
    for name, (device, tool) in TOOLS.items():
        image = torch.zeros(SHAPE, device=device)
        built = load(SOURCE, device)
        tools[f"{name} ({device})"] = timed(lambda tool=tool, built=built, image=image: tool(built, image), 9)
        tools[f"{name} ({device}), with building"] = timed(
            lambda tool=tool, device=device, image=image: tool(load(SOURCE, device), image), 5
        )
    fastest = min(tools.values())
    for name, seconds in tools.items():
        print(f"{name:44}{seconds * 1e3:10.2f}")
    print(f"\n{'':44}{'ms':>10}{'the fastest tool takes':>26}")
    for name, seconds in ours().items():
        print(f"{name:44}{seconds * 1e3:10.3f}{fastest / seconds:22.0f} × as long")


def ours() -> dict[str, float]:
    """Our own times, for one network again and again, and for networks that were never seen."""
    random.seed(0)
    unseen = [_random(PAPER.spec) for _ in range(UNSEEN * 8)]
    return {
        "rows and totals, the same network": rotating(analyse, [PAPER.spec]),
        "rows and totals, never seen": rotating(analyse, unseen[: UNSEEN * 4]),
        "the whole JSON answer, the same network": rotating(json_bytes, [PAPER.spec]),
        "the whole JSON answer, never seen": rotating(json_bytes, unseen[UNSEEN * 4 :]),
    }


def json_bytes(spec: Spec) -> bytes:
    """What the API answers, canonical state included."""
    chosen = variant(PAPER, choices_of(PAPER, spec))
    return ANSWER.dump_json(report(chosen, analyse(chosen.spec), ""))


def timed(run: Callable[[], object], repeats: int) -> float:
    """Median seconds of one call, after one that does not count."""
    run()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def rotating(run: Callable[[Spec], object], specs: Sequence[Spec]) -> float:
    """Median over rounds of the mean seconds of a call, each spec once where there are many."""
    following = cycle(specs)

    def round_() -> None:
        for _ in range(UNSEEN):
            run(next(following))

    return timed(round_, 3) / UNSEEN


def _random(spec: Spec) -> Spec:
    """The same network with widths of its own in every module."""
    modules = tuple(
        Module(name=module.name, widths=Widths(*(random.randint(1, 512) for _ in module.widths)))
        for module in spec.modules
    )
    return spec.model_copy(update={"modules": modules})


if __name__ == "__main__":
    main()

"""The counting tools themselves, asked about one variant; as a program, it records what they say.

`python -m tests.oracle.tools` writes `data/counts.json`. It needs the extra `tools` of pyproject.toml, which is not
part of `make test`: calflops alone brings transformers and accelerate with it.
"""

import io
import json
import logging
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib.metadata import version
from urllib.parse import parse_qsl

import calflops
import fvcore.nn
import ptflops
import thop
import torch
import torchinfo
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from packaging.version import Version
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import GoogLeNet

from app.lab.module import load
from app.render.pytorch import to_pytorch
from tests.examples import analysis_of, canonical, variant_of
from tests.published import DATA
from tests.strategies import addresses, query

Said = dict[str, int]
"""By tool and its word for the quantity."""

CASES = (
    "googlenet", "googlenet?aux=on", "googlenet?norm=none", "googlenet?five=3x3x2&head=flatten",
    "googlenet?rounding=floor&input=3x97x61", "googlenet?input=1x65x129&classes=7",
    "googlenet-naive", "googlenet-naive?aux=on&width=0.5",
    "googlenet-bn", "googlenet-bn?aux=on", "googlenet-bn?head=flatten&input=127",
    "torchvision", "torchvision?aux=off", "torchvision?aux=off&input=15", "torchvision?input=97x181&classes=10",
    "torchvision?input=1x64x64", "torchvision?five=5x5", "torchvision?norm=lrn&aux=off", "torchvision?width=0.5",
    "tf-slim", "tf-slim?input=113x79",
    "separable-stem", "separable-stem?norm=batch&input=4x99x99",
)  # fmt: skip
"""Of every network, with and without heads, and of every choice."""
SIDES = st.integers(61, 111)
"""Small, so that the tools that really multiply are done soon."""
OWN_CLASS = {"input", "classes", "aux"}
"""Keys that torchvision's own class can follow; its images have three channels."""


def model_of(address: str, device: str) -> tuple[nn.Module, Tensor]:
    """The printed class, or torchvision's own, in eval mode, its weights whatever they are, and an image for it."""
    network, _, state = address.partition("?")
    spec = variant_of(network, state).spec
    chosen = dict(parse_qsl(canonical(network, state)))
    if network == "torchvision" and set(chosen) <= OWN_CLASS and spec.input[0] == 3:
        with torch.device("meta"):
            model = GoogLeNet(spec.classes, chosen.get("aux") != "off", init_weights=False).eval()
    else:
        model = load(to_pytorch(spec, analysis_of(network, state), address), "meta")
    return model.to_empty(device=device), torch.zeros(1, *spec.input, device=device)


def torch_says(model: nn.Module, image: Tensor) -> int:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(image)
    return int(counter.get_total_flops())


def ptflops_says(backend: str) -> Callable[[nn.Module, Tensor], int]:
    def say(model: nn.Module, image: Tensor) -> int:
        with torch.no_grad():
            macs, _ = ptflops.get_model_complexity_info(
                model, tuple(image.shape[1:]), print_per_layer_stat=False, as_strings=False, backend=backend
            )
        return int(macs)

    return say


def calflops_says(at: int) -> Callable[[nn.Module, Tensor], int]:
    def say(model: nn.Module, image: Tensor) -> int:
        found = calflops.calculate_flops(
            model, input_shape=tuple(image.shape), output_as_string=False, print_results=False
        )
        return int(found[at])

    return say


REAL = ("torchinfo", "fvcore", "ptflops (pytorch)")
"""Tools that need numbers; the others are content with torch's meta device, where ptflops would count linear twice."""
TOOLS: dict[str, Callable[[nn.Module, Tensor], int]] = {
    "torch FlopCounterMode: total flops": torch_says,
    "torchinfo: Total mult-adds": lambda model, image: int(
        torchinfo.summary(model, input_data=image, verbose=0).total_mult_adds
    ),
    "fvcore: flops": lambda model, image: int(fvcore.nn.FlopCountAnalysis(model, image).total()),
    "ptflops (pytorch): MACs": ptflops_says("pytorch"),
    "ptflops (aten): MACs": ptflops_says("aten"),
    "calflops: MACs": calflops_says(1),
    "calflops: FLOPs": calflops_says(0),
    "thop: MACs": lambda model, image: int(thop.profile(model, inputs=(image,), verbose=False)[0]),
}


def ask(address: str) -> Said:
    """What each tool says of a variant; each is given a model that no other has touched."""
    torch.set_num_threads(1)
    logging.disable(logging.CRITICAL)
    said = {}
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        for name, tool in TOOLS.items():
            said[name] = tool(*model_of(address, "cpu" if name.startswith(REAL) else "meta"))
    logging.disable(logging.NOTSET)
    return said


def versions() -> dict[str, str]:
    """Of what is installed, without a build's own mark."""
    names = ("torch", "torchvision", "torchinfo", "fvcore", "ptflops", "calflops", "thop")
    return {name: Version(version(name)).public for name in names}


def drawn(wanted: int) -> tuple[str, ...]:
    """Random variants, the same ones every time."""
    found: dict[str, None] = {}

    @settings(max_examples=wanted, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
    @given(addresses(SIDES))
    def draw(address: tuple[str, dict[str, str]]) -> None:
        network, values = address
        state = canonical(network, query(values))
        found[f"{network}?{state}" if state else network] = None

    draw()
    return tuple(found)


def main() -> None:
    """Records what the tools say of the named variants and of random ones."""
    rows = []
    for address in dict.fromkeys((*CASES, *drawn(34))):
        rows.append({"address": address, "said": ask(address)})
        print(address, file=sys.stderr)
    source = (
        "python -m tests.oracle.tools: the tools, run in eval mode on the printed model.py or torchvision's own class"
    )
    record = {"source": source, "versions": versions(), "rows": rows}
    (DATA / "counts.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

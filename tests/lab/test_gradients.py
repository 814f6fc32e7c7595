"""Gradients against autograd by hand on a small network, against the story's measured figures, and at the edges."""

from math import sqrt
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import TypeAdapter
from torch.nn import functional

from app.lab.gradients import gradients
from app.lab.plan import Planned, plan, with_heads
from app.lab.runs import GradientRow, Gradients, GradientSettings
from app.network.analysis import analyse
from app.render.pytorch import to_pytorch
from tests.examples import variant_of
from tests.told import Stopped, Told

SMALL = """
import torch
from torch import nn

class GoogLeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 4, 3)
        self.aux1 = nn.Sequential()
        self.aux1.add_module("conv", nn.Conv2d(4, 3, 1))
        self.aux1.add_module("flatten", nn.Flatten())
        self.aux1.add_module("dropout", nn.Dropout(0.5))
        self.aux1.add_module("linear", nn.Linear(3 * 36, 5))
        self.second = nn.Conv2d(4, 6, 6)
        self.drop = nn.Dropout(0.5)
        self.linear = nn.Linear(6, 5)

    def forward(self, x):
        x = torch.relu(self.first(x))
        aux1 = self.aux1(x) if self.training else None
        x = self.linear(self.drop(torch.relu(self.second(x)).flatten(1)))
        return (x, aux1) if self.training else x
"""
"""For 2 × 8 × 8 images."""


def planned(path: str, depth: int, heads: tuple[str, ...] = (), linear: bool = False) -> Planned:
    return Planned(path, None, None, path.startswith("aux"), linear, 1, depth, heads)


LAYERS = (
    planned("first", 1, ("aux1",)),
    planned("aux1.conv", 2, ("aux1",)),
    planned("aux1.linear", 3, ("aux1",), linear=True),
    planned("second", 2),
    planned("linear", 3, linear=True),
)


def measured(told: Told | None = None, **settings: Any) -> Gradients:
    return gradients(SMALL, (2, 8, 8), LAYERS, GradientSettings(**settings), told or Told())


def by_path(found: Gradients) -> dict[str, GradientRow]:
    return {row.path: row for row in (*found.rows, *found.linear)}


def by_hand(seed: int, head_weight: float, batch: int = 4) -> dict[str, tuple[float, float]]:
    """Norms of gradients and weights, He's initialisation: a forward pass of its own, PyTorch's `backward`."""
    torch.manual_seed(seed)
    namespace: dict[str, Any] = {}
    exec(SMALL, namespace)
    module = namespace["GoogLeNet"]()
    for layer in (module.first, module.aux1.conv, module.aux1.linear, module.second, module.linear):
        layer.weight.data.normal_(0, sqrt(2 / layer.weight[0].numel()))
        layer.bias.data.zero_()
    module.double()
    draws = torch.Generator().manual_seed(seed)
    images = torch.randn(batch, 2, 8, 8, generator=draws)
    labels = torch.randint(5, (batch,), generator=draws)
    main, head = module(images.double())
    loss = functional.cross_entropy(main, labels)
    if head_weight:
        loss = loss + head_weight * functional.cross_entropy(head, labels)
    loss.backward()  # type: ignore[no-untyped-call]
    return {
        layer.path: (float(np.linalg.norm(weight.grad)), float(np.linalg.norm(weight.detach())))
        for layer in LAYERS
        for weight in [module.get_submodule(layer.path).weight]
        if weight.grad is not None
    }


def test_the_norms_are_those_of_autograd_by_hand() -> None:
    found = measured(initialisation="he", seed=3, seeds=1, head_weight=0.7)
    helped, alone = by_hand(3, 0.7), by_hand(3, 0.0)
    assert set(alone) == {"first", "second", "linear"}
    for path, row in by_path(found).items():
        gradient, weight = helped[path]
        assert row.with_aux == pytest.approx(gradient, rel=1e-9)
        assert row.with_aux_to_weight == pytest.approx(gradient / weight, rel=1e-9)
        if path in alone:
            assert row.without_aux == pytest.approx(alone[path][0], rel=1e-9)
            assert row.without_aux_to_weight == pytest.approx(alone[path][0] / weight, rel=1e-9)
            assert row.gain == pytest.approx(gradient / alone[path][0], rel=1e-9)
        else:
            assert row.without_aux is None
            assert row.without_aux_range is None
            assert row.gain is None
            assert row.without_aux_to_weight is None


def test_layers_that_no_head_reads_have_the_same_norm_on_both_sides() -> None:
    rows = by_path(measured())
    for path in ("second", "linear"):
        assert rows[path].with_aux == rows[path].without_aux
        assert rows[path].gain_range == (1, 1)
    assert rows["first"].with_aux != rows["first"].without_aux


def test_several_seeds_are_the_mean_and_the_range_of_each() -> None:
    together = by_path(measured(seed=5, seeds=3))
    each = [by_path(measured(seed=seed, seeds=1)) for seed in (5, 6, 7)]
    for path, row in together.items():
        norms = [one[path].with_aux or 0 for one in each]
        assert row.with_aux == pytest.approx(sum(norms) / 3)
        assert row.with_aux_range == (min(norms), max(norms))
        assert len(set(norms)) == 3


def test_rows_keep_to_the_contract_and_the_settings_say_what_was_used() -> None:
    found = measured(seed=2, seeds=2)
    said = TypeAdapter(Gradients).dump_python(found, mode="json")
    assert [row["path"] for row in said["rows"]] == ["first", "aux1.conv", "second"]
    assert {"path", "depth", "with_aux", "without_aux"} <= set(said["rows"][0])
    assert [row["path"] for row in said["linear"]] == ["aux1.linear", "linear"]
    assert said["settings"]["conv_bias"] == 0.2
    assert (said["seeds"], said["heads"], said["threads"]) == ([2, 3], ["aux1"], 1)
    assert said["torch_version"] == torch.__version__


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_number_that_torch_cannot_hold_is_null(precision: str) -> None:
    source = SMALL.replace("torch.relu(self.first(x))", "torch.relu(self.first(x)) * 1e30 * 1e30")
    found = gradients(source, (2, 8, 8), LAYERS, GradientSettings(precision=precision), Told())  # type: ignore[arg-type]
    rows = by_path(found)
    assert (rows["first"].with_aux is None) == (precision == "float32")
    assert (rows["first"].gain_range is None) == (precision == "float32")


def test_progress_is_told_as_work_is_done_with_what_is_known() -> None:
    told = Told()
    found = measured(told, seeds=2)
    assert told.progress == sorted(told.progress)
    assert told.progress[0] == 0
    assert told.progress[-1] == pytest.approx(1)
    assert told.messages[-1] == "seed 2 of 2"
    known = [partial for partial in told.partial if isinstance(partial, Gradients)]
    assert known[0].seeds == (0,)
    assert known[-1] == found


@pytest.mark.parametrize("stop", [1, 3, 5])
def test_a_report_that_raises_ends_the_run_and_leaves_torch_as_it_was(stop: int) -> None:
    threads, state = torch.get_num_threads(), torch.random.get_rng_state()
    torch.set_num_threads(2)
    try:
        with pytest.raises(Stopped):
            measured(Told(stop))
        assert torch.get_num_threads() == 2
        assert torch.equal(torch.random.get_rng_state(), state)
    finally:
        torch.set_num_threads(threads)


def of(network: str, query: str, **settings: Any) -> Gradients:
    spec = with_heads(variant_of(network, query).spec)
    analysis = analyse(spec)
    source = to_pytorch(spec, analysis, "a test's")
    return gradients(source, spec.input, plan(analysis), GradientSettings(**settings), Told())


def test_the_heads_are_attached_whatever_aux_says() -> None:
    off = of("googlenet", "width=0.25&input=64&classes=10", seeds=1)
    assert off == of("googlenet", "width=0.25&input=64&classes=10&aux=on", seeds=1)
    rows = by_path(off)
    assert len(off.rows) == 59  # 57 convolutions and one in each head
    assert len(off.linear) == 5
    for path, row in rows.items():
        if path.startswith("aux"):
            assert row.without_aux is None
        elif path.startswith(("inception_4e", "inception_5", "head")):
            assert row.with_aux == row.without_aux
        else:
            assert row.with_aux != row.without_aux


def test_a_network_without_heads_is_the_same_on_both_sides() -> None:
    found = of("tf-slim", "width=0.25&input=32&classes=10", seeds=1)
    assert found.heads == ()
    assert all(row.with_aux == row.without_aux for row in found.rows)
    assert found.rows[-1].path == "head.conv"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("network", "initialisation", "least", "most"),
    [
        ("googlenet", "gaussian", 7_000, 9_200),
        ("googlenet", "xavier", 2.3, 2.8),
        ("googlenet", "he", 1.35, 1.65),
        ("googlenet-bn", "gaussian", 1.0, 1.06),
        ("googlenet-bn", "he", 1.2, 1.4),
        ("googlenet", "glorot", 1.97, 2.38),
    ],
)
def test_the_measured_gains_of_conv1(network: str, initialisation: str, least: float, most: float) -> None:
    """7,400–8,300, 2.5–2.6, 1.5, 1.02, 1.3, and 2 for Glorot's: figures measured elsewhere, within their seeds."""
    conv1 = of(network, "", initialisation=initialisation, precision="float32").rows[0]
    assert conv1.path == "conv1"
    assert conv1.gain
    assert least < conv1.gain < most
    if initialisation == "gaussian" and network == "googlenet":
        assert conv1.without_aux == pytest.approx(1.7e-11, rel=0.15)


def test_a_photograph_gives_other_gradients_than_noise() -> None:
    norms: set[float | None] = set()
    for name in ("noise", "china", "flower"):
        found = gradients(
            SMALL, (2, 8, 8), LAYERS, GradientSettings.model_validate({"input": name, "seeds": 1}), Told()
        )
        norms.add(found.rows[0].with_aux)
    assert len(norms) == 3

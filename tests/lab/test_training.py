"""Training against a loop by hand on a small network; it learns, and its two sides differ in one thing only."""

from math import sqrt
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

from app.lab.plan import Planned, plan, reduced
from app.lab.runs import Training, TrainingSettings
from app.lab.training import training
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
        self.conv1 = nn.Conv2d(1, 8, 3, stride=2)
        self.aux1 = nn.Sequential()
        self.aux1.add_module("flatten", nn.Flatten())
        self.aux1.add_module("dropout", nn.Dropout(0.7))
        self.aux1.add_module("linear", nn.Linear(8 * 49, 10))
        self.conv2 = nn.Conv2d(8, 16, 3)
        self.drop = nn.Dropout(0.2)
        self.linear = nn.Linear(16 * 25, 10)

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        aux1 = self.aux1(x) if self.training else None
        x = self.linear(self.drop(torch.relu(self.conv2(x)).flatten(1)))
        return (x, aux1) if self.training else x
"""
"""For 1 × 16 × 16 images."""
LAYERS = (Planned("conv1", None, None, training=False, linear=False, macs=1, depth=1, heads=("aux1",)),)


def trained(told: Told | None = None, **settings: Any) -> Training:
    return training(SMALL, (1, 16, 16), LAYERS, TrainingSettings(side=16, **settings), told or Told())


def by_hand(head_weight: float, steps: int) -> tuple[list[float], list[float], float]:
    """Held-out losses before and after, the batches' own losses and the accuracy, of SGD with momentum on seed 4."""
    draws = torch.Generator().manual_seed(4)
    data = load_digits()
    images = functional.interpolate(torch.tensor(data.images).float()[:, None], (16, 16), mode="bilinear")
    images, labels = (images - images.mean()) / images.std(), torch.tensor(data.target)
    order = torch.randperm(1797, generator=draws)
    held, learn = order[:297], order[297:]
    torch.manual_seed(4)
    namespace: dict[str, Any] = {}
    exec(SMALL, namespace)
    module: nn.Module = namespace["GoogLeNet"]()
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.weight.data.normal_(0, sqrt(2 / layer.weight[0].numel()))
            layer.bias.data.zero_()  # type: ignore[union-attr]
    velocity = [torch.zeros_like(each) for each in module.parameters()]
    held_losses, losses, accuracies = [], [], []
    for step in range(steps + 1):
        if step:
            batch = learn[torch.randint(1500, (8,), generator=draws)]
            torch.manual_seed(int(torch.randint(2**31, (), generator=draws)))
            main, head = module.train()(images[batch])
            loss = functional.cross_entropy(main, labels[batch])
            losses.append(float(loss.detach()))
            module.zero_grad()
            whole = loss + head_weight * functional.cross_entropy(head, labels[batch])
            whole.backward()  # type: ignore[no-untyped-call]
            with torch.no_grad():
                for each, speed in zip(module.parameters(), velocity, strict=True):
                    assert each.grad is not None
                    speed.mul_(0.9).add_(each.grad)
                    each.sub_(0.05 * speed)
        logits = module.eval()(images[held]).detach()
        held_losses.append(float(functional.cross_entropy(logits, labels[held])))
        accuracies.append(float((logits.argmax(1) == labels[held]).float().mean()))
    return held_losses, losses, accuracies[-1]


def test_the_curves_are_those_of_a_loop_by_hand() -> None:
    found = trained(seed=4, optimiser="sgd", learning_rate=0.05, batch=8, steps=5, every=2, head_weight=0.6)
    assert [row.step for row in found.rows] == [0, 2, 4, 5]
    helped, helped_batches, helped_accuracy = by_hand(0.6, 5)
    alone, alone_batches, alone_accuracy = by_hand(0.0, 5)
    for row in found.rows:
        assert row.loss_with_aux == pytest.approx(helped[row.step], rel=1e-4)
        assert row.loss_without_aux == pytest.approx(alone[row.step], rel=1e-4)
    first, second, _, last = found.rows
    assert first.batch_loss_with_aux is first.batch_loss_without_aux is None
    assert second.batch_loss_with_aux == pytest.approx(sum(helped_batches[:2]) / 2, rel=1e-4)
    assert last.batch_loss_without_aux == pytest.approx(alone_batches[4], rel=1e-4)
    assert last.accuracy_with_aux == pytest.approx(helped_accuracy, abs=0.005)
    assert last.accuracy_without_aux == pytest.approx(alone_accuracy, abs=0.005)


def test_both_sides_are_one_but_for_the_heads_losses() -> None:
    for row in trained(head_weight=0, steps=6, every=1).rows:
        assert row.loss_with_aux == row.loss_without_aux
        assert row.accuracy_with_aux == row.accuracy_without_aux
        assert row.batch_loss_with_aux == row.batch_loss_without_aux
    rows = trained(steps=6, every=1).rows
    assert rows[0].loss_with_aux == rows[0].loss_without_aux
    assert rows[1].batch_loss_with_aux == rows[1].batch_loss_without_aux  # the first batch, before they part
    assert rows[-1].loss_with_aux != rows[-1].loss_without_aux


def test_a_seed_gives_the_same_curves_again_and_another_one_others() -> None:
    assert trained(seed=1, steps=3).rows == trained(seed=1, steps=3).rows
    assert trained(seed=1, steps=3).rows != trained(seed=2, steps=3).rows


@pytest.mark.parametrize(("optimiser", "learning_rate"), [("adam", 0.003), ("sgd", 0.02)])
def test_it_learns_to_read(optimiser: str, learning_rate: float) -> None:
    last = trained(optimiser=optimiser, learning_rate=learning_rate, steps=120).rows[-1]
    assert last.accuracy_with_aux > 0.8
    assert last.accuracy_without_aux > 0.8


def test_a_loss_that_is_no_number_any_more_is_null() -> None:
    source = SMALL.replace("torch.relu(self.conv1(x))", "torch.relu(self.conv1(x)) * 1e30 * 1e30")
    last = training(source, (1, 16, 16), LAYERS, TrainingSettings(steps=1, batch=2), Told()).rows[-1]
    assert last.loss_with_aux is last.batch_loss_with_aux is None
    assert 0 <= last.accuracy_with_aux <= 1


def test_the_result_keeps_to_the_contract_and_says_what_was_used() -> None:
    said = TypeAdapter(Training).dump_python(trained(steps=2, every=5), mode="json")
    assert {
        "step", "loss_with_aux", "loss_without_aux", "accuracy_with_aux", "accuracy_without_aux"
    } <= set(said["rows"][0])  # fmt: skip
    assert said["settings"]["conv_bias"] == 0
    assert (said["images"], said["held_out"], said["heads"], said["threads"]) == (1500, 297, ["aux1"], 1)
    assert said["torch_version"] == torch.__version__


def test_progress_is_told_step_by_step_with_the_curves_so_far() -> None:
    told = Told()
    found = trained(told, steps=4, every=2)
    assert told.progress == [0, 0.25, 0.5, 0.75, 1]
    assert told.messages[1] == "step 1 of 4"
    assert [len(known.rows) for known in told.partial if isinstance(known, Training)] == [1, 1, 2, 2, 3]
    assert told.partial[-1] == found


def test_a_report_that_raises_ends_the_run_and_leaves_torch_as_it_was() -> None:
    threads, state = torch.get_num_threads(), torch.random.get_rng_state()
    torch.set_num_threads(2)
    try:
        with pytest.raises(Stopped):
            trained(Told(3))
        assert torch.get_num_threads() == 2
        assert torch.equal(torch.random.get_rng_state(), state)
    finally:
        torch.set_num_threads(threads)


@pytest.mark.parametrize("network", ["googlenet", "torchvision", "tf-slim"])
def test_every_network_can_be_trained_at_the_default_size(network: str) -> None:
    settings = TrainingSettings(steps=1, batch=4)
    spec = reduced(variant_of(network).spec, settings)
    analysis = analyse(spec)
    found = training(to_pytorch(spec, analysis, "a test's"), spec.input, plan(analysis), settings, Told())
    assert found.heads == (() if network == "tf-slim" else ("aux1", "aux2"))
    assert [row.step for row in found.rows] == [0, 1]
    assert found.rows[0].loss_with_aux == found.rows[0].loss_without_aux
    assert (found.rows[1].loss_with_aux == found.rows[1].loss_without_aux) == (network == "tf-slim")

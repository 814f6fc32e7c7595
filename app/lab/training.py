"""Training, small but real: one network learns to read digits twice, with and without its auxiliary heads' losses."""

from math import isfinite

import torch
from torch import Generator, Tensor
from torch.nn.functional import cross_entropy
from torch.optim import SGD, Adam, Optimizer

from app.lab.images import digits
from app.lab.module import load, threads
from app.lab.plan import Planned
from app.lab.runs import Report, Training, TrainingRow, TrainingSettings
from app.lab.weights import initialise
from app.network.record import record
from app.words import phrase

THREADS = 1
"""Sums then have one order, and a seed one result."""
HELD_OUT = 297
"""Of the 1,797 digits."""


@record
class Tested:
    """One side at one time."""

    loss: float | None
    accuracy: float
    batch_loss: float | None


class Learner:
    """One side: the network, and what it learns with."""

    def __init__(self, source: str, settings: TrainingSettings, helped: bool) -> None:
        torch.manual_seed(settings.seed)
        self._module = load(source, "cpu")
        initialise(self._module, settings.filled)
        self._optimiser = _optimiser(list(self._module.parameters()), settings)
        self._head_weight = settings.head_weight if helped else 0.0
        self._losses: list[float] = []

    def learn(self, images: Tensor, labels: Tensor, seed: int) -> None:
        """One step; the heads run on both sides, so that the dropout draws of a seed are the same."""
        torch.manual_seed(seed)
        outputs = self._module.train()(images)
        main, *heads = outputs if isinstance(outputs, tuple) else (outputs,)
        loss = whole = cross_entropy(main, labels)
        if self._head_weight:
            whole = loss + self._head_weight * sum(cross_entropy(head, labels) for head in heads)
        self._optimiser.zero_grad()
        whole.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        self._losses.append(float(loss.detach()))

    def test(self, images: Tensor, labels: Tensor) -> Tested:
        """Loss and accuracy on images that it does not learn from, and the mean loss of the batches since last time."""
        with torch.inference_mode():
            logits = self._module.eval()(images)
        seen, self._losses = self._losses, []
        return Tested(
            _finite(float(cross_entropy(logits, labels))),
            float((logits.argmax(1) == labels).float().mean()),
            _finite(sum(seen) / len(seen)) if seen else None,
        )


def training(
    source: str, shape: tuple[int, ...], layers: tuple[Planned, ...], settings: TrainingSettings, report: Report
) -> Training:
    """Trains the network twice from the same weights, on the same batches, with the same dropout draws.

    Args:
        source: what `app.render.pytorch` prints for the reduced network, ten classes, the auxiliary heads in it.
        shape: channels, height, width of its image.
        layers: all of its layers, in order.
        settings: how to train.
        report: called after each step, with what is known so far.
    """
    rows: list[TrainingRow] = []
    with threads(THREADS), torch.random.fork_rng(devices=[]):
        draws = Generator().manual_seed(settings.seed)
        images, labels = digits(shape)
        order = torch.randperm(len(images), generator=draws)
        test, learn = order[:HELD_OUT], order[HELD_OUT:]
        helped, alone = (Learner(source, settings, helped) for helped in (True, False))
        for step in range(settings.steps + 1):
            if step:
                batch = learn[torch.randint(len(learn), (settings.batch,), generator=draws)]
                seed = int(torch.randint(2**31, (), generator=draws))
                for side in (helped, alone):
                    side.learn(images[batch], labels[batch], seed)
            if step % settings.every == 0 or step == settings.steps:
                rows.append(_row(step, *(side.test(images[test], labels[test]) for side in (helped, alone))))
            says = phrase("step {at} of {count}", at=step, count=settings.steps)
            report(step / settings.steps, says, _known(rows, layers, len(learn), settings))
    return _known(rows, layers, len(learn), settings)


def _optimiser(parameters: list[Tensor], settings: TrainingSettings) -> Optimizer:
    if settings.optimiser == "adam":
        return Adam(parameters, settings.learning_rate)
    return SGD(parameters, settings.learning_rate, momentum=0.9)


def _row(step: int, helped: Tested, alone: Tested) -> TrainingRow:
    return TrainingRow(
        step=step,
        loss_with_aux=helped.loss,
        loss_without_aux=alone.loss,
        accuracy_with_aux=helped.accuracy,
        accuracy_without_aux=alone.accuracy,
        batch_loss_with_aux=helped.batch_loss,
        batch_loss_without_aux=alone.batch_loss,
    )


def _known(rows: list[TrainingRow], layers: tuple[Planned, ...], images: int, settings: TrainingSettings) -> Training:
    return Training(
        rows=tuple(rows),
        heads=tuple(sorted({head for layer in layers for head in layer.heads})),
        images=images,
        held_out=HELD_OUT,
        settings=settings.filled,
        threads=THREADS,
        torch_version=torch.__version__,
    )


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None

"""The toy chain against autograd, against the figures computed for the story, and against the real network's depths."""

import pytest

from app.network.toy_chain import HEADS, LAYERS, gain, gradient, output
from tests.examples import layers_of

torch = pytest.importorskip("torch")


def autograd(weight: float, head_weight: float) -> list[float]:
    """Derivatives of the loss by the output of layer 0 (the input), 1, …, 22: the chain built and run backward."""
    x = torch.ones((), dtype=torch.float64, requires_grad=True)
    outputs = [x]
    loss = 0.0
    for layer in range(1, 23):
        outputs.append(outputs[-1] * weight)
        if layer in (9, 15):
            head = outputs[-1]
            for _ in range(3):
                head = head * weight
            loss = loss + head_weight * head
    return [float(each) for each in torch.autograd.grad(loss + outputs[-1], outputs)]


@pytest.mark.parametrize("weight", [0.25, 0.5, 0.9, 1.0, 1.1, 1.5, -0.7])
@pytest.mark.parametrize("head_weight", [0.0, 0.3, 1.0])
def test_every_gradient_is_torchs(weight: float, head_weight: float) -> None:
    theirs = autograd(weight, head_weight)
    assert [gradient(weight, layer, head_weight) for layer in range(23)] == pytest.approx(theirs, rel=1e-12)
    alone = autograd(weight, 0.0)
    gains = [helped / own for helped, own in zip(theirs, alone, strict=True)]
    assert [gain(weight, layer, head_weight) for layer in range(23)] == pytest.approx(gains, rel=1e-12)


def test_the_figures_of_the_story() -> None:
    assert [output(w) for w in (0.5, 0.9, 1.1, 1.5)] == pytest.approx([2.4e-7, 0.098, 8.1, 7482], rel=0.01)
    assert output(0.25) == pytest.approx(5.7e-14, rel=0.01)
    assert gain(0.5, 1, 0.3) == pytest.approx(313, rel=1e-12)
    assert [gain(w, 1, 0.3) for w in (0.9, 1, 1.1)] == pytest.approx([2.32, 1.6, 1.32], abs=0.005)


def test_the_depths_are_those_of_the_network() -> None:
    depth = {"input": 0}
    for path, layer in layers_of(query="aux=on").items():
        depth[path] = max(depth[source] for source in layer.node.inputs) + (layer.params > 0)
    assert depth["head.linear"] == LAYERS
    assert (
        (depth["inception_4a.concat"], depth["aux1.linear"]),
        (depth["inception_4d.concat"], depth["aux2.linear"]),
    ) == HEADS

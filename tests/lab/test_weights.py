"""How networks begin: the published variances, and the biases."""

from math import sqrt

import pytest
import torch
from torch import Tensor, nn

from app.lab.runs import GradientSettings
from app.lab.weights import initialise


def drawn(initialisation: str) -> Tensor:
    """The weights of a convolution with 200 inputs and 800 outputs for each weight, as the lab draws them."""
    torch.manual_seed(0)
    layer = nn.Conv2d(8, 32, 5)
    initialise(layer, GradientSettings.model_validate({"initialisation": initialisation}).filled)
    return layer.weight.detach()


@pytest.mark.parametrize(
    ("initialisation", "variance", "uniform"),
    [("gaussian", 1e-4, False), ("xavier", 1 / 200, True), ("glorot", 2 / 1000, True), ("he", 2 / 200, False)],
)
def test_weights_have_the_published_variance(initialisation: str, variance: float, uniform: bool) -> None:
    weights = drawn(initialisation)
    assert float(weights.var()) == pytest.approx(variance, rel=0.05)
    assert (float(weights.abs().max()) <= sqrt(3 * variance)) == uniform


def test_biases_of_convolutions_are_chosen_and_others_are_0() -> None:
    biased, bare, norm, linear = nn.Conv2d(1, 2, 1), nn.Conv2d(2, 2, 1, bias=False), nn.BatchNorm2d(2), nn.Linear(2, 3)
    initialise(nn.Sequential(biased, bare, norm, linear), GradientSettings(conv_bias=-0.5))
    assert biased.bias is not None
    assert biased.bias.tolist() == [-0.5, -0.5]
    assert bare.bias is None
    assert norm.weight.tolist() == [1, 1]
    assert linear.bias.tolist() == [0, 0, 0]

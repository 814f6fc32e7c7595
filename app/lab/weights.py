"""How a network begins: one rule for all of its weights, one number for the biases of its convolutions."""

from math import sqrt

from torch import nn

from app.lab.runs import Start


def initialise(module: nn.Module, start: Start) -> None:
    """Draws the weights of every convolution and fully connected layer; batch norm keeps γ = 1 and β = 0.

    `start` has its bias filled in.

    Sources: Caffe's `gaussian` and `xavier` fillers; Glorot & Bengio 2010; He et al. 2015, equation 10.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            _draw(layer, start)
            if layer.bias is not None:
                nn.init.constant_(layer.bias, start.conv_bias or 0 if isinstance(layer, nn.Conv2d) else 0)


def _draw(layer: nn.Conv2d | nn.Linear, start: Start) -> None:
    match start.initialisation:
        case "gaussian":
            nn.init.normal_(layer.weight, std=0.01)
        case "xavier":
            most = sqrt(3 / layer.weight[0].numel())
            nn.init.uniform_(layer.weight, -most, most)
        case "glorot":
            nn.init.xavier_uniform_(layer.weight)
        case "he":
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

"""The vanishing gradient in its simplest form: a chain of scalar layers y = w·x, with GoogLeNet's depths.

Every gradient is a power of w, so all of it can be checked by hand.
"""

LAYERS = 22
"""Layers with parameters between GoogLeNet's input and its logits (arXiv 1409.4842, §5)."""
HEADS = ((9, 12), (15, 18))
"""Where each auxiliary head leaves the chain, and how many layers lie between the input and its own logits: after 4a
and 4d, three layers each."""


def output(weight: float, layers: int = LAYERS) -> float:
    """What the chain makes of 1: wⁿ. With w = ¼, the steepest slope of a sigmoid, it bounds a chain of sigmoids."""
    return weight**layers


def gradient(weight: float, layer: int, head_weight: float = 0.0) -> float:
    """Derivative of the loss by the output of a layer: w^(22 − k) + Σ h·w^(m − k) over the heads that read it.

    Args:
        weight: w of every layer.
        layer: k, from 0 (the input) to 22.
        head_weight: h, the weight of each head's loss in the whole; the losses are the logits themselves.
    """
    heads = sum(output(weight, end - layer) for start, end in HEADS if start >= layer)
    return output(weight, LAYERS - layer) + head_weight * heads


def gain(weight: float, layer: int, head_weight: float) -> float:
    """The gradient with the heads over the one without: 1 + Σ h·w^(m − 22), so a head gives what the chain took.

    Raises:
        ZeroDivisionError: w is 0, where no gradient is left to compare with.
    """
    return 1 + head_weight * sum(output(weight, end - LAYERS) for start, end in HEADS if start >= layer)

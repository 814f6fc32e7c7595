"""The ways through the published network: how deep they are, and how much of the image they see."""

from collections import Counter
from functools import cache

from app.network import laws
from app.network.graph import INPUT
from app.network.ops import Conv, Linear
from app.render.story.paper import published


@cache
def paths() -> Counter[int]:
    """How many ways lead from the image to the logits, by the layers with parameters on them."""
    _, analysis = published()
    ways = {INPUT: Counter({0: 1})}
    for layer in analysis.layers:
        here: Counter[int] = Counter()
        for source in layer.node.inputs:
            for depth, count in ways[source].items():
                here[depth + isinstance(layer.node.op, Conv | Linear)] += count
        ways[layer.node.path] = here
    return ways[analysis.layers[-1].node.path]


@cache
def narrow() -> int:
    """Receptive field of 5b through its 1×1 branches alone, pixels."""
    size, jump = 1, 1
    for layer in published()[1].layers:
        kernel, stride = layer.place.kernel, getattr(layer.node.op, "stride", None)
        if layer.node.branch in (None, "one") and kernel and stride and layer.node.path != "head.pool":
            size, jump = laws.field_size(size, jump, kernel[0]), jump * stride[0]
    return size


def wide() -> int:
    """Receptive field of 5b through its widest branches, pixels."""
    return next(each for each in published()[1].layers if each.node.path == "inception_5b.concat").place.field.size[0]

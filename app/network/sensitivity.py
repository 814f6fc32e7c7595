"""Where width is cheap: what one more channel costs in each column of each module."""

import numpy as np

from app.network.record import record
from app.network.space import walk
from app.network.spec import COLUMNS, Spec, column_keys


@record
class Price:
    """What one more channel costs, the rest of the variant staying as it is."""

    module: str
    """Name, as `4e`."""
    column: str
    """As in an address: `1x1`, `3x3_reduce`, `3x3`, `5x5_reduce`, `5x5` or `pool_proj`."""
    params: int
    """How many parameters more."""
    macs: int
    """How many multiply-adds more."""


def sensitivity(spec: Spec, most: int) -> tuple[Price, ...]:
    """The exact differences to the variants with one column one wider.

    Args:
        spec: a variant.
        most: the most channels that a column may have.

    Returns:
        A price for every column above 0 and below its limit, in the order of the modules and of Table 1.

    Raises:
        SizeVanishes: a layer would have no output.
    """
    columns = [
        (module.name, column, key)
        for module in spec.modules
        for column, key, width in zip(COLUMNS, column_keys(module.name), module.widths, strict=True)
        if 0 < width < most
    ]
    numbers = dict(spec.numbers)
    now = walk(spec, spec.input, numbers, memory_too=False)
    # one variant beside the other, each with its column one wider; no total doubles, so 64 bits hold them
    wider: dict[str, object] = {
        key: numbers[key] + (np.arange(len(columns)) == at) for at, (_, _, key) in enumerate(columns)
    }
    then = walk(spec, spec.input, {**numbers, **wider}, memory_too=False)
    costs = [np.broadcast_to(b - a, len(columns)).tolist() for a, b in zip(now[:2], then[:2], strict=True)]
    return tuple(
        Price(module, column, params, macs) for (module, column, _), params, macs in zip(columns, *costs, strict=True)
    )

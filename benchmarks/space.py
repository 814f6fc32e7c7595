"""A grid of variants, counted by us and by a closed form written by hand, in one run on one thread: `make bench`.

The closed form knows nothing but GoogLeNet: 57 convolutions and a linear layer, each a line of arithmetic on NumPy
arrays. It is given the grid in two ways: a number a point for each column that varies, as a script would, and each
column along its own axis, as we do it. Read the ratios, machines differ.
"""

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from app.network.catalog import NETWORKS
from app.network.space import Axis, Grid
from app.render.sweep import AT_ONCE, to_csv, to_json

PAPER = NETWORKS["googlenet"]
VARIED = ("3a.3x3", "4b.5x5", "4e.3x3_reduce", "5b.1x1")
"""Columns of four modules, far from each other and not."""
ROUNDS = 7


def closed_form(columns: dict[str, Any]) -> tuple[Any, Any]:
    """Parameters and multiply-adds of GoogLeNet at 224 × 224, the given columns in place of the paper's."""
    params: Any = 0
    macs: Any = 0

    def conv(kernel: int, channels: Any, out: Any, side: int) -> None:
        nonlocal params, macs
        weights = kernel * kernel * channels * out
        params = params + weights + out
        macs = macs + weights * side * side

    conv(7, 3, 64, 112)
    conv(1, 64, 64, 56)
    conv(3, 64, 192, 56)
    into: Any = 192
    for row in PAPER.spec.modules:
        side = {"3": 28, "4": 14, "5": 7}[row.name[0]]
        names = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj")
        one, reduce3, three, reduce5, five, proj = (
            columns.get(f"{row.name}.{name}", width) for name, width in zip(names, row.widths, strict=True)
        )
        conv(1, into, one, side)
        conv(1, into, reduce3, side)
        conv(3, reduce3, three, side)
        conv(1, into, reduce5, side)
        conv(5, reduce5, five, side)
        conv(1, into, proj, side)
        into = one + three + five + proj
    return params + into * 1000 + 1000, macs + into * 1000


def grid(points: int) -> Grid:
    """Of four columns, as many values each as make that many points."""
    longer = round(np.log10(points)) - 4
    lengths = [10 ** (1 + (at < longer)) for at in range(4)]
    axes = [Axis(key, 8, 1, length, Fraction(0), Fraction(4096)) for key, length in zip(VARIED, lengths, strict=True)]
    return Grid(PAPER, {}, axes)


def by_hand(made: Grid, flat: bool) -> None:
    """The closed form over a grid, in the same parts as ours."""
    for box in made.boxes(AT_ONCE):
        columns = [axis.values(part, at, 4) for at, (axis, part) in enumerate(zip(made.axes, box, strict=True))]
        shape = tuple(part.stop - part.start for part in box)
        if flat:
            columns = [np.broadcast_to(column, shape).ravel() for column in columns]
        for total in closed_form(dict(zip(VARIED, columns, strict=True))):
            if not flat:
                np.ascontiguousarray(np.broadcast_to(total, shape))


def ours(made: Grid, memory_too: bool) -> None:
    for box in made.boxes(AT_ONCE):
        made.count(box, memory_too)


def text(pieces: Any) -> None:
    for _ in pieces:
        pass


def main() -> None:
    """Measures and prints the table."""
    check()
    million = grid(10**6)
    runs: dict[str, Callable[[], None]] = {
        "by hand, a number a point for each column": lambda: by_hand(million, True),
        "by hand, each column along its own axis": lambda: by_hand(million, False),
        "ours, parameters and multiply-adds": lambda: ours(million, False),
        "ours, activations and their peak too": lambda: ours(million, True),
        "ours, all four written as CSV": lambda: text(to_csv(million)),
        "ours, all four written as JSON": lambda: text(to_json(million, "")),
    }
    medians = measure(runs)
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, one thread; medians of {ROUNDS} rounds in turn")
    print(f"{'10^6 points':48}{'million points/s':>18}{'rate to the first':>20}")
    first = next(iter(medians.values()))
    for name, seconds in medians.items():
        print(f"{name:48}{1 / seconds:18.1f}{first / seconds:19.2f}×")
    sizes = {f"10^{power}": grid(10**power) for power in (4, 5, 6, 7)}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ways: dict[str, Callable[[Grid], None]] = {
        "by hand": partial(by_hand, flat=True),
        "ours": partial(ours, memory_too=False),
        "ours, with the peak": partial(ours, memory_too=True),
    }
    for said, run in ways.items():
        found = measure({name: partial(run, made) for name, made in sizes.items()})
        rates = ", ".join(f"{name} {sizes[name].points / seconds / 1e6:.1f}" for name, seconds in found.items())
        print(f"million points/s {said}: {rates}")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"peak memory grew by {grown / 1024:.0f} MB meanwhile")


def check() -> None:
    """The closed form and ours give the same numbers."""
    made = grid(10**4)
    box = next(made.boxes(10**4))
    values = [axis.values(part, at, 4) for at, (axis, part) in enumerate(zip(made.axes, box, strict=True))]
    for mine, theirs in zip(
        made.count(box, False).sums, closed_form(dict(zip(VARIED, values, strict=True))), strict=True
    ):
        assert np.array_equal(mine, np.broadcast_to(theirs, mine.shape))


def measure(runs: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Medians, in seconds; in turn, so that a machine that slows down slows all of them; the first round warms up."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for round_ in range(ROUNDS + 1):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            if round_:
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(found) for name, found in times.items()}


if __name__ == "__main__":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    main()

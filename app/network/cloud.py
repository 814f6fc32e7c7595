"""A grid of variants seen from two quantities: those that no other beats, and how many lie where.

Both are counted piece by piece, so that no grid has to be whole in memory: a step yields what is done, 0 to 1, and
gives those who wait time to stop.
"""

from collections.abc import Generator, Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.network.record import record
from app.network.space import Bounds, Grid, Sums, within

T = TypeVar("T")
AT_ONCE = 1 << 17
"""Points that are counted together."""
Integers = NDArray[np.int64]


@record
class Goal:
    """A quantity, and which end of it is wanted."""

    quantity: str
    """As `Sums` names it."""
    less: bool
    """Whether less of it is wanted, rather than more."""

    @property
    def at(self) -> int:
        """Its place in `Sums`."""
        return Sums._fields.index(self.quantity)


View = tuple[Goal, Goal]
"""What is drawn across, and what upwards."""
Steps = Generator[float, None, T]
"""Work that says what is done of it, 0 to 1, and ends with its result."""


@record
class Survey:
    """All variants of a grid, from far away."""

    possible: int
    """How many there are."""
    ranges: tuple[tuple[int, int], tuple[int, int]]
    """The least and the most of each quantity of the view; 0 where there is no variant."""
    front: Integers
    """Those that no other beats, as positions in the grid, its last axis first; from the best across to the best up."""
    totals: Integers
    """Theirs: by quantity, in the order of `Sums`, then as `front`."""


@record
class Density:
    """How many variants lie in each cell of a view: rows upwards, then columns across."""

    within: Integers
    """Those within all bounds."""
    beyond: Integers
    """The others."""
    chosen: int
    """How many lie in the box that was asked for; 0 without one."""


def front(costs: Integers) -> NDArray[np.intp]:
    """The points that no other beats: none has at most as much of both costs, and less of one.

    Sorting is most of it: n log n steps for n points.

    Args:
        costs: two rows, a column for each point.

    Returns:
        Their columns, by the first cost ascending, and so by the second descending; of equal points the first.
    """
    order = np.lexsort((costs[1], costs[0]))
    second = costs[1, order]
    kept = np.ones(len(order), bool)
    kept[1:] = second[1:] < np.minimum.accumulate(second)[:-1]
    return order[kept]


def survey(grid: Grid, view: View) -> Steps[Survey]:
    """How many variants there are, how far they reach, and which of them no other beats."""
    signs = np.array([[1 if goal.less else -1] for goal in view])
    rows = [goal.at for goal in view]
    possible, costs = 0, np.empty((2, 0), np.int64)
    points, totals = np.empty(0, np.int64), np.empty((_quantities(view, *grid.bounds), 0), np.int64)
    least, most = np.zeros((2, 1), np.int64), np.zeros((2, 1), np.int64)
    steps = _counted(grid, view, *grid.bounds)
    for share, start, fits, sums in steps:
        yield share
        if fits is None or not fits.any():
            continue
        here = np.flatnonzero(fits)
        mine = sums[rows] if len(here) == len(fits) else sums[rows][:, here]
        low, high = mine.min(axis=1, keepdims=True), mine.max(axis=1, keepdims=True)
        least, most = (np.minimum(least, low), np.maximum(most, high)) if possible else (low, high)
        possible += len(here)
        mine *= signs
        hopeful = np.flatnonzero(~_beaten(mine, costs))
        hopeful = hopeful[front(mine[:, hopeful])]
        costs = np.hstack((costs, mine[:, hopeful]))
        points = np.hstack((points, start + here[hopeful]))
        totals = np.hstack((totals, sums[:, here[hopeful]]))
        kept = front(costs)
        costs, points, totals = costs[:, kept], points[kept], totals[:, kept]
    across, up = ((int(a), int(b)) for a, b in zip(least[:, 0], most[:, 0], strict=True))
    return Survey(possible, (across, up), points, totals)


def _beaten(costs: Integers, known: Integers) -> NDArray[np.bool_]:
    """Which points a front that is known already beats or has."""
    if not known.size:
        return np.zeros(costs.shape[1], bool)
    # of those that cost no more across, the last costs least upwards
    at = np.searchsorted(known[0], costs[0], side="right") - 1
    beaten: NDArray[np.bool_] = (at >= 0) & (known[1, at] <= costs[1])
    return beaten


def density(
    grid: Grid, view: View, ranges: tuple[tuple[int, int], ...], cells: tuple[int, int], bounds: Bounds, box: Bounds
) -> Steps[Density]:
    """How many variants lie where.

    Args:
        grid: the variants.
        view: the quantities across and upwards.
        ranges: the least and the most of each that is looked at; all variants lie between them.
        cells: how many there are across and upwards.
        bounds: those within are counted apart from those beyond.
        box: of those within it only their number is asked for.
    """
    columns, rows = cells
    found = np.zeros(2 * rows * columns, np.int64)
    chosen = 0
    for share, _, fits, sums in _counted(grid, view, *bounds, *box):
        yield share
        if fits is None:
            continue
        x, y = (_cell(sums[goal.at], *reach, many) for goal, reach, many in zip(view, ranges, cells, strict=True))
        cell = (~within(sums, bounds) * rows + y) * columns + x
        found += np.bincount(cell[fits], minlength=found.size)
        chosen += int((within(sums, box) & fits).sum()) if box else 0
    inside, outside = found.reshape(2, rows, columns)
    return Density(inside, outside, chosen)


def nearest(grid: Grid, view: View, ranges: tuple[tuple[int, int], ...], point: tuple[int, int]) -> Steps[int | None]:
    """The position of the variant that lies nearest to a point of the view; None where there is none."""
    found, least = None, np.inf
    for share, start, fits, sums in _counted(grid, view):
        yield share
        if fits is None or not fits.any():
            continue
        away = np.zeros(len(fits))
        for goal, (low, high), where in zip(view, ranges, point, strict=True):
            away += ((sums[goal.at] - where) / (high - low + 1)) ** 2
        away[~fits] = np.inf
        here = int(away.argmin())
        if away[here] < least:
            found, least = start + here, away[here]
    return found


def _cell(values: Integers, least: int, most: int, many: int) -> Integers:
    """Which of so many cells of equal size a value lies in; exact, as long as no flops reach 2^53."""
    cells: Integers = (values - least) * many // (most - least + 1)
    return cells


def _quantities(view: View, *others: str) -> int:
    """How many quantities must be counted: activations and their peak cost three times as much."""
    return 4 if {*others, *(goal.quantity for goal in view)} & set(Sums._fields[2:]) else 2


def _counted(grid: Grid, view: View, *others: str) -> Iterator[tuple[float, int, NDArray[np.bool_] | None, Integers]]:
    """What is done, where a part begins, which of its points are variants (None while it is on its way), its totals."""
    quantities, start = _quantities(view, *others), 0
    for part in grid.parts(AT_ONCE, memory_too=quantities == 4):
        if part.counted is None:
            yield part.share, start, None, np.empty((quantities, 0), np.int64)
        else:
            possible = part.counted.possible.reshape(-1)
            yield part.share, start, possible, part.counted.sums.reshape(quantities, -1)
            start += len(possible)


def finished(steps: Steps[T]) -> T:
    """The result of all steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: T = end.value
            return found

"""A grid from far away, against every point of it taken one by one."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.network.cloud import Goal, density, finished, front, survey
from app.network.space import Axis, Grid, Sums
from tests.network.test_space import axis, grid

SMALL = st.integers(-4, 4)
"""So few values that many are equal."""
COST = st.one_of(SMALL, st.integers(-(2**53), 2**53))
QUANTITIES = st.permutations(Sums._fields)
GRIDS: tuple[tuple[str, list[Axis]], ...] = (
    ("", []),
    ("4e=off", [axis("width", 20, 9, 12)]),
    ("5b.1x1=0", [axis("4e.5x5", 0, 24, 4), axis("input", 20, 50, 4), axis("3a.3x3", 64, 64, 5)]),
    ("", [axis("5a.3x3", 64, 64, 6), axis("3b.5x5", 16, 40, 5), axis("width", 50, 50, 3)]),
    ("", [axis("input", 1, 5, 3)]),
)
"""Some have no variant at all, some only here and there."""


def beats(one: Sequence[int], other: Sequence[int]) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True)) and one != other


@given(st.lists(st.tuples(COST, COST), max_size=60))
def test_the_front_is_what_no_other_point_beats(costs: list[tuple[int, int]]) -> None:
    kept = front(np.array(costs, np.int64).reshape(-1, 2).T).tolist()
    unbeaten = {each for each in costs if not any(beats(other, each) for other in costs)}
    assert [costs[at] for at in kept] == sorted(unbeaten)
    assert all(at == costs.index(costs[at]) for at in kept)


def points(made: Grid) -> list[tuple[int, list[int]]]:
    """Positions and totals of all variants."""
    [box] = made.boxes(10**6)
    counted = made.count(box)
    totals = counted.sums.reshape(4, -1).T.tolist()
    return [(int(at), totals[at]) for at in np.flatnonzero(counted.possible)]


@pytest.mark.parametrize(("state", "axes"), GRIDS)
@pytest.mark.parametrize("at_once", [7, 1 << 17])
@given(QUANTITIES, st.booleans(), st.booleans(), st.data())
def test_a_survey_and_a_density_count_every_point_once(
    state: str, axes: list[Axis], at_once: int, names: list[str], less: bool, fewer: bool, data: st.DataObject
) -> None:
    made = grid("googlenet", state, axes)
    view = (Goal(names[0], less), Goal(names[1], fewer))
    every = points(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.network.cloud.AT_ONCE", at_once)
        found = finished(survey(made, view))
        x, y = ([total[goal.at] for _, total in every] for goal in view)
        assert found.possible == len(every)
        assert found.ranges == tuple((min(each, default=0), max(each, default=0)) for each in (x, y))
        costs = [tuple(total[goal.at] * (1 if goal.less else -1) for goal in view) for _, total in every]
        unbeaten = {each for each in costs if not any(beats(other, each) for other in costs)}
        assert found.front.tolist() == [every[costs.index(each)][0] for each in sorted(unbeaten)]
        by_position = dict(every)
        assert [by_position[at][: len(found.totals)] for at in found.front.tolist()] == found.totals.T.tolist()
        bounds = {
            name: (0, data.draw(st.integers(0, max(column, default=9))))
            for name, column in zip(names, (x, y), strict=False)
        }
        low = data.draw(st.integers(0, max(y, default=9)))
        box = {names[1]: (low, low * 2)}
        drawn = finished(density(made, view, found.ranges, (5, 3), bounds, box))
    cells = np.zeros((2, 3, 5), int)
    for across, up in zip(x, y, strict=True):
        (least, most), (lowest, highest) = found.ranges
        beyond = across > bounds[names[0]][1] or up > bounds[names[1]][1]
        cells[int(beyond), (up - lowest) * 3 // (highest - lowest + 1), (across - least) * 5 // (most - least + 1)] += 1
    assert np.array_equal([drawn.within, drawn.beyond], cells)
    assert drawn.chosen == sum(low <= each <= low * 2 for each in y)


def test_the_example_of_the_page_is_that_of_its_picture() -> None:
    """look/11-space.png, whose numbers are of a script of its own."""
    starts = {"3b.3x3": (64, 40, 9), "4b.3x3": (96, 80, 5), "4e.3x3": (128, 64, 7), "4e.5x5": (32, 40, 5)}
    late = {"5a.3x3": (128, 64, 9), "5b.3x3": (128, 64, 9)}
    axes = [axis("width", 60, 10, 7), *[axis(key, *each) for key, each in (starts | late).items()]]
    made = grid("googlenet", "", axes)
    view = (Goal("macs", True), Goal("params", False))
    found = finished(survey(made, view))
    bounds = {"macs": (0, 1_200_000_000), "params": (0, 6_500_000)}
    assert found.possible == 893_025
    assert finished(density(made, view, found.ranges, (144, 120), bounds, {})).within.sum() == 352_661
    params, macs = found.totals
    best = np.flatnonzero((params <= 6_500_000) & (macs <= 1_200_000_000))[-1]
    assert (f"{params[best] / 1e6:.2f}", f"{macs[best] / 1e9:.2f}") == ("6.47", "1.09")
    at = np.unravel_index(found.front[best], made.shape)
    texts = [each.text(int(index)) for each, index in zip(made.axes, at, strict=True)]
    assert texts == ["0.8", "64", "176", "512", "152", "640", "640"]


def test_a_grid_within_bounds_leaves_out_what_lies_beyond() -> None:
    whole = grid("googlenet", "", [axis("width", 20, 5, 30)])
    bounds = {"macs": (400_000_000, 900_000_000), "peak_activations": (0, 1_000_000)}
    some = Grid(whole.network, whole.choices, whole.axes, bounds)
    kept = [each for each in points(whole) if 4e8 <= each[1][1] <= 9e8 and each[1][3] <= 10**6]
    assert 0 < len(kept) < len(points(whole))
    assert points(some) == kept

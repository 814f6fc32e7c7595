"""Charts drawn by the server: scales, ticks, and stacks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.render.story.chart import corners, decades, power, round_ticks, stacked, tens, ticks, x_scale, y_scale

positive = st.floats(1e-6, 1e12)


@given(positive, st.integers(2, 8))
def test_ticks_are_round_and_reach_beyond_the_most(most: float, about: int) -> None:
    found = round_ticks(most, about)
    assert found[0] == 0
    assert found[-1] >= most * 0.999999
    assert found[-2] < most
    step = found[1]
    assert f"{step:e}"[0] in "125"
    assert 2 <= len(found) <= about + 2


def test_a_scale_runs_from_end_to_end_and_holds_what_lies_beyond() -> None:
    x, y = x_scale(0, 200), y_scale(1, 1e6, 300, log=True)
    assert [x(value) for value in (-5, 0, 50, 200, 300)] == [0, 0, 25, 100, 100]
    assert [y(value) for value in (0, 1, 1e3, 1e6, 1e9)] == [300, 300, 150, 0, 0]
    assert corners(x, y, [(0, 1), (200, 1e3)]) == "0.0,300.0 1000.0,150.0"


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=5))
def test_a_stack_leaves_no_gap(values: list[int]) -> None:
    y = y_scale(0, 5000, 200)
    bars = stacked(1, 2, y, values)
    floor = 200.0
    for bar, value in zip(bars, values, strict=True):
        assert bar.y + bar.height == pytest.approx(floor, abs=0.02)
        assert bar.height == pytest.approx(value * 200 / 5000, abs=0.02)
        floor = bar.y


def test_ticks_have_no_useless_decimals() -> None:
    assert [tick.text.replace("\u202f", " ") for tick in ticks(y_scale(0, 2e8, 9), [0, 5e7, 1.5e8, 2500])] == [
        "0", "50 M", "150 M", "2.50 K",
    ]  # fmt: skip
    assert decades(1e-7, 10) == (1e-6, 1e-4, 1e-2, 1.0)
    assert decades(1, 1000) == (1, 10, 100, 1000)


def test_numbers_are_written_with_two_or_three_digits() -> None:
    values = (0.5**22, 0.9**22, 1.1**22, 1.5**22, 0.25**22, 0, 1, 313, 0.0004, 2e6)
    assert [power(value) for value in values] == [
        "2.4 · 10⁻⁷", "0.098", "8.1", "7,482", "5.7 · 10⁻¹⁴", "0", "1", "313", "4.0 · 10⁻⁴", "2.0 · 10⁶",
    ]  # fmt: skip


@given(positive, positive)
def test_powers_of_ten_enclose_what_they_are_for(one: float, other: float) -> None:
    least, most = sorted((one, other))
    found = tens(least, most)
    assert found[0][0] <= least * 1.0001
    assert found[-1][0] >= most * 0.9999
    assert 2 <= len(found) <= 9
    assert len({later[0] / former[0] for former, later in pairwise(found)}) <= 2

"""Grids against one-by-one analyses of the same variants, each asked for by its own address."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from app.errors import BadInput
from app.network.analysis import analyse
from app.network.catalog import NETWORKS
from app.network.space import Axis, Grid
from app.network.spec import COLUMNS
from app.web.address import STATE_KEYS, Limits, parse_value, read_query
from app.web.described import describe
from tests.examples import variant_of
from tests.strategies import OWN, SIDES, query, states


def axis(key: str, start: int, step: int, length: int) -> Axis:
    """As the door makes it, `width` in hundredths."""
    ends: dict[str, tuple[Fraction | int, int]] = {
        "width": (Fraction(1, 4), 4),
        "input": (1, 2048),
        "classes": (1, 100_000),
    }
    least, most = ends.get(key, (0, 4096))
    return Axis(key, start, step, length, Fraction(least), Fraction(most), 2 if key == "width" else 0)


def grid(network: str, address: str, axes: Sequence[Axis]) -> Grid:
    values = read_query(address, STATE_KEYS)
    return Grid(NETWORKS[network], {key: parse_value(key, value, Limits()) for key, value in values.items()}, axes)


def one_by_one(network: str, address: str, point: dict[str, str]) -> list[int] | None:
    """What the analysis of one variant says, None where there is none."""
    try:
        totals = describe(variant_of(network, "&".join(filter(None, (address, query(point))))), "").analysis.totals
    except BadInput:
        return None
    return [totals.params, totals.macs, totals.activations, totals.peak_activations]


def check(network: str, address: str, axes: Sequence[Axis], most: int) -> None:
    """Every point of the grid in every part of it."""
    made = grid(network, address, axes)
    points = iter(product(*[range(each.length) for each in axes]))
    for box in made.boxes(most):
        counted = made.count(box)
        rough = made.count(box, memory_too=False)
        assert np.array_equal(rough.possible, counted.possible)
        assert np.array_equal(rough.sums, counted.sums[:2])
        assert counted.possible.size <= most
        for possible, sums in zip(counted.possible.reshape(-1), counted.sums.reshape(4, -1).T.tolist(), strict=True):
            at = next(points)
            point = {each.key: each.text(index) for each, index in zip(axes, at, strict=True)}
            said = one_by_one(network, address, point)
            assert (sums if possible else None) == said, (network, address, point)
    assert next(points, None) is None


KEYS = st.one_of(
    st.sampled_from(("width", "input", "classes")),
    st.tuples(st.sampled_from(OWN), st.sampled_from(COLUMNS)).map(".".join),
)


@st.composite
def grids(draw: DrawFn) -> tuple[str, str, list[Axis]]:
    """A network, a state of it, and up to three axes that may stand beside that state."""
    network = draw(st.sampled_from(tuple(NETWORKS)))
    state = draw(states(network))
    taken = {key[:2] for key in state if "." not in key} | set(state)
    axes = []
    for key in draw(st.lists(KEYS, max_size=3, unique=True)):
        if key in state or key[:2] in taken & set(OWN):
            continue
        length = draw(st.integers(1, 3))
        start = {
            "width": st.integers(1, 420), "input": st.one_of(st.integers(1, 70), SIDES), "classes": st.integers(0, 2000)
        }.get(key, st.integers(0, 200))  # fmt: skip
        axes.append(axis(key, draw(start), draw(st.integers(1, 100)), length))
    return network, query(state), axes


@given(grids(), st.integers(1, 30))
def test_any_point_equals_the_analysis_of_that_variant(drawn: tuple[str, str, list[Axis]], most: int) -> None:
    network, address, axes = drawn
    try:
        check(network, address, axes, most)
    except BadInput:  # all points share their layers, and there is no such network
        first = {each.key: each.text(0) for each in axes}
        assert one_by_one(network, address, first) is None


@pytest.mark.parametrize(
    ("address", "axes"),
    [
        ("", [axis("4e.5x5", 0, 64, 3), axis("4e.5x5_reduce", 0, 32, 2), axis("width", 25, 75, 3)]),
        ("modules=naive", [axis("3a.pool_proj", 0, 32, 2), axis("3b.3x3_reduce", 0, 1, 3), axis("3b.3x3", 0, 9, 2)]),
        ("4e=off&aux=on", [axis("input", 10, 25, 5), axis("width", 0, 10, 5)]),
        ("head=flatten", [axis("input", 200, 24, 3), axis("classes", 0, 50_000, 4)]),
        ("3a.3x3=0", [axis("3a.3x3_reduce", 0, 96, 2)]),
        ("4e.5x5=128", [axis("width", 100, 1, 3)]),
    ],
)
def test_columns_that_vanish_and_inputs_that_are_too_small_are_no_points(address: str, axes: list[Axis]) -> None:
    check("googlenet", address, axes, 7)


VAST = "&".join(f"{stage}{letter}=naive:4096,4096,4096" for stage in "34" for letter in "abcdefghij")


def test_where_flops_reach_2_to_the_53_there_are_no_variants() -> None:
    axes = [axis("5b.1x1", 0, 2048, 3), axis("input", 48, 500, 5), axis("classes", 1, 49_999, 3)]
    check("googlenet", VAST, axes, 1000)
    possible = grid("googlenet", VAST, axes).count((slice(0, 3), slice(0, 5), slice(0, 3))).possible
    assert possible.any()
    assert not possible.all()


def test_integers_that_run_over_do_not_come_back_as_small_ones() -> None:
    """Settings may allow widths whose multiply-adds 64 bits do not hold: then they would look like any number."""
    vast = [Axis(f"4e.{column}", 1, 3 << 30, 3, Fraction(0), Fraction(1 << 40)) for column in ("5x5_reduce", "5x5")]
    counted = grid("googlenet", "", vast).count((slice(0, 3), slice(0, 3)))
    macs = analyse(variant_of().spec).totals.macs
    # in and out of the two columns: 1×1 from 528 channels, 5×5, and three 1×1 that read 4e's output, at 14×14 and 7×7
    expected = [
        [
            macs - 196 * (528 * (32 - r) + 25 * (32 * 128 - r * f)) - 49 * (256 + 160 + 32 + 128) * (128 - f)
            for f in each
        ]
        for r, each in ((r, (1, (3 << 30) + 1, (6 << 30) + 1)) for r in (1, (3 << 30) + 1, (6 << 30) + 1))
    ]
    possible = [[2 * each < 1 << 53 for each in row] for row in expected]
    assert counted.possible.tolist() == possible
    assert counted.sums[1].tolist() == [[each * (2 * each < 1 << 53) for each in row] for row in expected]
    assert max(map(max, expected)) > 1 << 63


def test_a_grid_of_one_kind_that_cannot_be_is_refused() -> None:
    with pytest.raises(BadInput, match="at least 31"):
        grid("googlenet", "input=5", [axis("width", 50, 50, 3)])

"""Two variants side by side: rows by path, every difference right minus left."""

from dataclasses import fields, replace

from hypothesis import given

from app.network.analysis import Totals
from app.render.compare import Comparison, compare
from tests.examples import report_of
from tests.strategies import addresses, query

Address = tuple[str, dict[str, str]]


def compared(left: tuple[str, str], right: tuple[str, str]) -> Comparison:
    return compare(report_of(*left), report_of(*right))


@given(addresses(), addresses())
def test_every_row_of_either_side_stands_once_in_its_order(left: Address, right: Address) -> None:
    one, other = report_of(left[0], query(left[1])), report_of(right[0], query(right[1]))
    rows = compare(one, other).rows
    assert [row.left for row in rows if row.left] == one.layers
    assert [row.right for row in rows if row.right] == other.layers
    assert len({row.path for row in rows}) == len(rows)
    for row in rows:
        assert {side.path for side in (row.left, row.right) if side} == {row.path}


@given(addresses(), addresses())
def test_deltas_are_right_minus_left_and_sum_to_those_of_the_totals(left: Address, right: Address) -> None:
    one, other = report_of(left[0], query(left[1])), report_of(right[0], query(right[1]))
    result = compare(one, other)
    for row in result.rows:
        params = [side.params if side else 0 for side in (row.left, row.right)]
        macs = [side.macs if side else 0 for side in (row.left, row.right)]
        assert (row.params_delta, row.macs_delta) == (params[1] - params[0], macs[1] - macs[0])
    totals = result.totals
    assert (totals.left, totals.right) == (one.totals, other.totals)
    for field in fields(Totals):
        name = field.name
        assert getattr(totals.delta, name) == getattr(other.totals, name) - getattr(one.totals, name), name
    assert sum(row.params_delta for row in result.rows) == totals.delta.training_params
    assert sum(row.macs_delta for row in result.rows) == totals.delta.training_macs


def test_a_network_against_itself_differs_in_nothing() -> None:
    result = compared(("googlenet", ""), ("googlenet", "input=224x224"))
    assert all(row.left == row.right and row.params_delta == row.macs_delta == 0 for row in result.rows)
    assert result.totals.delta == Totals(0, 0, 0, 0, 0, 0, 0)


def test_torchvision_is_smaller_than_the_paper_by_its_kernels_biases_and_norms() -> None:
    result = compared(("googlenet", ""), ("torchvision", "aux=off"))
    rows = {row.path: row for row in result.rows}
    assert result.totals.delta.params == 6_624_904 - 6_998_552
    assert result.totals.delta.macs == 1_498_376_192 - 1_582_671_872
    assert rows["inception_3a.five.conv"].params_delta == (9 - 25) * 16 * 32 - 32
    assert rows["conv1"].params_delta == -64
    assert (rows["conv1_bn"].left, rows["conv1_bn"].params_delta) == (None, 128)
    assert (rows["lrn1"].right, rows["lrn1"].params_delta, rows["lrn1"].macs_delta) == (None, 0, 0)


def test_a_row_that_one_side_lacks_stands_where_the_other_has_it() -> None:
    paths = [row.path for row in compared(("googlenet", "3b=off"), ("googlenet-bn", "3c=1,2,3,4,5,6")).rows]
    assert paths[:6] == ["conv1", "conv1_bn", "conv1_relu", "pool1", "lrn1", "conv2.reduce"]
    order = [paths.index(f"inception_{name}.concat") for name in ("3a", "3b", "3c", "4a")]
    assert order == sorted(order)


def test_a_left_side_that_ends_later_keeps_its_last_rows() -> None:
    report = report_of("googlenet")
    shorter = replace(report, layers=report.layers[:-2])
    assert [row.path for row in compare(report, shorter).rows] == [row.path for row in report.layers]


def test_the_sides_are_named_by_their_canonical_state() -> None:
    result = compared(("googlenet", "input=256x256&norm=lrn"), ("torchvision", "aux=off"))
    assert (result.left.network, result.left.state) == ("googlenet", "input=256")
    assert (result.right.network, result.right.state) == ("torchvision", "aux=off")

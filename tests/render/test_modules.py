"""One module large, and its naive or reduced twin."""

import pytest
from hypothesis import assume, given

from app.network.analysis import analyse
from app.network.spec import Widths
from app.render.modules import Detail, Twin, detail, free_standing
from tests.examples import report_of, variant_of
from tests.published import WIDTHS
from tests.strategies import addresses, query

OWN_3A = Widths(64, 96, 128, 16, 32, 32)


def module(network: str, name: str, query: str = "") -> Detail:
    chosen = variant_of(network, query)
    return detail(chosen, analyse(chosen.spec), name)


def channels(one: Twin) -> list[int]:
    return [branch.out_channels for branch in one.branches]


def test_3a_reduced_and_naive_as_worked_in_the_paper() -> None:
    reduced = module("googlenet", "3a")
    naive = reduced.twin
    assert naive is not None
    assert (reduced.kind, reduced.widths, reduced.in_shape, reduced.out_shape) == (
        "reduced", OWN_3A, (192, 28, 28), (256, 28, 28),
    )  # fmt: skip
    assert (naive.kind, naive.widths, naive.in_shape, naive.out_shape) == (
        "naive", Widths(64, 0, 128, 0, 32, 0), (192, 28, 28), (416, 28, 28),
    )  # fmt: skip
    assert channels(reduced) == [64, 128, 32, 32]
    assert channels(naive) == [64, 128, 32, 192]
    assert (reduced.totals.params, reduced.totals.macs) == (163_328 + 368, 128_049_152)
    assert (naive.totals.params, naive.totals.macs) == (387_072 + 224, 303_464_448)


def test_the_5x5_branch_alone_is_ten_times_cheaper_reduced() -> None:
    reduced = module("googlenet", "3a")
    assert reduced.twin is not None
    assert [reduced.branches[2].macs, reduced.twin.branches[2].macs] == [2_408_448 + 10_035_200, 120_422_400]


def test_branches_are_named_and_hold_their_layers_in_order() -> None:
    branches = module("torchvision", "4e").branches
    assert [branch.name for branch in branches] == ["one", "three", "five", "pool"]
    assert [row.path.removeprefix("inception_4e.pool.") for row in branches[3].layers] == [
        "pool", "proj", "proj_bn", "proj_relu",
    ]  # fmt: skip


@given(addresses())
def test_a_module_alone_is_as_in_its_network(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    report = report_of(network, query(values))
    assume(report.modules)
    for row in (report.modules[0], report.modules[-1]):
        alone = module(network, row.name, query(values))
        assert (alone.module, alone.kind, alone.widths) == (row.name, row.kind, row.widths)
        assert (alone.in_shape, alone.out_shape) == (row.in_shape, row.out_shape)
        assert (alone.totals.params, alone.totals.macs) == (row.params, row.macs)
        layers = [layer for branch in alone.branches for layer in branch.layers]
        assert layers == [layer for layer in report.layers if layer.module == row.name and layer.kind != "concat"]
        assert sum(channels(alone)) == row.out_shape[0]
        assert sum(branch.params for branch in alone.branches) == row.params
        assert sum(branch.macs for branch in alone.branches) == row.macs


@given(addresses())
def test_the_twin_of_a_reduced_module_is_the_same_one_naive(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    report = report_of(network, query(values))
    for row in [row for row in report.modules if row.kind == "reduced"][:2]:
        twin = module(network, row.name, query(values)).twin
        written = f"naive:{row.widths.one},{row.widths.three},{row.widths.five}"
        swapped = {key: value for key, value in values.items() if not key.startswith(f"{row.name}.")}
        replaced = module(network, row.name, query(swapped | {row.name: written}))
        assert twin == Twin(*[getattr(replaced, field) for field in Twin.__dataclass_fields__])


@pytest.mark.parametrize(
    ("network", "query", "name", "widths"),
    [
        ("googlenet", "3a=naive", "3a", WIDTHS["3a"]),
        ("googlenet", "3a=naive:1,2,3", "3a", WIDTHS["3a"]),
        ("googlenet", "modules=naive", "5b", WIDTHS["5b"]),
        ("googlenet-naive", "", "4c", WIDTHS["4c"]),
        ("googlenet-naive", "width=0.5", "3a", (32, 48, 64, 8, 16, 16)),
        ("googlenet", "width=0.5&3a=naive", "3a", (32, 48, 64, 8, 16, 16)),
        ("googlenet", "width=0.5&3a=naive:64,128,32", "3a", (32, 48, 64, 8, 16, 16)),
        ("googlenet", "3c=naive:1,2,3", "3c", None),
        ("googlenet", "3c=1,2,3,4,5,6", "3c", (1, 0, 3, 0, 5, 0)),
        ("googlenet", "3a=64,0,128,0,32,32", "3a", (64, 0, 128, 0, 32, 0)),
    ],
)
def test_the_twin_has_the_contracts_widths(network: str, query: str, name: str, widths: tuple[int, ...] | None) -> None:
    twin = module(network, name, query).twin
    assert (tuple(twin.widths) if twin else None) == widths


def test_a_twin_stands_where_its_module_stands() -> None:
    one = module("googlenet", "4a", "3b=naive")
    assert one.twin is not None
    assert one.in_shape == one.twin.in_shape == (128 + 192 + 96 + 256, 14, 14)
    first, twin = one.branches[0].layers[0], one.twin.branches[0].layers[0]
    assert first.inputs == twin.inputs == ("pool3",)
    assert first.receptive_field == twin.receptive_field


def test_a_free_standing_module_has_no_name_and_the_same_numbers() -> None:
    alone = free_standing((192, 28, 28), OWN_3A, "5x5", "lrn")
    assert alone.module is None
    assert (alone.totals.params, alone.totals.macs, alone.out_shape) == (163_696, 128_049_152, (256, 28, 28))
    assert alone.branches[2].layers[0].path == "inception.five.reduce"
    assert alone.branches[2].layers[0].inputs == ("input",)
    assert alone.twin is not None
    assert alone.twin.out_shape == (416, 28, 28)
    assert free_standing((192, 28, 28), OWN_3A.naive, "5x5", "lrn").twin is None


@pytest.mark.parametrize(
    ("five", "norm", "params"),
    [
        ("3x3", "lrn", 163_696 - 16 * 16 * 32),
        ("3x3x2", "none", 163_696 - 16 * 16 * 32 + 9 * 32 * 32 + 32),
        ("5x5", "batch", 163_696 + 368),
    ],
)
def test_a_free_standing_module_is_realised_as_asked(five: str, norm: str, params: int) -> None:
    assert free_standing((192, 28, 28), OWN_3A, five, norm).totals.params == params  # type: ignore[arg-type]

"""The paper's Table 1: its printed cells, and what PyTorch counts for each row."""

import pytest

from app.network.analysis import analyse
from app.render.table1 import TableRow, table1
from tests.examples import variant_of
from tests.published import TABLE_1

OUTPUTS = {
    "conv1": (64, 112, 112), "conv2": (192, 56, 56), "inception_3a": (256, 28, 28), "inception_3b": (480, 28, 28),
    "inception_4a": (512, 14, 14), "inception_4b": (512, 14, 14), "inception_4c": (512, 14, 14),
    "inception_4d": (528, 14, 14), "inception_4e": (832, 14, 14), "inception_5a": (832, 7, 7),
    "inception_5b": (1024, 7, 7), "linear": (1000,),
}  # fmt: skip
"""Table 1's column "output size", channels first."""


def rows(network: str = "googlenet", query: str = "") -> dict[str, TableRow]:
    spec = variant_of(network, query).spec
    return {row.row: row for row in table1(spec, analyse(spec)).rows}


@pytest.mark.parametrize("name", TABLE_1)
def test_a_row_is_the_papers(name: str) -> None:
    ours, theirs = rows()[name], TABLE_1[name]
    assert ours.paper is not None
    assert (ours.paper.params, ours.paper.ops) == (theirs["paper_params"], theirs["paper_ops"])
    assert ours.params == theirs["computed_params_with_bias"]
    assert ours.weights == theirs["computed_weights"]
    assert ours.macs == theirs["computed_macs"]
    assert (None if ours.widths is None else list(ours.widths)) == theirs["widths"]
    assert ours.out_shape == OUTPUTS[name]
    assert ours.depth == (1 if name in ("conv1", "linear") else 2)
    assert ours.type == {"c": "convolution", "i": "inception", "l": "linear"}[name[0]]


@pytest.mark.parametrize("name", TABLE_1)
def test_a_remark_gives_the_weights_without_biases_and_the_multiply_adds(name: str) -> None:
    remark, theirs = rows()[name].remark, TABLE_1[name]
    weights, macs = theirs["computed_weights"], theirs["computed_macs"]
    assert remark is not None
    assert remark.startswith(f"{weights:,} weights ({weights / 1024:,.1f} · 1024), {macs / 1e6:,.1f} M multiply-adds.")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("conv1", "separable 7×7 with multiplier 8"),
        ("inception_3b", "little high"),
        ("inception_4a", "older set of widths"),
        ("inception_4b", "little low"),
        ("inception_4c", "6.9 % low"),
        ("inception_4d", "little low"),
        ("inception_4e", "little low"),
        ("inception_5a", "older set of widths"),
        ("inception_5b", "little low"),
    ],
)
def test_a_remark_says_why_a_printed_cell_differs(name: str, words: str) -> None:
    assert words in (rows()[name].remark or "")


@pytest.mark.parametrize("name", ["conv2", "linear"])
def test_a_row_that_agrees_needs_no_reason(name: str) -> None:
    assert (rows()[name].remark or "").endswith("multiply-adds.")


def test_4c_is_as_low_as_its_remark_says() -> None:
    assert round(1 - 463 * 1024 / TABLE_1["inception_4c"]["computed_weights"], 3) == 0.069


def test_the_separable_stem_explains_both_cells_of_conv1() -> None:
    conv1 = rows("separable-stem")["conv1"]
    assert conv1.params == 2_712 + 64  # 7·7·3·8 + 24·64, and the pointwise biases
    assert (conv1.macs, conv1.depth, conv1.patch, conv1.stride) == (34_019_328, 2, (7, 7), (2, 2))
    assert conv1.remark == (
        "2,712 weights (2.6 · 1024), 34.0 M multiply-adds. Depthwise-separable with multiplier 8, which gives both "
        "printed cells."
    )


def test_kernels_and_strides_stand_where_the_paper_has_them() -> None:
    found = rows()
    assert (found["conv1"].patch, found["conv1"].stride) == ((7, 7), (2, 2))
    assert (found["conv2"].patch, found["conv2"].stride) == ((3, 3), (1, 1))
    assert (found["inception_3a"].patch, found["inception_3a"].stride) == (None, None)
    assert (found["linear"].patch, found["linear"].stride) == (None, None)
    slim = rows("tf-slim")["linear"]
    assert (slim.type, slim.patch, slim.stride, slim.out_shape) == ("linear", (1, 1), (1, 1), (1000, 1, 1))


def test_a_changed_row_keeps_its_printed_cells_and_says_it_is_not_the_papers() -> None:
    found = rows("googlenet", "3a=naive&3c=1,2,3,4,5,6&4b=off")
    naive = found["inception_3a"]
    assert naive.paper is not None
    assert naive.paper.params == "159K"
    assert naive.remark == "387,072 weights (378.0 · 1024), 303.5 M multiply-adds. Not the paper's own row."
    assert (found["inception_3c"].paper, found["inception_3c"].remark) == (None, None)
    assert "inception_4b" not in found
    assert list(found)[:5] == ["conv1", "conv2", "inception_3a", "inception_3b", "inception_3c"]


@pytest.mark.parametrize("name", TABLE_1)
def test_batch_norm_counts_as_parameters_but_not_as_weights(name: str) -> None:
    with_norm, plain = rows("googlenet-bn")[name], rows()[name]
    assert with_norm.remark == plain.remark
    biases = plain.params - TABLE_1[name]["computed_weights"]
    assert with_norm.params - TABLE_1[name]["computed_weights"] == (biases if name == "linear" else 2 * biases)


def test_the_rows_of_the_paper_sum_to_its_networks_parameters() -> None:
    assert sum(row.params for row in rows().values()) == 6_998_552
    assert sum(row.macs for row in rows("googlenet", "aux=on").values()) == 1_582_671_872

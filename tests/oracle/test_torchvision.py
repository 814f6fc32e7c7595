"""The `torchvision` network against torchvision's own GoogLeNet, as PyTorch ran it, row by row."""

import re
from typing import Any

import pytest

from app.render.rows import Row
from tests.examples import report_of
from tests.published import TORCHVISION

THEIRS: dict[str, dict[str, Any]] = {row["name"]: row for row in TORCHVISION["rows"]}
KINDS = {"conv": "conv", "bn": "batch_norm", "maxpool": "max_pool", "gavgpool": "avg_pool", "linear": "linear"}
BRANCHES = {
    "branch1": "one.conv",
    "branch2.0": "three.reduce",
    "branch2.1": "three.conv",
    "branch3.0": "five.reduce",
    "branch3.1": "five.conv",
    "branch4.0": "pool.pool",
    "branch4.1": "pool.proj",
}
OUTSIDE = {
    "conv1": "conv1",
    "conv2": "conv2.reduce",
    "conv3": "conv2.conv",
    "avgpool": "head.pool",
    "fc": "head.linear",
}


def our_path(name: str) -> str:
    """Their attribute `inception3a.branch2.0.conv` as our path `inception_3a.three.reduce`."""
    block, suffix = re.sub(r"\.(conv|bn)$", "", name), "_bn" if name.endswith(".bn") else ""
    if block.startswith("maxpool"):
        return block.removeprefix("max")
    module, _, branch = block.partition(".")
    return (f"inception_{module[-2:]}.{BRANCHES[branch]}" if branch else OUTSIDE[block]) + suffix


OURS: dict[str, Row] = {row.path: row for row in report_of("torchvision", "aux=off").layers}


@pytest.mark.parametrize("name", THEIRS)
def test_a_row_is_torchvisions(name: str) -> None:
    theirs, ours = THEIRS[name], OURS[our_path(name)]
    assert ours.kind == KINDS[theirs["kind"]]
    assert (ours.params, ours.macs) == (theirs["params"], theirs["macs"])
    out = theirs["out_shape"][1:]
    assert list(ours.out_shape) == out
    assert list(ours.in_shapes[0]) == theirs["in_shape"][1:]
    if theirs["kind"] == "conv":
        assert [ours.kernel, ours.stride, ours.padding] == [tuple(theirs[key]) for key in "ksp"]
        assert ours.groups == theirs["groups"]
    if theirs["kind"] == "maxpool":
        assert [ours.kernel, ours.stride, ours.padding] == [(theirs[key],) * 2 for key in "ksp"]


def test_pools_before_a_stage_round_up_as_theirs_do() -> None:
    theirs = {our_path(name): row["ceil"] for name, row in THEIRS.items() if name.startswith("maxpool")}
    assert {path: OURS[path].rounding == "ceil" for path in theirs} == theirs


def test_both_have_the_same_rows_in_the_same_order() -> None:
    counted = [path for path, row in OURS.items() if row.kind in KINDS.values()]
    assert counted == [our_path(name) for name in THEIRS]


def test_modules_have_torchvisions_shapes() -> None:
    theirs = [block for block in TORCHVISION["blocks"] if block["type"] == "Inception"]
    ours = report_of("torchvision").modules
    assert [f"inception{row.name}" for row in ours] == [block["name"] for block in theirs]
    assert [list(row.in_shape) for row in ours] == [block["in_shape"][1:] for block in theirs]
    assert [list(row.out_shape) for row in ours] == [block["out_shape"][1:] for block in theirs]


def test_totals_are_torchvisions() -> None:
    totals, theirs = report_of("torchvision").totals, TORCHVISION["totals"]
    assert (totals.params, totals.macs, totals.flops) == (
        theirs["params_all"],
        theirs["macs"],
        theirs["flop_counter_flops"],
    )

"""How other tools count, against what the tools themselves say: recorded always, and asked where they are installed."""

from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.network.conventions import TOOLS, ToolCounts, count, counts, own_class, recounted
from app.network.ops import AdaptiveAvgPool, AvgPool, Block, Conv, MaxPool
from tests.examples import analysis_of, counted, variant_of
from tests.published import COUNTS
from tests.strategies import addresses, query

INSTALLED = all(map(find_spec, ("calflops", "fvcore", "ptflops", "thop", "torchinfo", "torchvision")))
needs_tools = pytest.mark.skipif(not INSTALLED, reason="needs the extra `tools`")


def ours(address: str) -> ToolCounts:
    network, _, state = address.partition("?")
    return counts(variant_of(network, state).spec, analysis_of(network, state))


def values(found: ToolCounts) -> dict[str, int]:
    """As the record names them."""
    return {f"{each.tool}: {each.quantity}": each.value for each in found.tools}


@pytest.mark.parametrize("row", COUNTS["rows"], ids=lambda row: str(row["address"]))
def test_a_count_is_what_the_tool_said(row: dict[str, Any]) -> None:
    found = ours(row["address"])
    assert values(found) == row["said"]
    network, _, state = row["address"].partition("?")
    own = own_class(variant_of(network, state).spec)
    for each, tool in zip(found.tools, TOOLS.values(), strict=True):
        again = recounted(analysis_of(network, state), tool, own)
        assert again.totals.macs == sum(layer.macs for layer in again.layers) == each.value
        assert sum(term.value for term in each.terms) == each.value
        assert all(term.value for term in each.terms)
        assert len({term.name for term in each.terms}) == len(each.terms)


def test_the_record_holds_every_network_and_thirty_random_variants() -> None:
    networks = [row["address"].partition("?")[0] for row in COUNTS["rows"]]
    assert {"googlenet", "googlenet-naive", "googlenet-bn", "torchvision", "tf-slim", "separable-stem"} == set(networks)
    assert len(networks) >= 50


def test_versions_are_those_of_the_record() -> None:
    for each in ours("googlenet").tools:
        assert each.version == COUNTS["versions"][each.tool.split()[0]]


@pytest.mark.parametrize(
    ("state", "own"),
    [
        ("", True),
        ("aux=off&classes=7&input=64x96", True),
        ("width=1&five=3x3", True),
        ("input=1x224x224", False),
        ("width=0.5", False),
        ("norm=none", False),
        ("5b=off", False),
    ],
)
def test_torchvisions_own_class_takes_other_classes_and_sides_only(state: str, own: bool) -> None:
    assert own_class(variant_of("torchvision", state).spec) is own


def test_no_other_network_is_torchvisions_class() -> None:
    assert not own_class(variant_of("googlenet-bn", "five=3x3").spec)


NAMED = ("googlenet", "googlenet?aux=on", "googlenet-naive", "torchvision", "torchvision?aux=off")
"""The paper's network and torchvision's, with and without heads, and the naive one."""


def test_the_networks_that_matter_most_are_in_the_record() -> None:
    assert set(NAMED) <= {row["address"] for row in COUNTS["rows"]}


@needs_tools
@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
@pytest.mark.parametrize("address", NAMED)
def test_a_named_count_is_what_the_tool_says(address: str) -> None:
    from tests.oracle.tools import ask

    assert values(ours(address)) == ask(address)


@needs_tools
@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(addresses(st.integers(61, 111)))
def test_a_count_is_what_the_tool_says(drawn: tuple[str, dict[str, str]]) -> None:
    from tests.oracle.tools import ask

    network, state = drawn[0], query(drawn[1])
    address = f"{network}?{state}"
    assert values(ours(address)) == ask(address)


def test_each_pool_has_a_convention_of_its_own() -> None:
    # Of a 3 × 8 × 8 input, as thop 0.1.1 and ptflops 0.7.5 said of nn.MaxPool2d(2) and so on
    blocks: dict[str, tuple[Block, int, int]] = {
        "max": (MaxPool((2, 2), (2, 2)), 0, 2 * 192),
        "avg": (AvgPool((2, 2), (2, 2)), 48, 2 * 192),
        "adaptive": (AdaptiveAvgPool((2, 2)), (16 + 1) * 12, 2 * 192),
        "same": (MaxPool((3, 3), (2, 2), "same"), 0, 2 * 3 * 9 * 9),
        "conv": (Conv(1, (1, 1), bias=False), 192, 192),
    }
    for block, thop, ptflops in blocks.values():
        said = values(count(counted({"layer": block}, (3, 8, 8)).layers))
        assert (said["thop: MACs"], said["ptflops (pytorch): MACs"]) == (thop, ptflops)

"""State as a query string: every spelling of contract §1, its canonical form, and what is refused in which words."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import BadInput, NotFound
from app.network.catalog import NETWORKS
from app.network.spec import Spec
from app.web.address import (
    STATE_KEYS,
    Limits,
    parse,
    parse_reference,
    parse_spec,
    read_query,
    state,
)
from app.web.pages.read import read
from tests.examples import canonical, variant_of
from tests.strategies import STATE_ORDER, addresses, query

REFUSED: list[list[str]] = json.loads((Path(__file__).parent / "data" / "refused.json").read_text(encoding="utf-8"))
"""Network, query string, the exact message."""
ZEROS = st.sampled_from(("", "0", "000"))


@st.composite
def respelled(draw: st.DrawFn, network: str, values: dict[str, str]) -> list[tuple[str, str]]:
    """The same state in another spelling and order: leading zeros, long inputs, naive modules as six widths."""
    pairs = []
    for key, value in values.items():
        spelling = value
        if key == "input":
            sides = value.split("x") if "x" in value else [value, value]
            channels = [str(NETWORKS[network].spec.input[0])] if len(sides) == 2 and draw(st.booleans()) else []
            spelling = "x".join(draw(ZEROS) + number for number in channels + sides)
        elif value.startswith("naive:") and draw(st.booleans()):
            one, three, five = value.removeprefix("naive:").split(",")
            spelling = f"{one},0,{three},00,{five},0"
        elif key == "width":
            spelling = draw(ZEROS) + (value if "." in value else f"{value}.0") + draw(ZEROS)
        elif value[0].isdigit() and key != "five":
            spelling = ",".join(draw(ZEROS) + number for number in value.split(","))
        pairs.append((key, spelling))
    return draw(st.permutations(pairs))


@given(addresses())
@settings(max_examples=200)
def test_the_canonical_form_reads_back_as_the_same_variant(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    chosen = variant_of(network, query(values))
    again = variant_of(network, state(chosen))
    assert state(again) == state(chosen)
    assert (again.choices, again.spec) == (chosen.choices, chosen.spec)


@given(addresses(), st.data())
@settings(max_examples=200)
def test_respellings_share_the_canonical_form(address: tuple[str, dict[str, str]], data: st.DataObject) -> None:
    network, values = address
    other = "&".join(f"{key}={value}" for key, value in data.draw(respelled(network, values)))
    assert canonical(network, other) == canonical(network, query(values))


@given(addresses())
def test_keys_stand_in_the_contracts_order_with_commas_and_colons_bare(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    text = canonical(network, query(values))
    keys = [part.partition("=")[0] for part in text.split("&")] if text else []
    assert keys == sorted(keys, key=STATE_ORDER.index)
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789_=&,:.")


@given(addresses())
@settings(max_examples=200)
def test_a_spec_sent_as_json_comes_back_as_it_was(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    chosen = variant_of(network, query(values))
    again = parse_spec(Spec.model_validate_json(chosen.spec.model_dump_json()), Limits())
    assert (again.spec, state(again)) == (chosen.spec, state(chosen))


@pytest.mark.parametrize(("network", "query", "message"), REFUSED, ids=[f"{row[0]}?{row[1]}" for row in REFUSED])
def test_what_cannot_be_is_refused_by_name(network: str, query: str, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        variant_of(network, query)
    assert str(refused.value) == message
    assert message.startswith(refused.value.problems[0].field)


@pytest.mark.parametrize("key", ["input", "classes", "width", "stem", "3a", "3c", "4e.5x5", "head"])
def test_thousands_of_digits_are_refused_and_clipped_in_the_message(key: str) -> None:
    with pytest.raises(BadInput) as refused:
        variant_of("googlenet", f"{key}={'9' * 7000}")
    assert refused.value.problems[0].received == "9" * 7000
    assert str(refused.value).endswith(f", received {'9' * 80}… (7000 characters)")


def test_thousands_of_digits_are_read_where_they_say_something_possible() -> None:
    zeros = "0" * 6000
    assert canonical("googlenet", f"classes={zeros}10&width={zeros}1.50{zeros}") == "classes=10&width=1.5"
    exact = f"0.5{zeros}1"
    assert canonical("googlenet", f"width={exact}") == f"width={exact}"
    with pytest.raises(BadInput):
        variant_of("googlenet", f"width=4.{zeros}1")


@pytest.mark.parametrize("query", ["", "input=", "input=&width=", "3a=&4e.5x5=&aux", "aux=&aux=&norm=", "4a=&4a.5x5="])
def test_an_empty_value_counts_as_the_key_left_out(query: str) -> None:
    assert canonical("googlenet", query) == ""


def test_an_empty_value_does_not_count_as_a_repetition() -> None:
    assert canonical("googlenet", "aux=&aux=on&aux=") == "aux=on"


def test_an_empty_value_of_an_unknown_key_is_still_refused() -> None:
    with pytest.raises(BadInput, match=r"^colour: "):
        variant_of("googlenet", "colour=")


def test_an_empty_value_of_a_refused_key_is_not_refused() -> None:
    assert canonical("tf-slim", "aux=&head=&rounding=") == ""


def test_pages_alone_overlook_the_keys_that_other_sites_hang_on_links() -> None:
    tracked = "utm_source=x&utm_source=y&fbclid=1&gclid=&input=256"
    assert read(tracked) == ({"input": "256"}, [])
    with pytest.raises(BadInput) as refused:
        read_query(tracked, STATE_KEYS)
    assert [problem.field for problem in refused.value.problems] == ["utm_source", "utm_source", "fbclid", "gclid"]
    assert [problem.field for problem in read("utm=1&fbclid2=1&xgclid=1")[1]] == ["utm", "fbclid2", "xgclid"]


def test_escaped_and_bare_commas_are_the_same() -> None:
    assert canonical("googlenet", "3a=naive%3A1%2C2%2C3&stem=1%2C2,3") == "3a=naive:1,2,3&stem=1,2,3"


def test_limits_come_from_the_settings_and_are_named() -> None:
    tight = Limits(input_side=300, input_channels=3, classes=10, width=200)
    for key, value, allowed in [
        ("input", "301", "height × width of 1 to 300, as 224 or 224x320, or with 1 to 3 channels, as 3x224x320"),
        ("classes", "11", "1 to 10"),
        ("stem", "201,1,1", "conv1: 1 to 200"),
        ("3a.1x1", "201", "0 to 200"),
        ("3a", "1,1,1,1,1,201", "pool proj: 0 to 200"),
    ]:
        with pytest.raises(BadInput) as refused:
            parse(NETWORKS["googlenet"], {key: value}, tight)
        assert refused.value.problems[0].allowed == allowed
    assert parse(NETWORKS["googlenet"], {"input": "3x300x300", "classes": "10"}, tight).spec.input == (3, 300, 300)


@pytest.mark.parametrize(
    ("reference", "network", "canonical_state"),
    [
        ("googlenet", "googlenet", ""),
        ("torchvision?", "torchvision", ""),
        ("torchvision?aux=off", "torchvision", "aux=off"),
        ("googlenet?3a=naive&input=256x256", "googlenet", "input=256&3a=naive"),
    ],
)
def test_a_reference_is_a_network_and_perhaps_its_state(reference: str, network: str, canonical_state: str) -> None:
    chosen = parse_reference("left", reference, Limits())
    assert (chosen.network.id, state(chosen)) == (network, canonical_state)


@pytest.mark.parametrize("reference", ["", "?aux=on"])
def test_a_reference_names_a_network(reference: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_reference("left", reference, Limits())
    assert refused.value.problems[0].field == "left"


def test_an_unknown_network_is_not_found_and_the_known_ones_are_named() -> None:
    with pytest.raises(NotFound) as missing:
        parse_reference("left", "alexnet?aux=on", Limits())
    known = "googlenet, googlenet-naive, googlenet-bn, torchvision, tf-slim, separable-stem"
    assert str(missing.value) == f"there is no network 'alexnet'; there is {known}"


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("follow", "width"), "5", "width"),
        (("follow", "width"), "abc", "width"),
        (("follow", "width"), "NaN", "width"),
        (("follow", "width"), "Infinity", "width"),
        (("follow", "width"), "", "width"),
        (("follow", "width"), "-1", "width"),
        (("follow", "width"), "1e0", "width"),
        (("input",), [3, 0, 224], "input"),
        (("input",), [3, -224, 224], "input"),
        (("classes",), 10**30, "classes"),
        (("stem",), [64, -1, 192], "stem"),
        (("modules", 0, "widths"), [64, 96, 128, 16, 32, 5000], "3a"),
        (("modules", 0, "widths"), [64, 96, 0, 16, 32, 32], "3a"),
        (("modules", 0, "widths"), [-1, 0, 128, 0, 32, 0], "3a"),
        (("realisation", "dropout"), 0.5, "realisation"),
    ],
)
def test_a_spec_is_held_to_the_same_limits_as_an_address(path: tuple[Any, ...], value: Any, field: str) -> None:
    described = json.loads(NETWORKS["googlenet"].spec.model_dump_json())
    part = described
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(BadInput) as refused:
        parse_spec(Spec.model_validate_json(json.dumps(described)), Limits())
    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize("change", [{"aux": True}, {"rounding": "floor"}, {"head": "flatten"}])
def test_a_spec_cannot_have_what_its_network_refuses(change: dict[str, Any]) -> None:
    spec = NETWORKS["tf-slim"].spec.model_copy(update=change)
    with pytest.raises(BadInput, match="tf-slim has no such key"):
        parse_spec(spec, Limits())


def test_a_spec_of_an_unknown_network_is_not_found() -> None:
    with pytest.raises(NotFound):
        parse_spec(NETWORKS["googlenet"].spec.model_copy(update={"network": "alexnet"}), Limits())

"""Choices, the network they describe, their canonical form: contract §1, read line by line."""

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from app.errors import BadInput
from app.network.catalog import NETWORKS
from app.network.spec import COLUMNS, Spec, Widths
from app.network.variant import Value, choices_of, network_widths, variant
from tests.examples import canonical, variant_of
from tests.published import WIDTHS
from tests.strategies import STATE_ORDER, addresses, query

NAMES = [key for key in STATE_ORDER if key[0].isdigit()]
STEM = (64, 64, 192)
"""The paper's stem (Table 1)."""
ALL_WRITTEN = "&".join(f"{name}={','.join(map(str, widths))}" for name, widths in WIDTHS.items())


def scaled(widths: tuple[int, ...], multiplier: str) -> tuple[int, ...]:
    """max(1, ⌊w·m + ½⌋), a column that is left out staying so."""
    exact = [(width * Decimal(multiplier)).quantize(Decimal(1), ROUND_HALF_UP) for width in widths]
    return tuple(max(1, int(each)) if width else 0 for width, each in zip(widths, exact, strict=True))


def naive(widths: tuple[int, ...]) -> tuple[int, ...]:
    return widths[0], 0, widths[2], 0, widths[4], 0


def module_by_the_contract(network: str, name: str, values: Mapping[str, str]) -> tuple[int, ...] | None:
    """A module's six widths as the contract's table words them, None where it is not there."""
    own = scaled(WIDTHS[name], values.get("width", "1")) if name in WIDTHS else None
    if own and values.get("modules", "naive" if network == "googlenet-naive" else "reduced") == "naive":
        own = naive(own)
    value = values.get(name)
    if value is None and own:
        columns = [values.get(f"{name}.{column}", width) for column, width in zip(COLUMNS, own, strict=True)]
        return tuple(map(int, columns))
    if value in (None, "off"):
        return None
    if value == "naive":
        assert own
        return naive(own)
    numbers = tuple(map(int, value.removeprefix("naive:").split(",")))
    return numbers if len(numbers) == 6 else (numbers[0], 0, numbers[1], 0, numbers[2], 0)


def described(spec: Spec) -> dict[str, tuple[int, ...]]:
    return {module.name: tuple(module.widths) for module in spec.modules}


@given(addresses())
@settings(max_examples=150)
def test_widths_are_those_of_the_contracts_table(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    spec = variant_of(network, query(values)).spec
    expected = {name: module_by_the_contract(network, name, values) for name in NAMES}
    assert described(spec) == {name: widths for name, widths in expected.items() if widths}
    stem = tuple(map(int, values["stem"].split(","))) if "stem" in values else scaled(STEM, values.get("width", "1"))
    assert spec.stem == stem


@given(addresses())
def test_the_other_keys_are_described_as_given(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    chosen, plain = variant_of(network, query(values)).spec, NETWORKS[network].spec
    assert chosen.classes == int(values.get("classes", 1000))
    assert chosen.norm == values.get("norm", plain.norm)
    assert chosen.rounding == values.get("rounding", plain.rounding)
    assert chosen.head == values.get("head", plain.head)
    assert chosen.realisation == plain.realisation
    if any(module.widths.five for module in chosen.modules):
        assert chosen.five == values.get("five", plain.five)
    if {module.name for module in chosen.modules} & {"4a", "4d"}:
        assert chosen.aux == {"on": True, "off": False}.get(values.get("aux", ""), plain.aux)


@given(addresses())
def test_choices_of_a_spec_describe_it_again(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    spec = variant_of(network, query(values)).spec
    again = variant(NETWORKS[network], choices_of(NETWORKS[network], spec))
    assert again.spec.described == spec.described


@pytest.mark.parametrize(
    ("network", "given", "kept"),
    [
        ("googlenet", "input=224&classes=1000&modules=reduced&width=1&norm=lrn&five=5x5&head=gap", ""),
        ("googlenet", ALL_WRITTEN, ""),
        ("googlenet", "head=flatten&3a=off&input=256x256", "input=256&3a=off&head=flatten"),
        ("googlenet", "input=3x256x256", "input=256"),
        ("googlenet", "input=1x224x224", "input=1x224x224"),
        ("googlenet", "input=0224x00320", "input=224x320"),
        ("googlenet", "width=00.500", "width=0.5"),
        ("googlenet", "width=2.0", "width=2"),
        ("googlenet", "3a=64,0,128,0,32,0", "3a=naive"),
        ("googlenet", "3a=naive:64,128,32", "3a=naive"),
        ("googlenet", "3a=naive:64,128,33", "3a=naive:64,128,33"),
        ("googlenet", "3a=64,0,128,0,32,32", "3a=64,0,128,0,32,32"),
        ("googlenet", "width=0.5&3a=naive:32,64,16", "3a=naive&width=0.5"),
        ("googlenet", "width=0.5&3a=naive:64,128,32", "3a=naive:64,128,32&width=0.5"),
        ("googlenet", "3a=naive&modules=naive", "modules=naive"),
        ("googlenet-naive", "3a=naive&modules=naive", ""),
        ("googlenet-naive", "modules=reduced", "modules=reduced"),
        ("googlenet-naive", "3a.3x3_reduce=96", "3a=64,96,128,0,32,0"),
        ("googlenet", "4e.5x5=192", "4e=256,160,320,32,192,128"),
        ("googlenet", "4e.5x5=128", ""),
        ("googlenet", "4e.5x5=64&width=0.5", "width=0.5"),
        ("googlenet", "4e.5x5=128&width=0.5", "4e=128,80,160,16,128,64&width=0.5"),
        ("googlenet", "4e.5x5=192&modules=naive", "4e=naive:256,320,192&modules=naive"),
        ("googlenet", "5d=1,2,3,4,5,6&5c=naive:1,2,3", "5c=naive:1,2,3&5d=1,2,3,4,5,6"),
        ("googlenet", "3a=0,0,0,0,0,0", "3a=naive:0,0,0"),
        ("googlenet", "width=0.5&stem=32,32,96", "width=0.5"),
        ("googlenet", f"{ALL_WRITTEN}&width=2&stem=64,64,192", ""),
        ("googlenet", f"{ALL_WRITTEN}&modules=naive", ""),
        ("googlenet", f"five=3x3&modules=naive&{'&'.join(f'{name}=naive:1,1,0' for name in WIDTHS)}",
         "&".join(f"{name}=naive:1,1,0" for name in WIDTHS)),
        ("googlenet", "aux=on&4a=off&4d=off", "4a=off&4d=off"),
        ("googlenet", "aux=on&4a=off", "4a=off&aux=on"),
        ("torchvision", "aux=on&norm=batch&five=3x3", ""),
        ("torchvision", "aux=off", "aux=off"),
        ("tf-slim", "norm=batch&five=3x3&stem=64,64,192", ""),
        ("separable-stem", "width=0.5&classes=10", "classes=10&width=0.5"),
    ],
)  # fmt: skip
def test_the_canonical_form_leaves_out_what_changes_nothing(network: str, given: str, kept: str) -> None:
    assert canonical(network, given) == kept


@given(addresses())
@settings(max_examples=150)
def test_every_kept_choice_changes_the_network(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    chosen = variant_of(network, query(values))
    assert list(chosen.choices) == [key for key in STATE_ORDER if key in chosen.choices]
    for key in chosen.choices:
        without: dict[str, Value] = {other: value for other, value in chosen.choices.items() if other != key}
        try:
            changed = variant(chosen.network, without).spec.described != chosen.spec.described
        except BadInput:
            continue  # the first of the modules added to a stage cannot be left out alone
        assert changed, f"{key} changes nothing"


@pytest.mark.parametrize(
    ("network", "query", "heads"),
    [
        ("googlenet", "aux=on&4a=off", ["aux1 is left out, because module 4a is off"]),
        ("torchvision", "4d=off", ["aux2 is left out, because module 4d is off"]),
        ("torchvision", "4a=off&4d=off&aux=on",
         ["aux1 is left out, because module 4a is off", "aux2 is left out, because module 4d is off"]),
        ("torchvision", "4a=off&aux=off", []),
        ("torchvision", "4b=off", []),
        ("googlenet", "4a=off", []),
    ],
)  # fmt: skip
def test_a_head_without_its_module_is_left_out_with_a_warning(network: str, query: str, heads: list[str]) -> None:
    assert list(variant_of(network, query).warnings) == heads


def test_width_touches_neither_input_nor_classes() -> None:
    spec = variant_of("googlenet", "width=0.25").spec
    assert (spec.input, spec.classes) == ((3, 224, 224), 1000)


def test_the_network_keeps_its_own_reduced_widths_for_a_twin() -> None:
    naive_at_half = variant_of("googlenet-naive", "width=0.5")
    assert network_widths(naive_at_half, "3a") == Widths(32, 48, 64, 8, 16, 16)
    assert network_widths(variant_of("googlenet", "3a=naive:1,2,3"), "3a") == WIDTHS["3a"]
    assert network_widths(variant_of("googlenet", "3c=naive:1,2,3"), "3c") is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"realisation": {"pool4": 2}}, "realisation"),
        ({"modules": [{"name": "3b", "widths": [1, 1, 1, 1, 1, 1]}, {"name": "3a", "widths": [1] * 6}]}, "modules"),
        ({"modules": [{"name": "3a", "widths": [1] * 6}, {"name": "3a", "widths": [1] * 6}]}, "modules"),
        ({"modules": [{"name": "6a", "widths": [1] * 6}]}, "modules"),
        ({"modules": [{"name": "3c", "widths": [1] * 6}, {"name": "3e", "widths": [1] * 6}]}, "3e"),
    ],
)
def test_a_spec_that_no_choice_gives_is_refused(change: dict[str, Any], field: str) -> None:
    spec = Spec.model_validate_json(json.dumps(NETWORKS["googlenet"].spec.model_dump(mode="json") | change))
    with pytest.raises(BadInput) as refused:
        variant(NETWORKS["googlenet"], choices_of(NETWORKS["googlenet"], spec))
    assert [problem.field for problem in refused.value.problems] == [field]

"""A description says what its fields say, in their types, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from app.network.catalog import NETWORKS
from app.network.spec import Spec, Widths
from tests.examples import variant_of
from tests.strategies import addresses, query

PLAIN: dict[str, Any] = json.loads(NETWORKS["googlenet"].spec.model_dump_json())


@given(addresses())
def test_a_description_survives_json(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    spec = variant_of(network, query(values)).spec
    assert Spec.model_validate_json(spec.model_dump_json()) == spec


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"realisation": {"colour": "red"}},
        {"follow": {"colour": "red"}},
        {"modules": [{"name": "3a", "widths": [1, 1, 1, 1, 1, 1], "colour": "red"}]},
        {"modules": [{"name": "3a", "widths": [1, 1, 1, 1, 1]}]},
        {"modules": [{"name": "3a", "widths": [1, 1, 1, 1, 1, 1, 1]}]},
        {"modules": [{"name": "3a", "widths": [1, 1, 1, 1, 1, 1.5]}]},
        {"input": [3, 224]},
        {"input": [3, 224, "224"]},
        {"input": "3x224x224"},
        {"classes": "1000"},
        {"classes": True},
        {"norm": "LRN"},
        {"aux": "on"},
        {"aux": 1},
        {"follow": {"width": 0.5}},
    ],
)
def test_unknown_fields_and_other_types_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Spec.model_validate_json(json.dumps(PLAIN | change))


@pytest.mark.parametrize("missing", ["network", "input", "classes", "stem", "modules"])
def test_what_has_no_default_must_be_said(missing: str) -> None:
    with pytest.raises(ValidationError):
        Spec.model_validate_json(json.dumps({key: value for key, value in PLAIN.items() if key != missing}))


@pytest.mark.parametrize(
    ("widths", "kind"),
    [
        (Widths(64, 96, 128, 16, 32, 32), "reduced"),
        (Widths(64, 0, 128, 0, 32, 0), "naive"),
        (Widths(64, 0, 128, 0, 32, 1), "reduced"),
        (Widths(0, 1, 1, 0, 0, 0), "reduced"),
        (Widths(0, 0, 0, 0, 0, 0), "naive"),
    ],
)
def test_a_module_is_naive_without_any_reduction(widths: Widths, kind: str) -> None:
    assert widths.kind == kind
    assert widths.naive == (widths.one, 0, widths.three, 0, widths.five, 0)


def test_a_number_has_the_name_of_its_state_key() -> None:
    numbers = variant_of("googlenet", "classes=10&stem=1,2,3&5c=4,5,6,7,8,9").spec.numbers
    assert (numbers["classes"], numbers["conv1"], numbers["conv2_reduce"], numbers["conv2"]) == (10, 1, 2, 3)
    assert (numbers["4e.5x5"], numbers["5c.3x3_reduce"], numbers["5c.pool_proj"]) == (128, 5, 9)

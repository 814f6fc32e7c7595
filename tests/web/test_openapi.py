"""The API's description of itself: complete, in words, with examples that work."""

import json
import re
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.web import openapi
from tests.web.doors import API, GETS, STATES, asking, routes

NAMED = (
    "input", "classes", "3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b", "modules", "width", "stem", "norm",
    "five", "rounding", "aux", "head",
)  # fmt: skip
"""The state keys that the contract's table names; beside them one column and one added module."""
COLUMN = re.compile(r"[345][a-e]\.([135]x[135](_reduce)?|pool_proj)")
ADDED = re.compile(r"3[c-j]|4[f-j]|5[c-j]")
WORDS = {
    "modules": {"naive", "reduced"},
    "norm": {"lrn", "batch", "none"},
    "five": {"5x5", "3x3", "3x3x2"},
    "rounding": {"ceil", "floor"},
    "aux": {"on", "off"},
    "head": {"gap", "flatten"},
}
OWN = {
    f"{API}/networks/{{id}}/fit": {f"max_{name}" for name in ("params", "macs", "activations", "peak_activations")}
    | {"free", "multiple"},
    f"{API}/networks/{{id}}/model.onnx": {"weights"},
    f"{API}/networks/{{id}}/sweep": {"vary", "format"},
}
"""Keys that a door has beside those of the state."""
ALSO = {
    f"{API}/networks/{{id}}/sweep": [
        "text/csv", "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream",
    ]
}  # fmt: skip
"""Media types that are answered where they are asked for."""
TAKES_STATE = tuple(path for path, address in GETS.items() if address in STATES)


@pytest.fixture(scope="module")
def description(client: TestClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    said: dict[str, Any] = answer.json()
    return said


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def example_of(parameter: dict[str, Any]) -> str:
    """Whichever way OpenAPI lets a parameter give one."""
    if "example" in parameter:
        return str(parameter["example"])
    if "examples" in parameter:
        return str(next(iter(parameter["examples"].values()))["value"])
    return str(parameter["schema"]["examples"][0])


def test_every_door_of_the_api_is_described(app: FastAPI, description: dict[str, Any]) -> None:
    doors = {
        (path, method.lower()) for path, all_of in routes(app).items() for method in all_of if path.startswith(API)
    }
    described = {(path, method) for path, method, _ in operations(description)}
    assert doors | {("/healthz", "get"), ("/readyz", "get")} == described


def test_every_door_says_what_it_does(description: dict[str, Any]) -> None:
    for path, _, operation in operations(description):
        assert operation["description"].endswith("."), path
        assert operation["tags"]
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(names) == len(set(names))


def test_every_parameter_has_words_and_an_example(description: dict[str, Any]) -> None:
    for path, _, operation in operations(description):
        for parameter in operation.get("parameters", []):
            assert len(parameter["description"]) > 10, (path, parameter["name"])
            assert example_of(parameter), (path, parameter["name"])
        assert {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"} == set(
            re.findall(r"{(\w+)}", path)
        )


@pytest.mark.parametrize("path", TAKES_STATE)
def test_a_door_that_takes_a_state_lists_every_named_key(description: dict[str, Any], path: str) -> None:
    listed = {each["name"]: each for each in description["paths"][path]["get"]["parameters"] if each["in"] == "query"}
    assert set(NAMED) <= set(listed), f"missing: {sorted(set(NAMED) - set(listed))}"
    rest = set(listed) - set(NAMED) - OWN.get(path, set())
    assert len(rest) == 2
    assert len([name for name in rest if COLUMN.fullmatch(name)]) == 1
    assert len([name for name in rest if ADDED.fullmatch(name)]) == 1
    for name, words in WORDS.items():
        assert set(listed[name]["schema"]["enum"]) - {""} == words
    assert not any(each["required"] for each in listed.values())


@pytest.mark.parametrize("path", TAKES_STATE)
def test_the_examples_of_a_state_answer_200(client: TestClient, description: dict[str, Any], path: str) -> None:
    listed = description["paths"][path]["get"]["parameters"]
    queries = [{each["name"]: example_of(each)} for each in listed if each["in"] == "query"]
    for query in queries if path == f"{API}/networks/{{id}}" else queries[:1]:
        answer = client.get(asking(GETS[path], urlencode(query)))
        assert answer.status_code == 200, (query, answer.text[:300])


@pytest.mark.parametrize("path", [f"{API}/size", f"{API}/module", f"{API}/compare"])
def test_the_examples_of_a_door_answer_200_together(client: TestClient, description: dict[str, Any], path: str) -> None:
    listed = {each["name"]: each for each in description["paths"][path]["get"]["parameters"]}
    # the first op is a conv, which rounds one way only
    query = {name: example_of(each) for name, each in listed.items() if (path, name) != (f"{API}/size", "rounding")}
    assert client.get(f"{path}?{urlencode(query)}").status_code == 200
    required = {name: example_of(each) for name, each in listed.items() if each["required"]}
    assert client.get(f"{path}?{urlencode(required)}").status_code == 200
    for name in required:
        assert client.get(f"{path}?{urlencode(required | {name: ''})}").status_code == 422


def test_an_optional_parameter_may_be_empty_as_the_contract_has_it(description: dict[str, Any]) -> None:
    for path, _, operation in operations(description):
        for each in operation.get("parameters", []):
            if each["in"] == "query" and not each["required"]:
                schema = each["schema"]
                allowed = "" in schema["enum"] if "enum" in schema else re.search(schema.get("pattern", ""), "")
                assert allowed, (path, each["name"])


def test_every_error_is_described_as_a_problem(description: dict[str, Any]) -> None:
    for path, method, operation in operations(description):
        for status, answer in operation["responses"].items():
            assert answer["description"], (path, method, status)
            if status >= "4":
                assert list(answer["content"]) == ["application/problem+json"], (path, method, status)
                assert answer["content"]["application/problem+json"]["schema"]["$ref"].endswith("/ProblemDetails")
        if path in TAKES_STATE:
            assert {"202" if method == "post" else "200", "404", "422"} <= set(operation["responses"])
    assert "503" in description["paths"][f"{API}/networks/{{id}}/verify"]["get"]["responses"]
    assert {"413", "415", "422"} <= set(description["paths"][f"{API}/analysis"]["post"]["responses"])


@pytest.mark.parametrize("path", [path for path in GETS if path.startswith(API)])
def test_an_answer_has_the_described_media_type(client: TestClient, description: dict[str, Any], path: str) -> None:
    content = description["paths"][path]["get"]["responses"]["200"]["content"]
    answer = client.get(GETS[path])
    assert list(content) == [answer.headers["content-type"].split(";")[0], *ALSO.get(path, [])]
    if "application/json" in content:
        assert set(content["application/json"]["schema"]) & {"$ref", "properties"}


def test_every_field_of_every_answer_has_words(description: dict[str, Any]) -> None:
    missing = [
        f"{name}.{field}"
        for name, schema in description["components"]["schemas"].items()
        for field, said in schema.get("properties", {}).items()
        if not said.get("description")
    ]
    assert not missing


def test_words_are_the_same_in_whatever_order_modules_came(
    app: FastAPI, description: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openapi, "sys", SimpleNamespace(modules=dict(reversed(sys.modules.items()))))
    monkeypatch.setattr(app, "openapi_schema", None)
    assert openapi.description(app) == description


def test_no_schema_is_left_open_or_empty(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    used = set(re.findall(r"#/components/schemas/([\w.]+)", json.dumps(description)))
    assert used == set(schemas)
    for name, schema in schemas.items():
        if schema.get("type") == "object":
            assert schema["properties"], name


@pytest.mark.parametrize(
    ("field", "unit"),
    [
        ("Row.kernel", "[height, width]"),
        ("Row.out_shape", "[C, H, W]"),
        ("Row.receptive_field", "pixels"),
        ("Row.activations", "elements"),
        ("Row.macs", "Multiply-adds"),
        ("Totals.flops", "2 × macs"),
        ("Totals.macs", "biases excluded"),
        ("Totals.activations", "elements"),
        ("Totals.peak_activations", "elements"),
        ("Detail.in_shape", "[C, H, W]"),
        ("Size.size", "elements"),
        ("Verification.seconds", "took"),
    ],
)
def test_a_unit_stands_beside_a_number(description: dict[str, Any], field: str, unit: str) -> None:
    name, _, key = field.partition(".")
    assert unit in description["components"]["schemas"][name]["properties"][key].get("description", "")

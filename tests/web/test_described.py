"""Descriptions sent as JSON: what `/spec.json` gives comes back exactly, and no other body does harm."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.network.catalog import NETWORKS
from tests.strategies import addresses, query
from tests.web.doors import API, NETWORK, check_problem, read

JSON = {"Content-Type": "application/json"}
DIGITS = "9" * 5000


@given(addresses())
def test_a_description_sent_back_gives_the_same_analysis(
    client: TestClient, address: tuple[str, dict[str, str]]
) -> None:
    network, values = address
    here = f"{API}/networks/{network}"
    described = client.get(f"{here}/spec.json?{query(values)}")
    assert described.headers["content-type"] == "application/json"
    posted = client.post(f"{API}/analysis", content=described.content, headers=JSON)
    assert posted.status_code == 200, posted.text
    assert posted.headers["content-type"] == "application/json"
    assert posted.content == client.get(f"{here}?{query(values)}").content
    assert posted.json()["spec"] == described.json()


def test_a_field_that_no_description_has_is_refused(client: TestClient) -> None:
    described = read(client, f"{NETWORK}/spec.json")
    for field in ("colour", "state"):
        answer = client.post(f"{API}/analysis", json=described | {field: 1})
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"null", b"[]", b"{}", b"1", b'"x"', b"{", b"NaN", b"\xff\xfe", b"\x00", b"{}{}", b"\xef\xbb\xbf{}",
        b'{"network": "\\ud800"}', b'{"\\ud800": 1}', b"[" * 100_000, b'{"a":' * 100_000, b"1" * 100_000, b"-1e999",
        DIGITS.encode(), b'{"network": "googlenet", "network": "torchvision"}',
    ],
    ids=lambda body: repr(body[:24]),
)  # fmt: skip
def test_a_body_that_describes_nothing_is_refused(client: TestClient, body: bytes) -> None:
    problem = check_problem(client.post(f"{API}/analysis", content=body, headers=JSON), 422)
    assert problem["errors"]
    assert len(problem["detail"]) < 2000


def test_a_body_of_a_hundred_thousand_errors_gives_no_answer_many_times_its_size(client: TestClient) -> None:
    body = json.dumps({f"a{n}": 1 for n in range(60_000)})
    answer = client.post(f"{API}/analysis", content=body, headers=JSON)
    check_problem(answer, 422)
    assert len(answer.content) < len(body)


SPOTS: tuple[tuple[str | int, ...], ...] = (
    ("network",), ("input",), ("input", 0), ("input", 2), ("classes",), ("stem",), ("stem", 1), ("modules",),
    ("modules", 0), ("modules", 0, "name"), ("modules", 0, "widths"), ("modules", 4, "widths", 4), ("norm",), ("five",),
    ("rounding",), ("aux",), ("head",), ("realisation",), ("realisation", "dropout"), ("realisation", "pool4"),
    ("follow",), ("follow", "width"), ("follow", "modules"), ("more",), ("modules", 0, "more"), ("follow", "more"),
)  # fmt: skip
RAW = st.sampled_from(
    ("null", "true", "-1", "0", "1.0", "1.5", "1e400", "NaN", "-Infinity", DIGITS, f'"{DIGITS}"', '""', '"\\u0000"',
     '"naive"', '"off"', '"3b"', '"5k"', '"1e3"', '"0x1"', '"0.5"', '"٣"', "[]", "{}", "[[[]]]", "[1,2,3,4,5,6,7]",
     "[0,0,0,0,0,0]", "[1e999]", '"<b>"', '"\\ud83d\\ude00"', "4294967296", "9007199254740993", "18446744073709551616")
)  # fmt: skip


@given(network=st.sampled_from(tuple(NETWORKS)), spot=st.sampled_from(SPOTS), raw=RAW)
def test_a_description_with_one_strange_value_is_read_or_refused(
    client: TestClient, network: str, spot: tuple[str | int, ...], raw: str
) -> None:
    described: Any = json.loads(NETWORKS[network].spec.model_dump_json())
    part = described
    for step in spot[:-1]:
        part = part[step]
    part[spot[-1]] = "HERE"
    answer = client.post(f"{API}/analysis", content=json.dumps(described).replace('"HERE"', raw), headers=JSON)
    if answer.status_code != 200:
        check_problem(answer, 404 if spot == ("network",) and raw[0] == '"' and raw != '"\\ud800"' else 422)

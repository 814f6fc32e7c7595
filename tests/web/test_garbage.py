"""Garbage at every reader and every door: read or refused in words, and no defect, whatever a stranger sends."""

import json
import logging
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.errors import BadInput
from app.network.catalog import NETWORKS
from app.network.spec import Spec
from app.web.address import scan_query
from app.web.body import _shown
from app.web.transport.log import Text
from tests.garbage import HEADERS, MARKUP, NAMES, ODD, READERS, headers, queries
from tests.web.doors import API, DELETES, GETS, JOB, NETWORK, POSTS, STARTS, asking, check_problem
from tests.web.raw import ask, check

RUNS = ("/verify", "/seal", "macs.html")
"""What starts torch, and a page of 5 MB."""
DOORS = tuple(each for path, each in GETS.items() if path.startswith(API) and not each.endswith(RUNS))
PAGES = tuple(each for path, each in GETS.items() if not path.startswith(API) and not each.endswith(RUNS))
ACCEPT = ("Accept", "text/html")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")


@pytest.mark.parametrize("check_reader", READERS)
@given(network=st.sampled_from(NAMES), query=queries())
@settings(max_examples=150)
def test_a_query_is_read_or_refused(check_reader: Any, network: str, query: str) -> None:
    check_reader(network, query)


@given(door=st.sampled_from(DOORS), query=queries(), sent=headers, chinese=st.booleans())
@settings(max_examples=200)
def test_no_garbage_breaks_a_door(
    app: FastAPI, door: str, query: str, sent: list[tuple[str, str]], chinese: bool
) -> None:
    address = asking(("/zh" if chinese else "") + door, query)
    check(ask(app, "GET", address, sent), (address, sent))


@given(path=st.sampled_from(PAGES), query=queries(), sent=headers, chinese=st.booleans())
@settings(max_examples=60)
def test_no_garbage_breaks_a_page_or_stands_in_its_markup(
    app: FastAPI, path: str, query: str, sent: list[tuple[str, str]], chinese: bool
) -> None:
    address = asking(("/zh" if chinese else "") + path, query)
    check(ask(app, "GET", address, [*sent, ACCEPT]), (address, sent))


@given(address=st.sampled_from((*DOORS, *PAGES)), odd=st.sampled_from(ODD), data=st.data())
@settings(max_examples=200)
def test_no_garbage_in_a_path_breaks_anything(app: FastAPI, address: str, odd: str, data: st.DataObject) -> None:
    path, _, query = address.partition("?")
    parts = path.split("/")
    parts[data.draw(st.integers(1, len(parts) - 1))] = odd
    for sent in ([], [ACCEPT]):
        check(ask(app, "GET", "/".join(parts) + (f"?{query}" if query else ""), sent), parts)


@pytest.mark.parametrize("path", ["//other.example", "/%2f/other.example", "/%09/other.example", "/%5cother.example"])
@pytest.mark.parametrize("prefix", ["", "/zh", "/zh/zh"])
def test_no_path_makes_a_link_to_another_site(app: FastAPI, prefix: str, path: str) -> None:
    answer = ask(app, "GET", prefix + path, [("Host", "x"), ACCEPT])
    assert answer.status_code == 404
    check(answer, path)


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("address", ["/size", "/nowhere", NETWORK, "/static/css/tokens.css"])
def test_no_garbage_in_a_header_breaks_anything(app: FastAPI, address: str, name: str) -> None:
    for value in HEADERS[name]:
        for more in ([], [ACCEPT]):
            check(ask(app, "GET", address, [(name, value), *more]), (address, name, value))


@pytest.mark.parametrize("address", PAGES)
def test_markup_in_every_place_of_an_address_is_text(app: FastAPI, address: str) -> None:
    odd = quote(MARKUP)
    path, _, query = address.partition("?")
    keys = ("input", "4e.5x5", "3a", "left", "widths", "vary", "vary.width", "answer", "charts", "training")
    every = "&".join(f"{key}={odd}" for key in keys)
    for asked in (f"{path}?{odd}={odd}", f"{path}{odd}?{query}", f"{path}?{every}", f"{path}?network={odd}"):
        for sent in ([ACCEPT, ("Host", MARKUP)], [ACCEPT, ("HX-Request", "true")]):
            check(ask(app, "GET", asked, sent), (asked, sent))


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=7) | st.dictionaries(st.text(max_size=8), inside, max_size=5),
    max_leaves=12,
)


@given(network=st.sampled_from(NAMES), data=st.data(), shapes=st.lists(SHAPES, min_size=1, max_size=3))
@settings(max_examples=150)
def test_a_description_with_anything_anywhere_is_analysed_or_refused(
    app: FastAPI, network: str, data: st.DataObject, shapes: list[Any]
) -> None:
    described: Any = json.loads(NETWORKS[network].spec.model_dump_json())
    for shape in shapes:
        part = described
        while True:
            key = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
            if not part[key] or not isinstance(part[key], dict | list) or data.draw(st.booleans()):
                break
            part = part[key]
        part[key] = shape
    body = json.dumps(described).encode()
    answer = ask(app, "POST", f"{API}/analysis", [JSON], body)
    check(answer, body)
    if answer.status_code == 200:
        said = answer.json()
        again = ask(app, "GET", f"{API}/networks/{said['network']}?{said['state']}")
        assert again.content == answer.content


@given(
    address=st.sampled_from((*POSTS.values(), *DELETES.values())),
    body=st.binary(max_size=200) | SHAPES.map(json.dumps).map(str.encode) | queries().map(str.encode),
    kind=st.sampled_from((JSON, FORM)),
    sent=headers,
)
@settings(max_examples=200)
def test_no_body_breaks_a_door(
    app: FastAPI, address: str, body: bytes, kind: tuple[str, str], sent: list[tuple[str, str]]
) -> None:
    if address in STARTS.values() and kind == JSON and body.strip() in (b"", b"{}"):
        return  # a good start
    check(ask(app, "POST", address, [kind, *sent], body), (address, body))


def test_a_multiplier_of_a_million_digits_is_not_worked_out(client: TestClient) -> None:
    spec = json.loads(NETWORKS["googlenet"].spec.model_dump_json())
    spec["follow"]["width"] = "0." + "3" * 900_000
    body = check_problem(client.post(f"{API}/analysis", json=spec), 422)
    assert body["detail"].startswith("width: numbers of at most 8192 digits")
    for most in ("0." + "3" * 8000, "1." + "0" * 900_000, "0" * 900_000 + "1"):
        spec["follow"]["width"] = most
        assert client.post(f"{API}/analysis", json=spec).status_code == 200


@pytest.mark.parametrize("field", ["network", "norm"])
def test_a_value_of_a_million_characters_does_not_come_back(client: TestClient, field: str) -> None:
    spec = json.loads(NETWORKS["googlenet"].spec.model_dump_json()) | {field: "x" * 900_000}
    assert len(client.post(f"{API}/analysis", json=spec).content) < 20_000
    assert len(client.post(f"{API}/analysis", json={"x" * 900_000: 1}).content) < 20_000


def test_no_more_of_what_is_wrong_with_a_body_is_written_out_than_is_told(client: TestClient) -> None:
    with patch("app.web.body._shown", return_value="it") as shown:
        check_problem(client.post(f"{API}/analysis", json={f"k{at}": 1 for at in range(1000)}), 422)
    assert shown.call_count == BadInput.MOST


@pytest.mark.parametrize("item", ["{}", "1", '{"name":"3a"}'])
def test_what_is_wrong_with_a_body_is_not_looked_for_without_end(item: str) -> None:
    """Half a million mistakes took a second and more to list, and everybody waited."""
    spec = NETWORKS["googlenet"].spec.model_dump_json().replace('"modules":[', f'"modules":[{f"{item}," * 1000}')
    with pytest.raises(ValidationError) as refused:
        Spec.model_validate_json(spec)
    assert refused.value.error_count() < 10


def test_a_value_is_written_out_as_far_as_it_is_told() -> None:
    with patch("json.encoder.encode_basestring", side_effect=json.dumps) as written:
        assert len(_shown({str(at): at for at in range(100_000)})) == 200
    assert written.call_count < 500


@pytest.mark.parametrize(
    ("address", "body", "twice"),
    [
        (f"{API}/analysis", '"classes":7,"classes":', "classes"),
        (f"{API}/analysis", '"width":"2","width":', "width"),
        (STARTS[f"{API}/networks/{{id}}/training"], '{"steps": 1, "steps": 2}', "steps"),
    ],
)
def test_a_key_of_a_body_that_stands_twice_is_refused_by_name(
    client: TestClient, address: str, body: str, twice: str
) -> None:
    if address == f"{API}/analysis":
        body = NETWORKS["googlenet"].spec.model_dump_json().replace(f'"{twice}":', body)
    refused = check_problem(client.post(address, content=body, headers=dict([JSON])), 422)
    assert [error["field"] for error in refused["errors"]] == [twice]


def test_a_body_is_not_compressed(client: TestClient) -> None:
    spec = client.get(f"{NETWORK}/spec.json").content
    for coding, status in (("gzip", 415), ("identity, br", 415), ("identity", 200)):
        answer = client.post(f"{API}/analysis", content=spec, headers=dict([JSON]) | {"Content-Encoding": coding})
        assert answer.status_code == status


def test_bytes_of_an_address_that_are_no_character_are_refused(app: FastAPI) -> None:
    for address in (f"{NETWORK}?input=".encode() + b"\xff", "/?input=１００".encode()):
        check_problem(ask(app, "GET", address), 400)
    assert ask(app, "GET", f"{NETWORK}?input=%EF%BC%91").status_code == 422


def test_parts_of_a_module_that_is_not_there_come_without_it(client: TestClient) -> None:
    for width in ("narrow", "wide"):
        address = f"/networks/googlenet/live/{width}/3c"
        assert "<!--# card-3c -->" in client.get(f"{address}?3c=64,96,128,16,32,32").text
        answer = client.get(address)
        assert (answer.status_code, "<!--# card-3c -->" in answer.text) == (200, False)
    check_problem(client.get("/networks/googlenet/live/narrow/9z"), 404)
    check_problem(client.get("/networks/googlenet/live/round/3a"), 422)


def test_a_chart_comes_once_however_often_it_is_named(client: TestClient) -> None:
    once = client.get("/networks/googlenet/live/wide/3a?charts=channels,macs")
    often = client.get(f"/networks/googlenet/live/wide/3a?charts=macs{',channels' * 500}")
    assert len(often.content) == len(once.content)


def test_the_way_back_to_the_lab_keeps_what_the_lab_knows(client: TestClient) -> None:
    cancel = f"/lab/jobs/{JOB.rpartition('/')[2]}/cancel"
    shown = f"http://testserver/lab?network=torchvision&{'a&' * 500}input=64&verify=now&evil=%0d%0aX-Evil:%201"
    answer = client.post(cancel, headers={"HX-Current-URL": shown})
    assert (answer.status_code, answer.headers["location"]) == (303, "/lab?network=torchvision&input=64")


def test_the_keys_that_are_allowed_stand_in_one_order_in_every_process() -> None:
    for known in (["vary", "format", "width", "input"], ["input", "format", "vary", "width"]):
        _, [problem] = scan_query("x=1", known)
        assert problem.allowed == "one of the keys format, vary, input, width"


def test_what_is_allowed_is_worked_out_once() -> None:
    with patch("app.web.address._listed", return_value="nothing") as listed:
        _, problems = scan_query("a&" * 4000, {"b"})
    assert (len(problems), listed.call_count) == (4000, 1)


def test_no_path_makes_a_line_of_its_own_in_the_log() -> None:
    record = logging.LogRecord("app", logging.INFO, "", 1, "%s %s", ("GET", "/a\nb\x1b[2J\u2028网"), None)
    assert Text("%(message)s").format(record) == "GET /a\\nb\\x1b[2J\\u2028网"

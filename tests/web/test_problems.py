"""Errors: each names what is wrong, in problem+json, and no input of any kind gives a 500."""

import importlib.util
import json
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.web.doors import API, GETS, NETWORK, POSTS, STATES, asking, check_problem, routes

DOORS = tuple(address for address in GETS.values() if address.startswith(API))
FORMS = (
    "/", "/networks/{id}", "/networks/{id}/modules/{module}", "/module", "/compare", "/size", "/lab", "/counts",
    "/learn/{slug}", "/space",
)  # fmt: skip
PAGES = tuple(GETS[path] for path in FORMS)
"""Pages that say beside their fields what is wrong."""
JSON = {"Content-Type": "application/json"}
DIGITS = "9" * 5000
NASTY = (
    "%00", "input=%00", "input=224%00", "%", "input=%", "input=%zz", "input=%ff", "%ff=1", "input=%ed%a0%80",
    "input=nan", "classes=Infinity", "width=1e999", "width=1e0", "width=.5", "width=1.", "width=1_0", "classes=-1",
    "classes=%2B1", "classes=+1", "classes=%201", "classes=1%20", "classes=1%0a", "classes=%D9%A1", "classes=%EF%BC%91",
    "classes=0x10", "classes=1;aux=on", ";", "aux=on;norm=none", "=", "=1", "&&&", "aux", "AUX=on", "aux=ON",
    f"classes={DIGITS}", f"input={DIGITS}", f"width=1.{DIGITS}", f"width={DIGITS}.5", f"3a.1x1={DIGITS}",
    "3a=1,2,3", "3a=,,,,,", "3a=1,1,1,1,1,-1", "3a=naive:1,2", "3a[]=1", "3k=1,1,1,1,1,1", "3d=1,1,1,1,1,1",
    "4e.7x7=1", "4e.=1", ".1x1=1", "input=x", "input=1x", "input=1x2x3x4", "input=%E2%91%A0",
    "&".join(f"k{n}=" for n in range(1200)), "aux=on&aux=off", "&".join(["aux=on"] * 1000), "<script>=<script>",
    "op=conv&op=pool", "left=", "left=%00&right=%ff", "left=googlenet%3Fleft%3Dx&right=x", "widths=9&input=9",
    "__class__=1", "input={{7*7}}", "%C0%AF..=1", "input=224&input%00=1", "\U0001f600=\U0001f600",
)  # fmt: skip
"""Query strings that no door takes, or takes with care."""


@pytest.mark.parametrize("address", [each for each in GETS.values() if not each.endswith(("/verify", "/seal"))])
def test_no_query_gives_a_500(client: TestClient, address: str) -> None:
    path, _, query = address.partition("?")
    for nasty in (*NASTY, *(f"{query}&{each}" for each in NASTY if query)):
        answer = client.get(f"{path}?{nasty}")
        assert answer.status_code in (200, 404, 422), nasty
        if answer.status_code > 200 and address not in PAGES:
            check_problem(answer, answer.status_code)


@pytest.mark.parametrize("address", STATES)
def test_a_state_that_cannot_be_is_refused_on_every_door_that_takes_one(client: TestClient, address: str) -> None:
    for query, fields in [
        ("colour=red", ["colour"]),
        ("input=224&colour=", ["colour"]),
        ("utm_source=mail", ["utm_source"]),
        ("aux=on&aux=off", ["aux"]),
        ("classes=-1", ["classes"]),
        ("classes=%2B1", ["classes"]),
        ("classes=1_0", ["classes"]),
        ("classes=%D9%A1", ["classes"]),
        ("width=1e0", ["width"]),
        ("input=30", ["input"]),
        ("width=9&3a=no", ["width", "3a"]),
        ("4e.5x5=1&4e=naive", ["4e.5x5"]),
        ("3d=64,96,128,16,32,32", ["3d"]),
    ]:
        body = check_problem(client.get(asking(address, query)), 422)
        assert [error["field"] for error in body["errors"]] == fields
        for error in body["errors"]:
            assert error["field"] in body["detail"]
            assert error["received"] in body["detail"]
            assert error["allowed"] in body["detail"]


@pytest.mark.parametrize("address", [*DOORS, *(address for address in POSTS.values() if address.startswith(API))])
def test_a_key_that_a_door_does_not_know_is_refused_by_name(client: TestClient, address: str) -> None:
    asked = f"{address}{'&' if '?' in address else '?'}colour=red"
    body = client.get(f"{NETWORK}/spec.json").json()
    answer = client.post(asked, json=body) if address in POSTS.values() else client.get(asked)
    assert [error["field"] for error in check_problem(answer, 422)["errors"]] == ["colour"]


@pytest.mark.parametrize("address", [address for address in DOORS if "?" in address])
def test_a_key_that_stands_twice_is_refused_by_name(client: TestClient, address: str) -> None:
    key, value = address.partition("?")[2].split("&")[0].split("=", 1)
    body = check_problem(client.get(f"{address}&{key}={value}"), 422)
    assert [error["field"] for error in body["errors"]] == [key]
    assert client.get(f"{address}&{key}=").status_code == 200


def test_a_size_that_vanishes_names_the_layer_and_the_least_input(client: TestClient) -> None:
    # facts: 31 is the least that runs with a 3×3 pool4 and ceil, 61 with floor, 15 with a 2×2
    for network, query, least, layer in [
        ("googlenet", "", 31, "pool4"),
        ("googlenet", "&rounding=floor", 61, "pool4"),
        ("torchvision", "", 15, "pool3"),
    ]:
        door = f"{API}/networks/{network}"
        body = check_problem(client.get(f"{door}?aux=off&input={least - 1}{query}"), 422)
        assert body["errors"][0]["field"] == "input"
        assert body["errors"][0]["received"] == str(least - 1)
        assert str(least) in body["errors"][0]["allowed"]
        assert f"at {layer} " in body["detail"]
        assert client.get(f"{door}?aux=off&input={least}{query}").status_code == 200


def test_a_variant_of_too_many_flops_is_refused_as_a_whole(client: TestClient) -> None:
    query = "&".join(f"3{letter}=naive:4096,4096,4096" for letter in "abcdefghij")
    body = check_problem(client.get(f"{NETWORK}?input=2048&{query}"), 422)
    assert [error["field"] for error in body["errors"]] == ["state"]
    assert "2^53" in body["errors"][0]["allowed"]
    body = check_problem(client.get(f"{API}/module?input=65536x2048x2048&widths=naive:4096,4096,4096"), 422)
    assert [error["field"] for error in body["errors"]] == ["state"]


@pytest.mark.parametrize(
    ("address", "field"),
    [
        (f"{API}/networks/alexnet", "network"),
        (f"{API}/networks/alexnet/model.py", "network"),
        (f"{API}/networks/alexnet?x=1", "network"),
        (f"{API}/networks/GoogLeNet", "network"),
        (f"{API}/networks/%00", "network"),
        (f"{API}/networks/%ff", "network"),
        ("/networks/alexnet", "network"),
        (f"{API}/compare?left=alexnet&right=googlenet", "network"),
        (f"{API}/compare?left=googlenet&right=alexnet%3Faux%3Don", "network"),
        (f"{NETWORK}/modules/3c", "module"),
        (f"{NETWORK}/modules/3a?3a=off", "module"),
        (f"{NETWORK}/modules/inception_3a", "module"),
        (f"{NETWORK}/figures/nothing", "figure"),
        (f"{NETWORK}/figures/nothing.html", "figure"),
        (f"{NETWORK}/figures/macs.html.html", "figure"),
        (f"{NETWORK}/figures/module-3a?3a=off", "figure"),
    ],
)
def test_a_name_that_names_nothing_is_404_and_says_what_there_is(client: TestClient, address: str, field: str) -> None:
    (error,) = check_problem(client.get(address), 404)["errors"]
    assert error["field"] == field
    assert {"network": "googlenet", "module": "5b", "figure": "macs"}[field] in error["allowed"]


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere", "/networks/googlenet/", "/networks", "/api", f"{API}/", f"{API}/network", f"{NETWORK}/", "/%00",
        "/static", "/static/", "/static/css", "/static/nowhere.css", "/static/..%2fREADME.md",
        "/static/%2e%2e/app/main.py", "/static/%00", f"/static/{'x' * 300}", "/static/css/tokens.css/x", "/.git/config",
        "/zh%00/",
    ],
)  # fmt: skip
def test_an_address_of_nothing_is_404(client: TestClient, address: str) -> None:
    assert "errors" in check_problem(client.get(address), 404)


def test_a_method_that_a_route_does_not_have_is_405_and_says_which_it_has(app: FastAPI, client: TestClient) -> None:
    for path, methods in routes(app).items():
        address = (GETS | POSTS)[path]
        have = methods | ({"HEAD"} if "GET" in methods else set())
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"):
            if method not in have:
                answer = client.request(method, address)
                assert {each.strip() for each in answer.headers["allow"].split(",")} == have, (method, address)
                if method != "HEAD":
                    check_problem(answer, 405)


@pytest.mark.parametrize("span", ["bytes=x", "bytes=999999-", "bytes=5-1", "lines=1-2"])
def test_a_range_that_a_file_does_not_have_is_a_problem_or_is_overlooked(client: TestClient, span: str) -> None:
    answer = client.get("/static/css/tokens.css", headers={"Range": span})
    if answer.status_code != 200:
        check_problem(answer, answer.status_code)


def test_a_body_may_have_a_million_bytes_and_no_more(client: TestClient) -> None:
    described = json.dumps(client.get(f"{NETWORK}/spec.json").json())
    fits = described + " " * (1_000_000 - len(described))
    assert client.post(f"{API}/analysis", content=fits, headers=JSON).status_code == 200
    check_problem(client.post(f"{API}/analysis", content=f"{fits} ", headers=JSON), 413)


def test_a_body_that_comes_in_pieces_is_held_to_the_same(client: TestClient) -> None:
    described = client.get(f"{NETWORK}/spec.json").content

    def pieces(count: int) -> Iterator[bytes]:
        yield described
        for _ in range(count):
            yield b" " * 9000

    assert client.post(f"{API}/analysis", content=pieces(100), headers=JSON).status_code == 200
    check_problem(client.post(f"{API}/analysis", content=pieces(120), headers=JSON), 413)


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "application/json2", "", None])
def test_a_body_of_another_type_is_415(client: TestClient, media: str | None) -> None:
    headers = {} if media is None else {"Content-Type": media}
    body = check_problem(client.post(f"{API}/analysis", content=b"{}", headers=headers), 415)
    assert "application/json" in body["detail"]


@pytest.mark.parametrize("media", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
def test_json_may_be_named_in_any_case_and_with_parameters(client: TestClient, media: str) -> None:
    described = client.get(f"{NETWORK}/spec.json").content
    assert client.post(f"{API}/analysis", content=described, headers={"Content-Type": media}).status_code == 200


def test_without_torch_only_what_asks_torch_is_missing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "torch" else find(name, *more))
    answer = client.get(f"{NETWORK}/verify")
    assert "torch" in check_problem(answer, 503)["detail"]
    assert re.fullmatch(r"[1-9][0-9]*", answer.headers["retry-after"])
    for address in GETS.values():
        if not address.endswith("/verify"):
            assert client.get(address).status_code == (503 if address.endswith("/seal") else 200)


def test_a_run_beyond_its_time_is_503() -> None:
    with TestClient(create_app(Settings.model_construct(warm_lab=False, verify_seconds=0.01))) as hurried:
        answer = hurried.get(f"{NETWORK}/verify")
        check_problem(answer, 503)
        assert re.fullmatch(r"[1-9][0-9]*", answer.headers["retry-after"])

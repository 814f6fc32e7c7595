"""The design space's doors, each answer held against analyses asked for one by one."""

import csv
import io
import sys
from itertools import product
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.network.space import Grid
from app.network.spec import COLUMNS
from app.settings import Settings
from tests.published import WIDTHS
from tests.web.doors import API, NETWORK, check_problem, read

SWEEP, FIT = f"{NETWORK}/sweep", f"{NETWORK}/fit"
TOTALS = ["params", "macs", "activations", "peak_activations"]
LONG = "vary=4e.5x5:1:110:1&vary=3a.1x1:1:100:1"
"""11,000 points: an answer in pieces."""


def one(client: TestClient, network: str, query: str) -> list[int] | None:
    answer = client.get(f"{API}/networks/{network}?{query}")
    return [answer.json()["totals"][name] for name in TOTALS] if answer.status_code == 200 else None


@pytest.mark.parametrize(
    ("network", "state", "varied"),
    [
        ("googlenet", "", {"width:0.25:1.3:0.35": "0.25 0.6 0.95 1.3", "input:20:50:13": "20 33 46"}),
        (
            "torchvision",
            "5a=off&width=0.5",
            {"4e.5x5:0:48:48": "0 48", "4e.5x5_reduce:0:31:16": "0 16", "classes:05:5:1": "5"},
        ),
        ("tf-slim", "input=64x96", {"classes:0:2:1": "0 1 2", "width:3.70:4.2:0.15": "3.7 3.85 4 4.15"}),
        ("separable-stem", "3c=1,2,3,4,5,6&head=flatten", {"input:100:200:100": "100 200", "3a.1x1:4000:4999:99": ""}),
    ],
)
def test_a_sweep_has_a_row_for_every_combination_that_is_a_variant(
    client: TestClient, network: str, state: str, varied: dict[str, str]
) -> None:
    keys = [text.partition(":")[0] for text in varied]
    asked = urlencode([("vary", text) for text in varied])
    said = read(client, f"{API}/networks/{network}/sweep?{state}&{asked}")
    assert list(said) == ["network", "state", "columns", "rows", "skipped"]
    assert (said["network"], said["state"]) == (network, state)
    assert said["columns"] == [*keys, *TOTALS]
    values = [each.split() or [str(number) for number in range(4000, 5000, 99)] for each in varied.values()]
    points = {point: one(client, network, f"{state}&{urlencode(dict(zip(keys, point, strict=True)))}")
              for point in product(*values)}  # fmt: skip
    expected = [[*map(float, point), *totals] for point, totals in points.items() if totals]
    assert said["rows"] == expected
    assert said["skipped"] == len(points) - len(expected)


def test_csv_says_the_same_in_the_lines_of_rfc_4180(client: TestClient) -> None:
    query = "vary=width:0.5:1:0.1&vary=4e.5x5:0:9:3"
    answer = client.get(f"{SWEEP}?{query}&format=csv")
    assert answer.headers["content-type"].split(";")[0] == "text/csv"
    assert answer.text.count("\r\n") == answer.text.count("\n")
    header, *lines = csv.reader(io.StringIO(answer.content.decode(), newline=""), strict=True)
    said = read(client, f"{SWEEP}?{query}")
    assert header == said["columns"]
    assert [[float(cell) for cell in line] for line in lines] == said["rows"]
    assert [line[0] for line in lines[::3]] == ["0.5", "0.6", "0.7", "0.8", "0.9", "1"]


@pytest.mark.parametrize(
    ("format", "media_type"),
    [("parquet", "application/vnd.apache.parquet"), ("arrow", "application/vnd.apache.arrow.stream")],
)
def test_data_frames_are_answered_and_refused_where_pyarrow_is_missing(
    client: TestClient, format: str, media_type: str
) -> None:
    pytest.importorskip("pyarrow")
    for query in ("vary=width:0.5:1:0.1", LONG):
        answer = client.get(f"{SWEEP}?{query}&format={format}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        again = client.get(f"{SWEEP}?{query}&format={format}")
        assert (again.content, again.headers["etag"]) == (answer.content, answer.headers["etag"])
        with patch.dict(sys.modules, {"pyarrow": None}):
            refused = client.get(f"{SWEEP}?{query}&aux=on&format={format}")  # not kept yet
        assert "pyarrow" in check_problem(refused, 503)["detail"]
        assert int(refused.headers["retry-after"]) > 0


def test_without_an_axis_the_variant_is_the_only_point(client: TestClient) -> None:
    said = read(client, f"{SWEEP}?aux=on")
    assert said["rows"] == [[6_998_552, 1_582_671_872, *said["rows"][0][2:]]]
    assert said["state"] == "aux=on"


@pytest.mark.parametrize(
    ("varied", "allowed"),
    [
        (["x:1:2:3"], "width, input, classes or a column"),
        (["stem:1:2:3"], "width, input, classes or a column"),
        (["3c.1x1:1:2:3"], "width, input, classes or a column"),
        (["4e:1:2:3"], "width, input, classes or a column"),
        (["width:1:2"], "KEY:START:STOP:STEP"),
        (["width:1:2:1:1"], "KEY:START:STOP:STEP"),
        (["width:-1:2:1"], "KEY:START:STOP:STEP"),
        (["width:.5:2:1"], "KEY:START:STOP:STEP"),
        (["width:1e0:2:1"], "KEY:START:STOP:STEP"),
        (["width:١:2:1"], "KEY:START:STOP:STEP"),
        (["width:1:2:0"], "STEP above 0"),
        (["width:1:2:0.000"], "STEP above 0"),
        (["width:2:1:1"], "START at most STOP"),
        (["width:1:2:1", "width:1:2:1"], "at most once"),
        (["input:200:300:0.5"], "whole numbers"),
        (["classes:1:2:1"], "a key that the state leaves out"),
        (["3a.1x1:1:2:1"], "not beside 3a"),
        (["4e.5x5:1:1000:1", "4e.1x1:1:1001:1"], "at most 1,000,000 points, this one has 1,001,000"),
        (["width:1:2:0.0000000000000001"], "15 digits"),
        ([f"input:1:{'9' * 5000}:1"], "15 digits"),
    ],
)
def test_an_axis_that_cannot_be_is_refused_with_what_is_allowed(
    client: TestClient, varied: list[str], allowed: str
) -> None:
    query = urlencode([("vary", text) for text in varied])
    body = check_problem(client.get(f"{SWEEP}?classes=10&3a=naive&{query}"), 422)
    ((field, received, said),) = [tuple(error.values()) for error in body["errors"]]
    assert (field, received) == ("vary", varied[-1])
    assert allowed in said


def test_the_limit_on_points_is_a_setting_and_counts_those_left_out() -> None:
    client = TestClient(create_app(Settings(max_sweep_points=6)))
    assert read(client, f"{SWEEP}?vary=input:20:25:1")["skipped"] == 6
    check_problem(client.get(f"{SWEEP}?vary=input:20:26:1"), 422)


@pytest.mark.parametrize(
    ("query", "state"),
    [
        ("vary=width:1:2:1&norm=lrn&input=256x256", "input=256"),
        ("vary=width:1:2:1&4e.5x5=128&3a=64,96,128,16,32,32", "3a=64,96,128,16,32,32&4e.5x5=128"),
        ("vary=4e.5x5:1:2:1&4e.1x1=9&4d.5x5=9&4c.5x5=64", "4d=112,144,288,32,9,64&4e.1x1=9"),
        ("vary=4e.3x3:1:2:1&4e.3x3_reduce=0", "4e.3x3_reduce=0"),
        ("vary=&width=0.5", "width=0.5"),
    ],
)
def test_the_state_of_a_sweep_gives_the_same_sweep(client: TestClient, query: str, state: str) -> None:
    said = read(client, f"{SWEEP}?{query}")
    assert said["state"] == state
    varied = query.partition("&")[0]
    assert read(client, f"{SWEEP}?{varied}&{state}") == said


def test_a_long_answer_comes_in_pieces_and_says_what_the_short_ones_say(client: TestClient) -> None:
    said = read(client, f"{SWEEP}?{LONG}")
    assert len(said["rows"]) == 11_000
    assert said["rows"][:100] == read(client, f"{SWEEP}?vary=4e.5x5:1:1:1&vary=3a.1x1:1:100:1")["rows"]
    assert said["rows"][-100:] == read(client, f"{SWEEP}?vary=4e.5x5:110:110:1&vary=3a.1x1:1:100:1")["rows"]
    with client.stream("GET", f"{SWEEP}?{LONG}&format=csv") as answer:
        assert "content-length" not in answer.headers
        assert b"".join(answer.iter_raw()).count(b"\r\n") == 11_001


def test_a_long_answer_has_a_tag_before_it_is_made(client: TestClient) -> None:
    with client.stream("GET", f"{SWEEP}?{LONG}") as answer:
        tag = answer.headers["etag"]
        assert "public" in answer.headers["cache-control"]
    with patch.object(Grid, "counting") as counting:
        for asked in (tag, f'"x", W/{tag}', "*"):
            answer = client.get(f"{SWEEP}?{LONG}", headers={"If-None-Match": asked})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        assert not counting.called
    others = [f"{SWEEP}?{LONG}&format=csv", f"{SWEEP}?{LONG}&aux=on", f"{API}/networks/torchvision/sweep?{LONG}"]
    for other in others:
        with client.stream("GET", other) as answer:
            assert answer.headers["etag"] != tag


def test_every_column_may_be_an_axis_at_once(client: TestClient) -> None:
    varied = [f"vary={name}.{column}:{width}:{width}:1" for name, widths in WIDTHS.items()
              for column, width in zip(COLUMNS, widths, strict=True)]  # fmt: skip
    query = "&".join([*varied, "vary=input:224:224:1", "vary=classes:1000:1001:1", "vary=width:1:1:1"])
    said = read(client, f"{SWEEP}?{query}")
    assert [row[-4] for row in said["rows"]] == [6_998_552, 6_998_552 + 1025]


def test_a_fit_says_what_binds_and_what_is_left(client: TestClient) -> None:
    said = read(client, f"{FIT}?max_params=2000000&max_macs=300000000&width=3")
    assert list(said) == ["width", "state", "totals", "budgets"]
    assert said["state"] == f"width={said['width']}"
    assert said["totals"] == read(client, f"{NETWORK}?{said['state']}")["totals"]
    params, macs = said["totals"]["params"], said["totals"]["macs"]
    assert said["budgets"] == [
        {"budget": "max_params", "allowed": 2_000_000, "used": params, "left": 2_000_000 - params, "binds": False},
        {"budget": "max_macs", "allowed": 300_000_000, "used": macs, "left": 300_000_000 - macs, "binds": True},
    ]
    beyond = read(client, f"{NETWORK}?width={said['width'] + 1 / 1024}")["totals"]
    assert beyond["macs"] > 300_000_000 >= macs


@pytest.mark.parametrize(
    ("query", "field", "allowed"),
    [
        ("", "max_params", "at least one of max_params, max_macs, max_activations, max_peak_activations"),
        ("max_params=", "max_params", "at least one of"),
        ("max_params=633475", "max_params", "at least 633,476, which width 0.25 takes"),
        ("max_macs=-1", "max_macs", "0 to"),
        ("max_macs=1.5", "max_macs", "0 to"),
        ("max_macs=900000000&multiple=3", "multiple", "1, 8 or 16"),
        ("max_macs=900000000&free=4e,9z", "free", "modules of the variant"),
    ],
)
def test_a_budget_that_cannot_be_is_refused(client: TestClient, query: str, field: str, allowed: str) -> None:
    body = check_problem(client.get(f"{FIT}?{query}"), 422)
    (error,) = body["errors"]
    assert error["field"] == field
    assert allowed in error["allowed"]


def test_a_budget_of_exactly_the_least_is_met_by_the_least(client: TestClient) -> None:
    assert read(client, f"{FIT}?max_params=633476")["totals"]["params"] == 633_476
    assert read(client, f"{FIT}?max_params={10**18}")["width"] == 4


def test_sensitivity_has_a_row_for_every_column_that_may_grow(client: TestClient) -> None:
    said = read(client, f"{NETWORK}/sensitivity?4e=naive&5b=4096,0,4095,0,0,0")
    assert list(said) == ["network", "state", "rows"]
    rows: dict[tuple[str, str], Any] = {(row["module"], row["column"]): row for row in said["rows"]}
    assert all(list(row) == ["module", "column", "params", "macs"] for row in said["rows"])
    assert [column for module, column in rows if module == "4e"] == ["1x1", "3x3", "5x5"]
    assert [column for module, column in rows if module == "5b"] == ["3x3"]
    state = "4e=naive:256,321,128&5b=4096,0,4095,0,0,0"
    now, then = (read(client, f"{NETWORK}?{each}")["totals"] for each in (said["state"], state))
    price = rows["4e", "3x3"]
    assert (price["params"], price["macs"]) == (then["params"] - now["params"], then["macs"] - now["macs"])

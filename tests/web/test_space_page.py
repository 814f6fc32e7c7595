"""The page of the design space against the sweep's door: counts, front, budgets, selection, addresses, refusals."""

import csv
import io
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode

import pytest
from starlette.testclient import TestClient

from app.errors import BadInput
from app.web.vary import parse_axes
from tests.web.doors import API, NETWORK, check_problem
from tests.web.doors import read as read_json
from tests.web.markup import Element, parse

GRID = "vary=width:0.5:1.5:0.25&vary=4e.5x5:0:128:32&vary=5b.3x3:128:640:128"
"""100 variants, and 25 combinations that are none: a 5×5 of 0 leaves its reduction without a convolution."""
CLOUD = f"/space?network=googlenet&{GRID}"
LONG = "vary=input:31:1040:1"
TOTALS = ("params", "macs", "activations", "peak_activations")


def read(client: TestClient, address: str, status: int = 200) -> Element:
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:300]
    return parse(answer.text)


def rows(client: TestClient, query: str = GRID, network: str = "googlenet") -> list[dict[str, float]]:
    said = read_json(client, f"{API}/networks/{network}/sweep?{query}")
    return [dict(zip(said["columns"], row, strict=True)) for row in said["rows"]]


def front(points: list[dict[str, float]]) -> list[dict[str, float]]:
    """More parameters than all that cost no more multiply-adds; the most parameters first."""
    return sorted(
        (
            one
            for one in points
            if not any(
                other["macs"] <= one["macs"]
                and other["params"] >= one["params"]
                and (other["macs"], other["params"]) != (one["macs"], one["params"])
                for other in points
            )
        ),
        key=lambda one: -one["params"],
    )


def table(page: Element) -> list[list[str]]:
    body = page.one("table", **{"class": "front-table"}).one("tbody")
    return [[cell.text for cell in (row.one("th"), *row.all("td"))] for row in body.all("tr")]


def test_the_page_counts_what_the_sweep_has(client: TestClient) -> None:
    points = rows(client)
    within = [each for each in points if each["macs"] <= 1.4e9 and each["params"] <= 7e6]
    page = read(client, f"{CLOUD}&max_macs=1.4+G&max_params=7M")
    assert 0 < len(within) < len(points)
    assert f"{len(points)} variants of GoogLeNet" in page.one("p", id="lead").text
    assert f"{len(within)} of them stay within" in page.one("p", id="lead").text
    assert f"{125 - len(points)} combinations are no networks" in page.text


def test_the_table_is_the_front_within_the_budget_and_ends_with_the_network_itself(client: TestClient) -> None:
    page = read(client, f"{CLOUD}&max_macs=1200000000")
    expected = [each for each in front(rows(client)) if each["macs"] <= 1.2e9]
    *shown, own = table(page)
    values = [[float(cell) for cell in row[2:]] for row in shown]
    known = [[each["width"], each["4e.5x5"], each["5b.3x3"]] for each in expected]
    assert values[0] == known[0]
    assert values[-1] == known[-1]
    assert all(each in known for each in values)
    assert len(values) == min(9, len(known))
    assert shown[0][:2] == [f"{expected[0]['params'] / 1e6:.2f}", f"{expected[0]['macs'] / 1e6:.0f}"]
    assert own == ["7.00", "1,583", "1", "128", "384"]


def test_the_figure_holds_every_variant_once_and_the_whole_front(client: TestClient) -> None:
    points = rows(client)
    drawn = read_json(client, f"/space/figure?{GRID}&max_macs=1200000000")
    beyond, within = drawn["data"][:2]
    counted = [sum(cell or 0 for row in trace["z"] for cell in row) for trace in (within, beyond)]
    inside = sum(each["macs"] <= 1.2e9 for each in points)
    assert counted == [inside, len(points) - inside]
    line = next(trace for trace in drawn["data"] if trace.get("mode") == "lines" and "customdata" in trace)
    expected = front(points)[::-1]
    assert line["x"] == [each["macs"] for each in expected]
    assert line["y"] == [each["params"] for each in expected]
    for address, each in list(zip(line["customdata"], expected, strict=True))[::3]:
        query = dict(parse_qsl(address.partition("?")[2]))
        assert {key: float(value) for key, value in query.items()} == {
            key: value for key, value in each.items() if key not in TOTALS
        }
        totals = read_json(client, f"{NETWORK}?{address.partition('?')[2]}")["totals"]
        assert {name: totals[name] for name in TOTALS} == {name: each[name] for name in TOTALS}


@pytest.mark.parametrize(
    ("more", "bounds"),
    [
        ("", {}),
        ("&max_macs=1200000000", {"macs": (0, 1.2e9)}),
        ("&max_macs=1&in_params=5M:6.5M", {"params": (5e6, 6.5e6)}),
        ("&in_macs=800M:1.2G&in_peak_activations=0:900000", {"macs": (8e8, 1.2e9), "peak_activations": (0, 9e5)}),
    ],
)
def test_the_csv_has_what_is_selected_or_fits(
    client: TestClient, more: str, bounds: dict[str, tuple[float, float]]
) -> None:
    answer = client.get(f"/space.csv?{GRID}{more}")
    assert answer.headers["content-type"].startswith("text/csv")
    header, *lines = csv.reader(io.StringIO(answer.text, newline=""), strict=True)
    found = [dict(zip(header, map(float, line), strict=True)) for line in lines]
    expected = [each for each in rows(client) if all(low <= each[name] <= high for name, (low, high) in bounds.items())]
    assert found == expected
    if "in_" in more:
        page = read(client, f"{CLOUD}{more}")
        assert f"{len(expected)} variants selected" in page.text


def test_a_place_in_the_picture_leads_to_the_variant_nearest_to_it(client: TestClient) -> None:
    for one in rows(client)[::17]:
        answer = client.get(f"{CLOUD}&at={one['macs']:.0f}:{one['params']:.0f}.5")
        assert answer.status_code == 303
        totals = read_json(client, f"{NETWORK}?{answer.headers['location'].partition('?')[2]}")["totals"]
        assert (totals["macs"], totals["params"]) == (one["macs"], one["params"])
    check_problem(client.get(f"{CLOUD}&at=1"), 422)


def address_of(page: Element) -> str:
    return page.one("link", rel="canonical").attributes["href"].partition("testserver")[2]


@pytest.mark.parametrize(
    "asked",
    [
        CLOUD,
        f"{CLOUD}&max_params=6.5M&max_macs=1.25G&in_macs=1:2G",
        f"{CLOUD}&across=activations:more&up=peak_activations:less&max_peak_activations=850000",
        "/space?network=torchvision&width=0.5&4e=1,2,3,4,5,6&vary=4e.3x3:1:9:2&vary=input:64:128:32",
    ],
)
def test_the_address_is_the_state(client: TestClient, asked: str) -> None:
    page = read(client, asked)
    canonical = address_of(page)
    again = read(client, canonical)
    assert address_of(again) == canonical
    assert table(again) == table(page)
    assert client.get(canonical).headers["hx-push-url"] == canonical


def test_a_form_without_a_script_arrives_at_the_same_address(client: TestClient) -> None:
    page = read(client, f"{CLOUD}&max_macs=1.25G")
    form = page.one("form", id="form")
    fields = [
        (each.attributes["name"], each.attributes.get("value", ""))
        for each in form.all("input")
        if "name" in each.attributes
    ]
    fields += [
        (select.attributes["name"], option.attributes["value"])
        for select in form.all("select")
        for option in select.all("option")
        if "selected" in option.attributes
    ]
    answer = client.get(f"{form.attributes['action']}?{urlencode(fields)}")
    assert answer.status_code == 303
    assert answer.headers["location"] == address_of(page)


def test_what_cannot_be_is_said_at_its_field_and_left_out(client: TestClient) -> None:
    page = read(client, f"{CLOUD}&vary=3a.1x1:9:1:1&max_macs=many&in_params=2:1&up=macs:more&colour=red", 422)
    wrong = {each.attributes["name"] for each in page.all("input") if each.attributes.get("aria-invalid")}
    assert wrong == {"vary.3a.1x1", "max_macs", "in_params"}
    assert [
        each.text.partition(":")[0].strip() for each in page.all("p") if each.attributes.get("class") == "problem"
    ] == ["colour"]
    assert "another quantity" in page.text
    assert f"{len(rows(client))} variants of GoogLeNet" in page.one("p", id="lead").text
    for path in ("/space.csv", "/space/figure", "/space/progress"):
        errors = check_problem(client.get(f"{path}?{GRID}&max_macs=many&vary=x"), 422)["errors"]
        assert [each["field"] for each in errors] == ["vary", "max_macs"]


def test_too_large_a_grid_leaves_its_last_axis_out(client: TestClient) -> None:
    page = read(client, f"{CLOUD}&vary=3a.1x1:1:4000:1&vary=3b.1x1:1:4000:1", 422)
    assert "a grid of at most 1,000,000 points" in page.text
    assert f"{100 * 4000:,} variants of GoogLeNet" in page.one("p", id="lead").text


def test_a_column_varies_beside_its_module_which_keeps_its_other_widths(client: TestClient) -> None:
    widths = "256,160,320,32,192,128"
    page = read(client, f"/space?network=googlenet&4e={widths}&vary=4e.3x3:100:300:100")
    *_, own = table(page)
    assert own[2:] == ["320"]
    others = "4e.1x1=256&4e.3x3_reduce=160&4e.5x5_reduce=32&4e.5x5=192&4e.pool_proj=128"
    expected = rows(client, f"{others}&vary=4e.3x3:100:300:100")
    drawn = read_json(client, f"/space/figure?4e={widths}&vary=4e.3x3:100:300:100")
    line = next(trace for trace in drawn["data"] if trace.get("mode") == "lines" and "customdata" in trace)
    assert set(line["x"]) <= {each["macs"] for each in expected}


def test_a_link_of_the_map_adds_an_axis_that_holds_what_is(client: TestClient) -> None:
    page = read(client, CLOUD)
    picker = page.one("section", id="picker")
    links = {each.attributes["aria-label"]: each.attributes["href"] for each in picker.all("a")}
    assert {"Vary 3b 3×3", "Do not vary 4e 5×5", "Vary input", "Vary classes"} <= set(links)
    more = dict.fromkeys(parse_qsl(links["Vary 3b 3×3"].partition("?")[2]))
    assert ("vary", "3b.3x3:96:384:96") in more
    fewer = parse_qsl(links["Do not vary 4e 5×5"].partition("?")[2])
    assert [value.partition(":")[0] for key, value in fewer if key == "vary"] == ["width", "5b.3x3"]
    for label, there in list(links.items())[::9]:
        assert client.get(there).status_code == 200, label


def test_every_page_of_a_variant_leads_here_with_it(client: TestClient) -> None:
    for address in (
        "/networks/torchvision?classes=10",
        "/networks/torchvision/modules/3a?classes=10",
        "/lab?network=torchvision&classes=10",
    ):
        links = [each.attributes["href"] for each in read(client, address).all("a")]
        assert "/space?network=torchvision&classes=10" in links, address
    assert "/space" in [each.attributes["href"] for each in read(client, "/").all("a")]


def test_what_one_more_channel_costs_stands_in_a_table_as_the_door_says_it(client: TestClient) -> None:
    said = read_json(client, f"{API}/networks/torchvision/sensitivity?3a=1,2,3,4,5,6")["rows"]
    page = read(client, "/space?network=torchvision&3a=1,2,3,4,5,6&vary=5b.1x1:1:3:1")
    part = page.one("section", id="sensitivity")
    *heats, exact = part.all("table")
    shown = [[cell.text for cell in row.all("td")] for row in exact.one("tbody").all("tr")]
    assert [row[1:] for row in shown] == [[f"{each['params']:,}", f"{each['macs']:,}"] for each in said]
    for heat, name in zip(heats, ("params", "macs"), strict=True):
        most = max(each[name] for each in said)
        darkest = [
            cell.text
            for row in heat.one("tbody").all("tr")
            for cell in row.all("td")
            if "level-9" in cell.attributes["class"]
        ]
        assert len(darkest) == sum(each[name] > most * (8 / 9) ** 2 for each in said)


def test_a_long_count_is_asked_for_and_then_known(client: TestClient) -> None:
    page = read(client, f"/space?{LONG}")
    assert client.get(f"/space?{LONG}").headers["cache-control"] == "no-store"
    part = page.one("section", id="counting")
    assert "counted=now" in part.one("a").attributes["href"]
    told = client.get(part.attributes["data-events"])
    assert told.headers["content-type"].startswith("text/event-stream")
    shares = [float(line.rpartition(": ")[2].rstrip("}")) for line in told.text.splitlines() if line]
    assert shares == sorted(shares)
    assert len(shares) > 5
    assert shares[-1] == 1
    known = read(client, f"/space?{LONG}")
    assert "1,010 variants of GoogLeNet" in known.one("p", id="lead").text
    assert "1,000 variants" in read(client, "/space?vary=input:41:1040:1&counted=now").one("p", id="lead").text


def test_a_space_without_any_variant_is_said(client: TestClient) -> None:
    page = read(client, "/space?vary=input:1:9:1")
    assert "None of these combinations is a network" in page.text
    assert check_problem(client.get("/space/figure?vary=input:1:9:1"), 404)
    assert check_problem(client.get("/space?vary=input:1:9:1&at=1:1"), 404)


def test_the_first_page_is_the_example_with_its_finding(client: TestClient) -> None:
    page = read(client, "/space")
    assert page.one("h1").text == "The same budget buys more if the channels sit late"
    assert "784" in page.text
    assert table(page)[0] == ["6.47", "1.09", "0.8", "64", "176", "512", "152", "640", "640"]
    assert read(client, f"{CLOUD}&max_macs=1.2G").one("h1").text == "The design space"
    assert "within" not in read(client, "/space?network=googlenet-naive").one("p", id="lead").text


def test_axes_that_cannot_be_are_not_looked_at_without_end(client: TestClient) -> None:
    """Each is tried beside all that can be, so many took half a second in which nobody else was answered."""
    good = "&".join(f"vary={key}:1:1:1" for key in ("3a.1x1", "3b.1x1", "4a.1x1"))
    with patch("app.web.pages.space_read.parse_axes", wraps=parse_axes) as parsed:
        page = read(client, f"/space?{good}&{'&'.join(['vary=x'] * 900)}", 422)
    assert parsed.call_count < 2 * BadInput.MOST
    assert {"3a.1x1", "3b.1x1", "4a.1x1"} <= {
        each.attributes["name"][5:] for each in page.all("input") if each.attributes.get("name", "").startswith("vary.")
    }

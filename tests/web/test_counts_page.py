"""The page of the counting tools shows what the door says, and keeps the variant in its links."""

import re
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from app.network.conventions import TOOLS, counts
from app.render.counting import counting
from app.render.reason import reason
from tests.examples import analysis_of, variant_of
from tests.web.doors import API
from tests.web.doors import read as read_json
from tests.web.markup import Element, parse


def read(client: TestClient, address: str, status: int = 200) -> Element:
    answer = client.get(address)
    assert answer.status_code == status
    return parse(answer.text)


def numbers(row: Element) -> list[int]:
    return [int(cell.text.replace(",", "")) for cell in row.all("td") if re.fullmatch(r"[\d,]+", cell.text.strip())]


@pytest.mark.parametrize("state", ["", "norm=batch&input=97x61", "head=flatten&aux=on"])
def test_the_tables_hold_what_the_door_says(client: TestClient, state: str) -> None:
    tools = read_json(client, f"{API}/networks/googlenet/counts?{state}")["tools"]
    reported, terms = read(client, f"/counts?network=googlenet&{state}").all("table")
    lines = list(reported.one("tbody").all("tr"))
    assert [numbers(line)[0] for line in lines] == [each["value"] for each in tools]
    assert all(each["rule"] in line.text for each, line in zip(tools, lines, strict=True))
    rows = {row.one("th").text: numbers(row) for row in terms.one("tbody").all("tr")}
    sums = rows.pop("It reports")
    assert sums == [each["value"] for each in tools]
    names = {term["name"] for each in tools for term in each["terms"]}
    assert set(rows) == names
    for name, values in rows.items():
        assert values == [term["value"] for each in tools for term in each["terms"] if term["name"] == name]


def test_a_bar_is_as_long_as_what_a_tool_counts_beside_the_products(client: TestClient) -> None:
    tools = read_json(client, f"{API}/networks/googlenet/counts")["tools"]
    products = ("convolutions", "linear layers")
    extras = [sum(term["value"] for term in each["terms"] if term["name"] not in products) for each in tools]
    reported, _ = read(client, "/counts").all("table")
    for line, extra in zip(reported.one("tbody").all("tr"), extras, strict=True):
        width = sum(float(piece.attributes["width"]) for piece in line.all("rect"))
        assert width == pytest.approx(100 * extra / max(extras), abs=0.01)


def test_the_explorer_leads_here_and_back_with_its_variant(client: TestClient) -> None:
    links = [each.attributes["href"] for each in read(client, "/networks/torchvision?classes=10").all("a")]
    assert "/counts?network=torchvision&classes=10" in links
    page = read(client, "/counts?network=torchvision&classes=10")
    assert urlsplit(page.one("link", rel="canonical").attributes["href"]).query == "network=torchvision&classes=10"
    links = [each.attributes["href"] for each in page.all("a")]
    assert {"/networks/torchvision?classes=10", f"{API}/networks/torchvision/counts?classes=10"} <= set(links)
    assert {f"/networks/torchvision?classes=10&count={tool}" for tool in TOOLS} <= set(links)
    assert "torchvision’s own class" in page.text
    assert "torchvision’s own class" not in read(client, "/counts?network=torchvision&width=0.5").text


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("address", ["torchvision", "googlenet?input=97x61", "tf-slim?classes=10"])
def test_the_reason_of_a_row_is_the_sum_that_the_table_shows(tool: str, address: str) -> None:
    network, _, query = address.partition("?")
    spec, analysis = variant_of(network, query).spec, analysis_of(network, query)
    way = counting(tool, spec)
    whole = 0
    for own, layer in zip(analysis.layers, way(analysis).layers, strict=True):
        why = reason(own, way).counts[-1]
        assert why.label == way.head
        assert int(why.result.replace(",", "")) == layer.macs
        assert sum(int(term.text.replace(",", "")) for term in why.terms if term.label) == layer.macs
        whole += layer.macs
    assert whole == {key: each.value for key, each in zip(TOOLS, counts(spec, analysis).tools, strict=True)}[tool]


def test_a_row_leads_to_its_reason_in_the_same_count(client: TestClient) -> None:
    page = read(client, "/networks/googlenet?classes=10&count=ptflops")
    row = next(each for each in page.all("tr") if each.attributes.get("id") == "pool1")
    (link,) = row.all("a")
    assert link.attributes["href"] == "/networks/googlenet/layers/pool1?classes=10&count=ptflops"
    why = read(client, link.attributes["href"])
    assert 2 * 64 * 112 * 112 in numbers(row)
    assert f"= {2 * 64 * 112 * 112:,}" in why.one("div", id="reason").text
    links = [each.attributes["href"] for each in why.all("a")]
    assert "/networks/googlenet?classes=10&count=ptflops#pool1" in links or "/?classes=10&count=ptflops#pool1" in links
    assert "/networks/googlenet/layers/conv1_relu?classes=10&count=ptflops" in links
    assert client.get("/networks/googlenet/layers/pool1?count=nobody").status_code == 422


def test_what_cannot_be_is_said_and_left_out(client: TestClient) -> None:
    page = read(client, "/counts?network=googlenet&classes=0&colour=red&utm_source=x", 422)
    said = [each.text for each in page.all("p") if each.attributes.get("role") == "alert"]
    assert [text.split(":")[0].strip() for text in said] == ["colour", "classes"]
    assert client.get("/counts?network=alexnet").status_code == 404


def test_other_tools_counts_are_sums_of_named_terms(client: TestClient) -> None:
    # torchvision's GoogLeNet by tool: as each tool printed it, and reference/facts.md rounds it
    tools = read_json(client, f"{API}/networks/torchvision/counts?aux=off")["tools"]
    assert [(each["tool"], each["quantity"], each["value"]) for each in tools] == [
        ("torch FlopCounterMode", "total flops", 2 * 1_498_376_192),
        ("torchinfo", "Total mult-adds", 1_498_391_752),
        ("fvcore", "flops", 1_504_878_688),
        ("ptflops (pytorch)", "MACs", 1_513_907_448),
        ("ptflops (aten)", "MACs", 1_498_377_192),
        ("calflops", "MACs", 1_498_376_192),
        ("calflops", "FLOPs", 3_009_356_752),
        ("thop", "MACs", 1_511_332_032),
    ]
    for each in tools:
        assert list(each) == ["tool", "version", "quantity", "value", "rule", "terms"]
        assert each["version"]
        assert each["rule"].endswith(".")
        assert sum(term["value"] for term in each["terms"]) == each["value"]
        assert all(list(term) == ["name", "value"] for term in each["terms"])

"""The pages as a browser without a script sees them: valid, linked, and a form that works."""

import re
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.network.conventions import TOOLS
from tests.published import WIDTHS
from tests.strategies import addresses, query
from tests.web.doors import API, check_problem, check_security
from tests.web.markup import Element, parse, read, successful

NETWORKS = ("googlenet", "googlenet-naive", "googlenet-bn", "torchvision", "tf-slim", "separable-stem")
ADDRESSES = (
    "/", "/?4e.5x5=192", "/?aux=on&4a=off", "/?modules=naive&3a=64,96,128,16,32,32", "/?five=3x3x2&norm=batch",
    "/?3c=64,96,128,16,32,32", "/?4f=naive:1,2,3&4g=1,0,2,0,3,4", "/?input=1x100x300&classes=10&width=0.5&stem=1,2,3",
    "/?head=flatten&rounding=floor&shade=macs", "/?aux=on&count=calflops",
    "/networks/torchvision?count=ptflops&shade=macs", "/?4c=off&5b=0,0,0,0,0,0",
    "/?" + "&".join(f"{name}=off" for name in WIDTHS),
    *(f"/networks/{network}" for network in NETWORKS), "/docs",
)  # fmt: skip
FAULTY = (
    "/?classes=-5", "/?classes=99999999&width=9&input=x", "/?4e.5x5=none", "/?4e=1,2,3", "/?norm=layer", "/?input=30",
    "/?4e.5x5=1&4e=naive", "/?4g=1,1,1,1,1,1", "/?colour=red", "/?aux=on&aux=off", "/?3a.3x3=0", "/?shade=red",
    "/?count=macs&shade=red",
    "/networks/tf-slim?aux=on", '/?classes="><script>alert(1)</script>',
    "/?input=2048&" + "&".join(f"3{letter}=naive:4096,4096,4096" for letter in "abcdefghij"),
)  # fmt: skip


def state(page: Element) -> str:
    """The canonical state that the page says it shows."""
    return urlsplit(page.one("link", rel="canonical").attributes["href"]).query


def total(page: Element, name: str) -> int:
    cell = page.one("div", id=f"total-{name}")
    exact = next(each for each in cell.all("span") if each.attributes["class"] == "exact")
    return int(re.sub(r"\D", "", exact.text))


@pytest.mark.parametrize("address", [*ADDRESSES, *FAULTY])
def test_a_page_is_sound(client: TestClient, address: str) -> None:
    page = read(client, address, 422 if address in FAULTY else 200)
    assert page.one("html").attributes["lang"] == "en"
    assert page.one("head").one("title").text
    assert page.one("meta", charset="utf-8").parent is page.one("head")
    assert "width=device-width" in page.one("meta", name="viewport").attributes["content"]
    assert len(list(page.all("main"))) == 1
    ids = {each.attributes["id"] for each in page.all() if "id" in each.attributes}
    for each in page.all():
        assert "style" not in each.attributes
        assert not [name for name in each.attributes if name.startswith("on")]
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            assert set(each.attributes.get(name, "").split()) <= ids, (name, each.attributes)
        if each.name == "img":
            assert "alt" in each.attributes
        if each.name == "th":
            assert each.attributes.get("scope") in ("col", "row")
    assert not list(page.all("style"))
    for script in page.all("script"):
        assert script.attributes["src"].startswith("/static/")
        assert not script.text


@pytest.mark.parametrize("address", ADDRESSES[:-1])
def test_every_control_has_a_label_and_every_field_of_the_form_a_name(client: TestClient, address: str) -> None:
    page = read(client, address)
    labelled = {label.attributes.get("for") for label in page.all("label")}
    inside = {control.attributes["id"] for label in page.all("label") for control in label.all("input")}
    form = page.one("form", id="form")
    for control in page.all("input", "select"):
        if control.attributes.get("type") != "hidden":
            assert control.attributes["id"] in labelled | inside or control.attributes.get("aria-label")
    for control in form.all("input", "select"):
        assert control.attributes.get("name") or control.attributes["form"] == "none"
    names = [name for name, _ in successful(form)]
    assert len(names) == len(set(names))
    assert list(form.all("button"))


def links(page: Element) -> set[str]:
    """All addresses that a page names."""
    named = {
        each.attributes[name] for each in page.all() for name in ("href", "src", "action") if name in each.attributes
    }
    return {link.removeprefix("http://testserver") for link in named if link}


@pytest.mark.parametrize("address", [*ADDRESSES[0:4:3], *ADDRESSES[6:8], *ADDRESSES[10:12], "/docs", "/?3a=x"])
def test_whatever_a_page_names_is_there(client: TestClient, address: str) -> None:
    text = client.get(address).text
    seen: set[str] = set()
    for link in sorted(links(parse(text))):
        kind = re.sub(r"(?<=/layers/)[^?]+|(?<=/modules/)[^?]+|(?<=figures/module-)[^?]+", "…", link.partition("?")[0])
        if not link.startswith("#"):
            if "…" in kind and kind in seen:
                continue  # the first of a kind stands for all
            seen.add(kind)
        assert link[0] in "/#", f"{address} names {link}"
        if link.startswith("#"):
            assert f'id="{link[1:]}"' in text, f"{address} names {link}"
        elif "/verify" not in link:
            allowed = (200, client.get(address).status_code) if link == f"/zh{address}" else (200,)
            assert client.get(link).status_code in allowed, f"{address} links to {link}"


@given(addresses())
@settings(max_examples=15)
def test_a_page_says_the_same_as_the_api(client: TestClient, address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    page = read(client, f"/networks/{network}?{query(values)}")
    said = client.get(f"{API}/networks/{network}?{query(values)}").json()
    assert state(page) == said["state"]
    for name in ("params", "macs", "activations", "peak_activations"):
        assert total(page, name) == said["totals"][name]
    (table,) = [each for each in page.all("table") if each.attributes.get("class") == "layers"]
    rows = [row for row in table.all("tr") if "id" in row.attributes]
    shown = [(row.attributes["id"], row) for row in rows if "folder" not in row.attributes["class"].split()]
    assert [path for path, _ in shown] == [row["path"] for row in said["layers"]]
    for (_, shown_row), row in zip(shown, said["layers"], strict=True):
        _, shape, params, macs, *_ = [cell.text for cell in shown_row.all("td")]
        assert params.split(" ")[-1] == f"{row['params']:,}"
        assert macs.split(" ")[-1] == f"{row['macs']:,}"
        assert shape.endswith(" × ".join(map(str, row["out_shape"])))
    for warning in said["warnings"]:
        assert warning in page.text


@given(addresses(), st.sampled_from(list(enumerate(TOOLS))))
@settings(max_examples=30)
def test_a_page_counts_as_the_tool_does_that_its_address_names(
    client: TestClient, address: tuple[str, dict[str, str]], tool: tuple[int, str]
) -> None:
    network, values = address
    at, word = tool
    page = read(client, f"/networks/{network}?{query(values)}&count={word}")
    said = client.get(f"{API}/networks/{network}/counts?{query(values)}").json()["tools"][at]
    assert total(page, "macs") == said["value"]
    label = page.one("div", id="total-macs").one("dt")
    assert label.one("button").text == said["quantity"]
    assert label.one("a").text == f"{said['tool']} {said['version']}"
    assert urlsplit(label.one("a").attributes["href"]).path == "/counts"
    (table,) = [each for each in page.all("table") if each.attributes.get("class") == "layers"]
    rows = [row for row in table.all("tr") if "id" in row.attributes]
    counted = {row.attributes["id"]: int(re.sub(r"\D", "", list(row.all("td"))[3].text.split(" ")[-1])) for row in rows}
    looks = {row.attributes["id"]: row.attributes["class"].split() for row in rows}
    layers = {path: value for path, value in counted.items() if "folder" not in looks[path]}
    assert sum(layers.values()) == said["value"]
    for path, value in counted.items():
        if "folder" in looks[path]:
            assert value == sum(mine for layer, mine in layers.items() if layer.startswith(f"{path}."))
        elif "training" in looks[path]:
            assert value == 0
    assert said["rule"] in page.one("section", id="layers-part").text


@given(addresses())
@settings(max_examples=15)
def test_a_form_sent_as_it_stands_gives_the_same_variant(
    client: TestClient, address: tuple[str, dict[str, str]]
) -> None:
    network, values = address
    page = read(client, f"/networks/{network}?{query(values)}")
    form = page.one("form", id="form")
    assert form.attributes["action"] == f"/networks/{network}"
    assert form.attributes.get("method", "get") == "get"
    again = read(client, f"{form.attributes['action']}?{urlencode(successful(form))}")
    assert state(again) == state(page)
    assert total(again, "params") == total(page, "params")


def test_one_field_of_the_form_changes_one_column(client: TestClient) -> None:
    form = read(client, "/").one("form", id="form")
    sent = dict(successful(form)) | {"4e.5x5": "192"}
    page = read(client, f"{form.attributes['action']}?{urlencode(sent)}")
    assert state(page) == "4e=256,160,320,32,192,128"
    # 5×5 from 32 to 192 channels in place of 128, and 64 channels more into each branch of 5a
    more = 64 * (5 * 5 * 32 + 1) + 64 * (256 + 160 + 32 + 128)
    assert total(page, "params") == 6_998_552 + more
    assert f"+{more:,}" in page.one("div", id="total-params").text


@pytest.mark.parametrize(
    ("address", "key", "typed", "words"),
    [
        ("/?classes=-5", "classes", "-5", "1 to 100000"),
        ("/?input=0", "input", "0", "224x320"),
        ("/?input=30", "input", "30", "31"),
        ("/?width=9", "width", "9", "0.25 to 4"),
        ("/?stem=1,2", "stem", "1,2", "conv2"),
        ("/?4e.5x5=5000", "4e.5x5", "5000", "0 to 4096"),
        ("/?4e=1,2,3", "4e", "1,2,3", "naive"),
        ("/?4g=1,1,1,1,1,1", "4g", "1,1,1,1,1,1", "4f"),
        ('/?classes="><b>&4e.1x1=7', "classes", '"><b>', "1 to 100000"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_which_keeps_what_was_typed(
    client: TestClient, address: str, key: str, typed: str, words: str
) -> None:
    page = read(client, address, 422)
    field = page.one("input", name=key)
    assert field.attributes["value"] == typed
    assert field.attributes["aria-invalid"] == "true"
    reason = page.one("p", id=field.attributes["aria-describedby"])
    assert words in reason.text
    assert reason.parent is field.parent


@pytest.mark.parametrize(
    "address",
    ["/?classes=0&width=0.5", "/?aux=on&aux=off&width=0.5", "/?colour=red&width=0.5", "/?norm=layer&width=0.5"],
)
def test_what_is_right_stays_beside_what_is_wrong(client: TestClient, address: str) -> None:
    page = read(client, address, 422)
    assert page.one("input", name="width").attributes["value"] == "0.5"
    assert total(page, "params") == total(read(client, "/?width=0.5"), "params")


def test_what_other_sites_hang_on_links_is_overlooked(client: TestClient) -> None:
    tracked = read(client, "/?utm_source=mail&utm_source=again&fbclid=1&gclid=2&input=256")
    assert state(tracked) == "input=256"
    assert tracked.one("link", rel="canonical").attributes["href"] == "http://testserver/networks/googlenet?input=256"
    assert client.get("/?utm=1").status_code == 422


def test_spellings_of_one_variant_have_one_canonical_link(client: TestClient) -> None:
    for address in ("/", "/networks/googlenet", "/?input=224x224&aux=off", "/networks/googlenet?width=1.00"):
        link = read(client, address).one("link", rel="canonical")
        assert link.attributes["href"] == "http://testserver/networks/googlenet"


def test_a_swapped_page_carries_its_canonical_address(client: TestClient) -> None:
    answer = client.get("/networks/googlenet?4e.5x5=0192&aux=", headers={"HX-Request": "true"})
    replaced = answer.headers["hx-push-url"]
    assert urlsplit(replaced).query == "4e=256,160,320,32,192,128"
    assert client.get(replaced).text.split("<body>")[1] == client.get(f"{replaced}&aux=").text.split("<body>")[1]


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("/networks/googlenet/modules/3a?3a.5x5=4097", "#panel"),
        ("/networks/googlenet/modules/3a?colour=red", "#module"),
        ("/size?op=conv&input=28&kernel=0", "#panel"),
        ("/compare?left=alexnet", "#main"),
    ],
)
def test_a_script_is_told_what_was_refused_by_a_good_answer_that_nobody_keeps(
    client: TestClient, address: str, part: str
) -> None:
    told, shown = client.get(address, headers={"HX-Request": "true"}), client.get(address)
    assert shown.status_code in (404, 422)
    assert told.status_code == 200
    assert told.text == shown.text
    assert told.headers["hx-retarget"] == told.headers["hx-reselect"] == part
    assert f'id="{part[1:]}"' in told.text
    assert told.headers["cache-control"] == "no-store"
    assert "hx-push-url" not in told.headers


@pytest.mark.parametrize("address", ["/networks/alexnet", "/nowhere", "/networks/googlenet/", "/<b>"])
def test_a_browser_is_told_what_is_wrong_by_a_page_and_a_program_by_json(client: TestClient, address: str) -> None:
    asks = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = client.get(address, headers={"Accept": asks})
    problem = check_problem(client.get(address, headers={"Accept": "application/json"}), 404)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    check_security(answer)
    page = parse(answer.text)
    assert problem["title"] in page.text
    assert problem["detail"] in page.text
    assert all(
        client.get(link).status_code == 200 for link in links(page) if link[0] == "/" and link != f"/zh{address}"
    )


def test_a_browser_that_reads_the_api_is_told_in_json(client: TestClient) -> None:
    check_problem(client.get(f"{API}/networks/alexnet", headers={"Accept": "text/html"}), 404)

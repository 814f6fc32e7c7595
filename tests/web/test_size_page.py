"""The page `/size`: its numbers are the API's, its windows are counted, its form works without a script."""

from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.render.reason import size_formula
from app.render.windows import decided, drawn, side, span
from tests.web.doors import API
from tests.web.markup import Element, parse, successful

ADDRESSES = (
    "/size", "/size?op=conv&input=224&kernel=7&stride=2&padding=3", "/size?op=conv&input=28x40&kernel=5x3&dilation=2",
    "/size?op=max_pool&input=112&kernel=3&stride=2&padding_total=1", "/size?op=avg_pool&input=2048&kernel=1",
    "/size?op=max_pool&input=3&kernel=2&stride=2&padding=1&rounding=ceil", "/size?op=conv&input=1&kernel=1&padding=5",
    "/size?op=conv&input=5&kernel=3&stride=1000", "/size?op=max_pool&input=1&kernel=4&stride=4&rounding=ceil",
)  # fmt: skip
FAULTY = (
    "/size?op=pool&input=14&kernel=3", "/size?input=14", "/size?op=max_pool&input=14&kernel=99&stride=x",
    "/size?op=conv&input=14&kernel=3&rounding=ceil", "/size?op=avg_pool&input=14&kernel=3&dilation=2",
    "/size?colour=red",
    "/size?op=conv&input=14&kernel=3&padding=1&padding_total=2", '/size?op=conv&input="><b>&kernel=3',
    "/size?op=max_pool&input=14&kernel=3&padding_total=3", "/size?op=conv&input=2048&kernel=2048&dilation=2048",
)  # fmt: skip


def read(client: TestClient, address: str, status: int = 200) -> Element:
    answer = client.get(address)
    assert answer.status_code == status, f"{address}: {answer.status_code}"
    return parse(answer.text)


def outputs(page: Element) -> list[int]:
    """The results of the formulas: one, or height and width."""
    (numbers,) = [each for each in page.all("div") if each.attributes.get("class") == "numbers"]
    return [int(each.text) for each in numbers.all("strong")]


def canonical(page: Element) -> str:
    return page.one("link", rel="canonical").attributes["href"].removeprefix("http://testserver")


@pytest.mark.parametrize("address", [*ADDRESSES, *FAULTY])
@pytest.mark.parametrize("language", ["", "/zh"])
def test_the_page_is_sound(client: TestClient, address: str, language: str) -> None:
    page = read(client, language + address, 422 if address in FAULTY else 200)
    ids = {each.attributes["id"] for each in page.all() if "id" in each.attributes}
    labelled = {label.attributes.get("for") for label in page.all("label")}
    for each in page.all():
        assert "style" not in each.attributes
        assert not [name for name in each.attributes if name.startswith("on")]
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            assert set(each.attributes.get(name, "").split()) <= ids
        if each.name == "input" and each.attributes.get("type") != "hidden" and "aria-label" not in each.attributes:
            assert not (set() if each.attributes["id"] in labelled else {each.attributes["id"]} - {"keys-off"})
        if each.name == "svg" and "aria-hidden" not in each.attributes:
            assert each.attributes["aria-label"]
    assert [heading.name for heading in page.all("h1", "h2", "h3")].count("h1") == 1


@given(
    st.sampled_from(["conv", "max_pool", "avg_pool"]), st.integers(8, 2048), st.integers(1, 8), st.integers(1, 5),
    st.integers(0, 4), st.booleans(),
)  # fmt: skip
@settings(max_examples=25)
def test_the_page_says_what_the_api_says(
    client: TestClient, op: str, n: int, kernel: int, stride: int, padding: int, up: bool
) -> None:
    asked = {"op": op, "input": n, "kernel": kernel, "stride": stride, "padding": min(padding, kernel // 2)}
    if op != "conv" and up:
        asked["rounding"] = "ceil"
    page = read(client, f"/size?{urlencode(asked)}")
    said = client.get(f"{API}/size?{urlencode(asked)}").json()
    assert outputs(page) == [said["size"]]
    assert page.one("link", rel="alternate").attributes["href"].startswith(f"{API}/size?")
    assert client.get(page.one("link", rel="alternate").attributes["href"]).json() == said
    assert said["formula"] in [each.attributes.get("aria-label") for each in page.all("span")]


def test_an_empty_query_shows_pool4_of_the_paper(client: TestClient) -> None:
    page = read(client, "/size?utm_source=mail")
    assert canonical(page) == "/size?op=max_pool&input=14&kernel=3&stride=2&rounding=ceil"
    assert outputs(page) == [7]
    assert "14 becomes 7, or 6" in page.one("main").text
    assert "Window 7 reaches 1 row outside" in page.one("main").text


def test_the_table_has_the_published_sizes_and_each_row_loads_its_layer(client: TestClient) -> None:
    table = next(each for each in read(client, "/size").all("table") if each.attributes.get("class") == "sizes")
    rows = [[cell.text for cell in row.all("td")] for row in table.all("tr") if list(row.all("td"))]
    # reference/facts.md, "Rounding": conv1 112.5 → 112, then pools that round up; the 5×5 keeps 28
    assert [(row[4], row[6]) for row in rows] == [
        ("112.5", "112"), ("55.5", "56"), ("27.5", "28"), ("28", "28"), ("13.5", "14"), ("6.5", "7"), ("4", "4")
    ]  # fmt: skip
    for link, row in zip(table.all("a"), rows, strict=True):
        loaded = read(client, link.attributes["href"])
        assert outputs(loaded) == [int(row[6])]
        assert canonical(loaded) == link.attributes["href"]
        current = {each.text for each in loaded.one("main").all("a") if "aria-current" in each.attributes}
        assert link.text in current


def test_what_rounding_down_does_to_the_chain_is_said(client: TestClient) -> None:
    text = read(client, "/size").one("main").text
    assert "112 → 56 → 28 → 14 → 7 becomes 112 → 55 → 27 → 13 → 6" in text
    assert "7 × 7 average pool at the end no longer fits" in text
    assert "Why 14 and not 13" in text
    assert "For GoogLeNet’s conv1 it gives 111 in place of 112" in text


def test_three_conventions_give_56_from_other_windows(client: TestClient) -> None:
    tables = [each for each in read(client, "/size").all("table") if each.attributes.get("class") == "sizes"]
    rows = [[cell.text for cell in row.all("td")] for row in tables[1].all("tr") if list(row.all("td"))]
    assert [row[-1] for row in rows] == ["56", "56", "56"]
    assert [row[1:3] for row in rows] == [["1–3", "111–113"], ["0–2", "110–112"], ["1–3", "111–113"]]
    for link in tables[1].all("a"):
        assert outputs(read(client, link.attributes["href"])) == [56]


def test_height_and_width_have_a_formula_each(client: TestClient) -> None:
    page = read(client, "/size?op=conv&input=28x40&kernel=5x3&stride=2")
    assert outputs(page) == client.get(f"{API}/size?op=conv&input=28x40&kernel=5x3&stride=2").json()["size"] == [12, 19]
    assert page.one("input", name="input").attributes["value"] == "28x40"


def test_an_odd_padding_in_total_goes_after_the_input_and_has_no_address_at_the_api(client: TestClient) -> None:
    page = read(client, "/size?op=max_pool&input=112&kernel=3&stride=2&padding_total=1")
    assert outputs(page) == [56]
    assert "0 + 1" in page.text
    assert not [each for each in page.all("link") if each.attributes.get("type") == "application/json"]
    even = read(client, "/size?op=conv&input=28&kernel=5&padding_total=4")
    assert even.one("link", rel="alternate").attributes["href"] == f"{API}/size?op=conv&input=28&kernel=5&padding=2"
    assert client.get(f"{API}/size?op=conv&input=28&kernel=5&padding_total=4").status_code == 422


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_form_sent_as_it_stands_shows_the_same(client: TestClient, address: str) -> None:
    page = read(client, address)
    form = page.one("form", id="form")
    again = read(client, f"{form.attributes['action']}?{urlencode(successful(form))}")
    assert canonical(again) == canonical(page)
    assert outputs(again) == outputs(page)
    assert list(form.all("button"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_whatever_the_page_names_is_there(client: TestClient, address: str) -> None:
    page = read(client, address)
    named = {each.attributes[name] for each in page.all() for name in ("href", "src") if name in each.attributes}
    for link in {each for each in named if each[0] == "/"}:
        assert client.get(link).status_code == 200, f"{address} names {link}"


@pytest.mark.parametrize(
    ("query", "key", "typed", "words"),
    [
        ("op=conv&input=0&kernel=3", "input", "0", "1 to 2048"),
        ("op=max_pool&input=14&kernel=99", "input", "14", "at least 99"),
        ("op=conv&input=14&kernel=", "kernel", "", "1 to 2048"),
        ("op=avg_pool&input=14&kernel=3&padding=2", "padding", "2", "at most half the kernel"),
        ("op=max_pool&input=14&kernel=3&padding_total=3", "padding_total", "3", "on either side"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_which_keeps_what_was_typed(
    client: TestClient, query: str, key: str, typed: str, words: str
) -> None:
    answer = client.get(f"/size?{query}")
    assert answer.status_code == 422
    assert "hx-push-url" not in answer.headers
    page = parse(answer.text)
    field = page.one("input", name=key)
    assert field.attributes["value"] == typed
    assert field.attributes["aria-invalid"] == "true"
    assert words in page.one("p", id=field.attributes["aria-describedby"]).text
    sent = dict(successful(page.one("form", id="form")))
    for part in query.split("&"):
        name, _, value = part.partition("=")
        assert sent[name] == value, "what was typed elsewhere, and the op, stay too"


def test_a_swapped_page_carries_its_canonical_address(client: TestClient) -> None:
    answer = client.get("/size?op=max_pool&input=014&kernel=3&stride=2&padding=0&dilation=1&rounding=ceil")
    assert answer.headers["hx-push-url"] == "/size?op=max_pool&input=14&kernel=3&stride=2&rounding=ceil"
    chinese = client.get("/zh/size?op=conv&input=5&kernel=3&stride=1")
    assert chinese.headers["hx-push-url"] == "/zh/size?op=conv&input=5&kernel=3"


@given(
    st.integers(1, 60), st.integers(1, 9), st.integers(1, 6), st.integers(0, 5), st.integers(0, 5), st.integers(1, 3),
    st.sampled_from(["floor", "ceil"]),
)  # fmt: skip
def test_windows_stand_where_they_are_counted(
    n: int, kernel: int, stride: int, before: int, after: int, dilation: int, rounding: str
) -> None:
    if rounding == "ceil":  # only pools round up, and their padding is at most half the kernel
        before, after = min(before, kernel // 2), min(after, kernel // 2)
    formula = size_formula(n, kernel, stride, before, after, dilation, "ceil" if rounding == "ceil" else "floor")
    if formula.size < 1:
        return
    padded = range(1 - before, n + after + 1)
    starts = [start for start in padded[::stride] if start + dilation * (kernel - 1) <= padded[-1]]
    fits = [span(formula, number) for number in range(1, formula.size + 1)]
    assert [each.first for each in fits if each.fate == "inside"] == starts
    assert all(each.fate == "clipped" and each.number == formula.size for each in fits[len(starts) :])
    for each in fits:
        inside = each.rows[1] - each.rows[0] + 1 if each.rows else 0
        assert inside + each.padding + each.outside == each.last - each.first + 1
    last = decided(formula)
    if last and last.number > formula.size:
        assert last.fate == ("late" if last.first > n else "dropped")
    spans, hidden = drawn(formula)
    assert len([each for each in spans if each.number <= formula.size]) + hidden == formula.size
    picture = side(formula)
    assert all(row.x >= -0.02 and row.x + row.width <= 80.1 for row in picture.rows)
    assert sum(part.width for part in picture.stretches) == pytest.approx(80, abs=0.1)

"""The page of two variants, as a browser without a script sees it."""

import re
from html import unescape
from urllib.parse import quote, urlencode

import pytest
from starlette.testclient import TestClient

from tests.web.doors import API, read
from tests.web.markup import Element, parse, successful

PAIRS = (
    ("googlenet", "torchvision?aux=off"), ("googlenet", "tf-slim"), ("googlenet-naive", "googlenet"),
    ("separable-stem", "googlenet?norm=none&five=3x3x2"), ("torchvision", "torchvision?input=256&4a=off&width=0.5"),
    ("googlenet?3c=64,96,128,16,32,32&4b=off", "googlenet?5c=1,2,3,4,5,6&head=flatten&rounding=floor"),
    ("googlenet?" + "&".join(f"{name}=off" for name in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")),
     "googlenet-bn?stem=1,2,3&classes=1&input=1x100x300"),
)  # fmt: skip
PAPER, VISION = PAIRS[0]


def address(left: str, right: str) -> str:
    return f"/compare?left={quote(left, safe='')}&right={quote(right, safe='')}"


def opened(client: TestClient, place: str, status: int = 200) -> Element:
    answer = client.get(place)
    assert answer.status_code == status, f"{place}: {answer.status_code}"
    return parse(answer.text)


@pytest.mark.parametrize(
    ("place", "status"),
    [*((address(*pair), 200) for pair in PAIRS), ("/compare", 200), ("/compare?left=tf-slim", 200),
     (address("alexnet", PAPER), 404), (address("googlenet?norm=x", PAPER), 422), ("/compare?colour=red", 422),
     ("/zh" + address(*PAIRS[5]), 200)],
)  # fmt: skip
def test_the_page_is_sound(client: TestClient, place: str, status: int) -> None:
    page = opened(client, place, status)
    assert len(list(page.all("h1"))) == len(list(page.all("main"))) == 1
    ids = {each.attributes["id"] for each in page.all() if "id" in each.attributes}
    for each in page.all():
        assert not [name for name in each.attributes if name == "style" or name.startswith("on")]
        for name in ("for", "aria-labelledby", "aria-describedby", "list"):
            assert set(each.attributes.get(name, "").split()) <= ids, (name, each.attributes)
        if each.name == "th":
            assert each.attributes.get("scope") in ("col", "row", "colgroup")


@pytest.mark.parametrize("pair", PAIRS)
def test_it_says_the_same_as_the_api(client: TestClient, pair: tuple[str, str]) -> None:
    page = opened(client, address(*pair))
    said = read(client, f"{API}{address(*pair)}")
    for name in ("params", "macs", "flops", "activations", "peak_activations", "training_params"):
        cell = page.one("div", id=f"total-{name}").text
        assert f"{said['totals']['left'][name]:,}" in cell
        assert f"{said['totals']['right'][name]:,}" in cell
        delta = said["totals"]["delta"][name]
        assert (f"{'+' if delta > 0 else '−'}{abs(delta):,}" in cell) if delta else "equal" in cell
    rows = {row["path"]: row for row in said["rows"]}
    shown = {row.attributes["id"]: row for row in page.all("tr") if "id" in row.attributes}
    missing = rows.keys() - shown.keys()
    assert all(rows[path]["left"]["kind"] == "relu" and not rows[path]["params_delta"] for path in missing)
    assert list(shown) == [path for path in rows if path in shown]
    for path, row in shown.items():
        cells = [cell.text for cell in row.all("td")]
        for side in ("left", "right"):
            side_of = rows[path][side]
            assert (f"{side_of['params']:,}" if side_of else "—") in cells
            assert (f"only {side}" in row.text) == (rows[path]["right" if side == "left" else "left"] is None)
        if "equal" in row.attributes["class"].split():
            assert rows[path]["left"]["out_shape"] == rows[path]["right"]["out_shape"]
            assert not rows[path]["params_delta"]
            assert not rows[path]["macs_delta"]


def test_the_parts_sum_to_the_totals(client: TestClient) -> None:
    page = opened(client, address("googlenet", "torchvision"))
    deltas = [0, 0]
    for row in page.all("tr"):
        if "data-part" in row.attributes:
            numbers = [cell.text for cell in row.all("td") if cell.text]
            for at in (0, 1):
                deltas[at] += int(numbers[3 * at + 2].replace(",", "").replace("−", "-"))
    assert deltas == [1_506_748_416 - 1_582_671_872, 13_004_888 - 6_998_552]


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        (PAPER, VISION, "GoogLeNet has 5.3 % fewer parameters and 5.3 % fewer multiply-adds than GoogLeNet"),
        ("googlenet", "googlenet-naive", "has 13.9 times the parameters and 7.9 times the multiply-adds of GoogLeNet"),
        ("googlenet", "googlenet?norm=batch", "(batch norm) has 0.1 % more parameters than GoogLeNet and as many"),
        ("googlenet", "googlenet", "The right side has as many parameters and multiply-adds as the left side"),
        ("googlenet", "googlenet?input=240", "more multiply-adds than GoogLeNet and as many parameters"),
    ],
)  # fmt: skip
def test_the_title_is_a_finding(client: TestClient, left: str, right: str, words: str) -> None:
    assert words in opened(client, address(left, right)).one("h1").text.replace("\u202f", " ")


def test_the_reasons_come_from_the_descriptions(client: TestClient) -> None:
    page = opened(client, address("googlenet", "tf-slim"))
    fields = {each.attributes["data-field"]: each.text for each in page.all("div") if "data-field" in each.attributes}
    assert set(fields) == {"norm", "five", "padding", "pool4", "dropout", "classifier"}
    assert "LRN, and biases → batch norm without γ, no biases" in fields["norm"]
    assert "pytorch/vision#906" in fields["five"]
    page = opened(client, address("googlenet", "googlenet?width=0.5&4e=off"))
    assert [each.attributes["data-field"] for each in page.all("div") if "data-field" in each.attributes] == [
        "width", "4e",
    ]  # fmt: skip
    assert "same network" in opened(client, address("googlenet", "googlenet?input=224x224")).text


@pytest.mark.parametrize("pair", PAIRS)
def test_one_x_for_the_same_layer_of_both_maps(client: TestClient, pair: tuple[str, str]) -> None:
    page = opened(client, address(*pair))
    (drawn,) = [each for each in page.all("svg") if each.attributes.get("class") == "small-map"]
    where: dict[str, list[tuple[float, float]]] = {}
    for bar in drawn.all("rect"):
        where.setdefault(bar.attributes["data-path"], []).append(
            (float(bar.attributes["x"]), float(bar.attributes["y"]))
        )
    said = read(client, f"{API}{address(*pair)}")
    both = {row["path"] for row in said["rows"] if row["left"] and row["right"]} & where.keys()
    for path in both:
        assert len({x for x, _ in where[path]}) == 1, path
    names = [each.text for each in drawn.all("text") if each.attributes["class"] == "module"]
    assert len(names) == len(set(names))
    outlined = {bar.attributes["data-path"] for bar in drawn.all("rect") if "changed" in bar.attributes["class"]}
    kinds = ("conv", "linear")
    sides = [(row["path"], row["left"], row["right"]) for row in said["rows"]]
    assert outlined == {
        path
        for path, left, right in sides
        if path in where
        and (left or right)["kind"] in kinds
        and not (left and right and left["kernel"] == right["kernel"] and left["out_shape"][0] == right["out_shape"][0])
    }


def test_the_form_works_without_a_script_and_the_sides_swap(client: TestClient) -> None:
    place = address("googlenet?4e.5x5=192&aux=on", VISION)
    page = opened(client, place)
    form = page.one("main").one("form")
    assert dict(successful(form)) == {"left": "googlenet?4e.5x5=192&aux=on", "right": VISION}
    again = opened(client, f"{form.attributes['action']}?{urlencode(successful(form))}")
    assert again.one("h1").text == page.one("h1").text
    (swap,) = [each for each in page.all("a") if "swap" in each.attributes.get("class", "").split()]
    swapped = opened(client, swap.attributes["href"])
    assert dict(successful(swapped.one("main").one("form")))["right"] == "googlenet?4e=256,160,320,32,192,128&aux=on"


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ("alexnet", 404, "tf-slim"),
        ("googlenet?norm=layer", 422, "lrn, batch or none"),
        ("googlenet?input=30", 422, "31"),
        ("?width=0.5", 422, "a network"),
        ('googlenet?classes="><b>', 422, "1 to 100000"),
    ],
)
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_bad_side_keeps_what_was_typed_and_the_other_stays(
    client: TestClient, side: str, typed: str, status: int, words: str
) -> None:
    other = "right" if side == "left" else "left"
    page = opened(client, f"/compare?{urlencode({side: typed, other: 'torchvision'})}", status)
    field = page.one("input", name=side)
    assert field.attributes["value"] == typed
    assert field.attributes["aria-invalid"] == "true"
    assert words in page.one("span", id=f"e-{side}").text
    assert "aria-invalid" not in page.one("input", name=other).attributes
    assert "6,624,904" in page.text


def test_keys_that_are_no_side_are_refused_and_trackers_overlooked(client: TestClient) -> None:
    page = opened(client, address(PAPER, VISION) + "&colour=red", 422)
    (problem,) = [each for each in page.all("p") if each.attributes.get("class") == "problem"]
    assert "colour" in problem.text
    assert "6,624,904" in page.one("div", id="total-params").text
    opened(client, address(PAPER, VISION) + "&utm_source=mail&fbclid=1")
    twice = opened(client, "/compare?left=tf-slim&left=googlenet&right=tf-slim", 422)
    assert "at most once" in twice.one("span", id="e-left").text


def test_without_two_sides_there_are_examples(client: TestClient) -> None:
    for place in ("/compare", "/compare?left=&right=", "/compare?left=googlenet"):
        page = opened(client, place)
        (empty,) = [each for each in page.all("section") if each.attributes.get("class") == "empty"]
        examples = [each.attributes["href"] for each in empty.all("a")]
        assert len(examples) >= 4
        assert all(client.get(each).status_code == 200 for each in examples)


def test_every_link_is_alive_and_rows_lead_to_the_explorer(client: TestClient) -> None:
    for place in (address(*PAIRS[0]), "/zh" + address(*PAIRS[4])):
        text = client.get(place).text.split("<main")[1].split("</main")[0]
        links = {unescape(each) for each in re.findall(r'(?:href|src)="([^"#]+)', text)}
        assert f"{API}{address(*PAIRS[0])}" in links or place.startswith("/zh")
        for link in links:
            assert client.get(link).status_code == 200, link
    page = opened(client, address(PAPER, VISION))
    row = page.one("tr", id="lrn1")
    assert next(row.all("a")).attributes["href"] == "/#lrn1"
    assert next(page.one("tr", id="conv1_bn").all("a")).attributes["href"] == "/networks/torchvision?aux=off#conv1_bn"


def test_a_swapped_page_carries_its_canonical_address(client: TestClient) -> None:
    answer = client.get("/zh/compare?left=googlenet?aux=off&right=torchvision?aux=off", headers={"HX-Request": "true"})
    assert answer.headers["hx-push-url"] == "/zh/compare?left=googlenet&right=torchvision%3Faux%3Doff"

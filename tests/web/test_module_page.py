"""The page of one module: the drawing, its numbers, the form, in a network and in none."""

import re
from urllib.parse import urlencode, urlsplit

import pytest
from starlette.testclient import TestClient

from app.network.spec import Widths
from app.render.module_drawing import CHANNEL, LARGEST, LONGEST, drawing
from app.render.module_text import title
from app.render.modules import free_standing
from app.render.prism import BOX, prism
from tests.web.doors import API, check_problem
from tests.web.markup import Element, parse, successful

PAGE = "/networks/googlenet/modules/3a"
ADDRESSES = (
    PAGE, "/networks/googlenet/modules/5b?five=3x3x2&norm=batch", "/networks/torchvision/modules/4e?4e=naive",
    "/networks/googlenet-naive/modules/4a", "/networks/tf-slim/modules/3b?width=0.5", f"{PAGE}?3a=64,0,128,16,32,0",
    f"{PAGE}?3a=0,0,0,0,0,32", f"{PAGE}?3a=naive:0,0,0&input=100x300", f"{PAGE}?3a=4096,4096,4096,4096,4096,4096",
    "/networks/googlenet/modules/3c?3c=64,96,128,16,32,32",
    "/networks/googlenet/modules/3c?3c=naive:1,2,3&modules=naive",
    "/networks/separable-stem/modules/5b?5a=off", "/module", "/module?input=192x28x28&widths=naive:64,128,32",
    "/module?input=65536x1x7&widths=4096,0,1,0,1,0&five=3x3&norm=none", "/module?widths=0,0,0,0,0,0", f"/zh{PAGE}",
    "/module?utm_source=mail",
)  # fmt: skip
FAULTY = (
    f"{PAGE}?3a.1x1=5000", f"{PAGE}?classes=0", f"{PAGE}?3a=1,2", f"{PAGE}?colour=red", f"{PAGE}?3a.3x3=0",
    "/module?input=0", "/module?widths=1,2", "/module?five=7x7", "/module?state=1", '/module?input="><b>',
)  # fmt: skip


def read(client: TestClient, address: str, status: int = 200) -> Element:
    answer = client.get(address)
    assert answer.status_code == status, f"{address}: {answer.status_code}"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return parse(answer.text)


def classed(page: Element, name: str) -> list[Element]:
    return [each for each in page.all() if name in each.attributes.get("class", "").split()]


def numbers(text: str) -> list[int]:
    return [int(each.replace(",", "")) for each in re.findall(r"\d[\d,]*", text)]


@pytest.mark.parametrize("address", [*ADDRESSES, *FAULTY])
def test_a_page_is_sound(client: TestClient, address: str) -> None:
    page = read(client, address, 422 if address in FAULTY else 200)
    ids = {each.attributes["id"] for each in page.all() if "id" in each.attributes}
    assert len(list(page.all("h1"))) == len(list(page.all("main"))) == 1
    labelled = {label.attributes.get("for") for label in page.all("label")}
    for each in page.all():
        assert "style" not in each.attributes
        assert not [name for name in each.attributes if name.startswith("on")]
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(each.attributes.get(name, "").split()) <= ids
        if each.name in ("input", "select") and each.attributes.get("type") not in ("hidden", "checkbox"):
            assert each.attributes["id"] in labelled or each.attributes.get("aria-label")


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_drawing_and_the_tables_say_what_the_api_says(client: TestClient, address: str) -> None:
    page = read(client, address)
    said = client.get(page.one("link", rel="alternate").attributes["href"]).json()
    sides = [side for side in (said, said["twin"]) if side]
    totals = [numbers(each.text)[-2:] for each in classed(page, "total")]
    assert totals == [[side["totals"]["macs"], side["totals"]["params"]] for side in sides]
    if address.startswith("/zh"):
        return
    for side, stack in zip(sides, classed(page, "stack"), strict=True):
        given = [branch["out_channels"] for branch in side["branches"]]
        assert numbers(stack.text)[: len(given) + 1] == [*given, side["out_shape"][0]]
    tables = [table for table in page.all("table") if table.attributes.get("class") == "reasons"]
    order = [
        branch
        for name in ("one", "three", "five", "pool")
        for side in sides
        for branch in side["branches"]
        if branch["name"] == name
    ]
    for table, branch in zip(tables, order, strict=True):
        *lines, total = list(table.one("tbody").all("tr"))
        assert [numbers(cell.text) for cell in list(total.all("td"))[1:]] == [[branch["params"]], [branch["macs"]]]
        layers = [layer for layer in branch["layers"] if layer["kind"] != "relu"]
        for line, layer in zip(lines, layers, strict=True):
            _, params, macs = line.all("td")
            assert numbers(params.text)[0] == layer["params"]
            assert numbers(macs.text)[0] == layer["macs"]
            if layer["formula"]["macs"]:
                assert layer["formula"]["macs"].partition(" = ")[0] in macs.text


def test_the_published_module_3a(client: TestClient) -> None:
    page = read(client, PAGE)
    assert page.one("h1").text == "Four looks at the same input, 2.4× cheaper for squeezing first"
    words = page.one("main").text
    for said in (
        "1·1·192·96 × 28·28", "= 14.5 M", "18,528 params", "64 + 128 + 32 + 32 = 256 channels", "128,049,152",
        "303,464,448", "9.7× cheaper", "1.7× cheaper", "no difference", "4.82 M more", "passes all 192 on",
        "GoogLeNet is V1",
    ):  # fmt: skip
        assert said in words, said
    trials = {trial.one("a").text: trial.one("span").text for trial in page.one("aside", id="panel").all("li")
              if list(trial.all("span"))}  # fmt: skip
    assert trials == {
        "Set 5×5 reduce to 32": "+12.4 M",
        "Drop the 3×3 reduce": "+72.3 M",
        "Two 3×3 in place of 5×5": "+803 K",
    }


def test_a_square_is_to_scale_and_a_block_never_too_long() -> None:
    module = free_standing((192, 28, 28), Widths(64, 96, 128, 16, 32, 32), "5x5", "lrn")
    drawn = drawing(module, ("", ""))
    squares = {
        square.path: square.side
        for row in drawn.rows
        for lane in (row.own, row.twin)
        if lane
        for square in lane.squares
    }
    assert max(squares.values()) == LARGEST  # the naive 3×3, 173,408,256; the 1×1 is the same on both sides
    assert squares["inception.one.conv"] == pytest.approx(LARGEST * (9_633_792 / 173_408_256) ** 0.5, abs=0.01)
    assert drawn.channel == f"{1 / CHANNEL:.3g}"
    wide = drawing(free_standing((4096, 8, 8), Widths(4096, 1, 1, 1, 1, 1), "3x3x2", "batch"), ("", ""))
    assert wide.twin
    assert wide.twin.concat.width <= LONGEST + 11
    tall, flat = prism((("one", 10),), (8, 4), 1), prism((("one", 10),), (4, 8), 1)
    assert tall.height == flat.height == BOX
    assert tall.width < flat.width


@pytest.mark.parametrize(
    ("widths", "words"),
    [
        ((64, 0, 128, 0, 32, 32), "Four looks at the same input; squeezing first changes little here"),
        # 192·64 + 192·4000 + 9·4000·128 against 192·64 + 9·192·128
        ((64, 4000, 128, 0, 0, 0), "Three looks at the same input; squeezing first costs 23× as much here"),
        ((0, 0, 128, 0, 0, 0), "Two looks at the same input, without squeezing first"),
        ((0, 0, 0, 0, 0, 0), "One look at the same input, without any arithmetic"),
        ((0, 0, 0, 0, 0, 7), "One look at the same input"),
    ],
)
def test_a_title_claims_only_what_the_numbers_say(widths: tuple[int, ...], words: str) -> None:
    assert title(free_standing((192, 28, 28), Widths(*widths), "5x5", "lrn")) == words


def test_a_naive_module_stands_beside_the_reduced_one(client: TestClient) -> None:
    page = read(client, f"{PAGE}?3a=naive")
    assert page.one("h1").text == "Four looks at the same input; without squeezing first it costs 2.4× as much"
    assert "V2" not in page.one("main").text
    assert page.one("nav", **{"aria-label": "Kind of module"}).one("a", **{"aria-current": "true"}).text == "Naive"


@pytest.mark.parametrize("address", [f"{PAGE}?width=0.5&aux=on", f"{PAGE}?3a=naive", f"{PAGE}?3a.1x1=0&classes=7"])
def test_the_form_works_without_a_script(client: TestClient, address: str) -> None:
    page = read(client, address)
    form = page.one("form", id="widths")
    same = read(client, f"{form.attributes['action']}?{urlencode(successful(form))}")
    canonical = page.one("link", rel="canonical").attributes["href"]
    assert same.one("link", rel="canonical").attributes["href"] == canonical
    changed = dict(successful(form)) | {"3a.pool_proj": "48"}
    page = read(client, f"{form.attributes['action']}?{urlencode(changed)}")
    query = urlsplit(page.one("link", rel="canonical").attributes["href"]).query
    module = client.get(f"{API}{PAGE}?{query}").json()
    assert module["widths"][5] == 48
    assert urlsplit(canonical).query.split("&")[-1].split("=")[0] in query


def test_the_free_form_works_without_a_script(client: TestClient) -> None:
    form = read(client, "/module").one("form", id="widths")
    sent = dict(successful(form))
    assert sent == {"input": "192x28x28", "widths": "64,96,128,16,32,32", "five": "5x5", "norm": "lrn"}
    page = read(client, f"/module?{urlencode(sent | {'norm': 'batch', 'input': '64'})}")
    canonical = page.one("link", rel="canonical").attributes["href"]
    assert canonical == "http://testserver/module?input=3x64x64&widths=64,96,128,16,32,32&norm=batch"


@pytest.mark.parametrize(
    ("address", "key", "typed", "words"),
    [
        (f"{PAGE}?3a.1x1=5000", "3a.1x1", "5000", "0 to 4096"),
        (f"{PAGE}?3a.3x3=0", "3a.3x3", "0", "3a.3x3_reduce=0"),
        (f"{PAGE}?3a=1,2", "3a", "1,2", "naive"),
        ("/module?input=0", "input", "0", "65536"),
        ("/module?widths=1,2", "widths", "1,2", "naive:64,128,32"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    client: TestClient, address: str, key: str, typed: str, words: str
) -> None:
    page = read(client, address, 422)
    field = page.one("input", name=key)
    assert field.attributes["value"] == typed
    assert field.attributes["aria-invalid"] == "true"
    assert words in page.one("p", id=field.attributes["aria-describedby"]).text
    assert "128,049,152" in page.one("main").text


def test_a_module_that_is_not_there_is_not_found(client: TestClient) -> None:
    for address in ("/networks/googlenet/modules/9z", f"{PAGE}?3a=off", "/networks/none/modules/3a"):
        assert (
            check_problem(client.get(address), 404)["detail"]
            == check_problem(client.get(f"{API}{address}"), 404)["detail"]
        )
    check_problem(client.get("/networks/googlenet/modules/3c?3c=1,2"), 422)


def test_neighbours_lead_from_the_stem_to_the_head(client: TestClient) -> None:
    def ways(address: str) -> list[str]:
        buttons = classed(read(client, address), "buttons")[1]
        return [each.attributes["href"] for each in buttons.all("a")]

    assert ways(f"{PAGE}?width=2") == ["/?width=2#conv1", "/networks/googlenet/modules/3b?width=2"]
    assert ways("/networks/tf-slim/modules/5b?5a=off") == [
        "/networks/tf-slim/modules/4e?5a=off",
        "/networks/tf-slim?5a=off#head.pool",
    ]


@pytest.mark.parametrize(
    "address", [f"{PAGE}?width=0.5&4c=off", "/networks/googlenet/modules/3c?3c=1,2,3,4,5,6", "/module"]
)
def test_whatever_a_page_names_is_there(client: TestClient, address: str) -> None:
    page = read(client, address)
    named = {
        each.attributes[name].partition("#")[0]
        for each in page.one("div", id="module").all()
        for name in ("href", "src")
        if name in each.attributes
    }
    for link in named:
        assert not link or client.get(link).status_code == 200, link


def test_a_swapped_page_pushes_its_canonical_address(client: TestClient) -> None:
    answer = client.get(f"/zh{PAGE}?3a.1x1=&3a.5x5=0048")
    assert answer.headers["hx-push-url"] == f"/zh{PAGE}?3a=64,96,128,16,48,32"
    assert "hx-push-url" not in client.get(f"{PAGE}?3a.1x1=x").headers

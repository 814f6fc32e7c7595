"""The story's pages: links that light what is there, figures that a form moves, exercises that are checked."""

import re
from html import unescape
from itertools import pairwise
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from starlette.testclient import TestClient

from app.render.story import CHAPTERS
from app.render.story.chapter import Chapter, Slider
from tests.web.markup import Element, parse, successful

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda each: each.slug)
each_language = pytest.mark.parametrize("language", ["", "/zh"])


def read(client: TestClient, address: str, status: int = 200) -> Element:
    answer = client.get(address)
    assert answer.status_code == status, f"{address}: {answer.status_code}"
    return parse(answer.text)


def link(page: Element, id: str) -> str | None:
    return next((each.attributes["href"] for each in page.all("a") if each.attributes.get("id") == id), None)


def walk(client: TestClient, start: str) -> list[tuple[str, Element]]:
    """Every step from there on, by the link to the next."""
    found: list[tuple[str, Element]] = []
    address: str | None = start
    while address:
        page = read(client, address)
        found.append((address, page))
        address = link(page, "on")
    return found


def verdict(page: Element) -> str | None:
    return next((each.text for each in page.all("p") if each.attributes.get("id") == "verdict"), None)


@each_language
def test_one_can_read_from_the_first_step_to_the_last_and_back(client: TestClient, language: str) -> None:
    contents = read(client, f"{language}/learn")
    listed = [each.attributes["href"] for each in contents.one("main").all("a")]
    assert listed == [f"{language}/learn/{chapter.slug}" for chapter in CHAPTERS]
    steps = walk(client, listed[0])
    assert len(steps) == sum(len(chapter.steps) for chapter in CHAPTERS)
    assert list(dict.fromkeys(urlsplit(address).path for address, _ in steps)) == listed
    for (address, page), (_, after) in pairwise(steps):
        back = link(after, "back")
        assert back
        assert urlsplit(back).path == urlsplit(address).path
        current = [each for each in page.all("p") if each.attributes.get("aria-current") == "step"]
        assert len(current) == 1
    assert link(steps[0][1], "back") is None


@each_chapter
@each_language
def test_every_link_in_the_text_lights_something_in_the_figure(
    client: TestClient, chapter: Chapter, language: str
) -> None:
    lit = 0
    steps = [each for each in walk(client, f"{language}/learn/{chapter.slug}") if f"/{chapter.slug}" in each[0]]
    for _, page in steps:
        figure = page.one("section", id="figure")
        marks = {each.attributes["id"]: each for each in figure.all() if "data-path" in each.attributes}
        paragraphs = [each for each in page.all("p") if each.attributes.get("class", "").startswith("step")]
        links = [each for paragraph in paragraphs for each in paragraph.all("a") if "data-path" in each.attributes]
        for each in links:
            mark = marks[each.attributes["href"].removeprefix("#")]
            assert mark.attributes["data-path"] == each.attributes["data-path"]
        lit += len(links)
    assert lit >= 3 * len(steps)


@each_chapter
def test_a_page_of_a_chapter_is_sound(client: TestClient, chapter: Chapter) -> None:
    page = read(client, f"/learn/{chapter.slug}?answer=1")
    ids = {each.attributes["id"] for each in page.all() if "id" in each.attributes}
    labels = {each.attributes.get("for") for each in page.all("label")}
    labels |= {field.attributes["id"] for label in page.all("label") for field in label.all("input")}
    for each in page.all():
        assert "style" not in each.attributes
        assert not [name for name in each.attributes if name.startswith("on")]
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            assert set(each.attributes.get(name, "").split()) <= ids, (name, each.attributes)
        if each.name == "svg" and each.attributes.get("role") == "img":
            assert each.attributes["aria-label"]
        if each.name == "img":
            assert "alt" in each.attributes
        if each.name == "input" and each.attributes.get("type") != "hidden":
            assert each.attributes["id"] in labels or each.attributes.get("aria-label")
    assert len(list(page.all("main"))) == 1
    assert {tag.attributes["href"] for tag in page.all("link") if tag.attributes["rel"] == "canonical"} == {
        f"http://testserver/learn/{chapter.slug}"
    }


@each_chapter
def test_whatever_a_chapter_leads_to_is_there(client: TestClient, chapter: Chapter) -> None:
    text = client.get(f"/zh/learn/{chapter.slug}?step=2").text
    for address in {unescape(each) for each in re.findall(r'(?:href|src|action)="(/[^"]*)"', text)}:
        assert client.get(address).status_code == 200, address


@each_chapter
def test_the_form_moves_the_figure_and_the_address_says_where(client: TestClient, chapter: Chapter) -> None:
    start = read(client, f"/learn/{chapter.slug}?step=2")
    before = start.one("section", id="figure")
    for control in chapter.controls:
        moved = (
            control.written(control.least if control.own != control.least else control.most)
            if isinstance(control, Slider)
            else next(word for word in control.options if word != control.own)
        )
        sent = dict(successful(start.one("form", id="form"))) | {control.key: moved}
        answer = client.get(f"/learn/{chapter.slug}?{urlencode(sent)}")
        pushed = answer.headers["hx-push-url"]
        assert dict(parse_qsl(urlsplit(pushed).query)) == {control.key: moved, "step": "2"}
        figure = parse(answer.text).one("section", id="figure")
        assert shapes(figure) != shapes(before), f"{control.key} moves nothing"
        assert client.get(pushed).text.split("<main")[1] == answer.text.split("<main")[1]


def shapes(figure: Element) -> list[tuple[tuple[str, str], ...]]:
    """What is drawn, without the form."""
    form = set(map(id, figure.one("form", id="form").all()))
    drawn = [each for each in figure.all() if id(each) not in form]
    return [
        (*each.attributes.items(), *[("text", part) for part in each.inside if isinstance(part, str) and part.strip()])
        for each in drawn
        if each.name != "a"
    ]


@each_chapter
def test_an_exercise_is_checked_and_keeps_the_figure(client: TestClient, chapter: Chapter) -> None:
    right = chapter.exercise.answer()
    control = chapter.controls[0]
    there = (
        control.written(control.most) if isinstance(control, Slider) else next(iter(reversed(list(control.options))))
    )
    page = read(client, f"/learn/{chapter.slug}?{control.key}={there}&step=2")
    task = page.one("section", id="exercise").one("form")
    written = f"{right:.4f}".rstrip("0").rstrip(".")
    sent = dict(successful(task)) | {"answer": written}
    assert verdict(page) is None
    answered = read(client, f"/learn/{chapter.slug}?{urlencode(sent)}")
    assert str(verdict(answered)).startswith("✓ Correct.")
    assert shapes(answered.one("section", id="figure")) == shapes(page.one("section", id="figure"))
    assert "solution" not in {each.attributes.get("id") for each in answered.all("details")}
    for wrong in (right * 2 + 1, right / 2 - 1 if right > 2 else 0):
        said = verdict(read(client, f"/learn/{chapter.slug}?{urlencode({'answer': f'{wrong:.4f}'})}"))
        assert said
        assert said.split(".")[0] in ("Too much", "Too little", "Not quite")
    assert len({str(verdict(read(client, f"/learn/{chapter.slug}?answer={text}"))) for text in ("9e99", "0")}) == 2


@each_chapter
def test_a_known_slip_gets_its_reason(client: TestClient, chapter: Chapter) -> None:
    assert chapter.exercise.slips
    for slip in chapter.exercise.slips:
        said = verdict(read(client, f"/learn/{chapter.slug}?{urlencode({'answer': repr(float(slip.value()))})}"))
        assert str(said).startswith("Not quite."), slip.text


@pytest.mark.parametrize(
    ("chapter", "answer", "said"),
    [
        ("naive", "5,840 channels", "✓ Correct."), ("naive", "5840 Channels", "✓ Correct."),
        ("naive", "5.84 K", "✓ Correct."), ("naive", "5.840", "Not quite. The digits are right"),
        ("average", "200.7 M", "✓ Correct."), ("average", "200.7", "Not quite. The digits are right"),
        ("average", "2.007 亿", "✓ Correct."), ("results", "33,8 %", "✓ Correct."), ("results", "33.8", "✓ Correct."),
        ("results", "0.338", "Not quite. That is the share as a fraction."),
        ("depth", "5.8×", "✓ Correct."), ("depth", "5.8 times", "✓ Correct."), ("heads", "3,96", "✓ Correct."),
        ("sizes", "13.5", "Not quite. Half a window"), ("sizes", "13 rows", "✓ Correct."),
    ],
)  # fmt: skip
def test_an_answer_is_read_as_its_writer_means_it(client: TestClient, chapter: str, answer: str, said: str) -> None:
    page = read(client, f"/learn/{chapter}?{urlencode({'answer': answer})}")
    assert str(verdict(page)).startswith(said)


def test_a_chinese_unit_is_read_too(client: TestClient) -> None:
    assert str(verdict(read(client, "/zh/learn/naive?answer=5840+通道"))).startswith("✓")


def test_the_step_that_is_read_follows_the_figure_and_the_others_tell_of_their_own(client: TestClient) -> None:
    page = read(client, "/learn/depth?w=0.8&h=0.1&step=3")
    third, fourth = (next(each.text for each in page.all("p") if each.attributes.get("id") == f"step-{n}")
                     for n in (3, 4))  # fmt: skip
    assert "w = 0.8" in third
    assert "w = 0.5" in fourth
    assert "313 times" in fourth


@pytest.mark.parametrize("answer", ["many", "1" * 41, "<b>4</b>", "--", "12 apples", "１e", "∞", "nan"])
def test_what_is_no_number_is_said_to_be_none(client: TestClient, answer: str) -> None:
    page = read(client, f"/learn/naive?{urlencode({'answer': answer})}")
    assert str(verdict(page)).startswith("That is no number.")
    assert page.one("input", id="answer").attributes["value"] == answer


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("reduce=0", "reduce", "1 to 192"), ("reduce=193", "reduce", "1 to 192"), ("reduce=1.5", "reduce", "1 to 192"),
        ("reduce=-1", "reduce", "1 to 192"), ("reduce=٣", "reduce", "1 to 192"),
        ("reduce=" + "9" * 99, "reduce", "characters"),
    ],
)  # fmt: skip
def test_what_a_figure_cannot_show_is_said_beside_its_field(
    client: TestClient, query: str, field: str, words: str
) -> None:
    page = read(client, f"/learn/reduction?{query}", 422)
    typed = page.one("input", name=field)
    assert typed.attributes["value"] == query.partition("=")[2]
    assert typed.attributes["aria-invalid"] == "true"
    assert words in page.one("p", id=typed.attributes["aria-describedby"]).text
    assert shapes(page.one("section", id="figure")) == shapes(
        read(client, "/learn/reduction").one("section", id="figure")
    )


@pytest.mark.parametrize("query", ["step=0", "step=99", "step=two", "colour=red", "reduce=3&reduce=4"])
def test_what_has_no_field_is_said_above(client: TestClient, query: str) -> None:
    page = read(client, f"/learn/reduction?{query}", 422)
    said = [each.text for each in page.all("p") if each.attributes.get("role") == "alert"]
    assert len(said) == 1
    assert query.partition("=")[0] in said[0]


def test_what_other_sites_hang_on_links_is_overlooked(client: TestClient) -> None:
    assert client.get("/learn/reduction?utm_source=x&fbclid=1").status_code == 200


def test_there_is_no_such_chapter(client: TestClient) -> None:
    assert client.get("/learn/nowhere", headers={"Accept": "text/html"}).status_code == 404


def test_a_picture_is_kept_for_good_and_has_one_address(client: TestClient) -> None:
    page = read(client, "/learn/scales?keep=stack")
    addresses = [each.attributes["src"] for each in page.all("img") if "/learn/pictures/" in each.attributes["src"]]
    assert len(addresses) == 7
    for address in addresses:
        answer = client.get(address)
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.content.startswith(b"\x89PNG")
    folder = addresses[0].rpartition("/")[0]
    for wrong in ("photo-dog", "seen-china-8-0", "seen-china-7-10", "..%2fx"):
        assert client.get(f"{folder}/{wrong}.png").status_code == 404
    assert client.get("/learn/pictures/0000000000/photo-china.png").status_code == 404

"""What the program says in Chinese: every text has its translation, with the same parts, and no page forgets one."""

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.main import create_app
from app.render.story import CHAPTERS
from app.settings import Settings
from app.words import Phrase, catalogue, language, phrase, say, say_many
from tests.web.markup import Element, parse

ROOT = Path(__file__).parents[1]
KEYWORDS = {"phrase": None, "say": None, "say_many": (1, 2), "_": None, "many": (1, 2)}
PAGES = (
    "/", "/?4e=256,96,320,32,192,128&aux=on&4a=off", "/?classes=0&4e.5x5=9999&colour=red", "/networks/tf-slim",
    "/networks/torchvision", "/networks/googlenet/modules/3a", "/networks/googlenet/modules/4e?modules=naive",
    "/module?input=192x28x28&widths=naive:64,128,32", "/module?input=x", "/compare",
    "/compare?left=googlenet&right=torchvision%3Faux%3Doff", "/compare?left=googlenet&right=tf-slim", "/compare?left=x",
    "/size", "/size?op=conv&input=28&kernel=5&padding=2", "/size?op=max_pool&input=2&kernel=9", "/nowhere",
    "/networks/googlenet/layers/inception_3a.five.conv", "/networks/googlenet/layers/lrn1", "/networks/googlenet/code",
    "/networks/googlenet/live/wide/4e?4e.5x5=192", "/networks/alexnet",
    "/counts", "/counts?network=torchvision&classes=0",
    "/learn", *(f"/learn/{chapter.slug}" for chapter in CHAPTERS), "/learn/sizes?input=0&step=2&answer=x&colour=red",
    "/space", "/space?network=tf-slim&vary=4e.5x5:0:64:16&max_macs=1&in_params=1:x&up=macs:more",
    "/space?vary=input:32:2048:1", "/space?width=0.5&vary=4e.5x5:1:9:1&vary=x&vary=3a.1x1:9:1:1&in_macs=1:9G",
)  # fmt: skip
ENGLISH = re.compile(r"\b[A-Za-z][a-z]+ [a-z]{2,} [a-z]{2,}")
"""Three English words in a row."""


def texts() -> set[str]:
    """Every text in the code and the templates that is said to visitors."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    found: set[str] = set()
    for folder in ("app", "templates"):
        inside = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods if folder in pattern]
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, inside, keywords=KEYWORDS):
            found |= {message} if isinstance(message, str) else set(message)
    return found - {""}


def parts(text: str) -> set[str]:
    """Names of what is filled in; a number may come in ten thousands too, as Chinese counts."""
    named = [(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None]
    return {f"{name.removesuffix('_10k')}:{spec}" for name, spec in named}


def test_every_text_has_a_translation_and_every_translation_a_text() -> None:
    asked, have = texts(), set(catalogue("zh"))
    assert len(asked) > 500
    assert asked - have == set()
    assert have - asked == set()


def test_a_translation_has_the_parts_of_its_text() -> None:
    assert {text for text, said in catalogue("zh").items() if parts(text) - parts(said) - {"n:"}} == set()
    assert {text for text, said in catalogue("zh").items() if parts(said) - parts(text) - {"n:"}} == set()


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Settings.model_construct(warm_lab=False)))


def spoken(element: Element) -> list[str]:
    """What a page shows or reads aloud, but for code and other languages."""
    names = ("aria-label", "title", "placeholder", "alt")
    said = [element.attributes[name] for name in names if name in element.attributes]
    if element.name in ("cite", "code", "pre", "script") or element.attributes.get("lang") == "en":
        return []
    for each in element.inside:
        said += [each] if isinstance(each, str) else spoken(each)
    return said


@pytest.mark.parametrize("address", PAGES)
def test_a_chinese_page_says_nothing_in_english(client: TestClient, address: str) -> None:
    answer = client.get(f"/zh{address}", headers={"Accept": "text/html"})
    page = parse(answer.text)
    assert [text for text in spoken(page) if ENGLISH.search(text)] == []
    for link in page.all("a"):
        there = link.attributes.get("href", "#")
        local = there.startswith(("/zh", "/api/", "#")) or link.attributes.get("rel") == "external"
        assert local or link.attributes.get("id") == "language", f"{there} leads out of the language"


def test_an_error_of_the_api_can_be_asked_for_in_chinese(client: TestClient) -> None:
    english = client.get("/api/v1/networks/googlenet?classes=0").json()
    chinese = client.get("/zh/api/v1/networks/googlenet?classes=0").json()
    assert english["detail"] == "classes: 1 to 100000, received 0"
    assert chinese["detail"] == "classes：1 到 100000，收到 0"
    assert chinese["errors"][0]["received"] == "0"


def test_a_phrase_is_its_english_text_and_speaks_the_language_of_the_request() -> None:
    said = phrase("{least} to {most}", least=0, most=4096)
    assert said == "0 to 4096"
    nested = phrase("{name}: {allowed}", name="#1×1", allowed=said)
    token = language.set("zh")
    try:
        assert say(said) == "0 到 4096"
        assert say(nested).endswith("0 到 4096")
    finally:
        language.reset(token)


@given(st.text())
def test_text_without_a_translation_is_said_as_it_is(text: str) -> None:
    assert say(Phrase(text, {})) == text


def test_counting_sentences() -> None:
    assert say_many("{n} change", "{n} changes", 1) == "1 change"
    assert say_many("{n} change", "{n} changes", 1234) == "1,234 changes"

"""What holds of every page, in both languages: axe finds nothing, nothing scrolls sideways, nothing is said."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/?4e=256,96,320,32,192,128&aux=on", "/networks/googlenet/modules/3a",
    "/module?input=192x28x28&widths=naive:64,128,32", "/compare",
    "/compare?left=googlenet&right=torchvision%3Faux%3Doff",
    "/size", "/lab", "/networks/googlenet/layers/inception_3a.five.conv", "/networks/googlenet/code",
    "/counts", "/space", "/about",
)  # fmt: skip
LANGUAGES = ("", "/zh")
RULES = {"rules": {"target-size": {"enabled": True}}}
"""Those that axe leaves out unless asked: WCAG 2.2's."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_to_mend(path: str, language: str, visit: Open) -> None:
    page = visit(language + path)
    page.wait_for_load_state("networkidle")
    found = []
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for dark in (False, True):
            page.emulate_media(color_scheme="dark" if dark else "light")
            for rule in Axe().run(page, options=RULES).response["violations"]:
                found += [(width, dark, rule["id"], node["target"], node["failureSummary"]) for node in rule["nodes"]]
    assert found == []


@pytest.mark.parametrize("path", ["/", "/networks/googlenet/modules/3a", "/size", "/space"])
def test_axe_finds_nothing_to_mend_in_an_open_sheet(path: str, visit: Open) -> None:
    page = visit(path, viewport={"width": 390, "height": 844})
    page.locator("#edit").click()
    expect(page.locator("#done")).to_be_visible()
    page.locator("#panel").evaluate("panel => Promise.all(panel.getAnimations().map(each => each.finished))")
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(rule["id"], node["target"], node["failureSummary"]) for rule in found for node in rule["nodes"]] == []


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_on_a_phone(path: str, language: str, scripts: bool, visit: Open) -> None:
    page = visit(language + path, viewport={"width": 390, "height": 844}, java_script_enabled=scripts)
    page.wait_for_load_state("networkidle")
    main = page.locator("main").bounding_box()
    assert main
    assert main["width"] <= 390
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("path", [*PAGES, "/?classes=0&colour=red"])
def test_chinese_has_no_space_after_its_own_punctuation(path: str, visit: Open) -> None:
    page = visit(f"/zh{path}", refused="colour" in path)
    assert re.findall(r".{9}[。；，：？！）] +\S.{9}", page.locator("body").inner_text()) == []


@pytest.mark.parametrize("path", PAGES)
def test_the_other_language_is_one_click_away(path: str, visit: Open) -> None:
    page = visit(path)
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")

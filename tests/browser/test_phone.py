"""A narrow page: first what the network is and costs, then what one does with it; nothing of it needs a script."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.steps import CHANGED

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
TOP = "element => element.getBoundingClientRect().top + scrollY"


def top(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate(TOP))


@pytest.mark.parametrize("scripts", [True, False])
def test_the_numbers_come_first_then_the_pictures_then_what_one_does(scripts: bool, visit: Open) -> None:
    page = visit(f"/?{CHANGED}", viewport=PHONE, java_script_enabled=scripts)
    parts = ("h1", "#totals", "#hero", "#map-part", ".head .buttons", "#layers-part")
    tops = [top(page, part) for part in parts]
    assert tops == sorted(tops)
    assert top(page, "#tall-svg") < PHONE["height"] * 0.7
    expect(page.locator(".edit-bar")).to_contain_text("1 change from GoogLeNet")


@pytest.mark.parametrize("path", ["/", "/networks/googlenet/modules/4e", "/size", "/space"])
@pytest.mark.parametrize("width", [390, 1024])
def test_without_a_script_the_form_stands_under_the_page_and_a_link_leads_to_it(
    path: str, width: int, visit: Open
) -> None:
    page = visit(path, viewport={"width": width, "height": 844}, java_script_enabled=False)
    assert top(page, "main") < 200 < top(page, "#panel")
    link = page.locator(".edit-bar a[href='#panel']")
    expect(link).to_be_in_viewport(ratio=1)
    link.click()
    expect(page.locator("#panel form")).to_be_in_viewport()
    page.locator("#language").focus()
    page.keyboard.press("Tab")
    assert page.locator("main").evaluate(
        "main => main.contains(document.activeElement)"
    )  # the focus goes as the eye does


def test_zoomed_twice_the_texts_of_the_pictures_are_no_larger_than_others(visit: Open) -> None:
    page = visit(viewport={"width": 720, "height": 450})
    for picture in ("#tall-svg", ".two-bars"):
        box = page.locator(picture).bounding_box()
        assert box
        assert 11 * box["width"] / 358 <= 14

"""Motion in a real browser: after a step what has a new place moves there; nothing lags behind a slider."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.steps import SLIDER, choose, grab, idle

pytestmark = pytest.mark.browser

WATCH = """() => {
  window.moved = [];
  document.addEventListener("transitionrun", ({ propertyName, target }) => {
    const classes = (target.getAttribute("class") ?? "").trim();
    if (target.closest("svg:is(#map-svg, #hero-svg, .block, .squares)")) moved.push([propertyName, classes]);
  });
}"""


def watched(page: Page) -> list[tuple[str, str]]:
    """Property and class of what has moved since."""
    moved: list[Any] = page.evaluate("window.moved")
    return [(name, classes) for name, classes in moved]


def turn(page: Page) -> None:
    page.locator("#card-4e .kinds").get_by_text("Naive").click()
    expect(page.locator("h1")).to_have_text("GoogLeNet, 4e naive")
    idle(page)


def test_a_module_turns_naive_before_the_eyes_its_reductions_opening(visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    page.evaluate(WATCH)
    turn(page)
    moved = watched(page)
    assert {"d", "y", "height"} <= {name for name, _ in moved}
    assert {("height", f"bar {branch} ghost") for branch in ("three", "five")} <= set(moved)
    assert ("opacity", "bar three ghost") in moved
    ghosts = page.locator("#map-part-4e a:has(.ghost)")
    expect(ghosts).to_have_count(2)
    reached = "all => all.map((each) => { each.focus(); return document.activeElement === each; })"
    assert ghosts.evaluate_all(reached) == [False, False]
    expect(page.locator("html")).not_to_have_attribute("data-moving", "turn")


def test_nothing_moves_by_itself_while_a_slider_is_dragged_and_let_go(visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    page.evaluate(WATCH)
    x, y = grab(page, SLIDER)
    for step in range(1, 9):
        page.mouse.move(x + 3 * step, y)
    expect(page.locator("h1")).to_have_text("GoogLeNet, one width of 4e changed")
    page.mouse.up()
    idle(page)
    assert watched(page) == []


def test_who_asked_for_less_motion_gets_none(visit: Open) -> None:
    page = visit(reduced_motion="reduce")
    choose(page, "4e")
    page.evaluate(WATCH)
    turn(page)
    assert watched(page) == []


def test_the_squares_of_a_module_move_too(visit: Open) -> None:
    page = visit("/networks/googlenet/modules/3a")
    page.evaluate(WATCH)
    page.get_by_role("link", name="Naive", exact=True).click()
    expect(page).to_have_url(re.compile("3a=naive$"))
    idle(page)
    assert {"width", "height", "d"} <= {name for name, _ in watched(page)}

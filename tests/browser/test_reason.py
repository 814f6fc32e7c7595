"""Where the reason of a row opens in a real browser: under it, or in a third column where the page is wide enough."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.steps import FIVE, choose, idle

pytestmark = pytest.mark.browser

WIDE = {"width": 1680, "height": 1000}
PATH = "inception_4e.five.conv"


def why(page: Page, path: str) -> Locator:
    return page.locator(f"[id='{path}'] a.why")


def test_on_a_wide_page_it_stands_in_a_column_of_its_own_beside_the_whole_map(visit: Open) -> None:
    page = visit(viewport=WIDE)
    dock = page.locator("#dock")
    expect(dock).to_contain_text("Choose a layer in the table")
    assert page.locator(".map .wide-map").evaluate("region => region.scrollWidth <= region.clientWidth")
    why(page, "conv1").click()
    expect(dock).to_contain_text("118,013,952")
    why(page, "conv2.conv").click()
    expect(dock).to_contain_text("346,816,512")
    expect(dock).not_to_contain_text("118,013,952")
    expect(why(page, "conv1")).to_have_attribute("aria-expanded", "false")
    expect(why(page, "conv2.conv")).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#table .reasons")).to_have_count(0)
    page.locator("#undock").click()
    expect(dock).to_contain_text("Choose a layer in the table")
    expect(why(page, "conv2.conv")).to_be_focused()


def test_it_follows_a_change_there_too_and_goes_with_its_row(visit: Open) -> None:
    page = visit(f"/#{PATH}", viewport=WIDE)
    dock = page.locator("#dock")
    expect(dock).to_contain_text("102,528")
    choose(page, "4e")
    page.locator(FIVE).fill("192")
    page.keyboard.press("Enter")
    expect(dock).to_contain_text("153,792")
    expect(why(page, PATH)).to_have_attribute("aria-expanded", "true")
    idle(page)
    page.locator("#card-4e .kinds").get_by_text("Off").click()
    expect(dock).to_contain_text("Choose a layer in the table")


def test_it_moves_under_its_row_where_the_page_becomes_narrower(visit: Open) -> None:
    page = visit(f"/#{PATH}", viewport=WIDE)
    expect(page.locator("#dock")).to_contain_text("102,528")
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator("#dock")).to_be_hidden()
    expect(page.locator(f"[id='reason-{PATH}']")).to_contain_text("102,528")
    page.set_viewport_size({"width": 1680, "height": 1000})
    expect(page.locator("#dock")).to_contain_text("102,528")
    expect(page.locator("#table .reasons")).to_have_count(0)


def test_it_shows_the_window_on_the_grid_to_scale(visit: Open) -> None:
    page = visit(f"/#{PATH}")
    drawn = page.locator(f"[id='reason-{PATH}'] .on-grid")
    expect(drawn).to_be_visible()
    window, cells, around = (
        drawn.locator(f"rect.{part}").evaluate("rect => rect.width.baseVal.value")
        for part in ("window", "cells", "around")
    )
    assert window / cells == pytest.approx(5 / 14, rel=0.01)
    assert around / cells == pytest.approx(18 / 14, rel=0.01)


@pytest.mark.parametrize("path", ["/", "/?4e=256,96,320,32,192,128&aux=on", "/zh/?shade=macs"])
def test_the_first_screen_ends_with_the_head_of_the_table(path: str, visit: Open) -> None:
    page = visit(path)
    head = page.locator("#table thead").bounding_box()
    top = page.locator("#map-svg").bounding_box()
    assert head
    assert top
    assert head["y"] + head["height"] <= 900
    assert top["y"] <= 252  # as in the picture of the first screen


@pytest.mark.parametrize(("width", "least"), [(1680, 278), (1760, 320), (1920, 320)])
def test_the_docked_reason_has_its_width_and_the_map_beside_it_is_whole(width: int, least: int, visit: Open) -> None:
    page = visit(viewport={"width": width, "height": 1080})
    dock = page.locator("#dock").bounding_box()
    assert dock
    assert dock["width"] >= least
    assert dock["x"] + dock["width"] == width
    hidden = page.locator(".wide-map").evaluate_all("all => all.map(each => each.scrollWidth - each.clientWidth)")
    assert hidden == [0, 0]

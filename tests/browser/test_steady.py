"""The explorer holds still: an edit moves nothing else, the focus stays, and what lies beyond an edge is marked."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import FloatRect, Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.steps import CHANGED, FIVE, OWN_TOTAL, SLIDER, choose, idle, total
from tests.serving import Server, wait_for

pytestmark = pytest.mark.browser

WIDTHS = "128,128,192,32,96,64"
PLACED = "#strip, #panel .add, [id='f-input.height'], #f-aux-on, #totals, #map-svg, #hero-svg, #layers"


def places(page: Page) -> list[FloatRect | None]:
    return [each.bounding_box() for each in page.locator(PLACED).all()]


def test_the_first_edit_of_a_module_moves_nothing(visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    before = places(page)
    page.locator(FIVE).fill("192")
    page.keyboard.press("Enter")
    idle(page)
    expect(page.locator("#card-4e [data-reset]")).to_be_visible()
    assert len(before) == 8
    assert places(page) == before


def test_a_module_more_moves_nothing_in_the_form(visit: Open) -> None:
    page = visit()
    before = places(page)[:4]
    page.get_by_role("link", name="Add module 3c").click()
    expect(page.locator("#m-3c")).to_be_checked()
    idle(page)
    after = places(page)[:4]
    assert [each and each["y"] for each in after] == [each and each["y"] for each in before]
    cells = [each.bounding_box() for each in page.locator("#strip label").all()]
    assert len(cells) == 10
    assert all(cell and min(cell["width"], cell["height"]) >= 24 for cell in cells)  # WCAG 2.5.8


@pytest.mark.parametrize("button", [True, False])
def test_the_focus_stays_where_it_is_when_a_step_is_taken_back(button: bool, visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    page.locator(SLIDER).focus()
    page.keyboard.press("ArrowRight")
    idle(page)
    expect(page.locator("h1")).to_have_text("GoogLeNet, one width of 4e changed")
    if button:
        page.locator("#undo").click()
    else:
        page.keyboard.press("z")
    expect(total(page)).to_have_text(OWN_TOTAL)
    idle(page)
    expect(page.locator("#undo" if button else SLIDER)).to_be_focused()


def mask(page: Page) -> str:
    return str(page.locator(".map .wide-map").evaluate("region => getComputedStyle(region).maskImage"))


def lefts(page: Page) -> list[float]:
    """How far the map and what stands under it are scrolled."""
    return list(page.locator(".wide-map").evaluate_all("all => all.map(each => each.scrollLeft)"))


def test_a_map_that_goes_on_beyond_its_edge_fades_there_and_is_scrolled_by_keys(visit: Open) -> None:
    page = visit(f"/?3c={WIDTHS}&3d={WIDTHS}")
    region = page.get_by_role("region", name="Map of the network")
    wait_for(lambda: "to left" in mask(page))  # it goes with the scrolling, from the first frame
    region.focus()
    page.keyboard.press("ArrowRight")
    wait_for(lambda: len({0, *lefts(page)}) == 2)
    region.evaluate("region => region.scrollTo(region.scrollWidth, 0)")
    wait_for(lambda: "to right" in mask(page))


def test_a_map_that_is_in_sight_has_no_mask(visit: Open) -> None:
    assert mask(visit(f"/?{CHANGED}")) == "none"


def test_what_an_edit_still_waits_for_does_not_undo_a_step_taken_meanwhile(server: Server, visit: Open) -> None:
    page = visit("/?3c=128,128,192,32,96,64")
    choose(page, "3c")
    held: list[Route] = []
    whole = re.compile(r"^(?!.*/live/).*\?.*224")
    page.route(whole, lambda route: held.append(route))  # noqa: PLW0108 - Playwright takes no built-in; it waits
    page.locator("[id='s-3c.3x3']").focus()
    with page.expect_request(whole):
        page.keyboard.press("PageUp")
    expect(page).to_have_url(f"{server.url}/?3c=128,128,224,32,96,64")
    page.locator("#card-3c").get_by_text("Remove").click()
    expect(page).to_have_url(f"{server.url}/")
    while held:
        held.pop(0).continue_()
        idle(page, held)
    expect(page).to_have_url(f"{server.url}/")
    expect(page.locator("#m-3c")).to_have_count(0)


MORE = "&".join(f"{name}={WIDTHS}" for name in ("3c", "3d", "4f", "4g", "4h", "5c", "5d"))


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_many_modules_keep_the_strip_on_one_line_with_the_open_one_in_sight(
    width: int, height: int, visit: Open
) -> None:
    page = visit(f"/?{MORE}", viewport={"width": width, "height": height})
    if width == 390:
        page.locator("#edit").click()
    strip = page.locator("#strip")
    expect(strip).to_be_visible()
    tops = page.locator("#strip label").evaluate_all("all => all.map(each => each.getBoundingClientRect().top)")
    assert len(tops) == 16
    assert len(set(tops)) == 1
    for name in ("5d", "3a", "4h"):
        page.locator(f"#m-{name}").check(force=True)
        expect(page.locator(f"#m-{name} + label")).to_be_in_viewport(ratio=1)
        if width == 1440:
            expect(page.locator(f"#map-{name}")).to_be_in_viewport(ratio=1)
            wait_for(lambda: len(set(lefts(page))) == 1)


def test_maps_of_many_modules_scroll_and_are_not_made_smaller(visit: Open) -> None:
    page = visit(f"/compare?left=googlenet&right={quote('googlenet?' + MORE)}")
    assert page.locator(".small-map").evaluate("map => map.getScreenCTM().a") >= 1


def test_an_edit_whose_page_has_not_been_asked_for_does_not_undo_a_step_back(server: Server, visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    page.locator(FIVE).fill("192")
    expect(page).to_have_url(f"{server.url}/?{CHANGED}")
    idle(page)
    held: list[Route] = []
    page.route("**/*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright takes no built-in; it waits
    with page.expect_request("**/live/**"):
        page.locator(FIVE).fill("256")
    with page.expect_request(f"{server.url}/"):
        page.locator("#undo").click()
    while held:  # what the visitor left is answered first, and what that asks for
        held.sort(key=lambda each: "/live/" not in each.request.url)
        held.pop(0).continue_()
        idle(page, held)
    expect(page).to_have_url(f"{server.url}/")
    expect(total(page)).to_have_text(OWN_TOTAL)
    expect(page.locator(FIVE)).to_have_value("")

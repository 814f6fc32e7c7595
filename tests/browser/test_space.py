"""The design space in a real browser: budgets dragged, a box drawn, the front walked, columns picked, long counts."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.steps import idle
from tests.serving import Server, wait_for

pytestmark = pytest.mark.browser

GRID = "/space?network=googlenet&vary=width:0.5:1.5:0.05&vary=4e.5x5:32:192:32&vary=5b.3x3:128:640:64"
"""1,134 variants."""
BUDGET = f"{GRID}&max_macs=1200000000&max_params=6500000"
LONG = "/space?vary=input:32:1631:1&vary=4e.5x5:0:64:32"


def drawn(page: Page) -> Locator:
    """The picture, once it shows what the page is about."""
    cloud = page.locator("#cloud")
    wait_for(lambda: cloud.evaluate("cloud => cloud.dataset.drawn === cloud.getAttribute('src')"))
    return cloud


def lead(page: Page) -> str:
    return page.locator("#lead").inner_text()


def at(page: Page, macs: float, params: float) -> tuple[float, float]:
    """Where a place of the picture is on the screen."""
    x, y = page.evaluate(
        """([macs, params]) => {
            const { _fullLayout: { xaxis, yaxis } } = document.querySelector("#cloud > div");
            const { left, top } = document.querySelector("#cloud .nsewdrag").getBoundingClientRect();
            return [left + xaxis.d2p(macs), top + yaxis.d2p(params)];
        }""",
        [macs, params],
    )
    return x, y


@pytest.mark.parametrize(("key", "side"), [("max_macs", 0), ("max_params", 1)])
def test_a_budget_line_that_is_dragged_changes_the_page_and_is_one_step_back(
    key: str, side: int, server: Server, visit: Open
) -> None:
    page = visit(BUDGET)
    drawn(page)
    before, field = lead(page), page.locator(f"#f-{key}")
    was = field.input_value()
    page.evaluate("window.marker = 'not reloaded'")
    corner = page.locator(f"#h-{key}").bounding_box()
    assert corner
    x, y = at(page, 1.2e9, 6.5e6)
    start = (x, corner["y"] + 12) if side == 0 else (corner["x"] + 12, y)
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(start[0] + (10 * step, 0)[side], start[1] - (0, 10 * step)[side])
    expect(page.locator("#lead")).not_to_have_text(before)
    page.mouse.up()
    idle(page)
    text = field.input_value()
    assert text != was
    expect(page.locator(f"#line-{key} output")).to_have_text(text)
    expect(page.locator("#lead")).to_contain_text(text.replace("\u202f", " ").split(" ")[0])
    drawn(page)
    moved = page.locator(f"#line-{key} .line").bounding_box()
    assert moved
    assert abs((moved["x"] - x, moved["y"] - y)[side]) == pytest.approx(80, abs=8)
    page.go_back()
    expect(page.locator("#lead")).to_have_text(before)
    expect(field).to_have_value(was)
    expect(page).to_have_url(server.url + BUDGET)
    assert page.evaluate("window.marker") == "not reloaded"


def test_a_budget_is_moved_by_arrows_and_by_typing(server: Server, visit: Open) -> None:
    page = visit(BUDGET)
    drawn(page)
    handle = page.locator("#h-max_macs")
    handle.press("ArrowRight")
    expect(page).to_have_url(f"{server.url}{BUDGET}".replace("1200000000", "1210000000"))
    field = page.locator("#f-max_params")
    field.fill("7 M")
    field.press("Enter")
    expect(page).to_have_url(re.compile("max_params=7000000$"))
    expect(page.locator("#h-max_params")).to_have_value("7")
    field.fill("lots")
    field.press("Enter")
    expect(page.locator("#e-max_params")).to_contain_text("received lots")
    expect(page).to_have_url(re.compile("max_params=7000000$"))


def test_a_bar_of_the_map_varies_its_column_and_the_map_stays_open(visit: Open) -> None:
    page = visit(GRID)
    page.get_by_role("button", name="+ Add a width").click()
    page.locator("#picker svg").get_by_role("link", name="Vary 3a 1×1").click()
    expect(page.locator("[name='vary.3a.1x1']")).to_have_value("32 : 128 : 32")
    expect(page.locator("#lead")).to_contain_text("4,536 variants")
    expect(page.locator("#picker")).to_be_visible()
    page.locator("#picker table").get_by_role("link", name="Do not vary 5b 3×3").click()
    expect(page.locator("#lead")).to_contain_text("504 variants")
    page.keyboard.press("Escape")
    expect(page.locator("#picker")).not_to_be_visible()
    page.go_back()
    expect(page.locator("#lead")).to_contain_text("4,536 variants")


def test_a_box_selects_variants_that_are_a_csv(server: Server, visit: Open) -> None:
    page = visit(GRID)
    drawn(page)
    page.mouse.move(*at(page, 8e8, 5e6))
    page.mouse.down()
    page.mouse.move(*at(page, 1.4e9, 7e6), steps=5)
    page.mouse.up()
    selection = page.locator("#selection")
    expect(selection).to_contain_text("variants selected")
    many = int(re.sub(r"\D", "", selection.locator("strong").inner_text()))
    href = selection.get_by_role("link", name="CSV of the selection").get_attribute("href")
    lines = page.request.get(f"{server.url}{href}").text().strip().split("\r\n")
    assert 0 < many == len(lines) - 1
    numbers = [[float(cell) for cell in line.split(",")] for line in lines[1:]]
    assert all(4.9e6 < row[3] < 7.1e6 and 7.9e8 < row[4] < 1.41e9 for row in numbers)
    selection.get_by_role("link", name="Clear").click()
    expect(selection).to_be_empty()


def test_arrows_walk_along_the_front_and_enter_opens_a_variant(server: Server, visit: Open) -> None:
    page = visit(BUDGET)
    cloud, spoken = drawn(page), page.locator("#spoken")
    cloud.focus()
    page.keyboard.press("ArrowRight")
    expect(spoken).to_contain_text("M parameters")
    first = spoken.inner_text()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(spoken).not_to_have_text(first)
    width = re.search(r"width ([\d.]+)", spoken.inner_text())
    assert width
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/\?(width={re.escape(width[1])}&)?4e"))
    expect(page.locator("#total-params")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{server.url}{BUDGET}")


def test_a_click_on_a_cell_opens_a_variant_that_costs_as_much(visit: Open) -> None:
    page = visit("/space")
    drawn(page)
    place = at(page, 1.0e9, 4.4e6)
    page.mouse.move(*place)
    page.mouse.click(*place)
    macs = int(page.locator("#total-macs .exact").inner_text().replace(",", ""))
    assert macs == pytest.approx(1.0e9, rel=0.05)


def test_a_long_count_tells_how_far_it_is_and_can_be_cancelled(visit: Open) -> None:
    page = visit(LONG)
    progress = page.locator("#counting progress")
    expect(progress).to_have_attribute("value", re.compile(r"0\.\d*[1-9]"))
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Count them")).to_be_visible()
    expect(progress).to_be_visible()
    page.get_by_role("button", name="Count them").click()
    expect(page.locator("#lead")).to_contain_text("variants of GoogLeNet, batch 1.")
    drawn(page)


def test_without_a_script_the_form_and_the_table_do_it_all(server: Server, visit: Open) -> None:
    page = visit(BUDGET, java_script_enabled=False)
    rows = page.locator(".front-table tbody tr")
    expect(rows).to_have_count(10)
    page.locator("#f-max_macs").fill("900 M")
    page.get_by_role("button", name="Explore").click()
    expect(page).to_have_url(f"{server.url}{BUDGET}".replace("1200000000", "900000000"))
    expect(page.locator("#lead")).to_contain_text("900 M multiply-adds")
    page.get_by_role("button", name="+ Add a width").click()
    page.locator("#picker table").get_by_role("link", name="Vary 3a 1×1").click()
    expect(page.locator("#lead")).to_contain_text("4,536 variants")
    rows.first.get_by_role("link").click()
    expect(page.locator("#total-params")).to_be_visible()

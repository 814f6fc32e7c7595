"""The explorer in a real browser: it changes in place, works without a script, fits a phone, and can be read by all."""

import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.serving import Server, serving

pytestmark = pytest.mark.browser

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
expect.set_options(timeout=30_000)  # a busy machine is no defect
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
FIVE = "[id='f-4e.5x5']"
CHANGED = "4e=256,160,320,32,192,128"
"""The canonical state of 4e with 192 in place of 128 5×5 filters."""
CHANGED_TOTAL = "7,086,680"

Open = Callable[..., Page]
"""Takes an address and what a browser context takes."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(EXPLORER_WARM_LAB="false") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Open]:
    """Opens an address in a fresh profile, or nothing yet."""
    contexts = []

    def visit(path: str | None = "/", **options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        if path is not None:
            page.goto(server.url + path)
        return page

    yield visit
    for context in contexts:
        context.close()


def total(page: Page) -> Locator:
    return page.locator("#total-params .exact")


def chart(page: Page, module: str) -> Locator:
    return page.locator(f"plot-figure#figure-{module}")


def choose(page: Page, module: str) -> None:
    page.locator(f"label[for='m-{module}']").click()
    expect(page.locator(f"#m-{module}")).to_be_checked()


def test_a_width_typed_changes_the_page_in_place(server: Server, visit: Open) -> None:
    page = visit()
    expect(total(page)).to_have_text("6,998,552")
    choose(page, "4e")
    page.evaluate("window.marker = 'not reloaded'")
    page.locator(FIVE).press_sequentially("192")
    expect(total(page)).to_have_text(CHANGED_TOTAL)
    expect(page).to_have_url(f"{server.url}/?{CHANGED}")
    expect(page.locator(FIVE)).to_be_focused()
    expect(page.locator(FIVE)).to_have_value("192")
    expect(page.locator("#m-4e")).to_be_checked()
    assert page.evaluate("window.marker") == "not reloaded"
    page.reload()
    assert page.evaluate("window.marker") is None
    expect(total(page)).to_have_text(CHANGED_TOTAL)
    expect(page.locator(FIVE)).to_be_visible()
    expect(page.locator(FIVE)).to_have_value("192")


def test_a_bad_value_is_kept_with_its_reason_beside_it(visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    page.locator(FIVE).press_sequentially("99999")
    field = page.locator(".field", has=page.locator(FIVE))
    expect(field.locator(".error")).to_have_text(re.compile("0 to 4096"))
    expect(field.locator(".error")).to_be_visible()
    expect(page.locator(FIVE)).to_have_value("99999")
    expect(page.locator(FIVE)).to_be_focused()
    expect(page.locator(FIVE)).to_have_attribute("aria-invalid", "true")
    expect(total(page)).to_have_text("6,998,552")


@pytest.mark.parametrize("same", ["99999", "0256"])
def test_a_chart_stays_where_the_network_stays_the_same(same: str, visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    drawn = chart(page, "4e").locator("svg").first
    expect(drawn).to_be_visible()
    with page.expect_response(re.compile(f"4e.1x1={same}")) as answer:
        page.locator("[id='f-4e.1x1']").fill(same)
    answer.value.finished()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".field.set [id='f-4e.1x1']")).to_be_visible()
    expect(drawn).to_be_visible()


def test_a_value_put_right_takes_its_reason_away(visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    page.locator(FIVE).fill("99999")
    expect(page.locator("[id='e-4e.5x5']")).to_be_visible()
    page.locator(FIVE).fill("192")
    expect(page.locator("[id='e-4e.5x5']")).to_have_count(0)
    expect(page.locator(".problem")).to_have_count(0)
    expect(total(page)).to_have_text(CHANGED_TOTAL)


def test_a_field_emptied_gives_the_published_network_back(visit: Open) -> None:
    page = visit()
    page.locator("#f-classes").fill("10")
    expect(page).to_have_url(re.compile("/[?]classes=10$"))
    page.locator("#f-classes").fill("")
    expect(page).to_have_url(re.compile("/$"))
    expect(total(page)).to_have_text("6,998,552")


def test_charts_draw_quietly_and_nothing_leaves_the_origin(server: Server, visit: Open) -> None:
    page = visit(None)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(f"{message.text} {message.location}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url)
    choose(page, "4e")
    expect(chart(page, "4e").locator("svg").first).to_be_visible()
    expect(chart(page, "3a")).to_be_hidden()
    page.locator(FIVE).press_sequentially("192")
    expect(chart(page, "4e")).to_have_attribute("data-drawn", re.compile(re.escape(CHANGED)))
    expect(chart(page, "4e")).to_contain_text("896")
    page.locator("#figure-macs").scroll_into_view_if_needed()
    expect(page.locator("#figure-macs svg").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert said == []
    assert f"{server.url}/static/vendor/plotly-cartesian.min.js" in asked
    assert [url for url in asked if not url.startswith(f"{server.url}/")] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_chart_is_drawn_in_the_colours_of_the_page(scheme: Scheme, visit: Open) -> None:
    page = visit(color_scheme=scheme)
    expect(chart(page, "3a").locator("svg").first).to_be_visible()
    bar = chart(page, "3a").locator(".point path").first
    ours = {"light": "rgb(31, 85, 181)", "dark": "rgb(90, 147, 238)"}[scheme]
    assert ours in (bar.evaluate("e => getComputedStyle(e).fill"), bar.evaluate("e => getComputedStyle(e).stroke"))


def test_a_click_on_a_module_of_the_map_chooses_it(visit: Open) -> None:
    page = visit()
    box = page.locator("a[data-module-link='4c'] .ground").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 4)
    expect(page.locator("#m-4c")).to_be_checked()
    expect(page.locator("fieldset[data-module='4c']")).to_be_visible()
    expect(page.locator("fieldset[data-module='3a']")).to_be_hidden()
    expect(chart(page, "4c").locator("svg").first).to_be_visible()


def test_a_click_on_the_name_of_a_module_in_the_map_chooses_it(visit: Open) -> None:
    page = visit()
    box = page.locator(".map text.name", has_text="4c").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#m-4c")).to_be_checked()


def test_a_module_of_the_map_is_chosen_with_the_keyboard(visit: Open) -> None:
    page = visit()
    page.locator("a[data-module-link='4c']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#m-4c")).to_be_checked()


@pytest.mark.parametrize("path", ["/", "/?4c=off&aux=on", "/networks/tf-slim", "/networks/separable-stem"])
def test_every_bar_of_the_map_leads_to_its_row(path: str, visit: Open) -> None:
    page = visit(path)
    links = page.locator(".map a[data-path]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    rows = page.locator("table.layers tr[id]").evaluate_all("rows => rows.map(row => '#' + row.id)")
    assert len(links) > 50
    assert [link for link in links if link not in rows] == []


def test_every_link_of_the_map_leads_somewhere(visit: Open) -> None:
    page = visit()
    links = page.locator(".map a").evaluate_all("links => links.map(link => link.getAttribute('href').slice(1))")
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert [link for link in links if link not in ids] == []


def test_a_bar_of_the_map_opens_the_reason_of_its_layer(visit: Open) -> None:
    page = visit()
    page.locator(".map a[data-path='inception_3a.three.conv']").click()
    expect(page).to_have_url(re.compile("#inception_3a.three.conv$"))
    expect(page.locator("[id='inception_3a.three.conv'] details")).to_have_attribute("open", "")


def test_all_of_it_works_without_a_script(visit: Open) -> None:
    page = visit(java_script_enabled=False)
    page.locator(FIVE).fill("192")
    page.get_by_role("button", name="Show").click()
    expect(total(page)).to_have_text(CHANGED_TOTAL)
    expect(page.locator(FIVE)).to_have_value("192")
    expect(page.locator("[id='inception_4e.five.conv']")).to_contain_text("192 × 14 × 14")
    expect(page.locator("[id='inception_4e.five.conv']")).to_be_visible()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", ["/", "/?input=x"])
def test_nothing_scrolls_sideways_on_a_phone(scheme: Scheme, path: str, visit: Open) -> None:
    page = visit(path, color_scheme=scheme, viewport={"width": 390, "height": 844})
    chart(page, "3a").scroll_into_view_if_needed()
    expect(chart(page, "3a").locator("svg").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_data_of_a_chart_scrolls_on_its_own_on_a_phone(visit: Open) -> None:
    page = visit(viewport={"width": 390, "height": 844})
    data = page.locator("article[data-module='3a'] details")
    data.locator("summary").click()
    expect(data.locator("table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_to_mend(scheme: Scheme, visit: Open) -> None:
    page = visit(color_scheme=scheme)
    expect(chart(page, "3a").locator("svg").first).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], node["target"], node["failureSummary"]) for rule in found for node in rule["nodes"]] == []

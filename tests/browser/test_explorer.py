"""The explorer in a real browser: everything is marked together and leads to its reason."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.steps import CHANGED, CHANGED_TOTAL, FIVE, chart, choose, idle, total
from tests.serving import Server

pytestmark = pytest.mark.browser


def test_pointing_at_one_thing_marks_it_everywhere(visit: Open) -> None:
    page = visit()
    page.locator("#map-svg a[data-path='inception_3b.five.conv'] rect").hover()
    expect(page.locator("main")).to_have_class(re.compile("linking"))
    linked = page.locator("main .linked").evaluate_all(
        "all => all.map(each => each.dataset.group ?? each.dataset.path)"
    )
    assert {path.split(".conv")[0] for path in linked} >= {"inception_3b.five", "inception_3b.five.reduce"}
    assert all(path.startswith("inception_3b.five") for path in linked)
    expect(page.locator("#hero-svg .linked").first).to_be_visible()
    expect(page.locator(".tip")).to_contain_text("inception_3b.five")
    expect(page.locator(".tip")).to_contain_text("60,211,200")
    lines = page.locator(".tip dd, .tip dt").evaluate_all("cells => cells.map(cell => cell.getClientRects().length)")
    heights = page.locator(".tip dd, .tip dt").evaluate_all("cells => cells.map(cell => cell.offsetHeight)")
    assert set(lines) == {1}
    assert len(set(heights)) == 1  # a line each
    tip = page.locator(".tip").bounding_box()
    bars = [bar.bounding_box() for bar in page.locator("#map-svg a.linked rect").all()]
    assert tip
    assert len(bars) == 3
    assert all(bar and (tip["x"] >= bar["x"] + bar["width"] or tip["x"] + tip["width"] <= bar["x"]) for bar in bars)
    page.locator("h1").hover()
    expect(page.locator("main .linked")).to_have_count(0)


@pytest.mark.parametrize(
    "query", ["?aux=on", "?4c=naive&aux=on", "?4b=off&4c=off&aux=on", "?modules=naive", "?4b=naive:512,512,512"]
)
def test_what_is_said_of_the_heads_covers_nothing(query: str, visit: Open) -> None:
    page = visit(f"/{query}")
    said = page.locator("#map-svg .exit .note").bounding_box()
    assert said
    drawn = page.locator("#map-svg :is(.bar, .size, .exit rect, .ground, .square)")
    for box in drawn.evaluate_all("all => all.map((each) => each.getBoundingClientRect().toJSON())"):
        apart = box["x"] >= said["x"] + said["width"] or said["x"] >= box["x"] + box["width"]
        assert apart or box["y"] >= said["y"] + said["height"] or said["y"] >= box["y"] + box["height"]


def test_the_map_is_one_stop_of_the_keyboard_and_arrows_walk_it(visit: Open) -> None:
    page = visit()
    assert page.locator("#map-svg a[tabindex='0']").count() == 1
    page.locator("#map-svg a[data-path='inception_4a.three.conv']").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#map-svg a[data-path='inception_4a.five.conv']")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#map-svg a[data-path='inception_4a.five.reduce']")).to_be_focused()
    assert page.locator("#map-svg a[tabindex='0']").count() == 1


def test_a_module_of_the_map_is_chosen_by_a_click_and_by_enter(visit: Open) -> None:
    page = visit()
    box = page.locator("#map-4c .ground").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 6)
    expect(page.locator("#card-4c")).to_be_visible()
    expect(page.locator("#card-3a")).to_be_hidden()
    page.locator("#map-5a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#m-5a")).to_be_checked()


@pytest.mark.parametrize("path", ["/", "/?4c=off&aux=on", "/networks/tf-slim", "/networks/separable-stem"])
def test_every_bar_of_the_map_leads_to_its_row(path: str, visit: Open) -> None:
    page = visit(path)
    links = page.locator("#map-svg a[data-group]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    rows = page.locator("#table tr[id]").evaluate_all("rows => rows.map(row => '#' + row.id)")
    assert len(links) > 50
    assert [link for link in links if link not in rows] == []


def test_a_row_opens_its_reason_which_follows_a_change(visit: Open) -> None:
    page = visit("/#inception_4e.five.conv")
    reason = page.locator("[id='reason-inception_4e.five.conv']")
    expect(reason).to_contain_text("102,528")
    choose(page, "4e")
    page.locator(FIVE).fill("192")
    page.keyboard.press("Enter")
    expect(reason).to_contain_text("153,792")
    page.locator("[id='inception_4e.five.conv'] a.why").click()
    expect(reason).to_have_count(0)


def test_the_table_folds_sorts_and_is_searched(visit: Open) -> None:
    page = visit()
    inner = page.locator("[id='inception_3a.five.conv']")
    expect(inner).to_be_hidden()
    page.get_by_role("button", name="Layers of inception_3a").click()
    expect(inner).to_be_visible()
    page.get_by_role("button", name="Multiply-adds", exact=True).click()
    expect(page.locator("#table tr.layer").first).to_have_id("conv2.conv")
    page.get_by_role("button", name="Multiply-adds", exact=True).click()
    page.get_by_role("button", name="Multiply-adds", exact=True).click()
    expect(page.locator("#table tr.layer").first).to_have_id("conv1")
    page.keyboard.press("/")
    page.keyboard.type("five.conv")
    expect(page.locator("[id='inception_5b.five.conv']")).to_be_visible()
    expect(page.locator("[id='conv1']")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("[id='conv1']")).to_be_visible()


def test_what_is_found_comes_into_sight(visit: Open) -> None:
    page = visit()
    found = page.locator("[id='inception_3a.five.conv']")
    page.keyboard.press("/")
    page.keyboard.type("five.conv")
    expect(found).to_be_in_viewport(ratio=1)
    expect(page.locator("#find")).to_be_focused()


def test_long_sizes_over_the_map_stay_apart(visit: Open) -> None:
    page = visit("/?input=2048")
    boxes = [label.bounding_box() for label in page.locator("#map-svg .size").all()]
    ends = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    assert len(ends) == 7
    assert all(end < start for (_, end), (start, _) in pairwise(ends))


def test_single_keys_and_their_sheet(server: Server, visit: Open) -> None:
    page = visit()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("]")
    expect(page.locator("#m-3b")).to_be_checked()
    page.keyboard.press("n")
    expect(page).to_have_url(f"{server.url}/?3b=naive")
    expect(page.locator("#card-3b [data-reset]")).to_be_visible()
    idle(page)
    page.keyboard.press("r")
    expect(page).to_have_url(f"{server.url}/")
    idle(page)
    page.keyboard.press("z")
    expect(page).to_have_url(f"{server.url}/?3b=naive")
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    idle(page)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


SEEN = """toast => {
  window.seen = false;
  new MutationObserver(() => { seen ||= toast.checkVisibility(); }).observe(toast, { attributes: true });
}"""
"""Whether it has been in sight: it leaves by itself, and who looks may come too late."""


def test_copying_the_link_says_so(server: Server, visit: Open) -> None:
    page = visit(f"/?{CHANGED}", permissions=["clipboard-read", "clipboard-write"])
    page.locator("#toast").evaluate(SEEN)
    page.locator("#head [data-copy]").click()
    expect(page.locator("#toast")).to_have_text("Link copied")
    assert page.evaluate("window.seen")
    assert page.evaluate("navigator.clipboard.readText()") == f"{server.url}/?{CHANGED}"


@pytest.mark.parametrize("same", ["99999", "0256"])
def test_a_chart_stays_where_the_network_stays_the_same(same: str, visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    chart(page, "module-4e").scroll_into_view_if_needed()
    drawn = chart(page, "module-4e").locator("svg").first
    expect(drawn).to_be_visible()
    page.locator("[id='f-4e.1x1']").fill(same)
    page.keyboard.press("Tab")
    idle(page)
    expect(drawn).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_drawn_in_the_colours_of_the_page_only_where_they_are_seen(scheme: str, visit: Open) -> None:
    page = visit(color_scheme=scheme)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("typeof window.Plotly") == "undefined"
    chart(page, "module-3a").scroll_into_view_if_needed()
    bar = chart(page, "module-3a").locator(".point path").first
    expect(bar).to_be_visible()
    ours = {"light": "rgb(31, 85, 181)", "dark": "rgb(90, 147, 238)"}[scheme]
    assert ours in (bar.evaluate("e => getComputedStyle(e).fill"), bar.evaluate("e => getComputedStyle(e).stroke"))


def test_all_of_it_works_without_a_script(visit: Open) -> None:
    page = visit(java_script_enabled=False)
    page.locator(FIVE).fill("192")
    page.get_by_role("button", name="Show").click()
    expect(total(page)).to_have_text(CHANGED_TOTAL)
    expect(page.locator(FIVE)).to_have_value("192")
    row = page.locator("[id='inception_4e.five.conv']")
    expect(row).to_be_visible()
    expect(row).to_contain_text("192 × 14 × 14")
    row.locator("a.why").click()
    expect(page.locator("#reason")).to_contain_text("153,792")

"""What the first view costs a visitor who comes for the first time, and that it stands still."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

SIZES = """() => Object.fromEntries(
  [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .map(entry => [new URL(entry.name).pathname, entry.encodedBodySize]))"""
"""Path and bytes as sent, of the page and of all that it asked for."""


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, {"width": 390, "height": 844}], ids=str)
@pytest.mark.parametrize("path", ["/", "/zh/"])
def test_the_first_view_weighs_at_most_150_kb(path: str, viewport: dict[str, int], visit: Open) -> None:
    page = visit(path, viewport=viewport)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    sizes = page.evaluate(SIZES)
    assert not any("plotly-cartesian" in name for name in sizes)  # no chart is in view
    assert {name.rpartition(".")[2] for name in sizes} >= {"css", "js", "woff2", "svg"}
    assert all(size > 0 for size in sizes.values()), sizes
    assert sum(sizes.values()) <= 150_000, sizes


def test_a_chart_of_which_an_edge_shows_waits_for_who_scrolls(visit: Open) -> None:
    page = visit("/networks/googlenet/modules/3a", viewport={"width": 1350, "height": 940})
    figure = page.locator("plot-figure")
    page.wait_for_load_state("networkidle")
    top = figure.evaluate("figure => figure.getBoundingClientRect().top")
    assert 740 < top < 940  # nearer than the 200 px from which a chart is drawn for who scrolls
    assert not any("plotly" in name for name in page.evaluate(SIZES))
    page.mouse.move(700, 300)
    page.mouse.wheel(0, 10)
    expect(figure).to_have_attribute("data-drawn", "/api/v1/networks/googlenet/figures/module-3a")


SHIFTS = """() => new Promise(resolve => {
  new PerformanceObserver(list => resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(resolve, 1000, 0);
})"""
"""Sum of the layout shifts so far: the cumulative layout shift, where good is below 0.1."""


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, {"width": 390, "height": 844}], ids=str)
def test_what_is_painted_stays_where_it_is(viewport: dict[str, int], visit: Open) -> None:
    page = visit("/", viewport=viewport)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    assert page.evaluate(SHIFTS) < 0.05

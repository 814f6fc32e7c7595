"""Charts in a real browser: whatever they say is in sight, and nothing covers anything else."""

import re
from itertools import combinations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

TEXTS = """chart => {
  const box = chart.getBoundingClientRect();
  const texts = [...chart.querySelectorAll("svg text")].filter((text) => text.textContent.trim());
  return [{ left: box.left, right: box.right }, texts.map((text) => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    return { text: text.textContent, left, right, top, bottom };
  })];
}"""
"""Where a chart is, and where each of its texts is, at one moment."""
SLACK = 1.5
"""Boxes of text are a little larger than what is drawn in them, pixels."""


def check_texts(drawn: Locator) -> None:
    """All within the chart, no two over each other."""
    expect(drawn).to_have_attribute("data-drawn", re.compile("."))
    box, texts = drawn.evaluate(TEXTS)
    assert len(texts) > 5
    for each in texts:
        assert box["left"] - SLACK <= each["left"], each
        assert each["right"] <= box["right"] + SLACK, each
        assert not re.search(r"\dk$", each["text"])  # thousands are K, as everywhere
    for one, other in combinations(texts, 2):
        apart_x = max(one["left"], other["left"]) >= min(one["right"], other["right"]) - SLACK
        apart_y = max(one["top"], other["top"]) >= min(one["bottom"], other["bottom"]) - 2 * SLACK
        assert apart_x or apart_y, (one, other)


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("query", ["", "?3c=128,128,192,32,96,64&4e.5x5=1024", "?modules=naive"])
def test_no_label_of_a_chart_is_cut_or_covered(query: str, width: int, visit: Open) -> None:
    viewport = {"width": width, "height": 900}
    page = visit(f"/{query}", viewport=viewport)
    for drawn in page.locator("#figures-part plot-figure").all():
        if drawn.is_visible():
            drawn.scroll_into_view_if_needed()
            check_texts(drawn)
    alone = visit(f"/networks/googlenet/modules/3a{query}", viewport=viewport).locator("plot-figure")
    alone.scroll_into_view_if_needed()
    check_texts(alone)

"""Pictures to take home in a real browser: files that open anywhere, drawn to the same scale as the page."""

import struct
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

PAGES = (
    "/networks/googlenet/modules/3a",
    "/module?input=528x14x14&widths=256,160,320,32,128,128&five=3x3x2&norm=batch",
)
BOXES = """svg => [...svg.querySelectorAll("text")].map((text) => {
  const { left, right, top, bottom } = text.getBoundingClientRect();
  return { text: text.textContent, left, right, top, bottom };
})"""


@pytest.mark.parametrize("language", ["", "/zh"])
@pytest.mark.parametrize("path", PAGES)
def test_the_drawing_of_a_module_is_a_picture_whose_words_stand_clear(
    path: str, language: str, visit: Open, tmp_path: Path
) -> None:
    page = visit(language + path)
    drawn = page.locator(".squares rect").evaluate_all("all => all.map((each) => each.getAttribute('width'))")
    with page.expect_download() as saved:
        page.locator("a[download][href*='.svg']").first.click()
    file = tmp_path / "drawing.svg"
    saved.value.save_as(file)
    picture = page.context.new_page()
    picture.goto(file.as_uri())
    assert picture.locator(".squares rect").evaluate_all("all => all.map((e) => e.getAttribute('width'))") == drawn
    texts = picture.locator("svg").first.evaluate(BOXES)
    width = picture.locator("svg").first.evaluate("svg => svg.width.baseVal.value")
    assert len(texts) > 30
    for at, one in enumerate(texts):
        assert 0 <= one["left"] < one["right"] <= width, one
        for other in texts[at + 1 :]:
            beside = max(one["left"], other["left"]) >= min(one["right"], other["right"]) - 1
            below = max(one["top"], other["top"]) >= min(one["bottom"], other["bottom"]) - 4
            assert beside or below, (one, other)


@pytest.mark.parametrize("path", ["/", *PAGES])
def test_a_picture_is_saved_as_png_too_twice_as_fine(path: str, visit: Open, tmp_path: Path) -> None:
    page = visit(path)
    link = page.locator(".take a[data-png]").first
    link.scroll_into_view_if_needed()
    size = page.evaluate(
        """async (href) => {
          const text = await (await fetch(href)).text();
          return text.match(/ width="([\\d.]+)" height="([\\d.]+)"/).slice(1).map(Number);
        }""",
        link.get_attribute("href"),
    )
    with page.expect_download() as saved:
        link.click()
    expect(link).to_have_attribute("data-png", saved.value.suggested_filename)
    saved.value.save_as(tmp_path / "drawing.png")
    head = (tmp_path / "drawing.png").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert list(struct.unpack(">II", head[16:24])) == pytest.approx([2 * side for side in size], abs=2)

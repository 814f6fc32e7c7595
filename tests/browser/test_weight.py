"""What the first view costs a visitor who comes for the first time."""

import pytest

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

"""What tests do with the explorer, and what they look for."""

from playwright.sync_api import Locator, Page, expect

FIVE = "[id='f-4e.5x5']"
SLIDER = "[id='s-4e.5x5']"
CHANGED = "4e=256,160,320,32,192,128"
"""The canonical state of 4e with 192 in place of 128 5×5 filters."""
CHANGED_TOTAL = "7,086,680"
OWN_TOTAL = "6,998,552"


def total(page: Page) -> Locator:
    return page.locator("#total-params .exact")


def chart(page: Page, name: str) -> Locator:
    return page.locator(f"plot-figure#figure-{name}")


def choose(page: Page, module: str) -> None:
    page.locator(f"label[for='m-{module}']").click()
    expect(page.locator(f"#m-{module}")).to_be_checked()
    expect(page.locator(f"#card-{module}")).to_be_visible()


def idle(page: Page) -> None:
    """Waits until what was asked for has come, and longer than one edit lasts."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(900)


def grab(page: Page, slider: str) -> tuple[float, float]:
    """Takes hold of a slider's thumb."""
    box = page.locator(slider).bounding_box()
    assert box
    now, most = (float(page.locator(slider).evaluate(f"slider => slider.{name}")) for name in ("value", "max"))
    x, y = box["x"] + 7 + (box["width"] - 14) * now / most, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y

"""What tests do with the explorer, and what they look for."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from playwright.sync_api import Locator, Page, Request, Route, expect

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


class Traffic:
    """What a page asks for, and what of it is still on its way. Events come for as long as their job runs."""

    def __init__(self, page: Page) -> None:
        self.asked = 0
        self.coming: set[Request] = set()
        page.on("request", self._ask)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def _ask(self, request: Request) -> None:
        self.asked += 1
        if request.resource_type != "eventsource":
            self.coming.add(request)

    def _end(self, request: Request) -> None:
        self.coming.discard(request)


traffic: WeakKeyDictionary[Page, Traffic] = WeakKeyDictionary()
"""Of every page that a test visits."""
REST = (
    "() => new Promise((rest) => setTimeout(() => requestAnimationFrame(() => requestIdleCallback(() => rest())), 900))"
)
"""Longer than any delay of the page's own, and than one edit lasts; it counts while the page has nothing to do."""


def idle(page: Page, held: Sequence[Route] = ()) -> None:
    """Waits until all that was asked for has come, but for what is held, and nothing more is asked for because of it.

    Playwright's own `networkidle` is said once for a document, and never again.
    """
    heard = traffic[page]
    for _ in range(60):
        asked = heard.asked
        page.evaluate(REST)
        if asked == heard.asked and heard.coming <= {route.request for route in held}:
            return
    raise AssertionError([request.url for request in heard.coming])


def grab(page: Page, slider: str) -> tuple[float, float]:
    """Takes hold of a slider's thumb."""
    box = page.locator(slider).bounding_box()
    assert box
    now, most = (float(page.locator(slider).evaluate(f"slider => slider.{name}")) for name in ("value", "max"))
    x, y = box["x"] + 7 + (box["width"] - 14) * now / most, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y

"""How fast the explorer and a chapter follow a slider: a real server, a real Chromium, `python -m benchmarks.drag`.

Each input event is timed until a frame has been painted that shows it or something newer; the charts, four of them in
view, until the last is. The server's share is measured from the request to its answer, as the browser sees it.
"""

import shutil
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import FLAGS
from tests.serving import serving

SLIDER = "[id='s-4e.5x5']"
CHAPTER, CONTROL = "/learn/reduction", "#s-reduce"
STEPS, PAUSE = 240, 16
"""Mouse moves of a drag, and the milliseconds between them: one each frame."""

FORGET = "for (const times of Object.values(seen)) times.length = 0"
WATCH = (Path(__file__).parent / "drag.js").read_text()


def main() -> None:
    """Drags and prints the table."""
    with serving(EXPLORER_WARM_LAB="false") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        opened(page, server.url)
        page.locator("label[for='m-4e']").click()
        seen = watched(page, STEPS)
        page.locator("#figure-saving").scroll_into_view_if_needed()
        page.wait_for_selector("#figure-saving svg")
        charts = watched(page, 40)["chart"]
        page.evaluate("scrollTo(0, 0)")
        for turn in range(20):
            drag(page, 3, -1 if turn % 2 else 1)
            page.wait_for_timeout(300)
        release = page.evaluate("seen.release")
        opened(page, f"{server.url}{CHAPTER}")
        chapter = watched(page, 40, CONTROL)
        browser.close()
    tell_steps("input to painted numbers and map", seen)
    tell("input to all painted charts", charts, (None, 100))
    tell("release to the whole page", release, (None, 150))
    tell_steps("chapter: input to painted figure", chapter)


def opened(page: Page, address: str) -> None:
    """Goes there, and begins to watch."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate(WATCH)


def watched(page: Page, before: int, slider: str = SLIDER) -> dict[str, list[float]]:
    """What is seen of a long drag, after one of so many steps that warms up; milliseconds by what they are of."""
    drag(page, before, slider=slider)
    page.evaluate(FORGET)
    drag(page, STEPS, slider=slider)
    seen: dict[str, list[float]] = page.evaluate("seen")
    return seen


def drag(page: Page, steps: int, way: int = 1, slider: str = SLIDER) -> None:
    """To and fro over a hundred channels, upwards or downwards, and back to where it began if it is long enough."""
    box = page.locator(slider).bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    now, most = (float(page.locator(slider).evaluate(f"slider => slider.{name}")) for name in ("value", "max"))
    x = box["x"] + 7 + (box["width"] - 14) * now / most
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(steps):
        page.mouse.move(x + way * (20 - abs(step % 40 - 20)), y)
        page.wait_for_timeout(PAUSE)
    page.mouse.up()
    page.wait_for_timeout(500)


def tell_steps(what: str, seen: Mapping[str, Sequence[float]]) -> None:
    """From an input to its picture, and the parts of that way."""
    tell(what, seen["input"], (30, 50))
    tell("  request to answer", seen["asked"])
    tell("  answer to swapped", seen["swapped"])
    tell("  swapped to painted", seen["live"])


def tell(what: str, times: Sequence[float], goals: tuple[float | None, float | None] = (None, None)) -> None:
    """Median and 95th percentile, milliseconds, beside their goals."""
    if len(times) < 2:
        print(f"{what:36} nothing seen")
        return
    parts = statistics.quantiles(times, n=20)
    asked = ", ".join(f"{name} below {goal}" for name, goal in zip(("p50", "p95"), goals, strict=True) if goal)
    print(f"{what:36} p50 {statistics.median(times):6.1f}  p95 {parts[18]:6.1f} ms  n {len(times):4}  {asked}")


if __name__ == "__main__":
    main()

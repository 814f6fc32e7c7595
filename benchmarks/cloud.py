"""How long the cloud of a design space takes: a real server, a real Chromium, `python -m benchmarks.cloud`.

Every round asks for a space that nobody has counted yet, and is timed until a frame is painted that shows it: from the
key that sends the form, and from the address of a fresh visitor. A budget that is dragged is timed from its event to
the painted counts and table.
"""

import shutil
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.drag import tell
from tests.browser.conftest import FLAGS
from tests.serving import serving

SPACES = {
    "100,000 variants": (
        "width:0.6:1.5:0.1", "3b.3x3:64:208:16", "4e.3x3:128:416:32", "5a.3x3:{}:640:56", "5b.3x3:128:704:64",
    ),
    "893,025 variants": (
        "width:0.6:1.2:0.1", "3b.3x3:64:384:40", "4b.3x3:96:416:80", "4e.3x3:128:512:64", "4e.5x5:32:192:40",
        "5a.3x3:{}:640:64", "5b.3x3:128:640:64",
    ),
}  # fmt: skip
"""The brace is where each round begins its own way."""
ROUNDS = 15
WATCH = (Path(__file__).parent / "cloud.js").read_text()


def main() -> None:
    """Measures and prints the table."""
    with serving(EXPLORER_WARM_LAB="false") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, axes in SPACES.items():
            page = open_page(browser)
            page.goto(f"{server.url}/space?{query(axes, 100)}")
            page.wait_for_selector("#cloud[data-drawn]")
            print(name, "asked for,", points(page), "counted at first")
            tell("  from the key to the painted cloud", [explore(page, 101 + at) for at in range(ROUNDS)], (1500, None))
            tell("  a budget dragged, to painted counts", drag(page))
            page.context.close()
            tell(
                "  a fresh visitor, from the address",
                [visit(browser, f"{server.url}/space?{query(axes, 130 + at)}") for at in range(7)],
            )
        browser.close()


def query(axes: tuple[str, ...], start: int) -> str:
    return "network=googlenet&max_macs=1200000000&" + "&".join(f"vary={axis.format(start)}" for axis in axes)


def points(page: Page) -> str:
    return page.locator("#lead").inner_text().partition(" ")[0]


def open_page(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.add_init_script(WATCH)
    return page


def explore(page: Page, start: int) -> float:
    """Milliseconds from Enter in an axis' field until its cloud is painted."""
    field = page.locator("[id='f-vary.5a.3x3']")
    _, *rest = field.input_value().split(":")
    page.evaluate("seen.painted = 0")
    field.fill(":".join((str(start), *rest)))
    field.press("Enter")
    page.wait_for_function(
        f"seen.painted > seen.pressed && document.querySelector('#cloud').dataset.drawn.includes('5a.3x3:{start}:')"
    )
    taken: float = page.evaluate("seen.painted - seen.pressed")
    page.wait_for_timeout(300)
    return taken


def visit(browser: Browser, address: str) -> float:
    """Milliseconds from an address to its painted cloud, with nothing in the browser's cache."""
    page = open_page(browser)
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.seen?.painted > 0")
    taken: float = page.evaluate("seen.painted")
    page.context.close()
    return taken


def drag(page: Page) -> list[float]:
    """Milliseconds from each event of a budget's handle to counts that follow it."""
    box = page.locator("#line-max_macs .line").bounding_box()
    handle = page.locator("#h-max_macs").bounding_box()
    assert box
    assert handle
    x, y = box["x"], handle["y"] + 12
    page.evaluate("seen.follows.length = 0")
    page.mouse.move(x, y)
    page.mouse.down()
    until = time.monotonic() + 6
    step = 0
    while time.monotonic() < until:
        step += 1
        page.mouse.move(x + abs(step % 160 - 80), y)
        page.wait_for_timeout(16)
    page.mouse.up()
    page.wait_for_timeout(500)
    found: list[float] = page.evaluate("seen.follows")
    return found


if __name__ == "__main__":
    main()

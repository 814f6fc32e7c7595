"""Writes static/css/plotly.css: the style sheet that plotly.js makes at run time.

Our content security policy forbids such a sheet, and plotly.js ships it in no file. A page that links this one
under the same id keeps plotly.js from making its own.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

VENDOR = Path(__file__).parent
SCRIPT = VENDOR / "plotly-cartesian.min.js"
STYLES = VENDOR.parent / "css" / "plotly.css"
CHROMIUM: dict[str, Any] = {
    "executable_path": shutil.which("chromium") or "/usr/bin/chromium",
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}
RULES = """() => [...document.getElementById("plotly.js-style-global").sheet.cssRules].map(rule => rule.cssText)"""


def dump(browser: Browser) -> str:
    """The whole text of plotly.css, for the plotly.js that is vendored now."""
    page = browser.new_page(bypass_csp=True)
    page.add_script_tag(path=SCRIPT)
    rules: list[str] = page.evaluate(RULES)
    page.close()
    versions = {entry["file"]: entry["version"] for entry in json.loads((VENDOR / "vendor.json").read_text())}
    header = f"/* The rules that plotly.js {versions[SCRIPT.name]} (MIT) would add itself. Made by `make vendor`. */"
    return "\n".join([header, *rules]) + "\n"


if __name__ == "__main__":
    with sync_playwright() as playwright:
        STYLES.write_text(dump(playwright.chromium.launch(**CHROMIUM)))
    print(f"{STYLES.stat().st_size:>9,}  css/plotly.css")

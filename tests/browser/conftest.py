"""A real server and a real browser, and how a test opens a page."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.steps import Traffic, traffic
from tests.serving import Server, serving

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 90_000
"""Milliseconds: a busy machine is no defect."""
expect.set_options(timeout=PATIENCE)
READY = "() => new Promise((ready) => requestAnimationFrame(() => document.fonts.ready.then(() => ready())))"
"""Nothing moves any more because a font has come."""

Open = Callable[..., Page]
"""Takes an address and what a browser context takes; the page fails its test if anything is written to the console."""


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serving(EXPLORER_WARM_LAB="false", EXPLORER_VERIFY_SECONDS="300") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of a module, since Playwright's event loop runs as long as it is open, and others want one of their own."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Open]:
    """Opens an address in a fresh profile; at the end nothing may have been said or asked elsewhere."""
    contexts = []
    said: list[str] = []
    asked: list[str] = []
    homes: list[str] = []

    def listen(page: Page) -> None:
        page.on("console", lambda message: said.append(f"{message.text} {message.location}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))

    def visit(path: str = "/", **options: Any) -> Page:
        refused = options.pop("refused", False)
        at = options.pop("server", server)
        homes.append(at.url)
        context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        traffic[page] = Traffic(page)
        if not refused:  # a browser writes it to its console where a page itself is a refusal
            listen(page)
        page.goto(at.url + path)
        if options.get("java_script_enabled", True):
            page.evaluate(READY)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith((*homes, "data:", "blob:"))] == []

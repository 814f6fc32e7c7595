"""A server that does not answer, or not with a page: it is said, and what stands stays."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.steps import FIVE, OWN_TOTAL, choose, total
from tests.serving import Server

pytestmark = pytest.mark.browser


def test_a_request_that_fails_is_said_and_what_stands_stays(server: Server, visit: Open) -> None:
    page = visit(refused=True)
    choose(page, "4e")
    page.route("**/live/**", lambda route: route.abort())
    page.locator(FIVE).fill("192")
    expect(page.locator("#toast")).to_have_text("The server did not answer. What you see is its last answer.")
    expect(total(page)).to_have_text(OWN_TOTAL)
    page.unroute("**/live/**")
    page.locator(FIVE).fill("193")
    expect(page).to_have_url(f"{server.url}/?4e=256,160,320,32,193,128")


@pytest.mark.parametrize("gone", [True, False])
@pytest.mark.parametrize(
    ("path", "field", "typed"),
    [
        ("/networks/googlenet/modules/4e", FIVE, "192"),
        ("/size", "#f-kernel", "7"),
        ("/compare?left=googlenet&right=torchvision", "#f-right", "tf-slim"),
    ],
)
def test_the_other_pages_say_so_too(path: str, field: str, typed: str, gone: bool, visit: Open) -> None:
    page = visit(path, refused=True)
    title = page.locator("h1").inner_text()
    page.route("**/*", lambda route: route.abort() if gone else route.fulfill(status=503, body="busy"))
    page.locator(field).fill(typed)
    page.locator(field).press("Enter")
    expect(page.locator("#toast")).to_be_visible()
    expect(page.locator("#toast")).to_have_text("The server did not answer. What you see is its last answer.")
    expect(page.locator("h1")).to_have_text(title)
